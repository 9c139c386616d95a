"""Mass ranges without a limit, and the envelope."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.errors import ConfigError, DomainError


def gaps(flavour, low, high, **options):
    found = ab.lab.uncovered(flavour, low * u.MeV, high * u.MeV, **options)
    return [(round(a.to_value(u.MeV), 1), round(b.to_value(u.MeV), 1)) for a, b in found]


def covering(lnl, flavour, mass):
    return {
        c.name
        for c in lnl.curves
        if c.flavour == flavour and c.range_mev[0] <= mass <= c.range_mev[1]
    }


def test_electron_peak_searches():
    assert gaps("e", 10, 1000, kind="peak") == [(10, 49.1), (135.3, 137.5), (462.0, 1000)]


def test_between_pion_and_kaon_searches_only_ratios_and_atmospheric_decays_constrain():
    active = ab.lab.LabLikelihood()
    always = {"bryman_shrock_kenu_ue4", "sk_atm_2019_ue4"}
    above = always | {"kek_1981_ue4", "pienu_high_ue4_bryman_shrock"}
    assert covering(active, "e", 137.0) == always | {"bryman_shrock_pienu_ue4"}
    assert covering(active, "e", 139.0) == above
    assert covering(active, "e", 141.0) == above | {"t2k_2019_ue4_profiled"}


def test_electron_below_and_above():
    stated = ab.lab.LabLikelihood(unknown_nature="majorana")
    assert covering(stated, "e", 40.0) == {
        "bryman_shrock_pienu_ue4", "bryman_shrock_kenu_ue4", "ps191_ue4", "lsnd_2023_ue4",
    }  # fmt: skip
    assert {"charm_1986_ue4", "bebc_2022_ue4_closed"} <= covering(stated, "e", 600.0)
    above = {c.group for c in ab.lab.limits(flavour="e") if c.range_mev[1] > 2100}
    assert {"pmns", "belle-2013", "delphi", "cms-displaced-e"} <= above


def test_muon_peak_searches():
    assert gaps("mu", 1.0, 400, kind="peak") == [(1.0, 1.1), (33.8, 44.9), (384.0, 400)]
    for name, low, high in (
        ("psi_1987_umu4", 1.06, 19.5), ("kek_1982_umu4", 44.9, 306.8),
        ("e949_2015_umu4", 178, 299), ("na62_2021_umu4", 200, 384),
    ):  # fmt: skip
        assert_allclose(ab.lab.load(name).range_mev, (low, high), rtol=5e-3, atol=0)
    pienu = [ab.lab.load(f"pienu_2019_umu4_t{i}").range_mev for i in (1, 2)]
    assert_allclose(min(p[0] for p in pienu), 15.7, rtol=0, atol=0.05)
    assert_allclose(max(p[1] for p in pienu), 33.8, rtol=0, atol=0.05)
    # in the gap only searches that assume decays through mixing
    between = {c.name for c in ab.lab.limits(flavour="mu") if c.range_mev[0] < 40 < c.range_mev[1]}
    assert between == {
        "t2k_lowmass_umu4", "microboone_2023_umu4", "microboone_kelly_umu4_avg",
        "microboone_kelly_umu4_scalar", "lsnd_2023_umu4", "mu_decay_degouvea_umu4",
    }  # fmt: skip
    assert_allclose(ab.lab.load("nutev_1999_umu4_closed").range_mev[1], 1791, rtol=0, atol=1)


def test_tau():
    without = [c for c in ab.lab.limits(flavour="tau") if c.group != "atmospheric"]
    assert gaps("tau", 0.1, 2000, curves=without) == [(0.1, 2.8)]
    assert gaps("tau", 1e-4, 2000) == []  # the atmospheric number below 10 MeV


def test_uncovered_edges_of_the_question():
    assert gaps("e", 200, 300, kind="peak") == []
    assert gaps("e", 136, 140, kind="peak") == [(136, 137.5)]
    assert gaps("tau", 1, 5, curves=[]) == [(1, 5)]
    with pytest.raises(DomainError, match="empty"):
        gaps("e", 5, 1)
    with pytest.raises(ConfigError, match="allowed"):
        gaps("x", 1, 5)


def test_envelope_is_the_minimum():
    m = np.geomspace(1, 3000, 300) * u.MeV
    env = ab.lab.envelope("e", m)
    curves = [c for c in ab.lab.limits(flavour="e") if c.exactness != "D"]
    expected = np.min([c.interpolate(m) for c in curves], axis=0)
    assert np.array_equal(env.limit, expected)
    assert set(env.curve) - {""} <= {c.name for c in curves}
    i = np.argmin(np.abs(m.value - 300))
    assert env.curve[i] == "na62_2020_ue4"
    assert "NA62e2020" in env.references


def test_envelope_with_conversions():
    m = [20, 150, 1000] * u.MeV
    env = ab.lab.envelope("tau", m, nature="majorana", cl=0.90)
    plain = ab.lab.envelope("tau", m)
    assert_allclose(env.limit[0], plain.limit[0] / np.sqrt(2), rtol=1e-6, atol=0)
    assert {n for n, _ in env.left_out} == {"t2k_2019_utau4", "nomad_2002_utau4"}
    env_mu = ab.lab.envelope("mu", [300] * u.MeV, nature="majorana")
    assert "ps191_umu4_closed" in {n for n, _ in env_mu.left_out}
    told = ab.lab.envelope("mu", [300] * u.MeV, nature="majorana", unknown_nature="dirac")
    assert "ps191_umu4_closed" not in {n for n, _ in told.left_out}
    assert any("stated by the user" in a for a in ab.lab.nature(
        ab.lab.load("ps191_umu4_closed"), "majorana", stated="dirac").assumed)  # fmt: skip


def test_envelope_of_tau_leaves_the_combined_fit_out():
    env = ab.lab.envelope("tau", [200] * u.MeV)
    assert env.curve[0] != "t2k_2019_utau4"


def test_envelope_choices():
    env = ab.lab.envelope("mu", [40, 250] * u.MeV, kind="peak search")
    assert np.isinf(env.limit[0])
    assert env.curve[0] == ""
    assert env.curve[1] in ("na62_2021_umu4", "e949_2015_umu4")
    upper = ab.lab.envelope("tau", [900] * u.MeV, contours=("upper",))
    assert upper.curve[0] == "babar_2022_utau4_withsys"
    dip = ab.lab.envelope("tau", [100] * u.MeV, portal="dipole")
    assert dip.limit.unit == 1 / u.GeV
    assert dip.curve[0] == "dipole_lep"
