"""Adaptive tables over mass and lifetime, for fits that ask the same relic a million times.

A column is one mass: nodes in ln(lifetime), halved until the solution at the middle of an interval
agrees with what was interpolated there. Columns are halved in ln(mass) in the same way, checked where
neighbours differ most. What does not reach the tolerance, or failed, is never interpolated: the
table returns None there and its user solves directly.
"""

from dataclasses import dataclass, field

import numpy as np

#: Tabulated quantities: name, floor of the logarithm (None: linear), absolute and relative
#: tolerance near the standard values. They are a third of the errors of theory or less.
QUANTITIES = (
    ("Neff", None, 5e-3, 0.0),
    ("Yp", None, 5e-5, 0.0),
    ("DH", 1e-7, 0.0, 3e-3),
    ("He3H", 1e-7, 0.0, 1e-2),
    ("Li7H", 1e-12, 0.0, 2e-2),
    ("before_cascade", 1e-7, 0.0, 2e-2),
    ("dilution", 0.0, 0.0, 1e-2),
    ("dark_matter", 1e-30, 0.0, 2e-2),
)
NAMES = tuple(q[0] for q in QUANTITIES)
AWAY = 0.02  # of the distance from the standard value, added to the tolerance
ACCEPT = 1.0  # tolerances at the middle of an interval that is halved thereafter
STEP, SMALLEST = 0.5, 1.0 / 64.0  # of ln(lifetime)
MASS_STEP, MASS_SMALLEST = 0.16, 0.004  # of ln(mass)
SEGMENTS = 6  # of ln(lifetime) in which a cell between two masses is checked
_LOG = np.array([q[1] is not None for q in QUANTITIES])
_FLOOR = np.array([q[1] or 0.0 for q in QUANTITIES])
_ABSOLUTE, _RELATIVE = (np.array([q[k] for q in QUANTITIES]) for k in (2, 3))


def forward(values):
    """Return what is interpolated: ln(value + floor), or the value itself."""
    values = np.asarray(values, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(_LOG, np.log(values + _FLOOR), values)


def backward(f):
    """Return values; logarithms that undershoot the floor mean that nothing is left."""
    return np.where(_LOG, np.maximum(np.exp(np.where(_LOG, f, 0.0)) - _FLOOR, 0.0), f)


def tolerance(values, standard):
    """Return the tolerance of each quantity."""
    return _ABSOLUTE + _RELATIVE * np.abs(values) + AWAY * np.abs(values - standard)


def deviation(found, exact, standard):
    """Return the largest deviation in tolerances, shape (...,)."""
    return np.max(np.abs(found - exact) / tolerance(exact, standard), axis=-1)


def _three_point(x, f):
    """Slopes of the parabola through each knot and its neighbours; columns of f at once."""
    if len(x) == 2:
        return np.repeat((f[1:] - f[:1]) / (x[1] - x[0]), 2, axis=0)
    h = np.diff(x)[:, None]
    rise = np.diff(f, axis=0) / h
    out = np.empty_like(f)
    out[1:-1] = (h[1:] * rise[:-1] + h[:-1] * rise[1:]) / (h[1:] + h[:-1])
    out[0], out[-1] = 2.0 * rise[0] - out[1], 2.0 * rise[-1] - out[-2]
    same = np.sign(rise[1:]) == np.sign(rise[:-1])  # no overshoot where the data are monotone
    top = 3.0 * np.minimum(np.abs(rise[1:]), np.abs(rise[:-1]))
    out[1:-1] = np.where(same, np.clip(out[1:-1], -top, top), out[1:-1])
    for end, first in ((0, rise[0]), (-1, rise[-1])):
        out[end] = np.clip(out[end], -3.0 * np.abs(first), 3.0 * np.abs(first))
    return out


def _piece(z, h, a, b, c, d):
    """Cubic Hermite of values a, b and slopes c, d at the ends of a piece of length h."""
    c, d = h * c, h * d
    return a + z * (c + z * (3.0 * (b - a) - 2.0 * c - d + z * (2.0 * (a - b) + c + d)))


@dataclass(eq=False)
class Column:
    """Nodes of one mass: y = ln(lifetime/s), values f (n, quantities), ``good`` (n - 1,) pieces."""

    mass: float
    y: np.ndarray
    f: np.ndarray
    good: np.ndarray
    slopes: np.ndarray = field(init=False)

    def __post_init__(self):
        kept = np.isfinite(self.f).all(axis=1)
        self.slopes = np.full_like(self.f, np.nan)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], kept.astype(int), [0]])))
        for a, b in zip(edges[::2], edges[1::2]):  # runs of nodes that did not fail
            if b - a > 1:
                self.slopes[a:b] = _three_point(self.y[a:b], self.f[a:b])

    def at(self, y):
        """Return the interpolated f at one y, or None where the column must not be used."""
        if not self.y[0] <= y <= self.y[-1]:
            return None
        i = min(int(np.searchsorted(self.y, y, side="right")) - 1, len(self.y) - 2)
        if not self.good[i]:
            return None
        h = self.y[i + 1] - self.y[i]
        return _piece((y - self.y[i]) / h, h, self.f[i], self.f[i + 1], self.slopes[i], self.slopes[i + 1])


