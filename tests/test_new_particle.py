"""The test of the design: particles written here go through every engine."""

import math

import astropy.units as u
import matplotlib
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.models.process import CoalescenceProcess
from astrobounds.models.protocol import BOSON, COUPLING, MASS, Decay, Model, Parameter, State

matplotlib.use("Agg")


class Yukawa(Model):
    """A scalar that couples to electrons, L = g phi ebar e."""

    parameters = (
        Parameter("mass", "MeV", MASS, 0, r"m_\phi", 1.1, 200.0, default=None, example="20*u.MeV"),
        Parameter("electron", "", COUPLING, 2, "g_e", 0.0, 1.0, default=None, example="1e-9"),
    )
    references = ("Raffelt:1996wa",)

    @property
    def states(self):
        return (State("phi", 1.0, BOSON),)

    def unit_width(self):
        """Gamma(phi -> e+ e-)/g^2 = m/(8 pi) (1 - 4 m_e^2/m^2)^(3/2)."""
        m = self.mass_mev
        return m / (8.0 * math.pi) * (1.0 - (2.0 * const.M_E / m) ** 2) ** 1.5

    def decays(self):
        width = self.strengths["electron"] * self.unit_width()
        return (Decay(width, "electron", ("e-", "e+"), branching_ratio=1.0),) if width > 0.0 else ()

    def processes(self):
        return (CoalescenceProcess((("e-", "e+"),), self.unit_width(), 1, "electron", "e e"),)


class Vector(Model):
    """A vector that couples to tau neutrinos and, by a second coupling, to two photons."""

    parameters = (
        Parameter("mass", "MeV", MASS, 0, "m_V", 1.0, 500.0, default=None, example="50*u.MeV"),
        Parameter("tau", "", COUPLING, 2, r"g_\tau", 0.0, 1.0),
        Parameter("photons", "1 / GeV", COUPLING, 2, r"g_\gamma", natural=1e-3, example="1e-9/u.GeV"),
    )
    references = ("Raffelt:1996wa",)

    @property
    def states(self):
        return tuple(State(f"h={h:+d}", 1.0, BOSON, 0, h, ((0, h + 1),)) for h in (-1, 0, 1))

    def decays(self):
        s, m = self.strengths, self.mass_mev
        out = [Decay(s["tau"] * m / (24.0 * math.pi), "tau", ("nu_tau", "nubar_tau"))]
        out.append(Decay(s["photons"] * m**3 / (64.0 * math.pi), "photons", ("gamma", "gamma")))
        return tuple(d for d in out if d.width > 0.0)

    def processes(self):
        if self.strengths["tau"] <= 0.0:
            return ()
        width = self.mass_mev / (24.0 * math.pi)
        return (CoalescenceProcess((("nu_tau", "nubar_tau"),), width, 3, "tau", "nu nu"),)


@pytest.fixture(scope="module")
def star():
    return ab.supernova.load("fiducial")


@pytest.fixture(scope="module")
def phi():
    return Yukawa(mass=20 * u.MeV, electron=1e-9)


def test_it_is_a_value_with_labels_units_and_checks(phi):
    assert phi.lifetime.to_value("s") > 0.0
    assert phi.branching_ratios() == {"e- e+": 1.0}
    assert phi == Yukawa.from_values({"mass": 20.0, "electron": 1e-9})
    assert Yukawa.parameter("mass").label == r"$m_\phi$ [MeV]"
    with pytest.raises(ab.DomainError, match="has no unit"):
        Yukawa(mass=20, electron=1e-9)
    with pytest.raises(ab.DomainError, match="outside"):
        Yukawa(mass=20 * u.MeV, electron=2.0)


def test_emission_and_cooling(phi, star):
    emitted = ab.supernova.emission(phi, star)
    assert 1e40 < emitted.luminosity_erg_s < 1e56
    assert ab.supernova.free_streaming_shares(phi, star) == {"e e": 1.0}
    assert ab.supernova.cooling(phi, star).ratio > 0.0
    assert emitted.plot().get_legend() is not None


