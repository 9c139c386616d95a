"""Theory covariance of the light elements: the published widths of the nuclear rates propagated."""

from dataclasses import dataclass

import numpy as np

from .abundances import bbn
from .nuclear.run import run_network

OBSERVABLES = ("Yp", "DH", "He3H", "Li7H")


@dataclass(frozen=True, eq=False)
class TheoryCovariance:
    """Covariance of Y_p, D/H, He3/H and Li7/H from rates (and the neutron lifetime).

    Attributes
    ----------
    mean : ndarray, shape (4,)
        The abundances at the median rates, in the order of ``observables``.
    shifts : dict
        Source ("tau_n" or a reaction) to the change of ln(abundance) by one standard deviation,
        shape (4,).
    references : tuple of str
    """

    mean: np.ndarray
    shifts: dict
    references: tuple
    observables = OBSERVABLES

    @property
    def log_covariance(self):
        """Covariance of the logarithms, shape (4, 4): sources are independent."""
        rows = np.array(list(self.shifts.values())).reshape(-1, 4)
        return rows.T @ rows

    @property
    def covariance(self):
        """Covariance of the abundances, shape (4, 4)."""
        return self.log_covariance * np.outer(self.mean, self.mean)

    @property
    def sigma(self):
        """Standard deviations as a dict."""
        return dict(zip(OBSERVABLES, np.sqrt(np.diag(self.covariance))))

    @property
    def correlation(self):
        """Correlation matrix, shape (4, 4)."""
        width = np.sqrt(np.diag(self.log_covariance))
        return self.log_covariance / np.outer(width, width)

    def budget(self, observable="DH"):
        """Return the sources and their fractional shifts of one abundance, largest first."""
        i = OBSERVABLES.index(observable)
        rows = {name: float(shift[i]) for name, shift in self.shifts.items()}
        return dict(sorted(rows.items(), key=lambda item: -abs(item[1])))


def theory_covariance(model=None, *, sigma_tau_n=None, **options):
    """Propagate the one-standard-deviation widths of all rates of a network.

    Parameters
    ----------
    model, options
        The point, as in :func:`astrobounds.cosmology.bbn` (omega_b, tau_n, rates, network, ...).
    sigma_tau_n : Quantity, optional
        Uncertainty of the neutron lifetime to include, for instance ``0.5*u.s``.

    Returns
    -------
    TheoryCovariance

    Raises
    ------
    DomainError, ConfigError, ConvergenceError
        As for :func:`astrobounds.cosmology.bbn`.

    Notes
    -----
    The shift by a source is half the difference between +1 and -1 standard deviation of its rate
    (of its logarithm at each temperature); other shifts by ``nuisance`` stay as given.
    """
    from ..units import time_s

    centre = bbn(model, **options)
    given = dict(options.get("nuisance") or {})

    def logs(change=None, slower=1.0):
        weak = centre.weak_np / slower, centre.weak_pn / slower
        nuisance = {**given, **{name: given.get(name, 0.0) + p for name, p in (change or {}).items()}}
        run = run_network(centre.network, centre.background, centre.eta, *weak, nuisance)
        return np.log(centre.yields(run))

    shifts = {}
    if sigma_tau_n is not None:
        step = time_s(sigma_tau_n, "sigma_tau_n") / centre.tau_n
        shifts["tau_n"] = 0.5 * (logs(slower=1.0 + step) - logs(slower=1.0 - step))
    for evaluation in centre.network.evaluations:
        if float(evaluation.sigma(1.0)) > 0.0:
            name = evaluation.reaction
            shifts[name] = 0.5 * (logs({name: 1.0}) - logs({name: -1.0}))
    mean = np.array([centre.Yp, centre.DH, centre.He3H, centre.Li7H])
    return TheoryCovariance(mean, shifts, centre.network.references)
