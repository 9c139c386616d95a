"""Nucleosynthesis, stage by stage, beside scipy: ``python benchmarks/bench_cosmology.py``.

The scipy side does no more physics than the package: its expansion has no neutrino heating, its weak
rates are Born rates, its network has the same compiled right-hand side and Jacobian and asks Radau
for the same tolerance. It uses adaptive quadrature at the temperatures at which the package computes.
Some two minutes on one free core.
"""

import math
import time
import warnings

import numpy as np
from scipy.integrate import quad, solve_ivp

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.cosmology import decouple
from astrobounds.cosmology.background import STRIDE, weak_on_grid
from astrobounds.cosmology.nuclear import kernels
from astrobounds.cosmology.nuclear.network import T_END, T_NUCLEAR, load_network
from astrobounds.cosmology.nuclear.run import first_point, run_network
from astrobounds.cosmology.plasma import baryons
from astrobounds.cosmology.weak import rates as weak

ETA = 2.73748e-8 * 0.02237
Q = weak.DELTA / const.M_E


def best(function, repeat=7):
    """Return the shortest of ``repeat`` times [s] of a call, and its last result."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - start)
    return min(times), result


def quad_expansion(temperatures):
    """T_nu and H [1/s] with entropy conservation, two quadratures per temperature."""
    out = []
    for T in temperatures:
        x = const.M_E / T

        def energy(p, x=x):
            e = math.hypot(p, x)
            return p * p * e / (math.exp(min(e, 700.0)) + 1.0)

        def pressure(p, x=x):
            e = math.hypot(p, x)
            return p**4 / e / (math.exp(min(e, 700.0)) + 1.0) / 3.0

        rho, P = (2.0 / math.pi**2 * quad(f, 0.0, 60.0, epsrel=1e-8)[0] for f in (energy, pressure))
        photons = math.pi**2 / 15.0
        s = 4.0 / 3.0 * photons + rho + P
        ratio = (s / (4.0 / 3.0 * photons * 2.75)) ** (1.0 / 3.0)
        total = (photons + rho + 3.044 * 0.875 * photons * ratio**4) * T**4
        out.append((T * ratio, math.sqrt(8.0 * math.pi * total / 3.0) / const.M_PLANCK / const.HBAR))
    return np.array(out)


def quad_weak(temperatures, neutrinos):
    """Born rates of n -> p and p -> n [1/s] by quadrature over the electron momentum."""
    root = math.sqrt(Q * Q - 1.0)
    phase = (root * (2 * Q**4 - 9 * Q**2 - 8) + 15 * Q * math.log(Q + root)) / 60.0
    rates = []
    for T, T_nu in zip(temperatures, neutrinos):
        x, x_nu = const.M_E / T, const.M_E / T_nu
        row = []
        for sign in (1.0, -1.0):

            def integrand(p, sign=sign, x=x, x_nu=x_nu):
                total = 0.0
                for e in (math.sqrt(p * p + 1.0), -math.sqrt(p * p + 1.0)):
                    k = e - sign * Q
                    blocked = np.logaddexp(0.0, x_nu * k) + np.logaddexp(0.0, -x * e)
                    total += p * p * k * k * math.exp(-blocked)
                return total

            top = 45.0 / min(x, x_nu) + 2.0 * Q
            edge = min(root, 0.5 * top)
            parts = ((0.0, edge), (edge, top))
            low, high = (quad(integrand, *ends, epsrel=1e-8, limit=200)[0] for ends in parts)
            row.append((low + high) / (phase * const.TAU_N))
        rates.append(row)
    return np.array(rates)


def radau(network, background, n_to_p, p_to_n):
    """The network of the package with scipy's Radau at the same tolerance."""
    part = slice(first_point(background), None)
    n_b = ETA * baryons.N_GAMMA_0 * np.exp(-3.0 * background.ln_a[part])
    arrays = background.Tg[part], background.t[part], n_b, n_to_p, p_to_n
    begin = T_NUCLEAR / 1.01
    first = network.evolve(*arrays, T_end=begin)
    params = network.parameters(*arrays)

    def rhs(x, y):
        out = np.empty_like(y)
        kernels.network_rhs(x, y, params, out)
        return out

    def jac(x, y):
        out = np.zeros((y.size, y.size))
        kernels.network_jac(x, y, params, out)
        return out

    run = solve_ivp(rhs, (-np.log(begin), -np.log(T_END)), first.Y, method="Radau", jac=jac,
                    rtol=1e-6, atol=1e-19)  # fmt: skip
    return dict(zip(network.nuclides, run.y[:, -1]))


