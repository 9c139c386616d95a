"""Heavy nuclei as targets of the dipole portal: amplitude, rates, limits, profile columns."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from star_tables import rate_table, with_dipole

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import DataError
from astrobounds.numerics.collision import unit_rule
from astrobounds.reactions import nuclei
from astrobounds.reactions.dipole import _TAIL
from astrobounds.reactions.dipole_scattering import upscatter_rates
from astrobounds.supernova.star.composition import check_heavy

RULE = unit_rule(32)
GAMMA0 = np.diag([1, 1, -1, -1]).astype(complex)
PAULI = (
    np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.array([[1, 0], [0, -1]])
)  # fmt: skip
GAMMA = [GAMMA0] + [np.block([[np.zeros((2, 2)), s], [-s, np.zeros((2, 2))]]) for s in PAULI]
METRIC = np.diag([1.0, -1.0, -1.0, -1.0])
GAMMA5 = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]


def slash(p):
    return sum(METRIC[i, i] * p[i] * GAMMA[i] for i in range(4))


def dot(a, b):
    return a[0] * b[0] - a[1:] @ b[1:]


def square(p1, p2, q, m4, mass, p4):
    """Y of the module: -2t (1P)(qP) + [t (1q) - 2 (k1)(kq)] (4M^2 - t)."""
    k = p1 - p4
    t, total = dot(k, k), 2 * p2 + k
    return -2 * t * dot(p1, total) * dot(q, total) + (
        t * dot(p1, q) - 2 * dot(k, p1) * dot(k, q)
    ) * (4 * mass**2 - t)


def test_amplitude_against_dirac_traces():
    """Sum over helicities against tr[p1 S (p4 + m) Sbar], S = sigma^{mu nu} P_mu k_nu P_R."""
    rng = np.random.default_rng(2)
    for mass, m4 in ((50.0, 20.0), (5e3, 100.0), (300.0, 250.0)):
        p1 = rng.normal(size=3) * 500
        p1 = np.array([np.linalg.norm(p1), *p1])
        p2 = rng.normal(size=3) * 30
        p2 = np.array([np.hypot(mass, np.linalg.norm(p2)), *p2])
        # two-body decay of p1 + p2 in a random direction, boosted back
        s = dot(p1 + p2, p1 + p2)
        e4 = (s + m4**2 - mass**2) / (2 * np.sqrt(s))
        n = rng.normal(size=3)
        local = np.array([e4, *(np.sqrt(e4**2 - m4**2) * n / np.linalg.norm(n))])
        beta = (p1 + p2)[1:] / (p1 + p2)[0]
        gamma = 1 / np.sqrt(1 - beta @ beta)
        along = beta @ local[1:]
        shift = beta * (gamma * e4 + (gamma - 1) * along / (beta @ beta))
        p4 = np.array([gamma * (e4 + along), *(local[1:] + shift)])
        k = p1 - p4
        assert_allclose(dot(p2 + k, p2 + k), mass**2, rtol=1e-9, atol=0)
        low = lambda p: METRIC @ p  # noqa: E731
        sigma = sum(
            0.5j * low(2 * p2 + k)[a] * low(k)[b] * (GAMMA[a] @ GAMMA[b] - GAMMA[b] @ GAMMA[a])
            for a in range(4) for b in range(4)
        )  # fmt: skip
        vertex = sigma @ (np.eye(4) + GAMMA5) / 2
        bar = GAMMA0 @ vertex.conj().T @ GAMMA0
        trace = np.trace(slash(p1) @ vertex @ (slash(p4) + m4 * np.eye(4)) @ bar).real
        assert_allclose(4 * trace, 8 * square(p1, p2, p4, m4, mass, p4), rtol=1e-8, atol=0)


def test_helm_form_factor():
    """F(0) = 1, zero of j1 at 4.4934, slope -q^2 <r^2>/6 with <r^2> = 3/5 R^2 + 3 s^2."""
    for a, charge_radius in ((56.0, 3.7377), (208.0, 5.5012)):  # fm, doi:10.1016/j.adt.2011.12.006
        radius = float(nuclei.nuclear_radius(a))
        fermi = np.sqrt(0.6 * radius**2 + 3 * nuclei.SKIN**2) * const.HBAR_C * 1e13
        assert_allclose(fermi, charge_radius, rtol=0.015, atol=0)
    assert nuclei.helm(0.0, radius) == 1.0
    assert abs(nuclei.helm(4.493409458 / radius, radius)) < 1e-9
    mean2 = 0.6 * radius**2 + 3 * nuclei.SKIN**2
    q = 1e-2 / radius
    assert_allclose(1 - nuclei.helm(q, radius), q * q * mean2 / 6, rtol=1e-3, atol=0)
    below, above = nuclei.helm(0.00999999 / radius, radius), nuclei.helm(0.01000001 / radius, radius)
    assert_allclose(below, above, rtol=1e-8, atol=0)


def rates(e4, m4, mass, t, k, radius=0.0, mu=0.0, n=1.0, rule=RULE, velocity=nuclei._VELOCITY):
    from scipy.special import kve

    level = 2 * np.pi**2 * n / (mass**2 * t * kve(2, mass / t))
    out = np.empty((2, 2))
    nuclei.nucleus_rates(e4, m4, mass, level, radius, mu, t, k, rule, velocity, out)
    return out


@pytest.mark.parametrize(("m4", "e4"), [(1.0, 20.0), (50.0, 120.0), (200.0, 300.0)])
def test_static_limit(m4, e4):
    """An infinitely heavy nucleus: Gamma* = n sigma E/p, whatever the neutrinos do."""
    radius = float(nuclei.nuclear_radius(56.0))
    found = rates(e4, m4, 1e9, 3.0, 10.0, radius, mu=15.0)
    exact = nuclei.static_section(e4, m4, 10.0, radius, unit_rule(200))
    exact *= e4 / np.sqrt(e4**2 - m4**2)
    assert_allclose(found.sum(1), [exact, exact], rtol=2e-4, atol=0)


@pytest.mark.parametrize(("m4", "e4", "mass", "t"), [(10.0, 40.0, 5.2e4, 3.0), (100.0, 160.0, 1.1e4, 8.0)])
def test_spin_half_kernel_agrees_for_heavy_targets(m4, e4, mass, t):
    """The kernel of thermal protons with the nucleus' mass and density: differs by t/M^2 < 1e-4."""
    k, level = 12.0, 0.0
    n = 1e-3  # so dilute that blocking does not count
    mu2 = mass + t * np.log(0.5 * n * (2 * np.pi / (mass * t)) ** 1.5 / (1 + 15 * t / (8 * mass)))
    out = np.empty((2, 2))
    fine = unit_rule(480)  # its nodes are in ln(q^2 + k^2): slow for the suppressed helicity
    upscatter_rates(e4, m4, mass, mu2, level, t, k, 0, fine, unit_rule(8), _TAIL, out)
    assert_allclose(rates(e4, m4, mass, t, k, n=n), out, rtol=1e-3, atol=0)


