"""Published goldens: widths and branching ratios agreed on by four public codes to 0.5 %.

Sources: HNLCalc (arXiv:2405.07330), GAMBIT (arXiv:1908.02302), FairShip, GENIE and the formulas of
arXiv:0705.1729 and 1805.08567. Majorana N without nu gamma unless said.
"""

import astropy.units as u
import pytest
from numpy.testing import assert_allclose

from astrobounds import HNL
from astrobounds.errors import ValidityWarning

ROWS = [
    ("e", 20, 2.315047e-19, 2.843190e03, "3nu 0.63175, nu e e 0.36825"),
    ("e", 50, 2.267062e-17, 2.903370e01, "3nu 0.63001, nu e e 0.36999"),
    ("e", 100, 7.257480e-16, 9.069428e-01, "3nu 0.62976, nu e e 0.37024"),
    ("e", 300, 2.456192e-12, 2.679806e-04, "e pi 0.58809, nu pi0 0.32132, 3nu 0.045217, "
     "nu e e 0.026592, nu e mu 0.018451, nu mu mu 0.00033387"),
    ("e", 500, 1.756677e-11, 3.746915e-05, "e pi 0.52718, nu pi0 0.28106, 3nu 0.081305, "
     "nu e mu 0.058365, nu e e 0.047817, nu mu mu 0.004247, e K 2.9838e-05"),
    ("e", 1000, 3.617261e-10, 1.819642e-06, "e rho 0.24071, e pi 0.2316, 3nu 0.12635, "
     "nu pi0 0.12245, nu e mu 0.11592, nu e e 0.07431, nu rho0 0.036684, nu eta 0.022525, "
     "nu mu mu 0.012789, e K 0.010533, e K* 0.0034084, nu omega 0.002258, nu etap 0.00046819"),
    ("mu", 20, 1.644026e-19, 4.003659e03, "3nu 0.88961, nu e e 0.11039"),
    ("mu", 50, 1.607432e-17, 4.094805e01, "3nu 0.88854, nu e e 0.11146"),
    ("mu", 100, 5.144678e-16, 1.279404e00, "3nu 0.88838, nu e e 0.11162"),
    ("mu", 300, 1.671609e-12, 3.937596e-04, "nu pi0 0.47213, mu pi 0.42211, 3nu 0.06644, "
     "nu e mu 0.027111, nu e e 0.0083514, nu mu mu 0.0038522"),
    ("mu", 500, 1.587625e-11, 4.145891e-05, "mu pi 0.49587, nu pi0 0.31098, 3nu 0.089962, "
     "nu e mu 0.06458, nu mu mu 0.027298, nu e e 0.011309"),
    ("mu", 1000, 3.432146e-10, 1.917786e-06, "mu pi 0.23569, mu rho 0.21957, 3nu 0.13317, "
     "nu pi0 0.12905, nu e mu 0.12217, nu mu mu 0.067097, nu rho0 0.038662, nu eta 0.02374, "
     "nu e e 0.01674, mu K 0.010473, nu omega 0.0023798, mu K* 0.00077316, nu etap 0.00049344"),
    ("tau", 20, 1.644026e-19, 4.003659e03, "3nu 0.88961, nu e e 0.11039"),
    ("tau", 50, 1.607432e-17, 4.094805e01, "3nu 0.88854, nu e e 0.11146"),
    ("tau", 100, 5.144678e-16, 1.279404e00, "3nu 0.88838, nu e e 0.11162"),
    ("tau", 300, 9.150641e-13, 7.193069e-04, "nu pi0 0.86248, 3nu 0.12137, nu e e 0.015256, "
     "nu mu mu 0.00089616"),
    ("tau", 500, 6.619655e-12, 9.943296e-05, "nu pi0 0.74585, 3nu 0.21576, nu e e 0.027122, "
     "nu mu mu 0.011271"),
    ("tau", 1000, 1.227715e-10, 5.361275e-06, "3nu 0.37227, nu pi0 0.36077, nu rho0 0.10808, "
     "nu eta 0.066367, nu e e 0.046797, nu mu mu 0.03768, nu omega 0.0066529, nu etap 0.0013794"),
]  # fmt: skip
MIXED = [
    ({"e": 0.2, "mu": 0.5, "tau": 0.3}, 350, 3.220266e-12, 2.043968e-04, "nu pi0 0.44335, "
     "mu pi 0.2688, e pi 0.1641, 3nu 0.074543, nu e mu 0.026907, nu e e 0.016264, "
     "nu mu mu 0.0054419, nu gamma 0.00058438"),
    ({"e": 0.5, "mu": 0.5}, 80, 2.043594e-16, 3.220855, "3nu 0.73285, nu e e 0.26141, "
     "nu gamma 0.0057452"),
]  # fmt: skip


