"""The network solver: conservation, equilibrium, an independent integrator, wild inputs, errors."""

import numpy as np
import pytest
from network_background import standard
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from astrobounds import constants as const
from astrobounds.cosmology.nuclear import kernels as k
from astrobounds.cosmology.nuclear.network import T_NUCLEAR, Network, load_network
from astrobounds.cosmology.nuclear.rates import evaluation
from astrobounds.cosmology.nuclear.reactions import GK, key_reactions, reactions
from astrobounds.errors import ConfigError, DomainError
from astrobounds.numerics.status import MAX_STEPS
from astrobounds.references import bibtex


def observables(result):
    assert result.success, result.message
    return np.array([result.Yp, result.DH, result.He3H, result.Li7H])


def run(network, background, **options):
    options.setdefault("dt_dlnT", background.dt_dlnT)
    return network.evolve(*background.arrays, **options)


def baryon_density(params, T):
    """n_b in MeV^3 as the kernels interpolate it."""
    return k.background(-np.log(T), params)[1] * const.N_AVOGADRO * const.HBAR_C**3


@pytest.mark.parametrize("size", ["small", "full"])
def test_baryon_number_and_charge_per_reaction(size):
    net = load_network(size)
    params = net.parameters(*standard().arrays)
    rng = np.random.default_rng(1)
    x = -np.log(0.07)
    y = rng.uniform(size=len(net.nuclides))
    out, jac = np.zeros(y.size), np.zeros((y.size, y.size))
    k.network_rhs(x, y, params, out)
    k.network_jac(x, y, params, jac)
    assert abs(net.A @ out) < 1e-13 * (net.A @ np.abs(out))
    assert np.all(np.abs(net.A @ jac) < 1e-12 * (net.A @ np.abs(jac)))


@pytest.mark.parametrize("size", ["small", "full"])
def test_conservation_along_a_run(size):
    net = load_network(size)
    result = run(net, standard(), history=80)
    assert result.success
    assert_allclose(net.A @ result.Y, 1.0, rtol=0, atol=1e-12)
    assert_allclose(result.history_Y @ net.A, np.ones(80), rtol=0, atol=1e-12)
    assert np.all(result.Y > -1e-18)


def test_charge_is_conserved_without_weak_rates():
    b, net = standard(), load_network("small")
    off = np.zeros_like(b.T)
    result = net.evolve(b.T, b.t, b.n_b, off, off, dt_dlnT=b.dt_dlnT, X_n=0.12)
    assert result.success
    assert_allclose(net.A @ result.Y, 1.0, rtol=0, atol=1e-12)
    assert_allclose(net.Z @ result.Y, 0.88, rtol=0, atol=1e-12)
    assert_allclose(result.Yp, 0.24, rtol=1e-3, atol=0)  # nearly all neutrons end in He4


@pytest.mark.parametrize("size", ["small", "full"])
@pytest.mark.parametrize("T", [0.6, 0.2, 0.09])
def test_equilibrium_composition_is_stationary(size, T):
    """Every forward flow equals its reverse at Saha abundances (weak rates and decays off)."""
    b = standard()
    names = [n for n, r in reactions().items() if r.reversible and (r.small or size == "full")]
    net = load_network(names)
    off = np.zeros_like(b.T)
    params = net.parameters(b.T, b.t, b.n_b, off, off)
    n_b = baryon_density(params, T)
    y = net.equilibrium(T, n_b, 1e-7, 0.5)
    jac, out = np.zeros((y.size, y.size)), np.zeros(y.size)
    k.network_rhs(-np.log(T), y, params, out)
    k.network_jac(-np.log(T), y, params, jac)
    # compare with the size of the flows that cancel: J acts on y as sums of forward + reverse
    assert np.all(np.abs(out) <= 1e-8 * np.abs(jac) @ y)


def test_slow_expansion_follows_equilibrium():
    """With the clock slowed down by 1e14 the nuclei stay in equilibrium with the free nucleons."""
    b, net = standard(), load_network("small")
    off = np.zeros_like(b.T)
    slow = {"dt_dlnT": b.dt_dlnT * 1e14, "X_n": 0.2, "T_end": 0.36}
    result = net.evolve(b.T, b.t * 1e14, b.n_b, off, off, **slow)
    assert result.success
    n_b = baryon_density(net.parameters(b.T, b.t, b.n_b, off, off), 0.36)
    expected = net.equilibrium(0.36, n_b, result["n"], result["p"])
    start = net.equilibrium(T_NUCLEAR, n_b, 0.2, 0.8)
    assert expected[net.index["He4"]] > 1e8 * start[net.index["He4"]]
    assert_allclose(result.Y, expected, rtol=1e-4, atol=0)


