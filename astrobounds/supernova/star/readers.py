"""Stars from tables: radius, density, temperature and composition, checked line by line."""

from pathlib import Path

import numpy as np

from ... import constants as const
from ...datafiles import read_ecsv
from ...errors import DataError
from . import eos
from .composition import HEAVY, check_heavy, heavy_state, onsets
from .ideal_gas import Matter
from .interpolated import Columns, TableColumns, warn_if_coarse
from .profile import Star

REQUIRED = {"radius": "km", "rho": "g / cm3", "temperature": "MeV", "Ye": ""}
OPTIONAL = {"lapse": "", **dict.fromkeys(HEAVY, "")}
_PIECE = 3  # rows of a table in one smooth part, as long as there are few parts


def check_columns(columns, origin, header_lines=0):
    """Validate dict columns of a radial table; errors name the line and the column.

    Raises
    ------
    DataError
        For NaN, a radius that does not increase, or a quantity outside its physical range.
    """

    def bad(row, name, why):
        value = columns[name][row]
        raise DataError(
            f"{origin}, data line {row + 1 + header_lines}, column '{name}': {value:g} {why}"
        )

    for name, values in columns.items():
        for row in np.flatnonzero(~np.isfinite(values))[:1]:
            bad(row, name, "is not a finite number")
    for row in np.flatnonzero(np.diff(columns["radius"]) <= 0.0)[:1]:
        bad(row + 1, "radius", "does not increase: sort the rows by radius and drop repeats")
    if columns["radius"].size < 4:
        raise DataError(f"{origin}: {columns['radius'].size} rows; at least 4 are needed")
    limits = {
        "radius": (0.0, np.inf, "is negative"),
        "rho": (np.nextafter(0, 1), 1e16, "g/cm3 is outside (0, 1e16]"),
        "temperature": (np.nextafter(0, 1), 500.0, "MeV is outside (0, 500]"),
        "Ye": (1e-6, 1.0, "is outside [1e-6, 1]"),
        "lapse": (np.nextafter(0, 1), 1.0, "is outside (0, 1]"),
    }
    for name, (low, high, why) in limits.items():
        if name in columns:
            values = columns[name]
            for row in np.flatnonzero((values < low) | (values > high))[:1]:
                bad(row, name, why)


