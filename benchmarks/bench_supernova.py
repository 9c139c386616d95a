"""Supernova planes, and an emissivity beside a Monte Carlo: ``python benchmarks/bench_supernova.py``.

1. A plane of 60 masses and 100 couplings, cooling luminosity and deposited energy at every point,
   for a heavy neutral lepton mixed with one flavour and for the dipole portal; the luminosity alone
   for a mediator of neutrinos, whose rates are closed forms on the rays. Two threads work on
   the rates of a mass; the rest is one thread. Compiling is timed apart.
2. The emissivity of nu n -> n N. Nine dimensions of momenta are five after energy-momentum
   conservation and rotations: a direct Monte Carlo samples those five with the same compiled
   integrand, by ``vegas`` if it is installed (not a dependency), else by plain importance sampling
   in numpy. The cost at equal error scales as 1/error^2 for it.

About one minute.
"""

import time

import astropy.units as u
import numpy as np

import astrobounds as ab
from astrobounds.models.process import hnl_processes
from astrobounds.numerics.collision import N_PRODUCTS, contact_rates, unit_rule
from astrobounds.numerics.jit import kernel
from astrobounds.supernova.signals.deposition import deposition_energies
from astrobounds.supernova.transport.rate_table import rate_tables
from astrobounds.supernova.transport.settings import Transport
from astrobounds.supernova.transport.solution import solution

MASSES = np.geomspace(10.0, 400.0, 60)
N_COUPLINGS = 100
TEMPERATURE, NUCLEON, MU, MASS = 30.0, 600.0, 660.0, 100.0  # MeV


def hnl(mass):
    return ab.HNL(mass=mass * u.MeV, mixing={"tau": 1.0})


def dipole(mass):
    return ab.DipoleHNL(mass=mass * u.MeV, dipole={"e": 1e-6 / u.GeV})


def timed(call, clock=time.perf_counter):
    """Return the result and the seconds of one call."""
    start = clock()
    result = call()
    return result, clock() - start


def plane(star, build, table, scales):
    """Return wall and CPU seconds of (tables, rays, luminosities, energies) of a plane, shape (2, 4)."""
    spent = np.zeros((2, 4))

    def add(stage, call):
        cpu = time.process_time()
        result, wall = timed(call)
        spent[:, stage] += wall, time.process_time() - cpu
        return result

    for mass in MASSES:
        model = build(mass)
        add(0, lambda m=mass: table(m, star))
        ray = add(1, lambda m=model: solution(m, star))  # makes its own table again
        add(2, lambda r=ray, m=model: r.luminosity(m.strengths, scales))
        add(3, lambda m=model: deposition_energies(m, star, scales))
    spent[:, 1] = np.maximum(spent[:, 1] - spent[:, 0], 0.0)
    return spent


