"""Has a chain converged? Autocorrelation, split R-hat, effective sample size, acceptance."""

from dataclasses import dataclass

import numpy as np

R_HAT_LIMIT = 1.01
LENGTH = 50  # autocorrelation times of a chain whose estimate of them can be trusted


def autocorrelation_times(chain):
    """Return the integrated autocorrelation time of every parameter; inf where it is undefined.

    Parameters
    ----------
    chain : ndarray, shape (steps, walkers, ndim)
        The first quarter is left out.

    Returns
    -------
    ndarray, shape (ndim,)
    """
    import emcee

    kept = chain[len(chain) // 4 :]
    if len(kept) < 16:
        return np.full(chain.shape[-1], np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        tau = emcee.autocorr.integrated_time(kept, tol=0, quiet=True)
    return np.where(np.isfinite(tau), tau, np.inf)


def autocorrelation(chain):
    """Return the largest integrated autocorrelation time over parameters; inf if it is undefined."""
    return float(np.max(autocorrelation_times(chain)))


def split_r_hat(chain):
    """Return the rank-normalised split R-hat of every parameter.

    Every walker is cut in two halves; R-hat compares the variance between these pieces with that
    inside them and is 1 when they agree. Walkers that sit in different modes, or a drift, raise it.

    Parameters
    ----------
    chain : ndarray, shape (steps, walkers, ndim)

    Returns
    -------
    ndarray, shape (ndim,)
        nan for fewer than eight steps.

    References
    ----------
    arXiv:1903.08008, section 4.
    """
    from scipy.stats import norm, rankdata

    half = len(chain) // 2
    if half < 4:
        return np.full(chain.shape[-1], np.nan)
    pieces = np.concatenate([chain[:half], chain[half : 2 * half]], axis=1)
    out = []
    for x in np.moveaxis(pieces, -1, 0):
        z = norm.ppf((rankdata(x).reshape(x.shape) - 0.375) / (x.size + 0.25))
        inside = z.var(axis=0, ddof=1).mean()
        between = z.mean(axis=0).var(ddof=1)
        ratio = (half - 1) / half + between / inside if inside > 0.0 else np.inf
        out.append(np.sqrt(ratio))
    return np.array(out)


@dataclass(frozen=True)
class Convergence:
    """What says whether a chain is long enough; ``str`` makes a table.

    Attributes
    ----------
    names : tuple of str
    steps, walkers, burn_in : int
    tau, r_hat, effective : ndarray, shape (ndim,)
        Autocorrelation time in steps, rank-normalised split R-hat, effective sample size after
        burn-in.
    acceptance : float
    acceptance_worst : float
        That of the walker that moved least.
    moves : dict of str -> (accepted, proposed)
    """

    names: tuple
    steps: int
    walkers: int
    burn_in: int
    tau: np.ndarray
    r_hat: np.ndarray
    effective: np.ndarray
    acceptance: float
    acceptance_worst: float
    moves: dict

    @property
    def worries(self):
        """Sentences on what is not as it should be; empty for a chain that can be used."""
        out = []
        longest = float(np.max(self.tau))
        if not np.isfinite(longest) or self.steps < LENGTH * longest:
            times = self.steps / longest if np.isfinite(longest) else 0.0
            out.append(
                f"{self.steps} steps are only {times:.0f} autocorrelation times, {LENGTH} are needed"
            )
        bad = [f"{n} {r:.3f}" for n, r in zip(self.names, self.r_hat) if not r < R_HAT_LIMIT]
        if bad:
            out.append(f"split R-hat above {R_HAT_LIMIT:g}: {', '.join(bad)}; walkers disagree")
        if self.acceptance_worst < 0.02:
            worst = 100 * self.acceptance_worst
            out.append(f"a walker accepted only {worst:.1f} % of its proposals: it is stuck")
        return out

    def to_dict(self):
        """Return everything as plain numbers, for JSON."""
        return {
            "steps": self.steps, "walkers": self.walkers, "burn_in": self.burn_in,
            "acceptance": self.acceptance, "acceptance_worst": self.acceptance_worst,
            "moves": {n: list(v) for n, v in self.moves.items()},
            "parameters": {
                n: {"tau": float(t), "r_hat": float(r), "effective": float(e)}
                for n, t, r, e in zip(self.names, self.tau, self.r_hat, self.effective)
            },
            "worries": self.worries,
        }  # fmt: skip

    def __str__(self):
        lines = [
            f"{self.walkers} walkers, {self.steps} steps, {self.burn_in} dropped; acceptance "
            f"{self.acceptance:.2f}, worst walker {self.acceptance_worst:.2f}"
        ]
        used = [f"{n} {a / p:.2f}" for n, (a, p) in self.moves.items() if p]
        lines += [f"acceptance by move: {', '.join(used)}"] if used else []
        lines.append(f"{'parameter':<20} {'tau [steps]':>12} {'split R-hat':>12} {'effective samples':>18}")
        for name, tau, r, n in zip(self.names, self.tau, self.r_hat, self.effective):
            lines.append(f"{name:<20} {tau:>12.1f} {r:>12.4f} {n:>18.0f}")
        lines += [f"warning: {w}" for w in self.worries] or ["nothing speaks against convergence"]
        return "\n".join(lines)


def convergence(chain, names, burn_in, accepted, moves=None):
    """Return :class:`Convergence` of a chain.

    Parameters
    ----------
    chain : ndarray, shape (steps, walkers, ndim)
    names : sequence of str
    burn_in : int
        Steps dropped for R-hat and the effective sample size.
    accepted : ndarray, shape (walkers,)
        Accepted proposals of every walker.
    moves : mapping, optional
        ``{move: (accepted, proposed)}``.
    """
    steps, walkers, _ = chain.shape
    tau = autocorrelation_times(chain)
    kept = chain[burn_in:]
    share = np.asarray(accepted, dtype=float) / max(steps, 1)
    return Convergence(
        tuple(names), steps, walkers, int(burn_in), tau, split_r_hat(kept),
        len(kept) * walkers / tau, float(share.mean()), float(share.min()), dict(moves or {}),
    )  # fmt: skip
