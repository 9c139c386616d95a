"""Nuisances of choices that no error covers (helium samples, sets of rates), and of an asymmetry."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.constraints import get
from astrobounds.constraints.early_band import helium_samples, rate_set_shift
from astrobounds.errors import ConfigError

STANDARD = ab.StandardModel()
TINY = ab.HNL(mass=50 * u.MeV, mixing={"mu": 1e-2})  # gone before nucleosynthesis


def test_by_default_there_is_none_of_them():
    assert set(get("bbn").nuisances) == {"omega_b", "tau_n"}


def test_an_offset_of_helium_moves_the_data():
    plain = get("bbn", deuterium=None)
    soft = get("bbn", deuterium=None, helium_offset=0.003)
    assert soft.nuisances["helium_offset"].sigma == 0.003
    moved = get("bbn", helium=(0.2458 - 0.002, 0.0013), deuterium=None)
    got = soft.loglike(STANDARD, {"helium_offset": -0.002})
    assert_allclose(got, moved.loglike(STANDARD, {}), rtol=1e-9, atol=0)
    assert_allclose(soft.loglike(STANDARD, {}), plain.loglike(STANDARD, {}), rtol=1e-12, atol=0)


def test_another_set_of_rates_is_one_unit_of_the_nuisance():
    soft = get("bbn", rate_set="pisanti2021")
    other = get("bbn", rates="pisanti2021")
    found = soft.abundances(STANDARD, {"rate_set": 1.0})
    want = other.abundances(STANDARD)
    for name in ("Yp", "DH", "He3H"):
        assert_allclose(getattr(found, name), getattr(want, name), rtol=2e-4, atol=0)
    half = soft.abundances(STANDARD, {"rate_set": 0.5})
    assert soft.abundances(STANDARD).DH != found.DH
    assert_allclose(half.DH, np.sqrt(found.DH * soft.abundances(STANDARD).DH), rtol=1e-9, atol=0)


def test_the_shift_follows_the_cosmology():
    shift = rate_set_shift(("default", "small", "integrated"), "launders2026")
    for omega_b in (0.012, 0.03):
        pair = [ab.cosmology.bbn(omega_b=omega_b, rates=r).DH for r in ("default", "launders2026")]
        assert_allclose(shift.at(pair[0])[1], np.log(pair[1] / pair[0]), rtol=0, atol=2e-3)


def test_the_band_is_printed():
    text = " ".join(get("bbn", rate_set="launders2026", helium_offset=0.003).describe())
    for name in ("empress2022", "lbt2026", "launders2026", "pisanti2021"):
        assert name in text
    assert len(helium_samples()) >= 4


def test_an_asymmetry_is_a_nuisance_of_every_particle():
    soft = get("bbn", xi_e=(0.0, 0.05), table=False)
    want = ab.StandardModel(xi_e=0.05)
    got = soft.abundances(TINY, {"xi_e": 0.05})
    plain = get("bbn", table=False).abundances(want)
    assert_allclose([got.Yp, got.DH], [plain.Yp, plain.DH], rtol=2e-4, atol=0)
    assert got.Yp < soft.abundances(TINY).Yp
    direct = ab.cosmology.bbn(TINY, xi_e=0.05)
    assert_allclose(got.Yp, direct.Yp, rtol=1e-6, atol=0)


def test_the_background_takes_the_asymmetry_along():
    cmb = get("cmb", table=False)
    moved = cmb.loglike(TINY, {"xi_e": 0.2})
    want = cmb.loglike(ab.StandardModel(xi_e=0.2), {})
    assert_allclose(moved, want, rtol=1e-2, atol=0)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"rate_set": "pisanti"}, "pisanti2021"),
        ({"rate_set": "default"}, "is the set in use"),
        ({"helium_offset": -1}, "between 0 and 0.1"),
        ({"helium_offset": 0.003, "helium": None}, "without helium data"),
    ],
)
def test_wrong_choices_are_refused(options, match):
    with pytest.raises(ConfigError, match=match):
        get("bbn", **options)


def test_two_asymmetries_are_refused():
    with pytest.raises(ConfigError, match="leave one out"):
        get("bbn", xi_e=(0.0, 0.1)).loglike(STANDARD, {"xi_e": 0.05})
