"""Speed of the main chain, each figure beside a pure-Python or scipy counterpart, in one run.

Run: python benchmarks/bench_chain.py
Ratios are what counts: the counterpart runs on the same machine at the same time.
"""

import time

import astropy.units as u
import numpy as np
from scipy.integrate import quad

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.models.decays.hnl_widths import CHANNELS, width_table
from astrobounds.models.hnl import HNL
from astrobounds.numerics.collision import N_PRODUCTS, angular, contact_rates, fermi, unit_rule
from astrobounds.supernova.transport.solution import clear, solution


def timed(function, repeat=3):
    """Return (best seconds, result)."""
    best, result = np.inf, None
    for _ in range(repeat):
        start = time.perf_counter()
        result = function()
        best = min(best, time.perf_counter() - start)
    return best, result


def row(name, ours, unit, peer, peer_name):
    """Print one line of the table."""
    print(f"{name:<44} {ours:>11.4g} {unit:<9} {peer / ours:>9.1f} x  {peer_name} {peer:.3g} {unit}")


def python_width(mass, flavour):
    """Total Dirac width at unit mixing in plain Python with scipy.quad for N -> nu e mu."""
    s2w, g = const.SIN2_THETA_W, const.G_FERMI**2 * mass**5 / (192 * np.pi**3)
    total = g * (1 + 27 * const.ALPHA / (8 * np.pi))
    for lepton, m in (("e", const.M_E), ("mu", const.M_MU)):
        x = m / mass
        if 2 * x < 1:
            r = np.sqrt(1 - 4 * x * x)
            log = 4 * np.log(2 * x / (1 + r))
            f1 = (1 - 14 * x**2 - 2 * x**4 - 12 * x**6) * r + 12 * x**4 * (x**4 - 1) * log
            f2 = 4 * (x**2 * (2 + 10 * x**2 - 12 * x**4) * r + 6 * x**4 * (1 - 2 * x**2 + 2 * x**4) * log)
            same = lepton == flavour
            total += g * ((0.25 * (1 - 4 * s2w + 8 * s2w**2) + 2 * s2w * same) * f1
                          + (s2w * (2 * s2w - 1) / 2 + s2w * same) * f2)  # fmt: skip
    y, z = (const.M_E / mass) ** 2, (const.M_MU / mass) ** 2
    if flavour != "tau" and np.sqrt(y) + np.sqrt(z) < 1:
        total += g * 12 * quad(
            lambda s: (s - y - z) * (1 - s) ** 2 / s
            * np.sqrt(max(s * s + y * y + z * z - 2 * (s * y + s * z + y * z), 0)),
            (np.sqrt(y) + np.sqrt(z)) ** 2, 1)[0]  # fmt: skip
    if mass > const.M_PI0:
        unit = const.G_FERMI**2 * const.F_PI**2 * mass**3 / (32 * np.pi)
        total += unit * (1 - (const.M_PI0 / mass) ** 2) ** 2
    return total


def widths():
    """Width evaluations, scalar and array."""
    masses = np.linspace(110.0, 134.0, 20000)
    width_table(masses[:2])
    array, _ = timed(lambda: width_table(masses))
    scalar, value = timed(lambda: [HNL.fast(m, (0, 1e-8, 0)).width_mev for m in masses[:500]])
    peer, reference = timed(lambda: [2e-8 * python_width(m, "mu") for m in masses[:500]])
    assert np.allclose(value, reference, rtol=1e-10, atol=0.0)
    row("total width, one model", 1e6 * scalar / 500, "us", 1e6 * peer / 500, "plain Python + quad")
    row(f"all {len(CHANNELS)} channels x 3 flavours, array", 1e6 * array / masses.size, "us",
        1e6 * peer / 500, "plain Python, one total")  # fmt: skip


def python_rate(e4, m4, masses, mus, t, rule):
    """R of (12)(34) by the same double integral on a plain grid in Python."""
    m1, m2, m3 = masses
    p4, out, total = np.sqrt(e4**2 - m4**2), np.empty((N_PRODUCTS, 2)), 0.0
    need = np.array([True, False, False, False, False])
    width = 28.0 * t
    for u2, w2 in rule.T:
        e2 = m2 + width * u2**2
        for u3, w3 in rule.T:
            low = max(m3, e2 + m1 - e4)
            e3 = low + (max(mus[2], m3) + width + e4 - low) * u3**2
            e1 = e3 + e4 - e2
            p1, p2, p3 = (np.sqrt(max(e * e - m * m, 0)) for e, m in ((e1, m1), (e2, m2), (e3, m3)))
            angular(e1, p1, e2, p2, e3, p3, e4, p4, 1.0, need, out)
            f = [fermi((e - mu) / t) for e, mu in zip((e1, e2, e3), mus)]
            stat = f[0] * f[1] * (1 - f[2])
            total += (w2 * 2 * u2 * width * w3 * 2 * u3 * (max(mus[2], m3) + width + e4 - low)
                      * stat * out[0].sum())  # fmt: skip
    return total / (64 * np.pi**3 * e4 * p4)


def collision():
    """One reduced rate of the contact kernel."""
    masses, mus = np.array([0.0, 939.0, 939.0]), np.array([0.0, 945.0, 945.0])
    need, out = np.array([True, True, False, True, False]), np.empty((N_PRODUCTS, 2))
    rules = unit_rule(12), unit_rule(8)
    call = lambda: [contact_rates(250.0, 100.0, masses, mus, 30.0, 0.0, need, *rules, out)  # noqa: E731
                    for _ in range(50)]  # fmt: skip
    call()
    ours, _ = timed(call)
    peer, value = timed(lambda: python_rate(250.0, 100.0, masses, mus, 30.0, unit_rule(60)), 1)
    exact = out[0].sum() / (np.exp(250.0 / 30.0) + 1)
    row("collision kernel, one rate (2 helicities)", 1e6 * ours / 50, "us", 1e6 * peer,
        f"Python loop over the kernel's integrand ({100 * abs(value / exact - 1):.1f} % off)")  # fmt: skip


