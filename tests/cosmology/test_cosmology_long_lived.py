"""A decaying particle as a user describes it, and one in equilibrium: limits and other routes."""

import pickle
import warnings

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.interpolate import CubicSpline

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.cosmology.neutrinos import decoupling
from astrobounds.cosmology.neutrinos.expansion import fermi_f3
from astrobounds.cosmology.plasma import thermodynamics
from astrobounds.cosmology.plasma.matching import entropy_at
from astrobounds.cosmology.relics import inverse, thermal
from astrobounds.cosmology.relics.injection import of_model
from astrobounds.errors import ConfigError, DomainError
from astrobounds.models.dipole import DipoleHNL
from astrobounds.models.hnl import HNL
from astrobounds.models.initial import Cold

STANDARD = ab.cosmology.bbn(omega_b=0.02237)
HOT = {"decoupling_temperature": 10 * u.GeV}


def particle(mass, lifetime, branching, **options):
    return ab.LongLivedParticle(
        mass=mass * u.MeV, lifetime=lifetime * u.s, branching=branching, **options
    )


def quiet(model, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ab.ValidityWarning)
        return ab.cosmology.bbn(model, omega_b=0.02237, **options)


@pytest.mark.parametrize(("model", "neff", "yp", "dh"), [
    (particle(100.0, 0.1, {"e e": 1.0}, **HOT), 2.7905, 0.24737, 2.3836e-5),
    (particle(250.0, 0.1, {"mu mu": 1.0}, **HOT), 2.6414, 0.25030, 2.3603e-5),
    (particle(300.0, 0.02, {"mu mu": 0.217, "pi+ pi-": 0.522, "pi0 pi0": 0.261}, **HOT),
     3.0165, 0.25723, 2.4966e-5),
])  # fmt: skip
def test_scalars_that_decoupled_at_10_gev(model, neff, yp, dh):
    """An independent solution: 0.0008 in N_eff for the first, less for the others."""
    out = quiet(model)
    assert_allclose((out.Neff, out.Yp, out.DH), (neff, yp, dh), rtol=4e-4, atol=0)


def test_a_cold_dark_particle_is_the_relic_of_the_expansion():
    """rho at rest, all into dark radiation: 0.03 % against the Relic of decoupling, of which 0.2 % decays
    between the beginning and 20 MeV."""
    density = 1.3207e2  # MeV^3 at 20 MeV in the plasma without muons
    other = quiet(decoupling.Relic(density, 100.0, const.HBAR, {"dark": 1.0}))
    per_entropy = density * 0.6**3 / entropy_at(12.0) * np.exp(1.86e-3)
    out = quiet(particle(100.0, 1.0, {"dark": 1.0}, abundance=per_entropy))
    assert_allclose(out.Neff, other.Neff, rtol=3e-4, atol=0)
    assert_allclose((other.Neff, out.Yp), (6.2455, 0.27970), rtol=3e-4, atol=0)


def test_a_cold_particle_that_heats_is_the_relic_of_the_expansion():
    """30 MeV at rest into photons, 0.5 s: decays in vacuum, and no inverse ones."""
    density = 1.3207e2
    other = quiet(decoupling.Relic(density, 30.0, const.HBAR / 0.5, {"em": 1.0}))
    per_entropy = density * 0.6**3 / entropy_at(12.0) * np.exp(2 * 1.86e-3)
    out = quiet(particle(30.0, 0.5, {"gamma gamma": 1.0}, abundance=per_entropy))
    assert_allclose((other.Neff, other.Yp), (2.6349, 0.24599), rtol=3e-5, atol=0)
    assert_allclose((out.Neff, out.Yp, out.DH), (other.Neff, other.Yp, other.DH), rtol=2e-4, atol=0)


def test_an_abundance_below_that_of_inverse_decays_is_flagged():
    """135 g Gamma M_Pl/(8 pi^3 1.66 g^(3/2) m^2) = 1.136e-6 for 10 MeV, 1e-24 MeV, g = 10.75."""
    assert_allclose(inverse.freeze_in(1.0, 1e-24, 10.0), 1.13566e-6, rtol=0.01)
    few, many = (particle(300.0, 0.3, {"pi+ pi-": 1.0}, abundance=x) for x in (1e-12, 1e-3))
    assert "inverse decays" in quiet(few).flags
    assert "inverse decays" not in quiet(many).flags


