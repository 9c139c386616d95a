"""Neutrino decoupling: from the plasma and what is injected to T_gamma, T_nu and time on a grid of ln a.

In: sources of energy (:class:`decoupling.Relic`, :class:`decoupling.External`), dark radiation, the
treatment of neutrinos. Out: a :class:`decoupling.Background`. The one equation: d(rho_nu a^4)/dt = a^4 C,
with C the energy exchanged with e+-. Read `decoupling` first; `expansion` is its compiled core,
`collisions` the linear response of C, `kinetic` the same with momentum-resolved spectra.
"""
