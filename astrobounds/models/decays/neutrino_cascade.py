"""All neutrinos of a decay at rest when its muons, pions and kaons decay in flight.

In thin matter charged daughters decay before they lose energy. Daughters go down the chain tau, K_L,
K, pi, mu as weighted energies (`flight`). Neutrinos are put into cells with exact numbers and energies;
resonances carry few neutrinos above 100 MeV.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...errors import ConfigError
from .daughters import daughters
from .flight import CHAIN, STOPPED_MASS, boosted, daughters_at_rest, gather, joined
from .neutrino_spectra import stopped

SECONDARIES = ("flight", "none")
_CELLS = 96
_KEPT = {}  # lines of the last models that differ in more than the size of their couplings
_MOST = 16


def to_cells(edges, omega, number, parent_energy, count, parent):
    """Numbers and energies in cells of neutrinos (omega, number) of parents (energy, count)."""
    gamma = parent_energy[:, None] / parent
    reach = np.sqrt(np.maximum(gamma * gamma - 1.0, 0.0))
    low, high = omega * (gamma - reach), omega * (gamma + reach)
    high = np.maximum(high, low * (1.0 + 1e-9))  # a parent at rest makes a line
    weight = (count[:, None] * number / (high - low)).ravel()
    x = np.clip(edges[:, None], low.ravel(), high.ravel())
    return np.diff(x @ weight), 0.5 * np.diff((x * x) @ weight)


@dataclass(frozen=True, eq=False)
class NeutrinoLines:
    """Neutrinos of one decay at rest as weighted energies, antineutrinos counted with them.

    Attributes
    ----------
    mass : float
        Of the parent [MeV].
    lines : dict of str -> (ndarray, ndarray)
        Energies [MeV] and numbers for "e", "mu" and "tau". Lines of two-body decays are exact;
        continua are means of narrow cells, with exact number and energy.
    """

    mass: float
    lines: dict

    @property
    def number(self):
        """Neutrinos per decay."""
        return float(sum(n.sum() for _, n in self.lines.values()))

    @property
    def energy(self):
        """Energy in neutrinos per decay [MeV]."""
        return float(sum((e * n).sum() for e, n in self.lines.values()))


@lru_cache(maxsize=8)
def _stopped_lines(name):
    """Neutrinos of a decay at rest on 64 cells, per flavour."""
    out = {}
    for flavour, spectrum in stopped(name).items():
        lists = [(np.array([e]), np.array([n])) for e, n in spectrum.lines]
        if spectrum.continua:
            top = max(c.high for c in spectrum.continua)
            smooth = type(spectrum)((), spectrum.continua)
            number, energy = smooth.cells(np.linspace(0.0, top, 65))
            full = number > 1e-14 * number.max()
            lists.append((energy[full] / number[full], number[full]))
        if lists:
            out[flavour] = tuple(np.concatenate([part[i] for part in lists]) for i in (0, 1))
    return out


def _check_secondaries(secondaries):
    if secondaries not in SECONDARIES:
        raise ConfigError(f"secondaries = {secondaries!r}; allowed: {', '.join(SECONDARIES)}")


def of_daughters(made, secondaries="flight"):
    """Return the neutrinos of one decay of a particle.

    Parameters
    ----------
    made : daughters.Daughters
    secondaries : {"flight", "none"}
        With the neutrinos of muons, pions and kaons that decay in flight, or only direct ones.

    Returns
    -------
    NeutrinoLines

    Raises
    ------
    ConfigError
        For another value of ``secondaries``.
    """
    _check_secondaries(secondaries)
    mass = made.mass
    edges = np.linspace(0.0, 0.5 * mass * (1.0 + 1e-12), _CELLS + 1)
    cells, lines = {}, {}
    for flavour, spectrum in made.neutrinos.items():
        cells[flavour] = np.array(type(spectrum)((), spectrum.continua).cells(edges))
        lines[flavour] = [(np.array([e]), np.array([n])) for e, n in spectrum.lines if n > 0.0]
    if secondaries == "flight":
        parts = {name: list(lists) for name, lists in made.charged.items()}
        for name in CHAIN:
            if name not in parts:
                continue
            energy, count = joined(parts[name])
            own = STOPPED_MASS[name]
            for flavour, (omega, number) in _stopped_lines(name).items():
                cells[flavour] += to_cells(edges, omega, number, energy, count, own)
            for child, (e, n) in daughters_at_rest(name).items():
                moved = boosted(e, n * count[:, None], STOPPED_MASS[child], energy[:, None], own)
                gather(parts, child, *moved)
    out = {}
    for flavour, (number, energy) in cells.items():
        full = number > 0.0
        mean = energy[full] / number[full]
        out[flavour] = tuple(
            np.concatenate([part, *(line[i] for line in lines[flavour])])
            for i, part in enumerate((mean, number[full]))
        )
    return NeutrinoLines(mass, out)


def of_model(model, secondaries="flight"):
    """Return the :class:`NeutrinoLines` of a model: of any that lists its decays.

    Raises
    ------
    ConfigError
        For a model without ``decays()``, or with a decay that is not followed.
    """
    _check_secondaries(secondaries)
    made = daughters(model)
    ratios = tuple((d.products, d.amplitude, round(r, 12)) for d, r in zip(made.decays, made.ratios))
    key = (made.mass, ratios, secondaries)
    try:
        found = _KEPT.get(key)
    except TypeError:  # an amplitude without a hash
        return of_daughters(made, secondaries)
    if found is None:
        found = of_daughters(made, secondaries)
        while len(_KEPT) >= _MOST:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[key] = found
    return found
