"""The command line: each command is a thin call of the library."""

import argparse
import logging
import sys

from . import __version__
from .errors import AstroboundsError, ConfigError

EXIT_BAD_INPUT = 2
LONGEST = 1000  # characters of a message


def _parser():
    parser = argparse.ArgumentParser(
        prog="astrobounds",
        description="What supernovae, laboratories and the early Universe say about a new particle.",
    )
    parser.add_argument("--version", action="version", version=f"astrobounds {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def add(name, function, text):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(function=function)
        return sub

    run = add("run", _run, "compute everything a run file asks for; goes on where it was")
    run.add_argument("file", help="run file (YAML)")
    run.add_argument("-o", "--output", help="folder of the results")
    run.add_argument("-q", "--quiet", action="store_true", help="no progress bars")
    run.add_argument("--dask", metavar="ADDRESS",
                     help="compute on a Dask cluster: tcp://host:8786, or its scheduler file")  # fmt: skip
    point = add("point", _point, "print every prediction at one model point")
    point.add_argument("file", help="run file (YAML)")
    point.add_argument("--json", action="store_true", help="print JSON")
    point.add_argument("values", nargs="+", metavar="name=value",
                       help='for instance mass="200 MeV" mixing.tau=1e-8')  # fmt: skip
    check = add("check", _check, "validate a run file, print each lnL and its time, run nothing")
    check.add_argument("file")
    plot = add("plot", _plot, "redraw figures and tables from a finished run")
    plot.add_argument("file", help="run file (YAML)")
    plot.add_argument("-o", "--output", help="folder of the results")
    report = add("report", _report, "print the limits and assumptions of a finished run")
    report.add_argument("file", help="run file (YAML)")
    report.add_argument("-o", "--output", help="folder of the results")
    report.add_argument("--html", metavar="FILE", help="write one self-contained page instead")
    limits = add("limits", _limits, "list or export the laboratory curves")
    limits.add_argument("--flavour", help="e, mu or tau")
    limits.add_argument("--kind", help="for instance 'peak search'")
    limits.add_argument("--experiment", help="part of the experiment's name")
    limits.add_argument("--portal", default="mixing", help="mixing (default) or dipole")
    limits.add_argument("--json", action="store_true", help="print JSON")
    limits.add_argument("--export", metavar="FILE", help="write them to a .csv or .ecsv file")
    moves = add("systematics", _systematics, "what moves a supernova bound, by how much")
    moves.add_argument("--portal", default="mixing", choices=("mixing", "dipole"))
    moves.add_argument("--flavour", default="tau", help="e, mu or tau (default)")
    moves.add_argument("--criterion", default="cooling", help="cooling (default) or deposition")
    moves.add_argument("--masses", default="10,50,100,200", help="in MeV, separated by commas")
    moves.add_argument("--nature", help="dirac or majorana")
    moves.add_argument("-o", "--output", metavar="FILE", help="draw the band to a picture")
    moves.add_argument("-q", "--quiet", action="store_true", help="no progress bar")
    cite = add("cite", _cite, "print the BibTeX of everything a run file uses")
    cite.add_argument("file")
    cite.add_argument("-o", "--output", help="write it to a file")
    return parser


def _run(args):
    from dataclasses import replace

    from .config import load
    from .report import perform

    run = load(args.file, args.output)
    if args.dask:
        run = replace(run, pool=f"dask:{args.dask}")
    names = ", ".join(c.name for c in run.posterior.constraints)
    stages = [s for s, wanted in (("scan", run.scan), ("sample", run.sample)) if wanted is not None]
    print(f"{run.name}: {run.posterior.model.__name__} with {names}; {' and '.join(stages) or 'figures'}")
    for line in perform(run, show=not args.quiet):
        print(line)


def _point(args):
    from .config import load

    run = load(args.file)
    summary = run.posterior.summary(**_point_arguments(run.posterior, args.values))
    if args.json:
        from .page import to_json

        print(to_json(summary.to_dict()))
    else:
        print(summary)


def _point_arguments(posterior, texts):
    """Return keyword arguments of ``summary`` from ``name=value`` texts."""
    from .config import quantity
    from .errors import did_you_mean

    allowed = [*posterior.model.parameter_names, *posterior.nuisance_names]
    arguments, values = {}, {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ConfigError(f"'{text}': write name=value, for instance mixing.tau=1e-8")
        if name not in allowed or name in values:
            twice = "is given twice" if name in values else f"is unknown{did_you_mean(name, allowed)}"
            raise ConfigError(f"parameter '{name}' {twice}; allowed: {', '.join(allowed)}")
        try:
            values[name] = float(value)
        except ValueError:
            values[name] = quantity(value, name)
    for name, value in values.items():
        group, dot, flavour = name.partition(".")
        if dot:
            arguments.setdefault(group, {})[flavour] = value
        else:
            arguments[name] = value
    return arguments


def _check(args):
    from .config import load
    from .report import check_output

    run = load(args.file)
    posterior = run.posterior
    print(f"{args.file}: valid; {posterior.ndim} parameters: {', '.join(posterior.names)}")
    for line in _timed(posterior):
        print(line)
    for flavour, gaps in posterior.uncovered().items():
        if gaps:
            text = ", ".join(f"{a:.4g}-{b:.4g}" for a, b in gaps)
            print(f"  no laboratory curve for U_{flavour} at {text} MeV")
    for stage in ("scan", "sample"):
        if getattr(run, stage) is not None:
            print(f"  {stage}: {getattr(run, stage)}")
    check_output(run)
    print(f"  results go to {run.output}/")


def _timed(posterior):
    """Yield lnL at the center of the priors and the time of a fresh point, constraint by constraint.

    Raises
    ------
    ConfigError
        Where a constraint raises or returns what is no lnL: it would at every point.
    """
    import time
    import warnings

    from .inference.evaluation import attempt, point_text

    def at(q):
        values = {n: float(posterior.priors[n].ppf(q)) for n in posterior.names}
        return values, *posterior.point(values)

    values, model, nuisances = at(0.5)
    yield f"at the center of the priors, {model!r}:"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for constraint in posterior.constraints:
            value, wrong = attempt(constraint, model, nuisances, posterior.time_limit)
            if wrong and not wrong[1].startswith("took longer"):
                raise ConfigError(f"constraint '{constraint.name}' at {point_text(values)}: {wrong[1]}")
            _, fresh, others = at(0.4871)  # not the point whose results may be kept
            start = time.perf_counter()
            attempt(constraint, fresh, others, posterior.time_limit)
            took = time.perf_counter() - start
            yield f"  {constraint.name:<20} lnL = {value:.6g}   {1e3 * took:.3f} ms"
            if wrong:
                yield f"      {wrong[1]}"
            if hasattr(constraint, "describe"):
                yield from (f"      {line}" for line in constraint.describe())


def _results(args):
    """Return (run, scan or None, chain or None) of a finished run; nothing is written or locked."""
    from .config import load
    from .inference.result import Chain
    from .inference.scan import check_scan, read_scan
    from .inference.store import check_fingerprint, read_run

    run = load(args.file, args.output)
    path = run.output / "run.h5"
    content = read_run(path)
    check_fingerprint(path, content["fingerprint"], run.posterior.fingerprint())
    grid = chain = None
    if run.scan is not None and "scan/table" in content["arrays"]:
        check_scan(run.posterior, **run.scan).check_stored(path, content["attrs"])
        grid = read_scan(content["arrays"], content["attrs"], run.posterior, path)
    if "mcmc/chain" in content["arrays"]:
        chain = Chain.from_store(content["arrays"], content["attrs"], run.posterior)
    if grid is None and chain is None:
        raise ConfigError(f"{path} holds neither a scan nor a chain yet: run it first")
    return run, grid, chain


def _plot(args):
    from .report import write

    for line in write(*_results(args), show=False):
        print(line)


def _report(args):
    from .report import bibliography, limits_table, pictures

    run, grid, chain = _results(args)
    if args.html:
        import matplotlib

        matplotlib.use("Agg", force=False)
        from .inference.atomic import write_whole
        from .page import write_page

        drawn = {name: draw() for name, draw in pictures(run, grid, chain).items()}
        write_whole(args.html, write_page(run, grid, chain, drawn, bibliography(run)))
        print(f"wrote {args.html}")
        return
    print(limits_table(run, grid, chain), end="")
    if chain is not None:
        print(chain.summary())


def _limits(args):
    from .lab import export, limits

    curves = limits(flavour=args.flavour, kind=args.kind, experiment=args.experiment,
                    portal=args.portal)  # fmt: skip
    if args.export:
        export(curves, args.export)
        print(f"wrote {len(curves)} curves to {args.export}")
        return
    if args.json:
        from .page import to_json

        print(to_json([_curve(c) for c in curves]))
        return
    print(f"{'name':<32} {'CL':>5} {'U or d':<10} {'nature':<9} {'mass range [MeV]':<22} kind")
    for c in curves:
        low, high = c.range_mev
        print(f"{c.name:<32} {c.cl:>5.2f} {c.flavour:<10} {c.nature:<9} "
              f"{f'{low:.4g} - {high:.4g}':<22} {c.kind}")  # fmt: skip
    print(f"{len(curves)} curves")


def _curve(curve):
    """Return a curve as plain data."""
    from dataclasses import fields

    names = [f.name for f in fields(curve) if f.name not in ("mass_mev", "values", "edge")]
    return {
        **{n: getattr(curve, n) for n in names}, "mass_mev": curve.mass_mev, "limit": curve.values,
        "edge": curve.edge, "unit": "1 / GeV" if curve.portal == "dipole" else "",
    }  # fmt: skip


def _systematics(args):
    import astropy.units as u

    from . import HNL, DipoleHNL
    from .supernova import systematics

    try:
        masses = [float(m) for m in args.masses.split(",")] * u.MeV
    except ValueError:
        raise ConfigError(f"--masses {args.masses}: write MeV as in 10,50,100,200") from None
    result = systematics(
        HNL if args.portal == "mixing" else DipoleHNL, args.flavour, masses,
        criterion=args.criterion, nature=args.nature, progress=not args.quiet,
    )  # fmt: skip
    print(result.table())
    if args.output:
        result.plot().figure.savefig(args.output, dpi=150)
        print(f"wrote {args.output}")


def _cite(args):
    from .config import load
    from .report import bibliography

    text = bibliography(load(args.file))
    if args.output:
        from .inference.atomic import write_whole

        write_whole(args.output, text)
    else:
        print(text)


def _say(text):
    """Print one line to the standard error stream, if there is one: no control characters, not endless."""
    line = "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
    if len(line) > LONGEST:
        line = line[: LONGEST - 60] + " [...] " + line[-50:]
    if sys.stderr is not None:
        print(line, file=sys.stderr)


def main(argv=None):
    """Run the command line; returns the exit code (2 for bad input, one sentence on stderr)."""
    for stream in (sys.stdout, sys.stderr):  # a name the terminal cannot show is no reason to end
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    args = _parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        args.function(args)
    except AstroboundsError as error:
        _say(f"astrobounds: {error}")
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        _say("astrobounds: stopped; run again to go on")
        return 130
    except BrokenPipeError:
        return 0
    except MemoryError:
        _say("astrobounds: out of memory; what was computed is kept, run again to go on")
        return EXIT_BAD_INPUT
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        reason = error.strerror or error
        _say(f"astrobounds: {reason}{where}; what was computed is kept, mend it and run again")
        return EXIT_BAD_INPUT
    return 0


if __name__ == "__main__":
    sys.exit(main())
