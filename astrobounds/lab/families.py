"""Likelihood families: how a published limit at a confidence level becomes a log-likelihood.

All are functions of y = s/s_CL, the expected signal in units of its value at the limit; y = x^n
with x = U^2/U^2_CL for a search whose signal goes as the n-th power of the mixing.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaincc
from scipy.stats import norm

from ..errors import ConfigError, DomainError, did_you_mean
from ..units import finite

POISSON, GAUSS, COUNTING, STEP = 0, 1, 2, 3


def signal_limit(cl, n_obs=0, background=0.0):
    """Return s_CL of a counting experiment: Q(n+1, s+b)/Q(n+1, b) = 1 - CL.

    This is the Bayesian limit for a flat prior in the signal and also the CLs limit.

    Parameters
    ----------
    cl : float
        Confidence level, for instance 0.9.
    n_obs : int
        Observed events.
    background : float
        Expected background events.

    Returns
    -------
    float
    """
    cl = finite(cl, "cl", 1e-6, 1.0 - 1e-12, "a confidence level lies between 0 and 1")
    n_obs = finite(n_obs, "n_obs", 0.0, 1e6)
    b = finite(background, "background", 0.0, 1e6)
    if n_obs != int(n_obs):
        raise DomainError(f"n_obs = {n_obs:g} is not an integer")
    if n_obs == 0:
        return -np.log1p(-cl)
    target = (1.0 - cl) * gammaincc(n_obs + 1.0, b)
    high = 10.0 * (n_obs + 10.0) - 20.0 * np.log1p(-cl)
    return brentq(lambda s: gammaincc(n_obs + 1.0, s + b) - target, 0.0, high, xtol=1e-12)


class _Family:
    def lnl(self, y, cl):
        """Return lnL relative to no signal at ``y = s/s_CL`` for a limit of confidence ``cl``."""
        y = np.asarray(y, dtype=float)
        out = self._lnl(y, *self.parameters(cl))
        return float(out) if out.ndim == 0 else out

    def scale(self, old, new):
        """Return s_new/s_old between two confidence levels."""
        return self.parameters(new)[0] / self.parameters(old)[0]


# parameters(cl) of a family gives (s_CL or z, n_obs, background), the arguments of its kernel
@dataclass(frozen=True)
class Poisson(_Family):
    """lnL = -s_CL y with s_CL = -ln(1 - CL): nothing seen, no background. The default."""

    code: ClassVar[int] = POISSON
    name: ClassVar[str] = "Poisson"

    def parameters(self, cl):
        return signal_limit(cl), 0.0, 0.0

    @staticmethod
    def _lnl(y, s, *_):
        return -s * y


@dataclass(frozen=True)
class FeldmanCousins(Poisson):
    """The same slope with the unified-interval numbers 2.44 (90 %) and 3.09 (95 %)."""

    name: ClassVar[str] = "Feldman-Cousins"
    references: ClassVar[tuple] = ("FeldmanCousins1998",)

    def parameters(self, cl):
        for level, s in ((0.90, 2.44), (0.95, 3.09)):
            if abs(cl - level) < 1e-9:
                return s, 0.0, 0.0
        raise ConfigError(f"cl = {cl:g}: the Feldman-Cousins numbers exist for 0.90 and 0.95")


@dataclass(frozen=True)
class HalfGaussian(_Family):
    """lnL = -(z y)^2/2. ``sided``: 2 (z_90 = 1.6449, calibrated for a flat prior) or 1 (1.2816)."""

    sided: int = 2
    code: ClassVar[int] = GAUSS
    name: ClassVar[str] = "half-Gaussian"

    def __post_init__(self):
        if self.sided not in (1, 2):
            raise ConfigError(f"sided = {self.sided!r}; allowed: 1, 2")

    def parameters(self, cl):
        cl = finite(cl, "cl", 0.5, 1.0 - 1e-12, "a confidence level lies between 0.5 and 1")
        return float(norm.ppf(cl if self.sided == 1 else 0.5 * (1.0 + cl))), 0.0, 0.0

    @staticmethod
    def _lnl(y, z, *_):
        return -0.5 * (z * y) ** 2


@dataclass(frozen=True)
class Counting(_Family):
    """lnL = n ln[(s+b)/b] - s for ``n_obs`` observed and ``background`` expected events."""

    n_obs: int = 0
    background: float = 0.0
    code: ClassVar[int] = COUNTING
    name: ClassVar[str] = "counting"

    def __post_init__(self):
        signal_limit(0.9, self.n_obs, self.background)
        if self.n_obs > 0 and self.background <= 0.0:
            raise DomainError(
                f"background = {self.background:g} with {self.n_obs} events: give b > 0"
            )

    def parameters(self, cl):
        s = signal_limit(cl, self.n_obs, self.background)
        return s, float(self.n_obs), float(self.background)

    @staticmethod
    def _lnl(y, s, n, b):
        return (n * np.log1p(s * y / b) if n > 0 else 0.0) - s * y


@dataclass(frozen=True)
class Step(_Family):
    """0 inside, -inf outside: never a default, it breaks nested samplers and optimisers."""

    code: ClassVar[int] = STEP
    name: ClassVar[str] = "step"

    def parameters(self, cl):
        return 1.0, 0.0, 0.0

    @staticmethod
    def _lnl(y, *_):
        return np.where(y <= 1.0, 0.0, -np.inf)


NAMES = {
    "poisson": Poisson,
    "feldman-cousins": FeldmanCousins,
    "half-gaussian": HalfGaussian,
    "step": Step,
}


def family(which):
    """Return a family from its name ("poisson", "feldman-cousins", "half-gaussian", "step")."""
    if isinstance(which, _Family):
        return which
    try:
        return NAMES[str(which).lower()]()
    except KeyError:
        raise ConfigError(
            f"likelihood family {which!r} unknown{did_you_mean(which, NAMES)}; allowed: "
            f"{', '.join(NAMES)}, Counting(n, b)"
        ) from None