@kernel
def fill_integrand(x, coefficients, out):
    """d Q at points of the unit cube: E1, E2 - m, cos(12), cos and phi in the centre of mass.

    Q = int dp1 dp2 dcos p1^2 p2^2 /(16 pi^4 E1 E2 2) f1 f2 dcos* dphi* p*/(16 pi^2 sqrt s)
        |M|^2 (1 - f3) E4,  with E - m = T (-ln(1-x)) (gamma of shape one) as variables.
    """
    t, m2, mu, m4 = TEMPERATURE, NUCLEON, MU, MASS
    for i in range(x.shape[0]):
        k1, k2 = -2.0 * t * np.log1p(-x[i, 0]), -2.0 * t * np.log1p(-x[i, 1])
        jacobian = 2.0 * t / (1.0 - x[i, 0]) * 2.0 * t / (1.0 - x[i, 1])
        e1, e2 = k1, k2 + m2
        p1, p2 = e1, np.sqrt(k2 * (k2 + 2.0 * m2))
        c = 2.0 * x[i, 2] - 1.0
        s = m2 * m2 + 2.0 * (e1 * e2 - p1 * p2 * c)
        out[i] = 0.0
        if s <= (m2 + m4) ** 2:
            continue
        root = np.sqrt(s)
        e4s = (s + m4 * m4 - m2 * m2) / (2.0 * root)
        ps = np.sqrt(e4s * e4s - m4 * m4)
        # total momentum along z; particle 4 in the centre of mass, then boosted along z
        e, p = e1 + e2, np.sqrt(p1 * p1 + p2 * p2 + 2.0 * p1 * p2 * c)
        cs, phi = 2.0 * x[i, 3] - 1.0, 2.0 * np.pi * x[i, 4]
        ss = np.sqrt(1.0 - cs * cs)
        e4 = (e * e4s + p * ps * cs) / root
        z4, x4 = (e * ps * cs + p * e4s) / root, ps * ss
        e3 = e - e4
        z1 = p1 * (p1 + p2 * c) / p if p > 0.0 else p1
        x1 = np.sqrt(max(p1 * p1 - z1 * z1, 0.0))
        p14 = e1 * e4 - z1 * z4 - x1 * x4 * np.cos(phi)
        p12 = e1 * e2 - p1 * p2 * c
        p24 = 0.5 * (m4 * m4 + s - m2 * m2) - p14  # p4.(p1 + p2) = (m4^2 + s - m3^2)/2
        p34 = 0.5 * (s - m2 * m2 - m4 * m4)
        p13 = p12 - p14  # p1.(p1 + p2 - p4), massless 1
        square = coefficients[0] * p12 * p34 + coefficients[1] * p13 * p24
        square += coefficients[3] * m2 * m2 * p14
        f1 = 1.0 / (np.exp(e1 / t) + 1.0)
        f2 = 1.0 / (np.exp((e2 - mu) / t) + 1.0)
        free = 1.0 / (np.exp((mu - e3) / t) + 1.0)
        # dp = (E/p) dE for both; 4 pi p1^2 2 pi p2^2 dcos/(2 pi)^6 /(4 E1 E2); two-body phase space
        states = p1 * p2 / (2.0 * np.pi) ** 6 * 8.0 * np.pi**2 / 4.0 * 2.0
        bodies = ps / (16.0 * np.pi**2 * root) * 4.0 * np.pi
        out[i] = jacobian * states * bodies * square * f1 * f2 * free * e4


@kernel
def fill_rates(energy, masses, mus, need, outer, inner, out):
    """Fill ``out[energy, product, helicity]`` with Gamma* per unit coefficient."""
    for i in range(energy.size):
        contact_rates(energy[i], MASS, masses, mus, TEMPERATURE, 0.0, need, outer, inner, out[i])


def emissivity(process, n_energy, n_outer, n_inner):
    """Return Q [MeV^5] from the two-dimensional reduction on a Gauss rule in E4."""
    span = 28.0 * TEMPERATURE
    x, w = unit_rule(n_energy)
    energy = MASS + span * x * x
    masses, mus = np.array([0.0, NUCLEON, NUCLEON]), np.array([0.0, MU, MU])
    coefficients = np.array(process.coefficients)
    out = np.empty((n_energy, N_PRODUCTS, 2))
    rules = unit_rule(n_outer), unit_rule(n_inner)
    fill_rates(energy, masses, mus, coefficients != 0.0, *rules, out)
    rate = np.einsum("eph,p->e", out, coefficients) / (np.exp(energy / TEMPERATURE) + 1.0)
    momentum = np.sqrt(energy**2 - MASS**2)
    return float((2.0 * x * w * span * momentum * energy**2 * rate).sum() / (2.0 * np.pi**2))


