"""The published bounds that ship: found, filtered, drawn."""

from functools import lru_cache

from ..datafiles import data_files
from ..errors import ConfigError, did_you_mean
from .bound import Bound, read_bound


@lru_cache(maxsize=1)
def _all():
    return {path.stem: read_bound(path) for path in data_files("published")}


def names():
    """Return the names of the published bounds."""
    return sorted(_all())


def load(name):
    """Return one bound by name, from the path of an own ``.ecsv`` file, or unchanged if it is a Bound.

    Raises
    ------
    ConfigError
        If there is no such bound.
    """
    if isinstance(name, Bound):
        return name
    text = str(name)
    if text.endswith(".ecsv"):
        return read_bound(name)
    if text not in _all():
        raise ConfigError(f"no published bound '{text[:120]}'{did_you_mean(text, _all())}; see names()")
    return _all()[text]


def bounds(particle=None, observable=None, coupling=None, exactness=None):
    """Return the published bounds that match.

    Parameters
    ----------
    particle : {"HNL", "DipoleHNL", "ALP", "DarkPhoton", "DarkScalar"}, optional
    observable : str, optional
        Short name ("bbn", "sn1987a-cooling", "low-energy-sne", "gamma-diffuse", "smm") or part of the
        description, any case.
    coupling : str, optional
        A parameter ("mixing.tau", "photon") or its first part ("mixing").
    exactness : str, optional
        Classes to keep, for instance "C"; default all (C digitised, D indicative).

    Returns
    -------
    list of Bound
        Sorted by name.

    Raises
    ------
    ConfigError
        For a value that no bound has.
    """
    every = [_all()[n] for n in names()]
    _known("particle", particle, {b.particle for b in every})
    _known("coupling", coupling, {x for b in every for p in b.parameters for x in (p, p.partition(".")[0])})
    if exactness is not None and (not isinstance(exactness, str) or not set(exactness) <= set("CD")):
        raise ConfigError(f"exactness = {exactness!r}; allowed: 'C', 'D', 'CD'")
    if observable is not None and not any(_observable(b, observable) for b in every):
        short = sorted({b.observable for b in every})
        raise ConfigError(
            f"no published bound has observable = {observable!r}{did_you_mean(observable, short)}; "
            f"there are: {', '.join(short)}"
        )
    return [
        b for b in every
        if (particle is None or b.particle == particle)
        and (observable is None or _observable(b, observable))
        and (coupling is None or any(coupling in (p, p.partition(".")[0]) for p in b.parameters))
        and (exactness is None or b.exactness in exactness)
    ]  # fmt: skip


def _known(what, value, have):
    if value is not None and (not isinstance(value, str) or value not in have):
        raise ConfigError(
            f"no published bound has {what} = {value!r}{did_you_mean(value, have)}; "
            f"there are: {', '.join(sorted(have))}"
        )


def _observable(bound, wanted):
    wanted = str(wanted).lower()
    return wanted == bound.observable or wanted in bound.observable_text.lower()


def overlay(ax, parameter, particle=None, observable=None, **style):
    """Draw the outlines of every published bound on one parameter, thin, labelled with its paper.

    Parameters
    ----------
    ax : matplotlib Axes
        Mass in MeV against the parameter in its own unit.
    parameter : str
        Name of the y axis: "mixing.tau", "photon", ...
    particle, observable : str, optional
        As in :func:`bounds`; needed where two particles have a parameter of this name.
    **style
        Passed to ``Bound.plot``.

    Returns
    -------
    list of Bound
        Those drawn; empty if there are none on this parameter.
    """
    drawn = on_parameter(parameter, particle, observable)
    labels = (ax.get_xlabel(), ax.get_ylabel())
    for number, bound in enumerate(drawn):
        bound.plot(ax, **{"color": "0.35", "ls": ("-", "--", ":", "-.")[number % 4], "zorder": 1} | style)
    if drawn and any(labels):
        ax.set(xlabel=labels[0], ylabel=labels[1])
    return drawn


def on_parameter(parameter, particle=None, observable=None):
    """Return the bounds on exactly one parameter; a name that two particles share needs the particle."""
    if not isinstance(parameter, str):
        raise ConfigError(f"parameter = {parameter!r}: the name of a parameter, such as 'mixing.tau'")
    found = [b for b in bounds(particle, observable) if parameter in b.parameters]
    owners = sorted({b.particle for b in found})
    if len(owners) > 1:
        raise ConfigError(f"'{parameter}' is a parameter of {' and '.join(owners)}: say particle=...")
    return found
