"""Photodisintegration: data, matrices, public functions and their limits."""

import math

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.linalg import expm

from astrobounds.cosmology.cascade import clock, nuclei
from astrobounds.cosmology.cascade.disintegration import electromagnetic_decay, photodisintegration
from astrobounds.cosmology.cascade.source import Injection, radiated_photons, two_body
from astrobounds.cosmology.nuclear.nuclides import nuclide
from astrobounds.errors import DomainError, ValidityWarning
from astrobounds.references import bibtex, collect

START = {
    "p": 0.7525079, "d": 1.837924e-5, "t": 5.8129e-8, "He3": 7.69725e-6, "He4": 6.185801e-2,
    "Li6": 8.105e-15, "Li7": 2.1576e-11, "Be7": 3.8717e-10,
}  # fmt: skip
ETA = 6.137e-10
MASS = np.array([nuclide(name).A for name in nuclei.NUCLIDES], float)
CHARGE = np.array([nuclide(name).Z for name in nuclei.NUCLIDES], float)


def run(mass=60.0, lifetime=1e7, density=1e-10, **options):
    options = {"gamma": 1.0, "eta": ETA, **options}
    return photodisintegration(
        START, mass=mass * u.MeV, lifetime=lifetime * u.s, density=density, **options
    )


def by_name():
    return {r.name: r for r in nuclei.photodisintegrations()}


def test_reactions_and_thresholds():
    reactions = by_name()
    assert len(reactions) >= 17
    published = {
        "d(g,n)p": 2.224573,
        "He4(g,n)He3": 20.577615,
        "Be7(g,He3)He4": 1.586627,
        "Li7(g,t)He4": 2.467032,
    }
    for name, value in published.items():
        assert_allclose(reactions[name].threshold, value, rtol=0, atol=1e-3)
    for r in reactions.values():
        assert r.sigma_mb(r.threshold * 0.999) == 0.0
        grid = np.geomspace(r.threshold * 1.0001, 400.0, 400)
        assert np.all(r.sigma_mb(grid) >= 0.0)
        assert r.sigma_mb(grid).max() < 20.0


def test_cross_sections_by_hand():
    """Deuterium at 5 MeV, 2.323 mb (2.3 measured); the others from the formulas with these numbers."""
    reactions = by_name()
    assert_allclose(reactions["d(g,n)p"].sigma_mb(5.0), 2.323, rtol=0, atol=1e-3)
    Q = reactions["He4(g,p)t"].threshold
    assert_allclose(
        reactions["He4(g,p)t"].sigma_mb(26.0), 19.5 * Q**3.5 * (26.0 - Q) / 26.0**4.5, rtol=1e-12, atol=0
    )
    e = 3.0 - reactions["Be7(g,He3)He4"].threshold
    hand = 0.504 * 2371.0 / 9.0 * math.exp(-5.1909 / math.sqrt(e) - 0.548 * e)
    hand *= 1.0 - 0.428 * e**2 + 0.534 * e**3 - 0.115 * e**4
    assert_allclose(reactions["Be7(g,He3)He4"].sigma_mb(3.0), hand, rtol=1e-12, atol=0)
    assert reactions["Be7(g,He3)He4"].sigma_mb(1.5871 + 3.93) == 0.0
    assert_allclose(
        np.argmax(reactions["He4(g,n)He3"].sigma_mb(np.arange(21.0, 60.0, 0.1))), 55, rtol=0, atol=3
    )


def test_cells_average_cross_sections():
    edges = 30.0 * 10.0 ** (-np.arange(157) / 120.0)
    cells = nuclei.sigma_cells(edges) / nuclei.MILLIBARN
    fine = np.geomspace(edges[-1], edges[0], 156 * 400 + 1)
    middle = np.sqrt(fine[1:] * fine[:-1])
    for row, r in zip(cells, nuclei.photodisintegrations()):
        average = r.sigma_mb(middle).reshape(156, 400).mean(axis=1)[::-1]
        # 3e-3 where Be7(g,He3)He4 ends in a kink inside a cell, 1e-6 nearly everywhere; a cell that
        # holds a threshold is known to 1e-6 mb
        assert_allclose(row, average, rtol=3e-3, atol=1e-6)
    assert_allclose(nuclei.MILLIBARN, 2.56819e-6, rtol=1e-5, atol=0)


def test_changes_conserve_baryons_and_charge():
    changes = nuclei.changes()
    assert np.abs(np.einsum("i,rij->rj", MASS, changes)).max() == 0.0
    assert np.abs(np.einsum("i,rij->rj", CHARGE, changes)).max() == 0.0


