"""Production processes as data: what an observable needs to integrate, and nothing of its medium."""

from dataclasses import dataclass
from functools import lru_cache

from .. import constants as const

NEUTRINOS = ("nu_e", "nu_mu", "nu_tau")
CONJUGATE = {
    **{nu: nu.replace("nu", "nubar") for nu in NEUTRINOS},
    **{nu.replace("nu", "nubar"): nu for nu in NEUTRINOS},
    "e-": "e+", "e+": "e-", "mu-": "mu+", "mu+": "mu-",
}  # fmt: skip


@dataclass(frozen=True)
class ContactProcess:
    """A contact process 1 + 2 -> 3 + N at unit mixing with one flavour.

    Attributes
    ----------
    species : tuple of str
        Names of 1, 2, 3: ``"nu_tau"``, ``"nubar_e"``, ``"n"``, ``"p"``, ``"e-"``, ``"mu+"``, ...
    coefficients : tuple of float
        Coefficients of (12)(34), (13)(24), (14)(23), m2 m3 (14), m2 m3 (34) in the square of the
        amplitude summed over all spins, symmetry factor included [MeV^-4].
    lepton_number : int
        +1 if a neutrino-like N is made, -1 for its antiparticle.
    flavour : str
        The mixing |U_a|^2 the rate is proportional to.
    group : str
        Label for shares in a budget: "n", "p", "e", "mu", "nu".
    """

    species: tuple
    coefficients: tuple
    lepton_number: int
    flavour: str
    group: str

    kind = "contact"

    @property
    def coupling(self):
        """Name of the parameter that the rate is proportional to."""
        return f"mixing.{self.flavour}"


@dataclass(frozen=True)
class MuonDecay:
    """A decay mu -> e nu N at unit mixing with one flavour.

    Attributes
    ----------
    species : tuple of str
        The muon, the electron and the neutrino beside N.
    product : int
        0: the square is (mu nu)(e N), N in place of the muon's neutrino; 2: (mu N)(e nu).
    lepton_number : int
        +1 if a neutrino-like N is made, -1 for its antiparticle.
    flavour : str
        The mixing |U_a|^2 the rate is proportional to.
    coefficient : float
        Of the square, summed over all spins [MeV^-4].
    group : str
        Label for shares in a budget.
    """

    species: tuple
    product: int
    lepton_number: int
    flavour: str
    coefficient: float = 128.0 * const.G_FERMI**2
    group: str = "mu decay"

    kind = "background decay"

    @property
    def coupling(self):
        """Name of the parameter that the rate is proportional to."""
        return f"mixing.{self.flavour}"


@dataclass(frozen=True)
class CoalescenceProcess:
    """Coalescence of two massless particles and its inverse, at unit coupling.

    Attributes
    ----------
    flavours : tuple of str
        The pair of neutrino flavours.
    legs : tuple
        Channels, each a pair of (flavour, lepton number): CP conjugates of each other, or one.
    width : float
        Partial width of each channel at unit coupling [MeV].
    spin : {"vector", "scalar"}
    coupling : str
        Name of the parameter whose strength the rate is proportional to.
    """

    flavours: tuple
    legs: tuple
    width: float
    spin: str
    coupling: str

    kind = "coalescence"
    lepton_number = 0

    @property
    def group(self):
        """Label for shares in a budget."""
        return "".join(self.flavours)


def muon_decays(flavour):
    """Return the decays of mu- and mu+ that make an N mixed with ``flavour``; none for tau."""
    return {
        "mu": (
            MuonDecay(("mu-", "e-", "nubar_e"), 0, +1, "mu"),
            MuonDecay(("mu+", "e+", "nu_e"), 0, -1, "mu"),
        ),
        "e": (
            MuonDecay(("mu+", "e+", "nubar_mu"), 2, +1, "e"),
            MuonDecay(("mu-", "e-", "nu_mu"), 2, -1, "e"),
        ),
    }.get(flavour, ())


def _neutral_current(c_v, c_a):
    """Coefficients of nu f -> f N: (c_V+c_A)^2 (12)(34) + (c_V-c_A)^2 (13)(24) - ... m2 m3 (14)."""
    return (c_v + c_a) ** 2, (c_v - c_a) ** 2, 0.0, -(c_v**2 - c_a**2), 0.0


