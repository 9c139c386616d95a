"""Free streaming of neutrinos at the epoch of the microwave background."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.cosmology.mediators import streaming
from astrobounds.errors import ValidityWarning
from astrobounds.models.neutrino_pairs import boson_of


def of(mass, g):
    return boson_of(ab.Mediator(mass, {("e", "tau"): g}))


def test_expansion_at_recombination_and_before():
    """H = 1.66 sqrt(3.38) T^2/M_Pl in radiation; twice as much energy at equality."""
    T = 5e-5
    want = 1.66 * np.sqrt(3.38) * T**2 / 1.22089e22
    assert_allclose(streaming.expansion_rate(T), want, rtol=0.012, atol=0)
    ratio = streaming.expansion_rate(0.8e-6) / (0.8e-6 / T) ** 2 / streaming.expansion_rate(T)
    assert_allclose(ratio, np.sqrt(2.0), rtol=0.01, atol=0)


def test_a_contact_interaction_has_the_rate_that_fits_define():
    x = of(10 * u.MeV, 1e-2)
    assert_allclose(streaming.contact_strength(x), 1e-6, rtol=1e-12, atol=0)
    t = (4.0 / 11.0) ** (1.0 / 3.0) * 1e-5
    assert_allclose(streaming.effective_rate(x, 1e-5), 1e-12 * t**5, rtol=1e-12, atol=0)


def test_the_published_strong_mode_streams_from_a_few_electronvolts_on():
    limit = streaming.streaming_limits()["strong-mode-2017"]
    g = limit.coupling(1.0)
    assert_allclose(g**2, 10.0**-1.72, rtol=1e-12, atol=0)
    assert limit.coupling(2.0, 2.0) > 2.0 * g
    x = of(1 * u.MeV, float(g))
    T = streaming.free_streaming_temperature(x)
    assert 1e-6 < T < 3e-6
    assert_allclose(streaming.effective_rate(x, T), streaming.expansion_rate(T), rtol=0.1, atol=0)
    assert ab.references.bibtex(limit.reference).startswith("@")


def test_real_bosons_of_a_few_kev_delay_streaming():
    assert streaming.largest_ratio(of(1 * u.keV, 1e-9))[0] > 1.0
    assert streaming.largest_ratio(of(10 * u.keV, 1e-9))[0] < 1.0
    assert streaming.free_streaming_temperature(of(1 * u.MeV, 1e-9)) == streaming.T_SEEN
    with pytest.warns(ValidityWarning, match="stream freely"):
        out = ab.cosmology.bbn(ab.Mediator(1 * u.keV, {("e", "tau"): 1e-9}))
    assert "neutrinos do not stream freely" in out.flags
