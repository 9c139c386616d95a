"""The type-I seesaw with any number of right-handed neutrinos: M = [[0, m_D], [m_D^T, M_R]]."""

import numpy as np

from ... import constants as const
from ...errors import DomainError
from ...numerics.takagi import check_symmetric
from .theory import Theory


def matrix_mev(quantity, what):
    """Return a matrix of masses in MeV, complex only if it has to be."""
    import astropy.units as u

    if not isinstance(quantity, u.Quantity):
        raise DomainError(f"the {what} has no unit: write {what}=matrix*u.MeV")
    try:
        array = np.array(quantity.to_value(u.MeV))
    except u.UnitConversionError:
        raise DomainError(f"the {what} is in {quantity.unit}, not a unit of energy") from None
    if not np.all(np.isfinite(array)):
        raise DomainError(f"the {what} has an element that is not finite: {array.tolist()}")
    return array.astype(complex if np.any(np.imag(array)) else float)


class TypeI(Theory):
    """Three flavours and n right-handed neutrinos.

    Parameters
    ----------
    dirac : Quantity, shape (3, n)
        m_D = Y v/sqrt 2, rows e, mu, tau; real or complex.
    majorana : Quantity, shape (n, n)
        Symmetric M_R; real or complex. It need not be invertible.

    Raises
    ------
    DomainError
        For a matrix without a unit, a Yukawa matrix of another shape, a Majorana matrix that is not
        symmetric, or a negative mass on the diagonal of a diagonal one (give a phase to m_D instead).

    Notes
    -----
    Inverse seesaws of several generations are of this form: with as many S as N, m_D = (m, epsilon)
    and M_R = [[mu', Lambda], [Lambda^T, mu]].

    Examples
    --------
    >>> import astropy.units as u
    >>> theory = TypeI(dirac=[[1.0], [0.0], [0.0]] * u.keV, majorana=[[10.0]] * u.MeV)
    >>> theory.light_masses[2:].to("eV")
    <Quantity [0.1] eV>
    """

    references = ()

    def __init__(self, dirac, majorana):
        right = check_symmetric(matrix_mev(majorana, "majorana matrix"), "majorana matrix")
        left = matrix_mev(dirac, "dirac matrix")
        n = len(right)
        if left.shape != (3, n):
            raise DomainError(
                f"the dirac (Yukawa) matrix has shape {left.shape}; with {n} right-handed neutrinos it is "
                f"(3, {n}): rows e, mu, tau, one column for each of them"
            )
        diagonal = np.diag(right)
        if np.all(right == np.diag(diagonal)) and np.any(diagonal.real < 0.0):
            raise DomainError(
                f"negative mass in the majorana matrix, diag {diagonal.tolist()} MeV: masses are moduli; "
                "multiply that column of the dirac matrix by i instead"
            )
        self._assemble(left, right)

    def _assemble(self, left, right):
        n = len(right)
        kind = complex if np.iscomplexobj(left) or np.iscomplexobj(right) else float
        matrix = np.zeros((3 + n, 3 + n), dtype=kind)
        matrix[:3, 3:], matrix[3:, :3], matrix[3:, 3:] = left, left.T, right
        matrix.setflags(write=False)
        self.__dict__["matrix_mev"] = matrix

    @classmethod
    def from_matrices(cls, dirac, majorana):
        """Build from arrays in MeV that are known to be valid."""
        theory = object.__new__(cls)
        theory._assemble(np.asarray(dirac), np.asarray(majorana))
        return theory

    @classmethod
    def from_values(cls, values, **choices):
        """Build from real entries: ``{"dirac.e1": MeV, "majorana.12": MeV, "phases.dirac.mu2": rad}``."""
        masses = {n: v for n, v in values.items() if not n.startswith("phases.")}
        size = max(int(digit) for name in masses for digit in name.split(".")[1] if digit.isdigit())
        left, right = np.zeros((3, size), complex), np.zeros((size, size), complex)
        for name, mass in masses.items():
            kind, entry = name.split(".")
            value = mass * np.exp(1j * values.get(f"phases.{name}", 0.0))
            column = int(entry[-1]) - 1
            if kind == "dirac":
                left[const.FLAVOURS.index(entry[:-1]), column] = value
            else:
                row = int(entry[0]) - 1
                right[row, column] = right[column, row] = value
        real = not (np.any(left.imag) or np.any(right.imag))
        return cls.from_matrices(*((left.real, right.real) if real else (left, right)))

    @property
    def flavours(self):
        """All three."""
        return const.FLAVOURS

    @property
    def dirac_mev(self):
        """m_D in MeV, shape (3, n)."""
        return self.matrix_mev[:3, 3:]

    @property
    def majorana_mev(self):
        """M_R in MeV, shape (n, n)."""
        return self.matrix_mev[3:, 3:]

    @property
    def values(self):
        """The moduli of the entries [MeV] and their phases [rad], by name."""
        found = {}
        for a, flavour in enumerate(const.FLAVOURS):
            for k, value in enumerate(self.dirac_mev[a], 1):
                _put(found, f"dirac.{flavour}{k}", value)
        for k in range(len(self.majorana_mev)):
            for j in range(k, len(self.majorana_mev)):
                _put(found, f"majorana.{k + 1}{j + 1}", self.majorana_mev[k, j])
        return found

    @property
    def key(self):
        """What caches and run files know it by."""
        cls = type(self)
        matrix = self.matrix_mev + 0.0  # no negative zeros
        return (cls.__module__, cls.__qualname__, matrix.shape, matrix.astype(complex).tobytes())

    shape = key

    def __reduce__(self):
        return TypeI.from_matrices, (self.dirac_mev, self.majorana_mev)

    def __repr__(self):
        return f"TypeI(dirac={self.dirac_mev.tolist()}, majorana={self.majorana_mev.tolist()}; MeV)"


def _put(found, name, value):
    if np.iscomplexobj(value) and value.imag != 0.0:
        found[name], found[f"phases.{name}"] = float(abs(value)), float(np.angle(value))
    elif value != 0.0:
        found[name] = float(np.real(value))
