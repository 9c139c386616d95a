"""From oscillation data to Yukawa matrices: the Casas-Ibarra parametrisation, and two right-handed N.

    m_D = i U* sqrt(m) R^T sqrt(M),  R^T R = 1  =>  -m_D M^-1 m_D^T = U* m U^+

at leading order in m_D/M: light masses and mixings are reproduced to O(|U_aI|^2), relative. For two N,

    R = [[0, cos w, -sin w], [0, sin w, cos w]]  (normal; the zero is in the last column for inverted),

and e^{2 |Im w|} raises the mixings above the floor sum m/M.
"""

import math
from types import MappingProxyType

import numpy as np

from ...errors import DomainError
from ..arguments import checked_value
from ..protocol import OTHER, Choice, Parameter
from .oscillations import ORDERINGS, Oscillations, check_ordering
from .theory import Theory, mass_term
from .typei import TypeI

EV = 1e-6  # MeV
ANGLES = (  # name, symbol, largest modulus [rad]
    ("re_omega", r"\mathrm{Re}\,\omega", 100.0),
    ("im_omega", r"\mathrm{Im}\,\omega", 25.0),
    ("alpha", r"\alpha", 100.0),
)

PULLED = (
    ("sin2_12", r"\sin^2\theta_{12}"), ("sin2_13", r"\sin^2\theta_{13}"), ("sin2_23", r"\sin^2\theta_{23}"),
    ("dm2_21", r"\Delta m^2_{21}"), ("dm2_3l", r"\Delta m^2_{3\ell}"),
)  # fmt: skip


def casas_ibarra(light_ev, pmns, heavy_mev, rotation):
    """Return the Dirac matrix m_D [MeV], shape (3, n), that gives these light masses and mixings.

    Parameters
    ----------
    light_ev : array, shape (3,)
        Light masses [eV].
    pmns : array, shape (3, 3)
        Mixing of the flavours with the light states.
    heavy_mev : array, shape (n,)
        Masses of the right-handed neutrinos [MeV], the diagonal of M_R.
    rotation : array, shape (n, 3)
        Complex R with R^T R = 1 on the columns of light states with a mass.

    Raises
    ------
    DomainError
        For wrong shapes, a mass that is negative, or an R that is not orthogonal.

    References
    ----------
    arXiv:hep-ph/0103065.
    """
    light, heavy = np.asarray(light_ev, float), np.asarray(heavy_mev, float)
    pmns, rotation = np.asarray(pmns, complex), np.asarray(rotation, complex)
    if light.shape != (3,) or pmns.shape != (3, 3) or rotation.shape != (heavy.size, 3):
        raise DomainError(
            f"shapes {light.shape}, {pmns.shape}, {heavy.shape}, {rotation.shape} of masses, mixing, heavy "
            "masses and R; they must be (3,), (3, 3), (n,), (n, 3)"
        )
    if np.any(light < 0.0) or np.any(heavy <= 0.0):
        raise DomainError(f"negative masses: light {light.tolist()} eV, heavy {heavy.tolist()} MeV")
    used = light > 0.0
    product = rotation[:, used].T @ rotation[:, used]
    size = max(1.0, float(np.max(np.abs(rotation))) ** 2)
    if np.max(np.abs(product - np.eye(int(used.sum())))) > 1e-10 * size:
        raise DomainError(f"R is not orthogonal: R^T R = {product.tolist()} on light states with a mass")
    return 1j * (np.conj(pmns) * np.sqrt(light * EV)) @ rotation.T * np.sqrt(heavy)


def rotation_matrix(omega, ordering="normal"):
    """Return R of two right-handed neutrinos for a complex angle, shape (2, 3)."""
    c, s = np.cos(omega), np.sin(omega)
    pair = np.array([[c, -s], [s, c]])
    zero = np.zeros((2, 1))
    return np.hstack([zero, pair] if check_ordering(ordering) == "normal" else [pair, zero])


