"""Draft."""

import numpy as np

from ...errors import ConvergenceError
from ...numerics import ode
from .. import collisions, decoupling, plasma
from . import exchange, thermal_kernels as kernels
from .fermi import densities

MODES, ANGLES, TOP = 40, 16, 40.0


def run(boson, t_start=12.0, t_end=8e-4, mixing="averaged", qed="full", dark=0.0, start=None, dx=decoupling.DX,
        modes=MODES, angles=ANGLES, top=TOP, cap=1e5, rtol=1e-6, responses=None, f0=None, pressures=None):
    y, w = exchange.momentum_nodes(modes, top)
    c, wc = exchange.angle_nodes(angles)
    pressures = plasma.table(qed) if pressures is None else pressures
    responses = collisions.table() if responses is None else responses
    f0 = decoupling._response_zero() if f0 is None else f0
    params = kernels.pack(t_start, decoupling.MIXING[mixing], dark / t_start**4, boson, cap, (y, w), (c, wc), pressures, responses, f0)
    points = len(decoupling.free_falling(t_start, t_end, dx))
    x = dx * np.arange(points)
    n, rho = densities(1.0, 0.0)
    s0 = np.concatenate([[1.0], [n] * 3, [rho] * 3, np.zeros(modes) if start is None else start])
    tol = np.concatenate([np.full(7, rtol), np.full(modes, 1e2 * rtol)])
    atol = np.concatenate([np.full(7, 0.1*rtol), np.full(modes, 1e-3 * rtol)])
    sol = ode.solve(kernels.slopes, kernels.jacobian, 0.0, x[-1], s0, params, tol, atol, t_eval=x)
    return x, (y, w), params, sol
