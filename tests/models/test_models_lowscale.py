"""Low-scale seesaws: exact masses and mixings, loop masses, approximate formulas, pairs."""

import pickle
import warnings

import astropy.units as u
import numpy as np
import pytest

import astrobounds as ab
from astrobounds import constants as const
from astrobounds.errors import DomainError, ValidityWarning

MEV = u.MeV
CASES = {  # m, e', mu', Lambda, mu [MeV]: masses, |U_e|^2; 60 digits
    "inverse": (1, 0, 0, 1e3, 1e-3, (9.99999e-10, 1000.0000, 1000.0010),
                (0.999999, 5.0000025e-7, 4.9999875e-7)),
    "mu above Lambda": (1e-2, 0, 0, 1e3, 1e5, (9.99999e-6, 9.9990102, 100009.999),
                        (0.999999, 1.000097e-6, 9.995e-19)),
    "inverse with mu'": (1, 1e-7, 50, 1e3, 1e-4, (9.99999e-11, 975.31290, 1025.3130),
                         (0.999999, 5.1249555e-7, 4.8750345e-7)),
    "large mixing": (50, 0, 0, 3e3, 1e-2, (2.7770064e-6, 3000.4116, 3000.4216),
                     (0.9997223, 1.3885101e-4, 1.3884963e-4)),
}  # fmt: skip


def low_scale(m, epsilon, mu_prime, large, mu, **options):
    return ab.seesaw.LowScale(dirac={"e": m * MEV}, Lambda=large * MEV, mu=mu * MEV,
                              mu_prime=mu_prime * MEV, epsilon={"e": epsilon * MEV}, **options)  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_masses_and_mixings_of_one_generation(case):
    *terms, masses, mixing = case
    theory = low_scale(*terms)
    np.testing.assert_allclose(theory.masses.to_value("MeV"), masses, rtol=2e-7, atol=0)
    np.testing.assert_allclose(theory.mixing["e"], mixing, rtol=1e-5, atol=0)
    np.testing.assert_allclose(theory.mixing["e"][:2], mixing[:2], rtol=5e-7, atol=0)
    assert not np.any(theory.mixing["mu"])


def test_minimal_radiative_seesaw_has_its_mass_from_the_loop():
    theory = ab.seesaw.MinimalRadiative(dirac={"e": 1 * MEV}, Lambda=1e3 * MEV, mu_prime=1e6 * MEV)
    assert theory.light_masses[0].value == 0.0
    np.testing.assert_allclose(theory.masses.value[1:], [1.0, 1000001.0], rtol=1e-8, atol=0)
    np.testing.assert_allclose(theory.mixing["e"], [0.999999, 9.99998e-7, 9.99997e-13], rtol=2e-6, atol=0)
    np.testing.assert_allclose(theory.loop_mass.to_value("MeV"), 1.9502e-8, rtol=1e-4, atol=0)
    assert theory.loop_mass.value == abs(theory.loop_matrix_mev[0, 0])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_light_mass_is_the_determinant_over_the_heavy_masses(case):
    m, e, mu_prime, large, mu = case[:5]
    theory = low_scale(m, e, mu_prime, large, mu)
    determinant = abs(mu * m**2 - 2.0 * e * m * large + e**2 * mu_prime)
    light, *heavy = theory.masses_mev
    np.testing.assert_allclose(light, determinant / np.prod(heavy), rtol=1e-14, atol=0)


def test_a_cancelling_light_mass_is_exact():
    """mu m^2 = 2 e m Lambda up to a part in a million: the phase pi of epsilon brings it back."""
    m, large, mu = 1.0, 1024.0, 2.0**-20
    e = mu * m / (2.0 * large) * (1.0 - 2.0**-20)
    theory = low_scale(m, e, 0.0, large, mu)
    np.testing.assert_allclose(
        theory.masses_mev[0] * np.prod(theory.masses_mev[1:]), mu * 2.0**-20, rtol=1e-10, atol=0
    )
    both = low_scale(m, e, 0.0, large, mu, phases={"epsilon.e": np.pi})
    np.testing.assert_allclose(both.masses_mev[0] * np.prod(both.masses_mev[1:]),
                               mu * (2.0 - 2.0**-20), rtol=1e-10, atol=0)  # fmt: skip


