"""Properties of widths that hold at every mass: limits on paper and an independent calculation."""

import astropy.units as u
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from astrobounds import HNL
from astrobounds import constants as const
from astrobounds.errors import DomainError
from astrobounds.models.decays.hnl_widths import CHANNELS, flavour_widths, width_table
from astrobounds.models.decays.phase_space import pair_functions, three_body

masses = st.floats(0.05, 990.0)
mixings = st.fixed_dictionaries({f: st.floats(0.0, 0.33) for f in const.FLAVOURS})


@settings(max_examples=60, deadline=None)
@given(masses, mixings)
def test_branching_ratios_sum_to_one_and_majorana_is_twice_dirac(mass, mixing):
    majorana = HNL(mass=mass * u.MeV, mixing=mixing)
    dirac = HNL(mass=mass * u.MeV, mixing=mixing, nature="dirac")
    if sum(mixing.values()) < 1e-100:
        return
    assert_allclose(sum(majorana.branching_ratios().values()), 1.0, rtol=0, atol=1e-12)
    assert_allclose(majorana.width_mev, 2.0 * dirac.width_mev, rtol=1e-14, atol=0)
    assert all(w > 0.0 for w in majorana.partial_widths_mev().values())


@pytest.mark.parametrize("ratio", [1e-6, 1e-4, 2e-3, 1e-2, 0.1, 0.3, 0.45, 0.476, 0.478, 0.4999])
def test_pair_functions_against_fifty_digits(ratio):
    """The logarithm of the literature, in 50 digits, at electron masses from keV to GeV parents."""
    mpmath.mp.dps = 50
    x = mpmath.mpf(ratio)
    r = mpmath.sqrt(1 - 4 * x**2)
    log = mpmath.log((1 - 3 * x**2 - (1 - x**2) * r) / (x**2 * (1 + r)))
    f1 = (1 - 14 * x**2 - 2 * x**4 - 12 * x**6) * r + 12 * x**4 * (x**4 - 1) * log
    f2 = 4 * (
        x**2 * (2 + 10 * x**2 - 12 * x**4) * r + 6 * x**4 * (1 - 2 * x**2 + 2 * x**4) * log
    )
    computed = pair_functions(ratio)
    assert_allclose(computed[0], float(f1), rtol=1e-11, atol=0)
    assert_allclose(computed[1], float(f2), rtol=1e-11, atol=0)


@pytest.mark.parametrize("arguments", [
    (0.0, (0.511 / 106.2) ** 2, (105.66 / 106.2) ** 2), (0.0, 2e-7, 0.04), (0.0, 1e-12, 1e-4),
    (1e-5, 2e-6, 4e-6), (0.01, 1e-5, 9e-3), (0.3, 1e-3, 0.02),
])  # fmt: skip
def test_three_body_integral_against_mpmath(arguments):
    mpmath.mp.dps = 30
    x, y, z = (mpmath.mpf(a) for a in arguments)

    def lam(a, b, c):
        return a * a + b * b + c * c - 2 * (a * b + b * c + c * a)

    low, high = (mpmath.sqrt(y) + mpmath.sqrt(z)) ** 2, (1 - mpmath.sqrt(x)) ** 2
    exact = 12 * mpmath.quad(
        lambda s: (s - y - z) * (1 + x - s) / s
        * mpmath.sqrt(max(lam(s, y, z), 0) * max(lam(1, s, x), 0)),
        [low, low + (high - low) / 1000, low + (high - low) / 30, (low + high) / 2, high],
    )
    assert_allclose(three_body(*arguments), float(exact), rtol=1e-8, atol=0)


def test_three_body_massless_electron():
    """1 - 8x^2 + 8x^6 - x^8 - 12 x^4 ln x^2, the muon-decay function."""
    for x in (0.1, 0.5, 0.9):
        closed = 1 - 8 * x**2 + 8 * x**6 - x**8 - 12 * x**4 * np.log(x**2)
        assert_allclose(three_body(0.0, 1e-14, x * x), closed, rtol=1e-6, atol=0)