def build_column(run, mass, low, high, standard):
    """Return the :class:`Column` of one mass.

    Parameters
    ----------
    run : callable
        ``run([(mass, y), ...])`` returns values, shape (n, quantities), nan where a solver failed.
    mass : float
    low, high : float
        Range of ln(lifetime).
    standard : ndarray
        The quantities without the relic.
    """
    n = max(4, int(np.ceil((high - low) / STEP)) + 1)
    y = np.linspace(low, high, n)
    f = forward(run([(mass, v) for v in y]))
    todo, bad = [(y[i], y[i + 1]) for i in range(n - 1)], []
    while todo:
        column = Column(mass, y, f, np.ones(len(y) - 1, dtype=bool))
        middle = np.array([0.5 * (a + b) for a, b in todo])
        exact = run([(mass, v) for v in middle])
        guess = np.array([column.at(v) for v in middle])
        off = deviation(backward(guess), exact, standard)
        order = np.argsort(np.concatenate([y, middle]))
        y, f = np.concatenate([y, middle])[order], np.concatenate([f, forward(exact)])[order]
        more = []
        for (a, b), m, ratio in zip(todo, middle, off):
            if ratio <= ACCEPT:
                continue
            (more if b - a > 2.0 * SMALLEST else bad).extend([(a, m), (m, b)])
        todo = more
    good = np.isfinite(f).all(axis=1)
    good = good[1:] & good[:-1]
    for a, b in bad:
        good[(y[:-1] >= a - 1e-12) & (y[1:] <= b + 1e-12)] = False
    return Column(mass, y, f, good)


@dataclass(eq=False)
class Table:
    """Columns of several masses and what was measured of their interpolation.

    Attributes
    ----------
    columns : list of Column
        By increasing mass.
    closed : list of list of (float, float)
        Ranges of ln(lifetime) between a mass and the next where solutions must be direct.
    standard : ndarray
    solved : int
        Direct solutions it took.
    checked : dict
        Of random points: "points" looked up, "direct" (share of the region that is solved directly),
        "worst" and "rms" deviation in tolerances.
    """

    columns: list
    closed: list
    standard: np.ndarray
    solved: int = 0
    checked: dict = field(default_factory=dict)
    masses: np.ndarray = field(init=False)

    def __post_init__(self):
        self.masses = np.array([c.mass for c in self.columns])
        self._log = np.log(self.masses)

    def at(self, mass, y):
        """Return the quantities at a mass [MeV] and ln(lifetime/s), or None: solve directly."""
        found = self._interpolate(mass, y)
        return None if found is None else backward(found)

    def _interpolate(self, mass, y):
        if len(self.columns) == 1:
            return self.columns[0].at(y) if mass == self.masses[0] else None
        if not self.masses[0] <= mass <= self.masses[-1]:
            return None
        i = min(int(np.searchsorted(self.masses, mass, side="right")) - 1, len(self.masses) - 2)
        if any(a <= y <= b for a, b in self.closed[i]):
            return None
        near = [self.columns[k].at(y) if 0 <= k < len(self.columns) else None for k in range(i - 1, i + 3)]
        if near[1] is None or near[2] is None:
            return None
        use = [k for k in range(4) if near[k] is not None]
        x = self._log[[i - 1 + k for k in use]]
        f = np.array([near[k] for k in use])
        slopes = _three_point(x, f)
        j = use.index(1)
        h = x[j + 1] - x[j]
        return _piece((np.log(mass) - x[j]) / h, h, f[j], f[j + 1], slopes[j], slopes[j + 1])


