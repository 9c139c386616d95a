"""Conversions: the factors, both edges of closed contours, and the record of assumptions."""

import astropy.units as u
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.errors import ConfigError, DomainError
from astrobounds.lab import contour, convert
from astrobounds.lab.curve import Curve


def search(flavour, channels, production, **meta):
    """A made-up decay search with a constant limit of 1e-8 between 10 and 480 MeV."""
    meta = {"nature": "majorana", "exponent": 2, "sm_decays_only": True, **meta}
    return Curve(
        name="made", mass_mev=np.array([10.0, 480.0]), values=np.array([1e-8, 1e-8]), cl=0.9,
        flavour=flavour, kind="decay in flight", channels=channels, production=production,
        channel_ranges=tuple((c, 0.0, np.inf) for c in channels), **meta,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("law", "n", "factor"),
    [("poisson", 1, 0.76862), ("poisson", 2, 0.87671), ("half-gaussian-1", 1, 0.77913)],
)
def test_95_to_90(law, n, factor):
    law = convert.family("poisson") if law == "poisson" else ab.lab.HalfGaussian(1)
    assert_allclose(convert.confidence_factor(0.95, 0.90, n, law), factor, rtol=0, atol=5e-6)


def test_confidence_of_a_curve():
    babar = ab.lab.load("babar_2022_utau4_withsys")
    done = ab.lab.confidence(babar, 0.90)
    assert_allclose(done.factor, 0.76862, rtol=0, atol=5e-6)
    assert_allclose(done.value.values, babar.values * done.factor, rtol=1e-14, atol=0)
    assert done.value.cl == 0.90
    assert "Poisson" in done.assumed[0]
    assert done.value.assumed == done.assumed
    assert ab.lab.confidence(babar, 0.95) == convert.Conversion(babar, 1.0, ())


def test_confidence_of_a_dipole_curve_acts_on_d_squared():
    lsnd = ab.lab.load("dipole_lsnd_de")  # exponent 2 in d^2
    done = ab.lab.confidence(lsnd, 0.90)
    assert_allclose(done.value.values / lsnd.values, 0.87671**0.5, rtol=1e-5, atol=0)


def test_confidence_that_is_not_recorded_must_be_stated():
    beta = ab.lab.load("superallowed_2019_ue4").with_(cl=float("nan"))
    with pytest.raises(ConfigError, match="not recorded"):
        ab.lab.confidence(beta, 0.90)
    said = convert.stated(beta, cl=0.95)
    assert "stated by the user" in said.assumed[0]
    assert_allclose(ab.lab.confidence(said, 0.90).factor, 0.76862, rtol=0, atol=5e-6)


def test_recalled_entries_are_passed_on():
    pienu = ab.lab.load("na62_2025_pienu_ue4")
    assert any("memory" in a for a in ab.lab.confidence(pienu, 0.95).assumed)
    atlas = ab.lab.load("atlas_2025_displaced_ue4")
    assert any("memory" in a for a in ab.lab.nature(atlas, "dirac").assumed)


def test_nature():
    charm = ab.lab.load("charm_2002_utau4")
    done = ab.lab.nature(charm, "majorana")
    assert_allclose(done.factor, 1 / np.sqrt(2), rtol=1e-12, atol=0)
    assert done.value.nature == "majorana"
    back = ab.lab.nature(done.value, "dirac").value
    assert_allclose(back.values, charm.values, rtol=1e-14, atol=0)
    assert len(back.assumed) == 2
    peak = ab.lab.load("na62_2020_ue4")
    assert ab.lab.nature(peak, "dirac").value is peak


def test_nature_close_to_what_microboone_published():
    dirac, majorana = (ab.lab.load(f"microboone_2022_umu4_{n}") for n in ("dirac", "majorana"))
    ours = ab.lab.nature(dirac, "majorana").value
    for mass in (260, 350):
        got, want = (c.interpolate(mass * u.MeV) for c in (ours, majorana))
        assert_allclose(got, want, rtol=0.01, atol=0)


def test_unknown_nature_must_be_stated():
    nutev = ab.lab.load("ps191_ue4")
    with pytest.raises(ConfigError, match="stated="):
        ab.lab.nature(nutev, "majorana")
    done = ab.lab.nature(nutev, "majorana", stated="dirac")
    assert any("stated by the user" in a for a in done.assumed)
    assert any("upper edge" in a for a in done.assumed)
    with pytest.raises(ConfigError, match="did you mean"):
        ab.lab.nature(nutev, "majorna")