def test_width_scales_like_the_fifth_power_between_thresholds():
    """tau |U|^2 M^5 is constant for m_e << M < m_pi."""
    tau = [HNL(mass=m * u.MeV, mixing={"tau": 1e-6}).width_mev / m**5 for m in (60.0, 130.0)]
    assert_allclose(tau[0], tau[1], rtol=1e-3, atol=0)


@pytest.mark.parametrize(("channel", "threshold"), [
    ("nu e e", 2 * const.M_E), ("nu pi0", const.M_PI0), ("e pi", const.M_E + const.M_PI),
    ("mu pi", const.M_MU + const.M_PI), ("nu e mu", const.M_E + const.M_MU),
    ("nu mu mu", 2 * const.M_MU), ("e K", const.M_E + const.M_K), ("nu eta", const.M_ETA),
])  # fmt: skip
def test_channels_open_continuously_at_threshold(channel, threshold):
    assert flavour_widths(threshold * (1 - 1e-9))[channel].max() == 0.0
    just_above = flavour_widths(threshold * (1 + 1e-6))[channel].max()
    assert 0.0 < just_above < 1e-2 * flavour_widths(threshold * 1.5)[channel].max()


def test_meson_and_lepton_modes_follow_their_flavour():
    widths = flavour_widths(900.0)
    assert widths["e pi"][1:].tolist() == [0.0, 0.0]
    assert widths["mu rho"][[0, 2]].tolist() == [0.0, 0.0]
    assert widths["nu e mu"][2] == 0.0
    assert widths["nu e mu"][0] == widths["nu e mu"][1] > 0.0
    assert widths["3nu"][0] == widths["3nu"][1] == widths["3nu"][2]


def test_table_has_the_shape_it_says_and_matches_single_masses():
    table = width_table([10.0, 500.0])
    assert table.shape == (2, len(CHANNELS), 3)
    np.testing.assert_array_equal(table[1], width_table(500.0))


def test_total_width_grows_with_mass_up_to_the_d_meson():
    grid = np.linspace(2.0, 1869.0, 1200)
    total = width_table(grid).sum(axis=1)
    assert np.all(np.diff(total, axis=0) > 0.0)


@pytest.mark.parametrize(("arguments", "message"), [
    ({"mass": 200, "mixing": {"tau": 1e-8}}, "no unit"),
    ({"mass": 200 * u.s, "mixing": {"tau": 1e-8}}, "cannot be converted"),
    ({"mass": -1 * u.MeV, "mixing": {"tau": 1e-8}}, "outside"),
    ({"mass": np.nan * u.MeV, "mixing": {"tau": 1e-8}}, "outside"),
    ({"mass": 3 * u.GeV, "mixing": {"tau": 1e-8}}, "D mass"),
    ({"mass": 1 * u.GeV, "mixing": {"tua": 1e-8}}, "did you mean 'tau'"),
    ({"mass": 1 * u.GeV, "mixing": {"tau": -1e-8}}, r"mixing\['tau'\] = -1e-08"),
    ({"mass": 1 * u.GeV, "mixing": {"tau": 0.7, "mu": 0.6}}, "unitarity"),
    ({"mass": 1 * u.GeV, "mixing": 1e-8}, "not a mapping"),
    ({"mass": 1 * u.GeV, "mixing": {"e": "a lot"}}, "not a number"),
    ({"mass": 1 * u.GeV, "mixing": {"e": 1e-8}, "nature": "majoran"}, "did you mean 'majorana'"),
])  # fmt: skip
def test_bad_input_is_named(arguments, message):
    with pytest.raises(DomainError, match=message):
        HNL(**arguments)


def test_value_semantics():
    """Frozen, hashable, equal by value in any unit, and picklable."""
    import pickle

    a = HNL(mass=0.2 * u.GeV, mixing={"tau": 1e-8})
    b = HNL(mass=200 * u.MeV, mixing={"tau": 1e-8, "e": 0.0})
    assert a == b
    assert hash(a) == hash(b)
    assert pickle.loads(pickle.dumps(a)) == a
    with pytest.raises(AttributeError):
        a.nature = "dirac"
    with pytest.raises(TypeError):
        a.mixing["tau"] = 1.0


def test_no_mixing_means_stable():
    assert np.isinf(HNL(mass=1 * u.MeV, mixing={}).lifetime.to_value(u.s))
