"""The dipole-portal neutrino as a value: widths, conventions, errors."""

import math
import pickle

import astropy.units as u
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.models.dipole import DipoleHNL, dipole_from_moment, dipole_processes

GEV = 1 / u.GeV


@pytest.mark.parametrize(
    ("d", "mass", "seconds"),
    [
        (1e-9, 100, 8.2713e-3),
        (1e-7, 100, 8.2713e-7),
        (1e-8, 10, 8.2713e-2),
        (1e-10, 300, 3.0635e-2),
    ],
)
def test_lifetime(d, mass, seconds):
    """1803.03262: Gamma = d^2 m^3/(4 pi) for a Dirac N, twice that for a Majorana N."""
    dirac = ab.DipoleHNL(mass=mass * u.MeV, dipole={"mu": d * GEV})
    assert dirac.nature == "dirac"
    assert_allclose(dirac.lifetime.to_value("s"), seconds, rtol=2e-5, atol=0)
    majorana = ab.DipoleHNL(mass=mass * u.MeV, dipole={"mu": d * GEV}, nature="majorana")
    assert majorana.width == 2 * dirac.width


def test_flavours_add_and_universal_counts_three():
    one = ab.DipoleHNL(mass=50 * u.MeV, dipole={"e": 1e-9 * GEV})
    three = ab.DipoleHNL(mass=50 * u.MeV, dipole={"universal": 1e-9 * GEV})
    same = ab.DipoleHNL(mass=50 * u.MeV, dipole=dict.fromkeys("e mu tau".split(), 1e-9 * GEV))
    assert three == same
    assert hash(three) == hash(same)
    assert_allclose(three.width_mev, 3 * one.width_mev, rtol=1e-6, atol=0)
    assert three.branching_ratios() == {"nu gamma": 1.0}
    assert_allclose(sum(three.flavour_widths_mev().values()), three.width_mev, rtol=1e-6, atol=0)
    decays = three.decays()
    assert {d.products for d in decays} == {(f"nu_{f}", "gamma") for f in ("e", "mu", "tau")}
    assert all(d.visible and d.name == "nu gamma" for d in decays)
    assert one != three


def test_pickle_and_flat_parameters():
    dip = ab.DipoleHNL.from_values({"mass": 50.0, "dipole.mu": 2e-9})
    assert pickle.loads(pickle.dumps(dip)) == dip
    assert_allclose(dip.dipole["mu"].to_value(GEV), 2e-9, rtol=1e-6, atol=0)
    assert_allclose(dip.couplings["mu"], 4e-24, rtol=1e-6, atol=0)
    universal = ab.DipoleHNL(mass=50 * u.MeV, dipole={"universal": 1e-9 * GEV})
    assert_allclose(universal.dipole_gev, (1e-9,) * 3, rtol=1e-6, atol=0)


def test_fast_equals_the_constructor():
    slow = ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 2e-9 * GEV})
    fast = DipoleHNL.fast(50.0, (0.0, 2e-9, 0.0))
    assert fast == slow
    assert fast.mass == slow.mass
    assert fast.dipole == slow.dipole
    assert fast.width_mev == slow.width_mev
    assert not hasattr(fast, "mixing")


def test_no_coupling_is_stable():
    dip = ab.DipoleHNL(mass=50 * u.MeV, dipole={})
    assert math.isinf(dip.lifetime.value)
    assert dip.branching_ratios() == {}


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"mass": 50, "dipole": {"mu": 1e-9 * GEV}}, "mass = 50 has no unit"),
        ({"mass": 50 * u.MeV, "dipole": {"mu": 1e-9}}, "has no unit: write"),
        ({"mass": 50 * u.MeV, "dipole": {"muon": 1e-9 * GEV}}, "did you mean 'mu'"),
        ({"mass": 50 * u.MeV, "dipole": {"mu": -1e-9 * GEV}}, "outside"),
        ({"mass": 50 * u.MeV, "dipole": 1e-9 * GEV}, "is not a mapping"),
        ({"mass": 50 * u.MeV, "dipole": {"mu": 1e-9 * u.GeV}}, "cannot be converted"),
        ({"mass": 50 * u.MeV, "dipole": {"mu": 1e-9 * GEV}, "nature": "weyl"}, "allowed: 'dirac'"),
        ({"mass": 50 * u.MeV, "dipole": {"universal": 1e-9 * GEV, "e": 1e-9 * GEV}}, "one or the"),
        ({"mass": 50 * u.TeV, "dipole": {"mu": 1e-9 * GEV}}, "outside"),
    ],
)
def test_errors_name_the_remedy(kwargs, words):
    with pytest.raises(ab.DomainError, match=words):
        ab.DipoleHNL(**kwargs)


def test_strong_coupling_warns():
    with pytest.warns(ab.ValidityWarning, match="operator"):
        ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 1e-2 * GEV})


def test_moment_conventions():
    """mu_B = e/(2 m_e) = 296.304 GeV^-1; mu = 2 d halves it."""
    assert_allclose(dipole_from_moment(1.0, "mu = d").to_value(GEV), 296.304, rtol=1e-5, atol=0)
    assert_allclose(dipole_from_moment(1e-13, "mu = 2d").to_value(GEV), 1.48152e-11, rtol=1e-5, atol=0)
    with pytest.raises(ab.DomainError, match="allowed"):
        dipole_from_moment(1.0, "mu")


def test_processes_come_in_conjugate_pairs():
    processes = dipole_processes("mu")
    assert sum(p.lepton_number for p in processes) == 0
    assert {p.kind for p in processes} == {"upscatter", "annihilation", "inverse decay", "plasmon"}
    assert len(dipole_processes("mu", targets=("p",), kinds=("upscatter",))) == 2


@given(st.floats(1e-3, 1e3), st.floats(1e-12, 1e-5))
def test_width_scales(mass, d):
    one = DipoleHNL(mass=mass * u.MeV, dipole={"tau": d * GEV})
    two = DipoleHNL(mass=2 * mass * u.MeV, dipole={"tau": 3 * d * GEV})
    assert_allclose(two.width_mev, 72 * one.width_mev, rtol=1e-12, atol=0)
    assert_allclose(one.lifetime.to_value("s"), const.HBAR / one.width_mev, rtol=1e-6, atol=0)
