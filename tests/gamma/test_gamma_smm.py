"""Counts of the Solar Maximum Mission: table, likelihood, limits."""

import astropy.units as u
import numpy as np
import pytest
from gamma_helpers import SMM_BANDS, fluence, hnl, signal, spectrum_b
from numpy.testing import assert_allclose

from astrobounds import gamma
from astrobounds.constants import M_PI0
from astrobounds.datafiles import data_path
from astrobounds.errors import DataError, DomainError
from astrobounds.gamma.poisson import background_fit, log_poisson
from astrobounds.gamma.sn1987a import (
    band_loglike,
    gaussian_limit,
    profile_limit,
    read_smm,
    signal_loglike,
    smm_data,
    smm_loglike,
)

DATA = smm_data()
DATA_PATH = data_path("gamma/smm_chupp1989.ecsv")
WIDTHS = np.diff(DATA.windows, axis=1)[:, 0]
FLAT = WIDTHS / WIDTHS.sum()
FIRST = np.eye(DATA.on.size)[0]
_EDGES = np.exp(-DATA.windows / 20.0)
FALLING = (_EDGES[:, 0] - _EDGES[:, 1]) / (1.0 - np.exp(-223.232 / 20.0))


def test_counts_of_the_table():
    assert [len(c) for c in DATA.counts] == [54, 55, 55]
    before = [sum(c[i <= 32]) for c, i in zip(DATA.counts, DATA.used)]
    after = [sum(c[i >= 33]) for c, i in zip(DATA.counts, DATA.used)]
    assert before == [1190, 5743, 2163]
    assert after == [877, 3673, 1421]
    assert DATA.bands == SMM_BANDS
    assert list(DATA.area) == [28.0, 115.0, 63.0]
    assert_allclose(WIDTHS.sum(), 223.232, rtol=0, atol=1e-9)
    assert DATA.windows[0, 0] == 0.0
    assert DATA.on[0] == 33


@pytest.mark.parametrize(
    ("band", "b0", "b1", "loglike"),
    [
        (0, 38.8468, 1.1113, -171.05795),
        (1, 170.5491, -1.1558, -223.53629),
        (2, 65.2929, 0.2295, -184.41716),
    ],
)
def test_background(band, b0, b1, loglike):
    value = band_loglike(DATA, band, np.zeros(22))
    assert_allclose(value, (loglike, b0, b1), rtol=0, atol=6e-5)


def test_background_fit_against_scipy():
    from scipy.optimize import minimize
    from scipy.stats import poisson

    rng = np.random.default_rng(1)
    x = np.linspace(-3.0, 2.0, 40)
    shape = np.exp(-((x - 1.0) ** 2)) * 5.0
    counts = rng.poisson(30.0 + 2.0 * x + shape).astype(float)
    got = background_fit(counts, x, shape, 30.0, 0.0)
    best = minimize(lambda b: -poisson.logpmf(counts, b[0] + b[1] * x + shape).sum(), (30.0, 1.0),
                    method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10})  # fmt: skip
    assert got[3] == 0
    assert_allclose(got[0], -best.fun, rtol=0, atol=1e-7)
    assert_allclose(got[1:3], tuple(best.x), rtol=0, atol=1e-4)
    assert_allclose(log_poisson(counts, x, shape, got[1], got[2]), got[0], rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    ("band", "shape", "limits", "drops"),
    [
        (0, FLAT, (3.273, 4.137, 6.588), {1.0: -0.23011, 2.0: -0.62125}),
        (1, FLAT, (0.746, 1.049, 2.036), {1.0: -1.89201, 2.0: -4.39972}),
        (2, FLAT, (1.155, 1.570, 2.839), {1.0: -1.13402, 2.0: -2.75772}),
        (0, FIRST, (0.530, 0.629, 0.924), {0.2: 0.05591, 0.5: -1.05607}),
        (2, FIRST, (0.163, 0.213, 0.362), {0.2: -1.82264, 0.5: -7.42518}),
        (0, FALLING, (1.537, 1.733, 2.306), {0.5: 0.93368, 1.0: 0.79458}),
        (1, FALLING, (0.210, 0.284, 0.514), {0.5: -4.33050, 1.0: -12.12993}),
    ],
)
def test_profile_limits(band, shape, limits, drops):
    got = [profile_limit(shape, band, drop)[0] for drop in (2.706, 4.0, 9.0)]
    assert_allclose(got, list(limits), rtol=0, atol=6e-4)
    flat = band_loglike(DATA, band, 0.0 * shape)[0]
    for size, drop in drops.items():
        assert_allclose(band_loglike(DATA, band, size * shape)[0] - flat, drop, rtol=0, atol=2e-5)


@pytest.mark.parametrize(
    ("band", "shape", "best"),
    [(0, FLAT, -0.937), (1, FLAT, -2.602), (2, FLAT, -1.842), (0, FIRST, 0.113), (2, FIRST, -0.070),
     (0, FALLING, 0.676), (1, FALLING, -0.271)],
)  # fmt: skip
def test_best_fluence_of_either_sign(band, shape, best):
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(lambda f: -band_loglike(DATA, band, f * shape)[0], bracket=(-0.1, 0.1))
    assert_allclose(found.x, best, rtol=0, atol=1e-3)


def test_gaussian_limits():
    assert_allclose(gaussian_limit(1.0), 0.5924, rtol=0, atol=5e-5)
    assert_allclose(
        [gaussian_limit(n) for n in (2.0, 2.326, 3.0)], [1.185, 1.378, 1.777], rtol=0, atol=6e-4
    )


