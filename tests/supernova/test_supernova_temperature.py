"""Stars with another temperature scale: the same densities, chemical potentials solved again."""

import pickle

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.supernova import cooling_history, load, scale_temperature
from astrobounds.supernova.signals.variations import default_variations
from astrobounds.supernova.star import eos
from astrobounds.supernova.star.muons import with_muons

R = np.array([0.0, 3.0, 9.99, 15.0, 40.0, 90.0])


@pytest.mark.parametrize("neutrinos", ["zero", "beta"])
def test_equals_the_analytic_star_of_that_temperature(neutrinos):
    scaled = scale_temperature(load("fiducial", neutrinos=neutrinos), 1.2).at(R)
    direct = load("fiducial", neutrinos=neutrinos, t_c=36.0).at(R)
    for name in ("T", "rho", "mu_n", "mu_p", "mu_e", "mu_nu_e", "mu_nu_mu", "lapse", "m_n"):
        np.testing.assert_allclose(scaled[name], direct[name], rtol=1e-9, atol=1e-8)
    assert np.isnan(scaled["mu_mu"]).all()


def test_densities_of_every_species_stay():
    star = with_muons(load("fiducial", neutrinos="beta"))
    cold, hot = star.at(R), scale_temperature(star, 1.3).at(R)

    def density(state, name, mass, sign):
        columns = zip(state[f"mu_{name}"], np.broadcast_to(mass, R.shape), state["T"])
        return [eos.number_density(sign * mu, m, t, False, eos.RULE) for mu, m, t in columns]

    for name, mass in (("n", 939.0), ("p", 939.0)):
        np.testing.assert_allclose(density(hot, name, mass, 1), density(cold, name, mass, 1), rtol=1e-9)
    for name, mass in (("e", const.M_E), ("mu", const.M_MU)):
        net = [np.subtract(density(s, name, mass, 1), density(s, name, mass, -1)) for s in (cold, hot)]
        np.testing.assert_allclose(net[1], net[0], rtol=1e-7, atol=1e-9)
    for state in (cold, hot):  # beta equilibrium before and after
        np.testing.assert_allclose(
            state["mu_nu_e"], state["mu_e"] + state["mu_p"] - state["mu_n"], atol=1e-7
        )
    np.testing.assert_allclose(cold["mu_mu"], cold["mu_n"] - cold["mu_p"], atol=1e-9)


def test_travels_and_loads_by_option():
    star = scale_temperature(scale_temperature(load("fiducial"), 1.1), 0.9)
    again = pickle.loads(pickle.dumps(star))
    np.testing.assert_allclose(again.at(R)["mu_e"], star.at(R)["mu_e"], rtol=1e-9)
    by_name = load("fiducial", temperature_scale=0.99)
    np.testing.assert_allclose(by_name.at(R)["T"], star.at(R)["T"], rtol=1e-12)
    assert scale_temperature(star, 1.0) is star


def test_illustrative_history_of_any_star():
    cold = load("illustrative-cold")
    history = cooling_history([1, 5] * u.s, star=cold)
    assert history.stars[0] is cold
    assert_allclose(
        history.stars[1].peak_temperature, np.exp(-0.25) * cold.peak_temperature, rtol=1e-9, atol=0
    )


def test_variations_follow_any_star():
    names = {v.name: v for v in default_variations("cooling", load("illustrative-hot"))}
    assert_allclose(
        names["temperature x 0.8"].star.peak_temperature,
        0.8 * load("illustrative-hot").peak_temperature,
        rtol=1e-9, atol=0,
    )
    assert names["muons in beta equilibrium"].star.has_muons
    assert names["energy over the burst"].history.stars[0].name == "illustrative-hot"
    particle = ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 1e-9 / u.GeV})
    dipole = {v.name for v in default_variations("deposition", None, particle)}
    assert "cooling burst, 1-10 s" in dipole
    assert "muons in beta equilibrium" not in dipole
    with pytest.raises(ab.DomainError, match="read_history"):
        ab.supernova.Variation("x", history=[load("fiducial")])


def test_burst_edge_is_where_the_energy_meets_the_budget():
    """The row of the criterion against a direct sum over snapshots."""
    coarse = ab.supernova.Resolution(radii=8, energies=12, outer=8, inner=6, rays=6, steps=36, spectrum=14)
    star = load("fiducial")
    out = ab.supernova.systematics(ab.DipoleHNL, "mu", 30 * u.MeV, star=star, resolution=coarse,
                                   variations=["energy over the burst"])  # fmt: skip
    row = out.row("energy over the burst")
    for edge in (row.lower[0], row.upper[0]):
        dip = ab.DipoleHNL(mass=30 * u.MeV, dipole={"mu": edge})
        energy = cooling_history(star=star).emission(dip, resolution=coarse).energy
        assert_allclose(energy.to_value(u.erg), 1.5e53, rtol=1e-5, atol=0)
    heat = ab.supernova.systematics(
        ab.DipoleHNL, "mu", 30 * u.MeV, star=star, resolution=coarse, criterion="deposition",
        variations=["cooling burst, 1-10 s"],
    ).row("cooling burst, 1-10 s")  # fmt: skip
    dip = ab.DipoleHNL(mass=30 * u.MeV, dipole={"mu": heat.lower[0]})
    total = cooling_history(star=star).deposition(dip, resolution=coarse).energy_erg
    assert_allclose(total, 1e50, rtol=1e-5, atol=0)