def test_loop_masses_against_a_plain_sum_with_many_digits():
    """sum_k eta_k U_k^2 m_k^3 g(m_k^2) with 80 digits, where the pair cancels to 1e-9 and 1e-15."""
    mpmath = pytest.importorskip("mpmath")
    for terms in ((1.0, 0.0, 0.0, 1e3, 1e-3), (1.0, 0.0, 0.0, 2e5, 1e-12), (1.0, 1e-7, 50.0, 1e3, 1e-4)):
        m, e, mu_prime, large, mu = map(float, terms)
        with mpmath.workdps(80):
            values, vectors = mpmath.eigsy(mpmath.matrix([[0, m, e], [m, mu_prime, large], [e, large, mu]]))
            total = mpmath.mpf(0)
            for k in range(3):
                x = values[k] ** 2
                for weight, boson in ((1, const.M_HIGGS), (3, const.M_Z)):
                    square = mpmath.mpf(boson) ** 2
                    part = square * mpmath.log(x / square) / (x - square)
                    total += weight * vectors[0, k] ** 2 * values[k] ** 3 * part
            want = float(abs(total * mpmath.sqrt(2) * const.G_FERMI / (16 * mpmath.pi**2)))
        np.testing.assert_allclose(low_scale(*terms).loop_mass.value, want, rtol=1e-9, atol=0)


def test_two_flavours_share_one_direction():
    """dirac alone has rank one: one light state is massless and the other is a sum of squares."""
    theory = ab.seesaw.InverseSeesaw(dirac={"mu": 3 * MEV, "e": 4 * MEV}, Lambda=500 * MEV, mu=1e-3 * MEV)
    assert theory.flavours == ("e", "mu")
    assert theory.light_masses[0].value == 0.0
    one = ab.seesaw.InverseSeesaw(dirac={"e": 5 * MEV}, Lambda=500 * MEV, mu=1e-3 * MEV)
    np.testing.assert_allclose(theory.masses_mev[1:], one.masses_mev, rtol=1e-14, atol=0)
    e, mu = theory.mixing["e"], theory.mixing["mu"]
    np.testing.assert_allclose(e[2:] / mu[2:], 16.0 / 9.0, rtol=1e-12, atol=0)
    np.testing.assert_allclose(e[1:] + mu[1:], one.mixing["e"], rtol=1e-12, atol=0)


def test_named_cases_are_the_general_matrix():
    general = low_scale(1.0, 0.0, 0.3, 400.0, 1e-3)
    inverse = ab.seesaw.InverseSeesaw(dirac={"e": 1 * MEV}, Lambda=400 * MEV, mu=1e-3 * MEV,
                                       mu_prime=0.3 * MEV)  # fmt: skip
    np.testing.assert_array_equal(general.matrix_mev, inverse.matrix_mev)
    extended = ab.seesaw.ExtendedSeesaw(dirac={"e": 1 * MEV}, Lambda=400 * MEV, mu_prime=4e4 * MEV)
    np.testing.assert_allclose(extended.masses_mev[1:], [4.0, 4e4], rtol=2e-4, atol=0)
    np.testing.assert_allclose(extended.mixing["e"][1], (1 / 400) ** 2, rtol=2e-4, atol=0)


