"""ALP, DarkPhoton, DarkScalar as values: widths, channels, products, refusals, photons of their decays."""

import pickle

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import DomainError, ValidityWarning
from astrobounds.models.decays.daughters import daughters, parent_of
from astrobounds.models.decays.radiation import pair_photons
from astrobounds.reactions.kinds import module_of

MODELS = (
    ab.ALP(mass=300 * u.MeV, photon=1e-9 / u.GeV, electron=1e-10, muon=1e-9, nucleon=1e-10),
    ab.DarkPhoton(mass=800 * u.MeV, mixing=1e-7),
    ab.DarkScalar(mass=400 * u.MeV, mixing=1e-5, quarks="constituent"),
)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
def test_a_boson_keeps_what_the_protocol_promises(model):
    ratios = model.branching_ratios()
    assert_allclose(sum(ratios.values()), 1.0, rtol=1e-12, atol=0)
    assert_allclose(sum(d.branching_ratio for d in model.decays()), 1.0, rtol=1e-12, atol=0)
    assert_allclose((model.width * model.lifetime).to_value("MeV s"), const.HBAR, rtol=1e-12, atol=0)
    assert list(ratios) == [d.channel for d in model.decays()]
    assert pickle.loads(pickle.dumps(model)) == model
    assert type(model).from_values(dict(model.values), **model.chosen) == model
    names = set(type(model).parameter_names)
    for item in (*model.decays(), *model.processes()):
        assert item.coupling in names
    for process in model.processes():
        assert hasattr(module_of(process.kind), "rates")
    found = daughters(model)
    for decay in model.decays():  # masses of the products fit
        assert decay.width > 0.0
    assert 0.5 < found.visible < 1.0 + 1e-9


def test_lifetimes_are_those_worked_out():
    alp = ab.ALP(mass=100 * u.MeV, photon=1e-9 / u.GeV)
    assert_allclose(alp.partial_widths()["gamma gamma"].to_value("MeV"), 4.974e-21, rtol=1e-4, atol=0)
    dark = ab.DarkPhoton(mass=10 * u.MeV, mixing=1e-10)
    assert_allclose(dark.lifetime.to_value("s"), 2.70607, rtol=3e-6, atol=0)
    scalar = ab.DarkScalar(mass=50 * u.MeV, mixing=1e-5)
    assert_allclose(scalar.partial_widths()["e e"].to_value("MeV"), 8.5635e-22, rtol=1e-4, atol=0)


def test_couplings_scale_widths_quadratically_and_none_is_stable():
    one, two = (ab.DarkScalar(mass=300 * u.MeV, mixing=x) for x in (1e-6, 3e-6))
    assert_allclose(two.width_mev / one.width_mev, 9.0, rtol=1e-12, atol=0)
    for model in (ab.ALP(mass=10 * u.MeV), ab.DarkPhoton(mass=10 * u.MeV), ab.DarkScalar(mass=10 * u.MeV)):
        assert model.decays() == ()
        assert np.isinf(model.lifetime.value)


def test_wrong_units_and_ranges_are_refused():
    with pytest.raises(DomainError, match="photon"):
        ab.ALP(mass=10 * u.MeV, photon=1e-9)
    with pytest.raises(DomainError, match="mass"):
        ab.DarkPhoton(mass=2 * u.GeV, mixing=1e-9)
    with pytest.raises(DomainError, match="did you mean 'none'"):
        ab.DarkScalar(mass=10 * u.MeV, mixing=1e-9, quarks="nonee")


def test_what_is_not_modelled_is_said():
    with pytest.warns(ValidityWarning, match="hadrons"):
        ab.ALP(mass=500 * u.MeV, nucleon=1e-9)
    with pytest.warns(ValidityWarning, match="electron"):
        ab.ALP(mass=5 * u.MeV, electron=1e-9)


def test_pairs_radiate_as_their_parent_says():
    assert [parent_of(m) for m in MODELS] == ["pseudoscalar", "vector", "scalar"]
    alp = ab.ALP(mass=20 * u.MeV, electron=1e-9)
    x = np.array([0.1, 0.5, 0.9])
    got = 10.0 * daughters(alp).photons.density(10.0 * x)
    assert_allclose(got, pair_photons(x, 20.0, const.M_E, "pseudoscalar"), rtol=1e-3, atol=0)


def test_an_alp_shines_in_a_line_and_in_what_pairs_leave():
    photons = daughters(ab.ALP(mass=60 * u.MeV, photon=1e-9 / u.GeV)).photons
    ratio = ab.ALP(mass=60 * u.MeV, photon=1e-9 / u.GeV).branching_ratios()["gamma gamma"]
    assert {energy for energy, _ in photons.lines} == {30.0}
    assert_allclose(sum(number for _, number in photons.lines), 2.0 * ratio, rtol=1e-9, atol=0)
    # a converted photon leaves the other one close to m/2
    soft = photons.energy - 60.0 * ratio
    assert 0.6 < soft / (1.0 - ratio) / 30.0 < 1.0
