"""Stars made from other stars keep what was changed when they go to a worker process."""

import pickle

import astropy.units as u
import numpy as np
import pytest
from astropy.table import Table
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.supernova import from_arrays, load, scale_temperature, with_neutrinos
from astrobounds.supernova.signals.variations import default_variations
from astrobounds.supernova.star.muons import with_muons
from astrobounds.supernova.star.profile import Star
from astrobounds.supernova.transport.settings import Resolution

COARSE = Resolution(radii=5, energies=12, outer=6, inner=4, rays=4, steps=12, spectrum=8)
R = np.array([1.0, 8.0, 15.0, 22.0])


def degenerate(radius_km):
    """A sea of nu_e in MeV that ends outside."""
    return 120.0 * np.exp(-radius_km / 20.0)


def luminosity(star):
    dip = ab.DipoleHNL(mass=50 * u.MeV, dipole={"e": 1e-10 / u.GeV})
    return ab.supernova.emission(dip, star, resolution=COARSE).luminosity_erg_s


def same(star):
    """Check every column of a copy that travelled, and return it."""
    again = pickle.loads(pickle.dumps(star))
    assert again.name == star.name
    assert again.breaks == star.breaks
    before, after = star.at(R), again.at(R)
    assert set(before) == set(after)
    for name, values in before.items():
        np.testing.assert_allclose(after[name], values, rtol=1e-9, err_msg=name)
    return again


def test_neutrinos_travel():
    plain = load("fiducial")
    star = with_neutrinos(plain, e=150 * u.MeV)
    again = same(star)
    assert_allclose(again.at(R)["mu_nu_e"], [150.0] * 4, rtol=1e-6, atol=0)
    assert_allclose(luminosity(again), luminosity(star), rtol=1e-9, atol=0)
    assert luminosity(again) > 3 * luminosity(plain)
    assert star.name != plain.name


def test_neutrinos_as_a_function_travel_if_the_function_does():
    star = same(with_neutrinos(load("fiducial"), e=degenerate, tau=5 * u.MeV))
    assert_allclose(star.at(R)["mu_nu_e"], degenerate(R), rtol=1e-6, atol=0)
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(with_neutrinos(load("fiducial"), e=lambda r: degenerate(r)))


def test_chains_of_changes_travel():
    sea = with_neutrinos(load("fiducial", neutrinos="beta"), mu=20 * u.MeV)
    hot = same(scale_temperature(sea, 1.2))
    assert_allclose(hot.peak_temperature, 36.0, rtol=1e-3, atol=0)
    assert_allclose(hot.at(R)["mu_nu_mu"], [20.0] * 4, rtol=1e-6, atol=0)
    muons = same(with_muons(scale_temperature(load("illustrative-hot", temperature_scale=0.9), 1.1)))
    assert muons.has_muons
    assert_allclose(muons.at(R)["T"], 0.99 * load("illustrative-hot").at(R)["T"], rtol=1e-6, atol=0)
    same(with_neutrinos(with_muons(sea), e=3 * u.MeV))


def test_scales_that_leave_the_range_together_travel():
    star = same(scale_temperature(scale_temperature(load("fiducial"), 2.5), 1.3))
    assert_allclose(star.at([15.0])["T"], 3.25 * load("fiducial").at([15.0])["T"], rtol=1e-6, atol=0)


def heavy_file(path):
    r = np.linspace(0.0, 60.0, 16)
    table = Table({
        "radius": r * u.km, "rho": 3e14 * np.exp(-r / 7) * u.g / u.cm**3,
        "temperature": 25 * np.exp(-r / 25) * u.MeV, "Ye": np.full(r.size, 0.25),
        "X_heavy": np.where(r > 25, 0.4, 0.0), "A_heavy": np.full(r.size, 80.0),
        "Z_heavy": np.full(r.size, 32.0),
    })  # fmt: skip
    table.write(path, format="ascii.ecsv")
    return path


def test_heavy_nuclei_travel(tmp_path):
    path = heavy_file(tmp_path / "heavy.ecsv")
    for star in (load(path), scale_temperature(load(path), 1.1), with_neutrinos(load(path), e=degenerate)):
        again = same(star)
        assert again.at([30.0])["n_heavy"] > 0.0
        np.testing.assert_allclose(again.at([30.0])["n_heavy"], star.at([30.0])["n_heavy"])


def test_every_default_variation_travels():
    for criterion in ("cooling", "deposition"):
        for variation in default_variations(criterion):
            if variation.star is not None:
                same(variation.star)


SMOOTH = np.linspace(0.0, 60.0, 31)


def arrays(**options):
    return from_arrays(
        SMOOTH * u.km, 3e14 * np.exp(-SMOOTH / 7) * u.g / u.cm**3, 25 * np.exp(-SMOOTH / 25) * u.MeV,
        np.full(31, 0.25), name="mine", **options,
    )  # fmt: skip


def test_stars_of_arrays_and_their_changes_travel():
    star = arrays()
    sea = with_neutrinos(star, e=3 * u.MeV)
    for changed in (star, sea, scale_temperature(star, 1.1), with_muons(star)):
        same(changed)
    same(arrays(neutrinos="two-region", mean_field="dd2", muons=True))


def test_a_star_of_a_relative_path_travels_after_chdir(tmp_path, monkeypatch):
    heavy_file(tmp_path / "heavy.ecsv")
    monkeypatch.chdir(tmp_path)
    star = load("heavy.ecsv")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    same(star)


def test_a_changed_file_does_not_change_a_copy(tmp_path):
    path = heavy_file(tmp_path / "heavy.ecsv")
    star = load(path)
    packed, before = pickle.dumps(star), star.at(R)["T"]
    text = Table.read(path, format="ascii.ecsv")
    text["temperature"] = 2.0 * text["temperature"]
    text.write(path, format="ascii.ecsv", overwrite=True)
    np.testing.assert_array_equal(pickle.loads(packed).at(R)["T"], before)
    np.testing.assert_allclose(load(path).at(R)["T"], 2.0 * before, rtol=1e-12, atol=0)


def test_a_profile_of_lambdas_says_why_it_stays():
    star = load("fiducial")
    mine = Star("mine", star.breaks, lambda r: star.columns(r))
    with pytest.raises(pickle.PicklingError, match="star 'mine' cannot be sent to another process"):
        pickle.dumps(mine)