@pytest.mark.parametrize("size", [1e-8, 0.3, 40.0, 1e5])
def test_positive_exponential(size):
    rng = np.random.default_rng(3)
    counts = rng.uniform(size=(4, 17)) * size
    m = np.tensordot(counts, nuclei.changes(), axes=1)
    found = nuclei.positive_exponential(m, MASS)
    assert np.all(found >= 0.0)
    for one, ours in zip(m, found):
        assert_allclose(ours, expm(one), rtol=1e-9, atol=1e-16)
        assert_allclose(MASS @ ours, MASS, rtol=1e-9, atol=0)


def test_product_of_steps_keeps_the_order():
    """He4 half destroyed before deuterium is: the exponential of the sum would be wrong."""
    names = [r.name for r in nuclei.photodisintegrations()]
    counts = np.zeros((2, 17))
    counts[0, names.index("He4(g,d)d")] = 0.7
    counts[1, names.index("d(g,n)p")] = 3.0
    waits = np.zeros(2)
    start = np.zeros(9)
    start[nuclei.NUCLIDES.index("He4")] = 1.0
    first = nuclei.transfer_matrix(counts, waits) @ start
    expected = 2.0 * (1.0 - math.exp(-0.7)) * math.exp(-3.0)
    assert_allclose(first[nuclei.NUCLIDES.index("d")], expected, rtol=1e-12, atol=0)
    swapped = nuclei.transfer_matrix(counts[::-1], waits) @ start
    assert_allclose(swapped[nuclei.NUCLIDES.index("d")], 2.0 * (1.0 - math.exp(-0.7)), rtol=1e-12, atol=0)


def test_standard_clock():
    """T(1e5 s) = 3.628 keV, T(1e7 s) = 0.3627 keV; the age of the Universe without dark energy."""
    assert_allclose(clock.temperature_of(1e5), 3.628e-3, rtol=3e-4, atol=0)
    assert_allclose(clock.temperature_of(1e7), 0.3627e-3, rtol=3e-4, atol=0)
    assert_allclose(clock.time_of(clock.temperature_of(3e9)), 3e9, rtol=1e-9, atol=0)
    t = clock.time_of(np.array([1.001e-6, 0.999e-6]))
    t_eq, hubble = clock._equality()
    rate = hubble * math.sqrt((1e-6 / t_eq) ** 3 + (1e-6 / t_eq) ** 4)
    assert_allclose(math.log(1.001 / 0.999) / (t[1] - t[0]), rate, rtol=1e-5, atol=0)


def test_dilution():
    """(4/11) if neutrinos decouple at once; heating leaves T(3 MeV) a = 0.7156 T a afterwards."""
    assert_allclose(clock.dilution(3.0) ** (1.0 / 3.0), 0.7156, rtol=0, atol=3e-4)
    assert_allclose(clock.dilution(10.0), 4.0 / 11.0, rtol=0.01, atol=0)
    assert_allclose(clock.dilution(1e-3), 1.0, rtol=0, atol=1e-8)
    with pytest.raises(DomainError, match="starts at"):
        clock.dilution(1e3)


def test_injection_energy():
    """Lines, and the radiated photons: 2 alpha/pi ... of the energy by direct quadrature."""
    from scipy.integrate import quad

    assert_allclose(two_body(60.0, 1.0, 0.0).energy, 60.0, rtol=1e-12, atol=0)
    E0 = 30.0
    spectrum = radiated_photons(E0)
    direct = quad(lambda E: E * spectrum(E), 1e-3, E0, epsrel=1e-9)[0]
    assert_allclose(two_body(60.0, 0.0, 1.0).energy, 60.0 + direct, rtol=1e-4, atol=0)
    assert 0.01 < direct / 60.0 < 0.05
    flat = Injection(20.0, photon_spectrum=lambda E: 0.05 + 0.0 * E)
    edges = np.array([20.0, 10.0, 5.0])
    assert_allclose(flat.cells(edges)[0], [0.5, 0.25], rtol=1e-10, atol=0)
    with pytest.raises(DomainError, match="negative"):
        Injection(20.0, photon_spectrum=lambda E: -E).cells(edges)
    with pytest.raises(DomainError, match="positive"):
        Injection(0.0)


