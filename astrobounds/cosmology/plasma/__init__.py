"""The plasma: photons and pairs with QED corrections, baryons, the hot Standard Model.

In: a temperature [MeV]. Out: energy density, pressure, entropy and their derivatives; degrees of freedom
above 10 MeV. The one equation: P(T) of photons and e+e- with interactions, from which
rho = T dP/dT - P and s = dP/dT follow. Read `thermodynamics` first; `hot` and `matching` go above 10 MeV
and join the two histories; `baryons` holds the conventions of eta and the helium fraction.
"""
