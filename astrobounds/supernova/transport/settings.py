"""Settings of the transport: one hashable object in place of a dozen arguments."""

from dataclasses import dataclass, field, fields, replace

from ...errors import ConfigError, DomainError, did_you_mean
from ...reactions.boson_medium import BosonMedium
from ...reactions.dipole import DipoleMedium
from ...reactions.form_factors import NUCLEONS, check_nucleons
from ..star.profile import Star

AXIAL_COUPLING = 1.27  # value of the published emissivities; the free 1.2756 raises rates by 0.7 %
RADIUS_MAX_KM = 60.0  # production and absorption beyond are below 1e-4
TRANSPORTS = ("helicity", "averaged", "particles")


@dataclass(frozen=True)
class Resolution:
    """Grids of an emission table and of the ray solution; the defaults are converged to 0.1 %.

    Attributes
    ----------
    radii : int
        Radial nodes per smooth part of the profile.
    energies : int
        Energy nodes of the table.
    outer, inner : int
        Gauss nodes per smooth piece of the collision integral in E2 and in E3.
    rays, steps : int
        Impact parameters per part of the profile, steps along half a chord.
    spectrum : int
        Energy nodes of the luminosity integral.

    Raises
    ------
    DomainError
        For a number of nodes that is not a whole one of at least 2.
    """

    radii: int = 14
    energies: int = 20
    outer: int = 12
    inner: int = 8
    rays: int = 12
    steps: int = 60
    spectrum: int = 24

    def __post_init__(self):
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, bool) or not isinstance(value, int) or not 2 <= value <= 10_000:
                raise DomainError(f"Resolution: {item.name} = {value!r}: a whole number of at least 2")


DEFAULT = Resolution()
FINE_ENERGIES = Resolution(spectrum=96)  # for resonances of light N


@dataclass(frozen=True)
class Transport:
    """How what is made in a star is followed outwards; options of :func:`astrobounds.supernova.emission`.

    Attributes
    ----------
    gravity : bool
        Redshift, time dilation and gravitational focusing; False for flat space.
    helicity : {"helicity", "averaged", "particles"}
        Each spin state with its own mean free path; one average over all of them; or averages of
        particle and antiparticle apart.
    r_max : float or None
        Radius [km] up to which the particle is made and absorbed; None: 60 km or what the reactions
        need.
    axial_coupling : float
        g_A of nucleons in matter.
    resolution : Resolution
    medium : DipoleMedium or BosonMedium
        Processes, targets, recoil and screening of the dipole portal; kinds, screening and corrections
        of what makes bosons.
    core : float or None
        Radius [km] inside ``r_max`` where the net flux can be measured.
    matter : bool
        Mixing in matter.
    nucleons : {"form factors", "contact"}
        Weak currents of nucleons with form factors, weak magnetism and the pion pole, or the contact
        form of older bounds.
    decays : bool
        Decay and inverse decay of a particle that mixes as reactions of the medium.
    """

    gravity: bool = True
    helicity: str = "helicity"
    r_max: float | None = None
    axial_coupling: float = AXIAL_COUPLING
    resolution: Resolution = DEFAULT
    medium: DipoleMedium | BosonMedium = field(default_factory=DipoleMedium)
    core: float | None = None
    matter: bool = True
    nucleons: str = NUCLEONS[0]
    decays: bool = True

    @classmethod
    def of(cls, **options):
        """Return checked settings from what a user gives: radii are Quantities.

        Raises
        ------
        ConfigError
            For an unknown option.
        DomainError
            For a value that is not allowed.
        """
        from ...units import finite, length_cm

        names = [item.name for item in fields(cls)]
        for name in options:
            if name not in names:
                raise ConfigError(
                    f"no option '{name}'{did_you_mean(name, names)}; allowed: {', '.join(names)}"
                )
        for name in ("gravity", "matter", "decays"):
            value = options.get(name, True)
            if not isinstance(value, bool):
                raise DomainError(f"{name} = {value!r}: True or False is needed")
        helicity = options.get("helicity", "helicity")
        if helicity not in TRANSPORTS:
            raise DomainError(
                f"helicity = {helicity!r}{did_you_mean(helicity, TRANSPORTS)}; "
                f"allowed: {', '.join(TRANSPORTS)}"
            )
        check_nucleons(options.get("nucleons", NUCLEONS[0]))
        for name in ("r_max", "core"):
            if options.get(name) is not None:
                options[name] = length_cm(options[name], name) / 1e5
        if "axial_coupling" in options:
            options["axial_coupling"] = finite(options["axial_coupling"], "axial_coupling", 0.0, 10.0)
        for name, *allowed in (("resolution", Resolution), ("medium", DipoleMedium, BosonMedium)):
            if name in options and not isinstance(options[name], tuple(allowed)):
                raise DomainError(
                    f"{name} = {options[name]!r}: a {' or a '.join(a.__name__ for a in allowed)} is needed"
                )
        return cls(**options)

    def placed(self, star, sphere=None):
        """Return the settings with r_max filled in, for a star.

        Parameters
        ----------
        star : Star
        sphere : float, optional
            Radius [km] outside which the reactions have no thermal partners.

        Raises
        ------
        DomainError
            For something that is not a star, or a radius outside the profile.
        """
        if not isinstance(star, Star):
            raise DomainError(
                f"star = {star!r}: load one with astrobounds.supernova.load('fiducial') or a file"
            )
        default = min(RADIUS_MAX_KM, star.breaks[-1]) if sphere is None else sphere
        r_max = default if self.r_max is None else self.r_max
        if not star.breaks[0] < r_max <= star.breaks[-1] * (1.0 + 1e-12):
            raise DomainError(
                f"r_max = {r_max:g} km is outside the profile '{star.name}' "
                f"({star.breaks[0]:g}-{star.breaks[-1]:g} km)"
            )
        if self.core is not None and not star.breaks[0] < self.core < r_max:
            raise DomainError(
                f"core = {self.core:g} km: a radius inside r_max = {r_max:g} km is needed"
            )
        return replace(self, r_max=float(r_max))
