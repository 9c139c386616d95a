"""Mediators: widths from explicit amplitudes, couplings as given by users, fits and refusals."""

import pickle

import astropy.units as u
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import ConfigError, DomainError
from astrobounds.models.mediator import PAIRS, Mediator, channel_name, channels, pair_width

SIGMA = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


def left_handed(p):
    """The two-component spinor x with x x^+ = p.sigma (E - p.s) of a massless particle."""
    matrix = p[0] * SIGMA[0] - np.einsum("i,ijk->jk", p[1:], SIGMA[1:])
    values, vectors = np.linalg.eigh(matrix)
    return vectors[:, 1] * np.sqrt(values[1])


def back_to_back(mass, seed):
    n = np.random.default_rng(seed).normal(size=3)
    n /= np.linalg.norm(n)
    half = 0.5 * mass
    return half * np.array([1.0, *n]), half * np.array([1.0, *-n])


@pytest.mark.parametrize("pair", ["ee", "etau"])
def test_scalar_width_from_the_amplitude(pair):
    """(1/2) g_ab phi nu_a nu_b + h.c.: amplitude (g_ab + g_ba)/2 times the spinor product, twice if a = b.

    Equal flavours: two contractions of (1/2) g, halved phase space. Different: both orders of the sum.
    """
    mass, g = 7.0, 0.3
    first, second = back_to_back(mass, 1)
    x, y = left_handed(first), left_handed(second)
    product = x[0] * y[1] - x[1] * y[0]
    square = abs(0.5 * g * 2.0 * product) ** 2
    identical = 0.5 if pair == "ee" else 1.0
    assert_allclose(
        g * g * pair_width(mass, pair, "scalar"), identical * square / (16.0 * np.pi * mass), rtol=1e-12
    )


def test_vector_width_from_the_amplitude_is_the_same_for_every_polarisation():
    """Averaged over directions each polarisation has g^2 m/(24 pi); the current is conserved."""
    mass, g = 7.0, 0.3
    rest = [np.array([0, 1, 1j, 0]), np.array([0, 1, -1j, 0]), np.array([0, 0, 0, np.sqrt(2.0)])]
    total = np.zeros(3)
    nodes, weights = np.polynomial.legendre.leggauss(4)
    for c, w in zip(nodes, weights):
        n = np.array([np.sqrt(1.0 - c * c), 0.0, c])
        first, second = 0.5 * mass * np.array([1.0, *n]), 0.5 * mass * np.array([1.0, *-n])
        x, y = left_handed(first), left_handed(second)  # a right-handed antineutrino has y too
        current = np.array([x.conj() @ (s @ y) for s in SIGMA])
        current[1:] *= -1.0  # sigma-bar
        assert_allclose(mass * current[0], 0.0, atol=1e-12 * mass**2)  # q.J = 0
        for h, eps in enumerate(rest):
            amplitude = g * (eps[1:] / np.sqrt(2.0)) @ current[1:]
            total[h] += 0.5 * w * abs(amplitude) ** 2
    assert_allclose(total / (16.0 * np.pi * mass), g * g * pair_width(mass, "etau", "vector"), rtol=1e-12)


@pytest.mark.parametrize(("spin", "coupling", "total"), [
    ("vector", {"tau": 1.0}, 1 / (24 * np.pi)),
    ("vector", {("e", "tau"): 1.0}, 1 / (12 * np.pi)),
    ("vector", {"universal": 1.0}, 1 / (8 * np.pi)),
    ("scalar", {"tau": 1.0}, 1 / (16 * np.pi)),
    ("scalar", {("e", "tau"): 1.0}, 1 / (8 * np.pi)),
    ("scalar", {"universal": 1.0}, 3 / (16 * np.pi)),
])  # fmt: skip
def test_total_widths_are_traces(spin, coupling, total):
    """m Tr(g g+)/(24 pi) of a vector, m Tr(g g+)/(16 pi) of a majoron."""
    med = Mediator(mass=5 * u.MeV, coupling=coupling, spin=spin)
    assert_allclose(med.width.to_value("MeV"), 5.0 * total, rtol=1e-12)
    assert_allclose(med.lifetime.to_value("s"), const.HBAR / (5.0 * total), rtol=1e-12)


couplings = st.lists(st.floats(0.0, 0.4), min_size=6, max_size=6)


@settings(max_examples=60, deadline=None)
@given(couplings, st.sampled_from(["vector", "scalar"]), st.floats(1e-3, 900.0))
def test_widths_of_any_matrix(values, spin, mass):
    """Traces of the symmetric matrix; branching ratios and neutrinos per decay sum up."""
    med = Mediator.fast(mass, values, spin)
    matrix = np.zeros((3, 3))
    for (a, b), g in zip(PAIRS.values(), values):
        i, j = const.FLAVOURS.index(a), const.FLAVOURS.index(b)
        matrix[i, j] = matrix[j, i] = g
    expected = mass * np.trace(matrix @ matrix) / ((24.0 if spin == "vector" else 16.0) * np.pi)
    assert_allclose(med.width_mev, expected, rtol=1e-12, atol=0.0)
    if not expected > 0.0:
        assert med.branching_ratios() == {}
        assert med.lifetime.value == np.inf
        return
    assert_allclose(sum(med.branching_ratios().values()), 1.0, rtol=1e-12)
    assert_allclose(sum(med.neutrinos_per_decay().values()), 2.0, rtol=1e-12)
    diagonal = np.diag(matrix @ matrix) / np.trace(matrix @ matrix)
    assert_allclose(list(med.neutrinos_per_decay().values()), 2.0 * diagonal, rtol=1e-12, atol=1e-300)
    assert [c.branching_ratio for c in med.decays()] == list(med.branching_ratios().values())
    assert not any(c.visible for c in med.decays())


