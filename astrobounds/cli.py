"""The command line: each command is a thin call of the library."""

import argparse
import logging
import sys

from . import __version__
from .errors import AstroboundsError, ConfigError

EXIT_BAD_INPUT = 2


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
    point = add("point", _point, "print every prediction at one model point")
    point.add_argument("file", help="run file (YAML)")
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
    limits = add("limits", _limits, "list or export the laboratory curves")
    limits.add_argument("--flavour", help="e, mu or tau")
    limits.add_argument("--kind", help="for instance 'peak search'")
    limits.add_argument("--experiment", help="part of the experiment's name")
    limits.add_argument("--portal", default="mixing", help="mixing (default) or dipole")
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
    from .config import load
    from .report import perform

    run = load(args.file, args.output)
    names = ", ".join(c.name for c in run.posterior.constraints)
    stages = [s for s, wanted in (("scan", run.scan), ("sample", run.sample)) if wanted is not None]
    print(f"{run.name}: {run.posterior.model.__name__} with {names}; {' and '.join(stages) or 'figures'}")
    for line in perform(run, show=not args.quiet):
        print(line)


def _point(args):
    from .config import load

    run = load(args.file)
    print(run.posterior.summary(**_point_arguments(run.posterior, args.values)))


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
    import warnings

    from .config import load

    run = load(args.file)
    posterior = run.posterior
    values = {n: posterior.priors[n].center for n in posterior.names}
    model, nuisances = posterior.point(values)
    print(f"{args.file}: valid; {posterior.ndim} parameters: {', '.join(posterior.names)}")
    print(f"at the center of the priors, {model!r}:")
    import time

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for constraint in posterior.constraints:
            constraint.loglike(model, nuisances)  # compiles
            start = time.perf_counter()
            value = constraint.loglike(model, nuisances)
            took = time.perf_counter() - start
            print(f"  {constraint.name:<20} lnL = {value:.6g}   {1e3 * took:.3f} ms")
            if hasattr(constraint, "describe"):
                for line in constraint.describe():
                    print(f"      {line}")
    for flavour, gaps in posterior.uncovered().items():
        if gaps:
            text = ", ".join(f"{a:.4g}-{b:.4g}" for a, b in gaps)
            print(f"  no laboratory curve for U_{flavour} at {text} MeV")
    for stage in ("scan", "sample"):
        if getattr(run, stage) is not None:
            print(f"  {stage}: {getattr(run, stage)}")
    print(f"  results go to {run.output}/")


def _results(args):
    """Return (run, scan or None, chain or None) of a finished run."""
    from .config import load
    from .inference.result import Chain
    from .inference.scan import scan
    from .inference.store import read_run

    run = load(args.file, args.output)
    path = run.output / "run.h5"
    content = read_run(path)
    grid = chain = None
    if run.scan is not None and "scan/table" in content["arrays"]:
        grid = scan(run.posterior, path=path, pool=run.pool, progress=False, **run.scan)
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
    from .report import limits_table

    run, grid, chain = _results(args)
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
    print(f"{'name':<32} {'CL':>5} {'U or d':<10} {'nature':<9} {'mass range [MeV]':<22} kind")
    for c in curves:
        low, high = c.range_mev
        print(f"{c.name:<32} {c.cl:>5.2f} {c.flavour:<10} {c.nature:<9} "
              f"{f'{low:.4g} - {high:.4g}':<22} {c.kind}")  # fmt: skip
    print(f"{len(curves)} curves")


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
    from .references import to_bibtex

    text = to_bibtex(load(args.file).posterior.references)
    if args.output:
        with open(args.output, "w", encoding="utf-8") as stream:
            stream.write(text)
    else:
        print(text)


def main(argv=None):
    """Run the command line; returns the exit code (2 for bad input, one sentence on stderr)."""
    args = _parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        args.function(args)
    except AstroboundsError as error:
        print(f"astrobounds: {' '.join(str(error).split())}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        print("\nastrobounds: stopped; run again to go on", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        reason = " ".join(str(error.strerror or error).split())
        print(f"astrobounds: {reason}{where}; what was computed is kept, mend it and run again",
              file=sys.stderr)  # fmt: skip
        return EXIT_BAD_INPUT
    return 0


if __name__ == "__main__":
    sys.exit(main())
