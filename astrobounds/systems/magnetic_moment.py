"""Diagonal magnetic moments of Dirac neutrinos in the early Universe: Delta N_eff.

L = (mu/2) nubar sigma F nu turns nu_L into nu_R by a photon: d = mu/2 in the convention of
:class:`~astrobounds.DipoleHNL`, with a massless N. At comoving momentum

    df/dt = (mu/2)^2 Gamma*(p, T) (f_eq - f),   Delta N_eff = n_R rho(nu_R)/rho(nu_L) at 10 MeV

with Gamma* of scattering on all charged particles, pairs and plasmons, full statistics and screening by
dressed photons (`cosmology/relics/dipole_rates.py`). Gamma* ~ T^3 against H ~ T^2: the answer depends on
the temperature of reheating and on how many nu_R there are then. Both are arguments, because published
bounds differ by a factor of six for that reason: 2.7e-12 mu_B (arXiv:2211.04669), 1.6e-11 mu_B
(arXiv:2211.10432).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .. import constants as const
from ..cosmology.plasma import hot
from ..cosmology.relics.dipole_rates import Rates
from ..errors import DomainError, did_you_mean
from ..units import energy_mev, finite

T_END = 10.0  # MeV: pairs are relativistic and neutrinos coupled; nu_R must have decoupled
T_TOP = 1e5  # MeV: above, a moment couples to hypercharge
STARTS = ("empty", "equilibrium")
_MASS = 1e-6  # MeV: massless
_STEPS = 60  # per e-fold of temperature
_Y = np.linspace(0.0, 30.0, 121)[1:]  # p/T at the end
_STILL_COUPLED = 1.0  # Gamma/H at T_END


@dataclass(frozen=True)
class DiracMoment:
    """Right-handed neutrinos of one moment.

    Attributes
    ----------
    moment : float
        Bohr magnetons.
    states : int
        Number of right-handed neutrinos with this moment.
    reheating_mev : float
    start : str
    delta_neff : float
    decoupling_mev : float
        Temperature where the mean rate is H, 0 if it always is below; NaN if it always was above.
    """

    moment: float
    states: int
    reheating_mev: float
    start: str
    delta_neff: float
    decoupling_mev: float

    references = ("Elmfors:1997tt", "Li:2022dkc", "Carenza:2022ngg", "Borsanyi:2016ksw")


@lru_cache(maxsize=1)
def _rates():
    return Rates(_MASS, 0.5 * T_END, 1.05 * T_TOP)


def dirac_moment(moment, states=3, reheating=None, start="empty"):
    """Return Delta N_eff of right-handed neutrinos with a diagonal magnetic moment.

    Parameters
    ----------
    moment : float
        mu in Bohr magnetons, the same for each of ``states``.
    states : int
        Number of right-handed neutrinos, 1 to 3.
    reheating : Quantity, optional
        Highest temperature, 20 MeV to 100 GeV (default).
    start : {"empty", "equilibrium"}
        Right-handed neutrinos at that temperature: none, or thermal.

    Returns
    -------
    DiracMoment

    Raises
    ------
    DomainError
        For values outside these ranges, and for moments with which nu_R are still coupled at 10 MeV
        (some 1e-10 mu_B): there Delta N_eff is close to ``states``.

    Notes
    -----
    The expansion is that of the Standard Model: the energy of nu_R themselves (up to 5 %) is left out of
    H. 1 % in Delta N_eff by 0.8 % in the moment. Momenta, 120 nodes, are exact to 1e-4.

    References
    ----------
    hep-ph/9703214, arXiv:2211.04669, arXiv:2211.10432.

    Examples
    --------
    >>> round(dirac_moment(2.7e-12).delta_neff, 2)
    0.19
    """
    mu = finite(moment, "moment", 0.0, 1e-6, "Bohr magnetons")
    if states not in (1, 2, 3):
        raise DomainError(f"states = {states!r}; allowed: 1, 2, 3")
    if start not in STARTS:
        raise DomainError(f"start = {start!r}{did_you_mean(start, STARTS)}; allowed: {', '.join(STARTS)}")
    top = T_TOP if reheating is None else energy_mev(reheating, "reheating")
    finite(top, "reheating in MeV", 20.0, T_TOP, "above 100 GeV a moment couples to hypercharge")
    T = np.geomspace(top, T_END, 1 + math.ceil(_STEPS * math.log(top / T_END)))
    rho, entropy = hot.density(T)
    hubble = np.sqrt(8.0 * np.pi / 3.0 * rho) / const.M_PLANCK
    stretch = (entropy / entropy[-1]) ** (1.0 / 3.0)
    p = _Y * T_END * stretch[:, None]
    ratio = (0.5 * mu * const.MU_BOHR) ** 2 * _rates().contact(T, p, "minus") / hubble[:, None]
    equilibrium = 1.0 / (np.exp(np.minimum(p / T[:, None], 700.0)) + 1.0)
    weight = _Y**3 * equilibrium[-1]
    mean = ratio @ weight / weight.sum()
    if mean[-1] > _STILL_COUPLED:
        raise DomainError(
            f"moment = {mu:g} mu_B: nu_R are still in equilibrium at 10 MeV; Delta N_eff is about {states}"
        )
    final = _march(ratio, equilibrium, np.diff(-np.log(stretch)), start)
    return DiracMoment(mu, states, top, start, states * _share(final), _crossing(T, mean))


def _march(ratio, equilibrium, steps, start):
    """Occupations at the end: exact for a rate and an equilibrium that are linear in a step."""
    f = equilibrium[0].copy() if start == "equilibrium" else np.zeros(len(_Y))
    for k, step in enumerate(steps):
        depth = np.maximum(0.5 * (ratio[k] + ratio[k + 1]) * step, 1e-300)
        decay = np.exp(-depth)
        lag = (equilibrium[k + 1] - equilibrium[k]) * -np.expm1(-depth) / depth
        f = equilibrium[k + 1] - lag + (f - equilibrium[k]) * decay
    return f


def _share(f):
    massless = 1.0 / (np.exp(_Y) + 1.0)
    return float((f * _Y**3).sum() / (massless * _Y**3).sum())


def _crossing(T, mean):
    above = np.flatnonzero(mean > 1.0)
    if not above.size:
        return 0.0
    k = above[-1]
    if k + 1 == T.size:
        return math.nan
    return float(np.exp(np.interp(0.0, -np.log(mean[k : k + 2]), np.log(T[k : k + 2]))))
