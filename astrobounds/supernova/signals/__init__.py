"""What observers see of a particle from a supernova: cooling, deposited energy, neutrinos, bounds' spread.

In: a model and a star. Out: results with a number that is compared with what was observed. Read
`cooling` first; `deposition` and `neutrinos` follow the decays outside the core, `surface` tabulates
for fits, `systematics` moves what a bound stands on.
"""
