"""Production processes as data: what an observable needs to integrate, and nothing of its medium."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

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
    nucleon : (float, float, float, bool), optional
        c_V and c_A/g_A of a current of nucleons, a factor, and whether an antiparticle is crossed in:
        what the coefficients are made of.
    """

    species: tuple
    coefficients: tuple
    lepton_number: int
    flavour: str
    group: str
    nucleon: tuple | None = None

    kind = "contact"
    mixes = True  # it is made as an active neutrino: matter changes the mixing

    def at_axial(self, axial_coupling):
        """Return the process with another axial coupling of nucleons."""
        if self.nucleon is None or axial_coupling == const.G_A:
            return self
        return replace(self, coefficients=_of_nucleon(*self.nucleon, axial_coupling))

    def with_form_factors(self, axial_coupling):
        """Return the process with a current that depends on Q^2, itself if it has no nucleon."""
        if self.nucleon is None:
            return self
        rest = self.nucleon[3], self.lepton_number, self.flavour, self.group
        return NucleonProcess(self.species, axial_coupling, *rest)

    def suppressed(self, root):
        """Return the coefficients with the axial amplitude times ``root``, shape (n, 5).

        Parameters
        ----------
        root : ndarray, shape (n,)
            sqrt(S_A) of nucleons; other processes stay as they are.
        """
        a, b, c, d, e = (np.full_like(root, x) for x in self.coefficients)
        if self.nucleon is None:
            return np.stack([a, b, c, d, e], axis=-1)
        vector, axial = 0.25 * (a + b - 2.0 * d), 0.25 * (a + b + 2.0 * d)  # c_V^2, c_A^2
        cross, s2 = 0.25 * (a - b), root * root
        both = vector + s2 * axial
        return np.stack(
            [both + 2.0 * root * cross, both - 2.0 * root * cross, c, s2 * axial - vector, e], axis=-1
        )

    @property
    def coupling(self):
        """Name of the parameter that the rate is proportional to."""
        return f"mixing.{self.flavour}"


@dataclass(frozen=True)
class NucleonProcess:
    """A process 1 + N2 -> N3 + N on a nucleon with form factors, at unit mixing with one flavour.

    Attributes
    ----------
    species : tuple of str
        Names of 1, 2, 3.
    axial_coupling : float
        g_A at Q^2 = 0.
    crossed : bool
        True if 1 is an antineutrino or an l+.
    lepton_number, flavour, group
        As for a contact process.
    """

    species: tuple
    axial_coupling: float
    crossed: bool
    lepton_number: int
    flavour: str
    group: str

    kind = "nucleon current"
    mixes = True

    @property
    def coupling(self):
        """Name of the parameter that the rate is proportional to."""
        return f"mixing.{self.flavour}"


@dataclass(frozen=True)
class InverseDecays:
    """A decay of N and its inverse at unit mixing with one flavour.

    Attributes
    ----------
    products : tuple of str
        By name, with charge and flavour.
    width : float
        Of N (or of its antiparticle) at rest, at unit mixing [MeV].
    lepton_number : int
        +1 for the decay of a neutrino-like N, -1 for that of its antiparticle.
    flavour : str
        The mixing |U_a|^2 the rate is proportional to.
    amplitude : callable or None
        |M|^2 of the energies of three products at rest.
    group : str
        Label for shares in a budget.
    """

    products: tuple
    width: float
    lepton_number: int
    flavour: str
    amplitude: object = None
    group: str = "decay"

    kind = "inverse decays"
    mixes = True

    @property
    def species(self):
        """The products: what shares a vertex with N."""
        return self.products

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
    mixes = True

    @property
    def coupling(self):
        """Name of the parameter that the rate is proportional to."""
        return f"mixing.{self.flavour}"


