"""Published channels of production: the table of squares, helicities by spinors, who dominates.

Neutral currents on nucleons and charged currents of muons: arXiv:2311.00033; Primakoff upscattering
and the reach of low-energy supernovae: arXiv:2402.01624, arXiv:2201.09890.
"""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from star_tables import mixed, rate_table

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.models.process import hnl_processes
from astrobounds.supernova import Star, free_streaming_shares, scale_temperature
from astrobounds.supernova.signals.deposition import deposition_energies
from astrobounds.supernova.transport.settings import Resolution

COARSE = Resolution(radii=6, energies=14, outer=8, inner=6, rays=4, steps=12, spectrum=8)
FINE = Resolution(radii=4, energies=40, outer=16, inner=10)
G2, S2W, G_A = const.G_FERMI**2, const.SIN2_THETA_W, 1.27


def general(c_v, c_a, swap=False):
    """32 {(cV+cA)^2 (12)(34) + (cV-cA)^2 (13)(24) - (cV^2-cA^2) m2 m3 (14)}."""
    a, b = (c_v + c_a) ** 2, (c_v - c_a) ** 2
    a, b = (b, a) if swap else (a, b)
    return (32 * a, 32 * b, 0.0, -32 * (c_v**2 - c_a**2), 0.0)


def pair(c_v, c_a):
    """f fbar -> nubar N: 32 {(cV+cA)^2 (13)(24) + (cV-cA)^2 (23)(14) + (cV^2-cA^2) m^2 (34)}."""
    return (0.0, 32 * (c_v + c_a) ** 2, 32 * (c_v - c_a) ** 2, 0.0, 32 * (c_v**2 - c_a**2))


def channels(a):
    """Every process with an N (not Nbar, but for l+ n) and its square over G_F^2 |U|^2."""
    nu, bar = f"nu_{a}", f"nubar_{a}"
    n_c, p_c = (-0.5, -G_A / 2), (0.5 - 2 * S2W, G_A / 2)
    out = {(nu, "n", "n"): general(*n_c), (nu, "p", "p"): general(*p_c),
           (nu, nu, nu): (64, 0, 0, 0, 0), (nu, bar, bar): (0, 128, 0, 0, 0)}  # fmt: skip
    for b in {"e", "mu", "tau"} - {a}:
        out[nu, f"nu_{b}", f"nu_{b}"] = (32, 0, 0, 0, 0)
        out[nu, f"nubar_{b}", f"nubar_{b}"] = (0, 32, 0, 0, 0)
        out[f"nu_{b}", f"nubar_{b}", bar] = (0, 32, 0, 0, 0)
    for lepton in ("e", "mu"):
        c = (0.5 + 2 * S2W, 0.5) if lepton == a else (-0.5 + 2 * S2W, -0.5)
        minus, plus = f"{lepton}-", f"{lepton}+"
        out[nu, minus, minus], out[nu, plus, plus] = general(*c), general(*c, swap=True)
        out[minus, plus, bar] = pair(*c)
    if a != "tau":
        v2, b = const.V_UD**2, "mu" if a == "e" else "e"
        out[f"{a}-", "p", "n"] = tuple(v2 * x for x in general(1.0, G_A))
        out[f"{a}+", "n", "p"] = tuple(v2 * x for x in general(1.0, G_A, swap=True))
        out[f"{a}-", f"nu_{b}", f"{b}-"] = (128, 0, 0, 0, 0)
        out[f"{a}-", f"{b}+", f"nubar_{b}"] = (0, 128, 0, 0, 0)
        out[f"nu_{b}", f"{b}+", f"{a}+"] = (0, 128, 0, 0, 0)
    return out


@pytest.mark.parametrize("flavour", ["e", "mu", "tau"])
def test_table_of_squares(flavour):
    """Nothing is missing, nothing is there twice, every coefficient is that of the table."""
    expected = channels(flavour)
    found = {
        p.species: p
        for p in hnl_processes(flavour, G_A)
        if p.lepton_number > 0 or p.species[0] == f"{flavour}+"
    }
    extra = set(found) - set(expected)
    assert set(expected) <= set(found)
    # what is left are conjugates of l+ l- -> nu Nbar type: none carries an N
    assert not {s for s in extra if found[s].lepton_number > 0}
    for species, square in expected.items():
        np.testing.assert_allclose(found[species].coefficients, np.array(square) * G2, rtol=1e-12)
    total = sum(p.lepton_number > 0 for p in hnl_processes(flavour, G_A))
    assert total == len(expected) - (flavour != "tau")  # l+ n makes Nbar
    assert sum(p.lepton_number for p in hnl_processes(flavour, G_A)) == 0


