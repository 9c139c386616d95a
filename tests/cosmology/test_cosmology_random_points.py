"""300 random particles: every one has finite abundances, or an error that says where it stopped."""

import warnings

import astropy.units as u
import numpy as np
import pytest

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import ConvergenceError, ValidityWarning

POINTS = 300
MASS = (1.0, 1000.0)  # MeV
LIFETIME = (1e-4, 1e9)  # s; the shortest are cut where |U|^2 would exceed 1


def random_particle(rng):
    mass = MASS[0] * (MASS[1] / MASS[0]) ** rng.random()
    share = rng.dirichlet((0.5, 0.5, 0.5))  # often close to one flavour
    nature = ("majorana", "dirac")[int(rng.integers(2))]
    unit = ab.HNL.fast(mass, share, nature).width_mev
    low = max(LIFETIME[0], 1.001 * const.HBAR / unit)
    scale = const.HBAR / (low * (LIFETIME[1] / low) ** rng.random()) / unit
    return ab.HNL(mass=mass * u.MeV, mixing=dict(zip(const.FLAVOURS, scale * share)), nature=nature)


@pytest.mark.slow
def test_random_particles():
    rng = np.random.default_rng(20261122)
    failures, broken = [], 0
    for _ in range(POINTS):
        model = random_particle(rng)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", ValidityWarning)
            try:
                out = ab.cosmology.bbn(model)
            except ConvergenceError as error:
                failures.append((error.stage, str(error)))
                continue
        found = np.array([out.Neff, out.Yp, out.Yp_cmb, out.DH, out.He3H, out.Li7H, out.dilution])
        assert np.all(np.isfinite(found)), (model, found)
        assert np.all(found >= 0.0), (model, found)
        assert out.Yp < 1.0, (model, found)
        assert out.Neff > 0.0, (model, found)
        baryons = sum(a * out.abundances[n] for n, a in
                      {"p": 1, "n": 1, "d": 2, "t": 3, "He3": 3, "He4": 4, "Li7": 7, "Be7": 7}.items())
        assert abs(baryons - 1.0) < 1e-3, (model, baryons)  # fragments of Li6 are not in the sum
        broken += out.cascade is not None
    assert broken > 0.2 * POINTS
    assert len(failures) <= 0.02 * POINTS, failures
    for stage, text in failures:
        assert stage, text
        assert any(word in text for word in ("relic", "network", "expansion")), text
