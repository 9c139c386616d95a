"""Nucleosynthesis as a whole: the public function, its grids, smoothness and derivatives."""

import dataclasses
import subprocess
import sys
import time

import astropy.units as u
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import constants as const
from astrobounds import references
from astrobounds.cosmology.background import expand
from astrobounds.cosmology.neutrinos.decoupling import Relic
from astrobounds.cosmology.nuclear import run as network_run
from astrobounds.cosmology.nuclear.network import load_network
from astrobounds.cosmology.nuclear.run import run_network, yields
from astrobounds.cosmology.plasma import baryons
from astrobounds.errors import ConfigError, DomainError, ValidityWarning


@pytest.fixture(scope="module")
def standard():
    return ab.cosmology.bbn()


def test_baryon_density():
    assert_allclose(baryons.eta_from_omega_b(1.0), 2.73748e-8, rtol=5e-6)
    assert_allclose(baryons.eta_from_omega_b(0.0223), 6.10459e-10, rtol=5e-6)
    assert_allclose(baryons.omega_b_from_eta(baryons.eta_from_omega_b(0.02)), 0.02, rtol=1e-14)
    hydrogen = 2.73748e-8 * baryons.baryon_mass() / baryons.baryon_mass(0.0)
    assert_allclose(hydrogen, 2.73267e-8, rtol=5e-6)


def test_two_helium_numbers():
    assert_allclose(baryons.helium_mass_fraction(0.246891), 0.245565, atol=6e-7)


def test_standard_result(standard):
    assert abs(standard.Neff - 3.044) < 1e-3
    assert 0.2455 < standard.Yp_cmb < standard.Yp < 0.2475
    assert 2.40e-5 < standard.DH < 2.55e-5
    assert 1.0e-5 < standard.He3H < 1.1e-5
    assert 4.5e-10 < standard.Li7H < 6e-10
    assert all(isinstance(getattr(standard, n), float) for n in ("Neff", "Yp", "DH", "Li7H"))
    assert set(standard.references) <= set(references.known_keys())
    masses = {"n": 1, "p": 1, "d": 2, "t": 3, "He3": 3, "He4": 4, "Li7": 7, "Be7": 7}
    total = sum(masses[k] * v for k, v in standard.abundances.items())
    assert_allclose(total, 1.0, atol=1e-11)


def test_omega_b_and_eta_are_the_same_input(standard):
    other = ab.cosmology.bbn(eta=standard.eta)
    assert_allclose(other.DH, standard.DH, rtol=1e-12, atol=0)
    assert_allclose(other.omega_b, 0.02237, rtol=1e-12, atol=0)


def test_history(standard):
    history = standard.history
    n = len(standard.background.ln_a)
    assert history["t"].unit == u.s
    assert history["n_to_p"].unit == 1 / u.s
    assert all(len(history[name]) == n for name in ("a", "T_nue", "p_to_n"))
    abundance = history["Y"]
    inside = np.isfinite(abundance["n"])
    assert inside.sum() > 400
    temperature = history["T_gamma"].to_value(u.MeV)
    at = np.argmin(np.abs(temperature - 5.0))
    ratio = abundance["n"][at] / abundance["p"][at]
    assert_allclose(ratio, np.exp(-(const.M_N - const.M_P) / temperature[at]), rtol=1e-2)
    at = np.argmin(np.abs(temperature - 0.03))
    assert_allclose(4.0 * abundance["He4"][at], standard.Yp, rtol=2e-2)


def test_plot(standard):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    axes = standard.plot()
    assert len(axes.lines) == len(standard.network.nuclides)
    plt.close(axes.figure)


@pytest.mark.parametrize(
    ("name", "centre", "width"),
    [("omega_b", 0.0224, 2e-4), ("delta_neff", 0.1, 0.02), ("tau_n", 878.4, 1.0), ("xi_e", 0.0, 5e-3)],
)
def test_abundances_are_smooth_in_every_input(name, centre, width):
    """Noise about a cubic through 25 neighbours: a bound 1000 times below the published errors."""
    x = np.linspace(-1.0, 1.0, 25)
    points = [
        ab.cosmology.bbn(**{name: value * u.s if name == "tau_n" else value})
        for value in centre + width * x
    ]
    for quantity in ("Neff", "Yp", "DH", "He3H", "Li7H"):
        y = np.log([getattr(p, quantity) for p in points])
        noise = np.abs(y - np.polyval(np.polyfit(x, y, 4), x)).max()
        assert noise < 1e-7, quantity