def momentum(line):
    """Momentum-resolved neutrinos beside explicit Runge-Kutta with the same compiled right-hand side.

    The explicit one starts at 5 MeV, where its steps are no longer limited by equilibration.
    """
    import astropy.units as u

    from astrobounds.cosmology.neutrinos.kinetic import (
        kernels as kinetic_kernels,
    )
    from astrobounds.cosmology.neutrinos.kinetic import (
        march as kinetic_march,
    )
    from astrobounds.cosmology.neutrinos.kinetic import (
        solve as kinetic,
    )
    from astrobounds.cosmology.plasma import thermodynamics as plasma

    kinetic.solve()
    own, background = best(kinetic.solve, 3)
    y, w = kinetic.momentum_grid()
    n = len(y)
    lists = kinetic._events(kinetic.THERMAL, kinetic.SPACING, kinetic.RATIO)
    thermal = 1.0 / (np.exp(y) + 1.0)
    norm = kinetic.RHO_FD / np.sum(w * y**3 * thermal)
    tables, mixing, rho = np.zeros((4, n, n)), np.zeros((n, 3, 3)), np.zeros((n, 3, 3))
    gas, none = plasma.table("full"), np.zeros((3, n))

    def rhs(x, state):
        falling, out = 5.0 * np.exp(-x), np.empty(3 * n + 2)
        state = np.ascontiguousarray(state)
        kinetic_kernels.electron_tables(y, const.M_E / falling, state[-2], tables[:2], tables[2:])
        kinetic_march.mixing(falling, state[-2], y, gas, True, mixing)
        kinetic_march.change(falling, state, y, w, norm, gas, lists, tables, np.zeros(3), none,
                             mixing, rho, False, out)  # fmt: skip
        return out

    start = np.concatenate([np.tile(thermal, 3), [1.0, 0.0]])
    other, run = best(lambda: solve_ivp(rhs, (0.0, np.log(5.0 / 0.03)), start, rtol=1e-6, atol=1e-9), 1)
    line("momentum-resolved neutrinos", own, other, f"RK45 from 5 MeV, {run.nfev} evaluations")
    masses = iter(50.0 + 0.1 * i for i in range(9))

    def particle():
        return ab.cosmology.bbn(ab.HNL(mass=next(masses) * u.MeV, mixing={"e": 3e-4}), neutrinos="momentum")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ab.ValidityWarning)
        particle()
        line("bbn(HNL), momentum-resolved", best(particle, 2)[0], note=f"N_eff {background.Neff:.5f} alone")


def scan_and_fit(line, shape=(4, 60)):
    """Points per second of a scan of an HNL with 'bbn' and 'cmb', and of a fit with their table."""
    import astropy.units as u

    def posterior(mass):
        return ab.Posterior(
            model=ab.HNL,
            priors={"mass": mass, "mixing.e": ab.LogUniform(1e-14, 1e-1)},
            constraints=[{"bbn": {"marginalise": ["rates", "tau_n", "omega_b"]}},
                         {"cmb": {"marginalise": ["omega_b"]}}],
        )  # fmt: skip

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ab.ValidityWarning)
        wide = posterior(ab.LogUniform(3 * u.MeV, 1000 * u.MeV))
        start = time.process_time()
        ab.scan(wide, y="mixing.e", shape=shape, progress=False)
        each = (time.process_time() - start) / (shape[0] * shape[1])
        line("scan of an HNL, per point", each, note=f"60 x 60: {3600 * each:.0f} s of one core")
        fit = posterior(40 * u.MeV)
        start = time.process_time()
        fit.prepare(show=False)
        line("table of one mass", time.process_time() - start, note="1e-14 to 0.1 in |U|^2")
        rng = np.random.default_rng(1)
        low, high = fit.bounds().T
        points = low + (high - low) * rng.random((500, fit.ndim))
        start = time.process_time()
        for point in points:
            fit.loglike(point)
        line("fit with it, one lnL", (time.process_time() - start) / len(points))