def _annihilation(c_v, c_a):
    """Coefficients of f fbar -> nubar N: (c_V+c_A)^2 (13)(24) + (c_V-c_A)^2 (14)(23) + ... m^2 (34)."""
    return 0.0, (c_v + c_a) ** 2, (c_v - c_a) ** 2, 0.0, c_v**2 - c_a**2


def _swap(coefficients):
    """Cross an antiparticle in: (c_V+c_A)^2 and (c_V-c_A)^2 change places."""
    a, b, *rest = coefficients
    return (b, a, *rest)


@lru_cache(maxsize=16)
def hnl_processes(flavour, axial_coupling=const.G_A):
    """Return every contact process that makes an N mixed with ``flavour``, with CP conjugates.

    Couplings c_V, c_A and the crossing rules follow from
    L = (G_F/sqrt2) U [Nbar gamma^mu (1-g5) nu][f'bar gamma_mu (c_V - c_A g5) f].

    References
    ----------
    arXiv:1909.11198, arXiv:2311.00033, arXiv:hep-ph/9703315.
    """
    s2w = const.SIN2_THETA_W
    unit = 32.0 * const.G_FERMI**2
    nu = f"nu_{flavour}"
    others = [n for n in NEUTRINOS if n != nu]
    entries = []  # (species, coefficients in unit of 32 G_F^2, group); N-like members

    nucleons = {
        "n": (-0.5, -0.5 * axial_coupling),
        "p": (0.5 - 2.0 * s2w, 0.5 * axial_coupling),
    }
    for nucleon, (c_v, c_a) in nucleons.items():
        entries.append(((nu, nucleon, nucleon), _neutral_current(c_v, c_a), nucleon))
    for lepton in ("e", "mu"):
        sign = 1.0 if lepton == flavour else -1.0  # charged current adds one to both couplings
        c_v, c_a = sign * 0.5 + 2.0 * s2w, sign * 0.5
        minus, plus = f"{lepton}-", f"{lepton}+"
        entries.append(((nu, minus, minus), _neutral_current(c_v, c_a), lepton))
        entries.append(((nu, plus, plus), _swap(_neutral_current(c_v, c_a)), lepton))
        entries.append(((minus, plus, CONJUGATE[nu]), _annihilation(c_v, c_a), lepton))
    entries.append(((nu, nu, nu), (2.0, 0.0, 0.0, 0.0, 0.0), "nu"))
    entries.append(((nu, CONJUGATE[nu], CONJUGATE[nu]), (0.0, 4.0, 0.0, 0.0, 0.0), "nu"))
    for other in others:
        bar = CONJUGATE[other]
        entries.append(((nu, other, other), (1.0, 0.0, 0.0, 0.0, 0.0), "nu"))
        entries.append(((nu, bar, bar), (0.0, 1.0, 0.0, 0.0, 0.0), "nu"))
        entries.append(((other, bar, CONJUGATE[nu]), (0.0, 1.0, 0.0, 0.0, 0.0), "nu"))
    if flavour in ("e", "mu"):
        charged = tuple(const.V_UD**2 * c for c in _neutral_current(1.0, axial_coupling))
        entries.append(((f"{flavour}-", "p", "n"), charged, f"{flavour} p"))
        entries.append(((f"{flavour}+", "n", "p"), _swap(charged), f"{flavour} n"))
        other = "mu" if flavour == "e" else "e"
        minus, plus, nu_b = f"{flavour}-", f"{other}+", f"nu_{other}"
        entries.append(((minus, nu_b, f"{other}-"), (4.0, 0.0, 0.0, 0.0, 0.0), "e mu"))
        entries.append(((minus, plus, CONJUGATE[nu_b]), (0.0, 4.0, 0.0, 0.0, 0.0), "e mu"))
        entries.append(((nu_b, plus, f"{flavour}+"), (0.0, 4.0, 0.0, 0.0, 0.0), "e mu"))

    processes = []
    for species, coefficients, group in entries:
        scaled = tuple(unit * c for c in coefficients)
        lepton_number = +1
        if species[0] == f"{flavour}+":
            lepton_number = -1
        processes.append(ContactProcess(species, scaled, lepton_number, flavour, group))
        if group in ("e p", "mu p", "e n", "mu n"):
            continue  # l- p -> n N and l+ n -> p Nbar are both in the list already
        conjugate = tuple(CONJUGATE.get(x, x) for x in species)
        flipped = _swap(scaled) if group in nucleons else scaled
        processes.append(ContactProcess(conjugate, flipped, -lepton_number, flavour, group))
    return tuple(processes)
