"""Energy that decays leave in the mantle and the envelope of a star.

    E = duration f_vis int dE E d2N/(dE dt) {1 - exp[-(R_envelope - R_core)/l]},  l = (p/m)/Gamma

with the net flux through R_core, outwards minus inwards: decays, and what inverse decays make, are part
of the transport (for mixing as for the dipole portal), so that nothing is counted twice. At strong
coupling the net flux diffuses like the inverse coupling, while the outward flux alone would stay that
of a blackbody and deposit its energy at any coupling. R_core is the neutrino sphere (T = 3 MeV) by
default: inside, what decays leave is radiated again by neutrinos. Without decays in the transport
(``decays=False``, mixing) the bracket is exp(-R_core/l) - exp(-R_envelope/l) on the flux at infinity.

No more than the star has can be deposited: the energy emitted is held at 3e53 erg, with a flag.
"""

from dataclasses import dataclass

import numpy as np

from ... import constants as const
from ...errors import DomainError
from ...units import finite
from ..star.sphere import neutrino_sphere
from ..transport.emission import BEYOND, BINDING_ENERGY, Emission, held
from ..transport.settings import RADIUS_MAX_KM
from ..transport.solution import absorbing_radius, decays_are_absorption, solution
from .visible import visible_fraction

LOW_ENERGY_LIMIT = 1e50  # erg, 10 % of a bethe in underluminous type II-P events, arXiv:2201.09890
EXPLOSION_LIMIT = 2e51  # erg, kinetic energy of SN1987A, arXiv:1903.07923


@dataclass(frozen=True, eq=False)
class Deposition:
    """Energy deposited by the decays of one model.

    Attributes
    ----------
    emission : Emission
        What leaves the core, outwards minus inwards at the core radius where decays are part of the
        transport.
    energy_erg : float
        Visible energy of decays between the core and the surface of the envelope [erg].
    emitted_erg : float
        Energy that leaves the core, all of it [erg].
    visible : float
        Visible share of a decay.
    allowed_erg : float
        Energy that observations allow [erg].
    flags : tuple of str
        ``"beyond the star"`` where more than 3e53 erg would leave; the energies are held there.
    """

    emission: Emission
    energy_erg: float
    emitted_erg: float
    visible: float
    allowed_erg: float = LOW_ENERGY_LIMIT
    flags: tuple = ()

    references = ("Caputo:2022mah", "Chauhan:2024nfa")

    @property
    def energy(self):
        """Deposited energy (Quantity, erg)."""
        import astropy.units as u

        return self.energy_erg * u.erg

    @property
    def fraction(self):
        """Deposited over emitted energy; 0 when nothing is emitted."""
        return self.energy_erg / self.emitted_erg if self.emitted_erg > 0.0 else 0.0

    @property
    def ratio(self):
        """Deposited over allowed energy."""
        return self.energy_erg / self.allowed_erg

    @property
    def excluded(self):
        """True if more is deposited than is allowed."""
        return self.ratio > 1.0


@dataclass(frozen=True)
class Geometry:
    """Distances [cm] of the bracket, and the options of the transport that feeds it."""

    inner: float
    outer: float
    options: dict
    net: bool


def sphere_cm(star):
    """Return the radius [cm] of the neutrino sphere, at most that of the transport."""
    return 1e5 * neutrino_sphere(star, min(RADIUS_MAX_KM, star.breaks[-1]))


def geometry_of(model, star, envelope, core, options):
    """Return the :class:`Geometry` of a model: with the net flux if its decays are absorption."""
    import astropy.units as u

    from ...units import length_cm

    if core is None:
        core = sphere_cm(star) * u.cm
    inner = length_cm(core, "core")
    outer = length_cm(5e13 * u.cm if envelope is None else envelope, "envelope")
    if not 0.0 <= inner < outer:
        raise DomainError(
            f"core = {inner:g} cm, envelope = {outer:g} cm: 0 <= core < envelope is needed"
        )
    if not decays_are_absorption(model, options.get("decays", True)):
        return Geometry(inner, outer, options, False)
    r_max = 1e5 * absorbing_radius(model, star, options)
    if inner < r_max * (1.0 - 1e-9):
        return Geometry(0.0, outer - inner, {**options, "core": inner * u.cm}, True)
    return Geometry(inner - r_max, outer - r_max, options, False)


def _spectra(model, star, geometry, scales):
    """Return (RaySolution, spectra [MeV^-1 s^-1]) of what leaves the core, shape (n, nE)."""
    ray = solution(model, star, **geometry.options)
    along = ray.net_along if geometry.net else ray.along
    return ray, along(model.strengths, scales)


