"""Beta equilibrium, two regions, muons, mean fields, S_A and the rows of tables, against other numbers."""

import warnings

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.optimize import brentq

from astrobounds import constants as const
from astrobounds.errors import DataError, DomainError, ValidityWarning
from astrobounds.supernova import from_arrays, load, with_muons
from astrobounds.supernova.star import mean_field
from astrobounds.supernova.star.equilibrium import RULE, invert_density, net_density, proton_fraction
from astrobounds.supernova.star.mean_field import SATURATION

R = np.array([0.0, 3.0, 5.0, 8.0, 9.9, 10.0, 12.0, 15.0, 20.0, 30.0, 45.0, 60.0])
CASES = (
    {"neutrinos": "equilibrium"}, {"neutrinos": "equilibrium", "mean_field": True},
    {"neutrinos": "equilibrium", "mean_field": "dd2", "muons": True},
    {"neutrinos": "two-region", "mean_field": True}, {"neutrinos": "two-region", "muons": True},
    {"neutrinos": "beta", "mean_field": 0.5, "muons": True},
)  # fmt: skip


@pytest.mark.parametrize("options", CASES, ids=str)
def test_beta_equilibrium_and_neutrality_hold_at_every_radius(options):
    """mu_e + mu_p - mu_n - (U_n - U_p) = mu_nu_e to 1e-8 of T; Y_p n_B = n_e + n_mu to 1e-9."""
    s = load("fiducial", **options).at(np.concatenate([R, np.linspace(0.0, 60.0, 40)]))
    nucleons = s["mu_p"] - s["mu_n"] - s["shift"]
    assert np.abs(s["mu_e"] + nucleons - s["mu_nu_e"]).max() < 1e-8 * s["T"].min()
    charge = np.array([net_density(mu, const.M_E, t, RULE) for mu, t in zip(s["mu_e"], s["T"])])
    if options.get("muons"):
        assert np.abs(s["mu_mu"] + nucleons - s["mu_nu_mu"]).max() < 1e-8 * s["T"].min()
        charge += [net_density(mu, const.M_MU, t, RULE) for mu, t in zip(s["mu_mu"], s["T"])]
    assert_allclose(charge, s["Yp"] * s["n_B"], rtol=1e-9, atol=0)
    if options["neutrinos"] == "equilibrium":
        assert np.all(s["mu_nu_e"] == 0.0)


def test_equilibrium_against_a_slow_solution():
    """brentq over quad: free gas with electrons and muons at rho = 3e14 g/cm3, T = 30 MeV."""
    n_b, t = 3e14 * const.GRAM_CM3 / 939.0, 30.0

    def density(mu, m):
        f = lambda p: p * p / (np.exp(min((np.hypot(p, m) - mu) / t, 700.0)) + 1.0)  # noqa: E731
        return quad(f, 0, 3000, limit=300, epsabs=0, points=[abs(mu)])[0] / np.pi**2

    def potential(n, m):
        return brentq(lambda mu: np.log(density(mu, m) / n), 700.0, 1200.0, xtol=1e-9)

    def excess(y):
        lift = potential((1 - y) * n_b, 939.0) - potential(y * n_b, 939.0)
        leptons = sum(density(lift, m) - density(-lift, m) for m in (const.M_E, const.M_MU))
        return leptons / n_b - y

    want = brentq(excess, 0.01, 0.3, xtol=1e-8)
    got = proton_fraction(np.array([n_b]), 939.0, 0.0, t, muons=True)
    assert_allclose(got, want, rtol=1e-5, atol=0)


@pytest.mark.parametrize(("r", "free", "dd2"), [
    (0.0, (0.0201, 91.9), (0.073, 148.1)), (10.0, (0.0522, 105.9), (0.102, 142.7)),
    (20.0, (0.0432, 30.5), (0.052, 33.4)),
])  # fmt: skip
def test_equilibrium_of_the_fiducial_star(r, free, dd2):
    """Y_p and mu_e [MeV] of an independent solver, without and with the mean fields of DD2."""
    for want, options in ((free, {}), (dd2, {"mean_field": "dd2"})):
        s = load("fiducial", neutrinos="equilibrium", **options).at([r])
        assert_allclose([s["Yp"][0], s["mu_e"][0]], want, rtol=6e-3, atol=0)


