"""The nuclear network: nuclides, reactions, published rates and their integration in time.

In: T(t), baryon density, weak rates. Out: abundances Y_i(t). The one equation:
dY_i/dt = sum over reactions of stoichiometry times N_A<sigma v> products of Y. Read `network` first;
`rates` holds the sets of evaluations, `reactions` and `nuclides` the data, `kernels` the compiled side.
"""