@pytest.mark.parametrize(
    ("mass", "mixing", "total", "bands"),
    [
        (20, 2e-10, None, (-0.00262, -0.11172, -1.52624)),
        (20, 3e-10, -4.86639, None),
        (200, 1e-9, -35.558, None),
    ],
)
def test_hnl_likelihood(mass, mixing, total, bands):
    s = signal("B", mass, "tau", mixing)
    if total is not None:
        assert_allclose(signal_loglike(s), total, rtol=1e-4, atol=0)
        model = hnl(mass, "tau", mixing)
        same = smm_loglike(model, spectrum_b(mass, mixing), distance_kpc=50.0, fsr=False)
        assert_allclose(same, signal_loglike(s), rtol=1e-12, atol=0)
    if bands is not None:
        f = s.fluences(DATA.bands, DATA.windows)
        got = [band_loglike(DATA, b, f[:, b])[0] - band_loglike(DATA, b, 0 * f[:, b])[0] for b in range(3)]
        assert_allclose(got, list(bands), rtol=0, atol=3e-5)


def test_prompt_signal_is_constrained_more_than_a_flat_one():
    prompt = signal("B", 200, "tau", 1e-9)
    total = prompt.fluences(DATA.bands, DATA.windows).sum(axis=0)
    flat = sum(band_loglike(DATA, b, total[b] * FLAT)[0] - band_loglike(DATA, b, 0 * FLAT)[0]
               for b in range(3))  # fmt: skip
    assert signal_loglike(prompt) < 4.0 * flat < 0.0


def test_no_signal_is_zero_and_huge_signals_stay_finite():
    assert_allclose(signal_loglike(signal("B", 20, "tau", 1e-25)), 0.0, rtol=0, atol=1e-12)
    huge = signal_loglike(signal("B", 100, "tau", 1e-8))
    assert -1e8 < huge < -1e5
    values = [signal_loglike(signal("B", 100, "tau", 10.0**x)) for x in np.arange(-12, -8, 0.5)]
    assert np.all(np.diff(values) < 0.0)
    for size in 10.0 ** np.arange(0.0, 14.0):  # -2 lnL ~ A F less the counts
        value = band_loglike(DATA, 2, size * FLAT)[0]
        assert np.isfinite(value)
        if size > 1e4:
            assert_allclose(value, -63.0 * size, rtol=0.1, atol=0)


def test_result_and_plot(tmp_path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    model, star = hnl(100, "mu", 1e-11), spectrum_b(100, 1e-11)
    result = gamma.smm(model, star, distance=50 * u.kpc)
    assert result.fluence.unit == u.cm**-2
    for value, band in zip(result.fluence.value, SMM_BANDS):
        one = gamma.fluence(model, star, band=band * u.MeV, distance=50 * u.kpc)
        assert_allclose(one.value, value, rtol=1e-6, atol=0)
    assert_allclose(result.counts.sum(axis=1), result.fluence.value * DATA.area, rtol=1e-6, atol=0)
    assert_allclose(result.loglike, smm_loglike(model, star, distance_kpc=50.0), rtol=1e-6, atol=0)
    assert result.excluded(2.0) is bool(result.fluence[2].value > 1.185)
    axes = result.plot()
    plt.gcf().savefig(tmp_path / "smm.png")
    plt.close("all")
    assert len(axes) == 3
    assert (tmp_path / "smm.png").stat().st_size > 1000


def test_threshold_of_the_neutral_pion():
    """Above the pi0 threshold the hard photons of a decay rise by three orders of magnitude."""
    below, above = (gamma.photon_yield(hnl(M_PI0 + d, "tau", 1e-9)) for d in (-1.0, 25.0))
    assert below.pi0 == 0.0
    assert above.pi0 > 0.5
    assert above.hard_photons / below.hard_photons > 100.0
    # the bound follows: at equal mixing the fluence jumps
    assert fluence("B", 160, "tau", 1e-13) > 20.0 * fluence("B", 134, "tau", 1e-13)


def test_damaged_tables(tmp_path):
    from astropy.table import Table

    good = Table.read(DATA_PATH, format="ascii.ecsv")
    for change, word in ((lambda t: t.remove_column("t_stop"), "t_stop"),
                         (lambda t: t.remove_column("counts_mid"), "counts_mid"),
                         (lambda t: t.meta.pop("bands"), "bands"),
                         (lambda t: t["counts_high"].__setitem__(3, -5), "counts")):  # fmt: skip
        table = good.copy()
        change(table)
        path = tmp_path / "bad.ecsv"
        table.write(path, format="ascii.ecsv", overwrite=True)
        with pytest.raises(DataError, match=word):
            read_smm(path)


def test_bad_shape():
    with pytest.raises(DomainError, match="22 numbers"):
        profile_limit(np.ones(5), 0)


def test_likelihood_is_smooth_in_mass_and_mixing():
    """No step at the pi0 threshold, at the end of the spectrum table or between couplings."""
    from astrobounds.gamma.arrival import make_signal

    def loglike(mass, mixing):
        model = hnl(mass, "tau", mixing)
        return signal_loglike(make_signal(model, spectrum_b(mass, mixing), distance_kpc=50.0))

    for mass in (20.0, M_PI0, 200.0):
        step = 1e-4 * mass
        left, at, right = (loglike(mass + d, 1e-11) for d in (-step, 0.0, step))
        assert abs(right - left) < 0.02 * abs(at)
        assert_allclose(abs(right - at) + abs(at - left), abs(right - left), rtol=1e-6, atol=0)
    values = np.array([loglike(100.0, 10.0**x) for x in np.linspace(-10.5, -9.5, 41)])
    slope = np.diff(np.log(-values))
    assert np.abs(np.diff(slope)).max() < 0.03 * slope.max()
    assert np.abs(np.diff(slope, 4)).max() < 5e-4 * slope.max()  # a step would stay, a curve dies out
