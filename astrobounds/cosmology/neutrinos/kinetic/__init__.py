"""Momentum-resolved neutrinos: Boltzmann equations of three spectra with averaged oscillations.

In: sources with spectra (:class:`sources.NeutrinoSource`). Out: a Background with spectra. The one
equation: df_a/dt - H p df_a/dp = C_nue[f] + C_nunu[f] + sources. Read `solve` first; `march` is its
compiled core, `electrons`, `events` and `kernels` the collisions.
"""
