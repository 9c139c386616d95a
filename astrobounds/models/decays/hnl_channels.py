"""Final states of a heavy neutral lepton by channel and flavour, with their squared amplitudes.

References: arXiv:0901.3589, arXiv:0705.1729.
"""

from ... import constants as const
from .amplitudes import ChargedCurrent, LeptonPair

_MESON = {"pi": "pi+", "K": "K+", "rho": "rho+", "K*": "K*+"}


def final_states(channel, mass, flavour):
    """Return tuples (share, products, amplitude or None) of a channel by mixing with a flavour.

    Parameters
    ----------
    channel : str
        As in ``models.decays.hnl_widths.CHANNELS``.
    mass : float
        MeV.
    flavour : {"e", "mu", "tau"}

    Notes
    -----
    N -> nu_a nu_b nubar_b: for b = a the neutrinos are identical and the amplitude doubles, so that
    b = a is half of all. N -> l_a- l_b+ nu_b is a charged current. Above 1 GeV ``"hadrons"`` stands
    for quarks, as a massless V-A pair beside the lepton.
    """
    first, *rest = channel.split()
    nu = f"nu_{flavour}"
    if channel == "3nu":
        amplitude = ChargedCurrent(mass, 0.0, 0.0)
        return tuple(
            (0.5 if b == flavour else 0.25, (f"nubar_{b}", nu, f"nu_{b}"), amplitude)
            for b in const.FLAVOURS
        )
    if len(rest) == 2:
        a, b = rest
        if a == b:
            left = const.SIN2_THETA_W + (0.5 if a == flavour else -0.5)
            amplitude = LeptonPair(mass, const.LEPTON_MASS[a], left, const.SIN2_THETA_W)
            return ((1.0, (nu, f"{a}-", f"{a}+"), amplitude),)
        other = b if a == flavour else a
        amplitude = ChargedCurrent(mass, const.LEPTON_MASS[other], const.LEPTON_MASS[flavour])
        return ((1.0, (f"{other}+", f"{flavour}-", f"nu_{other}"), amplitude),)
    lepton = nu if first == "nu" else f"{first}-"
    return ((1.0, (lepton, _MESON.get(rest[0], rest[0])), None),)


def unit_decays(mass, flavour):
    """Return the open decays of a Dirac N with |U_a|^2 = 1 as a tuple of :class:`Decay`.

    Those that conserve lepton number with N; its antiparticle has the conjugates.
    """
    from ..protocol import Decay
    from .hnl_widths import CHANNELS, width_table

    widths = width_table(float(mass))[:, const.FLAVOURS.index(flavour)]
    return tuple(
        Decay(float(share * width), f"mixing.{flavour}", products, amplitude, channel)
        for channel, width in zip(CHANNELS, widths) if width > 0.0
        for share, products, amplitude in final_states(channel, mass, flavour)
    )  # fmt: skip