def test_spectrum_near_a_line_is_the_line():
    """A user's spectrum that fills the highest 2 % acts as the line there."""
    line = run(mass=20.0, lifetime=1e6)
    width = 10.0 * (1.0 - 10.0 ** (-1.0 / 120.0))
    box = Injection(10.0, photon_spectrum=lambda E: np.where(E > 10.0 - width, 2.0 / width, 0.0))
    spread = photodisintegration(START, injection=box, lifetime=1e6 * u.s, density=1e-10, eta=ETA)
    i = line.reactions.index("d(g,n)p")
    assert_allclose(spread.counts[:, i].sum(), line.counts[:, i].sum(), rtol=0.02, atol=0)


def test_baryons_are_conserved_and_matrix_is_reusable():
    out = run(density=3e-10)
    before = sum(nuclide(k).A * v for k, v in START.items())
    assert_allclose(sum(nuclide(k).A * v for k, v in out.abundances.items()), before, rtol=1e-12, atol=0)
    other = {**START, "d": 3e-5}
    vector = out.matrix @ np.array([other.get(n, 0.0) for n in out.nuclides])
    assert_allclose(out.apply(other)["d"], vector[2], rtol=1e-14, atol=0)
    assert out.abundances["t"] == out.abundances["Be7"] == 0.0
    again = out.with_density(2.0 * out.density)
    assert_allclose(again["He3"], run(density=6e-10)["He3"], rtol=1e-10, atol=0)
    assert_allclose(out.Yp, 4.0 * out["He4"], rtol=1e-6, atol=0)
    assert_allclose(out.He3D, out.He3H / out.DH, rtol=1e-6, atol=0)
    assert_allclose(out.Li6H, out["Li6"] / out["p"], rtol=1e-6, atol=0)
    assert_allclose(out.Li7H, out["Li7"] / out["p"], rtol=1e-6, atol=0)


def test_small_injection_is_linear():
    a, b = run(density=1e-14), run(density=2e-14)
    zero = run(density=0.0)
    assert_allclose((b["He3"] - zero["He3"]) / (a["He3"] - zero["He3"]), 2.0, rtol=1e-5, atol=0)
    assert_allclose(zero["He3"], START["He3"] + START["t"], rtol=1e-12, atol=0)
    assert_allclose(zero["Li7"], START["Li7"] + START["Be7"], rtol=1e-12, atol=0)


def test_time_integral_against_quadrature():
    """Hits of a channel against a fine trapezoid of the same response over time."""
    out = run(mass=30.0, lifetime=1e6, gamma=0.0, electron=1.0)
    i = out.reactions.index("d(g,n)p")
    x = np.linspace(math.log(out.T_mev[-1]), math.log(out.T_mev[0]), 400001)
    T = np.exp(x)
    t = clock.time_of(T)
    log = np.interp(x, np.log(out.T_mev[::-1]), np.log(np.maximum(out.hits[::-1, i], 1e-300)))
    rate = np.exp(log) * clock.PHOTONS * T**3 * out.density * np.exp(-t / 1e6) / 1e6
    expected = -np.trapezoid(rate, t)
    assert expected > 0.0
    assert_allclose(out.counts[:, i].sum(), expected, rtol=3e-3, atol=0)


def test_below_threshold_and_too_early_change_nothing():
    decayed = run(density=0.0).abundances
    for out in (run(mass=3.0), run(lifetime=10.0)):
        assert out.counts.max() == 0.0
        assert set(out.abundances) == set(decayed)
        assert_allclose([out[k] for k in decayed], list(decayed.values()), rtol=1e-12, atol=0)


def test_density_conventions():
    late = run(density_at=1 * u.keV, density=1e-10)
    early = run(density_at=10 * u.MeV, density=1e-10 / clock.dilution(10.0))
    assert_allclose(late["He3"], early["He3"], rtol=1e-9, atol=0)


def test_hook_for_models():
    """The hook with all energy in electrons is X -> e+ e-; with less energy, as much less."""
    full = electromagnetic_decay(START, ETA, 60.0, 1e7, 1e-10, 60.0)
    public = run(gamma=0.0, electron=1.0, density_at=1 * u.keV)
    assert_allclose(full["He3"], public["He3"], rtol=1e-12, atol=0)
    half = electromagnetic_decay(START, ETA, 60.0, 1e7, 1e-10, 30.0)
    assert_allclose(half.counts, 0.5 * full.counts, rtol=1e-12, atol=0)
    photons = electromagnetic_decay(START, ETA, 60.0, 1e7, 1e-10, 60.0, electron=0.0)
    assert_allclose(photons["He3"], run(density_at=1 * u.keV)["He3"], rtol=1e-12, atol=0)
    with pytest.raises(DomainError, match="em_energy"):
        electromagnetic_decay(START, ETA, 60.0, 1e7, 1e-10, 61.0)


