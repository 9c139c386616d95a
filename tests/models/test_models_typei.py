"""Type-I seesaws, the Casas-Ibarra parametrisation, two right-handed neutrinos, three portals."""

import pickle

import astropy.units as u
import numpy as np
import pytest

import astrobounds as ab
from astrobounds.errors import DomainError
from astrobounds.models.seesaw.minimal import rotation_matrix
from astrobounds.models.seesaw.oscillations import Oscillations
from astrobounds.models.seesaw.region import ANGLES, DM21, DM31_NORMAL, DM32_INVERTED

MEV = u.MeV


def test_one_right_handed_neutrino_is_the_seesaw_line():
    """|U|^2 = m_nu/m_N: (1 keV)^2/10 MeV = 0.1 eV; 5e-10 at 100 MeV for 0.05 eV."""
    theory = ab.seesaw.TypeI(dirac=[[1.0], [0.0], [0.0]] * u.keV, majorana=[[10.0]] * MEV)
    np.testing.assert_allclose(theory.light_masses[-1].to_value("eV"), 0.1, rtol=2e-8, atol=0)
    np.testing.assert_allclose(theory.mixing["e"][3], 1e-8, rtol=4e-8, atol=0)
    m = np.sqrt(0.05e-6 * 100.0)
    line = ab.seesaw.TypeI(dirac=[[0.0], [m], [0.0]] * MEV, majorana=[[100.0]] * MEV)
    np.testing.assert_allclose(line.mixing["mu"][3], 5e-10, rtol=1e-8, atol=0)
    assert [p.mixing["mu"] for p in line.particles()] == [line.mixing["mu"][3]]


def test_inverse_seesaw_of_one_generation_is_a_type_one():
    low = ab.seesaw.LowScale(dirac={"mu": 1 * MEV}, Lambda=300 * MEV, mu=1e-3 * MEV,
                             epsilon={"mu": 1e-8 * MEV}, phases={"mu": 0.4})  # fmt: skip
    same = ab.seesaw.TypeI(dirac=[[0, 0], [1, 1e-8], [0, 0]] * MEV,
                           majorana=[[0, 300], [300, 1e-3 * np.exp(0.4j)]] * MEV)  # fmt: skip
    np.testing.assert_allclose(same.masses_mev[2:], low.masses_mev, rtol=1e-14, atol=0)
    np.testing.assert_allclose(same.mixing["mu"][2:], low.mixing["mu"], rtol=1e-12, atol=0)
    np.testing.assert_allclose(same.loop_mass.value, low.loop_mass.value, rtol=1e-6, atol=0)


@pytest.mark.parametrize("ordering", ["normal", "inverted"])
@pytest.mark.parametrize("lightest", [0.0, 0.02])
def test_casas_ibarra_gives_back_the_light_masses_and_pmns(ordering, lightest):
    """Three N and a random complex R; corrections are of the order of the mixings."""
    rng = np.random.default_rng(3)
    data = Oscillations.of(ordering)
    light, pmns = data.masses_ev(lightest), data.pmns(0.7, 1.9)
    antisymmetric = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
    antisymmetric = 0.5 * (antisymmetric - antisymmetric.T)
    values, vectors = np.linalg.eig(antisymmetric)
    rotation = (vectors * np.exp(values)) @ np.linalg.inv(vectors)
    heavy = np.array([150.0, 420.0, 900.0])
    dirac = ab.seesaw.casas_ibarra(light, pmns, heavy, rotation)
    theory = ab.seesaw.TypeI(dirac=dirac * MEV, majorana=np.diag(heavy) * MEV)
    size = max(float(theory.mixing[f][3:].max()) for f in ("e", "mu", "tau"))
    assert 1e-11 < size < 1e-7
    found = theory.light_masses.to_value("eV")
    order = np.argsort(light)
    massive = light[order] > 0.0
    np.testing.assert_allclose(found[massive], light[order][massive], rtol=20 * size, atol=0)
    square = np.abs(theory.light_mixing) ** 2
    np.testing.assert_allclose(square, np.abs(pmns[:, order]) ** 2, rtol=0, atol=100 * size)
    tree = -dirac @ np.diag(1.0 / heavy) @ dirac.T
    np.testing.assert_allclose(pmns.T @ tree @ pmns, np.diag(light) * 1e-6, rtol=0, atol=1e-21)


