"""Constraints on the particles of a theory."""

import astropy.units as u
import numpy as np
import pytest

import astrobounds as ab
from astrobounds.constraints import OnParticles, get
from astrobounds.errors import DomainError, ValidityWarning

MEV = u.MeV
CURVES = ["pienu_2017_ue4", "na62_2020_ue4", "t2k_2019_ue4_profiled"]


def inverse(large=200.0, m=0.02, mu=1e-3):
    return ab.seesaw.InverseSeesaw(dirac={"e": m * MEV}, Lambda=large * MEV, mu=mu * MEV)


def test_a_pair_is_constrained_as_one_dirac_particle():
    own, lab = OnParticles({"lab": {"curves": CURVES}}), get("lab", curves=CURVES)
    theory = inverse()
    (particle,) = theory.particles("dirac")
    np.testing.assert_allclose(particle.mixing["e"], (0.02 / 200.0) ** 2, rtol=1e-6, atol=0)
    value = own.loglike(theory, {})
    assert value < -0.1
    assert value == lab.loglike(particle, {})
    assert own.predict(theory) == lab.predict(particle)
    assert (own.name, own.nuisances, own.references) == ("lab", {}, lab.references)


def test_a_posterior_over_lambda_and_a_yukawa_coupling():
    """The excluded mixing is a line m ~ Lambda: the posterior over the theory finds it."""
    priors = {"Lambda": ab.LogUniform(150 * MEV, 350 * MEV), "dirac.e": ab.LogUniform(1e-3 * MEV, 1 * MEV),
              "mu": 1e-3 * MEV}  # fmt: skip
    lab = OnParticles({"lab": {"curves": CURVES}})
    post = ab.Posterior(ab.seesaw.InverseSeesaw, priors, constraints=[lab])
    assert post.names == ("Lambda", "dirac.e")
    values = [post.loglike(np.log10([200.0, m])) for m in (0.002, 0.02, 0.06)]
    want = lab.inner.loglike(inverse().particles("dirac")[0], {})
    np.testing.assert_allclose(values[1], want, rtol=1e-6, atol=0)
    assert values[0] > values[1] > values[2]


def test_several_particles_multiply_in_laboratories_alone():
    dirac = np.array([[2e-2, 2e-2], [0.0, 0.0], [0.0, 0.0]]) * MEV
    theory = ab.seesaw.TypeI(dirac=dirac, majorana=np.diag([150.0, 250.0]) * MEV)
    lab = OnParticles({"lab": {"curves": CURVES}})
    each = [lab.inner.loglike(p, {}) for p in theory.particles("dirac")]
    assert len(each) == 2
    np.testing.assert_allclose(lab.loglike(theory, {}), sum(each), rtol=1e-12, atol=0)
    assert all(name.endswith((" (1)", " (2)")) for name in lab.predict(theory))
    with pytest.raises(DomainError, match="only 'lab' takes several"):
        OnParticles("sn1987a-cooling").loglike(theory, {})


def test_a_theory_without_an_hnl_does_not_exist_for_a_constraint():
    heavy = inverse(large=5e4)
    lab = OnParticles({"lab": {"curves": CURVES}})
    with pytest.warns(ValidityWarning, match="left out"), pytest.raises(DomainError, match="no heavy"):
        lab.loglike(heavy, {})
