"""Contact rates around the QCD crossover: what the switch to free quarks does, against published rates.

hep-ph/0612182 scales the number of colours with the entropy of hadrons and quarks, so that its rates rise
slowly from 100 to 1000 MeV. Here quarks take part above 160 +- 20 MeV as a free gas.
"""

import astropy.units as u
import numpy as np
import pytest

import astrobounds as ab
from astrobounds.cosmology.relics import boltzmann, rates
from astrobounds.cosmology.relics.species import species_of

# T [MeV]: rates of e, mu, tau at q = 3 T; they are proportional to the number of partners
PUBLISHED = {
    5.85702: (1.20966, 0.857647, 0.857643),
    9.32603: (1.21159, 0.858598, 0.857764),
    14.8497: (1.24878, 0.886755, 0.86007),
    23.6449: (1.4419, 1.09261, 0.874801),
    37.6494: (1.75151, 1.50221, 0.9097),
    59.9484: (1.99998, 1.87122, 0.953657),
    95.4548: (2.18068, 2.12088, 0.999417),
    151.991: (2.65026, 2.61718, 1.15224),
    242.013: (4.31096, 4.28316, 1.74292),
    385.353: (5.64047, 5.62445, 2.79526),
    613.591: (7.07457, 7.06642, 4.97815),
    977.01: (8.04549, 8.04174, 6.98793),
    1555.68: (8.60515, 8.60356, 8.15242),
    2477.08: (8.92073, 8.92012, 8.7371),
}
UNIT = 32.0 * rates.contact_rate(3.0, 0.02) / 3.0


def excess(temperature):
    """The number of partners over the published one, for e, mu, tau."""
    mine = [float(rates.partners(np.array(temperature), f)) for f in ("e", "mu", "tau")]
    return np.array(mine) * UNIT / PUBLISHED[temperature]


@pytest.mark.parametrize(("temperature", "low", "high"), [
    (min(PUBLISHED), 0.997, 1.003), (242.013, 1.25, 1.40), (613.591, 1.08, 1.15), (2477.08, 1.02, 1.05),
])  # fmt: skip
def test_partners_against_published_rates(temperature, low, high):
    """Equal with leptons alone; 25-40 % more at 240 MeV, 8-15 % at 600; the rest at 2.5 GeV is alpha_s."""
    assert np.all((excess(temperature) > low) & (excess(temperature) < high))


@pytest.mark.parametrize(("mass", "mixing"), [(20.0, 1e-14), (100.0, 1e-8), (300.0, 1e-7)])
def test_size_of_the_switch_in_the_abundance(monkeypatch, mass, mixing):
    """n/s of HNL with the published number of partners: 1-4 % less at any temperature."""
    points = np.array(sorted(PUBLISHED))
    scale = np.log([1.0 / excess(t)[2] for t in points])
    mine = rates.partners

    def published(t, flavour):
        return mine(t, flavour) * np.exp(np.interp(np.log(t), np.log(points), scale))

    model = ab.HNL(mass=mass * u.MeV, mixing={"tau": mixing})
    species, _ = species_of(model)
    here = boltzmann.through_hot_plasma(species, modes=24).yield_
    monkeypatch.setattr(rates, "partners", published)
    there = boltzmann.through_hot_plasma(species, modes=24).yield_
    assert 0.955 < there / here < 0.993