@pytest.mark.parametrize("ordering", ["normal", "inverted"])
@pytest.mark.parametrize("sign", [1, -1])
def test_large_mixings_have_the_flavour_fractions_of_approximate_lepton_number(ordering, sign):
    s12, s13, s23 = ANGLES[ordering]
    dm3l = DM31_NORMAL if ordering == "normal" else -DM32_INVERTED
    data = Oscillations(ordering, s12, s13, s23, DM21, dm3l, delta=1.1)
    theory = ab.seesaw.MinimalSeesaw.from_mixing(300 * MEV, 1e-6, sign=sign, alpha=0.8, oscillations=data)
    total = {f: theory.mixing[f][3:].sum() for f in ("e", "mu", "tau")}
    np.testing.assert_allclose(sum(total.values()), 1e-6, rtol=1e-5, atol=0)
    want = [ab.seesaw.flavour_fractions(ordering, 1.1, 0.8, s) for s in (1, -1)]
    found = np.array(list(total.values())) / 1e-6
    distance = [np.abs(found - list(w.values())).max() for w in want]
    assert min(distance) < 2e-4
    assert max(distance) > 1e-2
    assert int(np.argmin(distance)) == (0 if sign == 1 else 1)


@pytest.mark.parametrize("ordering", ["normal", "inverted"])
def test_no_angle_goes_below_the_floor(ordering):
    data = Oscillations.of(ordering)
    floor = data.floor(300 * MEV)
    np.testing.assert_allclose(floor, data.masses_ev().sum() * 1e-6 / 300.0, rtol=1e-14, atol=0)
    totals = []
    for omega in (0.0, 0.3, 0.3 + 0.2j, 1.0 - 0.5j, 2.0 + 2.0j):
        theory = ab.seesaw.MinimalSeesaw(300 * MEV, omega=omega, oscillations=ordering)
        total = sum(theory.mixing[f][3:].sum() for f in ("e", "mu", "tau"))
        np.testing.assert_allclose(total, floor * np.cosh(2.0 * np.imag(omega)), rtol=1e-8, atol=0)
        totals.append(total)
    assert min(totals) > floor * (1.0 - 1e-8)


def test_minimal_seesaw_is_a_theory_of_numbers():
    theory = ab.seesaw.MinimalSeesaw(1 * u.GeV, 1 * u.keV, 0.4 + 3.0j, alpha=1.2, oscillations="inverted")
    again = ab.seesaw.MinimalSeesaw.from_values(dict(theory.values), ordering="inverted")
    assert again.values == theory.values
    assert again == theory == pickle.loads(pickle.dumps(theory))
    assert again != ab.seesaw.MinimalSeesaw.from_values(dict(theory.values), ordering="normal")
    np.testing.assert_allclose(np.diff(theory.masses_mev[3:]), 1e-3, rtol=1e-2, atol=0)
    best = ab.seesaw.MinimalSeesaw.from_values({"mass": 300.0})
    found = best.light_masses.to_value("eV")
    np.testing.assert_allclose(found, [0.0, 0.00865448, 0.0501298], rtol=1e-6, atol=0)


def test_oscillation_data_and_priors():
    """NuFIT 6.0 with atmospheric data: numbers of the published table."""
    normal, inverted = Oscillations.of(), Oscillations.of("inverted")
    np.testing.assert_allclose(normal.masses_ev()[1:] ** 2, [7.49e-5, 2.513e-3], rtol=1e-14, atol=0)
    m1, m2, m3 = inverted.masses_ev()
    np.testing.assert_allclose([m2**2 - m1**2, m3**2 - m2**2], [7.49e-5, -2.484e-3], rtol=1e-12, atol=0)
    priors = ab.seesaw.oscillation_priors("normal")
    angle = priors["sin2_23"]
    np.testing.assert_allclose([angle.mean, angle.sigma], [0.470, 0.015], rtol=1e-12, atol=0)
    names = {"sin2_12", "sin2_13", "sin2_23", "dm2_21", "dm2_3l"}
    assert set(priors) == names | {f"pull.{n}" for n in names} | {"delta", "alpha"}
    assert {n for n in priors if "pull" in n} < set(ab.seesaw.MinimalSeesaw.parameter_names)
    moved = Oscillations.pulled("inverted", 1.0, {"sin2_23": 2.0, "dm2_3l": -1.0})
    np.testing.assert_allclose([moved.sin2_23, moved.dm2_3l], [0.577, -2.504e-3], rtol=1e-12, atol=0)
    found = [moved.pulls()[n] for n in ("sin2_23", "dm2_3l", "sin2_12")]
    np.testing.assert_allclose(found, [2.0, -1.0, 0.0], rtol=1e-9, atol=1e-12)
    matrix = normal.pmns(0.3, 0.9)
    np.testing.assert_allclose(matrix @ matrix.conj().T, np.eye(3), rtol=0, atol=1e-15)
    np.testing.assert_allclose(np.abs(matrix[0, 2]) ** 2, 0.02215, rtol=1e-14, atol=0)


