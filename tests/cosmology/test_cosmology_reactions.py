"""Nuclides, reactions and rates against tables, closed formulas and quadrature."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from astrobounds import constants as const
from astrobounds.cosmology.nuclear import rates as R
from astrobounds.cosmology.nuclear.nuclides import nuclide, nuclides
from astrobounds.cosmology.nuclear.reactions import GK, key_reactions, orderings, reaction, reactions
from astrobounds.datafiles import data_path, read_ecsv
from astrobounds.errors import ConfigError, DomainError
from astrobounds.references import bibtex

# Q [MeV], alpha, beta, gamma of lambda_rev/lambda = alpha T9^beta exp(gamma/T9), from AME2020
# masses and spins in an independent evaluation; published tables agree to 1e-5 (0.03 % for the two
# reactions with t + d and He3 + d).
TABLE = {
    "p(n,g)d": (2.22457, 4.71614e9, 1.5, -25.8150),
    "d(p,g)He3": (5.49342, 1.63351e10, 1.5, -63.749),
    "d(d,n)He3": (3.26886, 1.73183, 0.0, -37.934),
    "d(d,p)t": (4.03266, 1.73492, 0.0, -46.797),
    "t(p,g)a": (19.81381, 2.61058e10, 1.5, -229.930),
    "t(d,n)a": (17.58925, 5.53541, 0.0, -204.115),
    "t(a,g)Li7": (2.46751, 1.11330e10, 1.5, -28.634),
    "He3(n,p)t": (0.76381, 1.00178, 0.0, -8.8636),
    "He3(d,p)a": (18.35305, 5.54529, 0.0, -212.978),
    "He3(a,g)Be7": (1.58689, 1.11289e10, 1.5, -18.415),
    "Be7(n,p)Li7": (1.64442, 1.00215, 0.0, -19.083),
    "Li7(p,a)a": (17.34630, 4.68980, 0.0, -201.296),
}

# REACLIB/PRIMAT at T9 = 0.03, 0.1, 0.3, 0.5, 0.7, 1, 2, 5, computed with two public codes.
RATIO_T9 = np.array([0.03, 0.1, 0.3, 0.5, 0.7, 1.0, 2.0, 5.0])
RATIOS = {
    "p(n,g)d": (1.0006, 0.9996, 1.0002, 1.0004, 1.0003, 1.0001, 1.0005, 0.9993),
    "d(p,g)He3": (0.9949, 0.9643, 0.9347, 0.9248, 0.9192, 0.9123, 0.8929, None),
    "d(d,n)He3": (0.9928, 1.0072, 1.0080, 0.9977, 0.9895, 0.9833, 0.9881, 1.0212),
    "d(d,p)t": (0.9946, 1.0024, 1.0071, 1.0008, 0.9947, 0.9890, 0.9899, 1.0130),
    "t(p,g)a": (1.0189, 1.0361, 0.9999, 0.9729, 0.9592, 0.9543, 0.9929, 1.0157),
    "t(d,n)a": (1.0111, 0.9802, 1.0029, 0.9593, 0.9558, 0.9871, 1.0062, 0.9889),
    "t(a,g)Li7": (0.9931, 0.9807, 0.9883, 1.0028, 1.0147, 1.0262, 1.0285, 0.9717),
    "He3(n,p)t": (0.9966, 0.9982, 1.0015, 1.0020, 1.0001, 0.9961, 0.9965, 1.0013),
    "He3(d,p)a": (1.0119, 1.0019, 0.9654, 0.9696, 0.9671, 0.9752, 1.0057, 0.9949),
    "He3(a,g)Be7": (0.9926, 0.9862, 0.9813, 0.9854, 0.9911, 0.9971, 1.0006, 0.9175),
    "Be7(n,p)Li7": (1.2613, 1.1778, 1.1338, 1.1278, 1.1151, 1.0832, 1.0112, 1.0551),
    "Li7(p,a)a": (1.0059, 1.0028, 0.9981, 1.0136, 1.0471, 1.0807, 1.0615, 1.0093),
}


def test_nucleon_masses_agree_with_particle_data():
    assert_allclose(nuclide("n").mass, const.M_N, rtol=0, atol=2e-6)
    assert_allclose(nuclide("p").mass, const.M_P, rtol=0, atol=2e-6)
    assert_allclose(nuclide("d").binding, 2.224566, rtol=0, atol=2e-6)
    assert_allclose(nuclide("a").binding, 28.29566, rtol=0, atol=1e-4)
    assert nuclide("alpha") is nuclide("He4")


def test_every_nuclide_is_consistent():
    for name, x in nuclides().items():
        assert 0 <= x.Z <= x.A <= 12
        assert (2 * x.spin) % 2 == x.A % 2, name  # half-integer spin for odd A
        assert x.A == 1 or 1.0 < x.binding / x.A < 8.0


@pytest.mark.parametrize("name", TABLE)
def test_reverse_rates_from_detailed_balance(name):
    Q, alpha, beta, gamma = TABLE[name]
    r = reaction(name)
    found = r.detailed_balance()
    assert_allclose(r.Q, Q, rtol=0, atol=2e-5)
    assert_allclose(found[0], alpha, rtol=2e-5, atol=0)
    assert found[1] == beta
    assert_allclose(found[2], gamma, rtol=0, atol=1e-3)


def test_detailed_balance_makes_saha_abundances_stationary():
    """Forward and reverse flow are equal at equal chemical potentials, for every reaction."""
    T, n_b, mu_n, mu_p = 0.3, 1e-8, -12.0, -10.0  # MeV, MeV^3, mu - m in MeV
    rho = n_b / (const.N_AVOGADRO * const.HBAR_C**3)
    T9 = T / GK

    def abundance(name):
        x = nuclide(name)
        mu = x.Z * (mu_p + nuclide("p").mass) + (x.A - x.Z) * (mu_n + nuclide("n").mass) - x.mass
        return x.g * (x.mass * T / (2 * np.pi)) ** 1.5 * np.exp(mu / T) / n_b

    for r in reactions().values():
        if not r.reversible:
            continue
        alpha, beta, gamma = r.detailed_balance()
        forward = rho ** (len(r.reactants) - 1) / orderings(r.reactants)
        reverse = rho ** (len(r.products) - 1) / orderings(r.products)
        reverse *= alpha * T9**beta * np.exp(gamma / T9)
        for x in r.reactants:
            forward *= abundance(x)
        for x in r.products:
            reverse *= abundance(x)
        assert_allclose(reverse, forward, rtol=1e-9, atol=0, err_msg=str(r.name))


def test_all_reactions_conserve_and_have_a_rate():
    assert len(key_reactions()) == 12
    assert len(reactions()) >= 60
    for name, r in reactions().items():
        assert R.evaluation(name).rate(1.0) >= 0.0
        if r.kind == "decay":
            assert_allclose(
                R.evaluation(name).rate([0.01, 9.0]), R.evaluation(name).rate(1.0), rtol=1e-6, atol=0
            )
            with pytest.raises(DomainError, match="decay"):
                r.detailed_balance()


def test_decay_constants():
    # NUBASE2020 half-lives in s; the fits hold those of the Nuclear Wallet Cards (He6: 0.801)
    for name, half_life in {
        "t(beta)He3": 12.32 * const.YEAR_S,
        "Li8(beta)2a": 0.8399,
        "B8(beta)2a": 0.770,
        "He6(beta)Li6": 0.8067,
        "C11(beta)B11": 1221.8,
        "B12(beta)C12": 0.0202,
    }.items():
        assert_allclose(np.log(2) / R.evaluation(name).rate(1.0), half_life, rtol=1e-2, atol=0)


def test_reaclib_formula_written_out():
    """d(d,n)He3 term by term from the coefficients in the file."""
    table = read_ecsv(data_path("nuclear/reaclib.ecsv"))
    T9 = 0.37
    for name in ("d(d,n)He3", "Li7(p,a)a", "a(2a,g)C12"):
        total = 0.0
        for row in table[table["name"] == name]:
            exponent = row["a0"] + row["a6"] * np.log(T9)
            for i in range(1, 6):
                exponent += row[f"a{i}"] * T9 ** ((2 * i - 5) / 3)
            total += np.exp(exponent)
        assert_allclose(R.evaluation(name).rate(T9), total, rtol=1e-12, atol=0)


def test_reaclib_labels_of_key_reactions():
    labels = {name: R.evaluation(name).label for name in key_reactions()}
    assert list(labels.values()) == [
        "an06", "de04", "gi17", "go17", "cf88", "de04", "de04", "de04", "de04", "cd08", "db18",
        "de04",
    ]  # fmt: skip


@pytest.mark.parametrize("name", RATIOS)
def test_reaclib_over_default(name):
    wanted = RATIOS[name]
    here = np.array([w is not None for w in wanted])  # d(p,g): the published table ends at T9 = 4
    default = R.choose("default", names=[name])[0]
    ratio = R.evaluation(name).rate(RATIO_T9) / default.rate(RATIO_T9)
    expected = np.array([w for w in wanted if w is not None])
    assert_allclose(ratio[here], expected, rtol=0, atol=2e-4)


def test_luna_s_factor_rate():
    found = R.evaluation("d(p,g)He3", "Mossa2020").rate([0.1, 0.3, 0.5, 1.0, 2.0])
    assert_allclose(found, [5.7518, 54.725, 128.91, 363.17, 921.0], rtol=1e-4, atol=0)
    bayesian = R.evaluation("d(p,g)He3", "Moscoso2021")
    T9 = np.geomspace(0.1, 3.0, 20)
    luna = R.evaluation("d(p,g)He3", "Mossa2020")
    assert_allclose(luna.rate(T9), bayesian.rate(T9), rtol=4e-3, atol=0)


def test_s_factor_quadrature_against_adaptive_quadrature():
    a, b = nuclide("d").mass, nuclide("p").mass
    reduced, S = a * b / (a + b), (3e-7, 5e-6)
    for T9 in (0.01, 0.3, 4.0):
        kT = T9 * GK

        def integrand(E, kT=kT):
            eta = 2 * np.pi * const.ALPHA * np.sqrt(reduced / (2 * E))
            return (S[0] + S[1] * E) * np.exp(-eta - E / kT)

        peak = (np.pi * const.ALPHA * kT * np.sqrt(reduced / 2)) ** (2 / 3)
        total = quad(integrand, 0, peak, epsabs=0, epsrel=1e-10)[0]
        total += quad(integrand, peak, peak + 60 * kT + 10 * peak, epsabs=0, epsrel=1e-10)[0]
        expected = (
            const.N_AVOGADRO * 1e-24 * const.C_CM * np.sqrt(8 / np.pi / reduced) * kT**-1.5 * total
        )
        found = np.exp(R.s_factor_ln_rate(T9, "d(p,g)He3", S))
        assert_allclose(found, expected, rtol=1e-7, atol=0)


def test_tables_pass_through_published_points_and_are_smooth():
    table = read_ecsv(data_path("nuclear/tables.ecsv"))
    for name, source in {(str(n), str(s)) for n, s in zip(table["name"], table["source"])}:
        rows = table[(table["name"] == name) & (table["source"] == source)]
        e = R.evaluation(name, source)
        assert_allclose(e.rate(np.array(rows["T9"])), np.array(rows["rate"]), rtol=1e-10, atol=0)
        assert_allclose(1 + e.sigma(np.array(rows["T9"])), np.array(rows["factor"]), rtol=1e-6, atol=0)
        assert np.all(np.array(rows["factor"]) >= 1.0)
        # Leaving out every other point moves the spline by less than 1 % (at the resonance of
        # t + d), so the full table, with an error 2^4 times smaller, is good to 1e-3.
        if reaction(name).small:
            thin = np.array([list(r) for r in rows["T9", "rate", "factor"]], dtype=float)
            inside = (thin[:, 0] > 0.02) & (thin[:, 0] < 2.0)
            ln_rate = R._tabulated(name, thin[::2])[0]
            assert_allclose(ln_rate(thin[inside, 0]), np.log(thin[inside, 1]), rtol=0, atol=1e-2)


def test_rates_continue_smoothly_outside_the_published_range():
    e = R.evaluation("d(p,g)He3", "Moscoso2021")
    assert e.T9_range == (0.001, 4.0)
    assert_allclose(e.rate(4.0 + 1e-9), e.rate(4.0 - 1e-9), rtol=1e-7, atol=0)
    fit = R.evaluation("d(p,g)He3")
    assert_allclose(e.rate(8.0) / e.rate(4.0), fit.rate(8.0) / fit.rate(4.0), rtol=1e-12, atol=0)


def test_sets_and_overrides():
    for name in R.SETS:
        chosen = {e.reaction: e.source for e in R.choose(name)}
        assert set(chosen) == set(reactions())
        assert {k: v for k, v in chosen.items() if v != "reaclib"} == R.SETS[name]
    one = R.choose("default", {"Be7(n,p)Li7": "reaclib"}, ["Be7(n,p)Li7"])[0]
    assert one.label == "db18"
    assert "Moscoso2021" in R.sources("d(p,g)He3")


def test_references_exist():
    for name in R.SETS:
        for e in R.choose(name):
            assert all(bibtex(key) for key in e.references)
    for key in nuclide("d").references:
        assert bibtex(key)


def test_errors_say_what_is_known():
    with pytest.raises(DomainError, match="did you mean 'Be7'"):
        nuclide("be7")
    with pytest.raises(DomainError, match=r"did you mean 'd\(p,g\)He3'"):
        reaction("d(p,g)he3")
    with pytest.raises(ConfigError, match="did you mean 'reaclib'"):
        R.choose("realcib")
    with pytest.raises(ConfigError, match="did you mean 'Moscoso2021'"):
        R.evaluation("d(p,g)He3", "Moscoso2020")
    with pytest.raises(DomainError, match="T9"):
        R.evaluation("d(p,g)He3").rate(20.0)
    with pytest.raises(DomainError, match="unknown reaction"):
        R.choose("default", {"x(y,z)w": "reaclib"})