# -- helicity by explicit traces -------------------------------------------------------------------
def _dirac():
    pauli = [np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])]
    zero, one = np.zeros((2, 2)), np.eye(2)
    g = [np.block([[zero, one], [one, zero]])] + [np.block([[zero, s], [-s, zero]]) for s in pauli]
    return g, 1j * g[0] @ g[1] @ g[2] @ g[3]


GAMMA, G5 = _dirac()
METRIC = np.diag([1.0, -1.0, -1.0, -1.0])


def slash(p):
    return sum(METRIC[i, i] * p[i] * GAMMA[i] for i in range(4))


def dot(p, q):
    return p @ METRIC @ q


@pytest.mark.parametrize("helicity", [-1, 1])
@pytest.mark.parametrize(("c_v", "c_a"), [(-0.5, -0.635), (0.04, 0.635), (1.0, 1.27)])
def test_helicity_square_against_spin_projection(c_v, c_a, helicity):
    """The square for helicity h is the sum with p4 -> (E4 - h p4)/2 (1, -h phat4), massive N."""
    rng = np.random.default_rng(5)
    m1, m2, m3, m4 = 105.66, 600.0, 590.0, 150.0
    p3, p4 = rng.normal(size=3) * 200, rng.normal(size=3) * 200
    four = lambda m, p: np.array([np.hypot(m, np.linalg.norm(p)), *p])  # noqa: E731
    final3, final4 = four(m3, p3), four(m4, p4)
    total = final3 + final4
    # 1 + 2 of the same total momentum: solve for |p1| along a random direction
    from scipy.optimize import brentq

    n = rng.normal(size=3)
    n /= np.linalg.norm(n)
    gap = lambda k: four(m1, k * n)[0] + four(m2, total[1:] - k * n)[0] - total[0]  # noqa: E731
    first = four(m1, brentq(gap, 0.0, 1e4) * n)
    second = total - first
    size, hat = np.linalg.norm(p4), p4 / np.linalg.norm(p4)
    spin = np.array([size / m4, *(final4[0] / m4 * hat)])
    one = np.eye(4)
    projector = (slash(final4) + m4 * one) @ (one + helicity * G5 @ slash(spin)) / 2
    vertex, conj = c_v * one - c_a * G5, c_v * one + c_a * G5
    square = 0.0
    for i in range(4):
        for j in range(4):
            lepton = np.trace(projector @ GAMMA[i] @ (one - G5) @ (slash(first) + m1 * one)
                              @ (one + G5) @ GAMMA[j])  # fmt: skip
            target = np.trace((slash(final3) + m3 * one) @ GAMMA[i] @ vertex
                              @ (slash(second) + m2 * one) @ conj @ GAMMA[j])  # fmt: skip
            square += METRIC[i, i] * METRIC[j, j] * lepton * target
    q = 0.5 * (final4[0] - helicity * size) * np.array([1.0, *(-helicity * hat)])
    a, b, _, c, _ = general(c_v, c_a)
    ours = (
        a * dot(first, second) * dot(final3, q) + b * dot(first, final3) * dot(second, q)
        + c * m2 * m3 * dot(first, q)
    )  # fmt: skip
    assert_allclose(ours, square.real / 2.0, rtol=1e-8, atol=0)


# -- who dominates ---------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["fiducial", "illustrative-cold", "illustrative-hot"])
def test_nucleon_neutral_currents_dominate_tau_mixing(name):
    """At least 90 % of the energy at every mass and in every star."""
    star = ab.supernova.load(name)
    for mass in (10.0, 50.0, 100.0, 200.0):
        hnl = ab.HNL(mass=mass * u.MeV, mixing={"tau": 1e-9})
        shares = free_streaming_shares(hnl, star, resolution=COARSE, decays=False)
        assert shares["n"] + shares["p"] > 0.9
        assert_allclose(sum(shares.values()), 1.0, rtol=1e-6, atol=0)


def uniform(mu_mu):
    """Matter of the published emissivities: m* = 600, T = 30, mu_n = 660, mu_p = 620 MeV."""

    def columns(r):
        one = np.ones_like(r)
        return {"rho": 3e14 * one, "T": 30.0 * one, "m_n": 600.0 * one, "m_p": 600.0 * one,
                "mu_n": 660.0 * one, "mu_p": 620.0 * one, "shift": 0.0 * one, "mu_e": 150.0 * one,
                "mu_mu": mu_mu * one, "mu_nu_e": 0.0 * one, "mu_nu_mu": 0.0 * one,
                "mu_nu_tau": 0.0 * one, "lapse": one}  # fmt: skip

    return Star("uniform", (0.0, 10.0), columns)


