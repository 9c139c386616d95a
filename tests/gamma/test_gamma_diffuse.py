"""Background of all past supernovae."""

import math

import astropy.units as u
import numpy as np
import pytest
from gamma_helpers import Particle, hnl, signal, spectrum_b
from numpy.testing import assert_allclose
from scipy.integrate import quad

from astrobounds import gamma
from astrobounds.constants import HBAR
from astrobounds.errors import DataError, DomainError, ValidityWarning
from astrobounds.gamma import rates
from astrobounds.gamma.diffuse import (
    PROGENITORS,
    diffuse_bands,
    diffuse_intensities,
    diffuse_loglike,
    diffuse_spectrum,
    measured_background,
    measured_spectra,
    one_sided_loglike,
    photons_per_supernova,
    read_diffuse,
)
from astrobounds.gamma.reach import crossing_range

BANDS = ((0.8, 9.0), (9.0, 30.0), (100.0, 1000.0))


def test_rate_history():
    got = rates.star_formation_rate([0.0, 1.0, 4.0])
    assert_allclose(got, [0.0178, 0.175315, 0.133179], rtol=1e-5, atol=0)
    assert_allclose(rates.supernova_rate([0.0, 1.0]), [1.2448e-4, 1.2260e-3], rtol=5e-5, atol=0)
    assert_allclose(2.99792458e5 / rates.HUBBLE, 4282.749, rtol=1e-6, atol=0)
    assert_allclose(rates.star_formation_rate_steep(0.0), 0.015 / (1.5**-6.1 + 1.0), rtol=1e-6, atol=0)


@pytest.mark.parametrize("history", ["broken-power-law", "steep"])
def test_redshift_integral(history):
    z, weight = rates.redshift_nodes(history)

    def integrand(x, power):
        hubble = rates.HUBBLE_S * math.sqrt(0.3 * (1 + x) ** 3 + 0.7)
        rate = rates.supernova_rate(x, history) / 3.15576e7 / rates.MPC_CM**3
        return 2.99792458e10 / (4 * math.pi) * rate / hubble * (1 + x) ** -power

    for power in (0.0, 2.4, 6.0):
        exact = quad(integrand, 0.0, 5.0, args=(power,), points=(1.0, 4.0), epsrel=1e-10)[0]
        assert_allclose(np.sum(weight * (1 + z) ** -power), exact, rtol=1e-5, atol=0)


@pytest.mark.parametrize(
    ("mass", "flavour", "mixing", "radius", "hard", "soft"),
    [
        (20, "tau", 1e-8, 3e13, (8.28405e-6, 5.69461e-6, 6.5624e-7), (1.666e-5, 6.047e-7, 7.89e-9)),
        (
            100,
            "tau",
            1e-8,
            1e12,
            (1.06723e-6, 3.02008e-6, 4.3215e-7),
            (1.588e-5, 7.085e-7, 1.151e-8),
        ),
        (
            100,
            "tau",
            1e-9,
            3e13,
            (7.7153e-8, 1.94030e-7, 3.2978e-8),
            (1.0888e-6, 5.179e-8, 9.29e-10),
        ),
        (200, "tau", 1e-11, 1e12, (8.46282e-9, 1.96535e-7, 2.24955e-8), None),
        (200, "mu", 1e-11, 3e13, (1.78501e-9, 1.87622e-8, 3.84532e-9), None),
        (400, "tau", 1e-12, 1e12, (1.57973e-11, 9.63868e-11, 2.96649e-11), None),
    ],
)
def test_spectrum(mass, flavour, mixing, radius, hard, soft):
    energies = np.array([5.0, 30.0, 100.0])
    plain = diffuse_spectrum(signal("B", mass, flavour, mixing, radius=radius), energies)
    assert_allclose(plain, np.array(hard), rtol=3e-5, atol=0)
    if soft is not None:  # these reference digits are three to four
        both = diffuse_spectrum(signal("B", mass, flavour, mixing, radius=radius, fsr=True), energies)
        assert_allclose(both - plain, np.array(soft), rtol=1e-3, atol=0)


