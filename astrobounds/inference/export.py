"""Chains, scans and contours in the forms other programs read: tables, GetDist, ArviZ, HEPData."""

import csv
import io

import numpy as np

from .. import checks
from ..errors import ConfigError
from .atomic import write_whole


def chain_table(chain):
    """Return an astropy Table of the samples after burn-in, one column per parameter with its unit."""
    from astropy.table import Table

    table = Table()
    kept = chain.coordinates[chain.burn_in :]
    for name in chain.names:
        table[name] = chain.values(name)
        table[name].unit = chain.unit(name) or None
    steps, walkers, _ = kept.shape
    table["log_prob"] = chain.log_prob[chain.burn_in :].ravel()
    table["walker"] = np.tile(np.arange(walkers), steps)
    table.meta.update(burn_in=chain.burn_in, stopped=chain.stopped, references=list(chain.references))
    return table


def chain_getdist(chain):
    """Return ``getdist.MCSamples`` of the coordinates after burn-in, with the ranges of the priors."""
    try:
        from getdist import MCSamples
    except ImportError as error:
        raise ConfigError(f"to_getdist needs getdist: pip install getdist ({error})") from None
    kept = chain.coordinates[chain.burn_in :]
    lnp = chain.log_prob[chain.burn_in :]
    names = [_plain_name(n) for n in chain.names]
    ranges = {}
    if chain.posterior is not None:
        ranges = {n: tuple(map(float, b)) for n, b in zip(names, chain.posterior.bounds())}
    labels = [lab + n.replace("_", r"\_") for lab, n in zip(_logs(chain), chain.names)]
    return MCSamples(
        samples=list(np.swapaxes(kept, 0, 1)), loglikes=list(-np.swapaxes(lnp, 0, 1)), names=names,
        labels=labels, ranges=ranges, name_tag="astrobounds",
    )  # fmt: skip


def chain_arviz(chain):
    """Return ArviZ's InferenceData (or DataTree) of the values after burn-in; walkers are its chains."""
    try:
        import arviz
    except ImportError as error:
        raise ConfigError(f"to_arviz needs arviz: pip install arviz ({error})") from None
    start = chain.burn_in
    kept = chain.coordinates[start:]
    values = {n: chain.value_of(n, kept[:, :, i]).T for i, n in enumerate(chain.names)}
    groups = {"posterior": values, "sample_stats": {"lp": chain.log_prob[start:].T}}
    try:
        return arviz.from_dict(**groups)
    except TypeError:  # arviz 1: one mapping of groups
        return arviz.from_dict(groups)


def _plain_name(name):
    return name.replace(".", "_")


def _logs(chain):
    return [r"\log_{10} " if text.startswith("log10 ") else "" for text in chain.labels]


def scan_table(scan):
    """Return an astropy Table of a scan, one row per point, one column per constraint."""
    from astropy.table import Table

    table = Table()
    x, y = np.meshgrid(scan.x, scan.y, indexing="ij")
    for name, values in ((scan.x_name, x), (scan.y_name, y)):
        table[name] = values.ravel()
        table[name].unit = scan.units.get(name) or None
    for name, values in scan.loglike.items():
        table[f"lnL {name}"] = values.ravel()
    table["delta_chi2"] = scan.delta_chi2().ravel()
    table.meta.update(null={n: float(v) for n, v in scan.null.items()}, references=list(scan.references))
    return table


class Contours(list):
    """Lines of an exclusion boundary, arrays of shape (n, 2), with what they are.

    Attributes
    ----------
    names, units : (str, str)
        Of the two columns.
    qualifiers : dict
        Confidence level, rule, constraint.
    """

    def __init__(self, lines, names, units, qualifiers):
        super().__init__(lines)
        self.names, self.units, self.qualifiers = tuple(names), tuple(units), dict(qualifiers)

    def _rows(self):
        return [(k, float(x), float(y)) for k, line in enumerate(self, 1) for x, y in line]

    def to_hepdata(self, path):
        """Write a data table in HEPData's YAML (``.yaml``) or its columns as CSV (``.csv``).

        Parameters
        ----------
        path : path

        Notes
        -----
        Points follow the boundary; "contour" numbers its closed or open pieces.

        Raises
        ------
        ConfigError
            For another suffix, or a folder that does not exist.
        """
        path = checks.path(path)
        if not path.parent.is_dir():
            raise ConfigError(f"the folder of {path} does not exist: create it first")
        if path.suffix in (".yaml", ".yml"):
            write_whole(path, self.hepdata_yaml())
        elif path.suffix == ".csv":
            write_whole(path, self.hepdata_csv())
        else:
            raise ConfigError(f"path = {checks.shown(str(path))}: a name that ends in .yaml or .csv")
        return path

    def hepdata_yaml(self):
        """Return the text of the YAML table."""
        import yaml

        rows = self._rows()

        def column(name, units, values, **more):
            header = {"name": name, **({"units": units} if units else {})}
            return {"header": header, **more, "values": [{"value": v} for v in values]}

        qualifiers = [{"name": k, "value": v} for k, v in self.qualifiers.items()]
        table = {
            "independent_variables": [
                column("contour", "", [k for k, _, _ in rows]),
                column(self.names[0], self.units[0], [x for _, x, _ in rows]),
            ],
            "dependent_variables": [
                column(self.names[1], self.units[1], [y for _, _, y in rows], qualifiers=qualifiers)
            ],
        }
        return yaml.safe_dump(table, sort_keys=False)

    def hepdata_csv(self):
        """Return the text of the CSV table."""
        out = io.StringIO()
        for key, value in self.qualifiers.items():
            out.write(f"#: {key},{value}\n")
        writer = csv.writer(out, lineterminator="\n")
        heads = [f"{n} [{u}]" if u else n for n, u in zip(self.names, self.units)]
        writer.writerow(["contour", *heads])
        writer.writerows(self._rows())
        return out.getvalue()
