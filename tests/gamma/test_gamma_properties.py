"""What must hold whatever the numbers: scalings, sum rules, limits, additivity, bad input."""

import math
import pickle

import astropy.units as u
import numpy as np
import pytest
from gamma_helpers import (
    BAND,
    SMM_WINDOW,
    Particle,
    axion,
    fluence,
    hnl,
    lifetime,
    signal,
    spectrum_b,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad

from astrobounds import gamma
from astrobounds.constants import C_CM, KPC_CM, M_PI0
from astrobounds.errors import ConvergenceError, DomainError, ValidityWarning
from astrobounds.gamma import geometry
from astrobounds.gamma.arrival import make_signal
from astrobounds.gamma.kernels import decay_tables, momentum_grid, window_integral
from astrobounds.gamma.profile import ExponentialEmission, TabulatedEmission
from astrobounds.gamma.reach import crossing_range
from astrobounds.gamma.source import as_callable, parent_spectrum, table_spectrum
from astrobounds.gamma.spectrum import photon_yield, pi0_edges, pi0_photon_asymmetry


def direct_integral(r, mass, mixing, tau, radius, t0, t1):
    """I(r) by adaptive quadrature of its definition."""
    star, start = spectrum_b(mass, mixing), radius / C_CM
    k = r / tau
    lowest = max(0.5 * mass * abs(r - 1.0 / r), mass * start / (r * t1), 1e-3)
    turn = mass * start / (r * t0) if t0 > 0.0 else math.inf

    def integrand(log_p):
        p = math.exp(log_p)
        energy = math.hypot(p, mass)
        first = max(mass * start / (p * tau), k * t0)
        return mass * p / energy * star(energy) * (math.exp(-first) - math.exp(-k * t1))

    a, b = math.log(lowest), math.log(4000.0)
    points = [math.log(turn)] if lowest < turn < 4000.0 else None
    return quad(integrand, a, b, points=points, epsrel=1e-10, epsabs=0.0, limit=400)[0]


@pytest.mark.parametrize(
    ("mass", "mixing", "radius", "window"),
    [
        (20.0, 1e-9, 3e12, SMM_WINDOW),
        (20.0, 1e-5, 3e13, (0.0, 1e4)),
        (100.0, 1e-7, 3e12, (30.0, 60.0)),
        (200.0, 1e-9, 1e12, (10.0, 223.0)),
        (400.0, 1e-11, 1e11, SMM_WINDOW),
        (200.0, 1e-9, 1e13, SMM_WINDOW),
    ],
)
def test_closed_form_against_quadrature(mass, mixing, radius, window):
    tau = lifetime(hnl(mass, "tau", mixing))
    parents = parent_spectrum(spectrum_b(mass, mixing), mass)
    table = decay_tables(parents.y, mass, radius / C_CM, tau)
    ratios = (0.4, 0.8, 1.0, 1.3, 2.7, 9.0)
    got = [window_integral(r, table, mass, radius / C_CM, tau, *window) for r in ratios]
    exact = [direct_integral(r, mass, mixing, tau, radius, *window) for r in ratios]
    assert max(exact) > 0.0
    # the far tail, E > 20 T, is worth less than a 1e-8 of the rest and known to per mille
    assert_allclose(got, exact, rtol=1e-5, atol=1e-7 * max(exact))
    assert_allclose(got, exact, rtol=3e-3, atol=0)


def test_exact_geometry_becomes_the_plane_wave():
    for args in (("B", 20, "tau", 1e-9), ("B", 200, "tau", 1e-11), ("B", 100, "tau", 1e-7)):
        exact, plane = (fluence(*args, geometry=g) for g in ("exact", "plane"))
        assert_allclose(exact, plane, rtol=3e-5, atol=0)


@given(
    st.floats(-3.0, 2.5), st.floats(0.01, 300.0), st.floats(0.3, 50.0), st.floats(1e-3, 1e3)
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_delay_and_its_inverse(log_boost, mass, r, seconds):
    p = mass * 10.0**log_boost
    energy = math.hypot(p, mass)
    if not (energy - p) / mass * 1.0001 < r < (energy + p) / mass * 0.9999:
        return  # outside the box
    distance = 10.0 * KPC_CM
    x = geometry.decay_distance(seconds * C_CM, r, p, mass, distance)
    if x < 0.1 * distance:
        assert_allclose(geometry.delay(x, r, p, mass, distance), seconds * C_CM, rtol=1e-6, atol=0)


def test_sum_rule_all_photons():
    """Every photon born outside R arrives: the band and the window can be made large enough."""
    for mass, mixing in ((20, 1e-6), (100, 1e-7), (200, 1e-10), (400, 1e-11)):
        s = signal("B", mass, "tau", mixing)
        everything = s.fluences(((1e-4, 2e4),), ((0.0, 1e16),))[0, 0]
        assert_allclose(everything, s.all_photons(), rtol=1e-6, atol=0)


def test_sum_rule_energy():
    """Photons carry E/2 of each nu gamma decay and (E/2)(1 + m_pi^2/m^2) of each nu pi0 decay."""
    for mass in (20.0, 200.0):
        model = hnl(mass, "tau", 1e-10)
        s = signal("B", mass, "tau", 1e-10, radius=0.0)
        x, w = np.polynomial.legendre.leggauss(12)
        edges = np.log(np.concatenate([np.geomspace(1e-3, 1e4, 161), pi0_edges(mass), [0.5 * mass]]))
        edges = np.unique(edges)
        half = 0.5 * np.diff(edges)
        e = np.exp((edges[:-1] + half)[:, None] + half[:, None] * x).ravel()
        weights = (half[:, None] * w).ravel() * e
        carried = np.sum(weights * e * s.spectrum(e, 0.0, 1e17)) * 4 * math.pi * s.distance**2
        ratios = model.branching_ratios()
        share = 0.5 * ratios["nu gamma"]
        share += 0.5 * (1.0 + M_PI0**2 / mass**2) * ratios.get("nu pi0", 0.0)
        assert_allclose(carried, share * s.parents.total_energy(), rtol=1e-6, atol=0)


def test_rest_frame_sum_rules():
    for mass in (150.0, 300.0):
        y = photon_yield(hnl(mass, "tau", 1e-9), fsr=False)
        low, high = pi0_edges(mass)
        assert_allclose(quad(lambda w, y=y: float(y.continuum(w)), low, high)[0], y.pi0, rtol=1e-9, atol=0)
        odd = quad(lambda w, m=mass: pi0_photon_asymmetry(w, m), low, high)[0]
        assert_allclose(pi0_photon_asymmetry(low, mass), 1.0, rtol=1e-6, atol=0)
        assert_allclose(pi0_photon_asymmetry(high, mass), -1.0, rtol=1e-6, atol=0)
        # harder photons follow the pion, so that energy-weighted they carry its asymmetry
        heavy = quad(lambda w, m=mass: w * pi0_photon_asymmetry(w, m), low, high)[0]
        assert heavy / (0.5 * (low + high)) < odd


def test_small_coupling_scaling():
    """F ~ |U|^4, the flavour drops out, a Majorana N shines twice as bright as a Dirac N."""
    for mass, mixing in ((20, 1e-13), (100, 1e-15), (200, 1e-18)):
        one = fluence("B", mass, "tau", mixing)
        assert_allclose(fluence("B", mass, "tau", 0.1 * mixing), 0.01 * one, rtol=1e-6, atol=0)
        for flavour in ("e", "mu"):
            assert_allclose(fluence("B", mass, flavour, mixing), one, rtol=1e-6, atol=0)
        assert_allclose(one, 2.0 * fluence("B", mass, "tau", mixing, "dirac"), rtol=1e-6, atol=0)


def test_small_coupling_limit():
    """I -> k t1 J(p_L) - [m R/(c tau)] J_a(p_L)."""
    mass, start, t1, tau = 20.0, 3e12 / C_CM, 223.232, 1e12
    y = parent_spectrum(spectrum_b(mass, 1e-12), mass).y
    table = decay_tables(y, mass, start, tau)
    over = decay_tables(y / momentum_grid(), mass, start, tau)
    from astrobounds.gamma.kernels import above

    for r in (0.7, 2.0, 6.0):
        low = max(0.5 * mass * abs(r - 1.0 / r), mass * start / (r * t1))
        limit = r / tau * t1 * above(table, 0, low) - mass * start / tau * above(over, 0, low)
        assert_allclose(window_integral(r, table, mass, start, tau, 0.0, t1), limit, rtol=3e-6, atol=0)


@pytest.mark.parametrize(
    ("mass", "mixing", "fsr"),
    [(20, 1e-9, True), (100, 1e-7, True), (200, 1e-9, False), (400, 1e-11, False)],
)
def test_bins_add_up(mass, mixing, fsr):
    s = signal("B", mass, "tau", mixing, fsr=fsr)
    edges = np.minimum(np.arange(23) * 10.24, 223.232)
    bands = ((4.1, 10.0), (10.0, 25.0), (25.0, 100.0))
    bins = s.fluences(bands, np.column_stack([edges[:-1], edges[1:]]))
    window = s.fluences(bands, (SMM_WINDOW,))[0]
    assert_allclose(bins.sum(axis=0), window, rtol=3e-6, atol=0)
    whole = s.fluences(((4.1, 100.0),), (SMM_WINDOW,))[0, 0]
    assert_allclose(bins.sum(), whole, rtol=1e-6, atol=0)
    assert np.all(bins >= 0.0)


def test_start_at_zero_is_the_limit():
    s = signal("B", 20, "tau", 1e-9)
    late = [s.fluences((BAND,), ((t, 50.0),))[0, 0] for t in (0.0, 1e-9, 1e-3)]
    assert_allclose(late[1], late[0], rtol=1e-9, atol=0)
    assert_allclose(late[2], late[0], rtol=1e-3, atol=0)


def test_spectrum_and_flux_integrate_to_the_fluence():
    for args in (("B", 100, "e", 1e-9), ("B", 200, "tau", 1e-11)):
        s = signal(*args, fsr=True)
        e = np.geomspace(*BAND, 1201)
        total = np.trapezoid(s.spectrum(e, *SMM_WINDOW) * e, np.log(e))
        assert_allclose(total, s.fluences((BAND,), (SMM_WINDOW,))[0, 0], rtol=1e-4, atol=0)
        t = np.linspace(20.0, 80.0, 301)
        rate = np.array([s.flux(60.0, x) for x in t])
        assert_allclose(np.trapezoid(rate, t), float(s.spectrum(60.0, 20.0, 80.0)), rtol=1e-4, atol=0)


def test_polarisation_averages_out():
    for mass, mixing in ((20, 1e-9), (200, 1e-11)):
        plus, zero, minus = (
            fluence("B", mass, "tau", mixing, "dirac", polarisation=p) for p in (0.7, 0.0, -0.7)
        )
        assert_allclose(0.5 * (plus + minus), zero, rtol=1e-9, atol=0)
        assert abs(plus / zero - 1.0) > 1e-2
        majorana = [fluence("B", mass, "tau", mixing, polarisation=p) for p in (0.0, 1.0)]
        assert majorana[0] == majorana[1]


def test_emission_profile():
    instant = fluence("B", 20, "tau", 1e-9, window=(0.0, 10.24))
    short = fluence("B", 20, "tau", 1e-9, window=(0.0, 10.24), profile=1e-6 * u.s)
    assert_allclose(short, instant, rtol=1e-5, atol=0)
    t = np.linspace(0.0, 60.0, 400)
    table = fluence("B", 20, "tau", 1e-9, window=(0.0, 10.24), profile=(t * u.s, np.exp(-t / 3.0)))
    smooth = fluence("B", 20, "tau", 1e-9, window=(0.0, 10.24), profile=3 * u.s)
    assert_allclose(table, smooth, rtol=1e-3, atol=0)
    assert smooth < instant
    s = signal("B", 20, "tau", 1e-9, profile=3 * u.s)

    def delayed(x):
        window = (max(0.0, 5.0 - x), 20.0 - x)
        return math.exp(-x / 3.0) / 3.0 * fluence("B", 20, "tau", 1e-9, window=window)

    direct = quad(delayed, 0.0, 20.0, points=(5.0,), epsrel=1e-6)[0]
    assert_allclose(s.fluences((BAND,), ((5.0, 20.0),))[0, 0], direct, rtol=3e-5, atol=0)
    box = TabulatedEmission([0.0, 2.0], [1.0, 1.0])
    assert_allclose(box.cdf(0.5), 0.25, rtol=1e-6, atol=0)
    assert_allclose(ExponentialEmission(3.0).quantile(0.5), 3.0 * math.log(2.0), rtol=1e-6, atol=0)


def test_extreme_couplings_are_harmless():
    assert fluence("B", 200, "tau", 1.0) == 0.0  # everything decays inside
    assert_allclose(fluence("B", 20, "tau", 1e-60), 0.0, rtol=0, atol=1e-90)
    stable = Particle(20.0, {"3nu": 0.0})
    assert make_signal(stable, spectrum_b(20, 1e-9)).fluences((BAND,), (SMM_WINDOW,))[0, 0] == 0.0
    values = [fluence("B", 100, "tau", 10.0**x, radius=3e13) for x in np.arange(-9, -5.5, 0.25)]
    assert np.all(np.isfinite(values))
    assert np.all(np.array(values) >= 0.0)


def test_scaled_axis():
    base = signal("B", 100, "tau", 1e-10)
    for factor in (1e-3, 1.0, 300.0):
        direct = fluence("B", 100, "tau", 1e-10 * factor)
        assert_allclose(
            base.scaled(factor).fluences((BAND,), (SMM_WINDOW,))[0, 0], direct, rtol=1e-12, atol=0
        )


def test_any_model_with_widths():
    dipole = Particle(50.0, {"nu gamma": 1e-22}, nature="dirac")
    line = photon_yield(dipole)
    assert (line.line, line.pi0, line.fsr) == (1.0, 0.0, 0.0)
    assert photon_yield(axion(1.0, 1e-10)).line == 2.0
    assert photon_yield(hnl(300, "mu", 1e-9)).ignored  # mu pi, nu mu mu, nu e mu radiate unseen
    with pytest.raises(DomainError, match="outside"):
        photon_yield(Particle(50.0, {"nu gamma": -1e-22, "3nu": 2e-22}))


class _Emission:
    """An emission result: a rate that lasts."""

    def __init__(self, function):
        self._function = function

    def time_integrated(self, duration):
        return lambda e: duration / 3.0 * self._function(e)


class _Star:
    def emission(self, model):
        return _Emission(spectrum_b(model.mass_mev, 1e-9))


def test_kinds_of_spectra():
    model = hnl(100, "tau", 1e-9)
    direct = gamma.fluence(model, spectrum_b(100, 1e-9))
    assert direct.unit == u.cm**-2
    assert_allclose(gamma.fluence(model, _Star()).value, direct.value, rtol=1e-12, atol=0)
    twice = gamma.fluence(model, _Emission(spectrum_b(100, 1e-9)), emission_duration=6 * u.s)
    assert_allclose(twice.value, 2.0 * direct.value, rtol=1e-12, atol=0)
    e = np.hypot(np.geomspace(0.05, 2000.0, 200), 100.0)
    table = (e * u.MeV, spectrum_b(100, 1e-9)(e) / u.MeV)
    assert_allclose(gamma.fluence(model, table).value, direct.value, rtol=1e-3, atol=0)
    plain = (e, spectrum_b(100, 1e-9)(e))
    assert_allclose(gamma.fluence(model, plain).value, direct.value, rtol=1e-3, atol=0)
    gev = ((e / 1000) * u.GeV, spectrum_b(100, 1e-9)(e) * 1e3 / u.GeV)
    assert_allclose(gamma.fluence(model, gev).value, direct.value, rtol=1e-3, atol=0)
    with pytest.warns(ValidityWarning, match="cut"):
        gamma.fluence(model, (e[e < 250], spectrum_b(100, 1e-9)(e[e < 250])))


def test_contract_call():
    """The documented call, argument by argument."""
    model = hnl(200, "tau", 1e-12)
    value = gamma.fluence(
        model,
        spectrum_b(200, 1e-12),
        band=(25, 100) * u.MeV,
        window=(0, 223.232) * u.s,
        distance=50 * u.kpc,
        radius=3e12 * u.cm,
        fsr=False,
        polarisation=0,
    )
    assert_allclose(value.to_value(1 / u.cm**2), 46.8181, rtol=2e-5, atol=0)
    assert_allclose(
        gamma.fluence(model, spectrum_b(200, 1e-12)).value,
        fluence("B", 200, "tau", 1e-12, distance=51.4, fsr=True),
        rtol=1e-12, atol=0,
    )


def test_workers_can_carry_a_signal():
    s = pickle.loads(pickle.dumps(signal("B", 20, "tau", 1e-9)))
    assert s.fluences((BAND,), (SMM_WINDOW,))[0, 0] == fluence("B", 20, "tau", 1e-9)


# ------------------------------------------------------------------ bad input

GOOD = spectrum_b(20, 1e-9)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"radius": -1e12 * u.cm}, "radius"),
        ({"radius": 3e12}, "no unit"),
        ({"radius": 3 * u.s}, "cannot be converted"),
        ({"radius": math.nan * u.cm}, "radius"),
        ({"distance": 0 * u.kpc}, "distance"),
        ({"distance": 1e11 * u.cm}, "exceed the radius"),
        ({"band": (100, 25) * u.MeV}, "0 < low < high"),
        ({"band": (25, 25) * u.MeV}, "0 < low < high"),
        ({"band": (-5, 25) * u.MeV}, "0 < low < high"),
        ({"band": (25, 100)}, "no unit"),
        ({"band": 25 * u.MeV}, "two energies"),
        ({"window": (-10, 5) * u.s}, "before the burst"),
        ({"window": (5, 5) * u.s}, "start < stop"),
        ({"window": (0, math.inf) * u.s}, "start < stop"),
        ({"polarisation": 1.5}, "polarisation"),
        ({"polarisation": math.nan}, "polarisation"),
        ({"nu_gamma_scale": -1.0}, "nu_gamma_scale"),
        ({"geometry": "curved"}, "'plane', 'exact'"),
        ({"profile": -3 * u.s}, "e-folding"),
        ({"profile": ((0, 1) * u.s, (0.0, 0.0))}, "not all zero"),
        ({"profile": ((1, 0) * u.s, (1.0, 1.0))}, "increasing"),
    ],
)
def test_bad_options(options, words):
    with pytest.raises(DomainError, match=words):
        gamma.fluence(hnl(20, "tau", 1e-9), GOOD, **options)


