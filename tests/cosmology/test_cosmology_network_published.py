"""Published and independently computed abundances and sensitivities."""

import astropy.units as u
import numpy as np
import pytest
from network_background import OMEGA_TO_ETA, standard
from numpy.testing import assert_allclose

from astrobounds.cosmology.abundances import bbn
from astrobounds.cosmology.nuclear.network import load_network
from astrobounds.cosmology.theory_error import theory_covariance

# ln(abundance) by ln(rate) for Y_p, D/H, He3/H, Li7/H: every exponent of Fields et al. 2020
# (arXiv:1912.01132). The smallest are printed with one or two digits and depend on the evaluation:
# D/H by He3(d,p) is -0.0137 here (-0.012 there), Li7/H by t(a,g) 0.0262 (0.030).
POWERS = {
    "p(n,g)d": (0.005, -0.19, 0.088, 1.34),
    "d(d,n)He3": (0.006, -0.53, 0.21, 0.70),
    "d(d,p)t": (0.005, -0.47, -0.27, 0.065),
    "d(p,g)He3": (None, -0.31, 0.38, 0.59),
    "He3(n,p)t": (None, 0.023, -0.17, -0.27),
    "He3(d,p)a": (None, -0.012, -0.76, -0.75),
    "He3(a,g)Be7": (None, None, None, 0.96),
    "Be7(n,p)Li7": (None, None, None, -0.71),
    "Li7(p,a)a": (None, None, None, -0.056),
    "t(a,g)Li7": (None, None, None, 0.030),
}
# d ln(D/H)/d ln(rate) at omega_b = 0.0223, from an independent code (+-1 %).
D_POWERS = {
    "p(n,g)d": -0.202,
    "d(p,g)He3": -0.343,
    "d(d,n)He3": -0.542,
    "d(d,p)t": -0.456,
    "He3(n,p)t": 0.025,
    "He3(d,p)a": -0.0145,
}


def values(network, background, **options):
    r = network.evolve(*background.arrays, dt_dlnT=background.dt_dlnT, **options)
    assert r.success
    return np.array([r.Yp, r.DH, r.He3H, r.Li7H])


def slopes(network, name):
    """d ln / d ln(rate) by a central difference over +-2 % of the rate."""
    up, down = (
        np.log(values(network, standard(), factors={name: f})) for f in (1.02, 1 / 1.02)
    )
    return (up - down) / (2 * np.log(1.02))


def test_born_abundances_with_default_rates():
    """0.242543, 2.4356e-5, 1.0386e-5, 5.418e-10 from two codes with neutrino heating in T_nu(T).

    Here neutrinos decouple at once (only N_eff is right), which moves Y_p by 1e-4 to 2e-4.
    """
    found = values(load_network("small", "default"), standard())
    assert_allclose(found, [0.242543, 2.4356e-5, 1.0386e-5, 5.418e-10], rtol=3e-3, atol=0)


def test_ratio_of_reaclib_to_default():
    """The weak rates nearly drop out of these ratios: 0.246853/0.246891 and so on, same codes."""
    default = values(load_network("small", "default"), standard())
    reaclib = values(load_network("small", "reaclib"), standard())
    luna = values(load_network("small", "reaclib-luna"), standard())
    expected = np.array([0.246853, 2.5313, 1.0403, 4.803])
    # Li7 of the expected numbers has another Be7(n,p) spline between tabulated points: 1e-3
    assert_allclose(
        reaclib / default, expected / np.array([0.246891, 2.4592, 1.0422, 5.481]), rtol=1e-3, atol=0
    )
    assert_allclose(
        luna / reaclib, np.array([0.246858, 2.4686, 1.0691, 5.041]) / expected, rtol=3e-4, atol=0
    )


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ("reaclib", (0.246853, 2.5313e-5, 1.0403e-5, 4.803e-10)),
        ("default", (0.246891, 2.4592e-5, 1.0422e-5, 5.481e-10)),
        ("reaclib-luna", (0.246858, 2.4686e-5, 1.0691e-5, 5.041e-10)),
    ],
)
def test_standard_abundances_of_the_whole_chain(rates, expected):
    """omega_b = 0.0223, tau_n = 878.4 s, all weak corrections, common T_nu, twelve reactions.

    Expected: an independent implementation, which agrees with the public code PRyMordial to 1e-6
    in Y_p and 1e-4 in D/H when that runs with the same rates and tight tolerances.
    """
    found = bbn(omega_b=0.0223, tau_n=878.4 * u.s, rates=rates, neutrinos="common")
    assert_allclose(found.Yp, expected[0], rtol=2e-5, atol=0)
    assert_allclose((found.DH, found.He3H, found.Li7H), expected[1:], rtol=4e-4, atol=0)