def test_the_integrated_out_formula_is_refused_where_the_pair_is():
    """m^2 mu^2/Lambda^4 holds for mu >> Lambda; at Lambda >> mu it is 1e-12 of m^2/(2 Lambda^2)."""
    inverse = low_scale(1, 0, 0, 1e3, 1e-3)
    right = inverse.approximate_mixing("e")
    np.testing.assert_allclose(right.mixing, right.exact_mixing, rtol=1e-5, atol=0)
    with pytest.warns(ValidityWarning, match="2e-12 times the exact"):
        inverse.approximate_mixing("e", formula="integrated-out")
    above = low_scale(1e-2, 0, 0, 1e3, 1e5)
    good = above.approximate_mixing("e", formula="integrated-out")
    np.testing.assert_allclose([good.mixing, good.mass_mev], [1e-6, 10.0], rtol=1e-12, atol=0)
    np.testing.assert_allclose(good.ratio, 1.0, rtol=2e-4, atol=0)
    with pytest.warns(ValidityWarning, match="quasi-Dirac"):
        above.approximate_mixing("e")
    extended = ab.seesaw.ExtendedSeesaw(dirac={"e": 1 * MEV}, Lambda=1e3 * MEV, mu_prime=1e6 * MEV)
    assert abs(extended.approximate_mixing("e", formula="extended").ratio - 1.0) < 1e-5
    with pytest.raises(DomainError, match="did you mean 'extended'"):
        extended.approximate_mixing("e", formula="extendd")


def test_particles_are_two_majorana_or_one_dirac_by_the_width():
    """At 300 MeV and |U|^2 = 6e-6 the width is 1e-17 MeV: mu above and below it."""
    terms = {"dirac": {"e": 1 * MEV}, "Lambda": 300 * MEV}
    wide = ab.seesaw.InverseSeesaw(**terms, mu=1e-6 * MEV)
    narrow = ab.seesaw.InverseSeesaw(**terms, mu=1e-20 * MEV)
    assert [p.nature for p in wide.particles()] == ["majorana", "majorana"]
    (dirac,) = narrow.particles()
    assert dirac.nature == "dirac"
    (pair,) = wide.pairs()
    np.testing.assert_allclose(pair.splitting_mev, 1e-6, rtol=2e-5, atol=0)
    assert pair.ratio > 1e9
    np.testing.assert_allclose(pair.wrong_sign_ratio, 1.0, rtol=1e-9, atol=0)
    assert "times the width" in str(pair)
    (close,) = narrow.pairs()
    np.testing.assert_allclose(close.ratio, close.splitting_mev / close.width_mev, rtol=1e-12, atol=0)
    np.testing.assert_allclose(close.wrong_sign_ratio, 0.5 * close.ratio**2, rtol=1e-3, atol=0)
    assert close.violation < 1e-6


def test_a_pair_decays_alike_as_one_dirac_or_two_majorana_particles():
    theory = ab.seesaw.InverseSeesaw(dirac={"e": 1 * MEV, "tau": 1 * MEV}, Lambda=300 * MEV, mu=1e-6 * MEV)
    two, (one,) = theory.particles("majorana"), theory.particles("dirac")
    np.testing.assert_allclose([p.width_mev for p in two], one.width_mev, rtol=1e-6, atol=0)
    produced = sum(np.array(p.mixing_vector) for p in two)
    np.testing.assert_allclose(produced, one.mixing_vector, rtol=1e-12, atol=0)


def test_unrelated_degenerate_states_are_no_dirac_pair():
    """Two N of one mass that mix with different flavours violate lepton number each by itself."""
    dirac = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]) * 1e-2 * MEV
    theory = ab.seesaw.TypeI(dirac=dirac, majorana=np.diag([300.0, 300.0]) * MEV)
    (pair,) = theory.pairs()
    assert pair.violation > 0.9
    assert [p.nature for p in theory.particles()] == ["majorana", "majorana"]


