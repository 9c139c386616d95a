"""Daughter neutrinos and the events of 1987: cross sections, a Monte Carlo, sum rules, limits."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import dblquad
from scipy.optimize import brentq, minimize

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import ConfigError, DomainError
from astrobounds.models.decays import neutrino_cascade as cascade
from astrobounds.models.decays.daughters import Daughters, leaves
from astrobounds.models.decays.hnl_channels import final_states
from astrobounds.supernova.signals import neutrino_cross_sections as cross
from astrobounds.supernova.signals import neutrino_detectors as det
from astrobounds.supernova.signals import neutrino_flux as flux
from astrobounds.supernova.signals import neutrinos as events

E, W = det.energy_rule()


def thermal_parents(mass, temperature=35.0):
    return lambda e: 1e50 * np.sqrt(np.maximum(e * e - mass * mass, 0.0)) * e * np.exp(-e / temperature)


# ---------------------------------------------------------------- cross sections
def test_inverse_beta_amplitude_against_explicit_traces():
    """sum |M|^2 of vbar(nu) g_m (1-g5) v(e) ubar(n) [f1 g + g1 g g5 + i f2 s q/2M + g2 q g5/M] u(p)."""
    eye, zero = np.eye(2), np.zeros((2, 2))
    sigma = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
    gamma = [np.block([[eye, zero], [zero, -eye]]).astype(complex)]
    gamma += [np.block([[zero, s], [-s, zero]]) for s in sigma]
    g5 = 1j * gamma[0] @ gamma[1] @ gamma[2] @ gamma[3]
    metric = np.array([1.0, -1.0, -1.0, -1.0])
    slash = lambda p: sum(metric[m] * p[m] * gamma[m] for m in range(4))  # noqa: E731
    one = np.eye(4)
    for energy, share in ((5.0, 0.3), (30.0, 0.8), (150.0, 0.1), (400.0, 0.6)):
        low, high = (float(x) for x in cross.positron_range(np.array(energy)))
        lepton = low + share * (high - low)
        momentum = np.sqrt(lepton**2 - const.M_E**2)
        neutron = energy + const.M_P - lepton
        cos = (energy**2 + momentum**2 - (neutron**2 - const.M_N**2)) / (2 * energy * momentum)
        nu = np.array([energy, 0, 0, energy])
        e = np.array([lepton, momentum * np.sqrt(1 - cos**2), 0, momentum * cos])
        p = np.array([const.M_P, 0, 0, 0])
        n, q = nu + p - e, nu - e
        f1, f2, g1, g2 = cross.form_factors(q[0] ** 2 - (q[1:] ** 2).sum())
        down = metric * q
        vertex = []
        for m in range(4):
            s = sum(0.5j * (gamma[m] @ gamma[v] - gamma[v] @ gamma[m]) * down[v] for v in range(4))
            vertex.append(f1 * gamma[m] + g1 * gamma[m] @ g5 + 1j * f2 * s / (2 * cross.MASS)
                          + g2 * q[m] * g5 / cross.MASS)  # fmt: skip
        bar = [gamma[0] @ v.conj().T @ gamma[0] for v in vertex]
        total = 0.0
        for m in range(4):
            for v in range(4):
                current = gamma[m] @ (one - g5)
                left = np.trace(slash(nu) @ current @ (slash(e) - const.M_E * one)
                                @ gamma[0] @ (gamma[v] @ (one - g5)).conj().T @ gamma[0])  # fmt: skip
                right = np.trace((slash(n) + const.M_N * one) @ vertex[m]
                                 @ (slash(p) + const.M_P * one) @ bar[v])  # fmt: skip
                total += metric[m] * metric[v] * left * right
        # dsigma/dt = (G cos/sqrt2)^2 (trace/2)/(16 pi (s - M^2)^2) = G^2 cos^2 |M|^2/(2 pi (s - M^2)^2)
        ratio = total.real / float(cross.invariant(energy, lepton))
        assert_allclose(ratio, 32.0, rtol=2e-3)  # the formula drops terms of order (gap/M)^2


def test_inverse_beta_against_published_values():
    """Total cross sections of astro-ph/0302055 as tabulated in SNOwGLoBES, g_A = 1.27 there."""
    published = {5.010926: 1.27251e-42, 19.975010: 2.87928e-41, 28.944030: 5.90265e-41, 100.0: 4.492589e-40}
    for energy, sigma in published.items():
        assert_allclose(cross.inverse_beta_total(energy)[0], sigma, rtol=0.012)
    assert cross.inverse_beta_total(1.8)[0] == 0.0


def test_inverse_beta_follows_from_the_neutron_lifetime_at_low_energy():
    """sigma = 2 pi^2 p_e E_e/(f m_e^5 tau_n), f = 1.7152; recoil lowers it by 7 E/M at 3 MeV."""
    energy = 3.0
    lepton = energy - cross.GAP
    sigma = 2 * np.pi**2 * lepton * np.sqrt(lepton**2 - const.M_E**2) * const.HBAR
    sigma *= const.HBAR_C**2 / (1.7152 * const.M_E**5 * const.TAU_N)
    assert_allclose(cross.inverse_beta_total(energy)[0], sigma * (1 - 7 * energy / 938.9), rtol=0.015)


def test_oxygen_against_published_values():
    """The fit of arXiv:1809.08398 at 100 MeV, and Kolbe et al. 2002 within 30 %."""
    for kind, fit, other in (("nu", 1.17363e-39, 1.32e-39), ("nubar", 4.07774e-40, 5.18e-40)):
        value = cross.oxygen(np.array([100.0, 300.0, 8.0]), kind)[0].sum(axis=0)
        assert_allclose(value[0], fit, rtol=1e-4)
        assert abs(value[0] / other - 1.0) < 0.3
        assert value[1] == value[0]
        assert value[2] == 0.0


# ---------------------------------------------------------------- fluxes
def test_averaged_oscillations():
    for ordering in ("normal", "inverted"):
        p = flux.averaged_oscillations(ordering)
        assert_allclose(p.sum(axis=0), 1.0, rtol=1e-12)
        assert_allclose(p, p.T, rtol=1e-12)
        assert_allclose(p[0, 0], 0.5525, atol=0.002)  # c13^4 (1 - sin^2(2 theta12)/2) + s13^4


def test_quasi_thermal_has_its_energy_and_mean():
    phi = flux.quasi_thermal(E, 5e52, 12.0, 2.3, 51.4) * 4 * np.pi * (51.4 * const.KPC_CM) ** 2
    below = 1e-3  # of the energy lies under the threshold of inverse beta decay
    assert_allclose((phi * E) @ W / const.ERG, 5e52, rtol=below)
    assert_allclose((phi * E) @ W / (phi @ W), 12.0, rtol=1e-2)


def lines_of(mass, widths):
    """Neutrinos of one decay with widths {(channel, flavour): width}."""
    found = [
        (w * share, leaves(mass, products, amplitude))
        for (channel, flavour), w in widths.items()
        for share, products, amplitude in final_states(channel, mass, flavour)
    ]
    every = sum(w for w, _ in found)
    made = Daughters(mass, every, (), tuple(w / every for w, _ in found), tuple(p for _, p in found))
    return cascade.of_daughters(made)


@pytest.mark.parametrize("mass", [60.0, 300.0])
def test_energy_and_number_sum_rules(mass):
    """Everything decays beyond R = 0 and arrives some time: N <n> and E <E_nu>/m."""
    lines = lines_of(mass, {("mu pi" if mass > 250.0 else "3nu", "mu"): 2.0, ("3nu", "e"): 1.0})
    spectrum = thermal_parents(mass)
    table = flux.ArrivalTable.of(spectrum, mass, 10.0, 0.0)
    made = flux.source_numbers(table, lines, E).sum(axis=0)
    p = np.geomspace(0.05, 4000.0, 4001)
    e = np.hypot(p, mass)
    weight = spectrum(e) * p / e
    number, energy = np.trapezoid(weight, p), np.trapezoid(weight * e, p)
    assert_allclose((made * E) @ W, energy * lines.energy / mass, rtol=2e-3)
    # soft neutrinos under 1.8 MeV are not on the grid
    assert_allclose(made @ W, number * lines.number, rtol=2e-2)


def test_decays_inside_do_not_count_and_short_windows_see_less():
    mass, lines = 100.0, lines_of(100.0, {("3nu", "tau"): 1.0})
    spectrum = thermal_parents(mass)
    total = [
        (flux.source_numbers(flux.ArrivalTable.of(spectrum, mass, tau, radius), lines, E, window)
         .sum(axis=0) * E) @ W
        for tau, radius, window in ((1e-3, 1e7, 30.0), (1e-3, 0.0, 30.0), (1e-6, 1e7, 30.0),
                                    (1e6, 1e7, 30.0), (1e6, 1e7, 15.0))
    ]  # fmt: skip
    assert 0.6 < total[0] / total[1] < 1.0  # 0.3 light-ms against gamma tau of some ms
    assert total[2] < 1e-30 * total[1]
    assert_allclose(total[3] / total[4], 2.0, rtol=1e-3)  # long lived: proportional to the window


def _decay(rng, momentum, parent, first, second):
    """Four-momentum (n, 4) of the first product of an isotropic two-body decay."""
    n = momentum.shape[0]
    energy = 0.5 * (parent**2 + first**2 - second**2) / parent
    p = np.sqrt(np.maximum(energy**2 - first**2, 0.0)) * np.ones(n)
    return _boost(rng, momentum, parent, energy * np.ones(n), p)


def _boost(rng, momentum, parent, energy, p):
    cos, phi = rng.uniform(-1, 1, p.size), rng.uniform(0, 2 * np.pi, p.size)
    sin = np.sqrt(1 - cos**2)
    vector = p[:, None] * np.stack([sin * np.cos(phi), sin * np.sin(phi), cos], axis=1)
    e, q = momentum[:, 0], momentum[:, 1:]
    along = (vector * q).sum(axis=1)
    out = (e * energy + along) / parent
    space = vector + q * ((along / (e + parent) + energy) / parent)[:, None]
    return np.concatenate([out[:, None], space], axis=1)


def test_decay_chain_in_flight_against_monte_carlo():
    """N -> mu pi, pi -> mu nu, mu -> e nu nu with four-vectors, true delays and the exact radius.

    The muons of a pion are unpolarised in both.
    """
    rng, n, mass = np.random.default_rng(11), 300_000, 350.0
    tau, radius, window = 0.03, 6e8, 0.1
    u_ = np.linspace(1e-3, 1200.0, 60_001)
    energies = mass + u_
    spectrum = thermal_parents(mass)
    cdf = np.cumsum(spectrum(energies))
    parent_e = np.interp(rng.uniform(0, 1, n), cdf / cdf[-1], energies)
    total = np.trapezoid(spectrum(energies), energies)
    p = np.sqrt(parent_e**2 - mass**2)
    parent = np.stack([parent_e, 0 * p, 0 * p, p], axis=1)
    x = rng.exponential(1.0, n) * p / mass * tau * const.C_CM
    pion = _decay(rng, parent, mass, const.M_PI, const.M_MU)
    muon = parent - pion
    line = _decay(rng, pion, const.M_PI, 0.0, const.M_MU)
    second = pion - line
    samples = [line]
    for source in (muon, second):
        # 12 x^2 (1 - x) of nu_e and 2 x^2 (3 - 2x) of nu_mu, by inversion of their integrals
        grid = np.linspace(0.0, 1.0, 2001)
        for cumulative in (4 * grid**3 - 3 * grid**4, 2 * grid**3 - grid**4):
            energy = 0.5 * const.M_MU * np.interp(rng.uniform(0, 1, n), cumulative, grid)
            samples.append(_boost(rng, source, const.M_MU, energy, energy))
    nu = np.concatenate(samples)
    x, beta = np.tile(x, 5), np.tile(p / parent_e, 5)
    delay = x / const.C_CM * (1.0 / beta - nu[:, 3] / nu[:, 0])
    kept = (x > radius) & (delay < window)
    edges = np.linspace(0.0, 400.0, 21)
    counts = np.histogram(nu[kept, 0], edges)[0]
    lines = lines_of(mass, {("mu pi", "mu"): 1.0})
    table = flux.ArrivalTable.of(spectrum, mass, tau, radius)
    sub, w = np.polynomial.legendre.leggauss(12)
    half = 0.5 * np.diff(edges)[:, None]
    fine = (edges[:-1, None] + half * (1 + sub)).ravel()
    made = flux.source_numbers(table, lines, fine, window).sum(axis=0).reshape(20, 12)
    predicted = (made * w * half).sum(axis=1) * n / total
    assert counts.sum() > 100_000
    assert_allclose(counts.sum(), predicted.sum(), rtol=5e-3)
    assert np.all(np.abs(counts - predicted) < 4.5 * np.sqrt(predicted + 1.0) + 4e-3 * predicted)


# ---------------------------------------------------------------- detectors and events
def test_the_24_events():
    data = det.events()
    assert [int((data.detector == i).sum()) for i in range(3)] == [11, 8, 5]
    assert data.energy.min() == 7.5
    assert data.energy.max() == 39.0
    assert det.events(5.0).energy.size < 24
    with pytest.raises(DomainError, match="1 to 30"):
        det.events(100.0)
    with pytest.raises(DomainError, match="KII"):
        det.events(30.0, True, ("SNO",))


def test_expected_events_against_direct_integration():
    phi = events.thermal_fluence(events.Setting(oxygen=False), 52.7, 14.0)
    data = det.events(30.0, False)
    for i, d in enumerate(data.detectors):
        def rate(lepton, energy, d=d):
            phi_e = flux.quasi_thermal(np.array([energy]), 10**52.7, 14.0, 2.0, 51.4)[0]
            seen = float(cross.inverse_beta(energy, lepton) * d.accepted(lepton))
            return d.live * d.protons * seen * phi_e

        want = dblquad(rate, 1.81, 90.0, lambda e: float(cross.positron_range(e)[0]),
                       lambda e: float(cross.positron_range(e)[1]), epsabs=0, epsrel=1e-5)[0]  # fmt: skip
        assert_allclose(data.expected(phi)[i], want, rtol=1e-3)


def test_event_densities_integrate_to_the_expected_number():
    """The density over all detected energies above the threshold is the expected number."""
    phi = events.thermal_fluence(events.Setting(), 52.7, 13.0)
    for d, want in zip(det.detectors(), det.events().expected(phi)):
        x, w = np.polynomial.legendre.leggauss(80)
        detected = d.threshold + 0.5 * 120.0 * (1 + x)
        got = [(d.response(lambda e, d=d, v=v: d.at(v, e)) * W * phi).sum() for v in detected]
        assert_allclose(np.dot(got, w) * 60.0, want, rtol=2e-3)


def test_fit_of_the_burst():
    """arXiv:1409.4710 finds about 5e52 erg in nubar_e with a mean energy of about 12 MeV."""
    data, setting = det.events(), events.Setting()
    fit = minimize(lambda v: -data.loglike(events.thermal_fluence(setting, *v)), [52.5, 14.0],
                   method="Nelder-Mead")  # fmt: skip
    assert fit.success
    assert 4e52 < 10 ** fit.x[0] < 6.5e52
    assert 11.0 < fit.x[1] < 13.0
    assert abs(fit.x[0] - events.THERMAL[0]) < 0.1
    assert abs(fit.x[1] - events.THERMAL[1]) < 1.0


def _energy_limit(mean, pinch=2.0, **options):
    """Energy in all six species [erg] at which lnL falls by -ln 0.1."""
    setting = events.Setting(**options)
    data, burst = setting.data(), events.thermal_fluence(setting)
    own = flux.quasi_thermal(E, 1e51 / 6.0, mean, pinch)
    drop = lambda s: data.loglike(burst) - data.loglike(burst + s * np.array([own, own]))  # noqa: E731
    return 1e51 * brentq(lambda s: drop(s) - np.log(10.0), 1e-3, 1e3)


def test_published_one_per_cent():
    """arXiv:2209.11773: less than about 3e51 erg, one per cent, in neutrinos of the 100 MeV range."""
    for mean in (75.0, 100.0, 150.0):
        assert 3e51 / 1.3 < _energy_limit(mean, oxygen=False) < 3e51 * 1.3
        assert 3e51 / 2.5 < _energy_limit(mean) < 3e51
    assert _energy_limit(100.0, detectors=("KII",)) > 2.0 * _energy_limit(100.0)


def test_poisson_limit():
    """At energies where no event and no background is, lnL falls by the expected number."""
    setting = events.Setting()
    data, burst = setting.data(), events.thermal_fluence(setting)
    own = np.exp(-0.5 * ((E - 180.0) / 15.0) ** 2) * 3e3
    signal = np.array([own, own])
    drop = data.loglike(burst) - data.loglike(burst + signal)
    assert 0.1 < drop
    assert_allclose(drop, data.expected(signal).sum(), rtol=1e-6)


# ---------------------------------------------------------------- the whole
@pytest.fixture(scope="module")
def star():
    return ab.supernova.load("fiducial")


def test_signal_of_an_hnl(star):
    model = ab.HNL(mass=150 * u.MeV, mixing={"tau": 3e-8})
    out = ab.supernova.neutrino_signal(model, star)
    emitted = ab.supernova.emission(model, star)
    again = ab.supernova.neutrino_signal(model, emitted)
    assert_allclose(again.loglike, out.loglike, rtol=1e-12)
    assert 0.0 < out.energy_erg < 3.0 * emitted.luminosity_erg_s
    assert out.counts["IMB"] > out.counts["KII"] > out.counts["Baksan"] > 0.0
    assert out.loglike < 0.0
    assert 20.0 < out.mean_energy.value < 200.0
    assert abs(sum(out.thermal_counts.values()) - 21.0) < 4.0
    far = ab.supernova.neutrino_signal(model, emitted, distance=102.8 * u.kpc)
    assert_allclose(far.counts["KII"], out.counts["KII"] / 4.0, rtol=1e-9)
    deep = ab.supernova.neutrino_signal(model, emitted, core=1e9 * u.cm)
    assert deep.energy_erg < out.energy_erg
    bare = ab.supernova.neutrino_signal(model, emitted, secondaries="none", oxygen=False)
    assert bare.counts["IMB"] < out.counts["IMB"]
    assert "NeutrinoSignal" in repr(out)


def test_nothing_without_coupling(star):
    out = ab.supernova.neutrino_signal(ab.HNL(mass=100 * u.MeV, mixing={"tau": 0.0}), star)
    assert out.energy_erg == 0.0
    assert out.loglike == 0.0


def test_dipole_radius_counts_from_where_its_transport_ends(star):
    model = ab.DipoleHNL(mass=60 * u.MeV, dipole={"mu": 1e-9 / u.GeV})
    parents = thermal_parents(60.0)
    out = ab.supernova.neutrino_signal(model, parents, core=160 * u.km, window=30 * u.s)
    table = flux.ArrivalTable.of(parents, 60.0, model.lifetime.to_value("s"), 1e7)
    want = flux.source_numbers(table, cascade.of_model(model), E, 28.5)
    assert_allclose(out.numbers, want, rtol=1e-12)


def test_bad_input_is_refused(star):
    model = ab.HNL(mass=100 * u.MeV, mixing={"tau": 1e-8})
    parents = thermal_parents(100.0)
    with pytest.raises(ConfigError, match="does not say what it decays to"):
        ab.supernova.neutrino_signal(object(), parents)
    with pytest.raises(DomainError):
        ab.supernova.neutrino_signal(model, parents, distance=50.0)
    with pytest.raises(DomainError, match="must exceed"):
        ab.supernova.neutrino_signal(model, parents, duration=20 * u.s, window=5 * u.s)
    with pytest.raises(DomainError, match="finite"):
        ab.supernova.neutrino_signal(model, lambda e: -np.ones_like(e))
    with pytest.raises(ConfigError, match="flight"):
        ab.supernova.neutrino_signal(model, parents, secondaries="all")


def test_plot(star):
    import matplotlib.pyplot as plt

    model = ab.HNL(mass=150 * u.MeV, mixing={"tau": 3e-8})
    axes = ab.supernova.neutrino_signal(model, thermal_parents(150.0)).plot()
    assert "energy" in axes[0].get_xlabel()
    assert len(axes[1].lines) == 9  # with, without and events of three detectors
    plt.close(axes[0].figure)
