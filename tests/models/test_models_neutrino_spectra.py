"""Neutrino spectra at rest: closed forms, a Monte Carlo, the means of the energy injection."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from astrobounds import constants as const
from astrobounds.cosmology.relics import injection as inj
from astrobounds.errors import ConfigError
from astrobounds.models.decays import neutrino_spectra as spectra
from astrobounds.models.decays import shares
from astrobounds.models.decays.daughters import Daughters, leaves
from astrobounds.models.decays.hnl_channels import final_states
from astrobounds.models.decays.hnl_widths import CHANNELS
from astrobounds.models.decays.particles import particles
from astrobounds.models.decays.rest_spectrum import RestSpectrum

FLAVOURS = const.FLAVOURS


def direct(channel, mass, flavour):
    """Direct neutrinos of one decay through a mixing."""
    return made_of(mass, [(channel, flavour, 1.0)]).neutrinos


def made_of(mass, widths):
    """The daughters of decays (channel, flavour, width)."""
    found = [
        (width * share, leaves(mass, products, amplitude))
        for channel, flavour, width in widths
        for share, products, amplitude in final_states(channel, mass, flavour)
    ]
    every = sum(w for w, _ in found)
    return Daughters(mass, every, (), tuple(w / every for w, _ in found), tuple(p for _, p in found))


def flavours_of(channel):
    leptons = [x for x in channel.split() if x in FLAVOURS]
    if channel.startswith("nu") and len(leptons) == 2 and leptons[0] != leptons[1]:
        return leptons
    return FLAVOURS if channel.startswith("nu") or channel == "3nu" else leptons


def threshold(channel):
    flavour = flavours_of(channel)[0]
    products = final_states(channel, 5000.0, flavour)[0][1]
    return sum(p.mass or 900.0 * (p.kind == "hadrons") for p in particles(products))


def own_energy(channel, mass, flavour):
    """The vector of a channel without the neutrinos of taus that stop in it."""
    vector = made_of(mass, [(channel, flavour, 1.0)]).shares
    return vector[1:4] - channel.count("tau") * shares.tau()[1:4], (
        vector[8:] - channel.count("tau") * shares.tau()[8:]
    )


@pytest.mark.parametrize("channel", CHANNELS)
def test_numbers_and_energies_are_those_of_the_injection(channel):
    for flavour in flavours_of(channel):
        for excess in (5.0, 60.0, 700.0):
            mass = threshold(channel) + excess
            made = direct(channel, mass, flavour)
            energy, number = own_energy(channel, mass, flavour)
            assert_allclose([made[f].energy for f in FLAVOURS], energy, rtol=1e-6, atol=1e-9 * mass)
            if channel == "3nu" or channel.startswith("nu"):
                assert_allclose([made[f].number for f in FLAVOURS], number, rtol=1e-12, atol=1e-12)
            else:
                assert sum(made[f].number for f in FLAVOURS) == 0.0


@pytest.mark.parametrize(
    ("name", "vector"),
    [("mu", inj.muon()), ("pi", inj.pion()), ("K", inj.kaon(inj.K)), ("KL", inj.kaon(inj.KL)),
     ("tau", shares.tau())],
)  # fmt: skip
def test_decays_at_rest_are_those_of_the_injection(name, vector):
    made = spectra.stopped(name)
    assert_allclose([made[f].energy for f in FLAVOURS], vector[1:4], rtol=1e-6, atol=1e-9)
    if name in ("mu", "pi"):  # the injection counts every neutrino
        assert_allclose([made[f].number for f in FLAVOURS], vector[8:], rtol=1e-12)


def test_three_neutrinos_in_closed_form():
    """dN/dx of x = 2E/m: 1.5 of 2 x^2 (3-2x) and half of 12 x^2 (1-x) for the mixing flavour."""
    m = 80.0
    made = direct("3nu", m, "mu")
    e = np.linspace(0.1, 39.9, 57)
    x = 2.0 * e / m
    like, anti = 2.0 * x**2 * (3.0 - 2.0 * x) * 2.0 / m, 12.0 * x**2 * (1.0 - x) * 2.0 / m
    assert_allclose(made["mu"].density(e), 1.5 * like + 0.5 * anti, rtol=1e-9, atol=1e-13)
    for name in ("e", "tau"):
        assert_allclose(made[name].density(e), 0.25 * (like + anti), rtol=1e-9, atol=1e-13)
    assert_allclose([made[f].energy / m for f in FLAVOURS], [0.1625, 0.675, 0.1625], rtol=1e-12)


def test_identical_neutrinos_by_the_squared_amplitude():
    """Two graphs for b = a: |M|^2 four times, one half for identical particles, with explicit spinors.

    ubar(1) g^mu P_L N ubar(2) g_mu P_L v(3) equals minus itself with 1 and 2 exchanged (Fierz), so
    the antisymmetrised amplitude is twice a single one.
    """
    rng = np.random.default_rng(5)
    sigma = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
    sbar = np.concatenate([np.eye(2)[None], -sigma])  # left-handed current: chi+ sbar^mu psi
    metric = np.diag([1.0, -1.0, -1.0, -1.0])

    def spinor():
        return rng.normal(size=2) + 1j * rng.normal(size=2)

    for _ in range(5):
        one, two, three, parent = (spinor() for _ in range(4))
        current = lambda a, b: np.einsum("i,mij,j->m", a.conj(), sbar, b)  # noqa: E731
        first = current(one, parent) @ metric @ current(two, three)
        second = current(two, parent) @ metric @ current(one, three)
        assert_allclose(first, -second, rtol=1e-12)


def test_muon_spectra_in_closed_form():
    made = spectra.stopped("mu")
    e = np.linspace(2.0, 45.0, 23)
    x = 2.0 * e / const.M_MU
    unit = 2.0 / const.M_MU
    assert_allclose(made["e"].density(e), 12.0 * x**2 * (1.0 - x) * unit, rtol=4e-3)  # O(m_e^2)
    assert_allclose(made["mu"].density(e), 2.0 * x**2 * (3.0 - 2.0 * x) * unit, rtol=4e-3)
    assert np.all(made["e"].density(np.array([-1.0, 0.0, 53.0, 200.0])) == 0.0)


@pytest.mark.parametrize(
    ("channel", "mass", "flavour", "name"),
    [("nu e e", 1.2, "e", "e"), ("nu e e", 900.0, "mu", "mu"), ("nu mu mu", 212.0, "mu", "mu"),
     ("nu e mu", 300.0, "mu", "e"), ("nu e mu", 300.0, "e", "mu"), ("3nu", 40.0, "tau", "tau"),
     ("nu hadrons", 1500.0, "e", "e")],
)  # fmt: skip
def test_cells_are_integrals_of_the_density_and_add_up(channel, mass, flavour, name):
    made = direct(channel, mass, flavour)[name]
    top = made.edges[-1]
    grid = np.concatenate([[0.0], np.sort(np.random.default_rng(1).uniform(0, top, 9)), [1.1 * top]])
    number, energy = made.cells(grid)
    assert_allclose([number.sum(), energy.sum()], [made.number, made.energy], rtol=1e-12)
    for i in (0, 4, 9):
        high = min(grid[i + 1], top)
        # u = sqrt(top - E) takes the square root at the end point, points the scale of m_e there
        low_u, high_u = np.sqrt(top - high), np.sqrt(top - grid[i])
        points = [p for p in (1e-3 * high_u, 1e-2 * high_u, 0.1 * high_u) if p > low_u]
        for k, found in ((0, number[i]), (1, energy[i])):
            want = quad(lambda u, k=k: 2 * u * made.density(top - u * u) * (top - u * u) ** k, low_u,
                        high_u, points=points or None, epsabs=0, epsrel=1e-10, limit=400)[0]  # fmt: skip
            assert_allclose(found, want, rtol=1e-7)


def test_lines_fall_into_the_right_cell():
    made = RestSpectrum(((10.0, 2.0), (30.0, 1.0)))
    number, energy = made.cells([0.0, 10.0, 20.0, 30.0])
    assert_allclose(number, [0.0, 2.0, 1.0])
    assert_allclose(energy, [0.0, 20.0, 30.0])
    number, _ = made.cells([40.0, 50.0])
    assert_allclose(number, [0.0])
    assert_allclose(made.mean_energy, 50.0 / 3.0, rtol=1e-6, atol=0)
    assert np.isnan(RestSpectrum().mean_energy)


def test_kaon_and_tau_lines():
    kaon = spectra.stopped("K")
    assert_allclose(kaon["mu"].lines[0][0], 235.53, atol=0.01)
    assert kaon["tau"].number == 0.0
    assert_allclose(spectra.stopped("tau")["tau"].number, 1.0, rtol=1e-6, atol=0)
    assert_allclose(
        sum(s.number for s in spectra.stopped("KL").values()), 0.6759 / 0.9965, rtol=1e-6, atol=0
    )


def test_charged_current_spectrum_against_monte_carlo():
    """N -> mu- e+ nu_e at 200 MeV: flat phase space by two two-body decays, weight (P e+)(mu- nu)."""
    rng, n, mass = np.random.default_rng(8), 400_000, 200.0
    low, high = const.M_MU, mass - const.M_E
    q = rng.uniform(low, high, n)  # of the pair mu- nu
    e_positron = 0.5 * (mass**2 + const.M_E**2 - q**2) / mass
    p = np.sqrt(e_positron**2 - const.M_E**2)
    k = 0.5 * (q**2 - const.M_MU**2) / q
    cos = rng.uniform(-1.0, 1.0, n)
    neutrino = k * ((mass - e_positron) + p * cos) / q
    weight = p * k * e_positron * (q**2 - const.M_MU**2)
    grid = np.linspace(0.0, 75.0, 16)
    number, _ = direct("nu e mu", mass, "mu")["e"].cells(grid)
    got = np.histogram(neutrino, grid, weights=weight)[0] / weight.sum()
    error = np.sqrt(np.histogram(neutrino, grid, weights=weight**2)[0]) / weight.sum()
    assert np.all(np.abs(got - number) < 4.5 * error + 1e-9)


def test_sum_over_widths_and_scaling():
    made = made_of(60.0, [("3nu", "mu", 3.0), ("nu gamma", "mu", 1.0)]).neutrinos
    assert_allclose(sum(s.energy for s in made.values()), 0.75 * 60.0 + 0.25 * 30.0, rtol=1e-12)
    assert_allclose(made["mu"].number, 0.75 * 2.0 + 0.25, rtol=1e-12)


def test_unknown_names_are_refused():
    with pytest.raises(ConfigError, match="allowed"):
        spectra.stopped("proton")
