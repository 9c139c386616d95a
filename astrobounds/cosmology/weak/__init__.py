"""n <-> p: rates in a plasma, normalised to the neutron lifetime.

In: T_gamma and neutrino spectra. Out: Gamma(n -> p) and Gamma(p -> n) [1/s]. The one equation: the
phase-space integral of e+- and neutrino occupations with radiative, recoil and thermal corrections.
Read `rates` first; `radiative` and `thermal` hold the corrections.
"""
