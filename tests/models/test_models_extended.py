"""Particles with one parameter more are models like any other: values, pickles, priors, run files."""

import pickle
import subprocess
import sys

import astropy.units as u
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.cosmology import DarkDecay, Decoupled, Reheating
from astrobounds.errors import ConfigError, DomainError
from astrobounds.models.protocol import Model

PLAIN = ab.HNL(mass=50 * u.MeV, mixing={"e": 1e-4})


def test_the_parameter_is_added_and_the_rest_kept():
    dark = DarkDecay(PLAIN, width=1e-20 * u.MeV)
    assert isinstance(dark, ab.HNL)
    assert isinstance(dark, Model)
    assert dark.particle == PLAIN
    assert dark.parameter_names == (*ab.HNL.parameter_names, "width")
    assert_allclose(dark.width_mev, PLAIN.width_mev + 1e-20, rtol=1e-12)
    assert_allclose(dark.branching_ratios()["dark"], 1e-20 / dark.width_mev, rtol=1e-12)
    assert_allclose(sum(d.branching_ratio for d in dark.decays()), 1.0, rtol=1e-12)
    assert dark == DarkDecay.of(ab.HNL)(mass=50 * u.MeV, mixing={"e": 1e-4}, width=1e-20 * u.MeV)
    assert dark.shape != PLAIN.shape
    none = DarkDecay(PLAIN, 0 * u.MeV)
    assert none.decays() == PLAIN.decays()


def test_both_together():
    both = Reheating(DarkDecay(PLAIN, 1e-20 * u.MeV), temperature=100 * u.MeV)
    assert both.reheating_mev == 100.0
    assert "dark" in both.branching_ratios()
    assert both.particle.particle == PLAIN


@pytest.mark.parametrize("make", [
    lambda: DarkDecay(PLAIN, 1e-20 * u.MeV),
    lambda: Reheating(DarkDecay(PLAIN, 1e-20 * u.MeV), 1 * u.GeV),
    lambda: DarkDecay.of(ab.HNL),
])  # fmt: skip
def test_values_and_classes_reach_other_processes(make):
    thing = make()
    data = pickle.dumps(thing)
    assert pickle.loads(data) == thing
    code = f"import pickle; print(repr(pickle.loads({data!r})))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == repr(thing)


def test_a_posterior_takes_it():
    post = ab.Posterior(
        model=DarkDecay.of(ab.HNL),
        priors={"mass": 50 * u.MeV, "mixing.e": ab.LogUniform(1e-6, 1e-2),
                "width": ab.LogUniform(1e-23 * u.MeV, 1e-20 * u.MeV)},
        constraints=[ab.constraints.get("bbn", marginalise=["rates", "tau_n", "omega_b"])],
    )  # fmt: skip
    model, _ = post.point({"mixing.e": 1e-4, "width": 1e-20})
    assert model == DarkDecay(PLAIN, 1e-20 * u.MeV)
    assert len(post.fingerprint()) > 0


def test_a_particle_that_was_in_equilibrium():
    scalar = Decoupled(ab.DarkScalar(mass=50 * u.MeV, mixing=1e-6), 10 * u.GeV)
    assert scalar.initial.temperature == 1e4
    assert scalar.particle.initial is None
    with pytest.raises(ConfigError, match="follows from its own reactions"):
        ab.cosmology.bbn(Decoupled(PLAIN, 10 * u.GeV))


def test_wrong_things_are_refused():
    with pytest.raises(ConfigError, match="give an HNL"):
        DarkDecay.of(int)
    with pytest.raises(ConfigError, match="already"):
        DarkDecay.of(DarkDecay.of(ab.HNL))
    with pytest.raises(ConfigError, match="width="):
        DarkDecay(PLAIN, wdith=1 * u.MeV)
    with pytest.raises(DomainError, match="unit"):
        DarkDecay(PLAIN, 1e-20)
    with pytest.raises(DomainError, match="temperature in MeV"):
        Reheating(PLAIN, 1 * u.MeV)
