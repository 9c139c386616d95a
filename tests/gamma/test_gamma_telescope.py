"""A future Galactic supernova in e-ASTROGAM, AMEGO and the Fermi-LAT."""

import math

import astropy.units as u
import numpy as np
import pytest
from gamma_helpers import hnl, signal, spectrum_b
from numpy.testing import assert_allclose

from astrobounds import gamma
from astrobounds.datafiles import data_path
from astrobounds.errors import DataError, DomainError
from astrobounds.gamma.reach import crossing_range
from astrobounds.gamma.telescope import (
    asimov_loglike,
    expected_counts,
    instrument,
    instruments,
    read_instrument,
    telescope_loglike,
    threshold_counts,
)

TOOLS = instruments()


def galactic(mass, flavour, mixing, fsr=False):
    return signal("B", mass, flavour, mixing, radius=1e13, distance=10.0, fsr=fsr)


def test_packaged_instruments():
    assert set(TOOLS) == {"e-ASTROGAM", "Fermi-LAT", "AMEGO"}
    assert [TOOLS[k].energy.size for k in ("e-ASTROGAM", "Fermi-LAT", "AMEGO")] == [15, 18, 19]
    assert_allclose(TOOLS["e-ASTROGAM"].effective_area(100.0), 1310.0, rtol=1e-6, atol=0)
    middle = TOOLS["e-ASTROGAM"].effective_area(math.sqrt(100.0 * 300.0))
    assert_allclose(middle, math.sqrt(1310.0 * 1379.0), rtol=1e-6, atol=0)
    assert_allclose(TOOLS["Fermi-LAT"].effective_area([20.0, 5000.0]), [0.0, 0.0], rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    ("name", "counts"), [("e-ASTROGAM", 0.39254), ("Fermi-LAT", 2.3938), ("AMEGO", 0.99906)]
)
def test_background(name, counts):
    assert_allclose(TOOLS[name].background(1e3), counts, rtol=2e-5, atol=0)
    assert_allclose(TOOLS[name].background(1e6), 1e3 * counts, rtol=2e-5, atol=0)


def test_background_against_quadrature():
    from scipy.integrate import quad

    tool = TOOLS["AMEGO"]
    exact = quad(lambda e: tool.effective_area(e) * 2.74e-3 / e**2, 10.0, 3000.0,
                 points=list(tool.energy[8:18]), limit=400, epsrel=1e-10)[0]  # fmt: skip
    solid = 2 * math.pi * (1 - math.cos(math.radians(3.0)))
    assert_allclose(tool.background(1e5), 1e5 * solid * exact, rtol=1e-7, atol=0)


def test_threshold():
    assert_allclose(threshold_counts(TOOLS["e-ASTROGAM"].background(1e5)), 14.689, rtol=5e-5, atol=0)
    assert_allclose(threshold_counts(TOOLS["Fermi-LAT"].background(1e5)), 33.008, rtol=5e-5, atol=0)


@pytest.mark.parametrize(
    ("name", "mass", "flavour", "mixing", "exposure", "hard", "soft"),
    [
        ("e-ASTROGAM", 20, "tau", 1e-11, 1e5, 1.16387e5, 2.5097e4),
        ("e-ASTROGAM", 100, "tau", 1e-13, 1e5, 5168.14, 2086.1),
        ("e-ASTROGAM", 200, "tau", 1e-15, 1e5, 4418.53, 1.38),
        ("e-ASTROGAM", 200, "tau", 1e-15, 1e3, 29.2683, None),
        ("e-ASTROGAM", 400, "mu", 1e-15, 1e5, 459.427, None),
        ("Fermi-LAT", 100, "tau", 1e-13, 1e5, 1.52936e4, 1274.7),
        ("Fermi-LAT", 400, "tau", 1e-14, 1e5, 4.38112e4, None),
        ("AMEGO", 200, "tau", 1e-15, 1e5, 2743.34, None),
    ],
)
def test_counts(name, mass, flavour, mixing, exposure, hard, soft):
    plain = expected_counts(galactic(mass, flavour, mixing), TOOLS[name], exposure)
    assert_allclose(plain, hard, rtol=3e-5, atol=0)
    if soft is not None:
        both = expected_counts(galactic(mass, flavour, mixing, True), TOOLS[name], exposure)
        assert_allclose(both - plain, soft, rtol=3e-4 if soft > 10 else 5e-3, atol=0)


