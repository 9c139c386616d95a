"""emcee's memory backend over a run file: every step is journaled before it counts."""

import numpy as np

from ..errors import DataError
from .evaluation import Failures
from .store import parsed, shaped


def journal_backend(run, posterior, moves):
    """Return an emcee backend in memory whose every step is first written to the run's journal.

    The HDF5 checkpoint has the layout of ``emcee.backends.HDFBackend`` (group ``mcmc``), so that
    emcee and its users' tools read it; emcee's own backend writes in place, which a kill can tear.
    A record holds what the step added to the posterior's failures and the tally of the moves.
    """
    from emcee.backends import Backend

    class JournalBackend(Backend):
        log = Failures()

        def save_step(self, state, accepted):
            rng = state.random_state
            new = posterior.failures.take()
            self.log.extend(new)
            run.append(
                "step",
                {"rng": [rng[0], int(rng[2]), int(rng[3]), float(rng[4])],
                 "failures": new.to_dict() if new else {}, "moves": tally(moves)},
                coords=np.asarray(state.coords, dtype=float),
                log_prob=np.asarray(state.log_prob, dtype=float),
                accepted=np.asarray(accepted, dtype=bool),
                keys=np.asarray(rng[1]),
            )  # fmt: skip
            super().save_step(state, accepted)

    return JournalBackend()


class Counted:
    """A move of emcee that counts its proposals."""

    def __init__(self, name, move):
        self.name, self.move, self.accepted, self.proposed = name, move, 0, 0

    def propose(self, model, state):
        """Propose with the move itself."""
        state, accepted = self.move.propose(model, state)
        self.accepted += int(np.sum(accepted))
        self.proposed += len(accepted)
        return state, accepted

    def tune(self, state, accepted):
        """Tune the move itself."""
        self.move.tune(state, accepted)


def tally(moves):
    """Return ``{move: [accepted, proposed]}``."""
    return {m.name: [m.accepted, m.proposed] for m in moves}


def restore(run, backend, moves, walkers, ndim):
    """Fill a backend from checkpoint and journal."""
    backend.reset(walkers, ndim)
    attrs = parsed(run.attrs.get("mcmc", {}))
    pieces, accepted, state = [], np.zeros(walkers), None
    if "mcmc/chain" in run.arrays:
        chain = shaped(run.arrays, "mcmc/chain", (None, walkers, ndim), run.path)
        pieces.append((chain, shaped(run.arrays, "mcmc/log_prob", (len(chain), walkers), run.path)))
        accepted = shaped(run.arrays, "mcmc/accepted", (walkers,), run.path)
    if "random_state_1" in attrs:
        state = tuple(attrs[f"random_state_{i}"] for i in range(5))
    counted = attrs.get("moves", {})
    backend.log = Failures.from_dict(attrs.get("failures", {}))
    for meta, arrays in run.pending("step"):
        if arrays["coords"].shape != (walkers, ndim):
            raise DataError(f"{run.path}: its journal holds steps of another shape; move it away")
        pieces.append((arrays["coords"][None], arrays["log_prob"][None]))
        accepted = accepted + arrays["accepted"]
        name, position, has_gauss, gauss = meta["rng"]
        state = (name, arrays["keys"], position, has_gauss, gauss)
        counted = meta.get("moves", counted)
        backend.log.extend(Failures.from_dict(meta.get("failures", {})))
    for move in moves:
        move.accepted, move.proposed = counted.get(move.name, (0, 0))
    if not pieces:
        return
    backend.chain = np.concatenate([p[0] for p in pieces])
    backend.log_prob = np.concatenate([p[1] for p in pieces])
    backend.iteration = len(backend.chain)
    backend.accepted = accepted
    if state is not None:
        backend.random_state = (str(state[0]), np.asarray(state[1]), int(state[2]), int(state[3]),
                                float(state[4]))  # fmt: skip
    backend.initialized = True


def keep(run, backend, posterior, extra):
    """Put the chain into the run file in emcee's layout."""
    import emcee

    n = backend.iteration
    if n:
        run.arrays["mcmc/chain"] = backend.chain[:n]
        run.arrays["mcmc/log_prob"] = backend.log_prob[:n]
        run.arrays["mcmc/accepted"] = np.asarray(backend.accepted, dtype=float)
    attrs = {
        "version": emcee.__version__, "nwalkers": backend.nwalkers, "ndim": backend.ndim,
        "has_blobs": False, "iteration": n, "names": list(posterior.names),
        "labels": posterior.labels(), "failures": backend.log.to_dict(), **extra,
    }  # fmt: skip
    if backend.random_state is not None:
        attrs.update({f"random_state_{i}": v for i, v in enumerate(backend.random_state)})
    run.attrs["mcmc"] = attrs
