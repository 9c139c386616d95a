"""Energy left by decays: visible shares, decay lengths, benchmark numbers, no double counting."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.interpolate import CubicSpline

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.models.decays.amplitudes import ChargedCurrent, LeptonPair
from astrobounds.models.decays.daughters import leaves
from astrobounds.models.decays.visible_energy import visible_share
from astrobounds.supernova.signals.deposition import deposition_energies
from astrobounds.supernova.signals.visible import visible_fraction, visible_shares

STAR = ab.supernova.load("fiducial")
GEV = 1 / u.GeV
FLAT = {"gravity": False, "helicity": "averaged", "nucleons": "contact", "decays": False}


def tau_hnl(mixing, m=200.0):
    return ab.HNL(mass=m * u.MeV, mixing={"tau": mixing}, nature="dirac")


def test_neutrinos_of_muons_and_pions_are_subtracted():
    """The electron of a muon has 7/20 of its energy in flight, that of a pion 0.275."""
    pions = ab.HNL(mass=300 * u.MeV, mixing={"mu": 1e-9})
    shares, full = visible_shares(pions), visible_shares(pions, "in full")
    muon = 0.5 * (1 + (const.M_MU**2 - const.M_PI**2) / 300.0**2)
    pion = 0.35 * 0.5 * (1 + (const.M_MU / const.M_PI) ** 2)
    assert_allclose(shares["mu pi"], 0.35 * muon + pion * (1 - muon), rtol=1e-9, atol=0)
    assert_allclose(shares["nu mu mu"], 0.35 * full["nu mu mu"], rtol=1e-3, atol=0)
    for name in ("nu pi0", "nu gamma", "nu e e", "3nu"):
        assert_allclose(shares[name], full[name], rtol=1e-4, atol=0)


def test_visible_shares_without_neutrinos_never_exceed_those_in_full():
    for flavour in const.FLAVOURS:
        for mass in (20, 120, 200, 300, 500, 900):
            hnl = ab.HNL(mass=mass * u.MeV, mixing={flavour: 1e-9})
            kept, full = visible_shares(hnl), visible_shares(hnl, "in full")
            assert set(kept) == set(full)
            assert all(kept[n] <= full[n] * (1 + 1e-3) for n in kept)


@pytest.mark.parametrize(("name", "low", "high"), [("K", 0.25, 0.40), ("KL", 0.40, 0.55), ("tau", 0.2, 0.4),
                                                   ("eta", 0.8, 0.95), ("rho0", 0.275, 0.276)])  # fmt: skip
def test_mesons_keep_what_their_photons_and_electrons_have(name, low, high):
    assert low < visible_share(name) < high


# ---- visible shares ---------------------------------------------------------------------------
def three_body_neutrino_share(a, b, mixed, events=400_000):
    """Monte Carlo of N -> l_a l_b nu with |M|^2 = (N.b)(a.nu), or its average with (N.a)(b.nu)."""
    rng = np.random.default_rng(7)
    e_nu, cos = rng.random(events) * 0.5 * (1 - (a + b) ** 2), 2 * rng.random(events) - 1
    s = 1 - 2 * e_nu  # pair (a, b)
    lam = np.sqrt(np.maximum((s - a * a - b * b) ** 2 - 4 * a * a * b * b, 0.0))
    # a in the pair's frame, polar axis along the recoil; neutrino energy there e_nu/sqrt(s)
    ea, pa = (s + a * a - b * b) / (2 * np.sqrt(s)), lam / (2 * np.sqrt(s))
    e_star = e_nu / np.sqrt(s)
    a_nu = e_star * (ea + pa * cos)
    b_nu = e_star * (np.sqrt(s) - ea - pa * cos)
    n_b = 0.5 * (1 + b * b - (a * a + 2 * a_nu))
    n_a = 0.5 * (1 + a * a - (b * b + 2 * b_nu))
    square = n_b * a_nu if mixed else n_b * a_nu + n_a * b_nu
    weight = e_nu * lam / s * square
    return (weight * e_nu).sum() / weight.sum()


def test_massless_pair_share():
    """The neutrino takes 7/20 of the mass: the mean energy of the electron in muon decay."""
    pair = leaves(1e7, ("nu_mu", "e-", "e+"), LeptonPair(1e7, const.M_E, 1.0, 1.0))
    mixed = leaves(1e7, ("e+", "mu-", "nu_e"), ChargedCurrent(1e7, const.M_E, const.M_MU))
    assert_allclose((pair.visible, mixed.visible), 0.65, rtol=1e-8, atol=0)


@pytest.mark.parametrize("mass", [250.0, 130.0, 2000.0])
def test_mixed_pair_against_monte_carlo(mass):
    """l_a- l_b+ nu_b of mixing with a: |M|^2 ~ (P b)(a nu)."""
    a, b = const.M_MU, const.M_E
    for first, second, products in ((a, b, ("e+", "mu-", "nu_e")), (b, a, ("mu+", "e-", "nu_mu"))):
        made = leaves(mass, products, ChargedCurrent(mass, second, first))
        want = 1 - three_body_neutrino_share(first / mass, second / mass, mixed=True)
        assert_allclose(made.visible, want, rtol=0, atol=1e-3)


def test_equal_pair_against_monte_carlo():
    """Equal left- and right-handed weights without interference: the mean of gL alone and gR alone."""
    mass = const.M_MU / 0.3
    only = [
        leaves(mass, ("nu_e", "mu-", "mu+"), LeptonPair(mass, const.M_MU, left, 1.0 - left)).visible
        for left in (0.0, 1.0)
    ]
    want = 1 - three_body_neutrino_share(0.3, 0.3, mixed=False)
    assert_allclose(only, want, rtol=0, atol=1e-3)


def test_shares_of_a_heavy_hnl():
    hnl = ab.HNL(mass=300 * u.MeV, mixing={"e": 1e-9, "mu": 2e-9, "tau": 1e-9})
    shares = visible_shares(hnl, "in full")
    assert set(shares) == set(hnl.partial_widths_mev())
    assert shares["3nu"] == 0.0
    assert shares["nu gamma"] == 0.5
    assert shares["e pi"] == shares["mu pi"] == 1.0
    assert_allclose(shares["nu pi0"], 0.5 * (1 + (const.M_PI0 / 300) ** 2), rtol=1e-6, atol=0)
    assert 0.65 < shares["nu mu mu"] < 1.0
    expected = sum(hnl.branching_ratios()[k] * v for k, v in shares.items())
    assert_allclose(visible_fraction(hnl, "in full"), expected, rtol=1e-6, atol=0)
    only = visible_fraction(hnl, {"nu pi0": 1.0})
    assert_allclose(only, hnl.branching_ratios()["nu pi0"], rtol=1e-6, atol=0)
    assert_allclose(visible_fraction(hnl, "nu pi0"), only * shares["nu pi0"], rtol=1e-6, atol=0)
    dip = ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 1e-9 * GEV})
    assert visible_fraction(dip) == 0.5
    with pytest.raises(ab.DomainError, match="did you mean 'nu pi0'"):
        visible_fraction(hnl, ("nu pi",))
    with pytest.raises(ab.DomainError, match="outside"):
        visible_fraction(hnl, {"nu pi0": 1.5})


# ---- deposited energy -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mixing", "erg"), [(1e-11, 7.819e47), (1e-9, 1.1087e50), (9.02e-10, 1e50)]
)
def test_benchmark_energy(mixing, erg):
    """tau-HNL, 200 MeV, only nu pi0 visible, 3 s, 3e13 cm, flat space. The constants differ by 0.1 %."""
    result = ab.supernova.deposition(
        tau_hnl(mixing), STAR, envelope=3e13 * u.cm, core=0 * u.km, duration=3 * u.s,
        visible=("nu pi0",), **FLAT,
    )  # fmt: skip
    assert_allclose(result.energy.to_value(u.erg), erg, rtol=2e-3, atol=0)
    assert_allclose(result.visible, 0.6317, rtol=1e-3, atol=0)


def test_limits_of_the_bracket():
    """Long lives: the share decaying is R m/(p tau); short lives in a wide star: everything."""
    slow = ab.supernova.deposition(tau_hnl(1e-15), STAR, **FLAT)
    e, w, n = slow.emission.energy_mev, slow.emission.weight, slow.emission.rate
    per_cm = tau_hnl(1e-15).width_mev * 200.0 / np.sqrt(e**2 - 200.0**2) / const.HBAR_C
    expected = 3.0 * slow.visible * (w * e * n * per_cm * (5e13 - 4e6)).sum() / const.ERG
    assert_allclose(slow.energy_erg, expected, rtol=1e-3, atol=0)
    # |U|^2 = 1e-7: decays within 1e5 km but not within 40 km
    fast = ab.supernova.deposition(tau_hnl(1e-7), STAR, **FLAT)
    assert_allclose(fast.fraction, fast.visible, rtol=2e-3, atol=0)
    assert_allclose(fast.emitted_erg, 3.0 * fast.emission.luminosity_erg_s, rtol=1e-6, atol=0)


def test_decays_inside_the_core_do_not_count():
    """The bracket with a core equals that of the whole minus that of the core."""
    hnl = tau_hnl(4e-6, 400.0)
    total = ab.supernova.deposition(hnl, STAR, core=0 * u.km, envelope=1e9 * u.cm, **FLAT)
    inner = ab.supernova.deposition(hnl, STAR, core=0 * u.km, envelope=50 * u.km, **FLAT)
    outer = ab.supernova.deposition(hnl, STAR, core=50 * u.km, envelope=1e9 * u.cm, **FLAT)
    assert_allclose(outer.energy_erg, total.energy_erg - inner.energy_erg, rtol=1e-9, atol=0)
    assert 0.05 < inner.energy_erg / total.energy_erg < 0.95


def test_dipole_decays_are_counted_once():
    """Decays are part of the absorption: what the rays lose in a layer must not be added again.

    With lives shorter than the star, all energy that crosses the core is deposited, half visible.
    """
    dip = ab.DipoleHNL(mass=100 * u.MeV, dipole={"mu": 1e-9 * GEV})
    core = 20 * u.km
    result = ab.supernova.deposition(dip, STAR, core=core)
    assert_allclose(result.fraction, 0.5, rtol=1e-4, atol=0)
    outwards = ab.supernova.emission(dip, STAR, r_max=core)  # still thin from there
    assert_allclose(result.energy_erg, 1.5 * outwards.luminosity_erg_s, rtol=5e-3, atol=0)
    at_end = ab.supernova.deposition(dip, STAR, core=60 * u.km)
    far = ab.supernova.emission(dip, STAR)
    assert_allclose(at_end.energy_erg, 1.5 * far.luminosity_erg_s, rtol=1e-4, atol=0)


def test_net_flux_diffuses():
    """Opaque: -(2 R^2/3 pi) int dE E p^2 (df_eq/dr)/kappa per state, kappa = Gamma* E/p."""
    from astrobounds.supernova.transport.solution import solution

    dip = ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 1e-5 * GEV})
    ray = solution(dip, STAR, gravity=False, core=20 * u.km)
    table, e, r0, h = ray.tables[0], ray.energy, 20.0, 0.01
    f = 1.0 / (np.exp(e[:, None] / STAR.at([r0 - h, r0, r0 + h])["T"]) + 1.0)
    slope = (f[:, 2] - f[:, 0]) / (2 * h * const.KM)
    p, start = np.sqrt(e * e - 2500.0), table.pieces[0].size
    expected = 0.0
    for sign in (1, -1):
        used = [i for i, q in enumerate(table.processes) if q.lepton_number == sign]
        for basis in (0, 1):
            rate = np.log(1e-16 * sum(table.rates[i, start:, :, basis] for i in used))
            at = CubicSpline(np.log(table.pieces[1]), rate)(np.log(r0))
            gamma = np.exp(CubicSpline(np.sqrt(table.energy - 50), at)(np.sqrt(e - 50)))
            flux = -(2 / (3 * np.pi)) * (r0 * const.KM) ** 2 * e * p**2 * slope * p / (gamma * e)
            expected += (ray.weight * flux).sum() / const.HBAR / const.ERG
    scales = (1.0, 100.0)
    net = ray.net_along({"dipole.mu": 1e-16}, scales) @ (ray.weight * e) / const.ERG
    assert_allclose(net, expected / np.array(scales), rtol=1e-2, atol=0)


def test_net_flux_is_the_emission_when_thin():
    """Nothing is absorbed: the net flux is what is made inside the core."""
    from astrobounds.supernova.transport.solution import solution

    dip = ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 1e-12 * GEV})
    net = solution(dip, STAR, core=20 * u.km)
    inside = solution(dip, STAR, r_max=20 * u.km)
    a, b = net.net_along({"dipole.mu": 1e-30}, [1.0])[0], inside.along({"dipole.mu": 1e-30}, [1.0])[0]
    assert_allclose((net.weight * net.energy) @ a, (inside.weight * inside.energy) @ b, rtol=1e-3, atol=0)


def test_dipole_window_closes():
    """The deposited energy falls below 1e50 erg again at strong coupling, for any core radius."""
    dip = ab.DipoleHNL(mass=100 * u.MeV, dipole={"mu": 1e-9 * GEV})
    scales = np.geomspace(1e-8, 1e8, 65)
    for core in (15, 20, 40, 60):
        energy = deposition_energies(dip, STAR, scales, core=core * u.km)
        assert energy.min() >= 0.0
        assert energy[0] < 1e50 < energy.max()
        assert energy[-1] < 1e50


def test_axis_equals_single_points():
    hnl = tau_hnl(1e-10)
    axis = deposition_energies(hnl, STAR, [1.0, 30.0], **FLAT)
    single = ab.supernova.deposition(tau_hnl(3e-9), STAR, **FLAT)
    assert_allclose(axis[1], single.energy_erg, rtol=1e-9, atol=0)
    assert axis[0] < axis[1]


def test_duration_and_verdict():
    hnl = tau_hnl(1e-8)
    one = ab.supernova.deposition(hnl, STAR, duration=1 * u.s, **FLAT)
    ten = ab.supernova.deposition(hnl, STAR, duration=10 * u.s, allowed=2e51 * u.erg, **FLAT)
    assert_allclose(ten.energy_erg, 10 * one.energy_erg, rtol=1e-6, atol=0)
    assert_allclose(one.ratio, one.energy_erg / 1e50, rtol=1e-6, atol=0)
    assert_allclose(ten.ratio, ten.energy_erg / 2e51, rtol=1e-6, atol=0)
    assert one.excluded == (one.energy_erg > 1e50)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"envelope": 3e13}, "has no unit"),
        ({"core": 1e14 * u.cm}, "core < envelope"),
        ({"duration": -1 * u.s}, "outside"),
        ({"visible": "nu gama"}, "nu gamma"),
    ],
)
def test_errors(options, words):
    with pytest.raises(ab.DomainError, match=words):
        ab.supernova.deposition(tau_hnl(1e-9), STAR, **options)


def test_core_beyond_the_rays():
    """A core outside the last ray cell: decays up to it are taken off by their decay length."""
    dip = ab.DipoleHNL(mass=100 * u.MeV, dipole={"mu": 1e-7 * GEV})
    near = ab.supernova.deposition(dip, STAR, core=60 * u.km)
    far = ab.supernova.deposition(dip, STAR, core=500 * u.km)
    assert far.energy_erg < near.energy_erg
    e, rate, w = near.emission.energy_mev, near.emission.rate, near.emission.weight
    decay = dip.width_mev * 100.0 / np.sqrt(e**2 - 1e4) / const.HBAR_C
    expected = 1.5 * (w * e * rate * np.exp(-decay * 4.4e7)).sum() / const.ERG
    assert_allclose(far.energy_erg, expected, rtol=1e-6, atol=0)
