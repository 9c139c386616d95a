"""The result of a scan: lnL of every constraint on a grid, exclusion masks, contours, limits."""

from dataclasses import dataclass, field

import numpy as np

from ..checks import shown
from ..constraints.confidence import threshold
from ..errors import ConfigError, did_you_mean
from .export import Contours, scan_table


@dataclass(frozen=True, eq=False)
class Scan:
    """lnL of every constraint on a grid.

    Attributes
    ----------
    x_name, y_name : str
    x, y : ndarray
        Grid values (MeV for masses).
    loglike : dict of str -> ndarray, shape (nx, ny)
    null : dict of str -> float
        lnL of each constraint without the particle.
    log : tuple of bool
        Logarithmic axes.
    absent : ndarray of bool, shape (nx, ny)
        Points where the model does not exist: lnL is nan there.
    units, labels : dict of str -> str
        Units and labels of the axes.
    notes : dict
        ``"failures"``: where constraints failed or the model does not exist, and why.
    """

    x_name: str
    y_name: str
    x: np.ndarray
    y: np.ndarray
    loglike: dict
    null: dict
    log: tuple = (True, True)
    references: tuple = ()
    notes: dict = field(default_factory=dict)
    absent: object = None
    units: dict = field(default_factory=dict)
    labels: dict = field(default_factory=dict)

    def __repr__(self):
        nx, ny = self.x.size, self.y.size
        return f"Scan({self.x_name}: {nx}, {self.y_name}: {ny}; {', '.join(self.loglike)})"

    def _total(self, constraint=None):
        if constraint is None:
            return sum(self.loglike.values()), sum(self.null.values())
        if not isinstance(constraint, str) or constraint not in self.loglike:
            raise ConfigError(
                f"no constraint {shown(constraint)}{did_you_mean(constraint, self.loglike)} in this scan; "
                f"there are {', '.join(self.loglike)}"
            )
        return self.loglike[constraint], self.null[constraint]

    def delta_chi2(self, constraint=None):
        """Return -2 (lnL - best), best of the grid and of the absence of the particle."""
        values, null = self._total(constraint)
        finite = values[np.isfinite(values)]
        best = max(null, finite.max(initial=-np.inf))
        return -2.0 * (values - best)

    def excluded(self, cl=0.9, constraint=None, rule="limit"):
        """Return the mask of excluded points, shape (nx, ny); a failed point is never excluded.

        See :func:`astrobounds.constraints.confidence.threshold` for the rule. Nor is a point excluded
        where the model does not exist.
        """
        return self.delta_chi2(constraint) >= 2.0 * threshold(cl, rule)

    def log_height(self, constraint=None):
        """Return ln(Delta chi2), close to linear between grid points; failed points at the bottom."""
        height = np.log(np.clip(self.delta_chi2(constraint), 1e-12, 1e12))
        height[np.isnan(height)] = np.log(1e-12)
        return height

    def failed(self):
        """Return the mask of points where a solver failed or the model does not exist (lnL = NaN)."""
        return np.isnan(self._total()[0])

    def contours(self, cl=0.9, constraint=None, rule="limit"):
        """Return the boundary of the excluded region.

        Returns
        -------
        Contours
            A list of arrays of shape (n, 2) that writes itself with ``.to_hepdata(path)``.
        """
        import contourpy

        axes = [np.log(v) if flag else v for v, flag in zip((self.x, self.y), self.log)]
        height = self.log_height(constraint)
        lines = contourpy.contour_generator(*axes, height.T).lines(np.log(2.0 * threshold(cl, rule)))
        lines = [
            np.column_stack([np.exp(c) if flag else c for c, flag in zip(line.T, self.log)])
            for line in lines
        ]
        names = (self.x_name, self.y_name)
        qualifiers = {"confidence level": float(cl), "rule": rule, "constraint": constraint or "all"}
        return Contours(lines, names, [self.units.get(n, "") for n in names], qualifiers)

    def to_table(self):
        """Return an astropy Table, one row per point, one column per constraint."""
        return scan_table(self)

    @property
    def all_excluded(self):
        """True if every point where the model exists is excluded at 90 %."""
        seen = ~self.failed()
        return bool(seen.any() and self.excluded()[seen].all())

    def limits(self, cl=0.9, rule="limit"):
        """Return rows (x, constraint, lowest excluded y, highest excluded y) with edges interpolated.

        None stands for an edge beyond the grid, or at a point without lnL.
        """
        rows = []
        names = [*self.loglike, None] if len(self.loglike) > 1 else [*self.loglike]
        level = np.log(2.0 * threshold(cl, rule))
        t = np.log(self.y) if self.log[1] else self.y
        for name in names:
            height = self.log_height(name) - level
            for i, x in enumerate(self.x):
                for low, high in _intervals(t, height[i]):
                    ends = [np.exp(v) if self.log[1] and v is not None else v for v in (low, high)]
                    rows.append((float(x), name or "all", *ends))
        return rows

    def plot(self, ax=None, **options):
        """Draw the excluded regions; see :func:`astrobounds.plotting.exclusion_plot`."""
        from ..plotting import exclusion_plot

        return exclusion_plot(self, ax, **options)


def _intervals(t, height):
    """Return the (low, high) ranges of t where height > 0; None at an end of the grid."""
    out, start, inside = [], None, False
    for i, h in enumerate(height):
        if h > 0 and not inside:
            inside = True
            start = None if i == 0 else _cross(t, height, i - 1)
        elif h <= 0 and inside:
            inside = False
            out.append((start, _cross(t, height, i - 1)))
    if inside:
        out.append((start, None))
    return out


def _cross(t, h, i):
    a, b = np.clip(h[i], -1e3, 1e3), np.clip(h[i + 1], -1e3, 1e3)
    return float(t[i] - a * (t[i + 1] - t[i]) / (b - a))
