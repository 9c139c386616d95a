"""Bosons that decay into pairs of neutrinos, among neutrinos: nu_a nu_b <-> X for any pair of flavours.

In: a :class:`models.neutrino_pairs.PairBoson` (mass, spin, widths of flavour pairs), read from the decays a
model says it has. Out: an :class:`evolution.Evolution` with the ``Background`` that weak rates and network
use. The one equation, per mode of X and pair of flavours (a, b), with E_2 = E - E_1:

    df/dt - H p df/dp = (m W_ab/(E p)) int dE_1 [f_a(E_1) f_b(E_2) (1 + f) - f (1 - f_a)(1 - f_b)]

and what X gains its two neutrinos lose, so that n_nu + 2 n_X and the energy are kept. Read `thermal`
first (neutrinos with a temperature and a chemical potential each; `thermal_kernels` is its compiled core,
`exchange` the integrals), then `resolved` (momentum by momentum). `hot` makes X above 12 MeV, `plateaus`
says what conservation laws alone give, `streaming` whether neutrinos are free at recombination.
"""
