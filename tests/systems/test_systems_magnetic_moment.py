"""Right-handed neutrinos and dark photons as radiation."""

import astropy.units as u
import numpy as np
import pytest

import astrobounds as ab
from astrobounds.cosmology.plasma.hot import freedom
from astrobounds.errors import DomainError
from astrobounds.systems import magnetic_moment


def test_three_right_handed_neutrinos_and_a_dark_photon_decoupled_early():
    """0.1406 and 0.0535 at g*S = 106.75; a real scalar 4/7 without dilution."""
    decoupled = ab.systems.decoupled
    np.testing.assert_allclose(decoupled(entropy=106.75, fermions=6), 0.1406, rtol=5e-4, atol=0)
    np.testing.assert_allclose(decoupled(entropy=106.75, bosons=2), 0.0535, rtol=2e-3, atol=0)
    np.testing.assert_allclose(decoupled(entropy=10.75, bosons=1), 4.0 / 7.0, rtol=1e-14, atol=0)
    g_s = float(freedom(150.0)[1])
    np.testing.assert_allclose(
        decoupled(150 * u.MeV, fermions=2), (10.75 / g_s) ** (4 / 3), rtol=1e-12, atol=0
    )


def test_without_a_moment_a_thermal_start_is_diluted_by_entropy():
    """f is frozen: the ratio is (g*S(10 MeV)/g*S(100 GeV))^(4/3)."""
    found = ab.systems.dirac_moment(0.0, start="equilibrium")
    ratio = freedom(10.0)[1] / freedom(1e5)[1]
    np.testing.assert_allclose(found.delta_neff, 3.0 * ratio ** (4.0 / 3.0), rtol=1e-4, atol=0)
    assert ab.systems.dirac_moment(0.0).delta_neff < 1e-15


def test_freeze_in_is_quadratic_and_follows_reheating():
    """Small moments: Delta N_eff ~ mu^2 T_RH up to the slow change of g* and of the logarithm."""
    make = ab.systems.dirac_moment
    a, b = make(1e-14).delta_neff, make(2e-14).delta_neff
    np.testing.assert_allclose(b / a, 4.0, rtol=2e-4, atol=0)
    hot, cold = make(1e-14, reheating=100 * u.GeV), make(1e-14, reheating=50 * u.GeV)
    assert 1.8 < hot.delta_neff / cold.delta_neff < 2.3
    one = make(1e-14, states=1)
    np.testing.assert_allclose(3.0 * one.delta_neff, a, rtol=1e-12, atol=0)


def test_steps_in_temperature_do_not_matter(monkeypatch):
    coarse = [ab.systems.dirac_moment(m).delta_neff for m in (1e-12, 8e-12, 3e-11)]
    monkeypatch.setattr(magnetic_moment, "_STEPS", 240)
    fine = [ab.systems.dirac_moment(m).delta_neff for m in (1e-12, 8e-12, 3e-11)]
    np.testing.assert_allclose(coarse, fine, rtol=1e-3, atol=0)


def test_published_bounds_differ_by_their_start():
    """2.7e-12 mu_B (arXiv:2211.04669) gives 0.2 after reheating at 100 GeV, and 1.6e-11 mu_B
    (arXiv:2211.10432) gives 0.2 after reheating at 100 MeV: six in the moment for the start alone."""
    make = ab.systems.dirac_moment
    np.testing.assert_allclose(make(2.7e-12).delta_neff, 0.2, rtol=0.05, atol=0)
    np.testing.assert_allclose(make(1.6e-11, reheating=100 * u.MeV).delta_neff, 0.2, rtol=0.1, atol=0)
    assert 0.5 < make(1.6e-11).delta_neff < 0.6


def test_a_coupled_moment_meets_instant_decoupling():
    """A thermal start and no start agree where the rate exceeds H at reheating."""
    empty, full = (ab.systems.dirac_moment(3e-11, start=s) for s in ("empty", "equilibrium"))
    np.testing.assert_allclose(empty.delta_neff, full.delta_neff, rtol=1e-6, atol=0)
    assert 100.0 < empty.decoupling_mev < 1000.0
    sudden = ab.systems.decoupled(empty.decoupling_mev * u.MeV, fermions=6)
    assert sudden < empty.delta_neff < 3.0 * sudden
    assert ab.systems.dirac_moment(1e-14).decoupling_mev == 0.0


@pytest.mark.parametrize(("arguments", "words"), [
    ({"moment": 1e-9}, "still in equilibrium"),
    ({"moment": -1e-12}, "Bohr magnetons"),
    ({"moment": 1e-12, "states": 4}, "allowed: 1, 2, 3"),
    ({"moment": 1e-12, "start": "empt"}, "did you mean 'empty'"),
    ({"moment": 1e-12, "reheating": 1 * u.TeV}, "hypercharge"),
    ({"moment": 1e-12, "reheating": 100.0}, "no unit"),
])  # fmt: skip
def test_moments_outside_the_range_are_refused(arguments, words):
    with pytest.raises(DomainError, match=words):
        ab.systems.dirac_moment(**arguments)


def test_decoupling_needs_one_statement():
    with pytest.raises(DomainError, match="either temperature"):
        ab.systems.decoupled(fermions=2)
    with pytest.raises(DomainError, match="degrees of freedom"):
        ab.systems.decoupled(1 * u.GeV, fermions=-2)
