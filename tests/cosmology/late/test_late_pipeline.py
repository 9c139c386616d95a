"""bbn() and the constraint cmb on every lifetime; mesons beside nuclei; pairs of late neutrinos."""

import math
import warnings

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.constraints import get
from astrobounds.cosmology.cascade import disintegration
from astrobounds.cosmology.late import neutrinos
from astrobounds.cosmology.nuclear import hadronic
from astrobounds.cosmology.nuclear.network import load_network
from astrobounds.cosmology.nuclear.reactions import reactions
from astrobounds.cosmology.nuclear.run import run_network
from astrobounds.cosmology.relics import mesons
from astrobounds.cosmology.relics.nuclei import per_pion
from astrobounds.cosmology.relics.remnant import heat_per_decay
from astrobounds.errors import DomainError, ValidityWarning

ETA, Y_P = 6.1e-10, 0.247
START = {
    "p": 0.753,
    "d": 1.9e-5,
    "He3": 8e-6,
    "He4": 0.0617,
    "n": 0.0,
    "t": 1e-7,
    "Li7": 2e-11,
    "Be7": 4e-10,
}


def quiet(model, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        return ab.cosmology.bbn(model, **options)


def mu(mass, mixing):
    return ab.HNL(mass=mass * u.MeV, mixing={"mu": mixing})


# ---------------------------------------------------------------- all lifetimes
def test_a_sterile_neutrino_of_5e12_seconds():
    out = quiet(mu(30, 1e-16))
    late = out.late
    assert_allclose(late.f, 2.02, rtol=0.01, atol=0)
    assert_allclose(late.lifetime, 5.232e12, rtol=1e-3, atol=0)
    assert_allclose(late.electromagnetic, 0.0752, rtol=5e-3, atol=0)
    assert_allclose(heat_per_decay(out.relic) / 30.0, late.electromagnetic, rtol=1e-3, atol=0)
    assert "matter" in out.flags
    assert "matter dominates" in late.reason
    assert late.terms()["matter"] < -100.0
    assert late.loglike() < -1e15


def test_a_sterile_neutrino_of_5e13_seconds_is_excluded_by_its_pairs():
    late = quiet(mu(30, 1e-17)).late
    assert_allclose([late.f, late.zeta], [0.205, 0.045], rtol=0.02, atol=0)
    assert late.reason == ""
    assert_allclose(late.terms()["anisotropies"], -4e18, rtol=0.1, atol=0)


def test_the_bound_continues_to_much_smaller_mixing():
    # f ~ U^2 and 1/tau ~ U^2: f zeta = F at 1.25e-22 sqrt(0.6/eps) for mu mixing of 30 MeV
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        values = [quiet(mu(30, 1.25e-22 * x)).late.terms()["anisotropies"] for x in (0.7, 1.4)]
    assert values[0] > -2.0 > values[1]


def test_neff_of_unfinished_decays_is_that_at_recombination():
    out = quiet(mu(100, 1e-18))
    assert_allclose(out.late.lifetime, 1.27e12, rtol=5e-3, atol=0)
    assert_allclose(out.late.f, 0.222, rtol=0.02, atol=0)
    assert_allclose(out.Neff, 3.04 + 1.01, rtol=0.15, atol=0)
    assert_allclose(out.late.delta_neff, out.Neff - 3.044, rtol=0.01, atol=0)
    assert "decays unfinished" not in out.flags


def test_neff_of_the_engine_and_of_the_release_join():
    """Around 3e11 s, where the reported N_eff changes from one to the other."""
    from astrobounds.cosmology.late.radiation import extra_neff

    out = quiet(ab.HNL(mass=100 * u.MeV, mixing={"mu": 5.1e-18}))  # 2.5e11 s
    late = out.late
    assert 1e11 < late.lifetime < 3e11
    by_release = 3.044 + extra_neff(late.lifetime, (1.0 - late.electromagnetic) * late.f)
    dimmed = by_release * (1.0 - late.distortions.energy)  # photons are heated as well
    assert_allclose(out.Neff - 3.044, dimmed - 3.044, rtol=0.25, atol=0)


@pytest.mark.parametrize("exponent", [-6, -9, -12, -15, -18, -21, -24, -28])
def test_the_background_answers_for_every_lifetime(exponent):
    constraint = get("cmb", table=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        model = mu(30, 10.0**exponent)
        value = constraint.loglike(model, {})
        terms = constraint.late_terms(model)
        standard = constraint.null_loglike
    assert not math.isnan(value)
    lifetime = model.lifetime.to_value("s")
    if exponent <= -24:
        assert_allclose(value, standard, rtol=1e-3, atol=0)
    else:
        assert value < standard - 2.0
    if lifetime > 1e12:
        assert "anisotropies" in terms


def test_late_terms_can_be_left_out_and_given_an_error():
    off = get("cmb", late=False)
    soft = get("cmb", late_error=True)
    assert "late_limits" in soft.nuisances
    assert "late_limits" not in get("cmb").nuisances
    model = mu(30, 1e-22)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        assert off.late_terms(model) == {}
        plain, loose = (soft.loglike(model, {"late_limits": x}) for x in (0.0, 1.0))
        assert plain < loose < off.loglike(model, {}) + 1e-9


def test_photodisintegration_goes_on_beyond_1e12_seconds():
    """Hits per decay energy are continuous where photons begin to stream freely."""
    hits = []
    for lifetime in (0.99e12, 1.01e12):
        found = disintegration.reusable_decay(START, ETA, 60.0, lifetime, 1e-12, 60.0)
        hits.append(found.counts.sum(axis=0))
    assert_allclose(hits[1], hits[0], rtol=0.02, atol=0)
    late = disintegration.reusable_decay(START, ETA, 60.0, 1e20, 1e-12, 60.0)
    early = disintegration.reusable_decay(START, ETA, 60.0, 1e18, 1e-12, 60.0)
    # long lifetimes: the decays until 3e13 s, proportional to the rate
    assert_allclose(early.counts.sum(axis=0), 100.0 * late.counts.sum(axis=0), rtol=1e-4, atol=0)


# ---------------------------------------------------------------- mesons on nuclei
def n_b(T):
    from astrobounds.cosmology.plasma.baryons import N_GAMMA_0, T_CMB

    return ETA * N_GAMMA_0 * (T / T_CMB) ** 3


def test_capture_of_pions_on_helium_from_the_width_of_the_atom():
    assert_allclose(hadronic.pion_capture() / mesons.MILLIBARN, 7.27, rtol=2e-3, atol=0)


@pytest.mark.parametrize(
    ("T", "on_protons", "ratio", "extra"),
    [
        (0.1, 2.83e-5, 0.73, (1.51, 0.46, 0.12)),
        (0.08, 1.54e-5, 0.76, (1.56, 0.48, 0.13)),
        (0.05, 4.30e-6, 0.82, (1.68, 0.51, 0.14)),
        (0.03, 1.11e-6, 0.88, (1.80, 0.55, 0.15)),
        (0.02, 3.8e-7, 0.91, (1.88, 0.57, 0.16)),
    ],
)
def test_captures_per_pion(T, on_protons, ratio, extra):
    protons, alphas = per_pion(T, n_b(T), 1.0 - Y_P, 0.25 * Y_P)
    assert_allclose(protons, on_protons, rtol=0.015, atol=0)
    assert_allclose(alphas / protons, ratio, rtol=0.015, atol=0)
    neutrons, _, deuterons, tritons = hadronic.yields() * alphas / protons
    assert_allclose([neutrons, deuterons, tritons], extra, rtol=0.05, atol=0)


def test_captures_conserve_baryons_and_charge():
    for share, n, p, d, t in hadronic.CAPTURES:
        assert share > 0.0
        assert n + p + 2 * d + 3 * t == 4
        assert p + d + t == 1
    n, p, d, t = hadronic.yields()
    assert_allclose(n + p + 2 * d + 3 * t, 4.0, rtol=1e-12, atol=0)


@pytest.fixture(scope="module")
def standard():
    return ab.cosmology.bbn(eta=ETA)


def with_pions(standard, per_baryon, T0=0.05, helium=True):
    """Deuterium if ``per_baryon`` pi- stop around T0 in the standard Universe."""
    background = standard.background
    first = len(background.Tg) - len(standard.weak_np)
    part = slice(first, None)
    T, t = background.Tg[part], background.t[part]
    shape = np.exp(-0.5 * (np.log(T / T0) / 0.1) ** 2)
    source = shape / np.trapezoid(shape, t) * per_baryon  # per baryon and second
    pions = source * mesons.LIFETIME["pi"] * n_b(T)
    to_n = pions * mesons.MILLIBARN * mesons.PI_MINUS_P_TO_N * mesons.coulomb(T, const.M_PI) / const.HBAR
    zero = np.zeros_like(T)
    density = {"pi-": pions, "K-": zero, "KL": zero}
    more = {"more_n_to_p": zero, "more_p_to_n": to_n, "max_step": 1 / 48}
    if helium:
        more["breaking"] = hadronic.breaking(T, density), hadronic.yields()
    run = run_network(standard.network, background, ETA, standard.weak_np, standard.weak_pn, None, **more)
    left = run.after_decays()
    return left["d"] / left["p"], run


@pytest.mark.parametrize("T", [0.05, 0.04, 0.035])
def test_deuterium_of_late_pions_burns_on(standard, T):
    """Neutrons end in d at once; of it survives between D_f/D_i (burning on p) and its square (on d)."""
    base = with_pions(standard, 0.0, T)[0]
    assert_allclose(base, standard.DH, rtol=1e-3, atol=0)
    full = (with_pions(standard, 0.01, T)[0] - base) / 0.01
    protons, alphas = per_pion(T, n_b(T), 1.0 - Y_P, 0.25 * Y_P)
    n, _, d, _ = hadronic.yields()
    made = float((protons + alphas * (n + d)) / (1.0 - Y_P))
    if T == 0.05:
        assert_allclose(made, 1.8e-5, rtol=0.02, atol=0)
    run = run_network(standard.network, standard.background, ETA, standard.weak_np, standard.weak_pn,
                      None, history=300)  # fmt: skip
    i = int(np.argmin(np.abs(run.history_T - T)))
    then = run.history_Y[i, run.nuclides.index("d")] / run.history_Y[i, run.nuclides.index("p")]
    left = standard.DH / then
    slow = 1.0 / (1.0 + math.exp((hadronic.T_FLIGHT - T) / (0.05 * hadronic.T_FLIGHT)))
    assert 0.8 * left**2 * slow < full / made < left


def test_captures_on_helium_make_three_times_the_deuterium_of_conversions_alone(standard):
    base = with_pions(standard, 0.0)[0]
    full = with_pions(standard, 0.01)[0] - base
    bare = with_pions(standard, 0.01, helium=False)[0] - base
    assert_allclose(full / bare, 3.1, rtol=0.1, atol=0)


def test_the_network_conserves_baryons_when_helium_breaks(standard):
    _, run = with_pions(standard, 1.0)
    network = standard.network
    assert_allclose(network.A @ run.Y, 1.0, rtol=1e-6, atol=0)


def test_the_jacobian_of_breaking_is_the_derivative_of_the_right_hand_side(standard):
    from astrobounds.cosmology.nuclear import kernels as k

    network, background = load_network("small"), standard.background
    first = len(background.Tg) - len(standard.weak_np)
    T, t = background.Tg[first:], background.t[first:]
    hits = 1e-3 * np.exp(-((np.log(T / 0.05)) ** 2))
    params = network.parameters(
        T, t, n_b(T), standard.weak_np, standard.weak_pn, breaking=(hits, hadronic.yields())
    )
    x, y = -math.log(0.05), np.array(list(np.full(len(network.nuclides), 1e-4)))
    y[network.index["p"]], y[network.index["He4"]] = 0.75, 0.06
    size = len(y)
    jac, slope = np.zeros((size, size)), np.zeros(size)
    k.network_jac(x, y, params, jac)
    k.network_dfdx(x, y, params, slope)

    def rhs(at, point):
        out = np.zeros(size)
        k.network_rhs(at, point, params, out)
        return out

    j, h = network.index["He4"], 1e-6
    up, down = y.copy(), y.copy()
    up[j] += h
    down[j] -= h
    assert_allclose(jac[:, j], (rhs(x, up) - rhs(x, down)) / (2 * h), rtol=1e-5, atol=1e-9)
    assert_allclose(slope, (rhs(x + 1e-5, y) - rhs(x - 1e-5, y)) / 2e-5, rtol=1e-3, atol=1e-7)


def test_late_mesons_of_a_relic_break_helium():
    out = quiet(mu(300, 1e-13))
    assert "mesons on nuclei" in out.flags
    hits = out.background.conversion[3]
    assert hits.max() > 0.0
    assert np.all(hits[out.background.Tg[-len(hits) :] > hadronic.T_HELIUM] == 0.0)


def test_a_network_without_helium_refuses_to_break_it(standard):
    network = load_network((next(iter(reactions())),))
    background = standard.background
    first = len(background.Tg) - len(standard.weak_np)
    T, t = background.Tg[first:], background.t[first:]
    with pytest.raises(DomainError, match="no He4"):
        network.parameters(T, t, n_b(T), standard.weak_np, standard.weak_pn,
                           breaking=(0 * T, hadronic.yields()))  # fmt: skip


# ---------------------------------------------------------------- pairs of late neutrinos
def test_the_rate_of_pairs_well_above_threshold_is_proportional_to_the_energy_density():
    energy, T = 1e8, 0.01
    sw = const.SIN2_THETA_W
    squares = ((sw + 0.5) ** 2 + 2 * (sw - 0.5) ** 2) / 3 + sw**2
    density = 7.0 * math.pi**2 / 240.0 * (neutrinos.COOL * T) ** 4  # one flavour of antineutrinos
    want = 2 / (3 * math.pi) * const.G_FERMI**2 * squares * 2 * energy * 4 / 3 * density
    assert_allclose(neutrinos.rate(energy, T), want, rtol=2e-3, atol=0)


def test_cross_section_into_pairs_has_the_couplings_of_three_flavours():
    """At high energy sigma(nu_e) : sigma(nu_mu) = 2.34 : 0.50, and it vanishes at threshold."""
    assert neutrinos.cross_section(4.0 * const.M_E**2) == 0.0
    s = 1e4
    mean = (2.343 + 2 * 0.503) / 3.0
    want = mean * const.G_FERMI**2 * s / (6.0 * math.pi)
    assert_allclose(neutrinos.cross_section(s), want, rtol=5e-3, atol=0)


def test_cool_neutrinos_make_no_pairs():
    assert neutrinos.pair_share(50.0, 1e-3) < 1e-3 * neutrinos.pair_share(50.0, 1e-2)
    assert 1e-6 < neutrinos.pair_share(50.0, 1e-2) < 1e-4
