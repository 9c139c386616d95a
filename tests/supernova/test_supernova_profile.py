"""Profiles, ideal-gas matter, lapse and the readers of users' files."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import DataError, DomainError
from astrobounds.supernova.star import eos
from astrobounds.supernova.star import readers as tables

ROWS = [  # r, rho, T, n_B, mu_n - m, mu_p - m, mu_e, k_S(n_p), k_S(n_eff), k_TF, w_pl
    (0, 3.6e14, 15.0, 1.65245e6, 50.282, 23.649, 241.822, 55.051, 41.867, 23.457, 13.543),
    (4, 3.36e14, 21.0, 1.54228e6, 42.918, 13.842, 233.216, 44.949, 37.779, 22.778, 13.151),
    (10, 3e14, 30.0, 1.37704e6, 27.495, -6.404, 217.571, 35.535, 32.224, 21.618, 12.481),
    (12, 1.2056e14, 22.139, 5.53401e5, 6.735, -16.166, 160.559, 26.224, 24.540, 15.953, 9.2105),
    (20, 9.375e12, 9.4494, 4.30325e4, -11.161, -19.691, 68.532, 11.193, 10.967, 6.809, 3.9314),
    (30, 1.2346e12, 4.8075, 5.66683e3, -10.802, -14.973, 34.869, 5.695, 5.651, 3.465, 2.0003),
]


@pytest.fixture(scope="module")
def star():
    return ab.supernova.load("fiducial", neutrinos="beta")


@pytest.mark.parametrize("row", ROWS, ids=[f"{r[0]} km" for r in ROWS])
def test_fiducial_matter_published(star, row):
    r, rho, t, n_b, mu_n, mu_p, mu_e, k_s, k_eff, k_tf, w_pl = row
    s = {k: float(v[0]) for k, v in star.at(float(r)).items()}
    assert_allclose(s["rho"], rho, rtol=1e-4, atol=0)
    assert_allclose(s["T"], t, rtol=1e-4, atol=0)
    assert_allclose(s["n_B"], n_b, rtol=1e-4, atol=0)
    assert_allclose(s["mu_n"] - 939.0, mu_n, rtol=0, atol=2e-3)
    assert_allclose(s["mu_p"] - 939.0, mu_p, rtol=0, atol=2e-3)
    assert_allclose(s["mu_e"], mu_e, rtol=1e-5, atol=0)
    n_p = 0.3 * s["n_B"]
    assert_allclose(eos.proton_screening(n_p, s["T"]), k_s, rtol=2e-4, atol=0)
    assert_allclose(eos.proton_screening(n_p, s["T"], s["mu_p"], 939.0), k_eff, rtol=2e-4, atol=0)
    assert_allclose(eos.electron_screening(s["mu_e"], s["T"]), k_tf, rtol=2e-4, atol=0)
    assert_allclose(eos.plasma_frequency(s["mu_e"], s["T"]), w_pl, rtol=1e-4, atol=0)


def test_beta_equilibrium_and_zero_neutrinos(star):
    s = star.at([0.0, 10.0, 30.0])
    np.testing.assert_allclose(s["mu_nu_e"], s["mu_e"] + s["mu_p"] - s["mu_n"])
    assert_allclose(s["mu_nu_e"][1], 183.67, rtol=0, atol=0.01)
    assert np.all(s["mu_nu_tau"] == 0.0)
    assert np.all(ab.supernova.load("fiducial").at([0.0, 30.0])["mu_nu_e"] == 0.0)


def test_mass_and_lapse_published():
    wide = ab.supernova.load("fiducial", r_max_km=100.0)
    assert_allclose(wide.meta["mass_g"] / const.M_SUN_G, 1.6021, rtol=2e-4, atol=0)
    radius = np.linspace(0.0, 10.0, 4001)
    inner = eos.enclosed_mass(radius * 1e5, wide.at(radius)["rho"])[-1]
    assert_allclose(inner / const.M_SUN_G, 0.6636, rtol=2e-4, atol=0)
    np.testing.assert_allclose(
        wide.at([0.0, 10.0, 20.0])["lapse"], [0.71745, 0.78574, 0.87960], atol=2e-5
    )


def test_lapse_outside_the_last_point_is_newtonian():
    """A point mass: eta^2 = 1 - 2GM/(r c^2); dropping the outer term would give eta(R) = 1."""
    radius = np.linspace(1e6, 2e7, 900)
    mass = np.full(900, 1.4 * const.M_SUN_G)
    expected = np.sqrt(1 - 2 * const.G_NEWTON_CGS * mass[0] / (radius * const.C_CM**2))
    np.testing.assert_allclose(eos.lapse(radius, mass), expected, rtol=2e-4)


def test_number_density_against_quad_and_limits():
    """scipy.quad at three degeneracies; Maxwell-Boltzmann and T -> 0 limits."""
    rule = eos.RULE
    for mu, m, t in ((950.0, 939.0, 20.0), (240.0, 0.511, 15.0), (900.0, 939.0, 5.0)):
        exact = quad(
            lambda p: p * p / (np.exp(min((np.hypot(p, m) - mu) / t, 700)) + 1),  # noqa: B023
            0, 4000, points=[abs(mu) if m < 1 else 140], limit=400, epsabs=0,
        )[0] / np.pi**2  # fmt: skip
        assert_allclose(eos.number_density(mu, m, t, False, rule), exact, rtol=1e-6, atol=0)
    cold = eos.number_density(200.0, 0.0, 0.05, False, rule)
    assert_allclose(cold, 200.0**3 / (3 * np.pi**2), rtol=1e-5, atol=0)
    dilute = eos.number_density(800.0, 939.0, 2.0, False, rule)
    from scipy.special import kn

    boltzmann = 939.0**2 * 2.0 / np.pi**2 * kn(2, 469.5) * np.exp(400.0)
    assert_allclose(dilute, boltzmann, rtol=1e-6, atol=0)


def test_chemical_potential_inverts_density():
    for n, m, t, net in ((1e6, 939.0, 20.0, False), (5e5, 0.511, 30.0, True), (1e-3, 0.511, 0.5, True)):
        mu = float(eos.chemical_potential(n, m, t, net))
        back = eos.number_density(mu, m, t, False, eos.RULE)
        back -= eos.number_density(-mu, m, t, False, eos.RULE) if net else 0.0
        assert_allclose(back, n, rtol=1e-9, atol=0)


def test_radius_outside_the_profile(star):
    with pytest.raises(DomainError, match="outside the profile 'fiducial'"):
        star.at(200.0)
    with pytest.raises(DomainError):
        star.at(np.nan)


def test_packaged_names_and_unknown_star():
    from astrobounds.supernova.star.catalogue import names

    assert {"fiducial", "illustrative-cold", "illustrative-hot"} <= set(names())
    with pytest.raises(DataError, match="did you mean 'fiducial'"):
        ab.supernova.load("fiducal")


def test_ecsv_table_follows_the_analytic_profile(tmp_path, star):
    """A table sampled from the fiducial profile gives the same matter between its rows."""
    from astropy.table import Table

    r = np.concatenate([np.linspace(0, 10, 40), np.linspace(10.25, 60, 200)])
    s = star.at(r)
    table = Table({"radius": r * u.km, "rho": s["rho"] * u.g / u.cm**3,
                   "temperature": s["T"] * u.MeV, "Ye": np.full(r.size, 0.3)})  # fmt: skip
    path = tmp_path / "mine.ecsv"
    table.write(path, format="ascii.ecsv")
    mine = ab.supernova.load(path, neutrinos="beta")
    between = np.array([3.3, 7.7, 15.1, 33.3])
    for key in ("T", "rho", "mu_e", "mu_nu_e"):
        np.testing.assert_allclose(mine.at(between)[key], star.at(between)[key], rtol=5e-3)
    # the mass outside 60 km is missing from the table: 0.4 % of 1 - eta
    np.testing.assert_allclose(mine.at(between)["lapse"], star.at(between)["lapse"], rtol=1e-3)


def radial_file(path, star, change=None):
    """Write a 25-column file of the ideal-gas star with effective masses and potentials."""
    r = np.linspace(0.2, 60.0, 150)
    s = star.at(r)
    m_n, m_p = const.M_N - 30 * np.exp(-r / 10), const.M_P - 30 * np.exp(-r / 10)
    u_n, u_p = -40 * np.exp(-r / 10), -60 * np.exp(-r / 10)
    x_n = 0.7
    n_n = s["rho"] * x_n * const.GRAM_CM3 / const.M_U
    n_p = s["rho"] * 0.3 * const.GRAM_CM3 / const.M_U
    mu_n = eos.chemical_potential(n_n, m_n, s["T"]) + u_n - m_n
    mu_p = eos.chemical_potential(n_p, m_p, s["T"]) + u_p - m_p
    mu_e = s["mu_e"]
    mu_nue = mu_e + mu_p + const.M_P - mu_n - const.M_N
    zero, one = np.zeros_like(r), np.ones_like(r)
    columns = [r * 1e5, one, s["rho"], one, s["T"], one, zero, s["lapse"], mu_nue, mu_e, mu_n, mu_p,
               mu_e - mu_nue, zero, x_n * one, 0.3 * one, zero, zero, zero, 0.3 * one, zero,
               u_n, u_p, m_n, m_p]  # fmt: skip
    rows = [[f"{v:.8e}" for v in row] for row in np.array(columns).T]
    if change is not None:
        row, column, value = change
        rows[row][column] = value
    header = ["model", "time", "cols=25", "names", "units"]
    path.write_text("\n".join([*header, *(" ".join(row) for row in rows)]) + "\n")
    return path


def test_radial_reader_conventions(tmp_path, star):
    """f_n from (mu_n, U_n, m*_n) gives the density; the charged-current shift closes beta equilibrium."""
    mine = ab.supernova.load(radial_file(tmp_path / "snapshot.txt", star))
    s = {k: float(v[0]) for k, v in mine.at(8.0).items()}
    n_n = eos.number_density(s["mu_n"], s["m_n"], s["T"], False, eos.RULE)
    expected = star.at(8.0)["rho"][0] * 0.7 * const.GRAM_CM3 / const.M_U
    assert_allclose(n_n, expected, rtol=3e-3, atol=0)
    # detailed balance of e- p -> n N: mu_1 + mu*_2 - mu*_3 - shift = mu_nue
    mu_n = s["mu_e"] + s["mu_p"] - s["mu_n"] - s["shift"]
    assert_allclose(mu_n, s["mu_nu_e"], rtol=0, atol=0.05)
    assert mine.has_muons


@pytest.mark.parametrize(("change", "message"), [
    ((10, 4, "nan"), r"line 16.*'temperature'|'temperature'.*"),
    ((10, 4, "-3.0"), "outside"),
    ((10, 0, "1.0"), "does not increase"),
    ((10, 9, "abc"), "line 16, column 'mu_e': not a number"),
    ((10, 7, "1.7"), "lapse"),
    ((10, 10, "1.0 2.0"), "26 columns, expected 25"),
])  # fmt: skip
def test_radial_reader_names_line_and_column(tmp_path, star, change, message):
    path = radial_file(tmp_path / "bad.txt", star, change)
    with pytest.raises(DataError, match=message):
        ab.supernova.load(path)


def test_radial_reader_refuses_rest_masses_inside_mu(tmp_path, star):
    path = radial_file(tmp_path / "wrong.txt", star)
    lines = path.read_text().splitlines()
    shifted = []
    for line in lines[5:]:
        fields = line.split()
        fields[10] = f"{float(fields[10]) + const.M_N:.8e}"
        shifted.append(" ".join(fields))
    path.write_text("\n".join([*lines[:5], *shifted]) + "\n")
    with pytest.raises(DataError, match="must exclude the rest mass"):
        ab.supernova.load(path)


@pytest.mark.parametrize(("edit", "message"), [
    (lambda t: t.remove_column("Ye"), "column 'Ye' is missing"),
    (lambda t: t["radius"].__setitem__(3, 0.0), "does not increase"),
    (lambda t: t["temperature"].__setitem__(2, np.nan), "line 3, column 'temperature'"),
    (lambda t: t["rho"].__setitem__(2, -1.0), "line 3, column 'rho'"),
    (lambda t: setattr(t["rho"], "unit", None), "has unit None"),
])  # fmt: skip
def test_table_reader_names_line_and_column(tmp_path, edit, message):
    from astropy.table import Table

    r = np.linspace(0, 60, 20)
    table = Table({"radius": r * u.km, "rho": (1e14 * np.exp(-r / 10)) * u.g / u.cm**3,
                   "temperature": (30 * np.exp(-r / 30)) * u.MeV, "Ye": np.full(20, 0.2)})  # fmt: skip
    edit(table)
    path = tmp_path / "bad.ecsv"
    table.write(path, format="ascii.ecsv")
    with pytest.raises(DataError, match=message):
        ab.supernova.load(path)


def test_from_arrays_with_different_lengths():
    with pytest.raises(DataError, match="different lengths"):
        tables.from_arrays([1, 2, 3, 4] * u.km, [1, 1, 1, 1] * u.g / u.cm**3, [1, 1, 1] * u.MeV, [0.1] * 4)


def test_loaded_stars_travel_to_other_processes(star):
    import pickle

    again = pickle.loads(pickle.dumps(star))
    np.testing.assert_array_equal(again.at([3.0, 30.0])["mu_nu_e"], star.at([3.0, 30.0])["mu_nu_e"])


def test_radial_reader_wants_centimetres_and_a_header(tmp_path, star):
    path = radial_file(tmp_path / "snapshot.txt", star)
    lines = path.read_text().splitlines()
    (tmp_path / "headless.txt").write_text("\n".join(lines[5:]))
    with pytest.raises(DataError, match="5 header lines"):
        ab.supernova.load(tmp_path / "headless.txt")
    kilometres = [" ".join([f"{float(x.split()[0]) / 1e5:.8e}", *x.split()[1:]]) for x in lines[5:]]
    (tmp_path / "km.txt").write_text("\n".join([*lines[:5], *kilometres]))
    with pytest.raises(DataError, match="must be in cm"):
        ab.supernova.load(tmp_path / "km.txt")


def test_radial_file_serves_a_constraint(tmp_path, star):
    """The reader's own chemical potentials are used; a wish for others is refused."""
    path = radial_file(tmp_path / "snapshot.txt", star)
    constraint = ab.constraints.get("sn1987a-cooling", star=str(path))
    hnl = ab.HNL(mass=100 * u.MeV, mixing={"mu": 1e-9})
    assert constraint.loglike(hnl, {"log10_L_allowed": 52.5}) < 0.0
    with pytest.raises(DataError, match="its own chemical potentials"):
        ab.supernova.load(path, neutrinos="beta")


@pytest.mark.parametrize(("options", "message"), [
    ({"t_c": -3}, "t_c"), ({"rho_c": np.nan}, "rho_c"), ({"proton_fraction": 2}, "proton_fraction"),
    ({"r_max_km": 5}, "r_max_km"), ({"neutrinos": "gamma"}, "allowed: 'zero', 'beta', 'equilibrium'"),
])  # fmt: skip
def test_parameters_of_the_fiducial_star_are_checked(options, message):
    with pytest.raises(DomainError, match=message):
        ab.supernova.load("fiducial", **options).at(1.0)


def test_unknown_option_of_a_star():
    with pytest.raises(DataError, match="foo"):
        ab.supernova.load("fiducial", foo=3)