def _places(table, i, span):
    """ln(lifetime) where two neighbouring columns differ most, one in each segment where they do."""
    left, right = table.columns[i], table.columns[i + 1]
    edges = np.linspace(*span, SEGMENTS + 1)
    out = []
    for a, b in zip(edges[:-1], edges[1:]):
        y = np.linspace(a, b, 9)[1:-1]
        pairs = [(v, left.at(v), right.at(v)) for v in y]
        pairs = [(v, p, q) for v, p, q in pairs if p is not None and q is not None]
        if pairs:
            off = [float(deviation(backward(p), backward(q), table.standard)) for _, p, q in pairs]
            k = int(np.argmax(off))
            out.append((off[k], pairs[k][0], (a, b)))
    out.sort(reverse=True)
    return [(y, part) for n, (off, y, part) in enumerate(out) if off > ACCEPT or n < 2]


def build(solve, span, masses, standard, mapper=map, note=None, checks=40, seed=1):
    """Return a :class:`Table` over masses and lifetimes.

    Parameters
    ----------
    solve : callable
        ``solve((mass, y))`` returns the quantities, nan where a solver failed.
    span : callable
        ``span(mass)``: range of ln(lifetime) asked for.
    masses : (float, float) or float
        MeV.
    standard : ndarray
        The quantities without the relic.
    mapper : callable
        Like the built-in map.
    note : callable, optional
        Called with (share of the work that is finished, roughly; solutions so far).
    checks : int
        Random points, uniform in ln(mass) and ln(lifetime), that measure the error.
    """
    count = 0

    def run(points):
        nonlocal count
        count += len(points)
        out = np.array(list(mapper(solve, points)))
        if note is not None:
            note(done, count)
        return out

    def column(mass, *others):
        ends = np.array([span(m) for m in (mass, *others)])
        return build_column(run, mass, ends[:, 0].min(), ends[:, 1].max(), standard)

    done = 0.0
    if np.ndim(masses) == 0:
        table = Table([column(float(masses))], [], standard)
        done = 1.0
        return _measured(table, span, run, checks, seed, count)
    low, high = masses
    n = max(1, int(np.ceil(np.log(high / low) / MASS_STEP)))
    grid = np.geomspace(low, high, n + 1)
    grid[0], grid[-1] = low, high
    columns = []
    for i, m in enumerate(grid):
        columns.append(column(m, *grid[max(0, i - 1):i + 2]))
        done = 0.5 * len(columns) / len(grid)
    state = dict.fromkeys(zip(grid[:-1], grid[1:]))  # of a cell: None, or its closed ranges
    while True:
        columns.sort(key=lambda c: c.mass)
        mass = [c.mass for c in columns]
        cells = list(zip(mass[:-1], mass[1:]))
        table = Table(columns, [state[c] or [] for c in cells], standard)
        todo = [(i, c) for i, c in enumerate(cells) if state[c] is None]
        finished = sum(np.log(b / a) for a, b in cells if state[a, b] is not None)
        done = 0.5 + 0.5 * finished / np.log(high / low)
        if not todo:
            break
        asked = []
        for i, (a, b) in todo:
            middle = float(np.sqrt(a * b))
            asked.append((middle, _places(table, i, span(middle))))
        exact = iter(run([(m, y) for m, places in asked for y, _ in places]))
        fresh = []
        for (_, (a, b)), (m, places) in zip(todo, asked):
            failed = []
            for y, part in places:
                guess, truth = table.at(m, y), next(exact)
                if guess is None or not deviation(guess, truth, standard) <= ACCEPT:
                    failed.append(part)
            if failed and np.log(b / a) > 2.0 * MASS_SMALLEST:
                fresh.append((a, m, b))
                del state[a, b]
                state[a, m] = state[m, b] = None
            else:
                state[a, b] = failed
        columns = columns + [column(m, a, b) for a, m, b in fresh]
    return _measured(table, span, run, checks, seed, count)


def _measured(table, span, run, checks, seed, count):
    """Fill in what random direct solutions say of the table."""
    rng = np.random.default_rng(seed)
    low, high = table.masses[0], table.masses[-1]
    mass = low * (high / low) ** rng.random(checks) if high > low else np.full(checks, low)
    y = np.array([a + (b - a) * u for (a, b), u in zip(map(span, mass), rng.random(checks))])
    guess = [table.at(m, v) for m, v in zip(mass, y)]
    inside = [k for k, g in enumerate(guess) if g is not None]
    table.solved = count + len(inside)
    if not inside:
        table.checked = {"points": 0, "direct": 1.0, "worst": np.inf, "rms": np.inf}
        return table
    exact = run([(mass[k], y[k]) for k in inside])
    found = np.array([guess[k] for k in inside])
    off = deviation(found, exact, table.standard)
    table.checked = {
        "points": len(inside),
        "direct": 1.0 - len(inside) / checks,
        "worst": float(off.max()),
        "rms": float(np.sqrt(np.mean(off**2))),
    }
    return table
