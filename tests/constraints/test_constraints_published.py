"""Published combinations of abundances and the microwave background."""

import numpy as np
from numpy.testing import assert_allclose
from test_constraints_cmb import moments

import astrobounds as ab

INSIDE = ("rates", "tau_n")
ETA10 = 273.748  # 10^10 eta per omega_b


def test_planck_with_the_helium_of_nucleosynthesis():
    """arXiv:1807.06209: the correlated Gaussian with free helium, put on the standard relation, gives
    the fit with one: omega_b = 0.02224 +- 0.00022 and N_eff = 2.92 +- 0.19 (TT,TE,EE+lowE), and at
    N_eff = 3.046 that of the six-parameter model, 0.02236 +- 0.00015."""
    mean, sigma, rho = moments([ab.constraints.get("cmb")], (0.0214, 0.0231), (2.15, 3.65), n=11)
    assert_allclose(mean[0], 0.02224, rtol=0, atol=2e-5)
    assert_allclose(mean[1], 2.92, rtol=0, atol=0.02)
    assert_allclose(sigma, [0.00022, 0.19], rtol=0.03, atol=0)
    slope = rho * sigma[0] / sigma[1]
    assert_allclose(mean[0] + slope * (3.046 - mean[1]), 0.02236, rtol=0, atol=2e-5)
    assert_allclose(sigma[0] * np.sqrt(1 - rho**2), 0.00015, rtol=0.05, atol=0)


def test_nucleosynthesis_alone():
    """arXiv:2401.15054 (PRyMordial, values of the Particle Data Group): omega_b = 0.02196 +- 0.00063
    and Delta N_eff = -0.10 +- 0.21. N_eff follows helium and must agree; omega_b follows the rates of
    d + d and d + p, which that work widens over evaluations: within one of its sigma."""
    bbn = ab.constraints.get("bbn", helium="pdg2024", deuterium="pdg2024", marginalise=INSIDE)
    mean, sigma, _ = moments([bbn], (0.0200, 0.0235), (2.1, 3.8))
    assert_allclose(mean[1], 2.944, rtol=0, atol=0.05)
    assert_allclose(sigma[1], 0.2128, rtol=0.05, atol=0)
    assert abs(mean[0] - 0.02196) < 0.00063
    assert sigma[0] < 0.00063


def test_act_with_abundances():
    """arXiv:2503.14454: N_eff = 2.86 +- 0.13 from ACT, Planck and DESI becomes 2.89 +- 0.11 with
    helium and deuterium (0.25 sigma for a different choice of helium, 5 % of the error)."""
    both = [ab.constraints.get("bbn", helium="pdg2024", marginalise=INSIDE),
            ab.constraints.get("cmb", data="act2025")]  # fmt: skip
    mean, sigma, _ = moments(both, (0.0206, 0.0230), (2.45, 3.35))
    assert_allclose(mean[1], 2.89, rtol=0, atol=0.03)
    assert_allclose(sigma[1], 0.11, rtol=0.05, atol=0)


def test_lbt_helium_with_planck():
    """arXiv:2601.22239: N_nu = 2.925 +- 0.082 (N_eff = 1.0147 N_nu) and eta10 = 6.101 +- 0.044 from
    LBT helium, D/H, and Planck; arXiv:2603.13226 with more data: N_eff = 2.990 +- 0.070. Their CMB
    is the chain and their D/H rates a global fit: half of a sigma in the means, 8 % in the widths."""
    both = [ab.constraints.get("bbn", helium="lbt2026", deuterium="pdg2024", marginalise=INSIDE),
            ab.constraints.get("cmb")]  # fmt: skip
    mean, sigma, _ = moments(both, (0.0215, 0.0228), (2.65, 3.38))
    published, width = 3.044 / 3 * 2.925, 3.044 / 3 * 0.082
    assert abs(mean[1] - published) < 0.65 * width
    assert abs(mean[1] - 2.990) < 0.5 * 0.070
    assert_allclose(sigma[1], width, rtol=0.08, atol=0)
    assert sigma[1] > 0.070
    assert abs(ETA10 * mean[0] - 6.101) < 0.9 * 0.044
    assert_allclose(ETA10 * sigma[0], 0.044, rtol=0.1, atol=0)
    rates = [ab.constraints.get("bbn", deuterium="pdg2024", marginalise=INSIDE, rates="reaclib"),
             ab.constraints.get("cmb", rates="reaclib")]  # fmt: skip
    mean, _, _ = moments(rates, (0.0215, 0.0229), (2.62, 3.35), n=11)
    assert abs(mean[1] - published) < 0.25 * width
    assert abs(ETA10 * mean[0] - 6.101) < 0.35 * 0.044