def test_rate_by_monte_carlo():
    """Production with thermal recoil: nuclei drawn at random, neutrino directions importance-sampled.

    R = (1/2E4) sum over nuclei of 1/(2E2) int dOmega1 E1/(8 pi^2 |J|) |M|^2 f1,
    J = 2 [(E2 - E4) - n1.(p2 - p4)], from the delta function of the recoiling nucleus.
    """
    m4, e4, mass, t, k, mu = 60.0, 110.0, 1.5e4, 12.0, 15.0, 20.0
    radius = float(nuclei.nuclear_radius(16.0))
    rng = np.random.default_rng(8)
    n = 400_000
    p4 = np.sqrt(e4**2 - m4**2)
    p2 = rng.normal(size=(n, 3)) * np.sqrt(mass * t)
    e2 = np.sqrt(mass**2 + (p2**2).sum(1))
    from scipy.special import kve

    density = np.exp(-((p2**2).sum(1)) / (2 * mass * t)) / (2 * np.pi * mass * t) ** 1.5
    thermal = np.exp(-(e2 - mass) / t) / (4 * np.pi * mass**2 * t * kve(2, mass / t))
    weight = thermal / density
    # cosine to N: ln(q^2 + k^2) flat for a neutrino of about the energy of N
    low, high = np.log((e4 - p4) ** 2 + k**2), np.log((e4 + p4) ** 2 + k**2)
    y = low + (high - low) * rng.random(n)
    cosine = (e4**2 + p4**2 - (np.exp(y) - k**2)) / (2 * e4 * p4)
    weight = weight * (high - low) * np.exp(y) / (2 * e4 * p4) * 2 * np.pi
    phi = 2 * np.pi * rng.random(n)
    sine = np.sqrt(1 - cosine**2)
    n1 = np.stack([sine * np.cos(phi), sine * np.sin(phi), cosine], axis=1)
    gap = p2 - np.array([0.0, 0.0, p4])
    jacobian = 2 * ((e2 - e4) - (n1 * gap).sum(1))
    e1 = (mass**2 - (e2 - e4) ** 2 + (gap**2).sum(1)) / jacobian
    t_inv = m4**2 - 2 * e1 * (e4 - p4 * cosine)
    # explicit products, summed over helicities: q -> p4
    one_two = e1 * (e2 - (n1 * p2).sum(1))
    two_four = e2 * e4 - p2[:, 2] * p4
    one_four = 0.5 * (m4**2 - t_inv)
    one_p, four_p = 2 * one_two - one_four, 2 * two_four + one_four - m4**2
    y_sum = -2 * t_inv * one_p * four_p
    y_sum += (t_inv * one_four - 2 * (-one_four) * (one_four - m4**2)) * (4 * mass**2 - t_inv)
    form = np.array([nuclei.helm(q, radius) for q in np.sqrt(-t_inv)])
    matrix = 8 * 4 * np.pi * const.ALPHA * form**2 * y_sum / (t_inv * (t_inv - k**2))
    f1 = 1 / (np.exp((e1 - mu) / t) + 1)
    value = weight * matrix * f1 * e1 / (8 * np.pi**2 * np.abs(jacobian)) / (2 * e2) / (2 * e4)
    error = value.std() / np.sqrt(n)
    f_eq = 1 / (np.exp((e4 - mu) / t) + 1)
    found = rates(e4, m4, mass, t, k, radius, mu=mu).sum(1)[0] * f_eq
    assert error < 0.005 * found
    assert_allclose(value.mean(), found, rtol=0, atol=4 * error)


