"""Decay products: energy balance, mean energies of three-body decays, counts of mesons."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from astrobounds import constants as const
from astrobounds.cosmology.relics import injection as inj
from astrobounds.errors import ConfigError
from astrobounds.models.decays.daughters import leaves
from astrobounds.models.decays.hnl_channels import final_states
from astrobounds.models.decays.hnl_widths import CHANNELS
from astrobounds.models.decays.kinematics import dot, lepton_pair_amplitude, three_body
from astrobounds.models.decays.known_decays import M_K0
from astrobounds.models.decays.phase_space import pair_functions
from astrobounds.models.hnl import HNL

MASSES = np.concatenate([np.geomspace(1.1, 1865.0, 90), [135.0, 139.7, 140.1, 245.3, 494.2, 1000.1]])
PATTERNS = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.2, 0.5, 0.3))


def vector(channel, mass, flavour):
    """The shares of one decay through a mixing."""
    return sum(w * leaves(mass, p, a).shares for w, p, a in final_states(channel, mass, flavour))


def every(p):
    return dict.fromkeys(("mu", "pi", "K", "KL"), p)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_energy_balance_closes_for_every_mass_and_fate(pattern):
    for mass in MASSES:
        found = inj.of_model(HNL.fast(mass, tuple(1e-6 * p for p in pattern)))[0]
        assert abs(found.balance) < 1e-12
        for fate in (every(0.0), every(0.4), {"mu": 1.0, "pi": 0.3, "K": 0.0, "KL": 0.9}, every(1.0)):
            parts = found.resolve(fate)
            assert_allclose(parts[:4].sum(), mass, rtol=1e-12)
            assert np.all(parts >= 0.0)


def test_every_channel_of_the_model_is_known():
    for name in CHANNELS:
        flavour = {"e": "e", "m": "mu"}.get(name.replace("nu ", "")[0], "mu")
        found = vector(name, 1860.0 if "tau" not in name else 1950.0, flavour)
        assert_allclose(found @ inj.REST, 1950.0 if "tau" in name else 1860.0, rtol=1e-12)
    with pytest.raises(ConfigError, match="'X'"):
        leaves(100.0, ("nu_e", "X"))


def test_muon_decay_means():
    """nu_e-type 0.30, nu_mu-type and electron 0.35 of m_mu, one neutrino of each."""
    out = inj.muon() / const.M_MU
    assert_allclose(out[:3], [0.35, 0.30, 0.35], atol=1e-4)
    assert_allclose(inj.muon()[8:], [1.0, 1.0, 0.0])


def test_muon_spectrum_integrates_to_the_same_mean():
    x = (np.arange(4000) + 0.5) / 4000 * 0.5  # E/m: 96 E^2 (1-2E/m)/m^3 and 48 E^2 (1-4E/3m)/m^3
    for weight, place in ((96 * x**2 * (1 - 2 * x), 1), (48 * x**2 * (1 - 4 * x / 3), 2)):
        assert_allclose((weight * x).sum() / weight.sum(), inj.muon()[place] / const.M_MU, atol=1e-4)


def test_pion_and_kaon_lines():
    assert_allclose(inj.pion()[[inj.HEAT, inj.NU_MU]], [4.12, 29.79], atol=0.005)
    nu = 0.5 * (const.M_K**2 - const.M_MU**2) / const.M_K
    assert_allclose(nu, 235.5, atol=0.05)
    kaon = inj.kaon(inj.K)
    assert_allclose(kaon @ inj.REST, const.M_K, rtol=1e-12)
    assert kaon[inj.NU_MU] > 0.6356 * nu
    long_lived = inj.kaon(inj.KL)
    assert_allclose(long_lived @ inj.REST, M_K0, rtol=1e-12)
    assert 0.9 < long_lived[inj.PI] < 0.95  # 0.4055 + 0.2704 + 2 x 0.1254


@pytest.mark.parametrize("mass", [215.0, 300.0, 700.0])
def test_three_body_weights_reproduce_the_partial_widths(mass):
    """The phase-space integral of each coupling product is the f1, f2 of the width."""
    unit, _ = three_body(mass, *lepton_pair_amplitude(mass, 1e-6, 1.0, 0.0))
    square, _ = three_body(mass, *lepton_pair_amplitude(mass, const.M_MU, 1.0, 0.0))
    both, _ = three_body(mass, *lepton_pair_amplitude(mass, const.M_MU, 1.0, 1.0))
    f1, f2 = pair_functions(const.M_MU / mass)
    assert_allclose([square / unit, (both - 2.0 * square) / unit], [f1, f2], rtol=1e-9)


def test_three_body_means_against_monte_carlo():
    """Flat three-body phase space by sequential two-body decays, weighted with |M|^2."""
    rng, n, mass = np.random.default_rng(3), 400_000, 400.0
    masses = (0.0, const.M_MU, const.M_MU)
    low, high = 2.0 * const.M_MU, mass
    q = rng.uniform(low, high, n)
    cos = rng.uniform(-1.0, 1.0, n)
    p1 = (mass**2 - q**2) / (2.0 * mass)
    k = np.sqrt(0.25 * q**2 - const.M_MU**2)
    weight = p1 * k  # dPhi3 ~ p1 k dq dcos
    energy = np.hypot(p1, q)
    e2 = (energy * 0.5 * q + p1 * k * cos) / q
    e3 = energy - e2
    pair = dot(mass, masses, 2)
    weight = weight * mass * e3 * pair(e3)  # (P l+)(nu l-)
    _, means = three_body(mass, masses, lambda a, b, c: mass * c * pair(c))
    for sample, mean in zip((p1, e2, e3), means):
        centre = np.average(sample, weights=weight)
        error = np.sqrt(np.average((sample - centre) ** 2, weights=weight) / n) * 2.0
        assert abs(centre - mean) < 4.0 * error


def test_three_neutrinos():
    """Through U_e: 2 of 3 in flavour e with 0.675 of the energy; |M|^2 averaged over flavours."""
    out = vector("3nu", 100.0, "e")
    assert_allclose(out[1:4], [67.5, 16.25, 16.25])
    assert_allclose(out[8:], [2.0, 0.5, 0.5])


def test_counts_of_charged_mesons():
    assert_allclose(vector("e pi", 300.0, "e")[inj.PI], 1.0)
    assert_allclose(vector("nu rho0", 900.0, "mu")[inj.PI], 2.0)
    assert_allclose(vector("nu pi0", 300.0, "tau")[4:8], 0.0)
    eta = vector("nu eta", 700.0, "tau")
    assert 0.5 < eta[inj.PI] < 0.6
    phi = vector("nu phi", 1300.0, "tau")
    assert_allclose(phi[inj.K], 0.982)
    # pi0: 86 % of the tau-mixed N at 300 MeV, all of the pion's energy is heat
    x = (const.M_PI0 / 300.0) ** 2
    assert_allclose(vector("nu pi0", 300.0, "tau")[inj.HEAT], 150.0 * (1.0 + x))


def test_radiative_decay_halves_the_energy():
    assert_allclose(vector("nu gamma", 50.0, "mu")[[inj.HEAT, inj.NU_MU]], 25.0)
