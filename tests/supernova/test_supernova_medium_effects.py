"""Sizes of what the medium does to emission: state of matter, mean fields, S_A, form factors, decays.

Numbers are ratios to the fiducial star at fixed coupling from independent runs; |U|^2 = 1e-12 streams
freely.
"""

from dataclasses import dataclass, replace

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from star_tables import mixed, rate_table

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.supernova import Resolution, load
from astrobounds.supernova.signals.deposition import deposition_energies
from astrobounds.supernova.star.mean_field import SATURATION
from astrobounds.supernova.transport.emission import BEYOND, BINDING_ENERGY
from astrobounds.supernova.transport.solution import absorbing_radius, decays_are_absorption

COARSE = Resolution(radii=8, energies=14, outer=8, inner=6, rays=6, steps=36, spectrum=14)
CONTACT = {"nucleons": "contact", "decays": False}
STAR = load("fiducial")


def hnl(mass, flavour, mixing, nature="majorana"):
    return ab.HNL(mass=mass * u.MeV, mixing={flavour: mixing}, nature=nature)


def luminosity(mass, flavour, star=STAR, mixing=1e-12, **options):
    options = {"resolution": COARSE, **options}
    return ab.supernova.emission(hnl(mass, flavour, mixing), star, **options).luminosity_erg_s


# ---- state of matter ----------------------------------------------------------------------------
@pytest.mark.parametrize(("options", "e20", "e100", "tau"), [
    ({"neutrinos": "equilibrium"}, 0.0090, 0.0066, 0.90),
    ({"neutrinos": "equilibrium", "mean_field": "dd2"}, 0.0102, 0.0067, 0.609),
    ({"neutrinos": "two-region"}, 0.317, 0.290, None),
    ({"neutrinos": "two-region", "mean_field": "dd2"}, 0.103, 0.0783, None),
    ({"neutrinos": "beta"}, None, 1.5, 1.05), ({"proton_fraction": 0.15}, None, 0.13, None),
    ({"proton_fraction": 0.10}, None, 0.04, None),
])  # fmt: skip
def test_state_of_matter_decides_e_mixing(options, e20, e100, tau):
    star = load("fiducial", **options)
    for want, mass, flavour in ((e20, 20.0, "e"), (e100, 100.0, "e"), (tau, 100.0, "tau")):
        if want is not None:
            ratio = luminosity(mass, flavour, star, **CONTACT) / luminosity(mass, flavour, **CONTACT)
            assert_allclose(ratio, want, rtol=0.05, atol=0)


@dataclass(frozen=True, eq=False)
class Changed:
    """Columns of the fiducial star with another shift, or another effective mass and no shift."""

    inner: object
    shift: float = 0.0

    def __call__(self, r):
        state = dict(self.inner(r))
        return {**state, "shift": self.shift * state["n_B"] / SATURATION}


@pytest.mark.parametrize(("options", "shift", "e", "tau"), [
    ({"mean_field": 0.5}, 0.0, 0.67, 0.78), ({}, 26.0, 0.61, None),
])  # fmt: skip
def test_effective_mass_and_potentials(options, shift, e, tau):
    """m* = m/(1 + 0.5 n/n0); U_n - U_p = 26 MeV n/n0 at fixed Y_p = 0.3."""
    star = load("fiducial", **options)
    star = replace(star, columns=Changed(star.columns, shift))
    for want, flavour in ((e, "e"), (tau, "tau")):
        if want is not None:
            ratio = luminosity(100.0, flavour, star, **CONTACT) / luminosity(100.0, flavour, **CONTACT)
            assert_allclose(ratio, want, rtol=0.06, atol=0)


