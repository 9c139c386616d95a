"""The constraint on galactic positrons: convention, nuisance, options."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import references
from astrobounds.constraints import get, names
from astrobounds.constraints.positrons import NUISANCE
from astrobounds.errors import ConfigError

POINT = ab.HNL(mass=50 * u.MeV, mixing={"tau": 1.7e-10})


@pytest.fixture(scope="module")
def line():
    return get("positrons")


def test_the_constraint_is_known_and_cited(line):
    assert "positrons" in names()
    for key in line.references:
        assert references.bibtex(key).startswith("@")


def test_the_whole_line_is_the_default_limit(line):
    prior = line.nuisances[NUISANCE]
    assert (prior.mean, prior.sigma) == (52.87, 0.3)
    assert any("whole line, no other source" in text for text in line.describe())


def test_positrons_at_the_limit_stand_for_ninety_per_cent(line):
    found = line.predict(POINT)
    got = line.loglike(POINT, {NUISANCE: np.log10(found["positrons that stop"])})
    assert_allclose(got, -np.log(10.0), rtol=1e-9, atol=0)
    assert_allclose(found["511 keV flux [1/cm2/s]"] / 2.7e-3, found["positrons that stop"] / 7.366e52,
                    rtol=1e-3, atol=0)  # fmt: skip


@pytest.mark.parametrize(("ratio", "want"), [(1.0, -1.641), (10.0, -7.201)])
def test_the_nuisance_softens_the_limit_as_computed_by_hand(ratio, want):
    shift = np.linspace(-2, 3, 200001)
    profile = -np.log(10.0) * ratio * 10.0**-shift - 0.5 * (shift / 0.3) ** 2
    assert_allclose(profile.max(), want, rtol=1e-3, atol=0)


def test_a_smaller_number_allowed_is_a_stronger_bound(line):
    tight = get("positrons", positrons_allowed=1.4e52)
    center = {NUISANCE: tight.nuisances[NUISANCE].center}
    weak = line.loglike(POINT, {NUISANCE: 52.87})
    assert_allclose(tight.loglike(POINT, center) / weak, 10**52.87 / 1.4e52, rtol=1e-9, atol=0)


def test_bands_in_flight_take_over_only_where_they_are_stronger(line):
    center = {NUISANCE: 52.87}
    weak = get("positrons", bands=[((3.0, 10.0), 1.0)])
    assert_allclose(weak.loglike(POINT, center), line.loglike(POINT, center), rtol=1e-12, atol=0)
    strong = get("positrons", bands=[((3.0, 10.0), 1e-6)])
    assert strong.loglike(POINT, center) < 3.0 * line.loglike(POINT, center)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"positrons_allowed": -1.0}, "must be a positive number"),
        ({"bands": [(3.0, 10.0, 1e-3)]}, r"\(low, high\), flux"),
        ({"in_flight": "no"}, "true or false"),
        ({"halo": 3.0}, "no option 'halo'"),
    ],
)
def test_wrong_options_are_refused(options, match):
    with pytest.raises(ConfigError, match=match):
        get("positrons", **options)


def test_a_dipole_makes_pairs_by_conversion_of_its_photon(line):
    dipole = ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 1e-12 / u.GeV})
    found = line.predict(dipole)
    assert found["positrons per supernova"] > 0.0
    assert line.loglike(dipole, {NUISANCE: 52.87}) < 0.0
