"""A boson that a test describes, in the early Universe: statistics, freeze-in, numbers of another code."""

import warnings

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.cosmology.plasma.hot import density
from astrobounds.cosmology.relics import boltzmann as relic
from astrobounds.cosmology.relics.inverse import Decays, Leg, channels_of, compton_rate
from astrobounds.cosmology.relics.species import describe
from astrobounds.errors import ConfigError
from astrobounds.models.alp import ALP
from astrobounds.models.decays.daughters import daughters
from astrobounds.models.initial import Thermal
from astrobounds.models.protocol import BOSON, OTHER, Decay, Model, Parameter, State

STANDARD = ab.cosmology.bbn(omega_b=0.02237)


class Scalar(Model):
    """Decays into one pair with a lifetime; decoupled at 10 GeV."""

    parameters = (
        Parameter("mass", "MeV", "mass", default=None),
        Parameter("lifetime", "s", OTHER, default=None),
    )
    products = ("gamma", "gamma")
    initial = Thermal(1e4)

    @property
    def states(self):
        return (State("phi", 1.0, BOSON),)

    def decays(self):
        return (Decay(const.HBAR / self.values["lifetime"], "", self.products),)


class Electrons(Scalar):
    products = ("e-", "e+")


class Made(Scalar):
    initial = None


def quiet(model, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ab.ValidityWarning)
        return ab.cosmology.bbn(model, omega_b=0.02237, **options)


@pytest.mark.parametrize(("model", "neff", "yp", "dh"), [
    (Electrons.fast(100.0, (0.1,)), 2.7905, 0.24737, 2.3836e-5),
    (Electrons.fast(100.0, (1.0,)), 1.6782, 0.24333, 2.0689e-5),
    (Scalar.fast(10.0, (1.0,)), 2.7526, 0.24600, 2.3665e-5),
])  # fmt: skip
def test_bosons_that_decoupled_at_10_gev(model, neff, yp, dh):
    """Momentum modes with Bose-Einstein statistics in an independent solution of the same equations.

    The last one differs by 0.0012: inverse decays above 12 MeV, without which N_eff is 2.756. With
    Fermi-Dirac statistics it would be 2.765.
    """
    out = quiet(model)
    assert_allclose((out.Neff, out.Yp, out.DH), (neff, yp, dh), rtol=5e-4, atol=0)


@pytest.mark.parametrize(("signs", "masses", "T"), [
    ((1.0, 1.0), (0.0, 0.0), 5.0), ((-1.0, -1.0), (0.5, 0.5), 3.0), ((1.0, -1.0), (0.0, 3.0), 8.0),
])  # fmt: skip
def test_occupation_of_the_legs_by_quadrature(signs, masses, T):
    """Average of 1/(e^(E/T) -+ 1) over the direction of a product in the rest frame."""
    mass = 10.0
    for p in (1e-9, 0.3, 20.0, 400.0):
        for sign, own, other in zip(signs, masses, masses[::-1]):
            e = 0.5 * (mass**2 + own**2 - other**2) / mass
            k = np.sqrt(e * e - own * own)
            ends = np.hypot(p, mass) * e / mass, p * k / mass
            want = quad(
                lambda c, a, b, s: 0.5 / (np.exp((a + b * c) / T) - s), -1, 1, (*ends, sign),
                epsrel=1e-10, limit=200,
            )[0]  # fmt: skip
            got = Leg(e, own, sign).mean_occupation(np.array([[T]]), np.array([[p]]), mass)
            assert_allclose(got[0, 0], want, rtol=1e-7, atol=0)


@pytest.mark.parametrize(("kind", "factor"), [(("gamma", "gamma"), 1.800), (("e-", "e+"), 0.753)])
def test_freeze_in_by_inverse_decays_in_closed_form(kind, factor):
    """Y = 135 g Gamma M_Pl c/(8 pi^3 1.66 g*s sqrt(g*) m^2), c = 1 for Boltzmann statistics."""

    class Pair(Made):
        products = kind

    mass, width = 10.0, 1e-28
    species, _ = describe(Pair.fast(mass, (const.HBAR / width,)))
    # without expansion into the cold: integrate the mode equation over T by hand
    T = np.geomspace(300.0, 0.05, 4000)
    y, weight = relic.momentum_grid(64, 40.0)
    made = 0.0
    for t in T:
        p = y * t
        energy = np.hypot(p, mass)
        rate = width * mass / energy * species.production.decay(np.array([t]), p[None, :], "both")[0]
        number = (rate * species.equilibrium(energy / t) * weight).sum() * t**3
        made += number / t**5 * np.log(T[0] / T[1])
    # dY/dlnT = C/(s H), s = 2 pi^2/45 g T^3, H = 1.66015 sqrt(g) T^2/M_Pl
    g = 10.75
    unit = 45.0 / (2.0 * np.pi**2 * g) * const.M_PLANCK / (1.66015 * np.sqrt(g))
    closed = 135.0 * width * const.M_PLANCK / (8.0 * np.pi**3 * 1.66015 * g**1.5 * mass**2)
    assert_allclose(unit * made / closed, factor, rtol=3e-3, atol=0)


