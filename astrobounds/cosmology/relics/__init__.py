"""A decaying particle in the expanding plasma: production, decoupling, decays, mesons.

In: a model's processes and decays. Out: a Background with the particle in it, conversion rates of
nucleons, what late decays release. The one equation: df/dt - H p df/dp = -Gamma*(p, T) (f - f_eq) for
every momentum mode. Read `boltzmann` first; `history` closes the loop with the plasma.
"""