def test_an_opaque_star_is_a_bosonic_blackbody(star):
    """L = R^2/(2 pi) int dE E p^2/(e^{E/T} - 1) where the star ends, at strong coupling."""
    ray_end = 60.0
    phi = Yukawa(mass=2 * u.MeV, electron=1e-2)
    found = ab.supernova.emission(phi, star, gravity=False).luminosity_erg_s
    t = float(star.at(ray_end)["T"][0])
    e = np.linspace(2.0, 2.0 + 60.0 * t, 20001)
    power = np.trapezoid(e * (e * e - 4.0) / np.expm1(e / t), e)
    expected = (ray_end * const.KM) ** 2 * power / (2.0 * math.pi) / const.HBAR / const.ERG
    assert_allclose(found, expected, rtol=0.05, atol=0)


def test_deposition_counts_the_pairs(phi, star):
    found = ab.supernova.deposition(phi, star)
    assert found.visible == 1.0
    assert 0.0 < found.energy_erg <= found.emitted_erg


def test_gamma_rays_of_the_pairs(phi, star):
    weak = Yukawa(mass=20 * u.MeV, electron=1e-12)
    found = ab.gamma.smm(weak, star)
    assert np.all(np.asarray(found.fluence) >= 0.0)
    assert np.max(np.asarray(found.fluence)) > 0.0  # final-state radiation


def test_neutrino_events(phi, star):
    assert np.all(ab.supernova.neutrino_signal(phi, star).fluence == 0.0)
    loud = ab.supernova.neutrino_signal(Vector(mass=50 * u.MeV, tau=1e-8), star)
    assert np.sum(loud.fluence) > 0.0


def test_early_universe():
    gone = ab.cosmology.bbn(Yukawa(mass=20 * u.MeV, electron=1e-6))
    standard = ab.cosmology.bbn()
    assert_allclose(gone.Neff, standard.Neff, rtol=0.05, atol=0)
    late = ab.cosmology.bbn(Vector(mass=50 * u.MeV, tau=1e-12, photons=1e-12 / u.GeV))
    assert np.isfinite([late.Neff, late.Yp, late.DH]).all()


class MyLaboratory:
    """A limit on the coupling to electrons from a curve of one's own."""

    name, references, nuisances, null_loglike = "my-lab", (), {}, 0.0

    def predict(self, model):
        return {"g": model.values["electron"]}

    def loglike(self, model, nuisance):
        return -2.3 * (model.values["electron"] / 1e-7) ** 2


@pytest.fixture(scope="module")
def posterior():
    return ab.Posterior(
        Yukawa,
        {"mass": ab.LogUniform(5 * u.MeV, 50 * u.MeV), "electron": ab.LogUniform(1e-12, 1e-6)},
        ["sn1987a-cooling", MyLaboratory()],
    )


def test_scan_sample_and_plots(posterior, tmp_path):
    grid = ab.scan(posterior, y="electron", shape=(5, 8), progress=False)
    assert np.isfinite(grid.loglike["sn1987a-cooling"]).all()
    axes = grid.plot()
    assert "m_" in axes.get_xlabel() + axes.get_ylabel() or "mass" in axes.get_xlabel()
    chain = ab.sample(posterior, tmp_path / "run.h5", walkers=16, steps=40, progress=False, seed=1)
    limit = chain.upper_limit("electron")
    assert 0.0 < limit < 1e-6
    assert "Raffelt:1996wa" in posterior.references


def test_the_second_particle_goes_through_too(star):
    vector = Vector(mass=50 * u.MeV, tau=3e-12, photons=1e-11 / u.GeV)
    assert ab.supernova.cooling(vector, star).ratio > 0.0
    assert 0.0 < ab.supernova.deposition(vector, star).visible < 1.0
    assert np.max(np.asarray(ab.gamma.smm(vector, star).fluence)) > 0.0


def test_a_kind_that_nobody_knows_is_named(star):
    class Odd(Yukawa):
        def processes(self):
            class Unknown:
                kind, coupling, lepton_number, group = "coalescense", "electron", 0, ""
            return (Unknown(),)

    with pytest.raises(ab.ConfigError, match="did you mean 'coalescence'"):
        ab.supernova.emission(Odd(mass=20 * u.MeV, electron=1e-9), star)


def test_a_product_that_nobody_follows_is_named(star):
    class Odd(Yukawa):
        def decays(self):
            return (Decay(1e-20, "electron", ("gluino", "gluino"), branching_ratio=1.0),)

    with pytest.raises(ab.ConfigError, match="gluino"):
        ab.gamma.smm(Odd(mass=20 * u.MeV, electron=1e-12), star)
