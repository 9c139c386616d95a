"""A long-lived relic handed to the electromagnetic cascade."""

import warnings

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.cosmology import cascade, relic_late
from astrobounds.cosmology.baryons import ZETA3
from astrobounds.cosmology.relic_late import photodisintegration
from astrobounds.errors import DomainError, ValidityWarning
from astrobounds.models.hnl import HNL


def quiet(mass, mixing):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        return ab.cosmology.bbn(HNL.fast(mass, mixing))


def test_density_without_decays():
    """n_X/n_gamma after e+e- annihilation: (number at 12 MeV)/n_gamma x 4/11, to one per cent."""
    out = quiet(60.0, (0.0, 0.0, 1e-14))
    density, T = relic_late.surviving_density(out.relic)
    start = out.relic.modes.number[0] / (2.0 * ZETA3 / np.pi**2 * 12.0**3)
    assert_allclose(density, start * 4.0 / 11.0, rtol=1e-2)
    assert T < 1e-3


def test_hand_over_equals_the_cascade_called_by_hand():
    mass, tau = 30.0, 3e5
    unit = HNL.fast(mass, (1.0, 0.0, 0.0)).width_mev
    out = quiet(mass, (const.HBAR / tau / unit, 0.0, 0.0))
    with pytest.warns(ValidityWarning, match="energy of the photons"):
        broken = photodisintegration(out)
    density, T = relic_late.surviving_density(out.relic)
    heat = out.relic.injection.visible[0]  # no muons at 30 MeV
    same = cascade.electromagnetic_decay(out, out.eta, mass, tau, density, heat, density_T=T)
    assert_allclose(broken.DH, same.DH, rtol=1e-6)
    assert broken.DH < 1e-3 * out.DH


def test_energies_below_every_threshold_break_nothing():
    out = quiet(3.0, (0.0, 1e-4, 0.0))  # 1.5 MeV, deuterium needs 2.2 MeV
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        after = photodisintegration(out)
    assert 1e5 < out.relic.lifetime < 1e7
    assert_allclose(after.DH, out.DH, rtol=1e-6)


def test_standard_result_is_refused():
    with pytest.raises(DomainError, match="no decaying particle"):
        photodisintegration(ab.cosmology.bbn(omega_b=0.022, tau_n=879 * u.s))
