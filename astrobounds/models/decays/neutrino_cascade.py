"""All neutrinos of a decay at rest when its muons, pions and kaons decay in flight.

In thin matter charged daughters decay before they lose energy. Daughters go down the chain tau, K_L,
K, pi, mu as weighted energies; each decay is isotropic in its own frame, so that an energy e of a
product becomes a box from gamma (e - beta p) to gamma (e + beta p). Neutrinos are put into cells with
exact numbers and energies. Polarisation of the muons is left out, and resonances share their energy
evenly (their pions carry few neutrinos above 100 MeV).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ... import constants as const
from ...errors import ConfigError
from .kinematics import charged_current, energy_lines, legendre, semileptonic, two_body_energy
from .known_decays import (
    CHARGED_JET,
    JET_NEUTRINO,
    KAON_DECAYS,
    MESON_MASS,
    MESONS,
    TAU_HADRONS,
    TAU_LEPTONS,
)
from .neutrino_spectra import STOPPED_MASS, of_widths, pair_square, stopped

CHAIN = ("tau", "KL", "K", "pi", "mu")  # each makes only later ones
SECONDARIES = ("flight", "none")
_CELLS, _LINES, _NODES = 96, 48, 6
_KSTAR = {
    name: two_body_energy(const.M_KSTAR, STOPPED_MASS[name], other)
    for name, other in (("K", const.M_PI), ("KL", const.M_PI), ("pi", const.M_K))
}
#: energy of a charged daughter in the rest frame of its meson
_DAUGHTER = {
    "eta": {"pi": const.M_ETA / 3.0}, "etap": {"pi": const.M_ETAP / 5.0},
    "rho0": {"pi": const.M_RHO / 2.0}, "rho": {"pi": const.M_RHO / 2.0},
    "omega": {"pi": const.M_OMEGA / 3.0}, "K*": _KSTAR,
    "phi": {"pi": const.M_PHI / 3.0, "K": const.M_PHI / 2.0, "KL": const.M_PHI / 2.0},
}  # fmt: skip


def _gather(parts, name, energy, number):
    """Append energies and numbers of one kind of particle."""
    parts.setdefault(name, []).append(
        (np.atleast_1d(np.asarray(energy, float)), np.atleast_1d(np.asarray(number, float)))
    )


def _joined(lists, most=_LINES):
    """One array of energies and numbers; many are merged in bins that keep number and energy."""
    energy, number = (np.concatenate([part[i] for part in lists]) for i in (0, 1))
    used = number > 0.0
    energy, number = energy[used], number[used]
    if energy.size <= most:
        return energy, number
    edges = np.linspace(energy.min(), energy.max(), most + 1)
    place = np.clip(np.searchsorted(edges, energy, side="right") - 1, 0, most - 1)
    count = np.bincount(place, number, most)
    total = np.bincount(place, number * energy, most)
    full = count > 0.0
    return total[full] / count[full], count[full]


def _boosted(energy, number, own, parent_energy, parent):
    """Energies and numbers of products of rest-frame energy ``energy`` of a moving parent."""
    gamma = parent_energy / parent
    p = np.sqrt(np.maximum(energy * energy - own * own, 0.0))
    reach = np.sqrt(np.maximum(gamma * gamma - 1.0, 0.0))
    c, w = legendre(_NODES)
    out = gamma * energy + reach * p * c[:, None, None]
    return out.ravel(), (0.5 * w[:, None, None] * number * np.ones_like(out)).ravel()


@lru_cache(maxsize=8)
def _daughters(name):
    """{daughter: (energies, numbers)} of a decay at rest, neutrinos not counted."""
    parts = {}
    mass = STOPPED_MASS[name]
    if name == "pi":
        _gather(parts, "mu", two_body_energy(mass, const.M_MU, 0.0), 1.0)
    elif name == "tau":
        e, w = energy_lines(mass, *charged_current(mass, 0.0, const.M_MU), 1)
        _gather(parts, "mu", e, dict(TAU_LEPTONS)["mu"] * w)
        for (share, hadrons, charged), pions in zip(TAU_HADRONS, (1, 2, 3, 3)):
            _gather(parts, "pi", two_body_energy(mass, hadrons, 0.0) / pions, share * charged)
    elif name in KAON_DECAYS:
        every = sum(c[0] for c in KAON_DECAYS[name])
        for ratio, charged, neutral, lepton in KAON_DECAYS[name]:
            share, pions = ratio / every, charged + neutral
            if lepton is not None and pions == 0:
                _gather(parts, "mu", two_body_energy(mass, const.LEPTON_MASS[lepton], 0.0), share)
            elif lepton is not None:
                pion = const.M_PI if charged else const.M_PI0
                square = semileptonic(mass, pion, const.LEPTON_MASS[lepton])
                for i, made in ((0, "pi" if charged else None), (1, "mu" if lepton == "mu" else None)):
                    if made:
                        e, w = energy_lines(mass, *square, i)
                        _gather(parts, made, e, share * w)
            elif charged:
                other = const.M_PI0 if pions == 2 else None
                e = mass / 3.0 if other is None else two_body_energy(mass, const.M_PI, other)
                _gather(parts, "pi", e, share * charged)
    return {made: _joined(lists) for made, lists in parts.items()}


def charged(channel, mass, flavour):
    """Return muons, taus, pions and kaons of N -> channel at rest: {name: [(energies, numbers)]}.

    Parameters
    ----------
    channel, mass, flavour
        As for :func:`astrobounds.models.decays.neutrino_spectra.direct`.
    """
    parts = {}
    first, *rest = channel.split()
    if channel in ("3nu", "nu gamma"):
        return parts
    if rest == ["hadrons"]:
        light = JET_NEUTRINO * mass
        if first == "mu":
            _gather(parts, "mu", light, 1.0)
        _gather(parts, "pi", max(0.25 * (mass - light), const.M_PI), CHARGED_JET)
        return parts
    if len(rest) == 2:
        other, square = pair_square(channel, mass, flavour)
        places = ((1, rest[0]), (2, rest[0])) if other is None else ((0, other), (1, flavour))
        for i, lepton in places:
            if lepton != "e":
                _gather(parts, lepton, *energy_lines(mass, *square, i))
        return parts
    meson, own = rest[0], 0.0 if first == "nu" else const.LEPTON_MASS[first]
    heavy = MESON_MASS[meson]
    if first == "mu":
        _gather(parts, "mu", two_body_energy(mass, own, heavy), 1.0)
    energy = two_body_energy(mass, heavy, own)
    for name, count in zip(("pi", "K", "KL"), MESONS[meson]):
        if count > 0.0 and meson == name:
            _gather(parts, name, energy, count)
        elif count > 0.0:
            e, m = _DAUGHTER[meson][name], STOPPED_MASS[name]
            _gather(parts, name, *_boosted(np.array([e]), count, m, np.array([[energy]]), heavy))
    return parts


def _to_cells(edges, omega, number, parent_energy, count, parent):
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


def of_decay(mass, widths, secondaries="flight"):
    """Return the neutrinos of one decay of a particle with given partial widths.

    Parameters
    ----------
    mass : float
        MeV.
    widths : mapping of (channel, flavour) to float
        Any common unit.
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
    every = sum(widths.values())
    edges = np.linspace(0.0, 0.5 * mass * (1.0 + 1e-12), _CELLS + 1)
    direct = of_widths(mass, widths)
    cells, lines = {}, {}
    for flavour, spectrum in direct.items():
        cells[flavour] = np.array(type(spectrum)((), spectrum.continua).cells(edges))
        lines[flavour] = [(np.array([e]), np.array([n])) for e, n in spectrum.lines if n > 0.0]
    if secondaries == "flight":
        parts = {}
        for (channel, flavour), width in widths.items():
            if width > 0.0:
                for name, lists in charged(channel, mass, flavour).items():
                    for e, n in lists:
                        _gather(parts, name, e, n * width / every)
        for name in CHAIN:
            if name not in parts:
                continue
            energy, count = _joined(parts[name])
            own = STOPPED_MASS[name]
            for flavour, (omega, number) in _stopped_lines(name).items():
                cells[flavour] += _to_cells(edges, omega, number, energy, count, own)
            for made, (e, n) in _daughters(name).items():
                boosted = _boosted(e, n * count[:, None], STOPPED_MASS[made], energy[:, None], own)
                _gather(parts, made, *boosted)
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
    """Return the :class:`NeutrinoLines` of an HNL, a DipoleHNL or a Mediator.

    Raises
    ------
    ConfigError
        For a model whose partial widths by flavour are not known.
    """
    if hasattr(model, "neutrinos_per_decay"):  # two neutrinos of half the mass
        _check_secondaries(secondaries)
        energy, numbers = np.array([0.5 * model.mass_mev]), model.neutrinos_per_decay()
        return NeutrinoLines(model.mass_mev, {f: (energy, np.array([n])) for f, n in numbers.items()})
    if hasattr(model, "flavour_widths_mev"):
        widths = {("nu gamma", f): w for f, w in model.flavour_widths_mev().items()}
    elif hasattr(model, "mixing_vector"):
        from .hnl_widths import CHANNELS, width_table

        table = width_table(model.mass_mev) * np.array(model.mixing_vector)
        widths = {
            (name, f): table[i, a] for i, name in enumerate(CHANNELS) for a, f in enumerate(const.FLAVOURS)
        }
    else:
        raise ConfigError(
            f"the decays of {type(model).__name__} by flavour are not known; daughter neutrinos are "
            "available for HNL and DipoleHNL, and for a Mediator"
        )
    used = {key: w for key, w in widths.items() if w > 0.0}
    if not used:
        return NeutrinoLines(model.mass_mev, {f: (np.empty(0), np.empty(0)) for f in const.FLAVOURS})
    return of_decay(model.mass_mev, used, secondaries)
