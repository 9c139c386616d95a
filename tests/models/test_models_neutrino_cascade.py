"""Neutrinos of decays in flight: numbers, exact energies, and the boxes of two-step decays."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from astrobounds import constants as const
from astrobounds.cosmology.relics import injection as inj
from astrobounds.errors import ConfigError
from astrobounds.models.decays import neutrino_cascade as cascade
from astrobounds.models.decays.daughters import Daughters, leaves
from astrobounds.models.decays.hnl_channels import final_states
from astrobounds.models.decays.neutrino_spectra import stopped
from astrobounds.models.hnl import HNL


def of_channel(mass, channel, flavour):
    """The daughters of one decay through a mixing."""
    found = [(s, leaves(mass, p, a)) for s, p, a in final_states(channel, mass, flavour)]
    return Daughters(mass, 1.0, (), tuple(s for s, _ in found), tuple(part for _, part in found))


@pytest.mark.parametrize("mass", [30.0, 160.0, 300.0, 450.0, 900.0, 1400.0])
@pytest.mark.parametrize("pattern", [(1e-6, 0.0, 0.0), (0.0, 1e-6, 0.0), (2e-7, 3e-7, 5e-7)])
def test_as_many_neutrinos_as_if_everything_decayed_at_rest(mass, pattern):
    """Numbers per flavour do not depend on the motion; energies only grow with it."""
    model = HNL.fast(mass, pattern)
    made = cascade.of_model(model)
    rest = inj.of_model(model)[0].resolve(dict.fromkeys(("mu", "pi", "K", "KL"), 1.0))
    assert_allclose([made.lines[f][1].sum() for f in const.FLAVOURS], rest[4:], rtol=1e-9)
    assert rest[1:4].sum() * (1 - 1e-9) <= made.energy < mass
    direct = cascade.of_model(model, "none")
    assert direct.number <= made.number * (1.0 + 1e-12)
    assert_allclose(
        direct.energy + 0.0, inj.of_model(model)[0].visible[1:4].sum(), rtol=1e-6
    )  # no tau below its threshold


def test_energy_of_an_isotropic_cascade_is_linear_in_the_energy_of_the_pion():
    """N -> e pi: E_pi/m_pi [E_nu* + (E_mu*/m_mu) E(mu)], whatever the boxes look like."""
    mass = 420.0
    made = cascade.of_daughters(of_channel(mass, "e pi", "e"))
    muon = sum(s.energy for s in stopped("mu").values())
    line = stopped("pi")["mu"].energy
    pion = 0.5 * (mass**2 + const.M_PI**2 - const.M_E**2) / mass
    want = pion / const.M_PI * (line + (const.M_PI - line) / const.M_MU * muon)
    assert_allclose(made.energy, want, rtol=1e-9)
    assert_allclose([made.lines[f][1].sum() for f in const.FLAVOURS], [1.0, 2.0, 0.0], rtol=1e-12)


def test_neutrino_of_a_pion_in_flight_is_a_box():
    """nu_mu of pi -> mu nu: flat between m_pi E*(gamma - sqrt(gamma^2 - 1)) and (gamma + ...)."""
    mass = 500.0
    made = cascade.of_daughters(of_channel(mass, "e pi", "e"))
    muon_e = made.lines["e"]
    gamma = 0.5 * (mass**2 + const.M_PI**2 - const.M_E**2) / mass / const.M_PI
    low, high = (29.792 * (gamma + s * np.sqrt(gamma**2 - 1.0)) for s in (-1.0, 1.0))
    # nu_mu from the muon are as many; take those of the pion alone
    number, energy = cascade.to_cells(
        np.linspace(0.0, 250.0, 126), np.array([29.792]), np.array([1.0]),
        np.array([gamma * const.M_PI]), np.array([1.0]), const.M_PI,
    )  # fmt: skip
    assert_allclose(number.sum(), 1.0, rtol=1e-12)
    assert_allclose(energy.sum(), 29.792 * gamma, rtol=1e-12)
    inside = (np.arange(125) * 2.0 > low) & (np.arange(125) * 2.0 + 2.0 < high)
    assert_allclose(number[inside], 2.0 / (high - low), rtol=1e-12)
    assert muon_e[0].max() < 250.0


def test_kaons_and_resonances_keep_their_counts():
    for channel, flavour, mass in (("mu K", "mu", 700.0), ("e K*", "e", 1100.0), ("nu phi", "e", 1300.0),
                                   ("nu eta", "tau", 700.0), ("nu hadrons", "mu", 1500.0)):  # fmt: skip
        found = of_channel(mass, channel, flavour)
        made = cascade.of_daughters(found)
        vector = inj.Injection(mass, found.shares)
        rest = vector.resolve(dict.fromkeys(("mu", "pi", "K", "KL"), 1.0))
        assert_allclose(made.number, rest[4:].sum(), rtol=1e-9)
        assert made.energy < mass


def test_dipole_is_a_line_and_others_are_refused():
    import astropy.units as u

    from astrobounds.models.dipole import DipoleHNL

    model = DipoleHNL(mass=50 * u.MeV, dipole={"mu": 1e-9 / u.GeV, "tau": 2e-9 / u.GeV})
    made = cascade.of_model(model)
    assert made.lines["e"][0].size == 0
    assert_allclose(made.lines["mu"], [[25.0], [0.2]], rtol=1e-12)
    with pytest.raises(ConfigError, match="does not say what it decays to"):
        cascade.of_model(object())
    with pytest.raises(ConfigError, match="flight"):
        cascade.of_model(model, "stopped")