def emissivities(star, flavour, mass):
    """Q [MeV^5] at unit mixing of every group, N and Nbar."""
    table = rate_table(mixed(mass, flavour), star, FINE, 10.0, nucleons="contact", decays=False)
    e, out = table.energy, {}
    u_of = np.sqrt(e - mass)
    from scipy.interpolate import CubicSpline

    for i, process in enumerate(table.processes):
        power = table.production(i)[1] * e**2 * np.sqrt(e**2 - mass**2) / (2 * np.pi**2)
        value = CubicSpline(u_of, power * 2 * u_of).integrate(u_of[0], u_of[-1])
        key = (process.group, process.lepton_number)
        out[key] = out.get(key, 0.0) + float(value)
    return out


@pytest.mark.parametrize(("mass", "charged", "neutral"), [
    (50.0, 5.3742e-7, 1.1148e-7), (200.0, 1.4421e-7, 2.3922e-8),
])  # fmt: skip
def test_muon_charged_currents_raise_mu_mixing(mass, charged, neutral):
    """mu- p -> n N is 4.8 (6.0) times nu n -> n N at 50 (200) MeV with mu_mu = 50 MeV; with all
    channels a muonic core makes three to four times as much by mu as by tau mixing."""
    q = emissivities(uniform(50.0), "mu", mass)
    assert_allclose(q["mu p", 1], charged, rtol=2e-3, atol=0)
    assert_allclose(q["n", 1], neutral, rtol=2e-3, atol=0)
    assert_allclose(q["mu p", 1] / q["n", 1], charged / neutral, rtol=2e-3, atol=0)
    tau = emissivities(uniform(50.0), "tau", mass)
    without = emissivities(uniform(np.nan), "mu", mass)
    assert ("mu p", 1) not in without
    raised = sum(q.values()) / sum(without.values())
    assert 3.0 < raised < 5.0
    assert_allclose(sum(q.values()) / sum(tau.values()), raised, rtol=0.05, atol=0)


def shares_of(mass, neutrinos="zero"):
    star = ab.supernova.load("fiducial", neutrinos=neutrinos)
    return free_streaming_shares(ab.DipoleHNL(mass=mass * u.MeV, dipole={"e": 1e-12 / u.GeV}), star)


def test_primakoff_on_protons_beats_electrons_at_low_mass_only():
    """Twice the electrons for light N; at 200 MeV electrons reach them, and photons beat both."""
    for mass in (1.0, 50.0):
        shares = shares_of(mass)
        assert shares["p"] > 1.5 * shares["e"]
    light, heavy = shares_of(1.0), shares_of(200.0)
    assert heavy["e"] > heavy["p"]
    assert max(heavy, key=heavy.get) not in ("p", "e")
    assert max(light, key=light.get) == "p"


@pytest.mark.parametrize(("neutrinos", "reach"), [("beta", 1e-11), ("zero", 5e-11)])
def test_low_energy_supernovae_near_100_mev(neutrinos, reach):
    """1e50 erg in a red supergiant: d ~ 1e-11 GeV^-1 if nu_e are degenerate, 5e-11 if they are not."""
    star = ab.supernova.load("fiducial", neutrinos=neutrinos)
    dip = ab.DipoleHNL(mass=100 * u.MeV, dipole={"e": 1e-12 / u.GeV})
    axis = np.geomspace(1e-12, 1e-9, 61)
    energy = deposition_energies(dip, star, (axis / 1e-12) ** 2)
    k = int(np.argmax(energy > 1e50))
    edge = np.exp(np.interp(50 * np.log(10), np.log(energy[k - 1 : k + 1]), np.log(axis[k - 1 : k + 1])))
    assert_allclose(edge, reach, rtol=0.5, atol=0)


def test_only_the_degenerate_flavour_reaches_further():
    """The reason is the sea of nu_e: a moment with nu_mu does not feel it."""
    star = ab.supernova.load("fiducial", neutrinos="beta")
    energy = {
        f: deposition_energies(ab.DipoleHNL(mass=100 * u.MeV, dipole={f: 1e-12 / u.GeV}), star, [1.0])[0]
        for f in ("e", "mu")
    }
    plain = deposition_energies(
        ab.DipoleHNL(mass=100 * u.MeV, dipole={"mu": 1e-12 / u.GeV}), ab.supernova.load("fiducial"), [1.0]
    )[0]
    assert energy["e"] > 20 * energy["mu"]
    assert_allclose(energy["mu"], plain, rtol=1e-6, atol=0)


def test_scaled_star_keeps_the_dominance():
    """Hotter or colder by 25 %: nucleons still make nine tenths."""
    hnl = ab.HNL(mass=100 * u.MeV, mixing={"tau": 1e-9})
    for factor in (0.8, 1.25):
        shares = free_streaming_shares(hnl, scale_temperature(ab.supernova.load("fiducial"), factor),
                                       resolution=COARSE)  # fmt: skip
        assert shares["n"] + shares["p"] > 0.9
