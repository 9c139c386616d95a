"""Parameters and decay channels of the models, read from what they say of themselves."""

import astropy.units as u

import astrobounds as ab

from .markdown import cited, first_line, page, table

POINTS = {  # masses at which channels are listed, and the rest of the point
    "HNL": ((20, 100, 200, 500), {"mixing": {"e": 1e-8, "mu": 1e-8, "tau": 1e-8}}),
    "DipoleHNL": ((10, 100, 400), {"dipole": {"e": 1e-9 / u.GeV, "mu": 1e-9 / u.GeV, "tau": 1e-9 / u.GeV}}),
    "Mediator": ((1, 50), {"coupling": {"ee": 1e-9, "mumu": 1e-9, "tautau": 1e-9}}),
    "ALP": ((20, 100, 300), {"photon": 1e-9 / u.GeV, "electron": 1e-12, "muon": 1e-9}),
    "DarkPhoton": ((10, 200), {"mixing": 1e-9}),
    "DarkScalar": ((10, 200), {"mixing": 1e-5}),
    "LongLivedParticle": ((100,), {"lifetime": 1e4 * u.s, "abundance": 1e-12,
                                   "branching": {"e e": 0.9, "gamma gamma": 0.1}}),
}


def _parameters(cls):
    rows = []
    arguments = [p.argument for p in cls.parameters]
    shared = {name for name in arguments if arguments.count(name) > 6}
    for p in cls.parameters:
        if p.argument in shared:
            continue
        default = "must be given" if p.default is None else f"{p.default:g}"
        rows.append((f"`{p.name}`", f"${p.symbol}$" if p.symbol else "", p.unit, p.kind,
                     p.power or "", f"{p.low:g} to {p.high:g}", default))  # fmt: skip
    for name in sorted(shared):
        keys = [p for p in cls.parameters if p.argument == name]
        any_of, listed = keys[0], ", ".join(f"`{p.key}`" for p in keys)
        span = f"{any_of.low:g} to {any_of.high:g}"
        rows.append((f"`{name}`: {listed}", "", any_of.unit, any_of.kind, any_of.power or "", span,
                     f"{any_of.default:g}"))  # fmt: skip
    heads = ("parameter", "symbol", "unit", "kind", "power in a rate", "allowed", "default")
    return table(heads, rows)


def _channels(name):
    masses, rest = POINTS[name]
    found = [getattr(ab, name)(mass=m * u.MeV, **rest) for m in masses]
    shares = [m.branching_ratios() for m in found]
    order = list(dict.fromkeys(c for s in reversed(shares) for c in s))
    rows = [(f"`{c}`", *(f"{s[c]:.3g}" if c in s else "" for s in shares)) for c in order]
    rows.append(("lifetime [s]", *(f"{m.lifetime.value:.3g}" for m in found)))
    return table(("channel", *(f"{m:g} MeV" for m in masses)), rows), repr(found[0])


def pages(docs):
    """Return ``{file: text}``."""
    blocks = [
        "What each model is made of, and into what it decays. Every table is made from the model itself: "
        "`HNL.parameters`, `HNL.choices`, `hnl.branching_ratios()`."
    ]
    for name in (*POINTS, "ThermalParticle", "StandardModel"):
        cls = getattr(ab, name)
        choices = "; ".join(f"`{c.name}`: {', '.join(c.allowed)}" for c in cls.choices)
        blocks += [f"## {name}", f"{first_line(cls)}", _parameters(cls)]
        if choices:
            blocks.append(f"Choices (the first is the default): {choices}.")
        if name in POINTS:
            rows, point = _channels(name)
            blocks += [f"Branching ratios of `{point}` and of the same couplings at other masses:", rows]
        if cls.references:
            blocks.append(f"Stands on {cited(cls.references)}.")
    return {"models.md": page("Models: parameters and decay channels", *blocks)}
