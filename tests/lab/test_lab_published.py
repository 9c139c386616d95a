"""Published limits as the shipped curves give them, and published conversions between them."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab

# (curve, mass in MeV, limit): ln-ln interpolation of the published table or figure
MIXING = [
    ("pienu_2017_ue4", 70, 4.189e-9),  # arXiv:1712.03275, HEPData
    ("pienu_2017_ue4", 110, 2.717e-8),
    ("pienu_2017_ue4", 130, 2.492e-7),
    ("na62_2020_ue4", 150, 9.246e-10),  # arXiv:2005.09575, HEPData
    ("na62_2020_ue4", 350, 3.649e-10),
    ("na62_2020_ue4", 440, 4.310e-9),
    ("t2k_2019_ue4_profiled", 145, 3.285e-7),  # arXiv:1902.07598
    ("t2k_2019_ue4_profiled", 205, 1.868e-8),
    ("t2k_2019_ue4_profiled", 455, 9.759e-10),
    ("triumf_1992_ue4", 55, 1.541e-7),  # Phys. Rev. D 46 R885
    ("ps191_ue4", 30, 6.401e-6),  # Phys. Lett. B 203 332
    ("ps191_ue4", 300, 2.632e-9),
    ("borexino_ue4_closed", 5, 1.288e-5),  # arXiv:1311.5347
    ("na62_2021_umu4", 205.5, 3.275e-8),  # arXiv:2101.12304
    ("na62_2021_umu4", 350, 3.411e-9),
    ("e949_2015_umu4", 200, 1.248e-8),  # arXiv:1411.3963
    ("kek_1982_umu4", 60, 3.893e-5),  # Phys. Rev. Lett. 49 1305
    ("kek_1982_umu4", 100, 4.127e-6),
    ("psi_1987_umu4", 10, 1.021e-5),  # Phys. Rev. D 36 2624
    ("t2k_2019_umu4_profiled", 145, 6.286e-7),
    ("t2k_2019_umu4_profiled", 333, 1.478e-9),
    ("t2k_lowmass_umu4", 50, 4.726e-5),  # arXiv:2109.03831
    ("microboone_2022_umu4_dirac", 260, 6.588e-8),  # arXiv:2207.03840
    ("microboone_2022_umu4_majorana", 260, 4.662e-8),
    ("microboone_2022_umu4_dirac", 350, 8.724e-9),
    ("microboone_2022_umu4_majorana", 350, 6.138e-9),
    ("microboone_2023_umu4", 50, 3.067e-5),  # arXiv:2310.07660
    ("nutev_1999_umu4_closed", 1000, 1.298e-7),  # arXiv:hep-ex/9908011
    ("babar_2022_utau4_withsys", 150, 2.092e-2),  # arXiv:2207.09575
    ("babar_2022_utau4_withsys", 950, 7.05e-5),
    ("charm_2002_utau4", 20, 0.1052),  # arXiv:hep-ph/0208075
    ("charm_2002_utau4", 150, 2.202e-4),
    ("charm_2021_utau4_closed", 300, 3.594e-5),  # arXiv:2107.14685
    ("charm_2021_utau4_closed", 800, 2.326e-6),
    ("bebc_2022_utau4_closed", 300, 4.610e-5),  # arXiv:2208.00416
]
DIPOLE = [
    ("dipole_borexino_universal", 1.5, 2.801e-7),  # arXiv:2007.15563
    ("dipole_borexino_universal", 2.3, 5.138e-7),
    ("dipole_borexino_sk_universal", 2, 6.574e-8),  # arXiv:2010.04193
    ("dipole_borexino_sk_universal", 5, 3.603e-8),
    ("dipole_borexino_sk_universal", 14, 7.729e-7),
    ("dipole_xenon1t_universal", 1.5, 1.671e-6),
    ("dipole_xenon1t_universal", 6.5, 2.886e-6),
    ("dipole_lsnd_de", 14, 2.361e-6),  # arXiv:1803.03262
    ("dipole_lsnd_de", 77, 8.307e-7),
    ("dipole_sk_atm_de", 10, 4.986e-7),  # arXiv:2205.02234
    ("dipole_sk_atm_dmu", 10, 4.652e-7),
    ("dipole_sk_atm_dtau_closed", 10, 5.885e-7),
    ("dipole_sk_atm_de", 60, 6.490e-7),
    ("dipole_sk_atm_dmu", 60, 5.034e-7),
    ("dipole_miniboone_dmu", 12.6, 1.095e-6),
    ("dipole_miniboone_dmu", 168, 1.946e-7),
    ("dipole_charm2_dmu", 5, 4.266e-7),  # arXiv:1707.08573
    ("dipole_charm2_dmu", 120, 5.869e-7),
    ("dipole_nomad_dmu_closed", 1100, 6.067e-7),
    ("dipole_nomad_dmu_closed", 2500, 1.904e-6),
    ("dipole_minerva_dmu", 158, 1.665e-7),
    ("dipole_minerva_dmu", 600, 3.121e-6),
    ("dipole_donut_dtau_90", 10, 5.781e-5),  # arXiv:hep-ex/0102026, recomputed by HNLimits
    ("dipole_donut_dtau_90", 200, 7.07e-5),
    ("dipole_lep", 10, 2.060e-5),
    ("dipole_lep", 32000, 2.916e-5),
]


@pytest.mark.parametrize(("name", "mass", "limit"), MIXING)
def test_mixing_limits(name, mass, limit):
    (curve,) = ab.lab.limits(name=name)
    assert_allclose(curve.interpolate(mass * u.MeV), limit, rtol=1e-3, atol=0)


@pytest.mark.parametrize(("name", "mass", "limit"), DIPOLE)
def test_dipole_limits(name, mass, limit):
    (curve,) = ab.lab.limits(name=name)
    got = curve.interpolate(mass * u.MeV)
    assert_allclose(got.to_value(1 / u.GeV), limit, rtol=1e-3, atol=0)
    assert "sigma" in curve.convention
    expected = 0.95 if any(n in name for n in ("lsnd", "miniboone", "minerva", "lep")) else 0.90
    assert curve.cl == expected


@pytest.mark.parametrize(
    ("name", "mass", "plateau"),
    [
        ("pmns_unitarity_2023_ue4", 2e5, 2.5e-3),  # arXiv:2306.01040
        ("pmns_unitarity_2023_ue4", 1800, 2.601e-3),
        ("pmns_unitarity_2023_umu4", 2e5, 1.69e-4),
        ("pmns_unitarity_2023_utau4", 2e5, 1.225e-3),
        ("pmns_unitarity_2023_utau4", 1800, 1.849e-3),
        ("superallowed_2019_ue4", 3, 2.7e-4),  # arXiv:1909.11198
        ("atmospheric_2018_utau4", 1, 0.13),  # arXiv:1803.10661
    ],
)
def test_constant_limits(name, mass, plateau):
    assert_allclose(ab.lab.load(name).interpolate(mass * u.MeV), plateau, rtol=1e-9, atol=0)


def test_e949_spans_the_range_of_its_abstract():
    """arXiv:1411.3963: 1e-7 to 1e-9 for 175-300 MeV."""
    curve = ab.lab.load("e949_2015_umu4")
    assert 1e-9 < curve.limit.min() < 2e-9
    assert 5e-8 < curve.limit.max() < 1e-7
    assert 175 < curve.range_mev[0] < curve.range_mev[1] < 300


def test_microboone_published_both_natures():
    """arXiv:2207.03840: the ratio Dirac/Majorana of a long-lived search is close to sqrt2."""
    dirac, majorana = (ab.lab.load(f"microboone_2022_umu4_{n}") for n in ("dirac", "majorana"))
    for mass, published in ((260, 1.413), (350, 1.421)):
        ratio = dirac.interpolate(mass * u.MeV) / majorana.interpolate(mass * u.MeV)
        assert_allclose(ratio, published, rtol=1e-3, atol=0)
        assert_allclose(ratio, np.sqrt(2), rtol=0.01, atol=0)


def test_t2k_beats_1e9_at_390_mev():
    """arXiv:1902.07598, abstract: U_e^2 < 1e-9 (90 %) at 390 MeV."""
    assert ab.lab.load("t2k_2019_ue4_profiled").interpolate(390 * u.MeV) < 1.2e-9


def test_pion_and_kaon_ratios_with_the_measured_numbers():
    """PIENU/PDG R_pi = 1.2327(23)e-4 and NA62 R_K = 2.488(10)e-5 (arXiv:1212.4012)."""
    for which, mass, mixing, value, lnl in (
        ("R_pi", 60, {}, 1.2354e-4, -0.68904),
        ("R_pi", 60, {"e": 1e-6}, 1.24672e-4, -18.5752),
        ("R_pi", 20, {"mu": 1e-3}, 1.23546e-4, -0.72190),
        ("R_pi", 1000, {"e": 1e-3}, 1.23416e-4, -0.20275),
        ("R_K", 300, {}, 2.477e-5, -0.60500),
        ("R_K", 300, {"e": 1e-7}, 2.51096e-5, -2.63639),
    ):
        assert_allclose(ab.lab.ratio(which, mass * u.MeV, mixing), value, rtol=5e-6, atol=0)
        assert_allclose(ab.lab.ratio_loglike(which, mass * u.MeV, mixing), lnl, rtol=2e-5, atol=0)