class MinimalSeesaw(Theory):
    """Two right-handed neutrinos that reproduce the oscillation data; the lightest neutrino is massless.

    Parameters
    ----------
    mass : Quantity
        Mean of the two Majorana masses.
    splitting : Quantity
        Their difference.
    omega : complex
        Angle of R; |Im omega| raises the mixings.
    alpha : float
        The Majorana phase, e^{i alpha} on the column 2.
    oscillations : Oscillations or {"normal", "inverted"}
        Default: the best fit of NuFIT 6.0 in normal ordering. In fits its angles and splittings are
        ``pull.sin2_12``, ..., in standard deviations from the best fit of the ordering.

    Raises
    ------
    DomainError
        For a splitting larger than the mass, an unknown ordering, a negative mass.

    Examples
    --------
    >>> import astropy.units as u
    >>> theory = MinimalSeesaw.from_mixing(300 * u.MeV, 1e-8)
    >>> theory.light_masses.to("eV")
    <Quantity [0.        , 0.00865448, 0.05012983] eV>
    """

    parameters = (
        mass_term("mass", "M", default=None, why="a mass is not negative"),
        mass_term("splitting", r"\Delta M", why="a splitting is not negative"),
        *(Parameter(name, "", OTHER, 0, symbol, -high, high, "linear") for name, symbol, high in ANGLES),
        Parameter("delta", "", OTHER, 0, r"\delta", -100.0, 100.0, "linear", default=None, example="3.7"),
        *(
            Parameter(f"pull.{n}", "", OTHER, 0, rf"\mathrm{{pull}}\ {symbol}", -20.0, 20.0, "linear")
            for n, symbol in PULLED
        ),
    )
    choices = (Choice("ordering", ORDERINGS),)
    references = ("Casas:2001sr", "Esteban:2024eli")

    def __init__(self, mass, splitting=None, omega=0.0, alpha=0.0, oscillations="normal"):
        if isinstance(oscillations, str):
            oscillations = Oscillations.of(oscillations)
        if not isinstance(oscillations, Oscillations):
            raise DomainError(f"oscillations = {oscillations!r}: give an ordering or Oscillations.of(...)")
        given = {"mass": mass, "splitting": splitting, "alpha": alpha}
        given.update(re_omega=np.real(omega), im_omega=np.imag(omega))
        given["delta"] = oscillations.delta
        given.update((f"pull.{n}", pull) for n, pull in oscillations.pulls().items())
        cls = type(self)
        values = {p.name: checked_value(cls, p, given) for p in cls.parameters}
        reason = cls.allowed(values)
        if reason:
            raise DomainError(reason)
        self.__dict__.update(values=MappingProxyType(values), ordering=oscillations.ordering)

    @classmethod
    def allowed(cls, values, **choices):
        """The splitting is below the mass."""
        mass, splitting = values["mass"], values.get("splitting", 0.0)
        if splitting < mass:
            return ""
        return (
            f"the splitting {splitting:g} MeV is larger than the mass {mass:g} MeV or equal to it: mass is "
            "the mean of the two, splitting their difference"
        )

    @classmethod
    def from_values(cls, values, ordering="normal"):
        """Build from floats; without delta it is that of the best fit, and every pull is zero."""
        complete = {"delta": Oscillations.of(ordering).delta, **values}
        return super().from_values(complete, ordering=ordering)

    @classmethod
    def from_mixing(cls, mass, mixing, sign=1, **options):
        """Build from the sum of |U_aI|^2 over flavours and both N (degenerate unless ``splitting``).

        Parameters
        ----------
        mass : Quantity
        mixing : float
            At least the floor sum m/M (``oscillations.floor(mass)``).
        sign : {1, -1}
            Sign of Im omega.
        **options
            ``splitting``, ``alpha``, ``oscillations``.
        """
        theory = cls(mass, **options)
        floor = theory.oscillations.floor(mass)
        if sign not in (1, -1):
            raise DomainError(f"sign = {sign!r}; allowed: 1, -1")
        if not floor <= mixing <= 1.0:
            raise DomainError(
                f"mixing = {mixing:g} is not between the floor {floor:.4g} of this mass and 1: two "
                "right-handed neutrinos cannot have less and give the light masses"
            )
        im = 0.5 * sign * math.acosh(mixing / floor)
        return cls.from_values({**theory.values, "im_omega": im}, ordering=theory.ordering)

    @property
    def oscillations(self):
        """The :class:`Oscillations` that the theory reproduces."""
        pulls = {n: self.values.get(f"pull.{n}", 0.0) for n, _ in PULLED}
        return Oscillations.pulled(self.ordering, self.values["delta"], pulls)

    @property
    def flavours(self):
        """All three."""
        return ("e", "mu", "tau")

    def _matrix(self):
        v, data = self.values, self.oscillations
        heavy = v["mass"] + 0.5 * v.get("splitting", 0.0) * np.array([-1.0, 1.0])
        rotation = rotation_matrix(v.get("re_omega", 0.0) + 1j * v.get("im_omega", 0.0), data.ordering)
        pmns = data.pmns(alpha_2=v.get("alpha", 0.0))
        left = casas_ibarra(data.masses_ev(), pmns, heavy, rotation)
        return TypeI.from_matrices(left, np.diag(heavy)).matrix_mev.copy()
