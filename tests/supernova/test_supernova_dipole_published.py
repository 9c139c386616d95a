"""What papers state about the dipole portal in supernovae, at the level of their abstracts."""

import astropy.units as u
import numpy as np
import pytest

import astrobounds as ab
from astrobounds.supernova.signals.deposition import deposition_energies

AXIS = np.geomspace(1e-12, 1e-9, 121)  # d [GeV^-1]


def lowest(star, masses):
    """Smallest d [GeV^-1] that leaves 1e50 erg in a red supergiant, over the masses."""
    edges = []
    for m in masses:
        dip = ab.DipoleHNL(mass=m * u.MeV, dipole={"e": 1e-12 / u.GeV})
        energy = deposition_energies(dip, star, (AXIS / 1e-12) ** 2)
        edges.append(AXIS[np.argmax(energy > 1e50)])
    return min(edges)


def test_reach_of_low_energy_supernovae():
    """arXiv:2402.01624: bounds on d as low as 1e-11 GeV^-1; that needs degenerate nu_e."""
    masses = (50.0, 100.0, 200.0)
    trapped = lowest(ab.supernova.load("fiducial", neutrinos="beta"), masses)
    assert 0.5e-11 < trapped < 2e-11
    free = lowest(ab.supernova.load("fiducial", neutrinos="zero"), masses)
    assert 5e-11 < free < 9e-11


@pytest.mark.parametrize("neutrinos", ["zero", "beta"])
def test_protons_beat_electrons_for_light_n(neutrinos):
    """arXiv:2402.01624: Primakoff upscattering off protons dominates at low masses."""
    star = ab.supernova.load("fiducial", neutrinos=neutrinos)
    dip = ab.DipoleHNL(mass=1 * u.MeV, dipole={"e": 1e-12 / u.GeV})
    shares = ab.supernova.free_streaming_shares(dip, star)
    assert shares["p"] > 2 * shares["e"]
    assert shares["p"] + shares["e"] > 0.99


def test_cooling_bound_of_the_dipole_portal():
    """arXiv:1803.03262, digitised (arXiv:2105.09699): 5.4e-13 mu_B = 1.6e-10 GeV^-1 for light N if
    d is printed in units of mu_B; the size that degenerate nu_e give."""
    from astrobounds.models import dipole_from_moment

    digitised = dipole_from_moment(5.4e-13, "mu = d").value
    star = ab.supernova.load("fiducial", neutrinos="beta")
    dip = ab.DipoleHNL(mass=1 * u.MeV, dipole={"e": digitised / u.GeV})
    assert 0.5 < ab.supernova.cooling(dip, star).ratio < 2.0


def test_references_are_in_the_library():
    from astrobounds.references import bibtex, collect

    star = ab.supernova.load("fiducial")
    dip = ab.DipoleHNL(mass=50 * u.MeV, dipole={"e": 1e-12 / u.GeV})
    hnl = ab.HNL(mass=50 * u.MeV, mixing={"e": 1e-12})
    keys = collect(dip, ab.supernova.deposition(dip, star), ab.supernova.emission(dip, star))
    assert {"Chauhan:2024nfa", "Caputo:2022mah", "MagillDipole2018"} <= set(keys)
    assert all(bibtex(key) for key in keys)
    assert "Chauhan:2024nfa" not in collect(ab.supernova.emission(hnl, star))