@pytest.mark.parametrize(
    ("name", "mass", "reach"),
    [
        ("e-ASTROGAM", 20, 1.1225e-13),
        ("e-ASTROGAM", 100, 5.3051e-15),
        ("e-ASTROGAM", 200, 5.7237e-17),
        ("e-ASTROGAM", 400, 1.38875e-16),
        ("Fermi-LAT", 100, 4.6183e-15),
        ("Fermi-LAT", 200, 5.1340e-17),
    ],
)
def test_reach(name, mass, reach):
    tool = TOOLS[name]
    threshold = threshold_counts(tool.background(1e5))
    base = galactic(mass, "tau", 1e-14)
    # the lower edge only: a search over two decades above it is enough
    found = crossing_range(base, lambda s: expected_counts(s, tool, 1e5), threshold, decades=2.0)
    assert_allclose(found[0] * 1e-14, reach, rtol=1e-4, atol=0)


def test_public_result(tmp_path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    model, star = hnl(200, "tau", 1e-15), spectrum_b(200, 1e-15)
    result = gamma.telescope_counts(model, star, "e-ASTROGAM", fsr=False)
    assert_allclose(result.counts, 4418.53, rtol=3e-5, atol=0)
    assert result.detectable
    energies = (10, 30, 100, 300, 3000) * u.MeV
    times = (0, 1e2, 1e3, 1e4, 1e5) * u.s
    binned = result.binned(energies, times)
    assert binned.shape == (4, 4)
    assert_allclose(binned.sum(), result.counts, rtol=2e-5, atol=0)
    reach = result.reach(decades=2.0)
    assert_allclose(reach[0] * 1e-15, 5.7237e-17, rtol=1e-4, atol=0)
    half = gamma.telescope_counts(model, star, "e-ASTROGAM", fsr=False, duty=0.5)
    assert_allclose(
        (half.counts, half.background), (result.counts / 2, result.background / 2), rtol=1e-6, atol=0
    )
    result.plot().figure.savefig(tmp_path / "telescope.png")
    plt.close("all")
    loglike = telescope_loglike(model, star, "e-ASTROGAM", fsr=False)
    assert_allclose(loglike, asimov_loglike(result.counts, result.background), rtol=1e-6, atol=0)
    assert loglike < -1000.0


def test_asimov_limits():
    assert asimov_loglike(3.0, 0.0) == -3.0
    assert_allclose(asimov_loglike(1.0, 1e6), -0.5e-6, rtol=1e-3, atol=0)


def test_bad_input(tmp_path):
    model, star = hnl(200, "tau", 1e-15), spectrum_b(200, 1e-15)
    with pytest.raises(DomainError, match="did you mean 'AMEGO'"):
        gamma.telescope_counts(model, star, "AMEGA")
    with pytest.raises(DomainError, match="exposure"):
        gamma.telescope_counts(model, star, exposure=0 * u.s)
    with pytest.raises(DomainError, match="no unit"):
        gamma.telescope_counts(model, star, exposure=1e5)
    with pytest.raises(DomainError, match="increasing"):
        gamma.telescope_counts(model, star).binned((100, 10) * u.MeV, (0, 1) * u.s)
    with pytest.raises(DataError, match="no such file"):
        instrument(str(tmp_path / "nothing.ecsv"))
    from astropy.table import Table

    good = Table.read(data_path("gamma/instrument_amego.ecsv"), format="ascii.ecsv")

    def no_unit(table):
        table["energy"].unit = None

    def length_unit(table):
        table["area"].unit = "cm"

    for change, word in ((lambda t: t.remove_column("area"), "no column 'area'"),
                         (no_unit, "no unit"), (length_unit, "not in"),
                         (lambda t: t.meta.pop("cone_deg"), "cone_deg"),
                         (lambda t: t["energy"].__setitem__(0, 5.0), "increase"),
                         (lambda t: t["area"].__setitem__(0, np.nan), "NaN")):  # fmt: skip
        table = good.copy()
        change(table)
        table.write(tmp_path / "bad.ecsv", format="ascii.ecsv", overwrite=True)
        with pytest.raises(DataError, match=word):
            read_instrument(tmp_path / "bad.ecsv")
