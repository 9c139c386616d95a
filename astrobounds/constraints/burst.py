"""Energy that a particle takes over a cooling history, for constraints that integrate over time."""

import copy

import numpy as np

from ..errors import ConfigError, DomainError
from .temperatures import Temperatures, number


def _history(history, star, time_scale):
    """Return (History, ln T of its stars relative to ``star`` or None if they are its own)."""
    import astropy.units as u

    from ..supernova import History, cooling_history, read_history

    if isinstance(history, History):
        return history, None
    if isinstance(history, str):
        return read_history(history), None
    if history is not None:
        raise ConfigError(f"history = {history!r}: the path of a folder of snapshots, or a History")
    course = cooling_history(star=star, time_scale=time_scale * u.s)
    return course, -(np.array(course.times_s) - 1.0) / (4.0 * time_scale)


class Burst:
    """Integral over a history of a constraint's ``value``, the luminosity of one star.

    Parameters
    ----------
    parent : constraint
        As for :class:`astrobounds.constraints.temperatures.Temperatures`.
    history : None, str or History
        None: the parent's star cooling as T ~ exp(-t/(4 tau)); a folder of snapshots; a history.
    time_scale : float
        tau [s] of the first case.
    window : None or pair of float
        Times [s] between which the integral is taken; all of the history by default.
    scale : float
        Factor on the temperatures of a given history (the parent's star has its own already).

    Raises
    ------
    ConfigError
        For a history or a window that is none, or a window outside the history.
    """

    def __init__(self, parent, history=None, time_scale=4.0, window=None, scale=1.0):
        name = parent.name
        time_scale = number(name, "time_scale", time_scale, 0.1, 100.0)
        self.history, offsets = _history(history, parent.star, time_scale)
        if window is None:
            window = (self.history.times_s[0], self.history.times_s[-1])
        if isinstance(window, str) or np.shape(window) != (2,):
            raise ConfigError(f"{name}: window = {window!r}; two times in s are needed: [1, 10]")
        try:
            self.weights = self.history.weights(*window)
        except DomainError as error:
            raise ConfigError(f"{name}: {error}") from None
        self.window = tuple(float(t) for t in window)
        if offsets is None:
            self._offsets = np.full(len(self.history.stars), np.log(scale))
            self._stars = []
            for star in self.history.stars:
                child = copy.copy(parent)
                child.star = star
                self._stars.append(Temperatures(child))
        else:
            self._offsets = offsets
            self._stars = [Temperatures(parent)]

    @property
    def error(self):
        """Largest error of ln L that the tables state, or None."""
        return max((s.error for s in self._stars if s.error is not None), default=None)

    def forget(self):
        """Drop the tables."""
        for stars in self._stars:
            stars.forget()

    def prepare(self, region, mapper, show, low, high):
        """Build the tables of every star for ln T from ``low`` to ``high`` around its own."""
        offsets = self._offsets[self.weights > 0.0]
        for stars in self._stars:
            stars.prepare(region, mapper, show, low + offsets.min(), high + offsets.max())

    def _parts(self):
        shared = len(self._stars) == 1
        for k, (weight, offset) in enumerate(zip(self.weights, self._offsets)):
            if weight > 0.0:
                yield weight, offset, self._stars[0 if shared else k]

    def value(self, model, x):
        """Return the energy [erg] of a model at ln T = ``x`` relative to the history's own."""
        return sum(w * stars.value(model, x + offset) for w, offset, stars in self._parts())

    def direct(self, model):
        """Return the energy [erg] from direct solutions."""
        return sum(w * stars.at(offset).value(model) for w, offset, stars in self._parts())
