"""Where the equations of neutrinos and a boson leave the validated physics."""

import numpy as np

from ... import constants as const
from .streaming import equivalent_coupling, largest_ratio

T_THERMAL = 5.0  # MeV, neutrinos injected below keep their spectrum
T_FROZEN = 0.05  # MeV, below only their energy counts
FAST = 10.0  # m/T_d from where X makes neutrinos of more than thermal energy
NUMBER_CHANGING = 8.3e-6  # coupling at m = 1 MeV where nu nu <-> X X begins to matter
RECOMBINATION = 1e-6  # MeV


def injected_late(found):
    """Return the energy that fast neutrinos from X bring below 5 MeV, over that of all neutrinos."""
    falling = found.falling
    energy = np.hypot(found.nodes, (found.boson.mass / falling)[:, None])
    cell = found.boson.degrees / (2.0 * np.pi**2) * found.weights * found.nodes**2
    power = (cell * found.f).sum(axis=1) * found.boson.mass / falling * found.boson.width
    drift = np.gradient((cell * energy * found.f).sum(axis=1) * falling**4, np.log(1.0 / falling))
    pressure = (cell * found.nodes**2 / (3.0 * energy) * found.f).sum(axis=1) * falling**4
    net = -drift / falling**4 - 3.0 * (found.moments()[1] + pressure / falling**4)
    H = found.background.H * const.HBAR
    per_e_fold = np.clip(net, 0.0, power / H)  # what inverse decays take back does not count
    late = (found.background.Tg < T_THERMAL) & (found.background.Tg > T_FROZEN)
    late &= found.boson.mass > FAST * falling
    step = np.log(falling[0] / falling[1])
    return step * float(np.sum((per_e_fold / found.energy.sum(axis=1))[late]))


def _unfinished(found):
    if found.left > 1e-3:
        yield (
            "decays unfinished",
            f"{100 * found.left:.2g} % of the neutrinos' energy is still in the boson at T = "
            f"{1e6 * found.background.Tg[-1]:.3g} eV: it counts as radiation in N_eff",
        )


def _oscillations(found, mixing):
    boson = found.boson
    blind = np.allclose(boson.widths, boson.widths[0, 0] * np.eye(3), rtol=1e-9, atol=0.0)
    if mixing == "none" or blind or boson.width * boson.mass < 0.5 * const.DM2_21:
        return  # equal diagonal couplings are the same in every basis
    present = found.moments()[1] > 1e-3 * found.energy.sum(axis=1)
    if np.any(present & (found.background.Tg < T_THERMAL)):
        yield (
            "oscillations damped",
            "neutrinos meet the boson faster than they oscillate "
            f"(m Gamma = {boson.width * boson.mass:.2g} MeV^2 > dm^2_21/2 = "
            f"{0.5 * const.DM2_21:.2g} MeV^2): flavours mix less than averaged "
            "oscillations say; compare neutrinos='separate'",
        )


def _pairs_of_bosons(found):
    g = equivalent_coupling(found.boson)
    if g > NUMBER_CHANGING * min(found.boson.mass, 10.0) ** 0.25 and found.moments()[1].max() > 1e-3:
        yield (
            "number-changing reactions",
            f"at g = {g:.2g} (of one off-diagonal vector) nu nu <-> X X keeps up with the expansion and is "
            "not included: chemical potentials of neutrinos, and N_eff, come out too high (by up to 10 % "
            "of N_eff for three flavours and three spin states)",
        )


def _thermal_spectra(found):
    share = injected_late(found)
    if share > 3e-3:
        yield (
            "late neutrino injection",
            f"decays at rest below {T_THERMAL:g} MeV add {100 * share:.2g} % to the energy of the "
            "neutrinos, here with a thermal spectrum, which may give N_eff the wrong sign "
            "(arXiv:2103.09831): use momentum-resolved neutrinos",
        )


def _streaming(found):

    ratio, T = largest_ratio(found.boson)
    if ratio > 1.0:
        yield (
            "neutrinos do not stream freely",
            f"at T = {1e6 * T:.3g} eV their effective rate is {ratio:.2g} H: the microwave background sees "
            "more than N_eff; compare cosmology.mediators.streaming.streaming_limits()",
        )


def _of_all(found, mixing):
    return _unfinished(found), _oscillations(found, mixing), _pairs_of_bosons(found), _streaming(found)


def thermal(found, mixing):
    """Return the flags, (name, explanation), of an Evolution with thermal neutrinos."""
    every = (*_of_all(found, mixing), _thermal_spectra(found))
    return tuple(f for group in every for f in group)


def resolved(found):
    """Return the flags of an Evolution with momentum-resolved neutrinos."""
    return tuple(f for group in _of_all(found, "averaged") for f in group)
