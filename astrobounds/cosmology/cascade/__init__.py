"""Photodisintegration: electromagnetic energy released after nucleosynthesis breaks nuclei.

In: lines and spectra of photons and e+- per decay (:class:`source.CascadeSource`), lifetime, density.
Out: abundances afterwards. The one equation: Gamma(E) S(E) = source(E) + int K(E, E') S(E') dE', marched
down in energy. Read `disintegration` first.
"""
