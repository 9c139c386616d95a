"""Gamma-ray predictions beside the direct triple integral: ``python benchmarks/bench_gamma.py``.

The direct integrals are the ones a user would write: over photon energy, arrival time and parent
energy for the line, and over photon energy, rest-frame energy and parent energy (time integral done)
for the neutral pion. They use scipy's adaptive quadrature and plain numpy grids. Under 20 s.
"""

import math
import time

import astropy.units as u
import numpy as np
from scipy.integrate import nquad

import astrobounds as ab
from astrobounds import gamma
from astrobounds.constants import C_CM, HBAR, KPC_CM
from astrobounds.gamma.arrival import make_signal
from astrobounds.gamma.spectrum import pi0_edges

BAND, WINDOW, RADIUS, DISTANCE = (25.0, 100.0), (0.0, 223.232), 3e12, 51.4 * KPC_CM


def star(mass, mixing):
    """A thermal test spectrum dN/dE in 1/MeV."""

    def spectrum(energy):
        energy = np.asarray(energy, dtype=float)
        p = np.sqrt((energy - mass) * (energy + mass))
        return mixing * 1.5e55 * p * energy**3 * np.exp(-energy / 30.0) / (1.0 + np.exp(-energy / 30.0))

    return spectrum


def model(mass, mixing):
    return ab.HNL(mass=mass * u.MeV, mixing={"tau": mixing})


def line_integrand(log_p, t, energy, mass, tau, spectrum):
    """d Phi/(dE dt dln p) of N -> nu gamma, per unit branching ratio."""
    p = math.exp(log_p)
    omega = 0.5 * mass
    r = energy / omega
    if p < 0.5 * mass * abs(r - 1.0 / r) or p * r * t * C_CM < mass * RADIUS:
        return 0.0
    total = math.hypot(p, mass)
    rate = r / tau * math.exp(-r * t / tau)
    return mass * p / total * float(spectrum(total)) * rate / (2.0 * omega) / (4.0 * math.pi * DISTANCE**2)


def direct_line(mass, mixing, tol):
    """Triple integral of the line with scipy's nested adaptive quadrature."""
    point = model(mass, mixing)
    tau = HBAR / point.width_mev
    spectrum = star(mass, mixing)

    def lower(t, energy):
        r = energy / (0.5 * mass)
        low = max(0.5 * mass * abs(r - 1.0 / r), mass * RADIUS / (C_CM * r * max(t, 1e-6)), 1e-2)
        return math.log(min(low, 1500.0)), math.log(1500.0)

    options = {"epsrel": tol, "epsabs": 0.0, "limit": 50}
    value = nquad(
        lambda lp, t, e: line_integrand(lp, t, e, mass, tau, spectrum),
        [lower, WINDOW, BAND],
        opts=options,
    )[0]
    return value * point.branching_ratios()["nu gamma"]


def direct_pion(mass, mixing, n=48):
    """Triple integral of the pi0 photons on fixed Gauss nodes, in numpy, n^3 points."""
    point = model(mass, mixing)
    tau = HBAR / point.width_mev
    x, w = np.polynomial.legendre.leggauss(n)
    low, high = pi0_edges(mass)
    energy = 0.5 * (BAND[1] + BAND[0]) + 0.5 * (BAND[1] - BAND[0]) * x[:, None, None]
    omega = 0.5 * (high + low) + 0.5 * (high - low) * x[None, :, None]
    r = energy / omega
    floor = np.maximum(0.5 * mass * np.abs(r - 1.0 / r), mass * RADIUS / (C_CM * r * WINDOW[1]))
    a, b = np.log(floor), math.log(1500.0)
    p = np.exp(0.5 * (a + b) + 0.5 * (b - a) * x)
    total = np.hypot(p, mass)
    decays = np.exp(-mass * RADIUS / (p * C_CM * tau)) - np.exp(-r / tau * WINDOW[1])
    inner = (
        np.sum(mass * p / total * star(mass, mixing)(total) * decays * w, axis=2) * 0.5 * (b - a)[..., 0]
    )
    flat = 2.0 * point.branching_ratios()["nu pi0"] / (high - low)
    both = inner * flat / (2.0 * omega[..., 0]) * w[:, None] * w[None, :]
    return both.sum() * 0.25 * (BAND[1] - BAND[0]) * (high - low) / (4.0 * math.pi * DISTANCE**2)