def test_quadrature_is_converged():
    fine = np.polynomial.hermite_e.hermegauss(31)
    fine = np.ascontiguousarray([fine[0], fine[1] * np.exp(0.5 * fine[0] ** 2)])
    for m4, e4, a, t in ((1.0, 5.0, 60.0, 3.0), (50.0, 90.0, 56.0, 1.0), (200.0, 400.0, 12.0, 6.0)):
        radius = float(nuclei.nuclear_radius(a))
        mass = a * const.M_U
        default = rates(e4, m4, mass, t, 8.0, radius)
        assert_allclose(
            default,
            rates(e4, m4, mass, t, 8.0, radius, rule=unit_rule(120), velocity=fine),
            rtol=1e-5, atol=0,
        )


RADIUS = np.linspace(0.0, 60.0, 121)


def layered(share=0.6, a=56.0, z=26.0, **options):
    """The fiducial star in rows with nuclei outside 25 km; Ye = 0.3 includes their protons."""
    state = ab.supernova.load("fiducial").at(RADIUS)
    x = np.where(RADIUS > 25.0, share, 0.0)
    return ab.supernova.from_arrays(
        RADIUS * u.km, state["rho"] * u.g / u.cm**3, state["T"] * u.MeV, np.full(RADIUS.size, 0.3),
        lapse=state["lapse"], heavy=(x, a, z) if options.get("nuclei", True) else None,
    )  # fmt: skip


