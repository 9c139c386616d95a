"""The examples about N_eff and the baryon density, on a few points."""

import importlib.util
from pathlib import Path

import numpy as np
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.config import load

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_contours_of_neff_and_omega_b(tmp_path):
    import matplotlib.pyplot as plt

    spec = importlib.util.spec_from_file_location("neff_omega_b", EXAMPLES / "neff_omega_b.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    omega_b, neff, probability = example.posteriors(shape=(12, 12))
    assert set(probability) == {"bbn", "cmb", "both"}
    mean, error = example.moments(omega_b, neff, probability["both"])[2:]
    label, _, _, published, width = example.PUBLISHED[1]
    assert "2601.22239" in label
    assert abs(mean - published) < 0.65 * width
    assert_allclose(error, width, rtol=0.1, atol=0)
    low, high = example.levels(probability["both"])
    p = probability["both"]
    assert p[p >= low].sum() >= 0.95 > p[p >= high].sum() >= 0.68
    figure = example.draw(omega_b, neff, probability)
    figure.savefig(tmp_path / "x.png")
    plt.close(figure)


def test_run_file(tmp_path):
    run = load(EXAMPLES / "bbn_standard.yaml", output=tmp_path)
    assert run.posterior.model is ab.StandardModel
    assert run.posterior.names == ("delta_neff", "omega_b")
    assert run.scan["shape"] == (24, 24)
    value = run.posterior.loglike(run.posterior.coordinates({"delta_neff": 0.0, "omega_b": 0.0222}))
    assert np.isfinite(value)


def test_laboratories_follow_the_portal_of_the_model():
    import astropy.units as u

    import astrobounds as ab

    priors = {"mass": ab.LogUniform(10 * u.MeV, 100 * u.MeV),
              "dipole.mu": ab.LogUniform(1e-9 / u.GeV, 1e-5 / u.GeV)}  # fmt: skip
    post = ab.Posterior(model=ab.DipoleHNL, priors=priors, constraints=["lab"])
    assert post.loglike([1.7, -6.0]) < post.loglike([1.7, -9.0]) - 1.0