@pytest.mark.parametrize(
    ("spectrum", "words"),
    [
        (lambda e: -GOOD(e), "negative or not finite"),
        (lambda e: GOOD(e) * np.nan, "negative or not finite"),
        (lambda e: 3.0, "shape"),
        (lambda e: e**2, "fall off"),
        ("fiducial", "not understood"),
        (([1, 2, 3], [1, 2, 3]), "4 rows"),
        (([30, 25, 40, 50], [1, 1, 1, 1]), "increase strictly"),
        (([25, 30, 40, 50], [1, -1, 1, 1]), "NaN and signs"),
        (([25, 30, 40, 50, 60], [1, 1, 0, 1, 1]), "zero between"),
        (([1, 2, 3, 4], [1, 1, 1, 1]), "E > m"),
    ],
)
def test_bad_spectra(spectrum, words):
    with pytest.raises(DomainError, match=words):
        gamma.fluence(hnl(20, "tau", 1e-9), spectrum)


def test_radiation_of_light_particles_warns():
    model = hnl(3, "e", 1e-4)
    with pytest.warns(ValidityWarning, match="electron masses"):
        gamma.fluence(model, spectrum_b(3, 1e-4))
    gamma.fluence(model, spectrum_b(3, 1e-4), fsr=False)


def test_crossing_range_errors():
    s = signal("B", 20, "tau", 1e-9)
    with pytest.raises(DomainError, match="positive"):
        crossing_range(s, lambda q: 1.0, 0.0)
    with pytest.raises(ConvergenceError):
        crossing_range(s, lambda q: 5.0, 1.0)
    assert crossing_range(s, lambda q: 0.0, 1.0) is None


