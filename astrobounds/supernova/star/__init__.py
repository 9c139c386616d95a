"""Stars: profiles, catalogues, files of one's own, the state of matter they imply.

In: names or tables. Out: a :class:`profile.Star`, whose ``at(radius)`` gives named columns (T, rho,
chemical potentials, lapse). The one equation: chemical potentials from densities of ideal Fermi gases
(`eos`). Read `profile` first.
"""
