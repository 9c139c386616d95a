"""Inverse decay and plasmon decay: dispersion, emissivities and their limits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from astrobounds import constants as const
from astrobounds.numerics.collision import unit_rule
from astrobounds.reactions import plasmon as pl

ERG_CM3_S = const.HBAR_C**-3 / const.HBAR / const.ERG
T, W_PL = 30.0, 12.4811


def emissivity(m, mu_nu, fill, top=None, nodes=64):
    """Q of N alone at d = 1e-9 GeV^-1 [erg/cm3/s]."""
    u, w = unit_rule(nodes)
    top = 28.0 * T + mu_nu if top is None else top
    out, total = np.zeros((2, 2)), 0.0
    for a, b in zip(u, w):
        e = m + top * a * a
        fill(e, out)
        f = 1.0 / (np.exp((e - mu_nu) / T) + 1.0)
        total += 2 * top * a * b * np.sqrt(e * e - m * m) * e * e * f * out[0].sum()
    return total / (2 * np.pi**2) * ERG_CM3_S * 1e-24


@pytest.mark.parametrize(
    ("m", "m_t", "mu", "expected"),
    [
        (50, 0, 0, 6.7148e32), (50, 15, 0, 3.8779e32), (50, 0, 150, 1.3389e34),
        (100, 0, 0, 3.2895e33), (100, 0, 150, 9.0209e34), (100, 15, 150, 7.2113e34),
        (200, 15, 0, 3.8947e33), (300, 0, 0, 1.2023e33), (300, 0, 150, 1.1027e35),
    ],
)  # fmt: skip
def test_inverse_decay_emissivity(m, m_t, mu, expected):
    rule = unit_rule(24)
    q = emissivity(
        float(m), mu, lambda e, out: pl.inverse_decay_rates(e, m, m_t**2, mu, T, rule, out)
    )
    assert_allclose(q, expected, rtol=2e-4, atol=0)


@pytest.mark.parametrize(("m", "e", "mu"), [(50.0, 80.0, 0.0), (100.0, 300.0, 120.0)])
def test_massless_photon_closed_form(m, e, mu):
    """R = (2 m Gamma_0/(E p)) int f_gamma f_nu dw in closed form: the bracket B of the text."""
    p = np.sqrt(e * e - m * m)
    out = np.zeros((2, 2))
    pl.inverse_decay_rates(e, m, 0.0, mu, T, unit_rule(40), out)
    high, low = (e + p) / 2, (e - p) / 2
    x = p + T * np.log((1 - np.exp(-high / T)) / (1 - np.exp(-low / T)))
    x -= T * np.log((1 + np.exp((mu - low) / T)) / (1 + np.exp((mu - high) / T)))
    gamma_star = 2 * m * m**3 / (4 * np.pi) / (e * p) * x
    assert_allclose(out[0].sum(), gamma_star, rtol=1e-7, atol=0)


def test_cold_inverse_decay_is_the_decay():
    """Without photons and neutrinos Gamma* is the vacuum width m/E x d^2 m^3/(4 pi), and isotropic
    decays do not know the helicity."""
    out = np.zeros((2, 2))
    pl.inverse_decay_rates(150.0, 100.0, 0.0, -1e4, 1e-3, unit_rule(30), out)
    width = 100.0**3 / (4 * np.pi) * 100.0 / 150.0
    assert_allclose(out[0], [width, width], rtol=1e-6, atol=0)


def test_photon_mass_closes_inverse_decay():
    out = np.ones((2, 2))
    pl.inverse_decay_rates(30.0, 10.0, 101.0, 0.0, T, unit_rule(8), out)
    assert not out.any()


def test_dispersion_check_point():
    w, square, z = pl.dispersion(1.0, pl.TRANSVERSE)
    assert_allclose((w, z), (1.456235, 0.930818), rtol=1e-6, atol=0)
    assert_allclose(square, w * w - 1.0, rtol=1e-6, atol=0)
    w, _, z = pl.dispersion(1.0, pl.LONGITUDINAL)
    assert_allclose((w, z), (1.289464, 1.422777), rtol=1e-6, atol=0)


@pytest.mark.parametrize("k", [0.03, 0.5, 1.0, 3.0])
def test_transverse_residue_is_the_derivative(k):
    """Z = 1/(1 - dPi/dw^2) at fixed k, by a central difference."""
    w, square, z = pl.dispersion(k, pl.TRANSVERSE)
    assert_allclose(w * w - k * k, square, rtol=1e-12, atol=0)
    step = 1e-4 * w * w
    pi = [pl.transverse_self_energy(k / np.sqrt(w * w + s)) for s in (-step, step)]
    assert_allclose(z, 1.0 / (1.0 - (pi[1] - pi[0]) / (2 * step)), rtol=1e-6, atol=0)


@pytest.mark.parametrize("k", [0.05, 0.7, 2.0, 3.4])
def test_longitudinal_mode_solves_its_equation(k):
    w, square, z = pl.dispersion(k, pl.LONGITUDINAL)
    v = k / w
    assert_allclose(3.0 * (np.arctanh(v) / v - 1.0), k * k, rtol=1e-9, atol=0)
    assert_allclose(square, w * w - k * k, rtol=1e-6, atol=0)
    assert_allclose(z, 2 * w * w / (3 - square), rtol=1e-6, atol=0)


def test_modes_meet_at_rest_and_separate():
    """w_T = w_L = w_pl at k = 0; K^2 rises to 1.5 w_pl^2 for T and falls to 0 for L."""
    grid = np.linspace(1e-3, 3.4, 60)
    t = np.array([pl.dispersion(k, pl.TRANSVERSE)[1] for k in grid])
    length = np.array([pl.dispersion(k, pl.LONGITUDINAL)[1] for k in grid])
    assert_allclose(t[0], 1.0, rtol=0, atol=1e-5)
    assert_allclose(length[0], 1.0, rtol=0, atol=1e-5)
    assert np.all(np.diff(t) > 0)
    assert np.all(np.diff(length) < 0)
    assert_allclose(pl.dispersion(1e4, pl.TRANSVERSE)[1], 1.5, rtol=1e-4, atol=0)


@pytest.mark.parametrize("k", [1e-3, 0.31, 1.7, 3.3, 47.0])
def test_table_of_modes(k):
    for polarisation in (pl.TRANSVERSE, pl.LONGITUDINAL):
        if polarisation == pl.LONGITUDINAL and k > pl.LONGITUDINAL_END:
            continue
        w, square, z = pl._mode(k * W_PL, W_PL, pl.modes()[polarisation])
        exact = pl.dispersion(k, polarisation)
        assert_allclose((w / W_PL, square / W_PL**2, z), exact, rtol=1e-4, atol=0)


def test_plasmon_width():
    assert_allclose(pl.plasmon_width(100.0, 169.0, 1.0, 5.0) * 1e-24, 7.12773e-24, rtol=1e-6, atol=0)
    # massless, both final states, mu = 2 d: the textbook mu^2 K^4/(24 pi w)
    assert_allclose(
        2 * pl.plasmon_width(20.0, 9.0, 1.0, 0.0), 4 * 81 / (24 * np.pi * 20.0), rtol=1e-6, atol=0
    )


def plasmon_power(m, polarisation):
    """Q_N from the widths: int k^2 dk/2pi^2 g f_B Gamma w (1 + m^2/K^2)/2, no blocking."""
    top = 28.0 * T if polarisation == pl.TRANSVERSE else pl.LONGITUDINAL_END * W_PL
    u, w = unit_rule(300)
    total = 0.0
    for a, b in zip(u, w):
        k = top * a * a
        energy, square, z = pl.dispersion(k / W_PL, polarisation)
        energy, square = energy * W_PL, square * W_PL**2
        width = pl.plasmon_width(energy, square, z, m)
        share = 0.5 * (1.0 + m * m / square)
        total += 2 * top * a * b * k * k * pl.bose(energy / T) * width * energy * share
    return (2 - polarisation) * total / (2 * np.pi**2) * ERG_CM3_S * 1e-24


@pytest.mark.parametrize(
    ("m", "polarisation", "expected", "rel"),
    [(1e-3, pl.TRANSVERSE, 1.139e30, 1e-3), (10.0, pl.TRANSVERSE, 9.31e29, 1e-3),
     (1e-3, pl.LONGITUDINAL, 1.14e28, 3e-3)],
)  # fmt: skip
def test_plasmon_emissivity(m, polarisation, expected, rel):
    """From the widths, and again from the spectral rates of the table."""
    assert_allclose(plasmon_power(m, polarisation), expected, rtol=rel, atol=0)
    assert_allclose(spectral_power(m, polarisation), plasmon_power(m, polarisation), rtol=1e-3, atol=0)


@pytest.mark.parametrize(("m", "polarisation"), [(13.5, pl.TRANSVERSE), (9.0, pl.LONGITUDINAL)])
def test_plasmon_rates_near_threshold(m, polarisation):
    """Between w_pl and m_T only fast transverse plasmons decay, into a narrow range of energies."""
    assert_allclose(spectral_power(m, polarisation), plasmon_power(m, polarisation), rtol=3e-3, atol=0)


def spectral_power(m, polarisation):
    """Q_N from Gamma*; antineutrinos far below their level (mu_nu = 600) do not block."""
    rule = unit_rule(24)

    def fill(e, out):
        table = pl.modes()[polarisation]
        pl.plasmon_rates(e, m, W_PL, 600.0, T, polarisation, table, rule, out)

    top = 600.0 if polarisation == pl.TRANSVERSE else 1.1 * pl.LONGITUDINAL_END * W_PL
    return emissivity(m, 600.0, fill, top, nodes=80)


def test_no_plasmon_decay_above_threshold():
    out = np.ones((2, 2))
    table = pl.modes()[pl.TRANSVERSE]
    pl.plasmon_rates(40.0, 16.0, W_PL, 0.0, T, pl.TRANSVERSE, table, unit_rule(8), out)
    assert not out.any()