def test_stimulated_decay_at_rest_is_that_of_photons_at_half_the_mass():
    """1 + 2 f_BE(m/2) at rest."""
    x = particle(30.0, 0.5, {"gamma gamma": 1.0}, **HOT)
    production = quiet(x).relic.modes.species.production
    for T in (5.0, 12.0, 50.0):
        made = production.decay(np.array([T]), np.array([[1e-6]]), "both")[0, 0]
        assert_allclose(made, 1.0 + 2.0 / np.expm1(15.0 / T), rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    "branching", [{"e e": 1.0}, {"pi+ pi-": 1.0}, {"nu_mu nubar_mu": 0.5, "K+ K-": 0.5}]
)
def test_no_abundance_and_no_lifetime_are_the_standard_universe(branching):
    mass = 1200.0
    none = quiet(particle(mass, 1e3, branching, abundance=1e-40))
    gone = quiet(particle(mass, 1e-9, branching, abundance=1e-3))
    for out in (none, gone):
        assert_allclose((out.Neff, out.Yp, out.DH), (STANDARD.Neff, STANDARD.Yp, STANDARD.DH), rtol=2e-5)


class Described(HNL):
    """An HNL that is only its decays and how many of it there were."""

    def processes(self):
        return ()


def moved(real, copy):
    """By how much one moves N_eff and Y_p, over the other, per particle at 12 MeV."""
    ratio = copy.relic.modes.number[0] / real.relic.modes.number[0]
    return np.array([(copy.Neff - STANDARD.Neff) / (real.Neff - STANDARD.Neff),
                     (copy.Yp - STANDARD.Yp) / (real.Yp - STANDARD.Yp)]) / ratio, ratio  # fmt: skip


def test_the_widths_and_the_abundance_of_an_hnl_reproduce_it():
    """n/s of one given to the other, at rest: the momenta of decoupling are what is left."""
    hnl = HNL.fast(300.0, (0.0, 2e-8, 0.0))
    real = quiet(hnl)
    early = np.exp(5.1e-3 / real.relic.lifetime)
    copy = Described.fast(300.0, (0.0, 2e-8, 0.0))
    copy.__dict__["initial"] = Cold(real.relic.modes.number[0] / entropy_at(12.0) * early)
    copy = quiet(copy)
    assert_allclose(of_model(hnl)[0].visible, copy.relic.injection.visible, rtol=1e-12)
    found, ratio = moved(real, copy)
    assert_allclose(ratio, 1.0, rtol=0.02)
    assert_allclose(found, 1.0, rtol=0.02)


def test_the_width_and_the_abundance_of_a_dipole_neutrino_reproduce_it():
    """n/s at 12 MeV, given to a particle at rest; mean energies there were 1.03 m."""
    real = quiet(DipoleHNL.fast(100.0, (0.0, 3e-10, 0.0)))
    lifetime = real.relic.lifetime
    per_entropy = real.relic.modes.number[0] / entropy_at(12.0) * np.exp(5.1e-3 / lifetime)
    copy = quiet(particle(100.0, lifetime, {"nu_mu gamma": 1.0}, abundance=per_entropy, spin="dirac"))
    found, ratio = moved(real, copy)
    assert_allclose(ratio, 1.0, rtol=0.005)
    assert_allclose(found, 1.0, rtol=0.01)


def test_long_lives_break_nuclei_and_mesons_convert_nucleons():
    late = quiet(particle(100.0, 1e6, {"gamma gamma": 1.0}, abundance=2e-11))
    assert late.cascade is not None
    assert late.DH < 0.98 * late.before_cascade["DH"]
    pions = quiet(particle(300.0, 0.05, {"pi+ pi-": 1.0}, **HOT))
    assert pions.Yp > STANDARD.Yp + 0.02
    assert pions.relic.population.n_to_p.max() > 0.0