def test_axial_response():
    """S_A halves what tau mixing makes and lets more out where N is trapped; with form factors 0.48."""
    star = load("fiducial", axial_response="horowitz2017")
    for mass in (50.0, 100.0):
        for options, want in ((CONTACT, 0.454), ({}, 0.48)):
            ratio = luminosity(mass, "tau", star, **options) / luminosity(mass, "tau", **options)
            assert_allclose(ratio, want, rtol=0.03, atol=0)
    for mass, want in ((50.0, 1.4), (200.0, 5.9)):
        trapped = {"mixing": 3e-4, **CONTACT}
        ratio = luminosity(mass, "tau", star, **trapped) / luminosity(mass, "tau", **trapped)
        assert_allclose(ratio, want, rtol=0.1, atol=0)


# ---- form factors -------------------------------------------------------------------------------
@pytest.mark.parametrize(("mass", "tau"), [(50.0, 0.87), (100.0, 0.82), (300.0, 0.56)])
def test_form_factors_in_the_star(mass, tau):
    """The mean of n and p at rest and T = 30 MeV; matter is dense here and leptons take part."""
    new, old = (luminosity(mass, "tau", nucleons=n, decays=False) for n in ("form factors", "contact"))
    assert_allclose(new / old, tau, rtol=0.05, atol=0)


# ---- decays -------------------------------------------------------------------------------------
def _shares(mass, flavour):
    """Decay over scattering: (radii, absorption at E = m + 60 MeV, energy made), per radius."""
    table = rate_table(mixed(mass, flavour), STAR, nucleons="contact")
    radius, e = np.concatenate(table.pieces), table.energy
    own = [p.kind == "inverse decays" for p in table.processes]
    at = int(np.argmin(np.abs(e - mass - 60.0)))
    absorbed, made = np.zeros((2, radius.size)), np.zeros((2, radius.size))
    weight = np.gradient(e) * e**2 * np.sqrt(e * e - mass * mass)
    for i, decay in enumerate(own):
        absorbed[int(decay)] += table.rates[i, :, at].sum(-1)
        made[int(decay)] += table.production(i) @ weight
    return radius, absorbed[1] / absorbed[0], made[1] / made[0]


def test_decay_is_opacity_above_180_mev():
    """Decay over scattering at 200 MeV: 0.03, 0.2, 1.4, 4 at 10, 15, 22, 27 km."""
    radius, absorbed, made = _shares(200.0, "tau")
    at = [int(np.argmin(np.abs(radius - r))) for r in (10.0, 15.0, 22.0, 27.0)]
    assert_allclose(absorbed[at], [0.027, 0.19, 1.35, 4.0], rtol=0.12, atol=0)
    assert_allclose(made[at[0]], 0.027, rtol=0.1, atol=0)  # 3 % more is made at 10 km
    assert_allclose(_shares(300.0, "tau")[2][at[0]], 0.13, rtol=0.1, atol=0)


@pytest.mark.parametrize(("flavour", "mixing", "low", "high"), [
    ("tau", 5e-6, 0.2, 0.9), ("mu", 5e-6, 0.2, 0.9), ("e", 3e-6, 0.1, 0.9),
])  # fmt: skip
def test_decays_absorb_what_is_trapped_at_200_mev(flavour, mixing, low, high):
    kept = [luminosity(200.0, flavour, mixing=mixing, decays=d) for d in (True, False)]
    assert low < kept[0] / kept[1] < high


def test_decays_do_nothing_to_light_particles():
    for mixing in (1e-10, 1e-4):
        kept = [luminosity(20.0, "tau", mixing=mixing, decays=d) for d in (True, False)]
        assert_allclose(kept[0], kept[1], rtol=1e-4, atol=0)


def test_decays_with_muons_and_in_every_transport():
    """Detailed balance of every channel keeps an opaque star a blackbody: more coupling, less light."""
    star = ab.supernova.with_muons(STAR)
    for helicity in ("helicity", "averaged", "particles"):
        thick = [
            luminosity(250.0, "mu", star, mixing=x, helicity=helicity) for x in (1e-5, 1e-4, 1e-3)
        ]
        assert thick[0] > thick[1] > thick[2] > 0.0


