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
from astrobounds.cosmology.relics.inverse import Decays, Leg, channels_of
from astrobounds.cosmology.relics.species import describe
from astrobounds.errors import ConfigError
from astrobounds.models.alp import ALP
from astrobounds.models.decays.daughters import daughters
from astrobounds.models.initial import Thermal
from astrobounds.models.protocol import BOSON, OTHER, Decay, Model, Parameter, State


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
