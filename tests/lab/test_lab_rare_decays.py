"""A boson emitted from neutrinos: K, pi, D_s, tau and Z, against tables, amplitudes and implied limits."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import dblquad, quad

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import ConfigError
from astrobounds.lab import z_decay
from astrobounds.lab.rare_decays import PARENTS, TAU_SHARES, rare_decay
from astrobounds.lab.rare_limits import RareDecays, predicted, rare_measurements
from astrobounds.models.neutrino_pairs import PairBoson

G = 1e-3
DECAY_CONSTANT = {"K": (155.7, 0.2243), "pi": (130.2, 0.97373), "Ds": (249.9, 0.975)}


def med(mass, lepton, spin="vector", g=G, other="tau"):
    return ab.Mediator(mass * u.MeV, {(lepton, other): g}, spin=spin)


def tree(parent, lepton="mu"):
    """BR(P -> l nu) at tree level."""
    f, v = DECAY_CONSTANT[parent]
    big, m = PARENTS[parent].mass, const.LEPTON_MASS[lepton]
    width = const.G_FERMI**2 * v**2 * f**2 * big * m**2 * (1.0 - (m / big) ** 2) ** 2 / (8.0 * np.pi)
    return width * PARENTS[parent].lifetime / const.HBAR


def ratio(parent, lepton, mass, spin="vector"):
    """BR/g^2 with the decay constants of the tables instead of the measured P -> mu nu."""
    br = rare_decay(parent, lepton, med(mass, lepton, spin)).branching_ratio
    return br / G**2 * tree(parent) / PARENTS[parent].share


@pytest.mark.parametrize(
    ("mass", "want"),
    [(0.1, (9.6076e4, 9.0890e4, 4.8088e3, 2.8440e2)), (1.0, (960.76, 908.89, 48.088, 2.8348)),
     (10.0, (9.6072, 9.0827, 0.47936, 2.0268e-2)), (50.0, (0.38043, 0.35409, 1.1973e-2, 0.0)),
     (100.0, (8.7682e-2, 7.7728e-2, 1.6892e-4, 0.0)), (200.0, (1.2347e-2, 8.6607e-3, 0.0, 0.0)),
     (300.0, (1.3838e-3, 4.2888e-4, 0.0, 0.0))],
)  # fmt: skip
def test_rates_of_a_vector(mass, want):
    got = [ratio(p, lepton, mass) for p, lepton in (("K", "e"), ("K", "mu"), ("pi", "e"), ("pi", "mu"))]
    assert_allclose(got, want, rtol=5e-5, atol=0)


@pytest.mark.parametrize(
    ("mass", "want"),
    [(0.1, (1.5769e-2, 4.2622e-2, 9.8785e-3)), (10.0, (1.5524e-2, 2.4216e-2, 8.7174e-3)),
     (100.0, (8.4459e-3, 8.8401e-3, 4.9259e-5)), (300.0, (3.7047e-4, 1.2601e-4, 0.0))],
)  # fmt: skip
def test_rates_of_a_scalar(mass, want):
    got = [ratio(p, lepton, mass, "scalar") for p, lepton in (("K", "e"), ("K", "mu"), ("pi", "e"))]
    assert_allclose(got, want, rtol=5e-5, atol=0)


@pytest.mark.parametrize("mass", [1.0, 100.0, 300.0])
def test_the_closed_form_of_a_massless_lepton(mass):
    x = (mass / const.M_K) ** 2
    shape = 1 + 72 * x**2 - 64 * x**3 - 9 * x**4 + (36 * x**2 + 48 * x**3) * np.log(x)
    f, v = DECAY_CONSTANT["K"]
    want = const.G_FERMI**2 * v**2 * f**2 * const.M_K**5 / (3072 * np.pi**3 * mass**2) * shape
    got = ratio("K", "e", mass) * const.HBAR / PARENTS["K"].lifetime
    assert_allclose(got, want, rtol=2e-4, atol=0)  # m_e


@pytest.mark.parametrize("spin", ["vector", "scalar"])
@pytest.mark.parametrize(("parent", "lepton", "mass"), [("K", "mu", 50.0), ("pi", "e", 10.0)])
def test_the_massive_lepton_formula_written_out(parent, lepton, mass, spin):
    big, m_l = PARENTS[parent].mass, const.LEPTON_MASS[lepton]
    f, v = DECAY_CONSTANT[parent]

    def slope(s):
        p = np.sqrt((big**2 - (np.sqrt(s) + m_l) ** 2) * (big**2 - (np.sqrt(s) - m_l) ** 2)) / (2 * big)
        q_l = 0.5 * (big**2 - s - m_l**2)
        a = (s - mass**2) ** 2 / (16 * np.pi * s**2)
        if spin == "vector":
            a *= (s + 2 * mass**2) / mass**2
        return p / (4 * np.pi * big) * 4 * (q_l * (1 + m_l**2 / s) + 2 * m_l**2) * a / (2 * np.pi)

    want = quad(slope, mass**2, (big - m_l) ** 2, epsabs=0, epsrel=1e-9, limit=300)[0]
    want *= const.G_FERMI**2 * v**2 * f**2 / (2 * big)
    got = ratio(parent, lepton, mass, spin) * const.HBAR / PARENTS[parent].lifetime
    assert_allclose(got, want, rtol=1e-5, atol=0)
    decay = rare_decay(parent, lepton, med(mass, lepton, spin))
    s = np.linspace(1.001 * mass**2, 0.999 * decay.highest, 7)
    scale = got / decay.width_mev * G**2
    norm = want / quad(slope, mass**2, decay.highest, epsabs=0, epsrel=1e-9, limit=300)[0]
    assert_allclose(decay.spectrum(s) * scale / G**2, [slope(x) * norm for x in s], rtol=1e-5, atol=0)


def test_spectra_integrate_to_widths_and_know_their_kinematics():
    decay = rare_decay("K", "mu", med(20.0, "mu"))
    total = quad(lambda s: decay.spectrum(s)[0], 400.0, decay.highest, epsabs=0, epsrel=1e-8, limit=300)[0]
    assert_allclose(total, decay.width_mev, rtol=1e-6, atol=0)
    assert_allclose(decay.below(1e4) + quad(lambda s: decay.spectrum(s)[0], 1e4, decay.highest, epsabs=0,
                    epsrel=1e-8, limit=300)[0], decay.width_mev, rtol=1e-6, atol=0)  # fmt: skip
    assert_allclose(decay.missing_mass_squared(decay.energy(5e4)), 5e4, rtol=1e-12, atol=0)
    assert_allclose(decay.width.to_value("MeV"), decay.width_mev, rtol=1e-15, atol=0)


def test_the_longitudinal_state_makes_the_rate_of_a_light_vector():
    light, heavy = (rare_decay("K", "e", med(m, "e")) for m in (1.0, 300.0))
    assert light.longitudinal > 0.9999
    assert 0.3 < heavy.longitudinal < 0.8
    assert rare_decay("K", "e", med(1.0, "e", "scalar")).longitudinal == 0.0
    assert light.perturbative
    assert not rare_decay("K", "e", med(1.0, "e", g=0.1)).perturbative
    small = rare_decay("K", "e", med(0.1, "e")).branching_ratio / PARENTS["K"].share
    rate_e = tree("K", "e") / tree("K")
    want = G**2 * const.M_K**4 / (384 * np.pi**2 * const.M_E**2 * 0.01)
    assert_allclose(small / rate_e, want, rtol=2e-4, atol=0)


def test_taus_and_strange_charmed_mesons():
    def relative(daughter, model):
        return rare_decay("tau", daughter, model).branching_ratio / TAU_SHARES[daughter] / G**2

    assert_allclose(relative("pi", med(1.0, "mu")), 2449.4, rtol=5e-5, atol=0)
    assert_allclose(relative("pi", med(100.0, "mu")), 0.23588, rtol=5e-5, atol=0)
    assert_allclose(relative("e", ab.Mediator(1 * u.MeV, {"tau": G})), 1332.9, rtol=1e-4, atol=0)
    want = 2.0 / 15.0 * const.M_TAU**2 / (32.0 * np.pi**2 * 0.01)
    assert_allclose(relative("e", ab.Mediator(0.1 * u.MeV, {"tau": G})), want, rtol=1e-4, atol=0)
    assert_allclose(ratio("Ds", "mu", 1.0), 1917.4, rtol=5e-5, atol=0)
    assert rare_decay("Ds", "tau", med(10.0, "mu")).width_mev > 0.0
    assert rare_decay("Ds", "tau", med(250.0, "mu")).width_mev == 0.0
    assert rare_decay("K", "tau", med(1.0, "mu")).width_mev == 0.0


def test_only_couplings_of_the_lepton_and_its_partners_count():
    both = ab.Mediator(10 * u.MeV, {("e", "mu"): 3e-4, ("e", "tau"): 4e-4, "tau": 1e-2})
    one = ab.Mediator(10 * u.MeV, {"e": 5e-4})
    widths = [rare_decay("K", "e", x).width_mev for x in (both, one)]
    assert_allclose(widths[0], widths[1], rtol=1e-12, atol=0)
    assert rare_decay("K", "mu", one).width_mev == 0.0
    assert rare_decay("K", "mu", ab.Mediator(1 * u.MeV, {"e": 0.0})).width_mev == 0.0


@pytest.mark.parametrize(("mass", "want"), [(1.0, 5.7615), (100.0, 1.8570), (1e3, 0.71074), (1e4, 0.10682)])
def test_emission_from_a_z(mass, want):
    x = PairBoson(mass, 3, np.diag([mass / (24 * np.pi), 0, 0]))
    assert_allclose(z_decay.z_emission(x), want, rtol=2e-5, atol=0)
    pair = np.zeros((3, 3))
    pair[0, 2] = pair[2, 0] = mass / (24 * np.pi)
    assert_allclose(z_decay.z_emission(PairBoson(mass, 3, pair)), 2.0 * want, rtol=2e-5, atol=0)
    if mass < 200.0:
        log = np.log(const.M_Z**2 / mass**2)
        assert_allclose(want, (log**2 - 3 * log + 5 - np.pi**2 / 3) / (8 * np.pi**2), rtol=1e-4, atol=0)


def _spinors(p):
    """Left-handed spinor x of a massless momentum: x x^dagger = p.sigma = E - p sigma."""
    e, x, y, z = p
    return np.array([e - z, -x - 1j * y]) / np.sqrt(e - z)


SIGMA = [np.eye(2), np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1.0, -1.0])]
EPS = np.array([[0, 1], [-1, 0]])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_emission_of_a_scalar_from_a_z_with_explicit_spinors(seed):
    """Amplitude chi_1 (eps.sigma k.sigmabar/s2 + k.sigma eps.sigmabar/s1) chi_2 of two antineutrinos.

    The Goldstone of lepton number does not decouple from the longitudinal Z, which fixes the relative sign.
    """
    rng = np.random.default_rng(seed)
    r = 0.01

    def vector(e, n, m=0.0):
        return np.array([e, *(np.sqrt(e * e - m * m) * n)])

    e1 = 0.25 + 0.1 * rng.random()
    n1 = rng.normal(size=3)
    n1 /= np.linalg.norm(n1)
    p1 = vector(e1, n1)
    rest = np.array([1.0, 0, 0, 0]) - p1
    s = rest[0] ** 2 - rest[1:] @ rest[1:]
    n2 = rng.normal(size=3)
    n2 /= np.linalg.norm(n2)
    e2 = 0.5 * (s - r) / (rest[0] - rest[1:] @ n2)
    p2 = vector(e2, n2)
    k = rest - p2
    assert_allclose(k[0] ** 2 - k[1:] @ k[1:], r, rtol=1e-9, atol=0)
    s1, s2 = 1.0 - 2.0 * e2, 1.0 - 2.0 * e1  # (p1 + k)^2, (p2 + k)^2
    up = lambda v: sum(c * m for c, m in zip((v[0], -v[1], -v[2], -v[3]), SIGMA))  # noqa: E731
    bar = lambda v: sum(c * m for c, m in zip(v, SIGMA))  # noqa: E731
    a, b = _spinors(p1), _spinors(p2)
    assert_allclose(np.outer(a, a.conj()), up(p1), rtol=0, atol=1e-12)
    total = 0.0
    for pol in np.eye(4)[1:]:  # Z at rest
        first = a @ EPS.T @ up(pol) @ bar(k) @ b / s2
        second = a @ EPS.T @ up(k) @ bar(pol) @ b / s1
        total += abs(first + second) ** 2
    want = z_decay.integrand(s1, s2, r, False)
    other = z_decay.integrand(s1, s2, r, True)
    assert_allclose(total / want, 2.0, rtol=1e-9, atol=0)
    assert abs(total / other - 2.0) > 1e-3


def test_the_double_integral_of_the_z_against_scipy():
    for vector in (True, False):
        want = dblquad(lambda s2, s1, v=vector: z_decay.integrand(s1, s2, 0.01, v), 0.01, 1.0,
                       lambda s1: 0.01 / s1, lambda s1: 1.01 - s1, epsrel=1e-8)[0]  # fmt: skip
        assert_allclose(z_decay.emission_integral(0.01, vector), want, rtol=1e-6, atol=0)


def test_the_invisible_width_of_the_z_bounds_large_couplings_only():
    x = ab.Mediator(1 * u.MeV, {"tau": 0.8})
    assert_allclose(z_decay.invisible_width_change(x), 0.012, rtol=0.02, atol=0)
    assert z_decay.z_emission(x) > 100 * z_decay.invisible_width_change(x)
    assert np.isnan(z_decay.invisible_width_change(med(1.0, "e")))


def limit(name, mass, lepton, cl_scale=1.0):
    """sqrt(sum_b g_lb^2) at which a prediction reaches the published value."""
    item = rare_measurements()[name]
    at = predicted(item, med(mass, lepton))
    return G * np.sqrt(item.value / at) * cl_scale


def test_implied_limits_of_light_vectors():
    """E949, NA62 and PIENU with measured instead of tree-level widths: 1 % of what those give."""
    assert_allclose(limit("e949-kmununu", 1.0, "mu"), 5.14e-5, rtol=0.012, atol=0)
    assert_allclose(limit("na62-kmununu", 1.0, "mu"), 3.32e-5, rtol=0.012, atol=0)
    assert_allclose(limit("pienu-enununu", 1.0, "e"), 5.70e-5, rtol=0.012, atol=0)
    assert_allclose(limit("pienu-mununu", 0.1, "mu"), 1.7e-4, rtol=0.04, atol=0)


def test_the_kaon_ratio_counts_small_missing_mass_only():
    """6 t^2 - 8 t^3 + 3 t^4 of the decays of a light vector lie below t M^2."""
    decay = rare_decay("K", "e", med(1.0, "e"))
    for s, want in ((1.0e4, 0.0096), (1.5e4, 0.0209)):
        t = s / const.M_K**2
        share = decay.below(s) / decay.width_mev
        assert_allclose(share, 6 * t**2 - 8 * t**3 + 3 * t**4, rtol=2e-3, atol=0)
        assert_allclose(share, want, rtol=0.01, atol=0)
    item = rare_measurements()["R_K"]
    inclusive = item.standard * 0.0096  # one-sided 90 % excess
    everything = decay.width_mev / (item.standard * const.HBAR / PARENTS["K"].lifetime * PARENTS["K"].share)
    assert_allclose(G * np.sqrt(inclusive / item.standard / everything), 1.265e-5, rtol=0.02, atol=0)
    assert predicted(item, med(120.0, "e")) == item.standard
    assert predicted(item, med(1.0, "mu")) < item.standard < predicted(item, med(1.0, "e"))


def test_the_likelihood_is_relative_to_no_boson_and_falls_beyond_the_limits():
    lnl = RareDecays()
    assert lnl.loglike(ab.Mediator(1 * u.MeV, {"e": 0.0})) == 0.0
    assert_allclose(lnl.loglike(med(1.0, "mu", g=1e-9)), 0.0, atol=1e-6)
    values = [lnl.loglike(med(1.0, "mu", g=g)) for g in (1e-5, 3.3e-5, 1e-4)]
    assert values[0] > values[1] > values[2]
    one = RareDecays(use="na62-kmununu")
    at = med(1.0, "mu", g=limit("na62-kmununu", 1.0, "mu"))
    assert_allclose(one.loglike(at), np.log(0.1), rtol=1e-6, atol=0)
    two = RareDecays(use=("na62-kmununu", "e949-kmununu"))
    assert two.loglike(med(1.0, "mu", g=1e-4)) == one.loglike(med(1.0, "mu", g=1e-4))
    assert len(lnl.describe()) == len(rare_measurements())
    for key in lnl.references:
        assert ab.references.bibtex(key).startswith("@")


def test_what_is_not_known_is_refused():
    with pytest.raises(ConfigError, match="allowed"):
        rare_decay("k", "mu", med(1.0, "mu"))
    with pytest.raises(ConfigError, match="allowed daughters"):
        rare_decay("K", "pi", med(1.0, "mu"))
    with pytest.raises(ConfigError, match="pairs of neutrinos"):
        rare_decay("K", "mu", ab.HNL(10 * u.MeV, mixing={"e": 1e-3}))
    with pytest.raises(ConfigError, match="no measurement"):
        RareDecays(use="na61")
