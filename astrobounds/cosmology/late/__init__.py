"""Decays after nucleosynthesis: what they do to the microwave background and, as hadrons, to helium.

In: f (energy density over that of dark matter if nothing had decayed), the lifetime and where the
energy goes. Out: mu and y distortions, the limit of the anisotropies, radiation and matter, each as
one term of a log-likelihood with a name. The one equation is the energy released,

    q dt = f_em f (rho_c/rho_gamma)_0/(1 + z) exp(-t/tau) dt/tau     (relative to the photons).

Read :mod:`.effects` first; it puts the others together.
"""