def test_inverse_decays_of_a_new_boson_reach_equilibrium_or_freeze_in():
    strong = relic.through_hot_plasma(describe(Made.fast(50.0, (1e-8,)))[0])
    thermal = strong.modes.species.equilibrium(np.hypot(strong.modes.p[-1], 50.0) / strong.T[-1])
    soft = strong.modes.p[-1] < 8.0 * strong.T[-1]
    assert_allclose(strong.modes.f[0][-1][soft], thermal[soft], rtol=1e-3)
    weak, double = (relic.through_hot_plasma(describe(Made.fast(200.0, (t,)))[0]) for t in (2e7, 1e7))
    assert_allclose(double.yield_, 2.0 * weak.yield_, rtol=1e-6, atol=0)


def test_reheating_below_the_mass_leaves_nothing():
    model = Made.fast(30.0, (0.3,))
    hot, cold = quiet(model), quiet(model, reheating=4 * u.MeV)
    standard = quiet(None)
    assert hot.Neff < standard.Neff - 0.03
    assert 0.0 < standard.Neff - cold.Neff < 0.1 * (standard.Neff - hot.Neff)
    warm = quiet(Made.fast(30.0, (1e8,)), reheating=30 * u.MeV, cascade="off")
    assert_allclose(warm.relic.hot.T[0], 30.0, rtol=1e-6, atol=0)


def test_primakoff_production_is_the_closed_formula():
    """Freeze-in of a photon-coupled ALP at T_R = 10 MeV: f/f_eq = Gamma/H there, 3.690e-5."""
    alp = ALP(mass=1 * u.MeV, photon=1e-9 / u.GeV)
    made = describe(alp)[0].production
    T = np.array([10.0])
    rate = made.contact(T, np.array([[30.0]]), "both")[0, 0]
    H = np.sqrt(8.0 * np.pi / 3.0 * density(T)[0]) / const.M_PLANCK
    assert_allclose(rate / H, 3.690e-5, rtol=0.01, atol=0)


@pytest.mark.parametrize("T", [5.0, 100.0])
def test_compton_production_by_monte_carlo(T):
    """Events of gamma e -> e a and e+ e- -> gamma a with sigma of each s, over n_a in equilibrium."""
    rng, n = np.random.default_rng(2), 400_000
    x = rng.gamma(3.0, 1.0, n)
    y = rng.gamma(3.0, 1.0, n)
    cos = rng.uniform(-1.0, 1.0, n)
    mass2 = const.M_E**2 + 0.5 * np.pi * const.ALPHA * T**2
    s = 2.0 * T**2 * x * y * (1.0 - cos)
    log = np.log(np.maximum(s / mass2, 1.0))
    bose, fermi = 1.0 / -np.expm1(-x), 1.0 / (1.0 + np.exp(-y))
    first = 1.0 / (1.0 + np.exp(-x))
    unit = (2.0 * T**3 / (2.0 * np.pi**2)) ** 2 * 4.0  # (g T^3/2 pi^2) Gamma(3), g = 2, twice
    compton = 2.0 * unit * np.mean(bose * fermi * (1.0 - cos) * np.maximum(log - 1.5, 0.0) / (4.0 * s))
    pairs = unit * np.mean(first * fermi * (1.0 - cos) * log / (2.0 * s))
    want = const.ALPHA * (compton + pairs) / (1.2020569 * T**3 / np.pi**2)
    assert_allclose(compton_rate(np.array([T]), 1.0, "pseudoscalar")[0], want, rtol=0.15, atol=0)