@dataclass(frozen=True)
class CoalescenceProcess:
    """Coalescence of two fermions into a boson and the inverse decay, at unit coupling.

    Attributes
    ----------
    channels : tuple of (str, str)
        Species of the two legs: CP conjugates of each other (``("nu_e", "nubar_tau")`` and ``("nu_tau",
        "nubar_e")``), or one channel that is its own conjugate (``("e-", "e+")``).
    width : float
        Partial width of each channel at unit coupling [MeV].
    degrees : int
        Polarisations of the boson: 3 of a vector, 1 of a scalar.
    coupling : str
        Name of the parameter whose strength the rate is proportional to.
    group : str
        Label for shares in a budget.
    """

    channels: tuple
    width: float
    degrees: int
    coupling: str
    group: str = ""

    kind = "coalescence"
    lepton_number = 0


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


def _of_nucleon(c_v, c_a, factor, crossed, axial_coupling):
    """Coefficients of a current of nucleons."""
    found = tuple(factor * c for c in _neutral_current(c_v, c_a * axial_coupling))
    return _swap(found) if crossed else found


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

    nucleons = {"n": (-0.5, -0.5), "p": (0.5 - 2.0 * s2w, 0.5)}  # c_V and c_A/g_A
    for nucleon, current in nucleons.items():
        entries.append(((nu, nucleon, nucleon), (*current, 1.0, False), nucleon))
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
        charged = (1.0, 1.0, const.V_UD**2)
        entries.append(((f"{flavour}-", "p", "n"), (*charged, False), f"{flavour} p"))
        entries.append(((f"{flavour}+", "n", "p"), (*charged, True), f"{flavour} n"))
        other = "mu" if flavour == "e" else "e"
        minus, plus, nu_b = f"{flavour}-", f"{other}+", f"nu_{other}"
        entries.append(((minus, nu_b, f"{other}-"), (4.0, 0.0, 0.0, 0.0, 0.0), "e mu"))
        entries.append(((minus, plus, CONJUGATE[nu_b]), (0.0, 4.0, 0.0, 0.0, 0.0), "e mu"))
        entries.append(((nu_b, plus, f"{flavour}+"), (0.0, 4.0, 0.0, 0.0, 0.0), "e mu"))

    processes = []
    for species, given, group in entries:
        current = None
        if "n" in species or "p" in species:
            c_v, c_a, factor, crossed = given
            current = (c_v, c_a, unit * factor, crossed)
            scaled = _of_nucleon(*current, axial_coupling)
        else:
            scaled = tuple(unit * c for c in given)
        sign = -1 if species[0] == f"{flavour}+" else 1
        processes.append(ContactProcess(species, scaled, sign, flavour, group, current))
        if group in ("e p", "mu p", "e n", "mu n"):
            continue  # l- p -> n N and l+ n -> p Nbar are both in the list already
        conjugate = tuple(CONJUGATE.get(x, x) for x in species)
        if current is not None:
            current = (*current[:3], not current[3])
            scaled = _of_nucleon(*current, axial_coupling)
        processes.append(ContactProcess(conjugate, scaled, -sign, flavour, group, current))
    return tuple(processes)


def conjugate(name):
    """Return the name of the antiparticle of a decay product."""
    if name.startswith("nubar_"):
        return name.replace("nubar_", "nu_")
    if name.startswith("nu_"):
        return name.replace("nu_", "nubar_")
    return name[:-1] + {"+": "-", "-": "+"}[name[-1]] if name[-1] in "+-" else name


def inverse_decays(decays):
    """Return the :class:`InverseDecays` of N and of its antiparticle.

    Parameters
    ----------
    decays : sequence of Decay
        Of a Dirac N at unit mixing, those that conserve lepton number with it.
    """
    out = []
    for decay in decays:
        flavour = decay.coupling.partition(".")[2]
        for sign in (1, -1):
            products = decay.products if sign > 0 else tuple(map(conjugate, decay.products))
            out.append(InverseDecays(products, decay.width, sign, flavour, decay.amplitude))
    return tuple(out)
