"""Where the time of nucleosynthesis goes, stage by stage: ``python benchmarks/profile_universe.py``.

Processor time, shortest and median of several runs, and the ratio to the fixed loop of ``timing``. Every
particle is of a new mass each time, so that nothing is remembered. ``--quick`` leaves out the resolved
momenta and the plane; ``--plane N`` scans N x N points (12 by default) of an HNL and scales to 60 x 60.
"""

import argparse
import itertools
import subprocess
import sys
import time
import warnings

import astropy.units as u
import numpy as np
from timing import measure, unit

import astrobounds as ab
from astrobounds import constants as const

ETA = 2.73748e-8 * 0.02237
FIRST = """
import time
a = time.process_time(), time.perf_counter()
import astrobounds
astrobounds.cosmology.bbn()
print(time.process_time() - a[0], time.perf_counter() - a[1])
"""


def hnl(mass, mixing=3e-8):
    """An electron-mixed HNL without checks."""
    return ab.HNL.fast(mass, (mixing, 0.0, 0.0))


def fresh(start=100.0, step=0.01):
    """Masses that were never asked before."""
    return (start + step * i for i in itertools.count())


def standard_stages():
    """Yield (name, call) of the stages of ``bbn()``."""
    from astrobounds.cosmology import decouple
    from astrobounds.cosmology.background import expand, weak_on_grid
    from astrobounds.cosmology.nuclear.network import load_network
    from astrobounds.cosmology.nuclear.run import run_network

    background, n_to_p, p_to_n = expand(const.TAU_N)
    yield "bbn()", ab.cosmology.bbn
    yield "  expansion", decouple
    yield "  weak rates", lambda: weak_on_grid(background, const.TAU_N, 0.0, "full")
    for size in ("small", "full"):
        network = load_network(size)
        yield (
            f"  network, {size}",
            lambda network=network: run_network(network, background, ETA, n_to_p, p_to_n, None),
        )
    yield 'bbn(network="full")', lambda: ab.cosmology.bbn(network="full")


def relic_stages():
    """Yield (name, call) of the stages of ``bbn(HNL)``."""
    from astrobounds.cosmology.neutrinos import decoupling
    from astrobounds.cosmology.relics import boltzmann, history
    from astrobounds.cosmology.relics.species import describe

    masses = fresh()
    yield "bbn(HNL), new mass", lambda: ab.cosmology.bbn(hnl(next(masses)))
    yield 'bbn(HNL, network="full")', lambda: ab.cosmology.bbn(hnl(next(masses)), network="full")
    species, injected = describe(hnl(100.0))
    found = history.evolve(species, injected, ETA)
    hot, modes, background = found.hot, found.modes, found.background
    T, H = history.extended(background, len(modes.x), background.dx)
    yield "  above 12 MeV", lambda: boltzmann.through_hot_plasma(describe(hnl(next(masses)))[0])
    yield (
        "  one round of the modes",
        lambda: boltzmann.follow(species, modes.x, T, H, hot.start, history.STRIDE, True),
    )
    yield "  one expansion", lambda: decoupling.solve(boltzmann.T_MATCH, float(T[-1]), dark=hot.dark)
    yield (
        f"  all {found.rounds} rounds below 12 MeV",
        lambda: history.evolve(*describe(hnl(next(masses))), ETA, start=hot),
    )
    moment = fresh()
    yield "bbn(DipoleHNL)", lambda: ab.cosmology.bbn(ab.DipoleHNL.fast(next(moment), (0.0, 5e-10, 0.0)))


def momentum_stages():
    """Yield (name, call) of momentum-resolved neutrinos."""
    from astrobounds.cosmology.neutrinos.kinetic import solve as kinetic

    masses = fresh(50.0)
    yield "momentum-resolved, standard", kinetic.solve
    yield (
        "momentum-resolved, HNL",
        lambda: ab.cosmology.bbn(hnl(next(masses), 3e-4), neutrinos="momentum"),
    )


def plane(points):
    """Processor time per point of a scan of an HNL with 'bbn' and 'cmb'."""
    posterior = ab.Posterior(
        model=ab.HNL,
        priors={"mass": ab.LogUniform(3 * u.MeV, 1000 * u.MeV), "mixing.e": ab.LogUniform(1e-14, 1e-1)},
        constraints=[{"bbn": {"marginalise": ["rates", "tau_n", "omega_b"]}},
                     {"cmb": {"marginalise": ["omega_b"]}}],
    )  # fmt: skip
    ab.scan(posterior, y="mixing.e", shape=(2, 2), progress=False)  # tables of theory errors, compilation
    start = time.process_time()
    ab.scan(posterior, y="mixing.e", shape=(points, points), progress=False)
    return (time.process_time() - start) / points**2


def first_number():
    """Processor and wall time [s] from the start of the import to the first number, in a new process."""
    runs = []
    for _ in range(3):
        run = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=True)
        runs.append(tuple(map(float, run.stdout.split())))
    return min(runs)


def rows(quick=False, points=12):
    """Yield (name, shortest ms, median ms, ratio to the loop)."""
    one = unit()
    stages = [standard_stages(), relic_stages(), *([] if quick else [momentum_stages()])]
    for name, call in itertools.chain(*stages):
        call()
        took = measure(call, 15, budget=4.0)
        yield name, 1e3 * took.least, 1e3 * took.median, took.ratio(one)
    if not quick:
        each = plane(points)
        yield (
            f"plane 60 x 60 of bbn + cmb (from {points} x {points})",
            3.6e6 * each,
            3.6e6 * each,
            3600 * each / one,
        )
        used, _ = first_number()
        yield "import to first bbn(), new process", 1e3 * used, 1e3 * used, used / one
    yield "the fixed loop", 1e3 * one, 1e3 * one, 1.0


def main(arguments=None):
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--plane", type=int, default=12)
    chosen = parser.parse_args(arguments)
    warnings.simplefilter("ignore", ab.ValidityWarning)
    print(f"{'processor time':<46} {'least ms':>10} {'median':>10} {'loops':>9}")
    for name, least, median, ratio in rows(chosen.quick, chosen.plane):
        print(f"{name:<46} {least:>10.2f} {median:>10.2f} {ratio:>9.3g}", flush=True)


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