def monte_carlo(process, samples, seed=1):
    """Return (name, Q, its error, seconds): vegas if installed, else importance sampling."""
    coefficients = np.array(process.coefficients)

    def evaluate(x):
        out = np.empty(x.shape[0])
        fill_integrand(np.ascontiguousarray(x), coefficients, out)
        return out

    evaluate(np.full((2, 5), 0.5))
    try:
        import vegas
    except ImportError:
        rng = np.random.default_rng(seed)
        values, seconds = timed(lambda: evaluate(rng.random((samples, 5))), time.process_time)
        return "importance sampling", values.mean(), values.std() / np.sqrt(samples), seconds
    integrand = vegas.lbatchintegrand(evaluate)

    def both():
        adaptive = vegas.Integrator([[0.0, 1.0]] * 5)
        adaptive(integrand, nitn=5, neval=samples // 20)
        return adaptive(integrand, nitn=10, neval=samples // 10)

    result, seconds = timed(both, time.process_time)
    return "vegas", result.mean, result.sdev, seconds


def tables(model, star):
    """The rate tables of a model, not cached."""
    return rate_tables(model.mass_mev, model.processes(), star, Transport(r_max=60.0))


def planes():
    star, scales = ab.supernova.load("fiducial"), np.geomspace(1e-12, 1.0, N_COUPLINGS)
    cases = (
        ("HNL, tau mixing", hnl, lambda m, s: tables(hnl(m), s)),
        ("dipole, d_e", dipole, lambda m, s: tables(dipole(m), s)),
    )
    print(f"\n{'plane of 60 masses x 100 couplings':30s}{'compile':>9s}{'table':>9s}{'rays':>9s}"
          f"{'cooling':>9s}{'deposit':>9s}{'plane':>9s}{'CPU':>9s}   s")  # fmt: skip
    for name, build, table in cases:

        def first(build=build, table=table):
            model = build(9.0)
            table(9.0, star)
            solution(model, star).luminosity(model.strengths, scales[:2])
            deposition_energies(model, star, scales[:2])

        _, compiling = timed(first)
        spent, cpu = plane(star, build, table, scales)
        numbers = "".join(f"{x:9.2f}" for x in (compiling, *spent, spent.sum(), cpu.sum()))
        print(f"{name:30s}{numbers}")
        print(f"{'   one mass, ms':30s}{'':9s}{''.join(f'{1e3 * x / MASSES.size:9.1f}' for x in spent)}")


def mediators():
    """Seconds of a plane of masses and couplings of a mediator, which needs no table."""
    star, scales = ab.supernova.load("fiducial"), np.geomspace(1e-22, 1e-8, N_COUPLINGS)
    for spin in ("scalar", "vector"):
        models = [ab.Mediator(mass=m * u.MeV, coupling={"tau": 1.0}, spin=spin) for m in MASSES]
        _, first = timed(lambda m=models[0]: solution(m, star).luminosity(m.strengths, scales[:2]))
        _, spent = timed(
            lambda m=models: [solution(x, star).luminosity(x.strengths, scales) for x in m[1:]]
        )
        print(f"{'mediator, ' + spin:30s}{first:9.2f}{'':27s}{spent:18.2f}"
              f"   ({1e3 * spent / (MASSES.size - 1):.1f} ms a mass)")  # fmt: skip


def emissivities():
    process = next(p for p in hnl_processes("tau", 1.27) if p.species == ("nu_tau", "n", "n"))
    exact = emissivity(process, 96, 48, 32)
    name, mean, sdev, seconds = monte_carlo(process, 2_000_000)
    print(f"\nemissivity of nu n -> n N, m = {MASS:g} MeV: {exact:.6e} MeV^5")
    off = abs(mean - exact) / sdev
    print(f"{name}: {mean:.6e} +- {sdev / mean:.1e}, off by {off:.1f} sigma, {seconds:.2f} s of CPU")
    print(f"{'reduction: E4 x E2 x E3 nodes':32s}{'ms':>9s}{'error':>10s}{'ratio at equal error':>22s}")
    for grid in ((8, 4, 3), (10, 6, 4), (20, 12, 8), (32, 16, 12)):
        runs = [timed(lambda g=grid: emissivity(process, *g), time.process_time) for _ in range(20)]
        spent = min(cpu for _, cpu in runs)
        error = abs(runs[0][0] / exact - 1.0)
        ratio = seconds * (sdev / mean / error) ** 2 / spent
        text = " x ".join(map(str, grid))
        print(f"{text:32s}{1e3 * spent:9.2f}{error:10.1e}{ratio:22.2g}")


def main():
    emissivities()
    planes()
    mediators()


if __name__ == "__main__":
    main()
