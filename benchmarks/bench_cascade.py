"""One point of photodisintegration beside ACROPOLIS: ``python benchmarks/bench_cascade.py``.

ACROPOLIS 1.3.1 (arXiv:2011.06518) is timed if it is installed. Every warm point has a new mass, so that
nothing but the tables of the process is reused.
"""

import time

import astropy.units as u

from astrobounds.cosmology.cascade.disintegration import photodisintegration

START = {
    "p": 0.7525079, "d": 1.837924e-5, "t": 5.812933e-8, "He3": 7.697251e-6, "He4": 6.185801e-2,
    "Li6": 8.104749e-15, "Li7": 2.157596e-11, "Be7": 3.871693e-10,
}  # fmt: skip
POINTS = ((10.0, 1e5, "gamma"), (30.0, 1e6, "electron"), (60.0, 1e7, "gamma"), (1000.0, 1e7, "electron"))


def point(mass, lifetime, channel, density=1e-10):
    return photodisintegration(
        START, mass=mass * u.MeV, lifetime=lifetime * u.s, density=density, eta=6.137e-10, **{channel: 1.0}
    )


def timed(function, *args):
    begin = time.perf_counter()
    value = function(*args)
    return time.perf_counter() - begin, value


def peer(mass, lifetime, channel):
    from acropolis import flags
    from acropolis.models import DecayModel

    flags.verbose = False
    shares = (1.0, 0.0) if channel == "electron" else (0.0, 1.0)
    return DecayModel(mass, lifetime, 10.0, 1e-10, *shares).run_disintegration()[:, 0]


def main():
    try:
        import acropolis
    except ImportError:
        acropolis = None
    first, _ = timed(point, *POINTS[0])
    print(f"first point of the process (compiles if nothing is cached): {first:.2f} s")
    for mass, lifetime, channel in POINTS:
        point(mass, lifetime, channel)  # tables for this number of cells
        warm = min(timed(point, mass * (1.0 + 1e-3 * k), lifetime, channel)[0] for k in range(1, 6))
        again = timed(point, mass * 1.005, 1.1 * lifetime, channel)[0]
        out = point(mass, lifetime, channel)
        density = timed(out.with_density, 1e-9)[0]
        line = f"{mass:6.0f} MeV, {lifetime:.0e} s, {channel:8s}: new mass {warm * 1e3:6.1f} ms"
        line += f", new lifetime {again * 1e3:5.2f} ms, new density {density * 1e3:5.2f} ms"
        if acropolis is not None and mass < 100.0:
            seconds, column = timed(peer, mass, lifetime, channel)
            line += f"; ACROPOLIS {seconds:5.1f} s, d ratio {out['d'] / column[2]:.4f}"
        print(line)


if __name__ == "__main__":
    main()
