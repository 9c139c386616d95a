"""A dipole-portal N in the fiducial star: published benchmark set, limits, options."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.supernova import DipoleMedium, with_neutrinos
from astrobounds.supernova.signals.deposition import deposition_energies
from astrobounds.supernova.transport.solution import solution

GEV = 1 / u.GeV
STATIC = DipoleMedium(
    targets=("p",), kinds=("upscatter", "inverse decay"), recoil=False, debye="density"
)
FLAT = {"gravity": False, "helicity": "particles", "medium": STATIC}
AXIS = np.geomspace(1e-12, 1e-5, 1201)  # d [GeV^-1]


@pytest.fixture(scope="module")
def stars():
    star = ab.supernova.load("fiducial", neutrinos="zero")

    def degenerate(r):
        return 150.0 * np.maximum(r / 10.0, 1.0) ** -3

    return {0: star, 150: with_neutrinos(star, e=degenerate)}


def model(m, d=1e-9, **options):
    return ab.DipoleHNL(mass=m * u.MeV, dipole={"e": d * GEV}, **options)


def crossings(values, level):
    y = np.log(values / level)
    at = np.flatnonzero(y[1:] * y[:-1] < 0.0)
    x = np.log(AXIS)
    return np.exp(x[at] + (x[at + 1] - x[at]) * y[at] / (y[at] - y[at + 1]))


SET = [  # m, mu_nu, L_fs/d^2 [erg/s GeV^2], proton share, cooling window, deposition window
    (0.1, 0, 2.5770e70, 1.000, (1.080e-9, 9.58e-7), (1.246e-8,)),
    (50.0, 0, 2.3699e70, 0.809, (1.127e-9, 7.21e-8), (5.304e-11, 1.095e-7)),
    (200.0, 0, 2.2258e70, 0.030, (), (5.476e-11, 7.68e-9)),
    (0.1, 150, 9.3789e71, 1.000, (1.789e-10, 1.10e-6), (5.487e-9,)),
    (50.0, 150, 8.6475e71, 0.968, (1.863e-10, 9.72e-8), (1.215e-11, 1.29e-7)),
    (200.0, 150, 7.7369e71, 0.080, (1.980e-10, 6.46e-9), (9.283e-12, 1.04e-8)),
]


@pytest.mark.parametrize(("m", "mu", "free", "share", "cooling", "heating"), SET)
def test_static_set(stars, m, mu, free, share, cooling, heating):
    """Static protons, F1, inverse decay, flat space, 60 km, helicities averaged; 0.1-0.5 %."""
    dip, star = model(m), stars[mu]
    ray = solution(dip, star, **FLAT)
    assert_allclose(ray.luminosity({"dipole.e": 1e-36})[0] * 1e30, free, rtol=1e-3, atol=0)
    shares = ab.supernova.free_streaming_shares(dip, star, **FLAT)
    assert_allclose(shares["p"], share, rtol=0, atol=1e-3)
    luminosity = ray.luminosity({"dipole.e": 1e-6}, AXIS**2)
    assert_allclose(crossings(luminosity, 3e52), cooling, rtol=6e-3, atol=0)
    if not cooling:
        assert_allclose(luminosity.max(), 2.69e52, rtol=3e-3, atol=0)
    deposited = deposition_energies(
        dip, star, (AXIS / 1e-9) ** 2, envelope=3e13 * u.cm, core=60 * u.km, budget=1e60 * u.erg, **FLAT
    )
    assert_allclose(crossings(deposited, 1e50), heating, rtol=3e-3, atol=0)


def test_degenerate_neutrinos_raise_the_reach(stars):
    """A sea of nu_e with mu ~ 150 MeV raises L about 36 times, the reach in d about 6 times."""
    weak, dense = (solution(model(50.0), stars[mu], **FLAT) for mu in (0, 150))
    ratio = dense.luminosity({"dipole.e": 1e-36})[0] / weak.luminosity({"dipole.e": 1e-36})[0]
    assert_allclose(ratio, 36.5, rtol=0.01, atol=0)


@pytest.mark.parametrize("m", [0.1, 50.0, 200.0])
def test_full_table_is_converged(stars, m):
    """Default grids against finer ones, all processes, gravity and helicities on."""
    fine = ab.supernova.Resolution(24, 32, 32, 14, 20, 100, 40)
    dip, star = model(m), stars[150]
    coarse = solution(dip, star).luminosity({"dipole.e": 1e-6}, [1e-24, 1e-18, 1e-15])
    exact = solution(dip, star, resolution=fine).luminosity({"dipole.e": 1e-6}, [1e-24, 1e-18, 1e-15])
    assert_allclose(coarse[:2], exact[:2], rtol=2e-3, atol=0)
    if exact[2] > 1e50:  # deep in the trapped regime
        assert_allclose(coarse[2], exact[2], rtol=1e-2, atol=0)


def test_opaque_star_is_a_blackbody(stars):
    """Every state at d -> infinity radiates (1/2 pi) R^2 int E p^2 f at the last radius."""
    dip, star = model(10.0), stars[0]
    medium = DipoleMedium(kinds=("upscatter", "annihilation"))
    ray = solution(
        dip, star, gravity=False, medium=medium, r_max=20 * u.km,
        resolution=ab.supernova.Resolution(spectrum=48),
    )  # fmt: skip
    temperature = star.at(20.0)["T"][0]
    x = np.linspace(0.0, 40.0, 20001)
    e = 10.0 + temperature * x
    blackbody = np.trapezoid(e * (e**2 - 100.0) / (np.exp(e / temperature) + 1.0), e)
    radius = 20.0 * 1e5 / ab.constants.HBAR_C
    expected = 4 * radius**2 * blackbody / (2 * np.pi) / ab.constants.HBAR / ab.constants.ERG
    assert_allclose(ray.luminosity({"dipole.e": 1.0})[0], expected, rtol=2e-3, atol=0)


def test_majorana_and_dirac_free_stream_alike(stars):
    """The same processes feed one field or two: equal luminosities when nothing is absorbed."""
    dirac = ab.supernova.emission(model(50.0, 1e-15), stars[150])
    majorana = ab.supernova.emission(model(50.0, 1e-15, nature="majorana"), stars[150])
    assert_allclose(majorana.luminosity_erg_s, dirac.luminosity_erg_s, rtol=1e-6, atol=0)


def test_luminosity_is_quadratic_and_flavours_add(stars):
    star = stars[0]
    one = ab.supernova.cooling(model(50.0, 1e-15), star)
    two = ab.supernova.cooling(model(50.0, 2e-15), star)
    assert_allclose(two.ratio, 4 * one.ratio, rtol=1e-6, atol=0)
    universal = ab.DipoleHNL(mass=50 * u.MeV, dipole={"universal": 1e-15 * GEV})
    assert_allclose(ab.supernova.cooling(universal, star).ratio, 3 * one.ratio, rtol=1e-6, atol=0)
    assert one.luminosity.unit == u.erg / u.s
    assert 30 < one.mean_energy.to_value(u.MeV) < 300


def test_electrons_scatter_too(stars):
    """Electrons are half of the protons for light N with screened propagators for both."""
    medium = DipoleMedium(proton_screening="F2", kinds=("upscatter",))
    shares = ab.supernova.free_streaming_shares(model(10.0), stars[0], medium=medium)
    assert 0.25 < shares["e"] / shares["p"] < 0.75
    assert_allclose(sum(shares.values()), 1.0, rtol=1e-6, atol=0)


def test_helicity_resolution_opens_the_upper_edge(stars):
    """The weakly coupled helicity leaves from deeper inside: more light where it is trapped."""
    dip, flat = model(20.0, 3e-7), {"gravity": False}
    averaged = ab.supernova.emission(dip, stars[0], helicity="particles", **flat)
    resolved = ab.supernova.emission(dip, stars[0], **flat)
    assert resolved.luminosity_erg_s > 1.1 * averaged.luminosity_erg_s


def test_with_neutrinos(stars):
    star = with_neutrinos(stars[0], mu=20 * u.MeV)
    state = star.at([5.0, 30.0])
    assert_allclose(state["mu_nu_mu"], [20.0, 20.0], rtol=1e-6, atol=0)
    assert_allclose(state["mu_nu_e"], [0.0, 0.0], rtol=1e-6, atol=0)
    assert_allclose(stars[150].at([20.0])["mu_nu_e"], [150.0 / 8], rtol=1e-6, atol=0)
    with pytest.raises(ab.DomainError, match="did you mean 'mu'"):
        with_neutrinos(star, muu=1 * u.MeV)
    with pytest.raises(ab.DomainError, match="has no unit"):
        with_neutrinos(star, mu=20.0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kinds": ("upscater",)}, "did you mean 'upscatter'"),
        ({"targets": ("n",)}, "allowed: p, e-"),
        ({"proton_screening": "F3"}, "screening"),
        ({"debye": "none"}, "blocked"),
        ({"recoil": False}, "heavy targets"),
    ],
)
def test_medium_errors(options, words):
    with pytest.raises(ab.DomainError, match=words):
        DipoleMedium(**options)


def test_zero_coupling_emits_nothing(stars):
    dip = ab.DipoleHNL(mass=50 * u.MeV, dipole={})
    assert ab.supernova.emission(dip, stars[0]).luminosity_erg_s == 0.0


def test_modules_do_not_hide_functions():
    import importlib

    for name in ("systematics", "cooling", "deposition"):
        importlib.import_module(f"astrobounds.supernova.signals.{name}")
        assert callable(getattr(ab.supernova, name))