def test_universal_spectrum_is_an_option_with_a_warning():
    """High energies: of the order of the cascade. Low ones: wrong, and said so."""
    exact, option = run(mass=900.0, lifetime=1e7), run(mass=900.0, lifetime=1e7, spectrum="universal")
    i = exact.reactions.index("d(g,n)p")
    ratio = option.counts[:, i].sum() / exact.counts[:, i].sum()
    assert 0.4 < ratio < 1.5
    with pytest.warns(ValidityWarning, match="universal"):
        run(mass=10.0, lifetime=1e6, spectrum="universal")


def test_accepts_results_of_nucleosynthesis():
    import astrobounds as ab

    sm = ab.cosmology.bbn()
    out = photodisintegration(sm, mass=20 * u.MeV, gamma=1.0, lifetime=1e5 * u.s, density=0.0)
    assert_allclose(out.DH, sm.DH, rtol=1e-6, atol=0)
    assert_allclose(out.Li7H, sm.Li7H, rtol=1e-6, atol=0)
    assert out.initial["Be7"] > 10.0 * out.initial["Li7"]


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"lifetime": 1e13}, "lifetime"),
        ({"density": -1.0}, "density"),
        ({"gamma": 0.7, "electron": 0.7}, "gamma \\+ electron"),
        ({"mass": 0.9, "electron": 1.0, "gamma": 0.0}, "below 2 m_e"),
        ({"spectrum": "universl"}, "did you mean 'universal'"),
        ({"eta": None}, "eta is missing"),
        ({"density_at": 20 * u.MeV}, "density_at"),
        ({"injection": Injection(10.0, photons=1.0)}, "one or the other"),
    ],
)
def test_refusals(options, match):
    with pytest.raises(DomainError, match=match):
        run(**options)


def test_refuses_bad_abundances():
    for bad, match in (({"d": 1e-5}, "missing"), ({**START, "He5": 1.0}, "unknown nuclide")):
        with pytest.raises(DomainError, match=match):
            photodisintegration(bad, mass=20 * u.MeV, gamma=1.0, lifetime=1e5 * u.s, density=1e-9, eta=ETA)
    with pytest.raises(DomainError, match="mass"):
        photodisintegration(START, mass=20.0, gamma=1.0, lifetime=1e5 * u.s, density=1e-9, eta=ETA)


def test_warns_above_one_gev():
    with pytest.warns(ValidityWarning, match="1 GeV"):
        run(mass=3000.0, lifetime=1e4)


def test_references_and_plot():
    out = run()
    for key in collect(out, out.spectra, out.injection, *nuclei.photodisintegrations()):
        assert key in bibtex(key)
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.switch_backend("Agg")
    ax = out.plot()
    assert len(ax.lines) >= 15
    assert out.temperature[0].to_value("keV") > 15.0
    plt.close("all")


@pytest.mark.parametrize("mass", [3.2, 5.0, 47.0, 700.0])
@pytest.mark.parametrize("lifetime", [3e3, 1e6, 1e12])
@pytest.mark.parametrize("channel", ["gamma", "electron"])
def test_everywhere_finite_and_positive(mass, lifetime, channel):
    """All corners, also with a density that destroys everything."""
    options = {"gamma": 0.0, "electron": 0.0, channel: 1.0}
    out = run(mass=mass, lifetime=lifetime, density=1e-9, **options)
    heavy = out.with_density(1e3)
    before = sum(nuclide(k).A * v for k, v in START.items())
    for result in (out, heavy):
        values = np.array(list(result.abundances.values()))
        assert np.all(np.isfinite(values))
        assert np.all(values >= 0.0)
        assert_allclose(
            sum(nuclide(k).A * v for k, v in result.abundances.items()), before, rtol=1e-9, atol=0
        )
    if out.spectra is not None:
        assert np.all(out.spectra.photons >= 0.0)
        assert np.all(out.spectra.electrons >= 0.0)


def test_electron_spectrum_is_between_its_ends():
    """Electrons spread over 10 to 20 MeV break as much Be7 as lines in between."""
    flat = Injection(20.0, electron_spectrum=lambda E: np.where(E > 10.0, 0.2, 0.0))
    options = {"lifetime": 1e6 * u.s, "density": 1e-11, "eta": ETA}
    spread = photodisintegration(START, injection=flat, **options)
    i = spread.reactions.index("Be7(g,He3)He4")
    low, high = (
        photodisintegration(START, injection=Injection(E, electrons=2.0), **options).counts[:, i].sum()
        for E in (10.0, 20.0)
    )
    assert low < spread.counts[:, i].sum() < high