def decayed_between(mass_mev, energy, width_mev, inner, outer):
    """exp(-inner/l) - exp(-outer/l) for energies (n,) and widths (k,): shape (k, n)."""
    momentum = np.sqrt((energy - mass_mev) * (energy + mass_mev))
    inverse = np.multiply.outer(width_mev, mass_mev / momentum) / const.HBAR_C
    return -np.exp(-inner * inverse) * np.expm1(-(outer - inner) * inverse)


def _budget(budget):
    """Return a budget in erg."""
    import astropy.units as u

    from ...units import quantity_in

    if budget is None:
        return BINDING_ENERGY
    return finite(quantity_in(budget, u.erg, "budget", "budget=3e53*u.erg"), "budget", 1.0)


def deposition_energies(model, star, scales, *, envelope=None, core=None, duration=None,
                        visible=None, budget=None, **options):  # fmt: skip
    """Return the deposited energy [erg] along the axis ``scale`` x (|U|^2 or d^2) of a model.

    Parameters
    ----------
    scales : array, shape (n,)
        Factors on the strength of every coupling (|U_a|^2, d_a^2, ...) of ``model``.
    others
        As for :func:`deposition`.

    Returns
    -------
    ndarray, shape (n,)
    """
    from ...units import time_s

    seconds = 3.0 if duration is None else time_s(duration, "duration")
    finite(seconds, "duration in s", 0.0)
    geometry = geometry_of(model, star, envelope, core, options)
    scales = np.atleast_1d(np.asarray(scales, dtype=float))
    ray, spectra = _spectra(model, star, geometry, scales)
    kept = decayed_between(
        model.mass_mev, ray.energy, model.width_mev * scales, geometry.inner, geometry.outer
    )
    power = ray.weight * ray.energy / const.ERG
    share = held(seconds * (spectra @ power), _budget(budget))
    return seconds * visible_fraction(model, visible) * share * ((spectra * kept) @ power)


def deposition(model, star, *, envelope=None, core=None, duration=None, visible=None,
               allowed=None, budget=None, **options):  # fmt: skip
    """Compute the energy that decays leave between the core and the surface of the envelope.

    Parameters
    ----------
    model : HNL, DipoleHNL or another particle
    star : Star
    envelope : Quantity, default 5e13 cm
        Radius of the progenitor: a red supergiant; about 3e12 cm for SN1987A.
    core : Quantity, default the neutrino sphere
        Radius inside which decays do not count; by default where T = 3 MeV (39.8 km in the fiducial
        star). A trapped N that diffuses leaves less the farther out it is: m = 100 MeV and d = 3e-8
        GeV^-1, 2e53 erg at 20 km, 2e52 at 30, 3e51 at 40, 9e49 at 60.
    duration : Quantity, default 3 s
        Time over which the snapshot radiates.
    visible : None, mapping or collection of str
        Visible channels and shares; see :func:`astrobounds.supernova.signals.visible.visible_shares`.
    allowed : Quantity, default 1e50 erg
        Energy that observations allow; 1e50 erg for underluminous type II-P supernovae.
    budget : Quantity, default 3e53 erg
        Energy that the star has: no more is emitted, and what decays leave is scaled down with it.
    **options
        As for :func:`astrobounds.supernova.emission`.

    Returns
    -------
    Deposition

    Raises
    ------
    DomainError
        For radii that are not ordered, an unknown channel, a radius outside the profile.

    References
    ----------
    arXiv:2201.09890, arXiv:2402.01624, arXiv:1903.07923.
    """
    import astropy.units as u

    from ...units import quantity_in, time_s

    seconds = 3.0 if duration is None else time_s(duration, "duration")
    finite(seconds, "duration in s", 0.0)
    limit = LOW_ENERGY_LIMIT
    if allowed is not None:
        limit = finite(quantity_in(allowed, u.erg, "allowed", "allowed=1e50*u.erg"), "allowed", 1.0)
    geometry = geometry_of(model, star, envelope, core, options)
    ray, (rate,) = _spectra(model, star, geometry, [1.0])
    kept = decayed_between(
        model.mass_mev, ray.energy, np.array([model.width_mev]), geometry.inner, geometry.outer
    )[0]
    power = ray.weight * ray.energy * rate / const.ERG
    share = visible_fraction(model, visible)
    leaving = Emission(model, star, ray.energy, rate, ray.weight, dict(options), ray.resonant)
    emitted = seconds * leaving.luminosity_erg_s
    part = float(held(emitted, _budget(budget)))
    energy = seconds * share * part * float((power * kept).sum())
    flags = (BEYOND,) if part < 1.0 else ()
    return Deposition(leaving, energy, part * emitted, share, limit, flags)