def timed(call, repeats):
    """Return the last result and the shortest time in ms."""
    best = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - start)
    return result, 1e3 * best


def value(mass, mixing, fsr=True):
    """All channels of one point from scratch, spectrum included."""
    signal = make_signal(model(mass, mixing), star(mass, mixing), fsr=fsr)
    return signal.fluences((BAND,), (WINDOW,))[0, 0]


def main():
    rows = []
    value(20.0, 1e-9), value(200.0, 1e-12)  # compile
    fresh = iter(np.linspace(20.001, 20.9, 1000))
    _, new_mass = timed(lambda: value(next(fresh), 1e-9), 30)
    line, same_mass = timed(lambda: value(20.0, 1e-9, False), 50)
    direct, slow = timed(lambda: direct_line(20.0, 1e-9, 1e-3), 1)
    rows.append(
        ("line: scipy, three nested adaptive integrals", slow, slow / same_mass, direct / line - 1.0)
    )
    pion, same_pion = timed(lambda: value(200.0, 1e-12, False), 50)
    grid, slow_grid = timed(lambda: direct_pion(200.0, 1e-12), 3)
    rows.append(("pi0: numpy, 48^3 Gauss nodes", slow_grid, slow_grid / same_pion, grid / pion - 1.0))
    print(f"{'direct integral':48s} {'ms':>10s} {'ratio':>9s} {'difference':>11s}")
    for name, ms, ratio, difference in rows:
        print(f"{name:48s} {ms:10.2f} {ratio:9.0f} {difference:11.1e}")

    ten = iter(np.linspace(60.0, 60.9, 1000))
    _, ten_points = timed(lambda: [value(next(ten), 1e-9) for _ in range(10)], 5)
    masses = iter(np.linspace(70.0, 70.9, 100))
    factors = np.geomspace(1e-3, 1e3, 100)

    def axis():
        mass = next(masses)
        base = make_signal(model(mass, 1e-9), star(mass, 1e-9))
        return [base.scaled(f).fluences((BAND,), (WINDOW,))[0, 0] for f in factors]

    _, hundred = timed(axis, 5)
    smm_masses = iter(np.linspace(90.0, 90.9, 1000))
    telescope = gamma.instruments()["e-ASTROGAM"]

    def smm_new():
        mass = next(smm_masses)
        return gamma.smm_loglike(model(mass, 1e-9), star(mass, 1e-9))

    cases = (
        ("one point, all channels, new mass", new_mass),
        ("ten points, each with a new mass", ten_points),
        ("axis of 100 mixings at a new mass", hundred),
        ("SMM likelihood, 22 bins x 3 bands, new mass", timed(smm_new, 30)[1]),
        ("SMM likelihood, known mass",
         timed(lambda: gamma.smm_loglike(model(100.0, 1e-9), star(100.0, 1e-9)), 30)[1]),
        ("diffuse likelihood, three progenitors",
         timed(lambda: gamma.diffuse_loglike(model(100.0, 1e-9), star(100.0, 1e-9)), 20)[1]),
        ("counts in e-ASTROGAM",
         timed(lambda: gamma.telescope_loglike(model(100.0, 1e-13), star(100.0, 1e-13), telescope), 20)[1]),
    )  # fmt: skip
    print(f"\n{'astrobounds':48s} {'ms':>10s}")
    for name, ms in cases:
        print(f"{name:48s} {ms:10.3f}")


if __name__ == "__main__":
    main()
