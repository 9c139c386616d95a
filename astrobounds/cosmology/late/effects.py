"""What a relic of any lifetime does to the microwave background, term by term.

=============================  ==================================================================
lifetime [s]                   terms of lnL
=============================  ==================================================================
below 1e4                      none: N_eff, entropy and nuclei are followed by the engines
1e4 to 1e12                    "distortions": mu and y
1e12 and above                 "anisotropies", and what is left of "distortions"
3e12 and above                 "dark decays": what turns into radiation after recombination
any above 1e4                  "matter", with a reason: it dominates or over-closes, see
                               :mod:`.radiation`
=============================  ==================================================================

Decays into radiation before recombination are in N_eff.
"""

from dataclasses import dataclass

from ...errors import DomainError
from ...units import finite
from . import anisotropies, radiation
from .distortions import MU_LIMIT, Y_LIMIT, Distortions, distortions

FROM = 1e4  # s
_Y_LATE, _Y_DEX = 1e11, 0.35  # exact cascades relax the limit of y after 1e11 s, arXiv:1903.04503

references = tuple(
    dict.fromkeys((*anisotropies.references, *radiation.references, *Distortions.references))
)


@dataclass(frozen=True)
class LateEffects:
    """Late decays of one relic.

    Attributes
    ----------
    f : float
        rho_X over that of dark matter if nothing had decayed.
    lifetime : float
        s.
    electromagnetic : float
        Share of the energy in photons, electrons and kinetic energy of charged particles.
    zeta : float
        Share that ionises, see :mod:`.anisotropies`.
    distortions : Distortions
    delta_neff : float
        Radiation of invisible decays before recombination.
    reason : str
        Why the relic is excluded whatever it decays into, or "".
    """

    f: float
    lifetime: float
    electromagnetic: float
    zeta: float
    distortions: Distortions
    delta_neff: float
    reason: str = ""

    references = references

    def terms(self, shift=0.0, mu_limit=MU_LIMIT, y_limit=Y_LIMIT):
        """Return ``{name: lnL}``; 0 is no effect.

        Parameters
        ----------
        shift : float
            Error of the limits in its standard deviations: of the anisotropies by the column of the
            data file; upwards also of y after 1e11 s (0.35 dex).
        mu_limit, y_limit : float
            At 95 %.
        """
        out = {}
        if self.reason:
            out["matter"] = radiation.matter_loglike(self.lifetime, self.f)
        if self.lifetime < FROM or self.f == 0.0:
            return out
        wide = y_limit * (10.0 ** (_Y_DEX * max(shift, 0.0)) if self.lifetime > _Y_LATE else 1.0)
        out["distortions"] = self.distortions.loglike(mu_limit, wide)
        if self.lifetime >= anisotropies.FIRST:
            width = 10.0 ** (shift * anisotropies.uncertainty(self.lifetime))
            out["anisotropies"] = anisotropies.loglike(self.f / width, self.zeta, self.lifetime)
        if self.lifetime >= radiation.FROM:
            dark = (1.0 - self.electromagnetic) * self.f
            out["dark decays"] = radiation.loglike(self.lifetime, dark)
        return out

    def loglike(self, shift=0.0, **limits):
        """Return the sum of :meth:`terms`."""
        return sum(self.terms(shift, **limits).values())


def late_effects(f, lifetime, electromagnetic, zeta=None):
    """Return the :class:`LateEffects` of any relic.

    Parameters
    ----------
    f : float
        rho_X over that of dark matter (omega_c = 0.12) if nothing had decayed.
    lifetime : float
        s, 1e-4 to 1e40; infinite for a stable relic.
    electromagnetic : float
        Share of the energy in photons, electrons and kinetic energy of charged particles.
    zeta : float, optional
        Share that ionises; by default 0.1 of ``electromagnetic``, the smallest that photons and
        electrons below 100 MeV have.

    Returns
    -------
    LateEffects

    Raises
    ------
    DomainError
        For a share outside [0, 1], a negative f or lifetime.
    """
    f = finite(f, "f = rho_X/rho_DM", 0.0)
    share = finite(electromagnetic, "electromagnetic share", 0.0, 1.0 + 1e-9)
    zeta = 0.1 * share if zeta is None else finite(zeta, "zeta", 0.0, 1.0 + 1e-9)
    if not lifetime > 0.0:
        raise DomainError(f"lifetime = {lifetime} s must be positive")
    lifetime = min(float(lifetime), 1e40)
    if lifetime < FROM:
        return LateEffects(f, lifetime, share, zeta, Distortions(0.0, 0.0, 0.0), 0.0)
    return LateEffects(
        f, lifetime, share, zeta, distortions(lifetime, share * f),
        radiation.extra_neff(lifetime, (1.0 - share) * f),
        radiation.excluded_outright(lifetime, f),
    )  # fmt: skip