def test_jacobian_and_time_derivative_by_differences():
    """One reaction at a time, so that large flows of others do not hide it in rounding."""
    b = standard()
    off = np.zeros_like(b.T)
    rng = np.random.default_rng(2)
    for name in reactions():
        net = Network([name])
        params = net.parameters(b.T, b.t, b.n_b, off, off, dt_dlnT=b.dt_dlnT)
        y = 10.0 ** rng.uniform(-3, 0, len(net.nuclides))
        jac = np.zeros((y.size, y.size))
        up, down, slope = np.zeros(y.size), np.zeros(y.size), np.zeros(y.size)
        for T in (0.5, 0.02):
            x = -np.log(T)
            jac[:] = 0.0
            k.network_jac(x, y, params, jac)
            for j in range(y.size):
                h = np.zeros(y.size)
                h[j] = 1e-4 * y[j]
                k.network_rhs(x, y + h, params, up)
                k.network_rhs(x, y - h, params, down)
                limit = 1e-6 * np.abs(jac[:, j]).max()
                limit += 4e-16 * (np.abs(jac) @ y).max() / h[j]  # rounding
                assert_allclose((up - down) / (2 * h[j]), jac[:, j], rtol=0, atol=limit)
            k.network_dfdx(x, y, params, slope)
            k.network_rhs(x + 1e-5, y, params, up)
            k.network_rhs(x - 1e-5, y, params, down)
            limit = 1e-6 * np.abs(slope).max() + 1e-300
            assert_allclose((up - down) / 2e-5, slope, rtol=0, atol=limit, err_msg=str((name, T)))


def test_against_scipy_radau():
    b, net = standard(), load_network("small", "reaclib")
    params = net.parameters(*b.arrays, dt_dlnT=b.dt_dlnT)

    def rhs(x, y):
        out = np.empty_like(y)
        k.network_rhs(x, y, params, out)
        return out

    def jac(x, y):
        out = np.zeros((y.size, y.size))
        k.network_jac(x, y, params, out)
        return out

    start = run(net, b, T_end=T_NUCLEAR / 1.01).Y
    begin, end = -np.log(T_NUCLEAR / 1.01), -np.log(1e-3)
    oracle = solve_ivp(
        rhs, (begin, end), start, method="Radau", jac=jac, rtol=1e-8, atol=1e-20
    ).y[:, -1]
    found = run(net, b)
    tight = run(net, b, rtol=1e-8, atol=1e-22)
    big = np.array([net.index[name] for name in ("p", "d", "t", "He3", "He4", "Li7", "Be7")])
    assert_allclose(tight.Y[big], oracle[big], rtol=2e-6, atol=0)
    assert_allclose(found.Y[big], tight.Y[big], rtol=3e-6, atol=0)


def test_smooth_in_the_inputs():
    """Noise below 1e-8 while the baryon density moves by 1e-3."""
    b, net = standard(), load_network("small")
    shift = np.linspace(0.0, 1e-3, 9)
    values = np.array(
        [
            observables(net.evolve(b.T, b.t, b.n_b * (1 + s), b.n_to_p, b.p_to_n))
            for s in shift
        ]
    )
    for column in np.log(values).T:
        fit = np.polyval(np.polyfit(shift, column, 2), shift)
        assert np.abs(column - fit).max() < 1e-8


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_rates_ten_times_larger_or_smaller_all_run(sign):
    b, net = standard(), load_network("small", "reaclib")
    central = observables(run(net, b))
    for name in key_reactions():
        p = sign * np.log(10.0) / np.log1p(float(evaluation(name).sigma(1.0)))
        result = run(net, b, nuisance={name: p})
        moved = observables(result)
        assert_allclose(net.A @ result.Y, 1.0, rtol=0, atol=1e-12)
        assert np.abs(np.log(moved / central)).max() > 1e-4, name


def test_nuisance_multiplies_the_rate():
    b = standard()
    x = -np.log(0.07)
    only = Network(["d(p,g)He3"])
    still = np.zeros_like(b.T)
    flows = []
    for p in (0.0, 2.0):
        params = only.parameters(b.T, b.t, b.n_b, still, still, nuisance={"d(p,g)He3": p})
        z = np.zeros(len(only.nuclides))
        z[only.index["p"]] = z[only.index["d"]] = 0.1
        out = np.zeros(z.size)
        k.network_rhs(x, z, params, out)
        flows.append(out[only.index["He3"]])
    sigma = float(only.evaluations[0].sigma(0.07 / GK))
    assert_allclose(flows[1] / flows[0], (1 + sigma) ** 2, rtol=1e-6, atol=0)
    with pytest.raises(DomainError, match="factors"):
        only.parameters(b.T, b.t, b.n_b, still, still, factors={"d(p,g)He4": 2.0})
    rho = k.background(x, params)[1]
    rate = float(only.evaluations[0].rate(0.07 / GK)) * rho * 0.01 * k.background(x, params)[0]
    assert_allclose(flows[0], rate, rtol=1e-6, atol=0)