def test_helpers_reject_unknown_objects():
    with pytest.raises(DomainError, match="not understood"):
        as_callable(3.0, hnl(20, "tau", 1e-9))
    with pytest.raises(DomainError, match="is not in"):
        table_spectrum([21, 22, 23, 24] * u.s, [1, 1, 1, 1], 20.0)


def test_public_names_and_references():
    from astrobounds.gamma import photon_yield as lazy
    from astrobounds.references import known_keys

    assert lazy is photon_yield
    assert set(gamma.__all__) <= set(dir(gamma))
    for name in gamma.__all__:
        assert callable(getattr(gamma, name))
    with pytest.raises(AttributeError):
        _ = gamma.nothing
    keys = set(known_keys())
    from astrobounds.gamma import diffuse, fireball, sn1987a, telescope
    from astrobounds.gamma.arrival import Signal
    from astrobounds.gamma.spectrum import PhotonYield

    for thing in (Signal, PhotonYield, sn1987a.SMMData, diffuse.DiffuseResult, telescope.Instrument,
                  fireball.FireballTest):  # fmt: skip
        assert set(thing.references) <= keys


def test_result_flags_and_signal_plot(tmp_path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    thick = gamma.smm(hnl(20, "tau", 1e-5), spectrum_b(20, 1e-5), distance=50 * u.kpc, fsr=False)
    assert thick.fireball.fireball
    thin = gamma.smm(hnl(20, "tau", 1e-9), spectrum_b(20, 1e-9), distance=50 * u.kpc, fsr=False)
    assert not thin.fireball.fireball
    s = signal("B", 20, "tau", 1e-9)
    s.plot()[0].figure.savefig(tmp_path / "signal.png")
    plt.close("all")
    assert (tmp_path / "signal.png").stat().st_size > 1000


def test_fluence_docstring():
    import doctest

    from astrobounds.gamma import arrival

    assert doctest.testmod(arrival).failed == 0
    assert doctest.testmod(arrival).attempted > 3