def test_photons_of_one_supernova():
    plain, both = (signal("B", 100, "tau", 1e-9, radius=3e13, fsr=f) for f in (False, True))
    one = photons_per_supernova(plain, [30.0])[0]
    assert_allclose(one, 1.22042e50, rtol=1e-5, atol=0)
    assert_allclose(photons_per_supernova(both, [30.0])[0] - one, 1.6388e50, rtol=1e-4, atol=0)
    # all energies: n_gamma N exp(-R/lambda) of the signal
    s = signal("B", 200, "tau", 1e-11, radius=1e12)
    e = np.geomspace(0.05, 5000.0, 4001)
    total = np.trapezoid(photons_per_supernova(s, e) * e, np.log(e))
    assert_allclose(total, s.all_photons() * 4 * math.pi * s.distance**2, rtol=1e-4, atol=0)


@pytest.mark.parametrize(
    ("flavour", "mixing", "fsr", "expected"),
    [
        ("tau", 1e-9, False, (1.0509e-6, 8.5303e-6, 1.5801e-6)),
        ("tau", 1e-9, True, (2.721e-5, 1.4475e-5, 1.6079e-6)),
        ("e", 1e-8, True, (6.6948e-4, 1.9829e-4, 1.0409e-5)),
    ],
)
def test_band_integrals(flavour, mixing, fsr, expected):
    s = signal("B", 100, flavour, mixing, radius=1e12, fsr=fsr)
    got = diffuse_intensities(s, BANDS)
    assert_allclose(got, np.array(expected), rtol=2e-4, atol=0)
    for (low, high), value in zip(BANDS, got):  # against the spectrum
        e = np.geomspace(low, high, 401)
        direct = np.trapezoid(diffuse_spectrum(s, e) * e, np.log(e))
        assert_allclose(value, direct, rtol=2e-4, atol=0)


def test_likelihood():
    s = signal("B", 100, "e", 1e-8, radius=1e12, fsr=True)
    data = diffuse_bands()
    got = diffuse_intensities(s, data.edges)
    parts = []
    for b in range(3):
        alone = np.zeros(3)
        alone[b] = got[b]
        parts.append(one_sided_loglike(alone, data))
    assert_allclose(parts, [-0.00606, -2.92358, -5.58681], rtol=0, atol=8e-4)
    model = hnl(100, "e", 1e-8)
    same = diffuse_loglike(model, spectrum_b(100, 1e-8), progenitors=((1.0, 1e12),))
    assert_allclose(same, sum(parts), rtol=1e-9, atol=0)
    assert one_sided_loglike(np.zeros(3), data) == 0.0
    twice = diffuse_loglike(model, spectrum_b(100, 1e-8), progenitors=((1.0, 1e12),), rate_scale=2.0)
    assert_allclose(twice, one_sided_loglike(2.0 * got, data), rtol=1e-6, atol=0)


def test_progenitor_mix():
    parts = [share * diffuse_spectrum(signal("B", 200, "tau", 1e-11, radius=r), [30.0])[0]
             for share, r in PROGENITORS]  # fmt: skip
    assert_allclose(sum(parts), 6.82506e-8, rtol=1e-5, atol=0)
    assert_allclose(sum(share for share, _ in PROGENITORS), 1.0, rtol=1e-6, atol=0)
    result = gamma.diffuse_background(hnl(200, "tau", 1e-11), spectrum_b(200, 1e-11), fsr=False)
    assert_allclose(result.intensity(30 * u.MeV).value, sum(parts), rtol=1e-12, atol=0)
    loglike = diffuse_loglike(hnl(200, "tau", 1e-11), spectrum_b(200, 1e-11), fsr=False)
    assert_allclose(result.loglike, loglike, rtol=1e-6, atol=0)


