"""Sequences of snapshots: integrals over time, an analytic history, folders of files."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.supernova import History, cooling_history, read_history

GEV = 1 / u.GeV
DIP = ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 1e-11 * GEV})
STAR = ab.supernova.load("fiducial")


def test_constant_history_is_a_snapshot_times_its_duration():
    history = History((1.0, 2.5, 4.0), (STAR, STAR, STAR))
    out, one = history.emission(DIP), ab.supernova.emission(DIP, STAR)
    assert_allclose(out.energy.to_value(u.erg), 3 * one.luminosity_erg_s, rtol=1e-6, atol=0)
    assert_allclose(out.duration_s, 3.0, rtol=1e-6, atol=0)
    assert_allclose(out.mean_energy.value, one.mean_energy.value, rtol=1e-6, atol=0)
    e = np.array([40.0, 80.0, 150.0])
    assert_allclose(out(e), one.time_integrated(3.0)(e), rtol=1e-6, atol=0)
    heat = history.deposition(DIP)
    single = ab.supernova.deposition(DIP, STAR, duration=3 * u.s)
    assert_allclose(heat.energy_erg, single.energy_erg, rtol=1e-6, atol=0)
    assert_allclose(heat.fraction, single.fraction, rtol=1e-6, atol=0)


def test_cooling_history_falls_steeply():
    """T ~ exp(-t/16 s): the luminosity of a thermal process falls faster than that of neutrinos."""
    history = cooling_history([1, 3, 5] * u.s, time_scale=4 * u.s)
    peak = [star.at(10.0)["T"][0] for star in history.stars]
    assert_allclose(peak, 30 * np.exp([0.0, -1 / 8, -1 / 4]), rtol=1e-6, atol=0)
    out = history.emission(DIP)
    ratio = out.luminosities_erg_s[1:] / out.luminosities_erg_s[:-1]
    assert np.all(ratio < np.exp(-0.5))
    assert_allclose(out.weight_s, [1.0, 2.0, 1.0], rtol=1e-6, atol=0)
    assert out.energy.value < 4.0 * out.luminosities_erg_s[0]
    spectrum = np.linspace(50.0, 800.0, 20001)[1:]
    energy = np.trapezoid(spectrum * out(spectrum), spectrum) / ab.constants.ERG
    assert_allclose(energy, out.energy.value, rtol=2e-3, atol=0)


def write_star(path, factor):
    lines = ["# %ECSV 1.0", "# ---", "# datatype:"]
    for name, unit in (("radius", "km"), ("rho", "g / cm3"), ("temperature", "MeV"), ("Ye", "")):
        tail = f", unit: {unit}" if unit else ""
        lines.append(f"# - {{name: {name}{tail}, datatype: float64}}")
    lines += ["# schema: astropy-2.0", "radius rho temperature Ye"]
    for r in np.linspace(0.0, 60.0, 13):
        lines.append(f"{r} {3e14 * np.exp(-r / 8)} {factor * 30 * np.exp(-r / 20)} 0.2")
    path.write_text("\n".join(lines) + "\n")


def test_folder_of_snapshots(tmp_path):
    for second, factor in ((10.0, 0.6), (0.5, 1.0), (2.0, 0.8)):
        write_star(tmp_path / f"run7_{second}.ecsv", factor)
    history = read_history(tmp_path, "*.ecsv")
    assert history.times_s == (0.5, 2.0, 10.0)
    assert history.name == tmp_path.name
    assert np.all(np.diff(history.emission(DIP).luminosities_erg_s) < 0)
    named = read_history(
        tmp_path, "*.ecsv", times={"run7_0.5.ecsv": 1, "run7_2.0.ecsv": 2, "run7_10.0.ecsv": 3}
    )
    assert named.times_s == (1.0, 2.0, 3.0)


def test_folder_errors(tmp_path):
    with pytest.raises(ab.DataError, match="no such folder"):
        read_history(tmp_path / "none")
    write_star(tmp_path / "late.ecsv", 1.0)
    with pytest.raises(ab.DataError, match="no time in the name"):
        read_history(tmp_path)
    with pytest.raises(ab.DataError, match="no time for"):
        read_history(tmp_path, times={"early.ecsv": 1.0})
    (tmp_path / "late.ecsv").rename(tmp_path / "a_1.ecsv")
    with pytest.raises(ab.DataError, match="at least 2"):
        read_history(tmp_path)
    write_star(tmp_path / "b_1.ecsv", 1.0)
    with pytest.raises(ab.DataError, match="both at 1 s"):
        read_history(tmp_path)


def test_history_errors():
    with pytest.raises(ab.DomainError, match="increasing"):
        History((2.0, 1.0), (STAR, STAR))
    with pytest.raises(ab.DomainError, match="one star per time"):
        History((1.0, 2.0), (STAR,))
    with pytest.raises(ab.DomainError, match="is not a star"):
        History((1.0, 2.0), (STAR, "fiducial"))
    with pytest.raises(ab.DomainError, match="duration"):
        History((1.0, 2.0), (STAR, STAR)).deposition(DIP, duration=3 * u.s)
