"""The cobaya likelihood: against a stand-in base class always, against cobaya where installed."""

import sys
import types

import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds import interop
from astrobounds.errors import ConfigError


class StandIn:
    """What the likelihood uses of cobaya's base class."""

    def __init__(self, values, **attributes):
        for name, value in attributes.items():
            setattr(self, name, value)
        self.provider = types.SimpleNamespace(get_param=values.__getitem__)
        self.log = types.SimpleNamespace(debug=lambda *args: None)
        self.initialize()


@pytest.fixture
def likelihood(monkeypatch):
    module = types.ModuleType("cobaya.likelihood")
    module.Likelihood = StandIn
    monkeypatch.setitem(sys.modules, "cobaya", types.ModuleType("cobaya"))
    monkeypatch.setitem(sys.modules, "cobaya.likelihood", module)
    return interop.cobaya_likelihood()


def test_value_is_that_of_the_constraint(likelihood):
    values = {"ombh2": 0.0223, "nnu": 3.144}
    made = likelihood(values, inputs={"omega_b": "ombh2", "neff": "nnu"}, options={"helium": "pdg"})
    assert made.get_requirements() == {"ombh2": None, "nnu": None}
    derived = {}
    value = made.logp(_derived=derived)
    direct = ab.constraints.get("bbn", helium="pdg", marginalise=("rates", "tau_n"))
    assert value == direct.loglike(ab.StandardModel(3.144 - 3.044), {"omega_b": 0.0223})
    point = ab.cosmology.bbn(omega_b=0.0223, delta_neff=0.1)
    assert_allclose(derived["Yp_bbn"], point.Yp, rtol=1e-9, atol=0)
    assert_allclose(derived["Neff_bbn"], point.Neff, rtol=1e-9, atol=0)
    assert sorted(derived) == sorted(made.get_can_provide_params())


def test_lifetime_is_an_input_or_in_the_covariance(likelihood):
    values = {"ombh2": 0.0223, "life": 880.0}
    plain = likelihood(values)
    assert plain._constraint.marginalised == ("rates", "tau_n")
    given = likelihood(values, inputs={"omega_b": "ombh2", "tau_n": "life"})
    assert given._constraint.marginalised == ("rates",)
    assert given.logp() != plain.logp()


def test_outside_the_domain_is_minus_infinity(likelihood):
    derived = {}
    assert likelihood({"ombh2": 0.003}).logp(_derived=derived) == -np.inf
    assert all(np.isnan(v) for v in derived.values())


def test_errors(likelihood, monkeypatch):
    with pytest.raises(ConfigError, match="did you mean 'omega_b'"):
        likelihood({}, inputs={"omegab": "ombh2"})
    with pytest.raises(ConfigError, match="one quantity"):
        likelihood({}, inputs={"neff": "nnu", "delta_neff": "dn"})
    with pytest.raises(ConfigError, match="CobayaBBN"):
        interop.cobaya_likelihood("CobayaBBM")
    with pytest.raises(AttributeError):
        _ = interop.CobayaLab
    monkeypatch.setitem(sys.modules, "cobaya.likelihood", None)
    with pytest.raises(ConfigError, match="pip install cobaya"):
        interop.cobaya_likelihood()


@pytest.mark.peer
def test_inside_cobaya_next_to_another_theory():
    pytest.importorskip("cobaya")
    from cobaya.model import get_model
    from cobaya.theory import Theory

    class Other(Theory):
        params = {"ombh2": None, "nnu": None}  # noqa: RUF012

        def get_can_provide_params(self):
            return ["twice"]

        def calculate(self, state, want_derived=True, **values):
            state["derived"] = {"twice": 2 * values["ombh2"]}

    model = get_model({
        "likelihood": {
            "astrobounds.interop.CobayaBBN": {"inputs": {"omega_b": "ombh2", "neff": "nnu"}}
        },
        "theory": {"other": Other},
        "params": {
            "ombh2": {"prior": {"min": 0.001, "max": 0.1}},
            "nnu": {"prior": {"min": 2, "max": 4}},
            "Yp_bbn": None, "twice": None,
        },
    })  # fmt: skip
    found = model.logposterior({"ombh2": 0.0223, "nnu": 3.1})
    expected = ab.constraints.get("bbn", marginalise=("rates", "tau_n")).loglike(
        ab.StandardModel(3.1 - 3.044), {"omega_b": 0.0223}
    )
    assert_allclose(found.loglikes[0], expected, rtol=0, atol=1e-9)
    assert_allclose(found.derived[1], 0.0446, rtol=1e-6, atol=0)
    assert model.loglikes({"ombh2": 0.003, "nnu": 3.1})[0][0] == -np.inf
