"""What a posterior says about one model point."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One constraint at one point: predictions, lnL and the time they took [s]."""

    name: str
    predictions: dict
    loglike: float
    seconds: float
    notes: tuple = ()


@dataclass(frozen=True)
class Summary:
    """Everything a posterior says about one model point; ``str`` makes a table.

    Attributes
    ----------
    model : object
    nuisances : dict
    terms : tuple of Term
    """

    model: object
    nuisances: dict
    terms: tuple

    @property
    def loglike(self):
        """Sum of lnL over constraints."""
        return sum(t.loglike for t in self.terms)

    def to_dict(self):
        """Return everything as plain data, for JSON."""
        return {
            "model": repr(self.model),
            "nuisances": dict(self.nuisances),
            "constraints": {
                t.name: {"loglike": t.loglike, "seconds": t.seconds, "predictions": dict(t.predictions),
                         "notes": list(t.notes)}
                for t in self.terms
            },
            "loglike": self.loglike,
        }  # fmt: skip

    def __str__(self):
        lines = [f"{self.model!r}"]
        lines += [f"  {name} = {value:g}" for name, value in self.nuisances.items()]
        lines.append(f"{'constraint':<20} {'lnL':>12} {'time':>9}  predictions")
        for t in self.terms:
            values = list(t.predictions.items())
            text = ", ".join(f"{k} = {v:.4g}" for k, v in values[:4])
            more = f", ... ({len(values)} in all)" if len(values) > 4 else ""
            lines.append(f"{t.name:<20} {t.loglike:>12.4f} {1e3 * t.seconds:>6.1f} ms  {text}{more}")
        lines.append(f"{'total':<20} {self.loglike:>12.4f}")
        return "\n".join(lines)
