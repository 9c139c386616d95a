"""What decays leave: energy kept for every final state, boxes of pi0, radiation, refusals."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import ConfigError, DomainError
from astrobounds.models.decays.daughters import daughters, leaves
from astrobounds.models.decays.flight import STOPPED_MASS
from astrobounds.models.decays.particles import known
from astrobounds.models.decays.photons import Box, Radiation
from astrobounds.models.decays.radiation import photon_moments
from astrobounds.models.decays.shares import REST
from astrobounds.models.protocol import Decay, Model, Parameter, State

PAIRS = (("e-", "e+"), ("mu-", "mu+"), ("tau-", "tau+"), ("pi-", "pi+"), ("pi0", "pi0"), ("K-", "K+"),
         ("K_L", "K_S"), ("gamma", "gamma"), ("nu_e", "nubar_tau"), ("pi0", "gamma"), ("hadrons",),
         ("nu_mu", "gamma"), ("nu_e", "e-", "e+"), ("pi-", "pi+", "pi0"), ("nu_tau", "rho0"), ("e-", "K*+"),
         ("gamma", "gamma", "gamma"), ("phi", "gamma"))  # fmt: skip


class Toy(Model):
    """A boson with the decays it is given."""

    parameters = (Parameter("mass", "MeV", "mass", default=None),)

    def decays(self):
        return self.__dict__["found"]

    @property
    def states(self):
        return (State("X", 1.0, -1),)


def toy(mass, *found):
    out = Toy(mass * u.MeV)
    out.__dict__["found"] = tuple(Decay(w, "", p) for w, p in found)
    return out


@pytest.mark.parametrize("products", PAIRS)
def test_the_energy_is_kept_and_shared_as_the_spectra_say(products):
    mass = max(1.3 * sum(known()[p].mass for p in products), 50.0)
    made = leaves(mass, products)
    assert_allclose(sum(made.energies), mass, rtol=1e-12)
    assert_allclose(made.shares @ REST, mass, rtol=1e-12)
    one = daughters(toy(mass, (1.0, products)))
    direct = sum(s.energy for s in one.neutrinos.values())
    assert_allclose(direct, mass * made.share_of("neutrino"), rtol=1e-6, atol=0)
    assert_allclose(one.visible, 1.0 - direct / mass, rtol=1e-6, atol=0)
    hard = sum(e * n for e, n in one.photons.lines)
    hard += sum(c.below(c.high, 1) for c in one.photons.continua if not isinstance(c, Radiation))
    carried = sum(e for e, p in zip(made.energies, made.products) if p.stem in ("gamma", "pi0"))
    assert_allclose(hard, carried, rtol=1e-9, atol=0)
    for name, lists in one.charged.items():  # what stops is what flies
        number = sum(n.sum() for _, n in lists)
        place = {"mu": 4, "pi": 5, "K": 6, "KL": 7}.get(name)
        if place is not None and "tau-" not in products:
            assert_allclose(number, made.shares[place], rtol=1e-12, atol=0)
        assert all(np.all(e >= STOPPED_MASS[name] * (1 - 1e-12)) for e, _ in lists)


def test_photons_of_two_neutral_pions_are_flat_in_the_known_range():
    """(m/4)(1 -+ sqrt(1 - 4 m_pi0^2/m^2)), four photons."""
    made = daughters(toy(300.0, (1.0, ("pi0", "pi0")))).photons
    reach = np.sqrt(1.0 - 4.0 * (const.M_PI0 / 300.0) ** 2)
    for box in made.continua:
        assert_allclose((box.low, box.high), (75.0 * (1 - reach), 75.0 * (1 + reach)), rtol=1e-12)
    assert_allclose(made.number, 4.0, rtol=1e-12)
    assert_allclose(made.energy, 300.0, rtol=1e-12)


def test_a_box_integrates_like_its_density():
    box = Box.of_parent(2.0, 300.0, const.M_PI0)
    for power in (-1, 0, 1):
        want = quad(lambda e, k=power: box.density(e) * e**k, box.low, 200.0)[0]
        assert_allclose(box.below(200.0, power), want, rtol=1e-9)


@pytest.mark.parametrize(("mass", "leg", "parent"), [
    (20.0, const.M_E, "vector"), (100.0, const.M_E, "scalar"), (5.0, const.M_E, "pseudoscalar"),
    (300.0, const.M_MU, "vector"),
])  # fmt: skip
def test_radiation_has_the_moments_of_its_spectrum(mass, leg, parent):
    made = Radiation(1.0, mass, leg, parent)
    number, _ = photon_moments(mass, leg, parent, 0.1)
    assert_allclose(-made.below(0.05 * mass, 0), number, rtol=1e-8)
    _, share = photon_moments(mass, leg, parent)
    assert_allclose(made.below(made.high, 1), share * mass, rtol=1e-6)
    grid = np.array([0.1, 0.2, 0.3, 0.45]) * made.high
    mean = np.diff(made.below(grid, 1)) / np.diff(made.below(grid, 0))
    assert np.all((grid[:-1] < mean) & (mean < grid[1:]))


def test_radiation_beside_a_neutrino_is_that_of_the_pair_mass():
    """Photons above an energy by quadrature of the closed form."""
    from astrobounds.models.decays.fsr import fsr_spectrum

    made = Radiation(0.5, 60.0, const.M_E, "fermion")
    want = quad(lambda e: 0.5 * fsr_spectrum(60.0, e) / e, 6.0, made.high, epsrel=1e-9)[0]
    assert_allclose(-made.below(6.0, 0), want, rtol=1e-6)


def test_dark_decays_are_counted_apart():
    made, dark = daughters(toy(100.0, (3.0, ("dark",)), (1.0, ("e-", "e+")))).without_dark()
    assert_allclose((dark, made.width, *made.ratios), (0.75, 1.0, 1.0), rtol=1e-12)
    everything, dark = daughters(toy(100.0, (3.0, ("dark",)))).without_dark()
    assert dark == 1.0
    assert everything.all == ()


@pytest.mark.parametrize(("products", "why"), [
    (("e-", "e+", "e-", "e+"), "more than three"), (("gamma",), "one product alone"),
    (("e-", "nu_e"), "charges"), (("mu-", "mu+"), "heavier"), (("X", "gamma"), "is not followed"),
    (("pi", "e-"), "did you mean"),
    (("hadrons", "e-", "e+"), "hadrons"),
])  # fmt: skip
def test_what_cannot_be_followed_is_refused_in_one_sentence(products, why):
    with pytest.raises(ConfigError, match=why):
        daughters(toy(100.0, (1.0, products)))


def test_a_mixed_dark_decay_is_refused_where_it_matters():
    made = daughters(toy(100.0, (1.0, ("dark", "gamma"))))
    assert_allclose(made.visible, 0.5, rtol=1e-12)
    with pytest.raises(ConfigError, match="beside other products"):
        made.without_dark()


def test_bad_widths_are_refused():
    for width in (-1.0, np.nan, np.inf):
        with pytest.raises(DomainError, match="width of 'e- e\\+'"):
            daughters(toy(100.0, (width, ("e-", "e+"))))


def test_hidden_channels_of_gamma_rays_are_refused_not_zero():
    from astrobounds.gamma import photon_yield

    with pytest.raises(ConfigError, match="pi- pi"):
        photon_yield(toy(300.0, (1.0, ("pi-", "pi+"))))
    with pytest.raises(ConfigError, match="neutrinos and dark particles alone"):
        photon_yield(ab.Mediator(mass=10 * u.MeV, coupling={"e": 1e-9}))
    mixed = photon_yield(toy(300.0, (9.0, ("pi-", "pi+")), (1.0, ("gamma", "gamma"))))
    assert mixed.ignored == ("pi- pi+",)
    assert_allclose((mixed.ignored_ratio, mixed.line), (0.9, 0.2), rtol=1e-12)


def test_photons_of_a_pair_reach_earth():
    """X -> e e, pi0 pi0, gamma gamma in one signal: number and energy are those of the rest frame."""
    from astrobounds.gamma.arrival import make_signal

    def burst(energy):
        energy = np.asarray(energy, dtype=float)
        return 1e50 * np.sqrt(energy**2 - 300.0**2) * np.exp(-energy / 40.0)

    made = toy(300.0, (1e-18, ("pi0", "pi0")), (2e-18, ("gamma", "gamma")), (1e-18, ("e-", "e+")))
    hard = make_signal(made, burst, radius_cm=0.0, fsr=False)
    everything = hard.fluences(((1e-3, 2e4),), ((0.0, 1e17),))[0, 0]
    assert_allclose(everything, hard.all_photons(), rtol=1e-5, atol=0)
    assert_allclose(hard.photons.hard_photons, 0.25 * 4.0 + 0.5 * 2.0, rtol=1e-12)
    soft = make_signal(made, burst, radius_cm=0.0)
    band = ((60.0, 100.0),)
    assert soft.fluences(band, ((0.0, 1e17),))[0, 0] > 1.001 * hard.fluences(band, ((0.0, 1e17),))[0, 0]
    assert_allclose(soft.photons.pair_energy + soft.photons.hard_share, 1.0, rtol=1e-9)
