"""Radiation that was once in equilibrium: right-handed neutrinos, a massless dark photon.

    Delta N_eff = (n_f/2 + (4/7) n_b) (10.75/g*S(T))^{4/3}

for n_f fermionic and n_b bosonic degrees of freedom that decoupled at once at T; (4/7) n_b = 8/7 for a
massless dark photon (arXiv:2406.08663), n_f = 2 for one right-handed neutrino and its antiparticle.
"""

from ..cosmology.plasma.hot import freedom
from ..units import energy_mev, finite

G_NEUTRINOS = 10.75  # photons, pairs and neutrinos before they part
references = ("Borsanyi:2016ksw",)


def decoupled(temperature=None, fermions=0.0, bosons=0.0, entropy=None):
    """Return Delta N_eff of massless particles that decoupled at a temperature.

    Parameters
    ----------
    temperature : Quantity, optional
        Of decoupling, 1 MeV to 280 GeV; the Standard Model's g*S is taken there.
    fermions, bosons : float
        Degrees of freedom: 2 of a right-handed neutrino with its antiparticle, 2 of a dark photon, 1 of
        a real scalar.
    entropy : float, optional
        g*S itself, instead of a temperature: for other particle contents.

    Returns
    -------
    float
        Relative to instantaneous decoupling of the neutrinos (one neutrino is 1).

    Examples
    --------
    >>> round(decoupled(entropy=106.75, fermions=6), 4)
    0.1406
    """
    if (temperature is None) == (entropy is None):
        from ..errors import DomainError

        raise DomainError("give either temperature (Quantity) or entropy (g*S)")
    for name, number in (("fermions", fermions), ("bosons", bosons)):
        finite(number, name, 0.0, 1e3, "degrees of freedom")
    if entropy is None:
        g_s = float(freedom(energy_mev(temperature, "temperature"))[1])
    else:
        g_s = finite(entropy, "entropy", 2.0, 1e4, "g*S of the plasma that shares its entropy")
    return (fermions / 2.0 + 4.0 / 7.0 * bosons) * (G_NEUTRINOS / g_s) ** (4.0 / 3.0)
