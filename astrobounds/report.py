"""What a run writes: pictures, a table of limits and the bibliography, all from its HDF5 file."""

import logging
from pathlib import Path

import numpy as np

from .progress import Progress

log = logging.getLogger("astrobounds")


def perform(run, show=True):
    """Do what is left of a run: scan, sample, then write pictures and tables.

    Parameters
    ----------
    run : astrobounds.config.Run
    show : bool
        Draw progress bars.

    Returns
    -------
    list of str
        What was done, one line per stage; says so when nothing was left to do.

    Raises
    ------
    AstroboundsError
        From any stage; what was finished before is in the run file.
    """
    from .errors import ConfigError
    from .inference.sampler import sample
    from .inference.scan import scan

    try:
        run.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot create the folder {run.output}: {error.strerror}") from None
    path = run.output / "run.h5"
    if path.is_dir():
        raise ConfigError(f"{path} is a folder; move it away or choose another output")
    before = state(path)
    done = []
    grid = chain = None
    if run.scan is not None:
        grid = scan(run.posterior, path=path, pool=run.pool, progress=show, **run.scan)
    if run.sample is not None:
        chain = sample(run.posterior, path, progress=show, **run.sample)
        log.info("%s", chain.diagnosis)
    wanted = ["limits.txt", "references.bib"]
    wanted += ["exclusion.png"] if grid is not None else []
    wanted += ["corner.png"] if chain is not None else []
    missing = [f for f in wanted if not (run.output / f).exists()]
    if before and before == state(path) and not missing:
        return [f"{path}: nothing is left to do"]
    if grid is not None:
        done.append(f"scan: {grid.x.size} x {grid.y.size} points")
    if chain is not None:
        done.append(f"chain: {chain.diagnosis}")
    return [*done, *write(run, grid, chain, show)]


def state(path):
    """Return (epoch) of a run file, or None: whether a stage added anything."""
    from .inference.store import read_run

    return read_run(path)["epoch"] if Path(path).exists() else None


def write(run, grid, chain, show=True):
    """Write the pictures, ``limits.txt`` and ``references.bib``; return what was written."""
    import matplotlib

    matplotlib.use("Agg", force=False)
    import matplotlib.pyplot as plt

    from .references import collect, to_bibtex

    written = []
    with Progress(4, "writing figures and tables", show) as bar:
        if grid is not None:
            ax = grid.plot(title=run.name)
            ax.figure.savefig(run.output / "exclusion.png", dpi=160)
            plt.close(ax.figure)
            written.append("exclusion.png")
        bar.update()
        if chain is not None:
            figure = chain.corner(path=run.output / "corner.png")
            plt.close(figure)
            written.append("corner.png")
        bar.update()
        (run.output / "limits.txt").write_text(limits_table(run, grid, chain), encoding="utf-8")
        written.append("limits.txt")
        bar.update()
        keys = collect(run.posterior.references, "ForemanMackey:2012ig", "ForemanMackey:2016")
        (run.output / "references.bib").write_text(to_bibtex(keys), encoding="utf-8")
        written.append("references.bib")
        bar.update()
    return [f"wrote {run.output / name}" for name in ("run.h5", *written)]


def limits_table(run, grid, chain, cl=0.9):
    """Return the text of the limits: excluded ranges by mass, then the posterior's limits."""
    lines = [f"# {run.name}: limits at {100 * cl:g} % confidence level", "#"]
    lines += [f"# {line}" for line in run.posterior.notes()]
    for flavour, gaps in run.posterior.uncovered().items():
        text = ", ".join(f"{a:.4g}-{b:.4g}" for a, b in gaps) or "none"
        lines.append(f"# masses [MeV] without any laboratory curve for U_{flavour}: {text}")
    if grid is not None:
        lines += ["#", "# Excluded ranges: lnL below that of no particle by more than -ln(1 - CL), which",
                  "# keeps each published limit where it is. '-': open at the end of the grid.",
                  f"# {grid.x_name:>10} {'constraint':<18} {'from ' + grid.y_name:>16} "
                  f"{'to ' + grid.y_name:>16}"]  # fmt: skip
        for x, name, low, high in grid.limits(cl):
            a, b = (f"{v:.4e}" if v is not None else "-" for v in (low, high))
            lines.append(f"{x:>12.5g} {name:<18} {a:>16} {b:>16}")
        failed = int(grid.failed().sum())
        lines.append(f"# grid points where a solver failed: {failed}")
    if chain is not None:
        lines += ["#", f"# Posterior: {chain.diagnosis}", f"# acceptance {chain.acceptance:.2f}"]
        lines.append(f"# {'parameter':<20} {'90 % upper limit':>18}  {'central 90 %':>27}")
        for name in chain.names:
            low, high = chain.credible_region(name, cl)
            lines.append(
                f"  {name:<20} {chain.upper_limit(name, cl):>18.4e}  {low:>13.4e} {high:>13.4e}"
            )
        if run.scan is not None and {run.scan["x"], run.scan["y"]} <= set(chain.names):
            x, y = run.scan["x"], run.scan["y"]
            prior = run.posterior.priors[x]
            low, high = (prior.coordinate(v) for v in prior.support)
            edges = prior.value(np.linspace(low, high, 9))
            lines.append(f"# posterior weight and 90 % upper limit of {y} in bins of {x}")
            for a, b, weight, limit in chain.limits_by(x, y, edges, cl):
                lines.append(f"  {a:>10.4g} {b:>10.4g} {weight:>10.4f} {limit:>14.4e}")
    return "\n".join(lines) + "\n"