def test_nature_of_a_closed_contour_moves_both_edges():
    """A and B double; check the defining equation at the new edges by hand."""
    argo = ab.lab.load("argoneut_2021_utau4")
    done = ab.lab.nature(argo, "majorana").value
    for mass in (500.0, 600.0, 800.0, 950.0):
        b, t = argo.edges(mass * u.MeV)
        big_b = 2 * np.log(t / b) / (t - b)
        a = np.exp(big_b * b) / b**2
        for edge in done.edges(mass * u.MeV):
            # new edges sit on nodes of the old grid: interpolation between them is not exact
            y = 2 * a * edge**2 * np.exp(-2 * big_b * edge)
            assert_allclose(y, 1.0, rtol=0, atol=0.05)
    x, low, high = done.nodes()
    xs, b, t = argo.nodes()
    big_b = contour.slope(np.exp(b), np.exp(t))
    for i, j in ((k, np.flatnonzero(np.isclose(xs, x[k]))[0]) for k in range(5, x.size - 3, 7)):
        a = np.exp(big_b[j] * np.exp(b[j])) / np.exp(2 * b[j])
        for edge in np.exp([low[i], high[i]]):
            y = 2 * a * edge**2 * np.exp(-2 * big_b[j] * edge)
            assert_allclose(y, 1.0, rtol=1e-8, atol=0)


def test_weaker_confidence_widens_a_closed_contour():
    argo = ab.lab.load("argoneut_2021_utau4")
    wide = ab.lab.confidence(argo, 0.5).value
    narrow = ab.lab.confidence(argo, 0.99).value
    for mass in (500, 700, 900):
        (b, t), (bw, tw), (bn, tn) = (c.edges(mass * u.MeV) for c in (argo, wide, narrow))
        assert bw < b < bn < tn < t < tw


# --- flavour patterns -------------------------------------------------------------------------


def test_electron_and_muon_mixing_in_charged_current_searches():
    """u < L/1.45160 (e pi) and L/1.37957 (mu pi), kaons, 300 MeV, U_e^2 = U_mu^2."""
    for channel, flavour, divisor in (("e pi", "e", 1.45160), ("mu pi", "mu", 1.37957)):
        done = ab.lab.pattern(search(flavour, (channel,), ("K",)), 300 * u.MeV, {"e": 1, "mu": 1})
        assert_allclose(1 / done.factor, divisor, rtol=0, atol=5e-6)
        assert_allclose(done.value, 1e-8 / divisor, rtol=1e-5, atol=0)
        assert any(channel in a for a in done.assumed)


def test_democratic_pattern_in_a_neutral_current_search():
    """nu pi0, muon curve, kaons, 200 MeV, 1:1:1: u < L/sqrt(3 (1 + p_e/p_mu)) = L/2.29737."""
    done = ab.lab.pattern(
        search("mu", ("nu pi0",), ("K",)), 200 * u.MeV, dict.fromkeys(("e", "mu", "tau"), 1)
    )
    assert_allclose(1 / done.factor, np.sqrt(3 * (1 + 0.759300)), rtol=0, atol=1e-6)
    assert_allclose(1 / done.factor, 2.2974, rtol=0, atol=5e-5)


def test_pair_channel_shares():
    """nu e e: g_e : g_mu = 0.5881 : 0.1257 for m_e -> 0; only the relative weight enters."""
    made = search("e", ("nu e e",), ("8B",))
    done = ab.lab.pattern(made, 30 * u.MeV, {"e": 1, "mu": 1})
    assert_allclose(done.factor**-2, 1 + 0.1257 / 0.5881, rtol=1e-3, atol=0)


def test_peak_searches_see_one_flavour():
    na62 = ab.lab.load("na62_2020_ue4")
    done = ab.lab.pattern(na62, 300 * u.MeV, {"e": 0.5, "mu": 1})
    assert_allclose(done.value, 2 * na62.interpolate(300 * u.MeV), rtol=1e-6, atol=0)
    assert np.isinf(ab.lab.pattern(na62, 300 * u.MeV, {"mu": 1}).value)


def test_profiled_curves_are_not_recast():
    t2k = ab.lab.load("t2k_2019_ue4_profiled")
    done = ab.lab.pattern(t2k, 300 * u.MeV, {"e": 1, "mu": 1})
    assert done.factor == 1.0
    assert any("not recast" in a for a in done.assumed)


def test_charged_current_only_analysis():
    """PS191 counted charged currents only: tau mixing adds nothing to U_e's nu e e."""
    ps = ab.lab.load("ps191_ue4")
    done = ab.lab.pattern(ps, 100 * u.MeV, {"e": 1, "tau": 1})
    assert_allclose(done.factor, 1.0, rtol=1e-6, atol=0)
    tau_too = search("e", ("nu e e",), ("K",))
    assert ab.lab.pattern(tau_too, 100 * u.MeV, {"e": 1, "tau": 1}).factor < 1.0


