"""What a relic's decays put into the plasma, and what becomes of the particles that stop in it.

A decay is a vector of energies and numbers (:mod:`astrobounds.models.decays.shares`); the plasma decides
which of the muons, pions and kaons decay.
"""

from dataclasses import dataclass, field

import numpy as np

from ... import constants as const
from ...models.decays.daughters import daughters
from ...models.decays.rest_spectrum import RestSpectrum
from ...models.decays.shares import (
    COUNT,
    FINAL,
    HEAT,
    KL,
    MU,
    NU_E,
    NU_MU,
    NU_TAU,
    PI,
    REST,
    SIZE,
    K,
    kaon,
    muon,
    pion,
)

__all__ = [
    "COUNT", "FINAL", "HEAT", "KL", "MU", "NU_E", "NU_MU", "NU_TAU", "PI", "REST", "SIZE", "Injection", "K",
    "kaon", "muon", "of_model", "pion", "references",
]  # fmt: skip

references = ("ParticleDataGroup:2024cfk", "Dolgov:1997mb")


@dataclass(frozen=True)
class Injection:
    """Mean energies and numbers per decay of a relic into known particles.

    Attributes
    ----------
    mass : float
        MeV.
    visible : ndarray, shape (11,)
        Heat and energy of nu_e, nu_mu, nu_tau [MeV]; numbers of mu, pi+-, K+- and K_L that stop;
        numbers of nu_e, nu_mu, nu_tau.
    made : daughters.Daughters, optional
        What the decays leave, spectra included; needed where neutrinos are resolved in momentum.
    """

    mass: float
    visible: np.ndarray
    made: object = field(default=None, repr=False, compare=False)

    @property
    def spectra(self):
        """Neutrinos made directly per decay, ``{flavour: RestSpectrum}``."""
        if self.made is None:
            return {name: RestSpectrum() for name in const.FLAVOURS}
        return self.made.neutrinos

    @property
    def balance(self):
        """Energy of the products over the mass, minus one."""
        return float(self.visible @ REST) / self.mass - 1.0

    def stopped(self, decaying):
        """Return the numbers of mu, pi+-, K+- and K_L per decay that stop, those of kaons and pions too.

        ``decaying``: as in :meth:`resolve`.
        """
        p = [np.asarray(decaying[name], dtype=float) for name in ("mu", "pi", "K", "KL")]
        mu, pi, k, k_l = (self.visible[i] + np.zeros(p[1].shape) for i in (MU, PI, K, KL))
        for n, share, vector in ((k, p[2], kaon(K)), (k_l, p[3], kaon(KL))):
            mu = mu + n * share * vector[MU]
            pi = pi + n * share * vector[PI]
        return mu + pi * p[1], pi, k, k_l

    def resolve(self, decaying):
        """Return energies (heat, nu_e, nu_mu, nu_tau) and numbers of neutrinos, shape (7, ...).

        ``decaying``: dict of arrays of one shape or floats, "mu", "pi", "K", "KL": the probability
        to decay. What does not decay leaves its rest energy as heat, kaons and pions included.
        """
        p = [np.asarray(decaying[name], dtype=float) for name in ("mu", "pi", "K", "KL")]
        numbers = self.stopped(decaying)
        energy = [self.visible[i] + np.zeros(p[1].shape) for i in FINAL]
        for n, share, rest, vector in (
            (numbers[2], p[2], REST[K], kaon(K)),
            (numbers[3], p[3], REST[KL], kaon(KL)),
        ):
            energy = [e + n * share * vector[i] for e, i in zip(energy, FINAL)]
            energy[0] = energy[0] + n * (1.0 - share) * rest
        for n, share, rest, vector in (
            (numbers[1], p[1], const.M_PI, pion()),
            (numbers[0], p[0], const.M_MU, muon()),
        ):
            energy = [e + n * share * vector[i] for e, i in zip(energy, FINAL)]
            energy[0] = energy[0] + n * (1.0 - share) * rest
        return np.array(energy)


def of_model(model):
    """Return the :class:`Injection` of a model's decays, and the share of its width that is dark.

    Raises
    ------
    ConfigError
        For a decay that is not followed.
    """
    made, dark = daughters(model).without_dark()
    return Injection(model.mass_mev, made.shares, made), dark
