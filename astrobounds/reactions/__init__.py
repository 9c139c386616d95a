"""Reactions in media: one file a kind, no particle by name, no star, no Universe.

In: process data and a medium (named columns at places). Out: production (>= 0) and reduced rates
Gamma* per process, shape (place, energy, state); where the chemical potential mu of the particle is one
number, production = Gamma* f_eq(E - mu). Each kind obeys detailed balance.
"""
