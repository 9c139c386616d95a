"""What a run writes: pictures, a table of limits and the bibliography, all from its HDF5 file."""

import io
import logging
import os
from pathlib import Path

import numpy as np

from .inference.atomic import write_whole
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
    from .inference.cluster import opened
    from .inference.scan import scan

    check_output(run)
    try:
        run.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot create the folder {run.output}: {error.strerror}") from None
    path = run.output / "run.h5"
    before = state(path)
    done = []
    grid = chain = None
    with opened(run.pool) as pool:
        if run.scan is not None:
            grid = scan(run.posterior, path=path, pool=pool, progress=show, **run.scan)
        if run.sample is not None:
            chain = _chain(run, path, pool, show)
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


def _chain(run, path, pool, show):
    """Sample, then compare with direct solutions if the run file wants that: once per chain."""
    from dataclasses import replace

    from .inference.sampler import sample
    from .inference.store import RunFile, parsed

    options = {k: v for k, v in run.sample.items() if k != "direct"}
    chain = sample(run.posterior, path, pool=pool, progress=show, **options)
    log.info("%s", chain.diagnosis)
    points = run.sample.get("direct", 0)
    if not points:
        return chain
    which = [points, *chain.log_prob.shape]
    with RunFile(path, run.posterior.fingerprint()) as file:
        if parsed(file.attrs.get("solvers", {})).get("which") != which:
            check = chain.against_solvers(points, pool=pool, progress=show)
            chain = replace(chain, solver_check=check)
            file.attrs["solvers"] = {"which": which, "check": check.to_dict()}
            file.checkpoint()
    return chain


def check_output(run):
    """Raise what :func:`perform` would find wrong with the folder of results.

    Raises
    ------
    ConfigError
        If it cannot be written.
    DataError
        If it holds results of another configuration, or damaged ones.
    """
    from .errors import ConfigError
    from .inference.sampler import check_chain
    from .inference.scan import check_scan
    from .inference.store import check_fingerprint, read_run

    folder = run.output
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise ConfigError(f"cannot create the folder {run.output}: {folder} is no folder")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigError(f"cannot write in {folder}: permission denied")
    path = run.output / "run.h5"
    if path.is_dir():
        raise ConfigError(f"{path} is a folder; move it away or choose another output")
    if not path.exists():
        return
    content = read_run(path)
    check_fingerprint(path, content["fingerprint"], run.posterior.fingerprint())
    if run.scan is not None:
        check_scan(run.posterior, **run.scan).check_stored(path, content["attrs"])
    if run.sample is not None:
        check_chain(path, content["attrs"], run.sample.get("walkers", 64), run.sample.get("seed", 1))


def state(path):
    """Return (epoch) of a run file, or None: whether a stage added anything."""
    from .inference.store import read_run

    return read_run(path)["epoch"] if Path(path).exists() else None


def write(run, grid, chain, show=True):
    """Write the pictures, ``limits.txt`` and ``references.bib``; return what was written."""
    import matplotlib

    matplotlib.use("Agg", force=False)
    import matplotlib.pyplot as plt

    written = []
    with Progress(4, "writing figures and tables", show) as bar:
        for name, draw in pictures(run, grid, chain).items():
            write_whole(run.output / name, draw())
            plt.close("all")
            written.append(name)
            bar.update(2 if len(written) == 1 and (grid is None or chain is None) else 1)
        write_whole(run.output / "limits.txt", limits_table(run, grid, chain))
        written.append("limits.txt")
        bar.update()
        write_whole(run.output / "references.bib", bibliography(run))
        written.append("references.bib")
        bar.update()
    return [f"wrote {run.output / name}" for name in ("run.h5", *written)]


def pictures(run, grid, chain):
    """Return ``{file name: function that returns PNG bytes}`` of what there is to draw."""

    def png(figure, **options):
        data = io.BytesIO()
        figure.savefig(data, format="png", **options)
        return data.getvalue()

    out = {}
    if grid is not None:
        out["exclusion.png"] = lambda: png(grid.plot(title=run.name).figure, dpi=160)
    if chain is not None:
        out["corner.png"] = lambda: png(chain.corner(), dpi=150)
    return out


def bibliography(run):
    """Return the BibTeX of everything a run uses; keys of a user's own are listed."""
    from .references import collect, known_keys, to_bibtex

    keys = collect(run.posterior.references, "ForemanMackey:2012ig", "ForemanMackey:2016")
    own = [k for k in keys if k not in known_keys()]
    text = to_bibtex([k for k in keys if k not in own])
    return text + "".join(f"\n% no entry for {key}: add your own\n" for key in own)


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
        failures, absent = grid.notes["failures"], int(np.sum(grid.absent))
        lines.append(f"# grid points where a constraint failed: {int(grid.failed().sum()) - absent}")
        lines.append(f"# grid points where the model does not exist: {absent}")
        lines += [f"#   {line}" for line in failures.summary()]
        if grid.all_excluded:
            lines.append("# warning: every point of the scan is excluded")
    if chain is not None:
        lines += ["#", "# Posterior:", *(f"# {line}" for line in str(chain.convergence()).splitlines())]
        lines += [f"# warning: {line}" for line in chain.warnings]
        if chain.solver_check is not None:
            lines += [f"# {line}" for line in chain.solver_check.lines()]
        lines.append(f"# {'parameter':<20} {'90 % upper limit':>18}  {'central 90 %':>27}  prior")
        for name in chain.names:
            low, high = chain.credible_region(name, cl)
            limit = chain.limit(name, cl)
            lines.append(
                f"  {name:<20} {limit.value:>18.4e}  {low:>13.4e} {high:>13.4e}  {limit.prior}"
            )
        lines += _other_priors(run, chain, cl)
        if run.scan is not None and {run.scan["x"], run.scan["y"]} <= set(chain.names):
            x, y = run.scan["x"], run.scan["y"]
            prior = run.posterior.priors[x]
            low, high = (prior.coordinate(v) for v in prior.support)
            edges = prior.value(np.linspace(low, high, 9))
            lines.append(f"# posterior weight and 90 % upper limit of {y} in bins of {x}")
            for a, b, weight, limit in chain.limits_by(x, y, edges, cl):
                lines.append(f"  {a:>10.4g} {b:>10.4g} {weight:>10.4f} {limit:>14.4e}")
    return "\n".join(lines) + "\n"


def _other_priors(run, chain, cl):
    """Return lines that say how the limits of couplings move with their prior."""
    lines = []
    for name in chain.names:
        if name not in run.posterior.coupling_names or not chain.values(name).min() > 0.0:
            continue
        lines.append(f"# the same limit of {name} with other priors on its range, by reweighting")
        for words, limit in chain.prior_dependence(name, cl).items():
            few = "  (too few samples)" if limit.effective < 100.0 else ""
            lines.append(f"  {words:<44} {limit.value:>14.4e} {limit.effective:>9.0f} effective{few}")
    return lines