def test_neutrino_spectra_of_a_late_scalar():
    """Two lines of half the mass: with resolved momenta the energy is kept."""
    x = particle(40.0, 0.3, {"nu_mu nubar_mu": 0.5, "e e": 0.5}, abundance=1e-3)
    _, injected = x, of_model(x)[0]
    assert injected.spectra["mu"].lines == ((20.0, 1.0),)
    assert_allclose(injected.visible[:3], (20.0, 0.0, 20.0), rtol=1e-12)


def test_shares_of_the_written_matrix_elements():
    """Mean energy of the neutrino of nu e e over m: 1/3 flat, 7/20 and 3/10."""
    for element, share in (("phase space", 1 / 3), ("left-handed pair", 0.35), ("charged current", 0.30)):
        options = {"abundance": 1e-9, "spin": "majorana", "matrix_element": element}
        x = particle(1800.0, 1.0, {"nu_mu e e": 1.0}, **options)
        assert_allclose(of_model(x)[0].visible[2] / 1800.0, share, rtol=1e-4)
    resolved = of_model(particle(250.0, 1.0, {"mu mu": 1.0}, abundance=1e-9))[0]
    every = resolved.resolve(dict.fromkeys(("mu", "pi", "K", "KL"), 1.0))
    assert_allclose(every[:3], (112.652, 63.392, 73.956), rtol=1e-5)
    pions = of_model(particle(300.0, 1.0, {"pi+ pi-": 1.0}, abundance=1e-9))[0]
    every = pions.resolve(dict.fromkeys(("mu", "pi", "K", "KL"), 1.0))
    assert_allclose(every[:3], (103.067, 63.392, 133.540), rtol=1e-5)


@pytest.mark.parametrize(("branching", "options", "why"), [
    ({"e e": 0.5}, {}, "must sum to 1"), ({"mu mu": 1.0}, {"mass": 100.0}, "too light"),
    ({"nu gamma": 1.0}, {}, "an odd number of fermions"),
    ({"e e": 1.0}, {"spin": "majorana"}, "an even number"),
    ({"e p": 1.0}, {}, "did you mean"), ({"e e": 0.5, "e- e+": 0.5}, {}, "twice"),
    ({"e e": 1.0}, HOT, "give one of them"), ({"e e": 1.0}, {"abundance": 0.0}, "how many"),
    ({"e e": 1.0}, {"abundance": 0.0, "decoupling_temperature": 1 * u.MeV}, "12 MeV or hotter"),
])  # fmt: skip
def test_what_cannot_be_is_refused(branching, options, why):
    settings = {"abundance": 1e-9, "mass": 300.0, **options}
    with pytest.raises(DomainError, match=why):
        particle(settings.pop("mass"), 1.0, branching, **settings)


def test_it_is_a_value_and_a_posterior_takes_it():
    x = particle(100.0, 1e4, {"e e": 0.9, "gamma gamma": 0.1}, abundance=1e-12)
    assert pickle.loads(pickle.dumps(x)) == x
    assert hash(x) == hash(particle(100.0, 1e4, {"e- e+": 0.9, "gamma gamma": 0.1}, abundance=1e-12))
    assert_allclose(list(x.branching_ratios().values()), (0.9, 0.1), rtol=1e-12)
    assert_allclose(x.lifetime.to_value("s"), 1e4)
    post = ab.Posterior(
        model=ab.LongLivedParticle,
        priors={"mass": 100 * u.MeV, "lifetime": ab.LogUniform(1e-2 * u.s, 1e2 * u.s),
                "abundance": ab.LogUniform(1e-6, 1e-2), "branching.e e": 1.0},
        constraints=[ab.constraints.get("bbn", marginalise=["rates", "tau_n", "omega_b"], table=False)],
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ab.ValidityWarning)
        points = [post.coordinates({"lifetime": 1.0, "abundance": x}) for x in (1e-6, 1e-2)]
        few, many = map(post.loglike, points)
    assert many < few - 5.0
    assert abs(few) < 5.0