def test_channels_come_with_their_conjugates():
    def names(pair, spin):
        return [channel_name(legs) for legs in channels(pair, spin)]

    assert names("ee", "vector") == ["nu_e nubar_e"]
    assert names("etau", "vector") == ["nu_e nubar_tau", "nu_tau nubar_e"]
    assert names("ee", "scalar") == ["nu_e nu_e", "nubar_e nubar_e"]
    assert names("etau", "scalar") == ["nu_e nu_tau", "nubar_e nubar_tau"]


def test_a_mediator_is_a_value():
    med = ab.Mediator(mass=1 * u.MeV, coupling={("tau", "e"): 1e-9, "mu": 2e-9}, spin="scalar")
    same = Mediator.fast(1.0, med.coupling_values, "scalar")
    assert med == same == pickle.loads(pickle.dumps(med))
    assert hash(med) == hash(same)
    assert dict(med.coupling) == dict(same.coupling) == {("e", "tau"): 1e-9, "mu": 2e-9}
    assert same.mass == 1 * u.MeV
    assert repr(med) == repr(same)
    flat = {"mass": 1.0, "coupling.etau": 1e-9, "coupling.mumu": 2e-9}
    assert Mediator.from_values(flat, spin="scalar") == med
    assert med != ab.Mediator(mass=1 * u.MeV, coupling={("tau", "e"): 1e-9, "mu": 2e-9}, spin="vector")
    assert med == ab.Mediator(mass=1 * u.MeV, coupling={"etau": 1e-9, "mumu": 2e-9}, spin="scalar")
    assert med.polarisations == 1
    assert ab.Mediator(mass=1 * u.MeV, coupling={"e": 0.1}).polarisations == 3
    for key in med.references:
        assert ab.references.bibtex(key).startswith("@")


@pytest.mark.parametrize(("arguments", "message"), [
    (dict(mass=1.0, coupling={"e": 1e-9}), "no unit"),
    (dict(mass=2 * u.GeV, coupling={"e": 1e-9}), "1 eV to 1 GeV"),
    (dict(mass=1 * u.MeV, coupling={"tua": 1e-9}), "did you mean 'tau'"),
    (dict(mass=1 * u.MeV, coupling={("e", "muu"): 1e-9}), "did you mean 'mu'"),
    (dict(mass=1 * u.MeV, coupling={"univesal": 1e-9}), "did you mean 'universal'"),
    (dict(mass=1 * u.MeV, coupling={("e",): 1e-9}), "a pair"),
    (dict(mass=1 * u.MeV, coupling={("e", "tau"): 1e-9, ("tau", "e"): 1e-9}), "twice"),
    (dict(mass=1 * u.MeV, coupling={"universal": 1e-9, "tau": 1e-9}), "twice"),
    (dict(mass=1 * u.MeV, coupling=1e-9), "not a mapping"),
    (dict(mass=1 * u.MeV, coupling={"etua": 1e-9}), "did you mean 'etau'"),
    (dict(mass=1 * u.MeV, coupling={"etau": 1e-9, ("tau", "e"): 1e-9}), "twice"),
    (dict(mass=1 * u.MeV, coupling={"e": -1e-9}), "modulus"),
    (dict(mass=1 * u.MeV, coupling={"e": 4.0}), "outside"),
    (dict(mass=1 * u.MeV, coupling={"e": "much"}), "not a number"),
    (dict(mass=1 * u.MeV, coupling={"e": 1e-9}, spin="vectr"), "did you mean 'vector'"),
])  # fmt: skip
def test_bad_input_is_named(arguments, message):
    with pytest.raises(DomainError, match=message):
        ab.Mediator(**arguments)


def test_other_observables_say_what_is_supported():
    """Deposition and the curves of the laboratories refuse; nothing shines."""
    med = ab.Mediator(mass=10 * u.MeV, coupling={"tau": 1e-9})
    assert ab.cosmology.bbn(med).Neff > 3.0
    with pytest.raises(ConfigError, match="neutrinos alone"):
        ab.supernova.deposition(med, ab.supernova.load("fiducial"))
    with pytest.raises(ConfigError, match="has no mixing"):
        ab.constraints.get("lab").loglike(med, {})
    with pytest.raises(DomainError, match="not available"):
        ab.supernova.systematics(ab.StandardModel)


def test_a_run_file_takes_a_mediator(tmp_path):
    text = (
        "model: Mediator\nnature: scalar\nparameters:\n"
        "  mass: {prior: log-uniform, low: 1 MeV, high: 100 MeV}\n"
        "  coupling.etau: {prior: log-uniform, low: 1.0e-12, high: 1.0e-6}\n"
        "  coupling.mumu: {prior: tied, to: coupling.etau, factor: 2.0}\n"
        "constraints: [sn1987a-cooling]\nscan: {y: coupling.etau}\n"
    )
    path = tmp_path / "run.yaml"
    path.write_text(text)
    post = _load(path)
    model, _ = post.point({"mass": 10.0, "coupling.etau": 1e-9})
    assert model == ab.Mediator(mass=10 * u.MeV, coupling={("e", "tau"): 1e-9, "mu": 2e-9}, spin="scalar")
    path.write_text(text.replace("scalar", "majorana"))
    with pytest.raises(ConfigError, match="'vector', 'scalar'"):
        _load(path)


def _load(path):
    from astrobounds import config

    return config.load(path).posterior
