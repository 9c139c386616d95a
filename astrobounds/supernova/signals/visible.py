"""Mean share of the energy of a decay that its surroundings absorb, channel by channel.

Neutrinos escape, also those of muons, pions and kaons, which decay in flight in a mantle or an
envelope; photons and electrons count in full. ``"in full"`` counts muons and hadrons so too. Shares are
means over isotropic decays, so they hold in the rest frame and, for unpolarised N, in flight.
"""

from ...errors import ConfigError, DomainError, did_you_mean
from ...models.decays.daughters import daughters
from ...models.decays.particles import charged_stems, stems
from ...models.decays.visible_energy import visible_energy
from ...units import finite

IN_FULL = "in full"


def _check_channel(name, open_channels):
    """Raise DomainError for a name that no decay could have."""
    if name in open_channels:
        return
    words = str(name).split()
    known = stems()
    charges = sum(w in charged_stems() for w in words)
    if words and all(w in known for w in words) and charges % 2 == 0:
        return  # a channel that is closed here
    raise DomainError(
        f"unknown channel '{name}'{did_you_mean(name, open_channels)}; "
        f"open here: {', '.join(open_channels)}"
    )


def _without_neutrinos(model):
    """Shares by channel, neutrinos of muons and mesons subtracted; means over flavours and charges."""
    widths, energies = {}, {}
    for decay in model.decays():
        widths[decay.name] = widths.get(decay.name, 0.0) + decay.width
        share = visible_energy(model.mass_mev, decay) if decay.width > 0.0 else 0.0
        energies[decay.name] = energies.get(decay.name, 0.0) + decay.width * share
    return {name: energies[name] / w if w > 0.0 else 0.0 for name, w in widths.items()}


def visible_shares(model, visible=None):
    """Return ``{channel: visible share}`` of the open channels of a model.

    Parameters
    ----------
    model : Model
        Its ``decays()`` name the products.
    visible : None, "in full", mapping or collection of str
        None: every channel with its share, all neutrinos subtracted. "in full": muons, taus and
        hadrons count in full. Names of channels: only these, with their shares in full. A mapping:
        these channels with the given shares.

    Raises
    ------
    ConfigError
        For a model that decays to neutrinos and dark particles alone, or to something not followed.
    DomainError
        For a name that no channel could have, or a share outside [0, 1].
    """
    return _shares(model, visible)[0]


def _shares(model, visible):
    """Visible shares and branching ratios by channel."""
    ratios, energy = {}, {}
    for decay, ratio, part in daughters(model).all:
        ratios[decay.name] = ratios.get(decay.name, 0.0) + ratio
        energy[decay.name] = energy.get(decay.name, 0.0) + ratio * part.visible
    shares = {name: energy[name] / ratio for name, ratio in ratios.items()}
    return _wanted(model, shares, visible), ratios


def _wanted(model, shares, visible):
    """The shares that a user wants to count."""
    if shares and not any(shares.values()):
        raise ConfigError(
            f"{type(model).__name__} decays to neutrinos alone: nothing is deposited or shines; use "
            "'sn1987a-cooling' and 'sn1987a-neutrinos'"
        )
    if visible is None:
        return _without_neutrinos(model)
    if isinstance(visible, str) and visible == IN_FULL:
        return shares
    wanted = (visible,) if isinstance(visible, str) else visible
    for name in wanted:
        _check_channel(name, shares)
    if hasattr(wanted, "items"):
        given = {n: finite(v, f"visible['{n}']", 0.0, 1.0) for n, v in wanted.items()}
        return {name: given.get(name, 0.0) for name in shares}
    return {name: share if name in wanted else 0.0 for name, share in shares.items()}


def visible_fraction(model, visible=None):
    """Return the visible share of the decay energy, averaged over branching ratios.

    The rest, one minus this, is what neutrinos carry.
    """
    shares, ratios = _shares(model, visible)
    return float(sum(ratios[name] * share for name, share in shares.items()))