def piece_breaks(radius, more=()):
    """Return break radii so that each smooth part has about ``_PIECE`` rows, at most eight parts.

    ``more``: places where the composition changes from one row to the next; up to four of them
    take the place of the nearest inner breaks.
    """
    parts = int(np.clip(radius.size // _PIECE, 1, 8))
    rows = np.unique(np.linspace(0, radius.size - 1, parts + 1).round().astype(int))
    breaks, fixed = [float(r) for r in radius[rows]], set()
    for edge in sorted(more)[:4]:
        free = [i for i in range(1, len(breaks) - 1) if i not in fixed]
        if free and edge not in breaks:
            nearest = min(free, key=lambda i: abs(breaks[i] - edge))
            breaks[nearest] = edge
            fixed.add(nearest)
    return tuple(sorted(breaks))


def from_arrays(radius, rho, temperature, ye, *, lapse=None, heavy=None, name="user",
                references=(), note="", **matter):  # fmt: skip
    """Build a star of ideal gas from radial arrays.

    Parameters
    ----------
    radius, rho, temperature : Quantity, shape (n,)
        Increasing radius, mass density, temperature.
    ye : array, shape (n,)
        Electron (= proton) fraction.
    lapse : array, optional
        Redshift factor to infinity; computed from the enclosed mass when absent.
    heavy : tuple of three arrays, optional
        Mass fraction, mean mass number and mean charge of heavy nuclei; numbers are the same
        everywhere. Ye counts their protons.
    **matter
        ``neutrinos``, ``mean_field``, ``muons``, ``core`` of :class:`~.ideal_gas.Matter`. ``ye`` is not
        used where the proton fraction follows from equilibrium.

    Returns
    -------
    Star

    Raises
    ------
    DataError
        For NaN, a masked cell, a radius that does not increase or a value outside its physical range.

    Warns
    -----
    ValidityWarning
        For rows that are too few for their gradients.
    """
    import astropy.units as u

    from ...units import energy_mev, length_cm, quantity_in

    given = {"radius": radius, "rho": rho, "temperature": temperature, "Ye": ye, "lapse": lapse}
    given.update(zip(HEAVY, heavy, strict=True) if heavy is not None else ())
    for key, values in given.items():
        check_unmasked(values, name, key)
    columns = {
        "radius": length_cm(radius, "radius") / 1e5,
        "rho": quantity_in(rho, u.g / u.cm**3, "rho", "rho=1e14*u.g/u.cm**3"),
        "temperature": energy_mev(temperature, "temperature"),
        "Ye": np.asarray(ye, dtype=float),
    }
    for key, values in columns.items():
        if np.ndim(values) != 1:
            raise DataError(f"{name}: {key} has shape {np.shape(values)}; one dimension is needed")
    if lapse is not None:
        columns["lapse"] = np.asarray(lapse, dtype=float)
    if heavy is not None:
        for key, values in zip(HEAVY, heavy, strict=True):
            columns[key] = np.asarray(values, dtype=float) + np.zeros_like(columns["radius"])
    return _build(columns, name, Matter(**matter), references, note, origin=name)


def check_unmasked(values, origin, name):
    """Refuse masked (empty) cells, whatever is under the mask.

    Raises
    ------
    DataError
        With the line and the column.
    """
    mask = getattr(values, "mask", None)
    if mask is None or not np.any(mask):
        return
    row = int(np.flatnonzero(np.ravel(mask))[0])
    raise DataError(
        f"{origin}, data line {row + 1}, column '{name}': the cell is empty (masked); fill it or leave "
        "the row out"
    )


def _build(columns, name, matter, references, note, origin, packaged=False):
    sizes = {key: np.size(v) for key, v in columns.items()}
    if len(set(sizes.values())) > 1:
        raise DataError(f"{origin}: columns have different lengths {sizes}")
    check_columns({k: v for k, v in columns.items() if k not in HEAVY}, origin)
    columns = check_heavy(columns, origin)
    radius = columns["radius"]
    mass = eos.enclosed_mass(radius * 1e5, columns["rho"])
    if "lapse" not in columns:
        with np.errstate(invalid="ignore"):
            columns = {**columns, "lapse": eos.lapse(radius * 1e5, mass)}
        if not np.isfinite(columns["lapse"]).all():
            raise DataError(
                f"{origin}: {mass[-1] / const.M_SUN_G:.3g} solar masses within {radius[-1]:g} km are "
                "a black hole; check the units of radius and rho"
            )
    rows = Columns.of(
        radius, {k: v for k, v in columns.items() if k != "radius"}, ("rho", "temperature")
    )
    meta = {"mass_g": float(mass[-1]), "neutrinos": matter.neutrinos}
    if not packaged:
        meta["coarse"] = warn_if_coarse(origin, radius, columns["rho"], columns["temperature"])
    edges = onsets(radius, columns)
    if matter.neutrinos == "two-region":
        edges = {*edges, matter.core[1]}
    star = Star(
        name=name + matter.suffix, breaks=piece_breaks(radius, edges), columns=TableColumns(rows, matter),
        references=(*references, *matter.references), note=note, meta=meta,
    )  # fmt: skip
    star.at(star.breaks)  # what the matter cannot be is said now
    return star


def read_table(path, packaged=False, **matter):
    """Read a star from an ECSV table with columns radius, rho, temperature, Ye [, lapse].

    Heavy nuclei: columns X_heavy (mass fraction), A_heavy, Z_heavy (mean mass number and charge),
    all or none. ``**matter`` as for :func:`from_arrays`.

    Raises
    ------
    DataError
        For a missing column (named, with what is expected), a column without or with a wrong unit,
        or a bad or empty value (with its line and column).
    """
    import astropy.units as u

    table = read_ecsv(path)
    columns = {}
    for name, unit in {**REQUIRED, **OPTIONAL}.items():
        if name not in table.colnames:
            if name in OPTIONAL:
                continue
            raise DataError(
                f"{path}: column '{name}' is missing; a star needs "
                f"{', '.join(f'{n} [{v}]' if v else n for n, v in REQUIRED.items())}"
            )
        column = table[name]
        check_unmasked(column, path, name)
        try:
            values = np.asarray(column, dtype=float)
        except ValueError:
            raise DataError(f"{path}: column '{name}' holds text, not numbers") from None
        if unit:
            if column.unit is None or not u.Unit(column.unit).is_equivalent(u.Unit(unit)):
                raise DataError(
                    f"{path}: column '{name}' has unit {column.unit}; it needs one like {unit}"
                )
            values = (values * u.Unit(column.unit)).to_value(u.Unit(unit))
        columns[name] = values
    meta = table.meta
    return _build(
        columns, meta.get("name", Path(path).stem), Matter(**matter),
        tuple(meta.get("references", ())), meta.get("description", ""), str(path), packaged,
    )  # fmt: skip


GARCHING = (
    "radius", "mass", "rho", "e_int", "T", "entropy", "v_r", "lapse", "mu_nue", "mu_e", "mu_n",
    "mu_p", "mu_mu", "mu_numu", "X_n", "X_p", "X_alpha", "X_light", "X_heavy", "Y_e", "Y_mu",
    "U_n", "U_p", "m_n", "m_p",
)  # fmt: skip


def read_radial_file(path, heavy=None):
    """Read one snapshot in the 25-column radial format of the Garching supernova models.

    Five header lines, then radius [cm], mass [Msun], density, internal energy, T [MeV], entropy,
    velocity, lapse, chemical potentials of nu_e, e, n, p, mu, nu_mu [MeV; nucleons without rest
    mass], mass fractions, Y_e, Y_mu, potentials U_n, U_p and effective masses [MeV]. The tables
    are given by their authors on request and are not part of this package.

    Parameters
    ----------
    path : path
    heavy : (float, float), optional
        Mean mass number and mean charge of the nuclei that the file's X_heavy counts; without it
        they are left out.

    Raises
    ------
    DataError
        For another number of columns, NaN or a radius that does not increase (line and column
        named), a lapse outside (0, 1), nucleon densities that disagree with the chemical
        potentials by more than 20 %, or beta equilibrium violated by more than 5 MeV in the core.

    References
    ----------
    arXiv:2005.07141 (models).
    """
    header = 5
    lines = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines[:header], 1):
        fields = line.split()
        if len(fields) == len(GARCHING) and all(map(_is_number, fields)):
            raise DataError(
                f"{path}, line {number}: data where {header} header lines are expected"
            )
    rows = []
    for number, line in enumerate(lines[header:], header + 1):
        if not line.strip():
            continue
        fields = line.split()
        if len(fields) != len(GARCHING):
            raise DataError(
                f"{path}, line {number}: {len(fields)} columns, expected {len(GARCHING)} "
                f"({', '.join(GARCHING[:5])}, ...)"
            )
        try:
            rows.append([float(f.replace("D", "e")) for f in fields])
        except ValueError:
            column = next(n for n, f in zip(GARCHING, fields) if not _is_number(f))
            raise DataError(f"{path}, line {number}, column '{column}': not a number") from None
    if len(rows) < 4:
        raise DataError(f"{path}: {len(rows)} data lines; at least 4 are needed")
    data = dict(zip(GARCHING, np.array(rows).T))
    radius = data["radius"] / 1e5
    if not 5.0 < radius[-1] < 1e8:
        raise DataError(
            f"{path}: the outermost radius is {data['radius'][-1]:g}, read as cm; the first column "
            "must be in cm and reach beyond 5 km"
        )
    check_columns(
        {"radius": radius, "rho": data["rho"], "temperature": data["T"], "lapse": data["lapse"],
         **{k: data[k] for k in ("mu_nue", "mu_e", "mu_n", "mu_p", "mu_mu", "mu_numu", "U_n",
                                 "U_p", "m_n", "m_p")}},
        str(path), header,
    )  # fmt: skip
    columns = {
        "rho": data["rho"], "T": data["T"], "lapse": data["lapse"],
        "m_n": data["m_n"], "m_p": data["m_p"],
        "mu_n": data["mu_n"] - data["U_n"] + data["m_n"],
        "mu_p": data["mu_p"] - data["U_p"] + data["m_p"],
        "shift": (const.M_N - data["m_n"] + data["U_n"]) - (const.M_P - data["m_p"] + data["U_p"]),
        "mu_e": data["mu_e"], "mu_mu": data["mu_mu"],
        "mu_nu_e": data["mu_nue"], "mu_nu_mu": data["mu_numu"],
        "mu_nu_tau": np.zeros_like(radius), "Yp": data["Y_e"] + data["Y_mu"],
    }  # fmt: skip
    if heavy is not None:
        columns.update(_heavy_columns(data, radius, heavy, str(path), header))
    _check_conventions(data, columns, path)
    coarse = warn_if_coarse(str(path), radius, data["rho"], data["T"])
    return Star(
        name=Path(path).stem,
        breaks=piece_breaks(radius, onsets(radius, data) if "n_heavy" in columns else ()),
        columns=Columns.of(radius, columns, ("rho", "T")),
        references=("Bollig:2020xdr",),
        note="25-column radial file of the user",
        meta={"mass_g": float(data["mass"][-1] * const.M_SUN_G), "coarse": coarse},
    )


def _heavy_columns(data, radius, heavy, origin, header):
    """Return the columns of nuclei of one kind from the X_heavy of a radial file."""
    try:
        a, z = (float(v) for v in heavy)
    except (TypeError, ValueError):
        raise DataError(f"heavy = {heavy!r}: (mean mass number, mean charge) is needed") from None
    same = {"A_heavy": np.full_like(radius, a), "Z_heavy": np.full_like(radius, z)}
    given = {"radius": radius, "X_heavy": data["X_heavy"], **same}
    checked = check_heavy(given, origin, header)
    if "X_heavy" not in checked:
        return {}
    return heavy_state(data["rho"], checked["X_heavy"], same["A_heavy"], same["Z_heavy"])


def _is_number(text):
    try:
        float(text.replace("D", "e"))
    except ValueError:
        return False
    return True


def _check_conventions(data, columns, path):
    """Check that densities and beta equilibrium fix the conventions of the chemical potentials."""
    core = data["rho"] > 1e13
    if not core.any():
        return
    row = int(np.flatnonzero(core)[len(np.flatnonzero(core)) // 2])
    expected = data["rho"][row] * data["X_n"][row] * const.GRAM_CM3 / const.M_U
    density = eos.number_density(
        columns["mu_n"][row], columns["m_n"][row], data["T"][row], False, eos.RULE
    )
    if not 0.8 < density / expected < 1.25:
        raise DataError(
            f"{path}, row {row + 1}: the neutron density from mu_n, U_n, m*_n is "
            f"{density / expected:.2f} of rho X_n/m_u; mu_n must exclude the rest mass"
        )
    beta = (data["mu_e"] + data["mu_p"] + const.M_P - data["mu_n"] - const.M_N)[row]
    if abs(beta - data["mu_nue"][row]) > 5.0:
        raise DataError(
            f"{path}, row {row + 1}: mu_e + mu_p - mu_n = {beta:.1f} MeV but mu_nue = "
            f"{data['mu_nue'][row]:.1f} MeV; mu_e must include and mu_n, mu_p exclude the rest mass"
        )
