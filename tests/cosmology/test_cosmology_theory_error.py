"""Theory covariance against a Monte Carlo of another code, and against sums of sensitivities."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

from astrobounds.cosmology.theory_error import OBSERVABLES, theory_covariance
from astrobounds.errors import DomainError

# 1500 samples of the rates (and of tau_n with 0.5 s) with the code PRIMAT 0.3.3 at omega_b = 0.0223
# and the same evaluations: standard deviations of ln X to 1.8 %, correlations to 0.03.
MC_RATES = (8.95e-5, 1.0665e-2, 1.2095e-2, 3.2258e-2)
MC_LIFETIME = 4.2346e-4  # of ln Y_p with tau_n
MC_CORRELATION = np.array(
    [
        [1.0, -0.767, 0.016, 0.226],
        [-0.767, 1.0, -0.423, -0.407],
        [0.016, -0.423, 1.0, 0.485],
        [0.226, -0.407, 0.485, 1.0],
    ]
)


@pytest.fixture(scope="module")
def rates_only():
    return theory_covariance(omega_b=0.0223)


def test_against_a_monte_carlo(rates_only):
    width = np.sqrt(np.diag(rates_only.log_covariance))
    assert_allclose(width, MC_RATES, rtol=0.05, atol=0)
    assert_allclose(rates_only.correlation, MC_CORRELATION, rtol=0, atol=0.06)


def test_lifetime_adds_in_quadrature(rates_only):
    both = theory_covariance(omega_b=0.0223, sigma_tau_n=0.5 * u.s)
    assert_allclose(np.sqrt(both.log_covariance[0, 0]), MC_LIFETIME, rtol=0.05, atol=0)
    assert_allclose(both.shifts["tau_n"][:2], [0.73 * 0.5 / 878.4, 0.42 * 0.5 / 878.4], rtol=0.02, atol=0)
    assert_allclose(
        both.log_covariance - rates_only.log_covariance,
        np.outer(both.shifts["tau_n"], both.shifts["tau_n"]),
        rtol=1e-6, atol=0,
    )
    with pytest.raises(DomainError, match="unit"):
        theory_covariance(omega_b=0.0223, sigma_tau_n=0.5)


def test_consistency_of_the_parts(rates_only):
    c = rates_only.covariance
    assert_allclose(c, c.T, rtol=1e-6, atol=0)
    assert np.all(np.linalg.eigvalsh(rates_only.log_covariance) > 0)
    assert list(rates_only.sigma) == list(OBSERVABLES)
    assert_allclose(rates_only.sigma["DH"], np.sqrt(c[1, 1]), rtol=1e-6, atol=0)
    budget = rates_only.budget("DH")
    assert list(budget)[:3] == ["d(p,g)He3", "d(d,n)He3", "d(d,p)t"]
    # sensitivity x width: -0.343 x ln(1.0215), -0.542 x ln(1.011)
    assert_allclose(budget["d(p,g)He3"], -0.343 * np.log(1.0215), rtol=0.04, atol=0)
    assert_allclose(budget["d(d,n)He3"], -0.542 * np.log(1.011), rtol=0.02, atol=0)
    assert_allclose(sum(v**2 for v in budget.values()), rates_only.log_covariance[1, 1], rtol=1e-6, atol=0)


def test_given_nuisances_are_kept(rates_only):
    moved = theory_covariance(omega_b=0.0223, nuisance={"d(p,g)He3": 2.0})
    assert_allclose(
        np.log(moved.mean[1] / rates_only.mean[1]), 2 * rates_only.shifts["d(p,g)He3"][1], rtol=0.04, atol=0
    )
    assert_allclose(moved.shifts["d(d,p)t"], rates_only.shifts["d(d,p)t"], rtol=0.05, atol=0)