def test_alps_with_electrons_and_dark_photons_are_made_and_followed():
    """Compton-like production alone brings an ALP with g_e = 1e-9 to Gamma/H ~ 4 at 1 MeV."""
    made = describe(ALP.fast(3.0, (0.0, 1e-9)))[0].production
    T = np.array([1.0])
    H = np.sqrt(8.0 * np.pi / 3.0 * density(T)[0]) / const.M_PLANCK
    assert 1.0 < (made.contact(T, np.array([[3.0]]), "both")[0, 0] / H[0]) < 10.0
    both = quiet(ab.ALP(mass=20 * u.MeV, photon=1e-10 / u.GeV, electron=1e-11, muon=1e-10, nucleon=1e-10))
    assert np.isfinite(both.Neff)
    dark = quiet(ab.DarkPhoton(mass=20 * u.MeV, mixing=1e-10))
    assert 2.0 < dark.Neff < STANDARD.Neff


def test_alps_from_hot_plasma_remember_the_beginning():
    """An independent solution for T_R = 10 MeV: N_eff 3.037, D/H 2.44e-5. Flags say what is missing."""
    alp = ALP(mass=11.1 * u.MeV, photon=9.5e-10 / u.GeV)
    cold = quiet(alp, reheating=10 * u.MeV)
    assert_allclose((cold.Neff, cold.DH), (3.037, 2.44e-5), rtol=2e-3, atol=0)
    hot = quiet(alp)
    assert "reheating temperature" in hot.flags
    assert hot.Neff < 2.5
    scalar = ab.DarkScalar(mass=50 * u.MeV, mixing=1e-6)
    assert "production by quarks" in quiet(scalar).flags


@pytest.mark.parametrize(("mass", "theta", "lifetime", "neff", "yp"), [
    (50.0, 1.82e-5, 0.232, 2.692, 0.2468), (100.0, 1.36e-5, 0.209, 2.491, 0.2470),
    (250.0, 1.63e-7, 0.089, 2.689, 0.2498), (300.0, 8.5e-8, 0.025, 2.996, 0.2723),
    (500.0, 2.98e-8, 0.030, 2.935, 0.2901), (900.0, 1.02e-8, 0.035, 2.817, 0.3088),
])  # fmt: skip
def test_thermal_scalars_on_the_edge_of_the_published_bound(mass, theta, lifetime, neff, yp):
    """theta of the digitised bound (arXiv:1706.01920, as tabulated by FORESEE) gives the published
    lifetimes to 3 %; N_eff and Y_p at these lifetimes are those of another solution."""
    scalar = ab.DarkScalar(mass=mass * u.MeV, mixing=theta)
    assert_allclose(scalar.lifetime.to_value("s"), lifetime, rtol=0.03, atol=0)
    theta *= (scalar.lifetime.to_value("s") / lifetime) ** 0.5
    scalar = ab.cosmology.Decoupled(ab.DarkScalar(mass=mass * u.MeV, mixing=theta), 10 * u.GeV)
    out = quiet(scalar)
    assert_allclose((out.Neff, out.Yp), (neff, yp), rtol=2e-3, atol=0)
    assert "production by quarks" not in out.flags


def test_energy_is_conserved_while_bosons_decay():
    """d(rho a^3)/dx + P a^3 of the boson plus what it gives away is zero; the plasma gets it."""
    out = quiet(Electrons.fast(100.0, (0.5,))).relic
    modes, H = out.modes, out.background.H * const.HBAR
    lost = (modes.decay + modes.contact) * H[: len(modes.x)]
    assert np.all(np.isfinite(lost))
    assert_allclose(out.energies[0], 1.0, rtol=1e-9)
    total = modes.rho * np.exp(3.0 * modes.x)
    change = modes.decay + modes.contact + 3.0 * modes.pressure
    gain = np.trapezoid(np.exp(3.0 * modes.x) * change, modes.x)
    assert_allclose(total[0] - total[-1], gain, rtol=2e-4, atol=0)


def test_kinds_that_are_not_followed_are_refused():
    class Odd(Made):
        def processes(self):
            return (type("P", (), {"kind": "levitation", "coupling": "x", "flavour": "e"})(),)

    with pytest.raises(ConfigError, match="'levitation' of Odd are not followed in the early Universe"):
        ab.cosmology.bbn(Odd.fast(10.0, (1.0,)))


def test_channels_of_decays_with_two_products():
    made = daughters(Electrons.fast(50.0, (1.0,)))
    ((share, legs),) = channels_of(made)
    assert share == 1.0
    assert [leg.sign for leg in legs] == [-1.0, -1.0]
    hot = Decays(50.0, ((1.0, legs),)).decay(np.array([1e4]), np.array([[1.0]]), "both")
    assert hot[0, 0] < 0.01  # both legs are half filled: fully blocked
