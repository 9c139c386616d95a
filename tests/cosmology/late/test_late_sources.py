"""Relic and External in bbn: every route chains what its energies demand, and results travel."""

import pickle
import warnings
from concurrent.futures import ProcessPoolExecutor

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.constants import HBAR
from astrobounds.cosmology.neutrinos.decoupling import External, Relic
from astrobounds.cosmology.relics.remnant import of_evolution, of_model, of_relic
from astrobounds.errors import DomainError, ValidityWarning


def quiet(model=None, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        return ab.cosmology.bbn(model, **options)


def relic(lifetime, energy=50.0, density=1e-4, **fractions):
    return Relic(density=density, energy=energy, rate=HBAR / lifetime, fractions=fractions or {"em": 1.0})


def test_a_relic_that_decays_late_breaks_nuclei():
    out = quiet(relic(1e6))
    per_photon = 1e-4 / (2 * 1.2020569 / np.pi**2 * 20.0**3)
    by_hand = ab.cosmology.photodisintegration(
        quiet(), lifetime=1e6 * u.s, density=per_photon, mass=50 * u.MeV, electron=1.0
    )
    assert_allclose(out.DH, by_hand.DH, rtol=0.05, atol=0)
    assert_allclose(out.DH, 1.92e-6, rtol=0.03, atol=0)
    assert_allclose(out.before_cascade["DH"], 2.446e-5, rtol=1e-3, atol=0)


def test_a_relic_as_functions_of_the_temperature_is_the_same():
    plain = quiet(relic(1e6))
    function = Relic(1e-4, lambda T: 50.0 + 0 * T, lambda T: HBAR / 1e6 + 0 * T, {"em": 1.0})
    assert_allclose(quiet(function).DH, plain.DH, rtol=1e-6, atol=0)


def test_switched_off_the_cascade_leaves_a_flag():
    with pytest.warns(ValidityWarning, match="switched off"):
        out = ab.cosmology.bbn(relic(1e6), cascade="off")
    assert "photodisintegration" in out.flags
    assert out.DH == out.before_cascade["DH"]


def test_photons_too_soft_to_break_nuclei_are_only_distortions():
    out = quiet(relic(1e9, energy=3.0, density=1e-3))  # lithium breaks at 1.59 MeV
    assert out.cascade is None
    assert out.late.terms()["distortions"] < 0.0


def test_a_relic_of_neutrinos_radiates_and_makes_a_few_pairs():
    out = quiet(relic(1e5, energy=500.0, density=1e-2, nue=0.4, numu=0.6))
    assert "photons of neutrinos" in out.flags
    assert out.late.electromagnetic == 0.0
    assert not np.isclose(out.DH, out.before_cascade["DH"], rtol=1e-6, atol=0)


def test_neff_of_a_relic_that_decays_after_the_engine():
    dark = quiet(relic(1e12, dark=1.0, density=3e-5))
    strength = dark.late.f
    assert_allclose(dark.Neff, 3.044 + 4.40 * 0.984 * strength, rtol=0.01, atol=0)
    still = quiet(relic(1e10, dark=1.0, density=3e-5))
    assert_allclose(still.Neff - 3.044, 3.88e-6 * 1e5 * still.late.f, rtol=0.05, atol=0)


def test_heavy_relics_that_decay_late_are_refused_and_early_ones_are_not():
    with pytest.raises(DomainError, match="cascade='off'"):
        quiet(relic(1e6, energy=1e5))
    early = quiet(relic(1.0, energy=1e5, density=1e-8))
    assert early.cascade is None


def test_heat_from_outside_when_nuclei_could_break_is_refused():
    late = External(em=lambda T: 1e-42 * (T < 0.005))
    with pytest.raises(DomainError, match="give a Relic, or cascade='off'"):
        quiet(late)
    assert "photodisintegration" in quiet(late, cascade="off").flags
    assert quiet(External(em=lambda T: 1e-24 * (T > 1.0))).flags == ()


def test_the_remnant_of_a_particle_from_its_evolution_and_from_its_model():
    model = ab.HNL(mass=60 * u.MeV, mixing={"mu": 1e-12})
    out = quiet(model)
    one = of_evolution(out.relic, model.decays())
    two = of_model(model, one.ratio)
    for name in ("per_photon", "ratio", "heat", "neutrinos", "number", "zeta", "pairs"):
        assert_allclose(getattr(two, name), getattr(one, name), rtol=2e-3, atol=0)
    assert two.effects().terms().keys() == out.late.terms().keys()


def test_the_remnant_of_a_relic_counts_what_is_left():
    source = relic(1e6, em=0.3, nue=0.2, dark=0.5)
    left = of_relic(source, quiet(source).background)
    assert_allclose([left.mass, left.lifetime, left.heat, left.neutrinos, left.number],
                    [50.0, 1e6, 15.0, 10.0, 0.4], rtol=1e-9, atol=0)  # fmt: skip
    want = 1e-4 / (2 * 1.2020569 / np.pi**2 * 20.0**3) * (4 / 11)
    assert_allclose(left.per_photon, want, rtol=0.02, atol=0)


# ---------------------------------------------------------------- out of the process
MODELS = {
    "standard": None,
    "late": ab.HNL(mass=100 * u.MeV, mixing={"mu": 1e-10}),
    "dipole": ab.DipoleHNL(mass=20 * u.MeV, dipole={"mu": 1e-9 / u.GeV}),
    "relic": relic(1e6),
}


@pytest.mark.parametrize("name", MODELS)
def test_results_are_pickled_with_everything_they_can_do(name):
    out = quiet(MODELS[name])
    twin = pickle.loads(pickle.dumps(out))
    assert (twin.DH, twin.Neff, twin.flags) == (out.DH, out.Neff, out.flags)
    assert twin.references == out.references
    assert_allclose(twin.history["Y"]["He4"][-1], out.history["Y"]["He4"][-1], rtol=1e-12, atol=0,
                    equal_nan=True)  # fmt: skip
    assert (twin.cascade is None) == (out.cascade is None)


def test_networks_are_pickled_by_their_choices():
    network = ab.cosmology.load_network("small", overrides={"Be7(n,p)Li7": "reaclib"})
    twin = pickle.loads(pickle.dumps(network))
    assert twin.overrides == network.overrides
    assert [e.source for e in twin.evaluations] == [e.source for e in network.evaluations]
    rate = pickle.loads(pickle.dumps(network.evaluations[0]))
    assert_allclose(rate.rate(1.0), network.evaluations[0].rate(1.0), rtol=1e-12, atol=0)


def _solve(omega_b):
    return ab.cosmology.bbn(omega_b=omega_b)


def test_a_pool_of_processes_returns_results():
    with ProcessPoolExecutor(max_workers=1) as pool:
        found = list(pool.map(_solve, [0.0224]))
    assert_allclose(found[0].DH, _solve(0.0224).DH, rtol=1e-9, atol=0)