def test_what_no_hnl_can_be_is_left_out_and_said():
    theory = ab.seesaw.ExtendedSeesaw(dirac={"e": 1 * MEV}, Lambda=1e3 * MEV, mu_prime=1e6 * MEV)
    with pytest.warns(ValidityWarning, match="are left out"):
        (particle,) = theory.particles()
    np.testing.assert_allclose(particle.mass_mev, 1.0, rtol=1e-6, atol=0)
    heavy = ab.seesaw.InverseSeesaw(dirac={"e": 1 * MEV}, Lambda=1.5 * u.GeV, mu=1 * u.keV)
    with pytest.warns(ValidityWarning, match="10-20 %"):
        heavy.particles()


def test_theories_are_values():
    theory = low_scale(1, 0, 0, 300.0, 1e-3, phases={"mu": 0.3})
    again = pickle.loads(pickle.dumps(theory))
    assert again == theory
    assert hash(again) == hash(theory)
    assert theory != low_scale(1, 0, 0, 300.0, 1e-3)
    fast = ab.seesaw.LowScale.from_values({"dirac.e": 1.0, "Lambda": 300.0, "mu": 1e-3, "phases.mu": 0.3})
    assert fast == theory
    assert fast.Lambda == 300 * MEV
    assert theory.phases["mu"] == 0.3
    with pytest.raises(AttributeError, match="frozen"):
        theory.values = {}
    assert "Lambda=300" in repr(theory)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert theory.to_dict()["masses_mev"] == theory.masses_mev.tolist()


@pytest.mark.parametrize(("change", "words"), [
    ({"Lambda": 1e3}, "no unit"),
    ({"Lambda": -1 * u.GeV}, r"outside \[0, inf\].*moduli"),
    ({"dirac": {"e": -1 * MEV}}, "outside"),
    ({"dirac": {"electron": 1 * MEV}}, "unknown key 'electron'"),
    ({"dirac": 1 * MEV}, "not a mapping"),
    ({"mu": 1 * u.s}, "cannot be converted"),
    ({"phases": {"mu_prim": 1.0}}, "did you mean 'mu_prime'"),
    ({"phases": {"mu": np.nan}}, "phases"),
])  # fmt: skip
def test_bad_input_ends_in_a_sentence(change, words):
    arguments = {"dirac": {"e": 1 * MEV}, "Lambda": 1 * u.GeV, **change}
    with pytest.raises(DomainError, match=words):
        ab.seesaw.LowScale(**arguments)


def test_a_splitting_above_the_mass_is_refused():
    with pytest.raises(DomainError, match=r"splitting mu .* larger than the mass Lambda"):
        ab.seesaw.InverseSeesaw(dirac={"e": 1 * MEV}, Lambda=1 * MEV, mu=2 * MEV)
    with pytest.raises(DomainError, match="not an extended seesaw"):
        ab.seesaw.ExtendedSeesaw(dirac={"e": 1 * MEV}, Lambda=1 * MEV, mu_prime=0.5 * MEV)
    with pytest.raises(DomainError, match="allowed: 'auto'"):
        low_scale(1, 0, 0, 300.0, 1e-3).particles("both")


def test_a_theory_is_no_particle():
    theory = low_scale(1, 0, 0, 300.0, 1e-3)
    for ask in (lambda: theory.width, lambda: theory.mass_mev, theory.decays, lambda: theory.states):
        with pytest.raises(DomainError, match="pass one of its particles"):
            ask()
    assert [p.name for p in ab.seesaw.MinimalRadiative.parameters[:2]] == ["Lambda", "mu_prime"]
    assert all(p.unit == "MeV" for p in ab.seesaw.InverseSeesaw.parameters)
    assert "splitting" in ab.seesaw.InverseSeesaw.allowed({"Lambda": 1.0, "mu": 2.0})


def test_yukawas_and_masses_are_each_other():
    np.testing.assert_allclose(ab.seesaw.dirac_mass(1.0).to_value("GeV"), 174.104, rtol=1e-5, atol=0)
    np.testing.assert_allclose(ab.seesaw.yukawa(ab.seesaw.dirac_mass(3e-7)), 3e-7, rtol=1e-14, atol=0)
