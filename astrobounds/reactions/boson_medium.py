"""How bosons are made in a medium: choices of kinds, of screening, of corrections."""

from dataclasses import dataclass, replace

from ..errors import DomainError, did_you_mean
from .bosons import BOSON_KINDS

PHOTON_MASSES = {"asymptotic": 1.5, "plasma": 1.0, "none": 0.0}  # m_gamma^2 over w_pl^2
_ALLOWED = {
    "proton_screening": ("F1", "F2"), "electron_screening": ("F1", "F2"),
    "density": ("blocked", "all"), "frame": ("rest", "plasma"), "photon_mass": tuple(PHOTON_MASSES),
    "soft": ("symmetrised", "soft", "initial flux"),
}  # fmt: skip


@dataclass(frozen=True)
class BosonMedium:
    """Choices of the processes that make bosons; the defaults are recommended.

    Attributes
    ----------
    electrons : bool
        Primakoff scattering on electrons and positrons besides protons: 30-60 % more at 30 MeV and
        nuclear density, 15 % with the screening of all charges. Published bounds leave them out.
    recoil : bool
        Protons with recoil and Pauli blocking (slower); else heavy ones that are not blocked: within
        3 % up to m = 50 MeV, 20 % low in Primakoff scattering at 200 MeV, where coalescence dominates.
    proton_screening, electron_screening : {"F1", "F2"}
        F1 = Q^2/(Q^2+k^2), structure factor of ions; F2 = F1^2, a screened propagator.
    density : {"blocked", "all"}
        Protons that scatter and screen: 2 int f(1-f), or all of them (16-36 % more in Q at 30 MeV).
    photon_mass : {"asymptotic", "plasma", "none"}
        m^2 of photons over that of the plasma frequency: 3/2, 1 or 0.
    frame : {"rest", "plasma"}
        Where coalescing photons are transverse: the customary rest frame of the boson, or the plasma.
    soft : {"symmetrised", "soft", "initial flux"}
        Continuation of soft radiation of a vector to E ~ T, worth two in eps above 30 MeV.
    pion_mass, two_pion, multiple_scattering, degeneracy, effective_mass : bool
        Corrections to bremsstrahlung of an axion-like particle by nucleons.
    minor : bool
        Processes that a model names as minor: semi-Compton scattering of a vector, below 1 % of
        bremsstrahlung in a core.
    kinds : tuple of str or None
        Only these kinds of processes; all by default.
    """

    electrons: bool = False
    recoil: bool = False
    proton_screening: str = "F1"
    electron_screening: str = "F2"
    density: str = "blocked"
    photon_mass: str = "asymptotic"
    frame: str = "rest"
    soft: str = "symmetrised"
    pion_mass: bool = True
    two_pion: bool = True
    multiple_scattering: bool = True
    degeneracy: bool = True
    effective_mass: bool = True
    minor: bool = False
    kinds: tuple | None = None

    def __post_init__(self):
        for name, allowed in _ALLOWED.items():
            value = getattr(self, name)
            if value not in allowed:
                raise DomainError(
                    f"{name} = {value!r}{did_you_mean(value, allowed)}; allowed: {', '.join(allowed)}"
                )
        if self.kinds is not None:
            object.__setattr__(self, "kinds", tuple(self.kinds))
            for kind in self.kinds:
                if kind not in BOSON_KINDS:
                    raise DomainError(
                        f"kinds: {kind!r}{did_you_mean(kind, BOSON_KINDS)}; "
                        f"allowed: {', '.join(BOSON_KINDS)}"
                    )

    def applied(self, processes):
        """Return the processes of a model with these choices, those that are left out removed."""
        out = []
        for process in processes:
            if self.kinds is not None and process.kind not in self.kinds:
                continue
            if getattr(process, "minor", False) and not self.minor:
                continue
            if process.kind == "primakoff":
                if process.target == "e-" and not self.electrons:
                    continue
                protons = process.target == "p"
                process = replace(
                    process, recoil=self.recoil or not protons,
                    screening=self.proton_screening if protons else self.electron_screening,
                )  # fmt: skip
            elif process.kind == "photon coalescence":
                process = replace(process, frame=self.frame)
            elif process.kind == "dipole bremsstrahlung":
                process = replace(process, soft=self.soft)
            elif process.kind == "nucleon bremsstrahlung":
                names = ("pion_mass", "two_pion", "multiple_scattering", "degeneracy", "effective_mass")
                process = replace(process, **{name: getattr(self, name) for name in names})
            out.append(process)
        return tuple(out)


DEFAULT_BOSONS = BosonMedium()