def test_rates_of_reactions_are_smooth_and_may_change_tenfold():
    network = load_network()
    start = expand(const.TAU_N)

    def logs(name, factor):
        run = run_network(network, start[0], 6.12e-10, *start[1:], None, factors={name: factor})
        assert run.success
        return np.log(yields(run))

    for name in network.reactions:
        for factor in (0.1, 10.0):
            assert np.all(np.isfinite(logs(name, factor)))
    x = np.linspace(-0.02, 0.02, 15)
    y = np.array([logs("d(d,n)He3", np.exp(v)) for v in x])
    for column in y.T:
        assert np.abs(column - np.polyval(np.polyfit(x, column, 3), x)).max() < 1e-7


@pytest.mark.parametrize("omega_b", [0.005, 0.05])
@pytest.mark.parametrize("delta_neff", [-2.0, 10.0])
@pytest.mark.parametrize("tau_n", [850.0, 910.0])
def test_corners_run(omega_b, delta_neff, tau_n, standard):
    out = ab.cosmology.bbn(omega_b=omega_b, delta_neff=delta_neff, tau_n=tau_n * u.s)
    assert 0.1 < out.Yp < 0.45
    assert 1e-6 < out.DH < 1e-3
    assert (out.DH > standard.DH) == (omega_b < 0.02)


def test_converged_to_well_below_the_promise():
    """1e-4 in Y_p and 1e-3 in D/H are asked for; grids and tolerances are good to 1e-6."""
    network = load_network()

    def run(rtol=None, **grid):
        state = expand(const.TAU_N, **grid)
        options = {} if rtol is None else {"rtol": rtol}
        return yields(run_network(network, state[0], 6.12e-10, *state[1:], None, **options))

    fine = run(rtol=1e-9, dx=1.0 / 128.0, refine=2, stride=2)
    assert_allclose(run(), fine, rtol=1.5e-6)


def test_start_of_the_network_does_not_matter(monkeypatch, standard):
    monkeypatch.setattr(network_run, "T_FIRST", 5.0)
    assert_allclose(ab.cosmology.bbn().Yp, standard.Yp, rtol=2e-7)


def test_lepton_asymmetry():
    plus, minus = ab.cosmology.bbn(xi_e=0.05), ab.cosmology.bbn(xi_e=-0.05)
    assert plus.Yp < minus.Yp
    assert_allclose(plus.Neff, minus.Neff, rtol=0, atol=1e-9)
    extra = 3.0 * 30.0 / 7.0 * (0.05 / np.pi) ** 2
    assert_allclose(plus.Neff - ab.cosmology.bbn().Neff, extra, rtol=1e-2, atol=0)


def test_a_relic_in_the_plasma():
    relic = Relic(20.0, 30.0, const.HBAR / 1.0, {"em": 1.0})
    heated = ab.cosmology.bbn(relic)
    assert heated.Neff < 3.03
    empty = Relic(0.0, 30.0, const.HBAR / 1.0, {"em": 1.0})
    assert_allclose(ab.cosmology.bbn(empty).DH, ab.cosmology.bbn().DH, rtol=1e-9, atol=0)


def test_late_neutrino_injection_is_flagged():
    relic = Relic(20.0, 30.0, const.HBAR / 0.5, {"nue": 0.3, "em": 0.7})
    with pytest.warns(ValidityWarning, match="below 5 MeV"):
        out = ab.cosmology.bbn(relic)
    assert out.flags == ("late neutrino injection",)
    early = Relic(20.0, 30.0, const.HBAR / 1e-3, {"nue": 0.3, "em": 0.7})
    assert ab.cosmology.bbn(early).flags == ()


