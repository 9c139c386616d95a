"""Strong coupling: the luminosity falls again in every model, on a radial grid that is converged."""

from dataclasses import replace

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.supernova import Resolution
from astrobounds.supernova.signals.deposition import deposition_energies
from astrobounds.supernova.transport.solution import solution

STAR = ab.supernova.load("fiducial")
GRID = Resolution()
MODELS = {
    **{f"{f} mixing, {nature}": (lambda m, f=f, n=nature: ab.HNL(mass=m, mixing={f: 1.0}, nature=n))
       for f, nature in (("e", "majorana"), ("mu", "majorana"), ("tau", "majorana"), ("tau", "dirac"))},
    **{f"dipole {f}": (lambda m, f=f: ab.DipoleHNL(mass=m, dipole={f: 9e-4 / u.GeV}))
       for f in ("e", "tau")},
}  # fmt: skip
SCALES = np.geomspace(1e-14, 1.0, 57)


def axis(name, mass, resolution=GRID, helicity="helicity"):
    """Luminosity along the couplings, up to |U|^2 = 1 or d = 9e-4 GeV^-1."""
    model = MODELS[name](mass * u.MeV)
    ray = solution(model, STAR, resolution=resolution, helicity=helicity)
    return ray.luminosity(model.strengths, SCALES)


@pytest.mark.parametrize("mass", [20.0, 150.0])
@pytest.mark.parametrize("name", MODELS)
def test_luminosity_falls_with_coupling_once_trapped(name, mass):
    """Up in proportion, one maximum, down without a second rise to less than a third of the peak.

    The two helicities of a light Dirac N have mean free paths apart by (2 E/m)^2: their sum has two
    maxima, so that one follows the average here and each helicity below.
    """
    values = axis(name, mass, helicity="particles" if "dirac" in name else "helicity")
    top = int(values.argmax())
    assert 0 < top < SCALES.size - 1
    assert np.all(np.diff(values[: top + 1]) > 0.0)
    assert np.all(np.diff(values[top:]) < 0.0)
    assert values[-1] < 0.3 * values.max()
    first = np.log(values[1] / values[0]) / np.log(SCALES[1] / SCALES[0])
    assert_allclose(first, 1.0, rtol=0, atol=0.02)


def test_every_helicity_of_a_light_dirac_particle_has_one_maximum():
    """The weakly coupled helicity rises on while the other one is trapped; neither rises twice."""
    from astrobounds.supernova.transport.rays import march, source_slopes

    model = MODELS["tau mixing, dirac"](20 * u.MeV)
    ray = solution(model, STAR)
    tau, source = ray._tau_and_source(model.strengths)
    slope = np.empty_like(tau)
    source_slopes(tau, source, slope)
    tops, total = [], np.zeros(SCALES.size)
    for s in range(tau.shape[0]):
        parts = [np.ascontiguousarray(a[s : s + 1]) for a in (tau, source, slope)]
        power, out = np.empty(SCALES.size), np.empty(ray.energy.size)
        for i, scale in enumerate(SCALES):
            march(*parts, scale, ray._rays.weight, out)
            power[i] = (out * ray.weight * ray.energy).sum()
        top = int(power.argmax())
        assert np.all(np.diff(power[: top + 1]) > 0.0)
        assert np.all(np.diff(power[top:]) < 0.0)
        tops.append(top)
        total += power
    assert min(tops[0], tops[2]) < max(tops[1], tops[3]) - 5  # two decades of coupling apart
    shape = total / total[0]
    assert_allclose(
        shape, axis("tau mixing, dirac", 20.0) / axis("tau mixing, dirac", 20.0)[0], rtol=1e-6, atol=0
    )


@pytest.mark.parametrize("name", ["e mixing, majorana", "tau mixing, dirac", "dipole e"])
def test_radial_grid_refined_twice(name):
    """Twice and four times the radii and the steps along rays: within 2 % wherever L matters."""
    mass = 100.0
    values = [
        axis(name, mass, replace(GRID, radii=GRID.radii * n, steps=GRID.steps * n)) for n in (1, 2, 4)
    ]
    matters = values[2] > 1e-3 * 3e52  # a thousandth of what is allowed
    top = int(values[2].argmax())
    assert matters[top:].sum() > 5  # trapped points take part
    for coarse in values[:2]:
        change = np.abs(coarse[matters] / values[2][matters] - 1.0)
        assert change.max() < 0.02
    deep = values[2] > 1e-9 * values[2].max()
    assert np.abs(values[1][deep] / values[2][deep] - 1.0).max() < 0.05


def test_deposition_closes_as_well():
    """The deposited energy falls with the coupling too, decays and net flux included."""
    for name in ("tau mixing, majorana", "dipole e"):
        model = MODELS[name](100 * u.MeV)
        energy = deposition_energies(model, STAR, SCALES)
        top = int(energy.argmax())
        assert energy[-1] < 1e-2 * energy[top]
        assert np.all(np.diff(energy[top:]) <= 1e-9 * energy[top])