def test_where_decays_are_absorption():
    assert decays_are_absorption(hnl(100.0, "tau", 1e-9))
    assert not decays_are_absorption(hnl(100.0, "tau", 1e-9), decays=False)
    assert absorbing_radius(hnl(100.0, "tau", 1e-9), STAR) == 60.0
    assert absorbing_radius(hnl(100.0, "tau", 1e-9), STAR, {"r_max": 40 * u.km}) == 40.0
    assert absorbing_radius(hnl(100.0, "tau", 1e-9), STAR, {"decays": False}) == 0.0
    assert decays_are_absorption(ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 1e-9 / u.GeV}), decays=False)


# ---- deposition ---------------------------------------------------------------------------------
def test_mixing_deposits_the_net_flux():
    """Thin: the same as the flux at infinity between the radii. Trapped: the net flux diffuses."""
    model, thin = hnl(100.0, "tau", 1.0), [1e-10, 1e-9]
    options = {"resolution": COARSE, "core": 20 * u.km}
    new = deposition_energies(model, STAR, thin, **options)
    old = deposition_energies(model, STAR, thin, decays=False, **options)
    assert_allclose(new, old, rtol=2e-3, atol=0)
    thick = deposition_energies(model, STAR, [1e-3, 1e-2], **options)
    assert thick[0] > 10.0 * thick[1] > 0.0


def test_the_default_core_is_the_neutrino_sphere():
    """T = 3 MeV at 39.8 km; what a trapped dipole leaves falls with the radius of the core."""
    dip = ab.DipoleHNL(mass=100 * u.MeV, dipole={"mu": 3e-8 / u.GeV})
    kept = [
        ab.supernova.deposition(dip, STAR, core=core, budget=1e60 * u.erg).energy_erg
        for core in (20 * u.km, 30 * u.km, None, 60 * u.km)
    ]
    assert_allclose(kept, [2.0e53, 1.8e52, 2.5e51, 9.2e49], rtol=0.05, atol=0)
    assert_allclose(
        ab.supernova.deposition(dip, STAR, core=39.81 * u.km).energy_erg, kept[2], rtol=1e-3, atol=0
    )


def test_no_more_than_the_star_has():
    """e mixing in beta equilibrium would carry 1e56 erg/s: held at 3e53 erg, with a flag."""
    star = load("fiducial", neutrinos="beta")
    model = hnl(16.21, "e", 3.45e-3, "dirac")
    raw = ab.supernova.emission(model, star, resolution=COARSE)
    assert raw.flags == (BEYOND,)
    assert BEYOND in repr(raw)
    assert raw.luminosity_erg_s > 1e55
    cooled = ab.supernova.cooling(model, star, resolution=COARSE)
    assert cooled.luminosity_erg_s == cooled.luminosity.to_value(u.erg / u.s) == BINDING_ENERGY
    assert cooled.flags == (BEYOND,)
    assert cooled.excluded
    left = ab.supernova.deposition(model, star, resolution=COARSE)
    assert left.flags == (BEYOND,)
    assert left.energy_erg <= left.emitted_erg == BINDING_ENERGY
    spectrum = raw.time_integrated(3.0)
    e, w = raw.energy_mev, raw.weight
    assert_allclose((w * e * spectrum(e)).sum() / const.ERG, BINDING_ENERGY, rtol=1e-3, atol=0)
    faint = ab.supernova.cooling(hnl(16.21, "e", 1e-12), star, resolution=COARSE)
    assert faint.flags == ()
    assert faint.luminosity_erg_s == faint.emission.luminosity_erg_s


def test_star_of_a_constraint_as_a_mapping():
    star = {"name": "fiducial", "neutrinos": "equilibrium", "mean_field": True}
    cooling = ab.constraints.get("sn1987a-cooling", star=star)
    assert cooling.star.name == "fiducial, equilibrium, mean field"
    assert cooling.star.at([0.0])["mu_nu_e"] == 0.0
