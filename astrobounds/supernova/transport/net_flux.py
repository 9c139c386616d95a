"""The flux through a sphere inside a star, outwards minus inwards.

Outwards alone an opaque star shines like a blackbody at any radius; the difference diffuses,
L = -(2 R^2/3 pi) int dE E p^2 (df/dr) p/(Gamma* E) per state, and falls with the coupling squared.
"""

import numpy as np

from ...numerics.jit import kernel


def edge_values(source, length, distance):
    """Return the source at the edges of the cells, surface first: one more than cells.

    Linear between neighbouring nodes and beyond the first; flat at the closest approach.
    """
    edge = np.cumsum(length[:, ::-1], axis=1)[:, ::-1]  # outer edge of each cell
    weight = (edge[:, 1:] - distance[:, 1:]) / (distance[:, :-1] - distance[:, 1:])
    inner = source[..., 1:] + weight * (source[..., :-1] - source[..., 1:])
    ratio = (edge[:, :1] - distance[:, :1]) / (distance[:, :1] - distance[:, 1:2])
    first = source[..., :1] + ratio * (source[..., :1] - source[..., 1:2])
    return np.concatenate([np.maximum(first, 0.0), inner, source[..., -1:]], axis=-1)


@kernel
def _cell(d, middle, near, far):
    """int_0^d S e^-tau dtau of a source linear from ``near`` to ``far``; ``middle`` if thin."""
    step = -np.expm1(-d)
    tilt = d * d / 12.0 * (d / 2.0 - 1.0) if d < 1e-3 else (step - d * (1.0 - step)) / d - 0.5 * step
    mean = middle + (0.5 * (near + far) - middle) * step
    return step, step * mean + tilt * (far - near)


@kernel
def march_net(tau_unit, source, edges, n_out, scale, ray_weight, out):
    """Fill ``out[e]`` with the sum over states and rays of w_b (I_out - I_in) at the core radius.

    The first ``n_out[b]`` cells of ray b lie outside the core. I_in is made outside; I_out is
    I_in e^-tau of the chord through the core plus what the chord adds. Both sides share the source
    at the core radius, so what cancels in an opaque star cancels exactly.
    """
    n_s, n_e, n_b, n_c = tau_unit.shape
    out[:] = 0.0
    for s in range(n_s):
        for e in range(n_e):
            for b in range(n_b):
                n = n_out[b]
                if n >= n_c:
                    continue
                t, q, x = tau_unit[s, e, b], source[s, e, b], edges[s, e, b]
                inwards, left = 0.0, 1.0
                for k in range(n - 1, -1, -1):
                    step, part = _cell(scale * t[k], q[k], x[k + 1], x[k])
                    inwards += left * part
                    left *= 1.0 - step
                outwards, left = 0.0, 1.0
                for k in range(2 * (n_c - n)):
                    if k < n_c - n:
                        c = n + k
                        step, part = _cell(scale * t[c], q[c], x[c], x[c + 1])
                    else:
                        c = 2 * n_c - n - 1 - k
                        step, part = _cell(scale * t[c], q[c], x[c + 1], x[c])
                    outwards += left * part
                    left *= 1.0 - step
                out[e] += ray_weight[b] * (outwards - inwards * (1.0 - left))