def test_a_run_file_takes_it(tmp_path):
    from astrobounds.config import load

    path = tmp_path / "run.yaml"
    path.write_text(
        "model: LongLivedParticle\nnature: vector\nparameters:\n  mass: 60 MeV\n"
        "  lifetime: {prior: log-uniform, low: 0.01 s, high: 10 s}\n"
        "  abundance: {prior: log-uniform, low: 1.0e-8, high: 1.0e-2}\n"
        "  branching.e e: 0.25\n  branching.dark: 0.75\n"
        "constraints: [bbn]\nscan: {x: lifetime, y: abundance, shape: [4, 4]}\n"
    )
    model, _ = load(path).posterior.point({"lifetime": 0.5, "abundance": 1e-3})
    assert model == particle(60.0, 0.5, {"e e": 0.25, "dark": 0.75}, abundance=1e-3, spin="vector")


def test_gamma_rays_of_any_spectrum():
    from astrobounds.gamma.arrival import make_signal

    def burst(energy):
        energy = np.asarray(energy, dtype=float)
        return 1e50 * np.sqrt(energy**2 - 100.0**2) * np.exp(-energy / 30.0)

    x = particle(100.0, 1e4, {"gamma gamma": 1.0}, abundance=1e-12)
    signal = make_signal(x, burst, radius_cm=0.0)
    found = signal.fluences(((1e-3, 1e4),), ((0.0, 1e20),))[0, 0]
    assert_allclose(found, signal.all_photons(), rtol=1e-5)


# ---- in equilibrium ----------------------------------------------------------------------------
@pytest.mark.parametrize(("mass", "spin", "photons", "neutrinos"), [
    (1.0, "scalar", (2.4604, 0.24707, 2.2957e-5), (3.7885, 0.25168, 2.6630e-5)),
    (5.0, "vector", (2.2353, 0.24655, 2.2337e-5), (4.1329, 0.24823, 2.7284e-5)),
    (10.0, "majorana", (2.8214, 0.24732, 2.3913e-5), (3.2519, 0.24694, 2.4999e-5)),
    (5.0, "dirac", (2.0751, 0.24647, 2.1907e-5), (4.4593, 0.24885, 2.8126e-5)),
])  # fmt: skip
def test_thermal_particles(mass, spin, photons, neutrinos):
    """Damped iteration with an External source, found before this code: 1e-4."""
    for partner, want in (("photons", photons), ("neutrinos", neutrinos)):
        out = quiet(ab.ThermalParticle(mass=mass * u.MeV, couples_to=partner, spin=spin))
        assert_allclose((out.Neff, out.Yp, out.DH), want, rtol=1e-4, atol=0)


@pytest.mark.parametrize(("spin", "effective"), [("scalar", 1.0), ("vector", 3.0), ("dirac", 3.5)])
def test_plateaus_of_light_particles_are_those_of_entropy(spin, effective):
    """3.044 [11/(11 + 2 g)]^(4/3) and 3.044 (1 + 4 g/21)^(4/3), if decoupling were sudden."""
    light = {p: quiet(ab.ThermalParticle(mass=0.1 * u.MeV, couples_to=p, spin=spin)).Neff
             for p in ("photons", "neutrinos")}  # fmt: skip
    assert_allclose(light["photons"], 3.044 * (11.0 / (11.0 + 2.0 * effective)) ** (4.0 / 3.0), rtol=0.02)
    assert_allclose(light["neutrinos"], 3.044 * (1.0 + 4.0 * effective / 21.0) ** (4.0 / 3.0), rtol=0.02)


def test_heavy_thermal_particles_leave_nothing_behind():
    for partner in ("photons", "neutrinos"):
        out = quiet(ab.ThermalParticle(mass=100 * u.MeV, couples_to=partner, spin="dirac"))
        assert_allclose(out.Neff, STANDARD.Neff, rtol=5e-4)