def test_two_parents_take_the_smaller_ratio():
    both = search("mu", ("mu pi", "nu e e"), ("pi", "K"))
    kaon = search("mu", ("mu pi", "nu e e"), ("K",))
    # below 33.9 MeV pions make N through the muon and through the electron
    pattern = {"mu": 1, "e": 1}
    assert (
        ab.lab.pattern(both, 20 * u.MeV, pattern).value
        >= ab.lab.pattern(kaon, 20 * u.MeV, pattern).value
    )
    # above it the pion is closed to the muon flavour: the kaon alone counts
    assert_allclose(
        ab.lab.pattern(both, 100 * u.MeV, pattern).value,
        ab.lab.pattern(kaon, 100 * u.MeV, pattern).value,
        rtol=1e-6, atol=0,
    )


@settings(deadline=None)
@given(st.floats(0.01, 100.0), st.floats(20.0, 380.0))
def test_pattern_scales(scale, mass):
    made = search("mu", ("nu pi0", "mu pi", "nu e e"), ("K",))
    r = {"e": 0.3, "mu": 1.0, "tau": 0.7}
    one = ab.lab.pattern(made, mass * u.MeV, r).value
    other = ab.lab.pattern(made, mass * u.MeV, {k: scale * v for k, v in r.items()}).value
    assert_allclose(other, one / scale, rtol=1e-9, atol=0)
    # more mixings can only strengthen the limit on U^2
    assert one <= ab.lab.pattern(made, mass * u.MeV, {"mu": 1.0}).value * (1 + 1e-12)


def test_pattern_uses_given_widths():
    def widths(mass_mev):
        return {"x": np.array([3.0, 1.0, 0.0]), "rest": np.ones(3)}

    made = search("mu", ("x",), ("8B",), channels_source="test")
    done = ab.lab.pattern(made, 100 * u.MeV, {"e": 1, "mu": 1}, widths=widths)
    assert_allclose(done.factor, (1 * 4) ** -0.5, rtol=1e-6, atol=0)


def test_closed_contour_pattern():
    argo = ab.lab.load("argoneut_2021_utau4")
    alone = ab.lab.pattern(argo, 700 * u.MeV, {"tau": 1}).value
    assert_allclose(alone, tuple(argo.edges(700 * u.MeV)), rtol=1e-6, atol=0)
    # electron mixing makes no N in tau decays, but adds decays: lower edge down, upper edge down
    mixed = ab.lab.pattern(argo, 700 * u.MeV, {"tau": 1, "e": 1}).value
    assert mixed[0] < alone[0]
    assert mixed[1] < alone[1]


def test_wrong_patterns():
    na62 = ab.lab.load("na62_2020_ue4")
    with pytest.raises(ConfigError, match="flavour"):
        ab.lab.pattern(na62, 300 * u.MeV, {"muon": 1})
    with pytest.raises(DomainError, match="zero"):
        ab.lab.pattern(na62, 300 * u.MeV, {"e": 0})
    with pytest.raises(ConfigError, match="dipole"):
        ab.lab.pattern(ab.lab.load("dipole_lep"), 300 * u.MeV, {"e": 1})


# --- additional width ---------------------------------------------------------------------------


def test_dark_width():
    peak, dump = ab.lab.load("na62_2020_ue4"), ab.lab.load("charm_2002_utau4")
    assert ab.lab.dark_width(peak, 1e-10 * u.MeV).value is peak
    assert ab.lab.dark_width(dump, 0 * u.MeV).value is dump
    assert ab.lab.dark_width(dump, 1e-10 * u.MeV).value is None
    kept = ab.lab.dark_width(dump, 1e-10 * u.MeV, long_lived=True)
    assert np.array_equal(kept.value.values, dump.values)
    assert "stated by the user" in kept.assumed[0]


def test_dark_width_closes_a_closed_contour():
    from astrobounds.models.decays.hnl_widths import width_table

    argo = ab.lab.load("argoneut_2021_utau4")
    gamma = width_table(700.0)[:, 2].sum()  # MeV at U_tau^2 = 1
    low, high = argo.edges(700 * u.MeV)
    small = ab.lab.dark_width(argo, 1e-5 * low * gamma * u.MeV).value
    assert_allclose(small.edges(700 * u.MeV), (low, high), rtol=1e-3, atol=0)
    some = ab.lab.dark_width(argo, 0.3 * high * gamma * u.MeV).value.edges(700 * u.MeV)
    assert low < some[0] < some[1] < high
    assert ab.lab.dark_width(argo, 1e6 * high * gamma * u.MeV).value is None
