"""Contours of corner plots follow the posterior, not the noise of its samples."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.ndimage import label

from astrobounds.plotting import steady_levels

SPAN = [(0.0, 1.0), (0.0, 1.0)]
LEVELS = (0.393, 0.68, 0.9)


@pytest.mark.parametrize("n", [500, 5000, 50000])
def test_a_flat_posterior_has_no_islands(n):
    pair = np.random.default_rng(n).random((n, 2))
    assert steady_levels(pair, LEVELS, 24, 2.0, SPAN, n) == ()


def test_a_gaussian_keeps_its_contours():
    pair = 0.5 + 0.08 * np.random.default_rng(1).standard_normal((50000, 2))
    assert_allclose(steady_levels(pair, LEVELS, 24, 2.0, SPAN, 50000), LEVELS, rtol=0, atol=0.08)


def test_a_plateau_with_an_end_is_one_piece():
    """Flat below one half, nothing above: what a limit looks like."""
    from scipy.ndimage import gaussian_filter

    pair = np.random.default_rng(2).random((8000, 2)) * (1.0, 0.5)
    levels = steady_levels(pair, LEVELS, 24, 2.0, SPAN, 8000)
    assert levels
    density = gaussian_filter(np.histogram2d(*pair.T, bins=24, range=SPAN)[0], 2.0)
    values = np.sort(density.ravel())[::-1]
    mass = np.cumsum(values) / values.sum()
    for share in levels:
        inside = density >= values[np.searchsorted(mass, share)]
        assert label(inside)[1] == label(~inside)[1] == 1


def test_few_effective_samples_ask_for_wider_contours():
    pair = 0.5 + 0.08 * np.random.default_rng(1).standard_normal((50000, 2))
    few, many = (steady_levels(pair, (0.68,), 24, 2.0, SPAN, n)[0] for n in (300, 50000))
    assert few > many > 0.68


@pytest.mark.usefixtures("small_maps")
def test_inner_panels_have_no_numbers_and_the_figure_says_what_contours_hold():
    import astropy.units as u
    from matplotlib import pyplot as plt
    from toys import Gaussian

    import astrobounds as ab
    from astrobounds.plotting import corner_plot

    priors = {"mass": ab.LogUniform(10 * u.MeV, 1000 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-2)}
    chain = ab.sample(ab.Posterior(ab.HNL, priors, [Gaussian()]), walkers=8, steps=60, progress=False)
    figure = corner_plot(chain, plot_contours=True, truths=[2.0, -6.0])
    figure.canvas.draw()
    outer, inner = figure.axes[2], figure.axes[1]
    assert any(t.get_text() for t in outer.get_yticklabels())
    assert not any(t.get_text() for t in inner.get_yticklabels())
    assert "39 %, 68 %, 90 % of the posterior" in figure.texts[0].get_text()
    plt.close(figure)