def test_nothing_moves_without_nuclei():
    """X_heavy = 0 everywhere: bit for bit the star without the columns."""
    plain, empty = layered(nuclei=False), layered(share=0.0)
    one, two = (rate_table(with_dipole(50.0, "mu"), star) for star in (plain, empty))
    np.testing.assert_array_equal(one.rates, two.rates)
    assert "nuclei" not in {p.group for p in two.processes}


def test_nuclei_scatter_coherently():
    """At momentum transfers below 1/R nuclei beat protons by Z^2/A per nucleon (here by n_A Z^2/n_p)."""
    star = layered()
    table = rate_table(with_dipole(1.0, "mu"), star)
    groups = [(p.group, p.target, p.lepton_number) for p in table.processes]
    ions = table.rates[groups.index(("nuclei", "nuclei", 1))].sum(-1)
    protons = table.rates[groups.index(("p", "p", 1))].sum(-1)
    radii = np.concatenate(table.pieces)
    zone, energy = int(np.argmin(np.abs(radii - 40.0))), int(np.argmin(np.abs(table.energy - 8.0)))
    state = star.at(radii[zone])
    n_p = (0.3 - 0.6 * 26 / 56) * state["n_B"]
    assert_allclose(state["n_heavy"] * 56, 0.6 * state["n_B"], rtol=1e-6, atol=0)
    expected = float((state["n_heavy"] * 26.0**2 / n_p)[0])
    per_nucleon = expected * float((n_p / (56 * state["n_heavy"]))[0])
    assert_allclose(per_nucleon, 26.0**2 / 56, rtol=1e-6, atol=0)
    assert_allclose(ions[zone, energy] / protons[zone, energy], expected, rtol=0.1, atol=0)
    assert np.all(ions[radii < 23.0] == 0.0)
    inner = int(np.argmin(np.abs(radii - 10.0)))
    assert ions[inner].max() == 0.0 < protons[inner].max()


def test_layer_is_resolved():
    """The edge of the layer is a break of the radial grid: finer grids change little."""
    star = layered()
    assert {25.0, 25.5} <= set(star.breaks)
    assert not {25.0, 25.5} & set(layered(nuclei=False).breaks)
    dip = ab.DipoleHNL(mass=1 * u.MeV, dipole={"mu": 1e-7 / u.GeV})
    default = ab.supernova.emission(dip, star).luminosity_erg_s
    fine = ab.supernova.Resolution(radii=24, energies=28, rays=20, steps=120, spectrum=32)
    finer = ab.supernova.emission(dip, star, resolution=fine).luminosity_erg_s
    assert_allclose(default, finer, rtol=0.02, atol=0)


def test_radial_file_option(tmp_path):
    """X_heavy of the 25-column format counts once a mean nucleus is given; else nothing moves."""
    from test_supernova_profile import radial_file

    path = tmp_path / "mine.d"
    radial_file(path, ab.supernova.load("fiducial", neutrinos="beta"))
    assert "n_heavy" not in ab.supernova.load(path).at([30.0])
    assert "n_heavy" not in ab.supernova.load(path, heavy=(56, 26)).at([30.0])  # X_heavy = 0
    lines = path.read_text().splitlines()
    for i in range(100, len(lines)):
        fields = lines[i].split()
        fields[18] = "0.5"
        lines[i] = " ".join(fields)
    path.write_text("\n".join(lines))
    star = ab.supernova.load(path, heavy=(56, 26))
    state = star.at([55.0])
    expected = 0.5 * state["rho"] * const.GRAM_CM3 / const.M_U / 56
    assert_allclose(state["n_heavy"], expected, rtol=1e-3, atol=0)
    for bad, words in (((20, 26), "above the mass number"), (56, "is needed"), ((56, "x"), "is needed")):
        with pytest.raises(DataError, match=words):
            ab.supernova.load(path, heavy=bad)