def test_launders_rates_give_their_deuterium():
    """arXiv:2604.16600: 1e5 D/H = 2.442 +- 0.040 with Planck's omega_b = 0.02237 +- 0.00015."""
    covariance = theory_covariance(omega_b=0.02237, rates="launders2026")
    DH, sigma = covariance.mean[1], covariance.sigma["DH"]
    assert_allclose(DH, 2.442e-5, rtol=1.5e-3, atol=0)
    by_density = 1.639 * 0.00015 / 0.02237 * DH
    assert_allclose(np.hypot(sigma, by_density), 0.040e-5, rtol=0.05, atol=0)


def test_full_network_changes_little():
    """Against the twelve reactions: D/H +0.03 %, He3 -0.02 %, Li7 -1.0 %, Y_p +3e-6.

    The differences were computed with the public code PRIMAT 0.3.3 (networks large with A <= 12 and
    small, the same evaluations of the twelve): +0.028 %, -0.019 %, -1.03 %, +3.4e-6 absolute.
    """
    small, full = (values(load_network(s, "default"), standard()) for s in ("small", "full"))
    change = full / small - 1
    assert_allclose(change[1], 2.8e-4, rtol=0, atol=1e-4)
    assert_allclose(change[2], -1.9e-4, rtol=0, atol=1e-4)
    assert_allclose(change[3], -1.03e-2, rtol=0, atol=3e-3)
    assert 0 < full[0] - small[0] < 3e-5


def test_lithium_six_of_the_full_network():
    """Li6/Li7 = 1.45e-5 with the code PRIMAT 0.3.3 (large network, d(a,g) of LUNA 2017)."""
    b = standard()
    r = load_network("full").evolve(*b.arrays)
    assert_allclose(r.Li6H / r.Li7H, 1.45e-5, rtol=0.05, atol=0)
    assert 1e-16 < r["C12"] < 1e-14


def test_pisanti_rates_raise_deuterium():
    """D/H +2.63 % with all rates of PArThENoPE 3.0 (run with PRIMAT 0.3.3), of which their p(n,g)d,
    1 % above that of Ando et al. at T9 = 0.8 to 1, takes -0.2 %; here only d+p and d+d change.
    Pisanti et al. 2021 quote 2.51e-5 for the omega_b of Planck."""
    ratio = values(load_network("small", "pisanti2021"), standard()) / values(
        load_network("small", "default"), standard()
    )
    assert_allclose(ratio[1], 1.028, rtol=0, atol=3e-3)
    assert_allclose(bbn(omega_b=0.02242, rates="pisanti2021").DH, 2.51e-5, rtol=5e-3, atol=0)


@pytest.mark.parametrize("name", POWERS)
def test_sensitivities_to_rates(name):
    found = slopes(load_network("small", "reaclib"), name)
    for value, expected in zip(found, POWERS[name]):
        if expected is not None:  # the small ones are known to one or two digits
            assert_allclose(value, expected, rtol=0.15 if abs(expected) < 0.04 else 0.07, atol=0)


@pytest.mark.parametrize("name", D_POWERS)
def test_deuterium_sensitivities(name):
    found = slopes(load_network("small", "default"), name)[1]
    assert_allclose(found, D_POWERS[name], rtol=0.02, atol=0)


def test_sensitivities_to_cosmology():
    """eta, tau_n and N_eff: -1.639, +0.421, +0.410 for D/H and 0.039, 0.73, 0.163 for Y_p."""
    net = load_network("small", "default")

    def slope(**change):
        (key, (low, high)) = next(iter(change.items()))
        a, b = (np.log(values(net, standard(**{key: v}))) for v in (low, high))
        return (b - a) / np.log(high / low)

    eta = OMEGA_TO_ETA * 0.0223
    by_eta = slope(eta=(0.99 * eta, 1.01 * eta))
    assert_allclose(by_eta[1], -1.639, rtol=0.02, atol=0)
    assert_allclose(by_eta[0], 0.039, rtol=0.1, atol=0)
    assert_allclose(by_eta[3], 2.12, rtol=0.1, atol=0)
    by_tau = slope(tau_n=(874.0, 883.0))
    assert_allclose(by_tau[:2], [0.73, 0.421], rtol=0.03, atol=0)
    by_neff = slope(neff=(3.0, 3.09))
    assert_allclose(by_neff[:2], [0.163, 0.410], rtol=0.06, atol=0)
