"""The detectors of 1987 and their 24 events: matrices from fluences at Earth to counts and densities.

Signal events are nubar_e p -> e+ n, and in water also charged currents on oxygen. With the fluences
phi_k on the nodes of :func:`energy_rule`, the expected number in a detector is W phi and the density at
the energy of an event is K phi.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ...datafiles import data_path, read_ecsv
from ...errors import DataError, DomainError
from . import neutrino_cross_sections as cross
from .neutrino_cross_sections import THRESHOLD

references = ("Hirata:1987hu", "Hirata:1988ad", "Bionta:1987qt", "Alekseev:1988gp",
              "Loredo:2001rx", "Vissani:2014doa")  # fmt: skip
NAMES = ("KII", "IMB", "Baksan")
SPECIES = ("nubar_e", "nu_e")
_EDGES = np.concatenate([
    [THRESHOLD, 3.0, 5.0, 7.5, 10.0, 12.5, 15.0, 18.0, 21.0, 25.0, 29.0, 34.0, 40.0, 47.0, 55.0],
    64.0 * 1.17 ** np.arange(25),
])  # fmt: skip
_NODES = 8
_X, _W = np.polynomial.legendre.leggauss(_NODES)
_LEPTON_X, _LEPTON_W = np.polynomial.legendre.leggauss(24)


@lru_cache(maxsize=1)
def energy_rule():
    """Return nodes and weights [MeV] of integrals over the neutrino energy, 1.8 MeV to 2.8 GeV."""
    half = 0.5 * np.diff(_EDGES)[:, None]
    energy = _EDGES[:-1, None] + half * (1.0 + _X)
    return energy.ravel(), (half * _W).ravel()


@lru_cache(maxsize=1)
def _cross_sections():
    """Lepton energies and dsigma dE_e of inverse beta decay (nodes, 24); oxygen: nubar_e, nu_e."""
    energy, _ = energy_rule()
    low, high = cross.positron_range(energy)
    half = 0.5 * (high - low)[:, None]
    lepton = low[:, None] + half * (1.0 + _LEPTON_X)
    sigma = cross.inverse_beta(energy[:, None], lepton) * half * _LEPTON_W
    return lepton, sigma, tuple(cross.oxygen(energy, kind) for kind in ("nubar", "nu"))


@dataclass(frozen=True)
class Detector:
    """One detector.

    Attributes
    ----------
    name : str
    protons : float
        Free protons.
    oxygen : float
        Oxygen nuclei.
    threshold : float
        Lowest detected energy [MeV].
    live : float
        Live share of the time.
    """

    name: str
    protons: float
    oxygen: float
    threshold: float
    live: float
    offset: float
    sigma: tuple
    form: str
    shape: tuple
    start: float

    def efficiency(self, lepton):
        """Efficiency at a lepton energy [MeV], without the threshold on the detected energy."""
        e = np.asarray(lepton, dtype=float)
        if self.form == "inverse":
            safe = np.maximum(e, max(self.start, 1e-3))
            value = self.shape[0] * (1.0 + self.shape[1] / safe + self.shape[2] / safe**2)
        else:
            x = e / self.start - 1.0
            value = sum(c * x ** (i + 1) for i, c in enumerate(self.shape))
        return np.where(e > self.start, np.clip(value, 0.0, 1.0), 0.0)

    def resolution(self, lepton):
        """Standard deviation of the detected energy [MeV]."""
        e = (lepton + self.offset) / 10.0
        return self.sigma[0] * np.sqrt(e) + self.sigma[1] * e

    def accepted(self, lepton):
        """Efficiency times the probability to be detected above the threshold."""
        from scipy.special import ndtr

        x = (lepton + self.offset - self.threshold) / self.resolution(lepton)
        return self.efficiency(lepton) * ndtr(x)

    def at(self, detected, lepton):
        """Density [1/MeV] to find the detected energy for a lepton energy, efficiency included."""
        sigma = self.resolution(lepton)
        x = (detected - lepton - self.offset) / sigma
        return self.efficiency(lepton) * np.exp(-0.5 * x * x) / (np.sqrt(2.0 * np.pi) * sigma)

    def response(self, answer):
        """Int over the lepton energy of dsigma x answer(E_e) on the nodes, shape (2, nodes) [cm^2].

        Targets included; the rows are nubar_e and nu_e.
        """
        lepton, sigma, oxygen = _cross_sections()
        rows = [self.protons * (sigma * answer(lepton)).sum(axis=1), np.zeros(lepton.shape[0])]
        if self.oxygen > 0.0:
            for row, (partial, energy) in enumerate(oxygen):
                seen = np.where(energy > 0.0, answer(np.maximum(energy, 0.1)), 0.0)
                rows[row] = rows[row] + self.oxygen * (partial * seen).sum(axis=0)
        return self.live * np.array(rows)


@dataclass(frozen=True, eq=False)
class Events:
    """Events within a time window, and the matrices of their likelihood.

    Attributes
    ----------
    detectors : tuple of Detector
    detector : ndarray of int, shape (n,)
    time, energy : ndarray, shape (n,)
        s after the first event of the detector, detected energy [MeV].
    background : ndarray, shape (n,)
        Expected background [1/MeV] within the window at the energy of each event.
    window : float
        s.
    counts : ndarray, shape (detectors, 2, nodes)
        Expected number per fluence of (nubar_e, nu_e) on the nodes.
    density : ndarray, shape (n, 2, nodes)
        Density at each event per fluence.
    """

    detectors: tuple
    detector: np.ndarray
    time: np.ndarray
    energy: np.ndarray
    background: np.ndarray
    window: float
    counts: np.ndarray
    density: np.ndarray

    def expected(self, fluence):
        """Return the expected events per detector for fluences (2, nodes) [1/(MeV cm^2)]."""
        return np.einsum("dsk,sk->d", self.counts, fluence)

    def loglike(self, fluence):
        """Return the extended lnL, sum ln(density) - expected number, up to a constant."""
        density = np.einsum("isk,sk->i", self.density, fluence) + self.background
        return float(np.log(density).sum() - self.expected(fluence).sum())


def _column(table, name, path):
    if name not in table.colnames:
        raise DataError(f"{path}: no column '{name}'; it has {', '.join(table.colnames)}")
    return table[name]


@lru_cache(maxsize=1)
def detectors():
    """Return the packaged detectors as a tuple of :class:`Detector`."""
    path = data_path("measurements/sn1987a_detectors.ecsv")
    table = read_ecsv(path)
    out = []
    for row in table:
        get = lambda name, row=row: float(row[name])  # noqa: E731
        water = row["detector"] != "Baksan"
        out.append(Detector(
            str(row["detector"]), get("protons"), 0.5 * get("protons") if water else 0.0,
            get("threshold"), get("live"), get("offset"), (get("sigma_sqrt"), get("sigma_linear")),
            str(row["efficiency"]), tuple(get(f"e{i}") for i in range(1, 6)), get("e0"),
        ))  # fmt: skip
    if tuple(d.name for d in out) != NAMES:
        raise DataError(f"{path}: rows for {', '.join(NAMES)} are needed, in this order")
    return tuple(out)


@lru_cache(maxsize=4)
def events(window=30.0, oxygen=True, include=NAMES):
    """Return the :class:`Events` of a window after the first event of each detector.

    Parameters
    ----------
    window : float
        s, between 1 and 30.
    oxygen : bool
        With charged currents on oxygen.
    include : tuple of str
        Detectors that are used.

    Raises
    ------
    DomainError
        For a window outside the range of the data, or an unknown detector.
    """
    if not 1.0 <= window <= 30.0:
        raise DomainError(f"window = {window:g} s: the event lists cover 1 to 30 s")
    if not include or any(name not in NAMES for name in include):
        raise DomainError(f"detectors = {include!r}; allowed: {', '.join(NAMES)}")
    from dataclasses import replace

    used = tuple(d for d in detectors() if d.name in include)
    if not oxygen:
        used = tuple(replace(d, oxygen=0.0) for d in used)
    path = data_path("measurements/sn1987a_events.ecsv")
    table = read_ecsv(path)
    _, weight = energy_rule()
    counts = np.array([d.response(d.accepted) * weight for d in used])
    rows, density = [], []
    for i, d in enumerate(used):
        mine = _column(table, "detector", path) == d.name
        for row in table[mine]:
            energy, time = float(row["energy"]), float(row["time"])
            if energy >= d.threshold and time < window:
                rows.append((i, time, energy, float(row["background"]) * window * d.live))
                density.append(d.response(lambda e, d=d, x=energy: d.at(x, e)) * weight)
    columns = [np.array(c) for c in zip(*rows)]
    return Events(used, *columns, float(window), counts, np.array(density))
