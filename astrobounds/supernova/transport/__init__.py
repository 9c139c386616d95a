"""From rates in the media of a star to what leaves it: the formal solution along rays.

In: a rate table (production and reduced rates per process, radius, energy and state). Out: spectra at
infinity for any coupling. The one equation: L = (1/pi) int b db dE E sum_cells p^2 j (e^-tau - e^-tau').
Read `rays` first; `net_flux` is the same through a sphere inside.
"""