def test_nuclei_enter_emission_and_screening():
    star = layered()
    dip = ab.DipoleHNL(mass=10 * u.MeV, dipole={"mu": 1e-7 / u.GeV})
    shares = ab.supernova.free_streaming_shares(dip, star)
    assert 0.0 < shares["nuclei"] < 0.1
    without = ab.supernova.emission(
        dip, star, medium=ab.supernova.DipoleMedium(targets=("p", "e-", "e+"))
    )
    assert ab.supernova.emission(dip, star).luminosity_erg_s < without.luminosity_erg_s
    state = star.at([40.0])
    assert nuclei.plasma_coupling(state)[0] > 1.0
    assert nuclei.ion_screening(state, np.array([1.0]))[0] > 1.0
    bare = layered(nuclei=False).at([40.0])
    assert nuclei.plasma_coupling(bare)[0] == 0.0
    assert nuclei.ion_screening(bare, np.array([1.0]))[0] == 1.0


def rows(**changes):
    columns = {
        "radius": np.arange(4.0), "Ye": np.full(4, 0.4), "X_heavy": np.array([0, 0, 0.5, 0.5]),
        "A_heavy": np.array([np.nan, 0, 56.0, 60.0]), "Z_heavy": np.array([0, 0, 26.0, 26.0]),
    }  # fmt: skip
    for name, value in changes.items():
        if value is None:
            del columns[name]
        else:
            columns[name] = np.array(columns[name])
            columns[name][3] = value
    return columns


def test_rows_without_nuclei_may_hold_anything():
    checked = check_heavy(rows(), "mine")
    assert_allclose(checked["A_heavy"], [56, 56, 56, 60], rtol=1e-6, atol=0)
    assert_allclose(checked["Z_heavy"], [26] * 4, rtol=1e-6, atol=0)


@pytest.mark.parametrize(("changes", "words"), [
    ({"X_heavy": 1.2}, "data line 6, column 'X_heavy': 1.2 is outside"),
    ({"X_heavy": -0.1}, "column 'X_heavy': -0.1 is outside"),
    ({"X_heavy": np.nan}, "column 'X_heavy': nan"),
    ({"A_heavy": 20.0}, "column 'Z_heavy': 26 is above the mass number"),
    ({"A_heavy": 1.0}, "data line 6, column 'A_heavy': 1 is outside"),
    ({"Z_heavy": 0.0}, "column 'Z_heavy': 0 is below 1"),
    ({"X_heavy": 1.0}, "more protons into nuclei"),
    ({"X_heavy": 0.9, "Ye": 0.9}, "more neutrons into nuclei"),
    ({"Z_heavy": None}, "'X_heavy' needs its partner 'Z_heavy'"),
    ({"X_heavy": None}, "'A_heavy' needs its partner 'X_heavy'"),
])  # fmt: skip
def test_bad_columns(changes, words):
    with pytest.raises(DataError, match=words):
        check_heavy(rows(**changes), "mine", 2)


def test_ecsv_columns(tmp_path):
    from astropy.table import Table

    state = ab.supernova.load("fiducial").at(RADIUS)
    table = Table({"radius": RADIUS * u.km, "rho": state["rho"] * u.g / u.cm**3,
                   "temperature": state["T"] * u.MeV, "Ye": np.full(RADIUS.size, 0.3),
                   "X_heavy": np.where(RADIUS > 25.0, 0.6, 0.0), "A_heavy": np.full(RADIUS.size, 56.0),
                   "Z_heavy": np.full(RADIUS.size, 26.0)})  # fmt: skip
    path = tmp_path / "mine.ecsv"
    table.write(path, format="ascii.ecsv")
    star = ab.supernova.load(path)
    assert_allclose(star.at([40.0])["n_heavy"], layered().at([40.0])["n_heavy"], rtol=1e-6, atol=0)
    table.remove_column("A_heavy")
    table.write(path, format="ascii.ecsv", overwrite=True)
    with pytest.raises(DataError, match="needs its partner 'A_heavy'"):
        ab.supernova.load(path)