def test_three_portals_of_one_flavour():
    """|det M| = m^2 M_X^2; without dark mass the neutrino is massless; the dark shares add up."""

    def make(m, majorana, left, right, dark):
        return ab.seesaw.ThreePortal(dirac={"mu": m * MEV}, majorana=majorana * MEV, Lambda_L=left * MEV,
                                     Lambda_R=right * MEV, dark=dark * MEV)  # fmt: skip

    theory = make(1, 5, 300, 50, 100)
    np.testing.assert_allclose(np.prod(theory.masses_mev), 1.0 * 100.0**2, rtol=1e-13, atol=0)
    massless = make(1, 5, 300, 0, 0)
    np.testing.assert_array_equal(massless.masses_mev[:2], 0.0)
    total = theory.mixing["mu"] + theory.dark_content["nu_D"] + theory.dark_content["nu_D^c"]
    np.testing.assert_allclose(total, 1.0 - np.abs(theory.spectrum.vectors[1]) ** 2, rtol=1e-13, atol=0)
    small = make(1e-3, 5, 0, 0, 100)
    np.testing.assert_allclose(small.masses_mev, [2e-7, 5.0, 100.0, 100.0], rtol=1e-6, atol=0)


def test_values_of_a_matrix_make_it_again():
    rng = np.random.default_rng(0)
    dirac = (rng.normal(size=(3, 2)) + 1j * rng.normal(size=(3, 2))) * u.keV
    theory = ab.seesaw.TypeI(dirac=dirac, majorana=[[1.0, 0.2], [0.2, 2.0]] * u.GeV)
    again = ab.seesaw.TypeI.from_values(theory.values)
    np.testing.assert_allclose(again.matrix_mev, theory.matrix_mev, rtol=1e-15, atol=1e-18)
    assert pickle.loads(pickle.dumps(theory)) == theory


@pytest.mark.parametrize(("dirac", "majorana", "words"), [
    (np.ones((3, 3)) * MEV, np.eye(2) * MEV, r"shape \(3, 3\); with 2 right.* is \(3, 2\)"),
    (np.ones((2, 2)) * MEV, np.eye(2) * MEV, r"rows e, mu, tau"),
    (np.ones((3, 2)), np.eye(2) * MEV, "no unit"),
    (np.ones((3, 2)) * u.s, np.eye(2) * MEV, "not a unit of energy"),
    (np.ones((3, 2)) * MEV, np.array([[1, 2], [3, 4]]) * MEV, "not symmetric"),
    (np.ones((3, 2)) * MEV, np.diag([1.0, -1.0]) * MEV, "negative mass"),
    (np.ones((3, 2)) * MEV, np.ones((2, 3)) * MEV, "square"),
    (np.full((3, 2), np.inf) * MEV, np.eye(2) * MEV, "not finite"),
])  # fmt: skip
def test_matrices_that_do_not_fit_are_refused(dirac, majorana, words):
    with pytest.raises(DomainError, match=words):
        ab.seesaw.TypeI(dirac=dirac, majorana=majorana)


def test_bad_input_of_the_minimal_seesaw():
    make = ab.seesaw.MinimalSeesaw
    with pytest.raises(DomainError, match="did you mean 'inverted'"):
        make(1 * u.GeV, oscillations="invertd")
    with pytest.raises(DomainError, match="splitting 2000 MeV is larger than the mass"):
        make(1 * u.GeV, splitting=2 * u.GeV)
    with pytest.raises(DomainError, match="not between the floor"):
        make.from_mixing(1 * u.GeV, 1e-14)
    with pytest.raises(DomainError, match="allowed: 1, -1"):
        make.from_mixing(1 * u.GeV, 1e-8, sign=0)
    with pytest.raises(DomainError, match="larger in normal"):
        Oscillations.of("normal", dm2_3l=-2.5e-3)
    with pytest.raises(DomainError, match="sin2_12"):
        Oscillations.of("normal", sin2_12=1.3)
    with pytest.raises(DomainError, match="not orthogonal"):
        ab.seesaw.casas_ibarra([0, 0.01, 0.05], np.eye(3), [1.0, 2.0], 2.0 * rotation_matrix(0.1))
    with pytest.raises(DomainError, match="shapes"):
        ab.seesaw.casas_ibarra([0, 0.01, 0.05], np.eye(3), [1.0], rotation_matrix(0.1))