def test_measured_backgrounds():
    comptel, fermi = (measured_spectra()[k][2] for k in ("COMPTEL", "Fermi-LAT IGRB"))
    assert_allclose(quad(comptel, 0.8, 9.0)[0], 4.71e-3, rtol=2e-3, atol=0)
    assert_allclose(quad(comptel, 9.0, 30.0)[0], 1.34e-4, rtol=3e-3, atol=0)
    assert_allclose(
        quad(fermi, 100.0, 8e5, limit=200, points=(1e3, 1e4, 1e5))[0], 7.2e-6, rtol=2e-3, atol=0
    )
    assert_allclose(measured_spectra()["EGRET"][2](451.0), 7.32e-9, rtol=1e-6, atol=0)


def _ratio(s):
    e = np.geomspace(0.8, 1000.0, 400)
    return float(np.max(diffuse_spectrum(s, e) / measured_background(e)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mass", "radius", "expected"),
    [
        (20, 1e12, (1.2602e-9, None)),
        (100, 1e12, (1.7580e-9, 5.344e-7)),
        (200, 1e12, (4.5096e-11, 4.045e-10)),
        (400, 1e12, None),
        (20, 3e13, (1.2602e-9, 8.728e-4)),
    ],
)
def test_where_decays_would_equal_the_background(mass, radius, expected):
    found = crossing_range(signal("B", mass, "tau", 1e-11, radius=radius), _ratio, 1.0, 11.0)
    if expected is None:
        assert found is None
        return
    assert_allclose(found[0] * 1e-11, expected[0], rtol=2e-3, atol=0)
    if expected[1] is not None:
        assert_allclose(found[1] * 1e-11, expected[1], rtol=2e-3, atol=0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mass", "mixing", "value", "peak"),
    [(100, 10**-8.5, 0.4817, 0.4921), (200, 10**-11.5, 0.0488, 0.0534)],
)
def test_red_supergiants_hide_the_decays(mass, mixing, value, peak):
    assert_allclose(_ratio(signal("B", mass, "tau", mixing, radius=3e13)), value, rtol=2e-3, atol=0)
    grid = mixing * np.geomspace(0.1, 10.0, 41)
    ratios = [_ratio(signal("B", mass, "tau", x, radius=3e13)) for x in grid]
    assert_allclose(max(ratios), peak, rtol=3e-3, atol=0)
    assert max(ratios[0], ratios[-1]) < 0.6 * peak


def test_result_plot_and_flags(tmp_path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    result = gamma.diffuse_background(hnl(20, "tau", 1e-9), spectrum_b(20, 1e-9), radius=3e13 * u.cm)
    assert result.valid
    assert result.bands.unit == 1 / (u.cm**2 * u.s * u.sr)
    result.plot().figure.savefig(tmp_path / "diffuse.png")
    plt.close("all")
    slow = Particle(20.0, {"gamma gamma": HBAR / 1e17})
    with pytest.warns(ValidityWarning, match="gamma tau"):
        late = gamma.diffuse_background(slow, spectrum_b(20, 1e-9), radius=1e12 * u.cm)
    assert not late.valid


def test_bad_input(tmp_path):
    model, star = hnl(20, "tau", 1e-9), spectrum_b(20, 1e-9)
    with pytest.raises(DomainError, match="broken-power-law"):
        gamma.diffuse_background(model, star, history="broken-powerlaw")
    with pytest.raises(DomainError, match="must sum to 1"):
        gamma.diffuse_background(model, star, progenitors=((0.7, 1e13 * u.cm),))
    with pytest.raises(DomainError, match="either radius"):
        gamma.diffuse_background(model, star, radius=1e13 * u.cm, progenitors=((1.0, 1e13 * u.cm),))
    with pytest.raises(DomainError, match="radius"):
        gamma.diffuse_background(model, star, radius=-1e13 * u.cm)
    with pytest.raises(DomainError, match="> 0"):
        gamma.diffuse_background(model, star, radius=1e13 * u.cm).intensity(-3 * u.MeV)
    from astropy.table import Table

    from astrobounds.datafiles import data_path

    table = Table.read(data_path("gamma/diffuse_bands.ecsv"), format="ascii.ecsv")
    table.remove_column("sigma")
    table.write(tmp_path / "bad.ecsv", format="ascii.ecsv")
    with pytest.raises(DataError, match="sigma"):
        read_diffuse(tmp_path / "bad.ecsv")