def parse(text):
    """Return {channel: ratio} of "3nu 0.6, nu e e 0.4"."""
    return {name: float(value) for name, value in (x.rsplit(" ", 1) for x in text.split(", "))}


def assert_ratios(got, text):
    """Compare {channel: ratio} with "3nu 0.6, nu e e 0.4", the same channels to 3e-4."""
    want = parse(text)
    assert set(got) == set(want)
    assert_allclose([got[c] for c in want], list(want.values()), rtol=3e-4, atol=0)


@pytest.mark.parametrize(("flavour", "mass", "width", "tau", "ratios"), ROWS)
def test_single_flavour(flavour, mass, width, tau, ratios):
    partial = HNL(mass=mass * u.MeV, mixing={flavour: 1.0}).partial_widths_mev()
    partial.pop("nu gamma")
    total = sum(partial.values())
    assert_allclose(total, width, rtol=2e-6, atol=0)
    assert_allclose(6.582119569e-22 / (total * 1e-6), tau, rtol=2e-6, atol=0)
    assert_ratios({c: w / total for c, w in partial.items()}, ratios)


@pytest.mark.parametrize(("mixing", "mass", "width", "tau", "ratios"), MIXED)
def test_mixed_flavours_with_radiative_mode(mixing, mass, width, tau, ratios):
    hnl = HNL(mass=mass * u.MeV, mixing=mixing)
    assert_allclose(hnl.width.to_value(u.MeV), width, rtol=2e-6, atol=0)
    assert_allclose(hnl.lifetime.to_value(u.s) * 1e6, tau, rtol=2e-6, atol=0)
    assert_ratios(hnl.branching_ratios(), ratios)


@pytest.mark.parametrize(
    ("mass", "flavour", "tau_u2"),
    [(10, "e", 1.8284e-1), (10, "mu", 2.5552e-1), (100, "e", 1.8050e-6), (100, "tau", 2.5411e-6),
     (200, "e", 4.1502e-9), (200, "mu", 1.0342e-8), (200, "tau", 1.0497e-8),
     (400, "e", 1.7225e-10), (400, "mu", 2.0472e-10), (400, "tau", 4.6183e-10)],
)  # fmt: skip
def test_dirac_lifetimes(mass, flavour, tau_u2):
    """f_pi = 130.2 there and 130.3 MeV here: 0.15 % of the pion modes."""
    hnl = HNL(mass=mass * u.MeV, mixing={flavour: 1.0}, nature="dirac")
    assert_allclose(hnl.lifetime.to_value(u.s), tau_u2, rtol=2.5e-3, atol=0)


def test_radiative_width_is_pal_wolfenstein():
    """27 alpha/(8 pi) = 7.84e-3 of three neutrinos; 0.50 % (e), 0.70 % (mu) of the total."""
    for flavour, share in (("e", 0.0050), ("mu", 0.0070)):
        widths = HNL(mass=50 * u.MeV, mixing={flavour: 1e-3}).partial_widths_mev()
        assert_allclose(widths["nu gamma"] / widths["3nu"], 7.8395e-3, rtol=1e-4, atol=0)
        rest = sum(widths.values()) - widths["nu gamma"]
        assert_allclose(widths["nu gamma"] / rest, share, rtol=0.02, atol=0)


def test_quark_matching_is_flagged_and_joins_the_mesons():
    """Above 1 GeV the warning appears and the width stays continuous."""
    below = HNL(mass=999.9 * u.MeV, mixing={"mu": 1e-6}).width_mev
    with pytest.warns(ValidityWarning, match="10-20 %"):
        above = HNL(mass=1000.1 * u.MeV, mixing={"mu": 1e-6}).width_mev
    assert_allclose(above / below, (1000.1 / 999.9) ** 5, rtol=1e-3, atol=0)
