"""From density, temperature and composition to the state of matter of a profile.

Nucleons are an ideal gas of effective masses m* in mean fields (none by default); electrons, and muons
where asked for, are ideal gases; neutrinos are thermal, their chemical potentials in one of four states:

zero
    mu_nu = 0 at the given Y_p: matter out of equilibrium where electrons are degenerate. It keeps them and
    leaves their partners out.
beta
    mu_nu_e = mu_e + mu_p - mu_n - (U_n - U_p) at the given Y_p: all trapped lepton number still there.
equilibrium
    mu_nu = 0 and beta equilibrium: Y_p follows. The late end of deleptonisation.
two-region
    Y = Y_eq + (Y_c - Y_eq)/(1 + exp((r - r_d)/w)): a core that keeps the Y_c of its collapse in a
    deleptonised mantle; mu_nu_e from beta equilibrium. Y_c = 0.28, r_d = 8 km, w = 1 km are
    representative of the state one second after bounce (published Y_e: 0.27-0.30 in the centre,
    0.05-0.12 in the mantle), not a fit.
"""

from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...errors import DataError, DomainError, did_you_mean
from ...units import finite
from . import eos, mean_field
from .composition import heavy_state
from .equilibrium import RULE, net_density, proton_fraction

FREE_NUCLEON_MASS = 939.0  # MeV, both nucleons where a profile gives no effective masses
NEUTRINOS = ("zero", "beta", "equilibrium", "two-region")
DEPENDS_ON_Y = ("zero", "beta")  # those that take the proton fraction of the profile


@dataclass(frozen=True)
class Matter:
    """What turns density, temperature and Y into the columns of a star.

    Attributes
    ----------
    neutrinos : {"zero", "beta", "equilibrium", "two-region"}
    mean_field : None, "dd2" or float
        See `mean_field`.
    muons : bool
        Muons in equilibrium with the nucleons, mu_mu = mu_nu_mu + mu_n - mu_p + U_n - U_p; their charge is
        taken from the electrons.
    core : tuple of float
        (Y_c, r_d [km], w [km]) of ``"two-region"``.

    Raises
    ------
    DomainError
        For an unknown state of the neutrinos or mean field, or a core outside 0.01-0.6, 0.1-100, 0.01-50.
    """

    neutrinos: str = "zero"
    mean_field: object = None
    muons: bool = False
    core: tuple = (0.28, 8.0, 1.0)

    def __post_init__(self):
        if self.neutrinos not in NEUTRINOS:
            raise DomainError(
                f"neutrinos = {self.neutrinos!r}{did_you_mean(self.neutrinos, NEUTRINOS)}; "
                f"allowed: {', '.join(map(repr, NEUTRINOS))}"
            )
        if not isinstance(self.muons, (bool, np.bool_)):
            raise DomainError(f"muons = {self.muons!r}: True or False is needed")
        object.__setattr__(self, "mean_field", mean_field.check(self.mean_field))
        try:
            y, radius, width = self.core
        except (TypeError, ValueError):
            raise DomainError(
                f"core = {self.core!r}: (Y_c, radius in km, width in km) of 'two-region' is needed"
            ) from None
        values = (
            finite(y, "core: Y_c", 0.01, 0.6), finite(radius, "core: radius in km", 0.1, 100.0),
            finite(width, "core: width in km", 0.01, 50.0),
        )  # fmt: skip
        object.__setattr__(self, "core", values)

    @property
    def references(self):
        """BibTeX keys of the mean field."""
        return ("Typel:2009sy",) if self.mean_field is not None else ()

    @property
    def suffix(self):
        """What the name of a star says about its matter; empty for the defaults."""
        parts = [] if self.neutrinos in DEPENDS_ON_Y else [self.neutrinos]
        parts += ["mean field"] if self.mean_field is not None else []
        parts += ["muons"] if self.muons else []
        return "".join(f", {part}" for part in parts)

    def state(self, rho, temperature, y, radius_km, heavy=None):
        """Return the columns of :class:`Star` but the lapse.

        Parameters
        ----------
        rho, temperature, y, radius_km : ndarray, shape (n,)
            g/cm3, MeV, proton fraction (not used in equilibrium), km.
        heavy : tuple of ndarray, optional
            Mass fraction X, mean A and mean Z of heavy nuclei: their nucleons are not free.
        """
        rho, t, y = (np.asarray(a, dtype=float) for a in (rho, temperature, y))
        n_b = rho * const.GRAM_CM3 / FREE_NUCLEON_MASS
        mass = mean_field.effective_mass(self.mean_field, n_b, FREE_NUCLEON_MASS)
        slope = mean_field.potential_slope(self.mean_field, n_b)
        if self.neutrinos not in DEPENDS_ON_Y:
            if heavy is not None:
                raise DataError(
                    f"neutrinos='{self.neutrinos}' is for free nucleons: the profile has heavy nuclei, "
                    "whose composition it would have to change"
                )
            y = proton_fraction(n_b, mass, slope, t, muons=self.muons)
            if self.neutrinos == "two-region":
                y_c, edge, width = self.core
                y = y + (y_c - y) / (1.0 + np.exp(np.minimum((radius_km - edge) / width, 700.0)))
        return self._columns(rho, t, y, n_b, mass, slope, heavy)

    def _columns(self, rho, t, y, n_b, mass, slope, heavy):
        free_n, free_p, nuclei = 1.0 - y, y, {}
        if heavy is not None:
            x, a, z = heavy
            # between rows that are consistent the interpolated ones may miss zero by rounding
            free_p = np.maximum(y - x * z / a, 0.0)
            free_n = np.maximum(1.0 - y - x * (1.0 - z / a), 0.0)
            nuclei = heavy_state(rho, x, a, z, FREE_NUCLEON_MASS)
        mu_n = eos.chemical_potential(free_n * n_b, mass, t)
        mu_p = eos.chemical_potential(free_p * n_b, mass, t)
        zero = np.zeros_like(t)
        shift = slope * (free_n - free_p)
        lift = mu_n - mu_p + shift
        mu_mu = lift if self.muons else zero + np.nan
        if self.neutrinos == "equilibrium":
            mu_e = lift
        else:
            charge = y * n_b
            if self.muons:
                charge = charge - [net_density(mu, const.M_MU, x, RULE) for mu, x in zip(lift, t)]
            mu_e = np.sign(charge) * eos.chemical_potential(np.abs(charge), const.M_E, t, net=True)
        return {
            "rho": rho, "T": t, "Yp": y, "n_B": n_b,
            "m_n": mass, "m_p": mass.copy(), "mu_n": mu_n, "mu_p": mu_p, "shift": shift,
            "mu_e": mu_e, "mu_mu": mu_mu,
            "mu_nu_e": zero if self.neutrinos in ("zero", "equilibrium") else mu_e - lift,
            "mu_nu_mu": zero, "mu_nu_tau": zero, **nuclei,
        }  # fmt: skip
