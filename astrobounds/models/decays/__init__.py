"""Decays: widths, phase space, amplitudes, and what the products leave.

In: masses and couplings. Out: partial widths, mean energies and spectra at rest of photons, neutrinos and
charged particles. The one equation: dGamma = |M|^2 dPhi/(2 M). Read `kinematics` first; `known_decays`
holds muons, taus and mesons, `neutrino_spectra` and `neutrino_cascade` follow them to neutrinos;
`alp_widths`, `dark_photon_widths`, `dark_scalar_widths` hold those of new bosons, `radiation` the photons
of a pair.
"""
