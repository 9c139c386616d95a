"""Two heavy states that are almost degenerate: one Dirac particle or two Majorana ones?

A pair made as N oscillates into Nbar with the splitting dm while it decays with the width Gamma. Decays
that violate lepton number are to those that conserve it as R = dm^2/(2 Gamma^2 + dm^2) (integral of
sin^2 over cos^2 of dm t/2 with e^{-Gamma t}; arXiv:1607.05641): Dirac-like for dm << Gamma.
"""

import math
from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ..hnl import HNL, MASS_RANGE

CLOSE = 0.1  # pairs are closer than this part of their mass
CONSERVING = 0.1  # amplitude that violates lepton number, relative; a Dirac pair has 0


@dataclass(frozen=True)
class Pair:
    """A pair of neighbouring heavy states.

    Attributes
    ----------
    states : tuple of int
        Indices in the order of masses.
    mass_mev, splitting_mev : float
        Mean mass and m_2 - m_1.
    width_mev : float
        Mean width of the two as Majorana particles; NaN outside the masses of HNLs.
    violation : float
        |sum_k U_ak U_bk| over sum_k |U_ak| |U_bk| of the two states (Frobenius norms over flavours):
        0 for mixings U, iU of a Dirac pair, 1 for unrelated ones of one state alone.
    """

    states: tuple
    mass_mev: float
    splitting_mev: float
    width_mev: float
    violation: float

    @property
    def ratio(self):
        """Splitting over width."""
        if self.splitting_mev == 0.0:
            return 0.0
        return self.splitting_mev / self.width_mev if self.width_mev > 0.0 else math.inf

    @property
    def wrong_sign_ratio(self):
        """R: decays that violate lepton number over those that conserve it, of a pair U, iU."""
        x = self.ratio
        return 1.0 if math.isinf(x) else x * x / (2.0 + x * x)

    @property
    def dirac_like(self):
        """True if the splitting is below the width and the mixings are those of a Dirac pair."""
        return bool(self.violation < CONSERVING and self.ratio < 1.0)

    def __str__(self):
        if self.splitting_mev == 0.0:
            what = "no splitting"
        elif math.isnan(self.width_mev):
            what = f"splitting {self.splitting_mev:.4g} MeV, width not known at this mass"
        else:
            what = (
                f"splitting {self.splitting_mev:.4g} MeV is {self.ratio:.3g} times the width "
                f"{self.width_mev:.3g} MeV, R = {self.wrong_sign_ratio:.3g}"
            )
        kind = "Dirac-like" if self.dirac_like else "Majorana-like"
        return f"states {self.states} at {self.mass_mev:.6g} MeV: {what}: {kind}"


def _width(mass, mixing):
    low, high = MASS_RANGE
    if not low <= mass <= high:
        return math.nan
    return HNL.fast(mass, mixing).width_mev


def find_pairs(spectrum, flavours, heavy):
    """Return the pairs among the states ``heavy``, from below, each state at most once."""
    found, k = [], heavy.start
    masses = spectrum.masses
    while k + 1 < heavy.stop:
        splitting, mean = spectrum.splitting(k, k + 1), 0.5 * (masses[k] + masses[k + 1])
        if mean > 0.0 and splitting < CLOSE * mean:
            rows = spectrum.vectors[: len(flavours), k : k + 2]
            square = dict(zip(flavours, np.abs(rows) ** 2))
            widths = [
                _width(masses[k + s], tuple(square[f][s] if f in square else 0.0 for f in const.FLAVOURS))
                for s in (0, 1)
            ]
            size = np.linalg.norm(np.abs(rows) @ np.abs(rows).T)
            violation = np.linalg.norm(rows @ rows.T) / size if size > 0.0 else 0.0
            found.append(Pair((k, k + 1), float(mean), splitting, float(np.mean(widths)), float(violation)))
            k += 2
        else:
            k += 1
    return tuple(found)