def main():
    network = load_network()
    first, out = best(ab.cosmology.bbn, 1)
    rows = []

    def line(what, own, other=None, note=""):
        ratio = f"{other / own:8.0f}" if other else " " * 8
        theirs = f"{1e3 * other:10.1f}" if other else " " * 10
        rows.append(f"{what:<30} {1e3 * own:9.2f} {theirs} {ratio}  {note}")

    background = out.background
    begin = first_point(background)
    used = background.Tg[begin:]
    chosen = used[used > 0.008][:: STRIDE]
    some = chosen[::4]  # a quarter of the temperatures, times four

    own, _ = best(decouple)
    theirs, thin = best(lambda: quad_expansion(some), 1)
    line("decoupling and expansion", own, 4 * theirs, f"{len(chosen)} temperatures, no heating")
    total_own, total_theirs = own, 4 * theirs
    own, _ = best(lambda: weak_on_grid(background, const.TAU_N, 0.0, "full"))
    theirs, born = best(lambda: quad_weak(some, thin[:, 0]), 1)
    line("weak rates", own, 4 * theirs, f"{len(chosen)} temperatures, Born only")
    total_own, total_theirs = total_own + own, total_theirs + 4 * theirs
    mine = weak.weak_rates(some, thin[:, 0], level="born")
    error = np.abs(mine[:, 0] / born[:, 0] - 1).max()
    rates = out.weak_np, out.weak_pn
    own, run = best(lambda: run_network(network, background, ETA, *rates, None))
    theirs, peer = best(lambda: radau(network, background, *rates), 3)
    line("network, 12 reactions", own, theirs, "scipy Radau, same kernels and rtol")
    line("these three", total_own + own, total_theirs + theirs)
    deuterium = abs(run["d"] / run["p"] / (peer["d"] / peer["p"]) - 1)
    whole, _ = best(ab.cosmology.bbn)
    line("bbn()", whole)
    ab.cosmology.bbn(network="full")
    full, _ = best(lambda: ab.cosmology.bbn(network="full"), 3)
    line('bbn(network="full")', full, note=f"{full / whole:.1f} times the small network")
    masses = iter(100.0 + 0.1 * i for i in range(100))
    moment = ab.DipoleHNL.fast
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ab.ValidityWarning)
        ab.cosmology.bbn(moment(99.0, (0.0, 5e-10, 0.0)))
        relic, _ = best(lambda: ab.cosmology.bbn(moment(next(masses), (0.0, 5e-10, 0.0))))
    line("bbn(DipoleHNL)", relic, note="a new mass each time")
    table, _ = best(out.sensitivities, 1)
    line("sensitivities(), 16 inputs", table)
    constraint = ab.constraints.get("bbn")
    start = time.perf_counter()
    constraint.prepare()
    line("table of theory errors", time.perf_counter() - start, note="once per process")
    nuisances = iter({"omega_b": 0.022 + 1e-6 * i, "tau_n": 878.4} for i in range(100))
    point, _ = best(lambda: constraint.loglike(ab.StandardModel(0.1), next(nuisances)), 10)
    line("constraint 'bbn', one lnL", point)

    momentum(line)
    scan_and_fit(line)

    print(f"first bbn() of this process {first:.2f} s")
    print(f"{'':<30} {'own [ms]':>9} {'scipy [ms]':>10} {'ratio':>8}")
    print("\n".join(rows))
    for threads in (1, 2):
        n = 200
        start = time.perf_counter()
        ab.cosmology.bbn_grid(delta_neff=np.linspace(-1, 1, n), threads=threads)
        print(f"grid, {threads} thread(s): {n / (time.perf_counter() - start):.0f} points/s")
    print(f"largest difference: Born n -> p {error:.1e}, D/H of the two networks {deuterium:.1e}")


if __name__ == "__main__":
    main()
