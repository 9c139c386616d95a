"""Mean share of the energy of a decaying N that its surroundings absorb, channel by channel.

Neutrinos escape, also those of muons, pions and kaons, which decay in flight in a mantle or an
envelope; photons and electrons count in full. ``"in full"`` counts muons and hadrons so too. Shares are
means over isotropic decays, so they hold in the rest frame and, for unpolarised N, in flight.
"""

import numpy as np

from ... import constants as const
from ...errors import ConfigError, DomainError, did_you_mean
from ...models.channel import PRODUCTS
from ...models.decays.visible_energy import visible_energy
from ...numerics.collision import unit_rule
from ...units import finite

_RULE = unit_rule(48)
_MESON = {
    "pi0": const.M_PI0, "eta": const.M_ETA, "etap": const.M_ETAP,
    "rho0": const.M_RHO, "omega": const.M_OMEGA, "phi": const.M_PHI,
}  # fmt: skip
IN_FULL = "in full"
MASSLESS_PAIR = 0.65  # visible share of nu f fbar with massless f: (1 + <s>)/2, <s> = 3/10


def pair_share(x, c1, c2):
    """Visible share of N -> nu l+ l-, x = m_l/m: (1 + <s>)/2 with the pair mass squared s.

    d Gamma/ds = C1 2 (1-s)^2 b [(1+s)(1+2x^2/s) + s - 4x^2] + C2 24 x^2 (1-s)^2 b,
    b = sqrt(1-4x^2/s); arXiv:0705.1729.
    """
    x2 = x * x
    low = 4.0 * x2
    u, w = _RULE
    s = low + (1.0 - low) * u * u
    weight = 2.0 * u * w * (1.0 - s) ** 2 * np.sqrt(1.0 - low / s)
    first = 2.0 * ((1.0 + s) * (1.0 + 2.0 * x2 / s) + s - low)
    weight = weight * (c1 * first + c2 * 24.0 * x2)
    return float(0.5 + 0.5 * (weight * s).sum() / weight.sum())


def mixed_pair_width(a, b):
    """(width, share) of N -> l_a- l_b+ nu_b in units of G_F^2 m^5/(192 pi^3); a, b = m_l/m.

    |M|^2 = 128 G_F^2 (p_N.p_b)(p_a.p_nu): with s the mass squared of the pair (a, nu) the neutrino
    carries on average (1/4)(1 - a^2/s)(1 + s - b^2) of m.
    """
    low, high = a * a, (1.0 - b) ** 2
    u, w = _RULE
    s = low + (high - low) * u * (2.0 - u)
    ds = 2.0 * (1.0 - u) * (high - low) * w
    root = np.sqrt(np.maximum((1.0 + s - b * b) ** 2 - 4.0 * s, 0.0))
    weight = 12.0 * ds * root * (s - a * a) ** 2 / s * (1.0 + b * b - s)
    neutrino = 0.25 * (1.0 - a * a / s) * (1.0 + s - b * b)
    return float(weight.sum()), float(1.0 - (weight * neutrino).sum() / weight.sum())


def _lepton_pair(model, lepton):
    s2w, total = const.SIN2_THETA_W, sum(model.mixing.values())
    same = model.mixing[lepton] / total if total > 0.0 else 0.0
    c1 = 0.25 * (1.0 - 4.0 * s2w + 8.0 * s2w**2) + 2.0 * s2w * same
    c2 = 0.5 * s2w * (2.0 * s2w - 1.0) + s2w * same
    return pair_share(const.LEPTON_MASS[lepton] / model.mass_mev, c1, c2)


def _mixed_pair(model, first, second):
    m = {f: const.LEPTON_MASS[f] / model.mass_mev for f in (first, second)}
    total = share = 0.0
    for a, b in ((first, second), (second, first)):  # |U_a|^2 gives l_a- l_b+ nu_b
        width, visible = mixed_pair_width(m[a], m[b])
        total += model.mixing[a] * width
        share += model.mixing[a] * width * visible
    return share / total


def channel_share(model, channel):
    """Return the mean visible share of one open channel of a model."""
    products = PRODUCTS[channel]
    if products[0] != "nu":
        return 1.0
    rest = products[1:]
    if rest == ("nu", "nu"):
        return 0.0
    if rest == ("gamma",):
        return 0.5
    if rest == ("hadrons",):
        return MASSLESS_PAIR
    if len(rest) == 1:
        return 0.5 * (1.0 + (_MESON[rest[0]] / model.mass_mev) ** 2)
    if rest[0] == rest[1]:
        return _lepton_pair(model, rest[0])
    return _mixed_pair(model, *rest)


def _without_neutrinos(model):
    """Shares by channel from the products of the decays, means over flavours and charges."""
    widths, energies = {}, {}
    for decay in model.decays():
        try:
            share = visible_energy(model.mass_mev, decay)
        except KeyError as error:
            raise ConfigError(
                f"{type(model).__name__}: what its product {error} leaves as visible energy is not known; "
                f"give shares by channel: visible={{'{decay.name}': 0.5}}"
            ) from None
        widths[decay.name] = widths.get(decay.name, 0.0) + decay.width
        energies[decay.name] = energies.get(decay.name, 0.0) + decay.width * share
    return {name: energies[name] / w if w > 0.0 else 0.0 for name, w in widths.items()}


def visible_shares(model, visible=None):
    """Return ``{channel: visible share}`` of the open channels of a model.

    Parameters
    ----------
    model : HNL or DipoleHNL
    visible : None, "in full", mapping or collection of str
        None: every channel with its share, all neutrinos subtracted. "in full": muons, taus and
        hadrons count in full. Names of channels: only these, with their shares in full. A mapping:
        these channels with the given shares.

    Raises
    ------
    ConfigError
        For a model that decays to neutrinos alone, or into something unknown.
    DomainError
        For an unknown channel or a share outside [0, 1].
    """
    if hasattr(model, "neutrinos_per_decay"):
        raise ConfigError(
            f"{type(model).__name__} decays to neutrinos alone: nothing is deposited or shines; use "
            "'sn1987a-cooling' and 'sn1987a-neutrinos'"
        )
    if visible is None:
        return _without_neutrinos(model)
    widths = model.partial_widths_mev()
    if isinstance(visible, str) and visible == IN_FULL:
        return {name: channel_share(model, name) for name in widths}
    wanted = (visible,) if isinstance(visible, str) else visible
    for name in wanted:
        if name not in PRODUCTS:
            raise DomainError(
                f"unknown channel '{name}'{did_you_mean(name, PRODUCTS)}; "
                f"allowed: {', '.join(PRODUCTS)}"
            )
    if hasattr(wanted, "items"):
        given = {n: finite(v, f"visible['{n}']", 0.0, 1.0) for n, v in wanted.items()}
        return {name: given.get(name, 0.0) for name in widths}
    return {name: channel_share(model, name) if name in wanted else 0.0 for name in widths}


def visible_fraction(model, visible=None):
    """Return the visible share of the decay energy, averaged over branching ratios.

    The rest, one minus this, is what neutrinos carry.
    """
    widths, shares = model.partial_widths_mev(), visible_shares(model, visible)
    total = sum(widths.values())
    return sum(w * shares[name] for name, w in widths.items()) / total if total > 0.0 else 0.0