def cooling():
    """A cooling scan: seconds per mass and per coupling."""
    star = ab.supernova.load("fiducial")
    model = lambda m: ab.HNL(mass=m * u.MeV, mixing={"tau": 1e-8})  # noqa: E731
    solution(model(90.0), star)

    def one_mass():
        clear()
        return solution(model(100.0), star)

    per_mass, ray = timed(one_mass)
    grid = np.geomspace(1e-10, 1e-2, 100)
    hundred, values = timed(lambda: ray.luminosity({"mixing.tau": 1.0}, grid))
    tau, source = ray._tau["tau"], ray._production["tau"]

    def python_march(scale):
        total = 0.0
        for s in range(tau.shape[0]):
            for e in range(0, tau.shape[1], 8):
                for b in range(0, tau.shape[2], 8):
                    depth = 0.0
                    both = np.concatenate([tau[s, e, b], tau[s, e, b, ::-1]]) * scale
                    for c, d in enumerate(both):
                        k = c if c < tau.shape[3] else 2 * tau.shape[3] - 1 - c
                        ratio = source[s, e, b, k] / max(tau[s, e, b, k], 1e-300)
                        total += np.exp(-depth) * -np.expm1(-d) * ratio
                        depth += d
        return total

    peer, _ = timed(lambda: python_march(1e-6), 1)
    shares = (tau.shape[1] / np.ceil(tau.shape[1] / 8)) * (tau.shape[2] / np.ceil(tau.shape[2] / 8))
    print(f"{'cooling: rates and rays of one mass':<44} {per_mass:>11.4g} s")
    row("cooling: one more coupling", 1e3 * hundred / 100, "ms", 1e3 * peer * shares,
        "the same march in Python")  # fmt: skip
    print(f"{'cooling: one mass, 100 couplings':<44} {per_mass + hundred:>11.4g} s     "
          f"L from {values.min():.1e} to {values.max():.1e} erg/s")  # fmt: skip


def posterior():
    """Posterior evaluations per second, with and without tables."""
    post = ab.Posterior(
        ab.HNL,
        {"mass": ab.LogUniform(80 * u.MeV, 160 * u.MeV), "mixing.tau": ab.LogUniform(1e-10, 1e-3)},
        ["sn1987a-cooling", "lab"],
    )
    y = post.coordinates({"mass": 100.0, "mixing.tau": 1e-6, "log10_L_allowed": 52.5})
    rng = np.random.default_rng(1)
    points = y + 0.05 * rng.standard_normal((12, 3))
    post(y)
    direct, _ = timed(lambda: [post(p) for p in points], 1)
    post.prepare(show=False)
    tabled, _ = timed(lambda: [post(p) for p in np.repeat(points, 50, axis=0)])
    row("posterior (cooling + all laboratories)", 1e6 * tabled / 600, "us", 1e6 * direct / 12,
        "direct solutions at new masses")  # fmt: skip
    print(f"{'posterior evaluations per second':<44} {600 / tabled:>11.4g}")


def constraints():
    """Evaluations per second of every constraint at fresh points: three free mixings, with tables."""
    names = ["bbn", "cmb", "sn1987a-cooling", "low-energy-sne", "smm", "lab"]
    mixings = {f"mixing.{f}": ab.LogUniform(1e-12, 1e-2) for f in ("e", "mu", "tau")}
    post = ab.Posterior(ab.HNL, {"mass": ab.LogUniform(60 * u.MeV, 80 * u.MeV), **mixings}, names)
    post.prepare(show=False)
    rng = np.random.default_rng(2)

    def fresh(n):
        for _ in range(n):
            values = {n: float(post.priors[n].ppf(rng.random())) for n in post.names}
            yield post.point(values)

    for constraint in post.constraints:
        for model, nuisance in fresh(2):
            constraint.loglike(model, nuisance)
        points = list(fresh(20))
        start = time.process_time()
        for model, nuisance in points:
            constraint.loglike(model, nuisance)
        took = (time.process_time() - start) / len(points)
        name = f"{constraint.name}, e mu tau free, fresh points"
        print(f"{name:<44} {1e3 * took:>11.4g} ms        {1.0 / took:>9.0f} /s")


def _busy(x):
    """Some milliseconds of arithmetic."""
    total = 0.0
    for i in range(60_000):
        total += (x + i) ** 0.5
    return total


def workers():
    """Scaling from one worker process to two, and what a task on Dask costs beside its work."""
    from astrobounds.inference.pool import bound_pool

    arguments, seconds = list(range(400)), {}
    for number in (1, 2):
        with bound_pool(_busy, None if number == 1 else number) as pool:
            list(pool.map(arguments[:16]))  # processes start
            seconds[number], _ = timed(lambda p=pool: list(p.map(arguments)), 2)
    share = seconds[1] / (2 * seconds[2])
    print(f"{'scaling from one to two processes':<44} {100 * share:>11.4g} %")
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        return
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with Client(cluster) as client, bound_pool(abs, client) as pool:
            list(pool.map(range(32)))
            took, _ = timed(lambda: list(pool.map(range(15))))  # one argument a task
    print(f"{'Dask: overhead of one task':<44} {1e3 * took / 15:>11.4g} ms")


def main():
    """Print the table."""
    print(f"{'what':<44} {'ours':>11} {'':<9} {'ratio':>11}  counterpart")
    widths()
    collision()
    cooling()
    posterior()
    constraints()
    workers()


if __name__ == "__main__":
    main()