def test_extra_conversions_add_to_the_weak_rates():
    b, net = standard(), load_network("small")
    scaled = net.evolve(b.T, b.t, b.n_b, 1.1 * b.n_to_p, b.p_to_n)
    added = net.evolve(b.T, b.t, b.n_b, b.n_to_p, b.p_to_n, more_n_to_p=0.1 * b.n_to_p)
    start = {"X_n": b.p_to_n[0] / (b.p_to_n[0] + b.n_to_p[0])}
    assert_allclose(observables(added), observables(scaled), rtol=1e-5, atol=0)
    pulse = 0.05 * np.exp(-((np.log(b.T / 0.3) / 0.2) ** 2))  # 1/s, after freeze-out
    later = net.evolve(b.T, b.t, b.n_b, b.n_to_p, b.p_to_n, more_p_to_n=pulse, **start)
    assert later.Yp > observables(added)[0] + 0.01


def test_a_faster_clock_raises_helium_and_deuterium():
    b, net = standard(), load_network("small")
    usual = observables(run(net, b))
    fast = net.evolve(b.T, 0.95 * b.t, b.n_b, b.n_to_p, b.p_to_n)
    assert observables(fast)[0] > usual[0] + 0.003
    assert observables(fast)[1] > usual[1] * 1.02


def test_dt_dlnT_from_the_spline_of_t():
    b, net = standard(), load_network("small")
    given = observables(run(net, b))
    splined = observables(run(net, b, dt_dlnT=None))
    assert_allclose(splined, given, rtol=3e-6, atol=0)


def test_coarser_background_grid():
    net = load_network("small")
    fine = observables(run(net, standard(nodes=600)))
    coarse = observables(run(net, standard(nodes=300)))
    assert_allclose(coarse, fine, rtol=2e-5, atol=0)


def test_history_and_result():
    b, net = standard(), load_network("small")
    result = run(net, b, history=60)
    assert_allclose(result.history_T[0], b.T[0], rtol=1e-6, atol=0)
    assert_allclose(result.history_T[-1], 1e-3, rtol=1e-6, atol=0)
    assert_allclose(result.history_Y[-1], result.Y, rtol=1e-12, atol=0)
    assert np.all(np.isfinite(result.history_Y))
    plain = run(net, b)
    assert_allclose(plain.Y, result.Y, rtol=1e-9, atol=0)  # recording does not change the steps
    final = result.after_decays()
    assert final["n"] == final["t"] == final["Be7"] == 0.0
    assert final["He3"] == result["He3"] + result["t"]
    assert final["Li7"] == result["Li7"] + result["Be7"]
    protons = result["p"] + result["n"]
    assert_allclose(result.Li7H, (result["Li7"] + result["Be7"]) / protons, rtol=1e-6, atol=0)
    assert result.Li6H == 0.0
    assert all(bibtex(key) for key in result.references)


def test_failure_is_a_status_not_an_exception():
    result = run(load_network("small"), standard(), max_steps=50)
    assert result.status == MAX_STEPS
    assert not result.success
    assert "max_steps" in result.message


def test_errors():
    b, net = standard(), load_network("small")
    with pytest.raises(ConfigError, match="did you mean 'small'"):
        Network("smal")
    with pytest.raises(ConfigError, match="unknown set of rates"):
        Network("small", "primat2")
    with pytest.raises(DomainError, match=r"did you mean 'd\(d,p\)t'"):
        run(net, b, nuisance={"d(d,p)T": 1.0})
    with pytest.raises(DomainError, match="not finite"):
        run(net, b, nuisance={"d(d,p)t": np.nan})
    with pytest.raises(DomainError, match="strictly"):
        net.evolve(b.T[::-1], *b.arrays[1:])
    with pytest.raises(DomainError, match="one length"):
        net.evolve(b.T, b.t[:-1], *b.arrays[2:])
    with pytest.raises(DomainError, match="extend the background"):
        run(net, b, T_end=5e-4)
    with pytest.raises(DomainError, match="negative"):
        net.evolve(b.T, b.t, b.n_b, -b.n_to_p, b.p_to_n)
    with pytest.raises(DomainError, match="X_n"):
        run(net, b, X_n=1.5)
    nan = b.n_b.copy()
    nan[3] = np.nan
    with pytest.raises(DomainError, match="n_b is not finite"):
        net.evolve(b.T, b.t, nan, b.n_to_p, b.p_to_n)