def test_equilibrium_densities_in_closed_form():
    for statistics, factor in ((-1, 1.0), (1, 7.0 / 8.0)):
        rho, pressure = thermal.equilibrium(1e-6, np.array([2.0]), 2.0, statistics)
        assert_allclose(rho, factor * np.pi**2 / 15.0 * 16.0, rtol=1e-6)
        assert_allclose(pressure, rho / 3.0, rtol=1e-6)
    rho, pressure = thermal.equilibrium(100.0, np.array([1.0]), 1.0, 1)
    number = (100.0 / (2.0 * np.pi)) ** 1.5 * np.exp(-100.0)
    assert_allclose(pressure, number, rtol=0.03)
    assert_allclose(rho, 100.0 * number, rtol=0.04)


def test_a_thermal_particle_refuses_resolved_neutrinos():
    with pytest.raises(ConfigError, match="thermal neutrinos"):
        ab.cosmology.bbn(ab.ThermalParticle(mass=5 * u.MeV), neutrinos="momentum")


@pytest.mark.parametrize("model", [
    particle(100.0, 0.3, {"e e": 0.5, "nu_mu nubar_mu": 0.3, "dark": 0.2}, **HOT),
    particle(10.0, 1.0, {"gamma gamma": 1.0}, **HOT),
    particle(300.0, 0.1, {"pi+ pi-": 1.0}, abundance=1e-3),
])  # fmt: skip
def test_energy_is_conserved_over_the_run(model):
    """d(rho a^4)/dx = (rho - 3 P) a^4 of everything, from 12 MeV to 0.8 keV."""
    run = quiet(model, cascade="off").relic
    background, modes = run.background, run.modes
    n = min(len(modes.x), len(background.Tg))
    table = thermodynamics.table("full")
    plasma = np.array([thermodynamics.plasma_state(float(T), table) for T in background.Tg[:n]])
    neutrinos = sum(
        copies * T[:n] ** 4 * np.array([fermi_f3(z) for z in xi[:n]]) / np.pi**2
        for copies, T, xi in ((1.0, background.Tnue, background.xi_e),
                              (2.0, background.Tnumu, background.xi_mu))
    )  # fmt: skip
    dark = background.rho_dark[:n]
    rho = plasma[:, 1] + neutrinos + modes.rho[:n] + dark
    pressure = plasma[:, 0] + neutrinos / 3.0 + modes.pressure[:n] + dark / 3.0
    a4 = np.exp(4.0 * modes.x[:n])
    gained = CubicSpline(modes.x[:n], (rho - 3.0 * pressure) * a4).antiderivative()
    kept = rho * a4 - (gained(modes.x[:n]) - gained(modes.x[0]))
    assert_allclose(kept / kept[0], 1.0, rtol=1e-6, atol=0)


@pytest.mark.parametrize(
    ("mass", "d", "tolerance"), [(3.0, 1e-5, 6e-3), (10.0, 1e-5, 3e-4), (20.0, 1e-7, 3e-5)]
)
def test_fast_decays_to_a_neutrino_and_a_photon_level_their_temperatures(mass, d, tolerance):
    """A dipole neutrino in equilibrium and a particle with its lifetime: N_eff 5.24, 3.355, 3.063.

    What is left is the photon mass of the plasma, which only the former knows.
    """
    real = DipoleHNL.fast(mass, (0.0, d, 0.0))
    lifetime = real.lifetime.to_value("s")
    copy = particle(mass, lifetime, {"nu_mu gamma": 1.0}, decoupling_temperature=1 * u.GeV, spin="dirac")
    real, copy = quiet(real), quiet(copy)
    assert_allclose((copy.Neff, copy.Yp), (real.Neff, real.Yp), rtol=tolerance, atol=0)
    assert real.Neff > STANDARD.Neff + 0.01


def test_fast_decays_to_photons_and_neutrinos_are_flagged():
    x = particle(3.0, 1e-4, {"gamma gamma": 0.5, "nu_e nubar_e": 0.5}, **HOT)
    assert "neutrinos coupled" in quiet(x).flags
    assert "neutrinos coupled" not in quiet(particle(3.0, 1e-4, {"gamma gamma": 1.0}, **HOT)).flags
    assert "neutrinos coupled" not in quiet(particle(100.0, 0.1, {"nu_e nubar_e": 1.0}, **HOT)).flags