def test_equilibrium_with_a_linear_potential_and_muons():
    """U_n - U_p = 65 MeV (1 - 2 Y) n/n0: Y_p, and with muons Y_p, Y_e, mu_e, of an independent solver."""
    s = load("fiducial").at([0.0, 10.0, 20.0])
    slope = 65.0 * s["n_B"] / SATURATION
    without = proton_fraction(s["n_B"], 939.0, slope, s["T"])
    assert_allclose(without, [0.0690, 0.1003, 0.0470], rtol=8e-3, atol=0)
    y = proton_fraction(s["n_B"], 939.0, slope, s["T"], muons=True)
    assert_allclose(y, [0.0827, 0.1229, 0.0470], rtol=8e-3, atol=0)


def test_two_regions_of_the_fiducial_star():
    s = load("fiducial", neutrinos="two-region", mean_field=True).at([0.0, 5.0, 8.0, 10.0, 15.0])
    assert_allclose(s["Yp"], [0.280, 0.270, 0.187, 0.124, 0.069], rtol=6e-3, atol=0)
    assert_allclose(s["mu_nu_e"][:4], [166.0, 149.3, 83.9, 22.0], rtol=6e-3, atol=0)
    assert 0.0 < s["mu_nu_e"][4] < 0.5
    free = load("fiducial", neutrinos="two-region").at([0.0])
    assert_allclose(free["mu_nu_e"], 207.0, rtol=3e-3, atol=0)
    deeper = load("fiducial", neutrinos="two-region", core=(0.25, 6.0, 0.5)).at([0.0, 8.0])
    assert_allclose(deeper["Yp"][0], 0.25, rtol=1e-4, atol=0)
    assert deeper["Yp"][1] < 0.06


def test_mean_fields_of_dd2():
    """m*/m and U_n - U_p of a finite-temperature solver at n0/3, n0 and 2 n0, Y = 0.2."""
    n = np.array([1.0 / 3.0, 1.0, 2.0]) * SATURATION
    ratio = mean_field.effective_mass("dd2", n, 939.0) / 939.0
    assert_allclose(ratio, [0.7988, 0.5561, 0.3550], rtol=1e-2, atol=0)
    split = mean_field.potential_slope("dd2", n) * (1.0 - 2.0 * 0.2)
    assert_allclose(split, [21.64, 30.89, 20.28], rtol=1e-3, atol=0)
    u_max = np.linspace(0.5, 1.5, 1001)
    d = mean_field.potential_slope("dd2", u_max * SATURATION)
    assert_allclose([u_max[d.argmax()], d.max()], [0.9, 51.8], rtol=5e-3, atol=0)
    assert_allclose(mean_field.effective_mass(0.5, SATURATION, 939.0), 626.0, rtol=1e-12, atol=0)
    with pytest.raises(DomainError, match="mean fields end at 3"):
        load("fiducial", rho_c=9e14, radius_km=5.0, mean_field=True).at([0.0])
    with pytest.raises(DomainError, match="did you mean 'dd2'"):
        load("fiducial", mean_field="dd3")


def test_columns_of_a_star_with_mean_fields():
    s = load("fiducial", mean_field=True).at(R)
    plain = load("fiducial").at(R)
    d = mean_field.potential_slope("dd2", s["n_B"])
    assert_allclose(s["shift"], d * 0.4, rtol=1e-12, atol=0)
    assert_allclose(s["mu_e"], plain["mu_e"], rtol=1e-12, atol=0)
    n_n = [net_density(mu, m, t, RULE) for mu, m, t in zip(s["mu_n"], s["m_n"], s["T"])]
    assert_allclose(n_n, 0.7 * s["n_B"], rtol=1e-8, atol=0)


def test_newton_inverts_the_density():
    for n, m, t in ((1e6, 939.0, 20.0), (3e2, 500.0, 1.5), (2e7, 300.0, 40.0)):
        mu = invert_density(n, m, t, m, RULE)
        assert_allclose(net_density(mu, m, t, RULE), n, rtol=1e-10, atol=0)


def test_axial_response_of_the_fiducial_star():
    """The fit at 3, 8, 10, 12, 15, 20 km; one far out; wrong names."""
    star = load("fiducial", axial_response="horowitz2017")
    got = star.at([3.0, 8.0, 10.0, 12.0, 15.0, 20.0])["axial_response"]
    assert_allclose(got, [0.20, 0.29, 0.33, 0.45, 0.62, 0.78], rtol=2e-2, atol=0)
    assert star.at([80.0])["axial_response"][0] > 0.97
    assert "axial_response" not in load("fiducial").at([3.0])
    with pytest.raises(DomainError, match="did you mean 'horowitz2017'"):
        load("fiducial", axial_response="horowitz")


