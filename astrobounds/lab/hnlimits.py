"""Reader of the numeric files of the HNLimits package, without its online spreadsheet.

HNLimits (arXiv:2304.06772, MIT) keeps confidence level, nature, kind and units in a spreadsheet
that it reads from the network when it runs. Only its numeric files are used here, from the folder
where it is installed; the package itself is not imported. What the files do not say, the caller
must say, with the paper at hand.
"""

import importlib.util
from pathlib import Path

import numpy as np

from ..datafiles import read_text
from ..errors import ConfigError, DataError, did_you_mean
from . import textfile
from .curve import Curve

KNOWN_TRAPS = {
    "PIENU_2019/tmu_smaller_1p2MeV.dat.csv": "name swapped with its sibling's: T_mu > 1.2 MeV",
    "PIENU_2019/tmu_greater_1p2MeV.dat.csv": "name swapped with its sibling's: T_mu < 1.2 MeV",
    "peak_searches/NA62_2017_pi_nu_e.dat": "spans 171-448 MeV: this is K -> e N, not pi -> e N",
    "2101.12304/NA62_2021_mu.dat": "rich text; the numbers of umu4/NA62_2021_mu.dat are in MeV",
    "umu4/NA62_2021_mu.dat": "the header says GeV, the masses are MeV",
    "BaBar_tau_2022/without_sys.dat": "values are written like 1.58ee-2",
}
_SUFFIXES = (".dat", ".csv", ".txt")


def folder():
    """Return the data folder of the installed HNLimits.

    Raises
    ------
    ConfigError
        If the package is not installed.
    """
    spec = importlib.util.find_spec("HNLimits")
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in places:
        data = Path(place) / "include" / "data"
        if data.is_dir():
            return data
    raise ConfigError(
        "HNLimits is not installed: 'pip install astrobounds[lab]' adds the optional collection"
    )


def available(contains=""):
    """Return the sorted relative names of the numeric files whose name contains a text."""
    root = folder()
    found = (p for p in root.rglob("*") if p.suffix in _SUFFIXES and p.is_file())
    every = (p.relative_to(root).as_posix() for p in found)
    return sorted(n for n in every if contains.lower() in n.lower())


def numbers(name, columns=None):
    """Return two columns of one file as they stand: no unit, no meaning, no sorting.

    Parameters
    ----------
    name : str
    columns : (int, int), optional
        Which columns are mass and limit, in a file that has more than two.

    Raises
    ------
    ConfigError
        If there is no such file.
    DataError
        If the file is not columns of numbers; the message names the line.
    """
    root = folder()
    if not isinstance(name, str) or name not in (every := available()):
        known = every if isinstance(name, str) else ()
        raise ConfigError(f"HNLimits has no file '{name}'{did_you_mean(name, known)}")
    try:
        text = read_text(root / name, "HNLimits file", textfile.SIZE_LIMIT)
        return textfile.parse(text, name, columns)
    except DataError as error:
        raise DataError(f"{error}{_trap(name)}") from None


def _trap(name):
    return f" ({KNOWN_TRAPS[name]})" if name in KNOWN_TRAPS else ""


def read(
    name, mass_unit, flavour, exponent, kind, experiment, reference, cl=None, nature="unknown",
    contour="upper", portal="mixing", group=None, sm_decays_only=None, channels=(), production=(),
    columns=None,
):  # fmt: skip
    """Return one file as a Curve with the metadata the caller states.

    Parameters
    ----------
    name : str
        Relative name as listed by :func:`available`.
    mass_unit : Unit
        ``u.MeV`` or ``u.GeV``: it differs from file to file.
    flavour, exponent, kind, experiment, reference, cl, nature, contour, portal, group
        As in :class:`~astrobounds.lab.curve.Curve`; ``cl=None`` means not known.
    sm_decays_only : bool, optional
        Default: True for exponent 2.
    channels, production : tuple of str
        Decay channels searched and parents of N, for the flavour recast.
    columns : (int, int), optional
        As in :func:`numbers`.

    Returns
    -------
    Curve
        With the caller's statements in ``assumed``; sorted by mass if it is single-valued.

    Raises
    ------
    DataError
        If the file comes back in mass: such a contour needs its edges named.
    """
    m, values = numbers(name, columns)
    try:
        m = m * mass_unit.to("MeV")
    except (AttributeError, TypeError, ValueError):
        raise ConfigError(f"mass_unit = {mass_unit!r}: give u.MeV or u.GeV") from None
    steps = np.sign(np.diff(m))
    backwards = int(min((steps > 0).sum(), (steps < 0).sum()))
    if backwards > max(2, 0.05 * m.size):
        raise DataError(
            f"{name} comes back in mass at {backwards} rows: it is a contour with two edges; "
            "read numbers() and build a Curve(contour='closed', edge=...)"
        )
    order = np.argsort(m, kind="stable")
    keep = (values[order] > 0) & (m[order] > 0)
    dropped = int((~keep).sum())
    said = f"units, CL ({cl}), nature ({nature}) and kind stated by the user{_trap(name)}"
    return Curve(
        name="hnlimits:" + name, mass_mev=m[order][keep], values=values[order][keep],
        portal=portal, experiment=experiment, reference=reference,
        cl=float("nan") if cl is None else cl, flavour=flavour, nature=nature, kind=kind,
        exponent=exponent, contour=contour, group=group or experiment,
        sm_decays_only=exponent == 2 if sm_decays_only is None else sm_decays_only,
        channels=tuple(channels), channel_ranges=tuple((c, 0.0, np.inf) for c in channels),
        production=tuple(production), channels_source="stated by the user",
        origin="numeric file of the installed HNLimits", digitised_by="authors of HNLimits",
        licence="HNLimits, MIT", references=("HNLimits2023",),
        assumed=(said, *([f"{dropped} rows that are not positive left out"] if dropped else [])),
    )  # fmt: skip
