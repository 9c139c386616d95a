"""A long-lived relic handed to the electromagnetic cascade."""

import warnings

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.cosmology.cascade import clock as cascade_clock
from astrobounds.cosmology.cascade import disintegration as cascade
from astrobounds.cosmology.plasma.baryons import ZETA3
from astrobounds.cosmology.relics import late as relic_late
from astrobounds.cosmology.relics import remnant
from astrobounds.cosmology.relics.late import photodisintegration
from astrobounds.cosmology.relics.remnant import of_evolution
from astrobounds.errors import ConfigError, DomainError, ValidityWarning
from astrobounds.models.hnl import HNL


def quiet(mass, mixing, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        return ab.cosmology.bbn(HNL.fast(mass, mixing), **options)


def test_density_without_decays():
    """n_X/n_gamma after e+e- annihilation: (number at 12 MeV)/n_gamma x 4/11, to one per cent."""
    out = quiet(60.0, (0.0, 0.0, 1e-19))  # 1e14 s
    density, T = remnant.surviving_density(out.relic)
    start = out.relic.modes.number[0] / (2.0 * ZETA3 / np.pi**2 * 12.0**3)
    assert_allclose(density, start * 4.0 / 11.0, rtol=1e-2)
    assert T < 1e-3


def test_hand_over_equals_the_cascade_called_by_hand():
    mass, tau = 30.0, 3e5
    unit = HNL.fast(mass, (1.0, 0.0, 0.0)).width_mev
    out = quiet(mass, (const.HBAR / tau / unit, 0.0, 0.0))
    with pytest.warns(ValidityWarning, match="energy of the photons"):
        broken = photodisintegration(out)
    density, T = remnant.surviving_density(out.relic)
    heat = out.relic.injection.visible[0]  # no muons at 30 MeV
    same = cascade.electromagnetic_decay(out, out.eta, mass, tau, density, heat, density_T=T)
    assert_allclose(broken.DH, same.DH, rtol=1e-6)
    assert broken.DH < 1e-3 * out.before_cascade["DH"]


def test_energies_below_every_threshold_break_nothing():
    out = quiet(3.0, (0.0, 1e-4, 0.0))  # 1.5 MeV, deuterium needs 2.2 MeV
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        after = photodisintegration(out)
    assert 1e5 < out.relic.lifetime < 1e7
    assert_allclose(after.DH, out.DH, rtol=1e-6)
    assert out.cascade is None


def of_lifetime(mass, tau, **options):
    unit = HNL.fast(mass, (1.0, 0.0, 0.0)).width_mev
    return quiet(mass, (const.HBAR / tau / unit, 0.0, 0.0), **options)


@pytest.mark.parametrize(
    ("mass", "tau"), [(10.0, 2e3), (60.0, 1e4), (60.0, 1e9), (300.0, 1e7), (900.0, 3e5)]
)
def test_bbn_applies_the_cascade(mass, tau):
    """The chained result against a cascade solved for that very composition: exponents to 5e-4."""
    out = of_lifetime(mass, tau)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        exact = photodisintegration(out)
    before = of_lifetime(mass, tau, cascade="off")
    assert before.cascade is None
    assert out.before_cascade["DH"] == before.DH == before.before_cascade["DH"]
    for name in ("Yp", "DH", "He3H", "Li7H"):
        change = np.log(getattr(exact, name) / getattr(before, name))
        assert_allclose(np.log(getattr(out, name) / getattr(before, name)), change, rtol=1e-3, atol=1e-6)
    assert "photodisintegration" not in out.flags
    assert out.Neff == before.Neff
    assert set(out.cascade.references) <= set(out.references)


def test_the_cascade_sets_in_smoothly():
    """What is left out below the criterion changes no abundance by more than 1e-6."""
    mass = 60.0
    for tau in np.geomspace(150.0, 800.0, 8):
        out = of_lifetime(mass, tau, cascade="off")
        energy = of_evolution(out.relic).released(out.eta)
        if energy < relic_late.NEGLIGIBLE:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ValidityWarning)
                last = photodisintegration(out)
            for name in ("Yp", "DH", "He3H", "Li7H"):
                assert_allclose(getattr(last, name), getattr(out, name), rtol=1e-6, err_msg=name)
    assert energy > relic_late.NEGLIGIBLE > of_evolution(of_lifetime(mass, 150.0).relic).released(out.eta)
    rare = of_lifetime(300.0, 3e10)  # few particles, late, and just below the criterion or above it
    assert of_evolution(rare.relic).released(rare.eta) > relic_late.NEGLIGIBLE


def test_flag_where_nuclei_would_break_but_do_not():
    assert "photodisintegration" in of_lifetime(60.0, 1e6, cascade="off").flags
    assert "photodisintegration" in of_lifetime(60.0, 3e12).flags
    assert "late energy" in of_lifetime(60.0, 1e6).flags


def test_other_network_runs_pass_through_the_same_cascade():
    out = of_lifetime(300.0, 1e9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        table = ab.cosmology.theory_covariance(out.inputs["model"])
    assert_allclose(table.mean[1], out.DH)
    assert abs(table.shifts["d(d,n)He3"][1]) < 1e-3  # deuterium comes from broken helium now
    assert abs(ab.cosmology.theory_covariance().shifts["d(d,n)He3"][1]) > 3e-3


def test_wrong_choice_is_refused():
    with pytest.raises(ConfigError, match="auto, off"):
        ab.cosmology.bbn(cascade="on")


@pytest.mark.parametrize(("mass", "tau"), [(300.0, 3e7), (900.0, 1e6), (300.0, 1e9)])
def test_rare_late_decays_shift_neff_as_they_should(mass, tau):
    """Delta N = R [(1 - h) (8/7)(11/4)^(4/3) - h N], R = Gamma(3/2) rho_X/rho_gamma at t = tau.

    h: share of heat; radiation era, with rho_X/rho_gamma ~ t^(1/2) before the decays."""
    out = of_lifetime(mass, tau)
    density, _ = remnant.surviving_density(out.relic)
    T = cascade_clock.temperature_of(tau)
    ratio = density * mass / (np.pi**4 / (30.0 * ZETA3) * T) * 0.5 * np.sqrt(np.pi)
    heat = float(out.relic.energies[0, -1])
    expected = ratio * ((1.0 - heat) * 8.0 / 7.0 * 2.75 ** (4.0 / 3.0) - heat * 3.044)
    plain = ab.cosmology.bbn()
    assert 1e-5 < abs(expected) < 0.1
    assert "decays unfinished" not in out.flags
    assert_allclose(out.Neff - plain.Neff, expected, rtol=0.03, atol=2e-5)
    assert_allclose(out.dilution - 1.0, 0.75 * heat * ratio, rtol=0.05, atol=2e-5)


def test_late_results_do_not_depend_on_where_the_history_ends():
    """N_eff, helium and the dilution are smooth in the lifetime while the grid grows with it."""
    log = np.linspace(np.log(3e6), np.log(9e6), 13)
    found = np.array([[o.Neff, o.Yp, np.log(o.dilution)] for o in
                      (of_lifetime(10.0, t) for t in np.exp(log))])  # fmt: skip
    fit = np.polynomial.polynomial.polyfit(log - log.mean(), found, 5)
    rest = found - np.polynomial.polynomial.polyval(log - log.mean(), fit).T
    assert np.abs(rest / found.mean(axis=0)).max() < 1e-4


def test_standard_result_is_refused():
    with pytest.raises(DomainError, match="no decaying particle"):
        photodisintegration(ab.cosmology.bbn(omega_b=0.022, tau_n=879 * u.s))
