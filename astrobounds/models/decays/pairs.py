"""Threshold factors that every two-body width of equal masses shares."""

import math

from ... import constants as const

LEPTONS = {"e e": const.M_E, "mu mu": const.M_MU}  # channel -> mass of one leg [MeV]


def velocity(mass, leg):
    """Return beta = sqrt(1 - 4 leg^2/mass^2) of the legs of a pair at rest, 0 below threshold."""
    return math.sqrt(max((1.0 - 2.0 * leg / mass) * (1.0 + 2.0 * leg / mass), 0.0))