def test_large_entropy_release_extends_the_background(standard):
    relic = Relic(3e3, 100.0, const.HBAR / 0.1, {"em": 1.0})
    out = ab.cosmology.bbn(relic)
    assert out.background.Tg[-1] < 1e-3
    assert out.Neff < 2.0
    assert len(out.background.Tg) > len(standard.background.Tg)


def test_a_background_from_elsewhere_with_spectra(standard):
    """Tabulated Fermi-Dirac spectra reproduce the thermal result."""
    old = standard.background
    y = np.concatenate([[1e-4], np.linspace(0.05, 40.0, 250)])
    f = 1.0 / (np.exp(y[None, :] - old.xi_e[:, None]) + 1.0)
    new = dataclasses.replace(old, spectrum=(y, f, f, old.Tnue))
    out = ab.cosmology.bbn(neutrinos=new)
    assert_allclose([out.Yp, out.DH, out.Neff], [standard.Yp, standard.DH, standard.Neff], rtol=1e-6)


def test_sensitivities_hold_at_shifted_rates(standard):
    """Derivatives at a nuisance shift: (1 + sigma)^p moves D/H by its own first-order estimate."""
    name = "d(p,g)He3"
    moved = ab.cosmology.bbn(nuisance={name: 0.5})
    table = moved.sensitivities(reactions=[name])
    base = standard.sensitivities(reactions=[name])
    assert_allclose(table[name]["DH"], base[name]["DH"], rtol=0.05, atol=0)
    assert table[name]["DH"] != base[name]["DH"]


def test_grid_equals_single_points():
    omega_b, extra = np.array([0.021, 0.0224, 0.024])[:, None], np.array([-0.3, 0.4])
    grid = ab.cosmology.bbn_grid(omega_b=omega_b, delta_neff=extra, tau_n=879.0 * u.s, threads=2)
    assert grid.Yp.shape == (3, 2)
    assert grid.failed == 0
    single = ab.cosmology.bbn(omega_b=0.0224, delta_neff=0.4, tau_n=879.0 * u.s)
    for name in ("Neff", "Yp", "Yp_cmb", "DH", "He3H", "Li7H"):
        assert_allclose(getattr(grid, name)[1, 1], getattr(single, name), rtol=1e-10)
    shifted = ab.cosmology.bbn_grid(nuisance={"d(p,g)He3": np.array([-1.0, 0.0, 1.0])})
    assert np.all(np.diff(shifted.DH) < 0.0)


def test_grid_takes_the_ends_of_every_range_and_nothing_beyond():
    ends = ab.cosmology.bbn_grid(
        omega_b=np.array([0.005, 0.05])[:, None, None],
        delta_neff=np.array([-2.0, 10.0])[:, None],
        tau_n=[850.0, 910.0] * u.s,
    )
    assert ends.failed == 0
    single = ab.cosmology.bbn(omega_b=0.005, delta_neff=-2.0, tau_n=850.0 * u.s)
    assert_allclose(ends.DH[0, 0, 0], single.DH, rtol=1e-10)
    assert ab.cosmology.bbn_grid(eta=[1.37e-10, 1.37e-9], xi_e=[-0.5, 0.5]).failed == 0
    for bad in (
        {"omega_b": [0.02, 0.0049999]},
        {"eta": 1.36e-10},
        {"delta_neff": [0.0, -2.0000001]},
        {"tau_n": 910.1 * u.s},
        {"xi_e": np.nan},
    ):
        with pytest.raises(DomainError, match="outside"):
            ab.cosmology.bbn_grid(**bad)


def test_500_random_points_all_run():
    """omega_b, N_eff, tau_n over their ranges and every rate up to ten times larger or smaller."""
    rng = np.random.default_rng(20)
    network = load_network()
    low, high = np.array([(0.005, 0.05), (-2.0, 10.0), (850.0, 910.0)]).T
    values = []
    for _ in range(500):
        omega_b, extra, tau_n = rng.uniform(low, high)
        factors = dict(zip(network.reactions, 10.0 ** rng.uniform(-1, 1, len(network.reactions))))
        start = expand(tau_n, extra)
        run = run_network(network, start[0], 2.73748e-8 * omega_b, *start[1:], None, factors=factors)
        assert run.success, (omega_b, extra, tau_n, factors)
        nucleons = sum(network.A * run.Y)
        assert_allclose(nucleons, 1.0, rtol=0, atol=1e-9)
        values.append(yields(run))
    values = np.array(values)
    assert np.all(np.isfinite(values))
    assert np.all(values > 0.0)
    assert np.all((values[:, 0] > 0.05) & (values[:, 0] < 0.5))


