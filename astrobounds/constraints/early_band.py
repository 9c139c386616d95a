"""Choices that no error covers: which helium sample and which set of nuclear rates.

Measurements of Y_p from different samples, and D/H from different evaluations of the same reactions,
differ by more than their errors. Both become a nuisance of the constraint ``"bbn"`` when asked for, and
the whole band is printed.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..errors import ConfigError, did_you_mean

RATE_SET, HELIUM, ASYMMETRY = "rate_set", "helium_offset", "xi_e"
ABUNDANCES = ("Yp", "DH", "He3H", "Li7H")
XI_RANGE = (-0.5, 0.5)
_NODES = 5


class RateSetShift(NamedTuple):
    """ln(abundance) of another set of rates minus that of the own, along standard cosmologies."""

    ln_DH: np.ndarray
    values: np.ndarray

    def at(self, DH):
        """Return the differences of the four ln(abundance) at a D/H; at the nearest end outside."""
        x = np.log(DH)
        return np.array([np.interp(x, self.ln_DH, column) for column in self.values.T])


def check_set(rates, other):
    """Raise ConfigError unless ``other`` is another set of rates."""
    from ..cosmology.nuclear.rates import SETS

    if other not in SETS:
        raise ConfigError(f"bbn: rate_set = {other!r}{did_you_mean(str(other), SETS)}; "
                          f"allowed: {', '.join(SETS)}")  # fmt: skip
    if other == rates:
        raise ConfigError(f"bbn: rate_set = {other!r} is the set in use; give another: {', '.join(SETS)}")


@lru_cache(maxsize=8)
def rate_set_shift(choices, other):
    """Return the :class:`RateSetShift` from (rates, network, neutrinos) to another set."""
    from ..cosmology import bbn_grid

    rates, network, neutrinos = choices
    omega_b = np.geomspace(0.006, 0.045, _NODES)
    logs = []
    for name in (rates, other):
        grid = bbn_grid(omega_b=omega_b, rates=name, network=network, neutrinos=neutrinos, threads=1)
        logs.append(np.log([getattr(grid, x) for x in ABUNDANCES]).T)
    order = np.argsort(logs[0][:, 1])
    return RateSetShift(logs[0][order, 1], (logs[1] - logs[0])[order])


def rate_sets(choices, omega_b):
    """Return ``{set: (Y_p, D/H)}`` of every set of rates at one baryon density."""
    from ..cosmology import bbn
    from ..cosmology.nuclear.rates import SETS

    _, network, neutrinos = choices
    out = {}
    for name in SETS:
        found = bbn(omega_b=omega_b, rates=name, network=network, neutrinos=neutrinos)
        out[name] = (found.Yp, found.DH)
    return out


def helium_samples():
    """Return ``{name: (Y_p, error)}`` of the measurements that ship."""
    from ..cosmology import measurements

    return {m.name: (m.value, 0.5 * (m.sigma_low + m.sigma_high)) for m in measurements("Yp")
            if m.kind == "measurement"}  # fmt: skip


def band_lines(choices, omega_b, rates, helium):
    """Return lines that print the bands asked for."""
    lines = []
    if helium:
        found = sorted(helium_samples().items(), key=lambda item: item[1][0])
        text = ", ".join(f"{name} {value:.4f} +- {sigma:.4f}" for name, (value, sigma) in found)
        lines.append(f"helium samples: {text}")
    if rates:
        found = sorted(rate_sets(choices, omega_b).items(), key=lambda item: item[1][1])
        text = ", ".join(f"{name} {1e5 * DH:.3f}e-5" for name, (_, DH) in found)
        lines.append(f"D/H of the sets of rates at omega_b = {omega_b:g}: {text}")
    return lines
