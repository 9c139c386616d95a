"""Soft radiation in collisions of nucleons: sigma_2 of np and its thermal means.

sigma_2 = int dsigma (1 - cos theta) from np partial waves with Nijmegen phase shifts, J <= 3 and 3F4:
8-10 % low above T_lab = 200 MeV, where peripheral waves are missing. A collision has kinetic energy
T_cm = T_lab/2; with x the energy over T, the boson's energy z = E/T leaves a choice for E not below T:

    soft         J = (1/2) int dx x^2 e^{-x} sigma_2(xT)
    symmetrised  J = (1/2) int dy e^{-y} sqrt(y(y+z)) (y + z/2) sigma_2(T(y + z/2))
    initial flux J = (1/2) int dy e^{-y} (y+z)^2 sigma_2(T(y+z))

in absorption: 1 : 1.6 : 3.0 at z = 2, T = 30 MeV. Soft radiation itself is uncertain by a factor of
2-3 here, arXiv:1706.08871."""

import numpy as np

from ..errors import DomainError, did_you_mean
from ..numerics.collision import unit_rule
from ..numerics.jit import kernel

MILLIBARN = 2.5682e-6  # MeV^-2
SOFT, SYMMETRISED, INITIAL = 0, 1, 2
FORMS = {"soft": SOFT, "symmetrised": SYMMETRISED, "initial flux": INITIAL}
_ROWS = np.array([  # T_lab [MeV], sigma_2 [mb]
    (1, 4266), (2, 2924), (3, 2303), (5, 1646), (7, 1282), (10, 955.6), (15, 658.4), (20, 492.5),
    (25, 386.5), (35, 262.3), (50, 169.8), (70, 112.2), (100, 74.9), (130, 58.0), (160, 48.7),
    (200, 41.3), (250, 35.5), (300, 31.7), (350, 29.0),
], dtype=float)  # fmt: skip
_LOG_T, _LOG_S = np.log(0.5 * _ROWS[:, 0]), np.log(_ROWS[:, 1])
_V, _W = unit_rule(24)
_TOP = 6.2
_Y = (_TOP * _V) ** 2
_WEIGHT = 2.0 * _TOP**2 * _V * _W * np.exp(-_Y)


def form_index(name):
    """Return the index of a soft form.

    Raises
    ------
    DomainError
        For an unknown name.
    """
    if name not in FORMS:
        raise DomainError(f"soft form {name!r}{did_you_mean(name, FORMS)}; allowed: {', '.join(FORMS)}")
    return FORMS[name]


@kernel
def transport_section(t_cm):
    """sigma_2 [mb] at kinetic energy T_cm [MeV]: log-log between nodes, constant beyond."""
    x = np.log(max(t_cm, 1e-6))
    last = _LOG_T.size - 1
    if x <= _LOG_T[0]:
        return np.exp(_LOG_S[0])
    if x >= _LOG_T[last]:
        return np.exp(_LOG_S[last])
    low, high = 0, last
    while high - low > 1:
        middle = (low + high) // 2
        if _LOG_T[middle] <= x:
            low = middle
        else:
            high = middle
    u = (x - _LOG_T[low]) / (_LOG_T[high] - _LOG_T[low])
    return np.exp(_LOG_S[low] + u * (_LOG_S[high] - _LOG_S[low]))


@kernel
def thermal_section(t, z, form):
    """J [mb] at temperature t [MeV] and E = z t."""
    total = 0.0
    for i in range(_Y.size):
        y = _Y[i]
        if form == SOFT:
            value = y * y * transport_section(y * t)
        elif form == SYMMETRISED:
            value = np.sqrt(y * (y + z)) * (y + 0.5 * z) * transport_section(t * (y + 0.5 * z))
        else:
            value = (y + z) ** 2 * transport_section(t * (y + z))
        total += _WEIGHT[i] * value
    return 0.5 * total


@kernel
def quadrupole_section(t, z):
    """(2/sqrt pi) int dy e^{-y} sqrt(y(y+z)) (y + z/2)^2 sigma_s(T(y+z/2)) [mb], sigma_s = 2/3 sigma_2."""
    total = 0.0
    for i in range(_Y.size):
        y = _Y[i]
        middle = y + 0.5 * z
        total += _WEIGHT[i] * np.sqrt(y * (y + z)) * middle * middle * transport_section(t * middle)
    return 2.0 / 3.0 * 2.0 / np.sqrt(np.pi) * total
