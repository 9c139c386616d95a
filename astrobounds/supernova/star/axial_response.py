"""Many-body suppression of the axial response of nucleons, S_A(n, T, Y), as an option of a star.

The long-wavelength fit of arXiv:1611.05140 (virial expansion joined to an RPA at high density),

    S_A = 1/[1 + A (1 + B e^-C)],  A = 920 n (1 - Y + Y^2)/T^1.22,  B = 3.05/T^0.75,
    C = 6140 n Y (1 - Y)/T^0.5 + 1.5e13 n^4/T^6,      n in fm^-3, T in MeV,

multiplies c_A^2 of nucleon currents. N of 50 MeV and more are made at momentum transfers of 150 to 300 MeV,
where correlations are weaker than at long wavelength: the effect is an upper bound and a variation, not the
default. The neutral axial current of nucleons is the isovector one, and its charged partners respond alike
as far as isospin is a symmetry: the same S_A is used for both.
"""

from dataclasses import dataclass, replace

import numpy as np

from ... import constants as const
from ...errors import DomainError, did_you_mean
from .mean_field import FM3

NAMES = ("horowitz2017",)
REFERENCES = ("Horowitz:2016gul",)


def axial_response(density, temperature, proton_fraction):
    """Return S_A at baryon densities [MeV^3], temperatures [MeV] and proton fractions."""
    n = np.asarray(density, dtype=float) / FM3
    t, y = np.asarray(temperature, dtype=float), np.asarray(proton_fraction, dtype=float)
    a = 920.0 * n * (1.0 - y + y * y) / t**1.22
    b = 3.05 / t**0.75
    c = 6140.0 * n * y * (1.0 - y) / np.sqrt(t) + 1.5e13 * n**4 / t**6
    return 1.0 / (1.0 + a * (1.0 + b * np.exp(-np.minimum(c, 700.0))))


@dataclass(frozen=True, eq=False)
class _Columns:
    """Columns of a star with S_A beside them."""

    inner: object

    def __call__(self, radius_km):
        state = dict(self.inner(radius_km))
        density = state["n_B"] if "n_B" in state else state["rho"] * const.GRAM_CM3 / const.M_U
        if "Yp" not in state:
            raise DomainError(
                "axial_response: the profile gives no proton fraction (column Yp); use a table with Ye"
            )
        state["axial_response"] = axial_response(density, state["T"], state["Yp"])
        return state


def with_axial_response(star, name="horowitz2017"):
    """Return a copy of a star whose nucleons have the axial response ``name``; the star for None.

    Raises
    ------
    DomainError
        For an unknown name.
    """
    if name is None or name is False:
        return star
    if name not in NAMES:
        raise DomainError(
            f"axial_response = {name!r}{did_you_mean(name, NAMES)}; allowed: None, {', '.join(NAMES)}"
        )
    references = tuple(dict.fromkeys((*star.references, *REFERENCES)))
    return replace(
        star, columns=_Columns(star.columns), name=f"{star.name}, S_A", references=references
    )