def test_muons_take_their_charge_from_the_electrons():
    for options in ({}, {"neutrinos": "beta"}):
        plain, star = load("fiducial", **options), with_muons(load("fiducial", **options))
        a, b = plain.at(R), star.at(R)
        pairs = zip(b["mu_e"], b["mu_mu"], b["T"])
        charge = [
            net_density(e, const.M_E, t, RULE) + net_density(m, const.M_MU, t, RULE) for e, m, t in pairs
        ]
        assert_allclose(charge, 0.3 * b["n_B"], rtol=1e-9, atol=0)
        assert np.all(b["mu_e"] <= a["mu_e"])
        if options:
            assert_allclose(b["mu_nu_e"], b["mu_e"] + b["mu_p"] - b["mu_n"], rtol=0, atol=1e-9)


def test_nuclei_and_equilibrium_do_not_go_together():
    r = np.linspace(0.0, 60.0, 31)
    with pytest.raises(DataError, match="heavy nuclei"):
        from_arrays(
            r * u.km, 3e14 * np.exp(-r / 7) * u.g / u.cm**3, 25 * np.exp(-r / 25) * u.MeV, np.full(31, 0.3),
            heavy=(np.where(r > 25, 0.5, 0.0), 56.0, 26.0), neutrinos="equilibrium",
        )  # fmt: skip


def fiducial_rows(n, **options):
    r = np.linspace(0.0, 60.0, n)
    s = load("fiducial").at(r)
    return from_arrays(r * u.km, s["rho"] * u.g / u.cm**3, s["T"] * u.MeV, np.full(n, 0.3), **options)


def test_a_table_too_coarse_for_its_gradients_is_said_to_be():
    """41 rows of the fiducial star are off by 12 % at its kink, 121 by 1 %; the estimate is above both."""
    fine = np.linspace(0.1, 59.9, 5000)

    def shell(star):
        s = star.at(fine)
        return s["rho"] * s["T"] ** 6 * fine**2

    exact = shell(load("fiducial"))
    with pytest.warns(ValidityWarning, match="41 rows are few .* near 9.15 km"):
        coarse = fiducial_rows(41)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        better = fiducial_rows(121)
    for star in (coarse, better):
        off = np.abs(shell(star) - exact).sum() / exact.sum()
        assert 0.1 * star.meta["coarse"] < off < 0.6 * star.meta["coarse"]


@pytest.mark.parametrize("column", ["radius", "rho", "temperature", "Ye"])
def test_masked_arrays_are_refused(column):
    r = np.linspace(0.0, 60.0, 31)
    given = {
        "radius": r * u.km, "rho": 3e14 * np.exp(-r / 7) * u.g / u.cm**3,
        "temperature": 25 * np.exp(-r / 25) * u.MeV, "Ye": np.full(31, 0.3) * u.one,
    }  # fmt: skip
    from astropy.utils.masked import Masked

    mask = np.arange(31) == 4
    given[column] = Masked(given[column], mask=mask)
    given["Ye"] = np.ma.array(np.full(31, 0.3), mask=mask & (column == "Ye"))
    with pytest.raises(DataError, match=f"data line 5, column '{column}': the cell is empty"):
        from_arrays(given["radius"], given["rho"], given["temperature"], given["Ye"])


@pytest.mark.parametrize("column", ["radius", "X_heavy"])
def test_empty_cells_of_a_star_file_are_refused(tmp_path, column):
    from astropy.table import Table

    r = np.linspace(0.0, 60.0, 31)
    table = Table({
        "radius": r * u.km, "rho": 3e14 * np.exp(-r / 7) * u.g / u.cm**3,
        "temperature": 25 * np.exp(-r / 25) * u.MeV, "Ye": np.full(r.size, 0.25),
        "X_heavy": np.where(r > 25, 0.4, 0.0), "A_heavy": np.full(r.size, 80.0),
        "Z_heavy": np.full(r.size, 32.0),
    }, masked=True)  # fmt: skip
    table[column].mask[0] = True
    table.write(tmp_path / "star.ecsv", format="ascii.ecsv")
    with pytest.raises(DataError, match=f"data line 1, column '{column}': the cell is empty"):
        load(tmp_path / "star.ecsv")
