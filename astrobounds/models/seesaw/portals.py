"""The three-portal model: neutrino, kinetic and scalar portals to a dark U(1) (arXiv:2007.11813).

    M = [[0, m, 0, 0], [m^T, M_N, L_L, L_R], [0, L_L, 0, M_X], [0, L_R, M_X, 0]]

in the basis (nu_a, N, nu_D, nu_D^c): N is a singlet, nu_D and nu_D^c are the two Weyl halves of a
vector-like fermion with dark charge, which mix with N when the dark scalar has a vacuum expectation
value. For one
flavour |det M| = m^2 M_X^2, so that m_nu = m^2 M_X^2/(m_4 m_5 m_6).
"""

from types import MappingProxyType

import numpy as np

from .theory import Theory, flavoured, mass_term


class ThreePortal(Theory):
    """Flavours, a singlet N and a dark vector-like fermion.

    Parameters
    ----------
    dirac : mapping
        ``{flavour: m_a}`` (Quantity).
    majorana : Quantity
        M_N of the singlet.
    Lambda_L, Lambda_R : Quantity
        Mixing of N with the two halves of the dark fermion.
    dark : Quantity
        Its vector-like mass M_X.

    Notes
    -----
    Masses and mixings only, by exact diagonalisation. ``particles()`` are HNLs that decay through their
    mixing with active neutrinos; decays through the dark photon and the dark scalar, which are faster
    where those are light, are not in their widths. ``dark_content`` gives what such rates need.

    References
    ----------
    arXiv:2007.11813.

    Examples
    --------
    >>> import astropy.units as u
    >>> theory = ThreePortal(dirac={"mu": 1 * u.MeV}, majorana=0 * u.MeV, Lambda_L=300 * u.MeV,
    ...                      Lambda_R=1 * u.keV, dark=100 * u.MeV)
    >>> theory.heavy
    range(1, 4)
    """

    parameters = (
        mass_term("majorana", "M_N", default=None), mass_term("Lambda_L", r"\Lambda_L", default=None),
        mass_term("Lambda_R", r"\Lambda_R", default=None), mass_term("dark", "M_X", default=None),
        *flavoured("dirac", "m"),
    )  # fmt: skip
    references = ("Abdullahi:2020nyr",)

    def _matrix(self):
        v, n = self.values, len(self.flavours)
        matrix = np.zeros((n + 3, n + 3))
        matrix[:n, n] = [v.get(f"dirac.{f}", 0.0) for f in self.flavours]
        matrix[n, n + 1], matrix[n, n + 2], matrix[n + 1, n + 2] = v["Lambda_L"], v["Lambda_R"], v["dark"]
        matrix += matrix.T
        matrix[n, n] = v["majorana"]
        return matrix

    @property
    def dark_content(self):
        """``{"nu_D": |.|^2 of every state, "nu_D^c": ...}``: the shares with dark charge."""
        n = len(self.flavours)
        square = np.abs(self.spectrum.vectors) ** 2
        return MappingProxyType({"nu_D": square[n + 1], "nu_D^c": square[n + 2]})