def test_sensitivities_agree_with_a_direct_difference(standard):
    table = standard.sensitivities(reactions=["d(p,g)He3"])
    assert set(table) == {"omega_b", "tau_n", "Neff", "xi_e", "d(p,g)He3"}
    pair = [ab.cosmology.bbn(omega_b=0.02237 * f) for f in (0.99, 1.01)]
    direct = np.log(pair[1].DH / pair[0].DH) / np.log(1.01 / 0.99)
    assert_allclose(table["omega_b"]["DH"], direct, atol=3e-4)
    with pytest.raises(DomainError, match="not in the network"):
        standard.sensitivities(reactions=["d(p,g)He4"])


@settings(max_examples=12, deadline=None, derandomize=True)
@given(
    omega_b=st.floats(0.005, 0.05),
    extra=st.floats(-2.0, 10.0),
    tau_n=st.floats(850.0, 910.0),
    xi=st.floats(-0.3, 0.3),
)
def test_nucleons_are_conserved_everywhere(omega_b, extra, tau_n, xi):
    out = ab.cosmology.bbn(omega_b=omega_b, delta_neff=extra, tau_n=tau_n * u.s, xi_e=xi)
    masses = {"n": 1, "p": 1, "d": 2, "t": 3, "He3": 3, "He4": 4, "Li7": 7, "Be7": 7}
    assert_allclose(sum(masses[k] * v for k, v in out.abundances.items()), 1.0, rtol=0, atol=1e-10)
    assert all(v >= 0.0 for v in out.abundances.values())
    more = ab.cosmology.bbn(omega_b=omega_b, delta_neff=extra, tau_n=tau_n * u.s, xi_e=xi + 0.01)
    assert more.Yp < out.Yp


def test_sub_package_loads_lazily():
    code = (
        "import sys, astrobounds as ab; dir(ab.cosmology); "
        "assert not {'numba', 'matplotlib', 'astropy.table'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_speed_of_one_evaluation(standard):
    """About 15 ms on one core; the bound leaves room for a busy machine."""
    best = np.inf
    for _ in range(8):
        begin = time.perf_counter()
        ab.cosmology.bbn(omega_b=0.0225)
        best = min(best, time.perf_counter() - begin)
    assert best < 0.05


def test_errors_name_value_range_and_remedy():
    with pytest.raises(DomainError, match=r"omega_b = 0\.1 is outside \[0\.005, 0\.05\]"):
        ab.cosmology.bbn(omega_b=0.1)
    with pytest.raises(DomainError, match="give one of them"):
        ab.cosmology.bbn(omega_b=0.02, eta=6e-10)
    with pytest.raises(DomainError, match=r"u\.s"):
        ab.cosmology.bbn(tau_n=878.4)
    with pytest.raises(DomainError, match="tau_n"):
        ab.cosmology.bbn(tau_n=1000 * u.s)
    with pytest.raises(DomainError, match="delta_neff"):
        ab.cosmology.bbn(delta_neff=11)
    with pytest.raises(DomainError, match="not a number"):
        ab.cosmology.bbn(xi_e="much")
    with pytest.raises(ConfigError, match="integrated"):
        ab.cosmology.bbn(neutrinos="thermal")
    with pytest.raises(ConfigError, match="born"):
        ab.cosmology.bbn(weak_level="best")
    with pytest.raises(ConfigError, match="qed"):
        ab.cosmology.bbn(qed="e4")
    with pytest.raises(ConfigError, match="Relic"):
        ab.cosmology.bbn(model="HNL")
    with pytest.raises(DomainError, match="outside"):
        ab.cosmology.bbn_grid(omega_b=[0.02, 0.2])
