"""How the emission of the parents is spread in time: quantiles of a normalised profile w(t_e).

Arrival times count from the first neutrinos, so a parent that left t_e later shifts the window:
F[t0, t1] = int dt_e w(t_e) F_inst[max(0, t0 - t_e), t1 - t_e].
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..errors import DomainError
from ..units import time_s

_X, _W = np.polynomial.legendre.leggauss(16)
_X, _W = 0.5 * (_X + 1.0), 0.5 * _W


@dataclass(frozen=True)
class ExponentialEmission:
    """w(t_e) = exp(-t_e/scale)/scale.

    Parameters
    ----------
    scale : float
        e-folding time in s.
    """

    scale: float

    def cdf(self, t):
        """Share emitted before t (s)."""
        return -math.expm1(-t / self.scale) if t > 0.0 else 0.0

    def quantile(self, share):
        """Time (s) before which this share is emitted."""
        return -self.scale * np.log1p(-np.asarray(share, dtype=float))


@dataclass(frozen=True, eq=False)
class TabulatedEmission:
    """A rate given at times, linear in between and zero outside.

    Parameters
    ----------
    times : array_like
        Increasing, s, not before 0.
    rate : array_like
        Relative emission rate; the normalisation is taken out.
    """

    times: np.ndarray
    rate: np.ndarray

    def __post_init__(self):
        t, w = np.asarray(self.times, dtype=float), np.asarray(self.rate, dtype=float)
        if t.ndim != 1 or t.shape != w.shape or t.size < 2 or t[0] < 0.0 or np.any(np.diff(t) <= 0):
            raise DomainError("an emission profile needs increasing times >= 0 s and as many rates")
        if not np.all(np.isfinite(w)) or np.any(w < 0.0) or not w.sum() > 0.0:
            raise DomainError("an emission profile needs finite rates >= 0, not all zero")
        fine = np.unique(np.concatenate([np.linspace(a, b, 17) for a, b in pairwise(t)]))
        rate = np.interp(fine, t, w)
        share = np.concatenate([[0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * np.diff(fine))])
        object.__setattr__(self, "times", fine)
        object.__setattr__(self, "rate", share / share[-1])

    def cdf(self, t):
        """Share emitted before t (s)."""
        return float(np.interp(t, self.times, self.rate))

    def quantile(self, share):
        """Time (s) before which this share is emitted."""
        return np.interp(share, self.rate, self.times)


def emission_profile(profile):
    """Return None (instantaneous) or a profile from a Quantity or a pair (times, rate)."""
    if profile is None or isinstance(profile, (ExponentialEmission, TabulatedEmission)):
        return profile
    if isinstance(profile, (tuple, list)) and len(profile) == 2:
        return TabulatedEmission(time_s(profile[0], "profile times"), np.asarray(profile[1]))
    scale = time_s(profile, "profile")
    if not np.ndim(scale) == 0 or not 0.0 < scale < math.inf:
        raise DomainError(f"profile = {profile}: the e-folding time of the emission must be > 0 s")
    return ExponentialEmission(scale)


def shifted_windows(windows, profile):
    """Return (windows, weights, owner): the windows of F_inst that average over the profile.

    ``owner[i]`` is the row of the original window to which the shifted window i belongs.
    """
    if profile is None:
        return windows, np.ones(len(windows)), np.arange(len(windows))
    rows, weights, owner = [], [], []
    for i, (t0, t1) in enumerate(windows):
        before, inside = profile.cdf(t0), profile.cdf(t1)
        for a, b in ((0.0, before), (before, inside)):
            if b <= a:
                continue
            for x, w in zip(_X, _W):
                late = float(profile.quantile(a + (b - a) * x))
                rows.append((max(0.0, t0 - late), max(t1 - late, 0.0)))
                weights.append((b - a) * w)
                owner.append(i)
    keep = [k for k, row in enumerate(rows) if row[1] > row[0]]
    return (
        np.array([rows[k] for k in keep]).reshape(-1, 2),
        np.array([weights[k] for k in keep]),
        np.array([owner[k] for k in keep], dtype=int),
    )
