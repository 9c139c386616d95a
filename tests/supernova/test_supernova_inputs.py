"""Bad input of profiles, histories and radii: one clear sentence with the line, the column, the value."""

import astropy.units as u
import numpy as np
import pytest
from numpy.testing import assert_allclose

import astrobounds as ab
from astrobounds.errors import ConfigError, DataError, DomainError
from astrobounds.supernova import History, cooling_history, load, scale_temperature

STAR = load("fiducial")
DIP = ab.DipoleHNL(mass=50 * u.MeV, dipole={"mu": 1e-11 / u.GeV})
COLUMNS = (("radius", "km"), ("rho", "g / cm3"), ("temperature", "MeV"), ("Ye", ""))


def table(path, change=None, units=None, drop=None):
    """Write an ECSV star of twelve rows; ``change``: (row, column, text); ``drop``: a column."""
    units = {**dict(COLUMNS), **(units or {})}
    names = [n for n, _ in COLUMNS if n != drop]
    lines = ["# %ECSV 1.0", "# ---", "# datatype:"]
    for name in names:
        unit = f", unit: {units[name]}" if units[name] else ""
        lines.append(f"# - {{name: {name}{unit}, datatype: float64}}")
    lines += ["# schema: astropy-2.0", " ".join(names)]
    for row, r in enumerate(np.linspace(0.0, 55.0, 12)):
        values = {"radius": f"{r:g}", "rho": f"{3e14 * np.exp(-r / 8):.4e}",
                  "temperature": f"{30 * np.exp(-r / 20):.4f}", "Ye": "0.2"}  # fmt: skip
        if change is not None and change[0] == row:
            values[change[1]] = change[2]
        lines.append(" ".join(values[n] for n in names))
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(("change", "words"), [
    ((4, "temperature", "nan"), "data line 5, column 'temperature': nan is not a finite number"),
    ((4, "rho", "inf"), "data line 5, column 'rho': inf is not a finite number"),
    ((4, "temperature", "-2.5"), "data line 5, column 'temperature': -2.5 MeV is outside"),
    ((6, "radius", "3.0"), "data line 7, column 'radius': 3 does not increase"),
    ((0, "radius", "-1"), "data line 1, column 'radius': -1 is negative"),
    ((2, "Ye", "1.4"), "data line 3, column 'Ye': 1.4 is outside"),
])  # fmt: skip
def test_a_bad_value_is_named_with_its_line_and_column(tmp_path, change, words):
    path = table(tmp_path / "mine.ecsv", change)
    with pytest.raises(DataError, match=words) as caught:
        load(path)
    assert "mine.ecsv" in str(caught.value)


@pytest.mark.parametrize(("units", "words"), [
    ({"radius": "g"}, "column 'radius' has unit g; it needs one like km"),
    ({"rho": "km"}, "column 'rho' has unit km; it needs one like g / cm3"),
    ({"temperature": ""}, "column 'temperature' has unit None; it needs one like MeV"),
    ({"temperature": "K"}, "column 'temperature' has unit K; it needs one like MeV"),
    ({"rho": "kg / m3"}, None),
])  # fmt: skip
def test_wrong_units_are_refused_and_others_converted(tmp_path, units, words):
    path = table(tmp_path / "mine.ecsv", units=units)
    if words is None:
        assert_allclose(load(path).at(10.0)["rho"][0], 3e11 * np.exp(-1.25), rtol=5e-2, atol=0)
        return
    with pytest.raises(DataError, match=words):
        load(path)


@pytest.mark.parametrize("missing", ["Ye", "rho", "temperature", "radius"])
def test_a_missing_column_is_named(tmp_path, missing):
    path = table(tmp_path / "mine.ecsv", drop=missing)
    with pytest.raises(DataError, match=f"column '{missing}' is missing; a star needs radius"):
        load(path)


def test_illustrative_profiles_are_the_tables_they_say(tmp_path):
    """Every number of the two hand-made sets, and the label that keeps them out of bounds."""
    rho = {"cold": (5.4e14, 5.25e14, 4.9e14, 4.4e14, 3.7e14, 2.8e14, 2.2e14, 1.55e14, 9e13, 4.5e13,
                    2.0e13, 9e12, 3e12, 1.2e12, 2e11),
           "hot": (4.6e14, 4.5e14, 4.25e14, 3.85e14, 3.3e14, 2.6e14, 2.1e14, 1.5e14, 9.5e13, 5e13,
                   2.3e13, 1e13, 3.5e12, 1.4e12, 2.5e11)}  # fmt: skip
    t = {"cold": (19, 19.5, 21, 24, 28, 31, 31.5, 30, 26, 20, 15, 12, 8, 6, 3.5),
         "hot": (28, 29, 31, 35, 39, 42, 42.5, 41, 36, 28, 20, 15, 9.5, 6.5, 3.5)}  # fmt: skip
    y = (0.29, 0.28, 0.26, 0.22, 0.17, 0.12, 0.10, 0.08, 0.07, 0.07, 0.08, 0.09, 0.10, 0.12, 0.15)
    r = (0, 2, 4, 6, 8, 10, 11, 12, 13, 14, 15, 16, 18, 20, 25)
    for name in ("cold", "hot"):
        star = load(f"illustrative-{name}")
        state = star.at(np.array(r, float))
        np.testing.assert_allclose(state["rho"], rho[name], rtol=1e-12)
        np.testing.assert_allclose(state["T"], t[name], rtol=1e-12)
        np.testing.assert_allclose(state["Yp"], y, rtol=1e-12)
        assert "ILLUSTRATIVE" in star.note


def test_unit_conversions_of_the_kernels():
    """1 km = 5.06773e15 MeV^-1, 1 g/cm^3 = 4.31013e-6 MeV^4, 1 MeV^5 = 3.1680e47 erg/(cm^3 s)."""
    const = ab.constants
    assert_allclose(const.KM, 5.06773e15, rtol=2e-6, atol=0)
    assert_allclose(const.GRAM_CM3, 4.31013e-6, rtol=2e-6, atol=0)
    assert_allclose(const.CM**3 / const.HBAR / const.ERG, 3.1680e47, rtol=2e-5, atol=0)


def test_neutrino_sphere_of_the_fiducial_star():
    """T = 3 MeV at 39.81 km."""
    assert_allclose(STAR.at(39.81)["T"][0], 3.0, rtol=1e-3, atol=0)


# -- histories -------------------------------------------------------------------------------------
def test_empty_history():
    with pytest.raises(DomainError, match="the history is empty"):
        History((), ())
    with pytest.raises(DomainError, match="at least two"):
        History((1.0,), (STAR,))
    with pytest.raises(DomainError, match="increasing"):
        History((1.0, np.nan), (STAR, STAR))


@pytest.mark.parametrize("window", [(0.5, 3.0), (2.0, 11.0), (5.0, 5.0), (6.0, 4.0), (20.0, 30.0)])
def test_window_outside_a_history(window):
    history = History((1.0, 4.0, 10.0), (STAR, STAR, STAR))
    with pytest.raises(DomainError, match=r"is not inside the history 'history', 1-10 s, or is empty"):
        history.weights(*window)
    with pytest.raises(DomainError, match="is not inside the history"):
        history.emission(DIP, window=window * u.s)
    with pytest.raises(ConfigError, match=r"sn1987a-cooling: the window .* is not inside the history"):
        ab.constraints.get("sn1987a-cooling", criterion="energy", window=window, history=history)


def test_window_needs_a_unit_and_two_times():
    history = History((1.0, 4.0), (STAR, STAR))
    with pytest.raises(DomainError, match="unit"):
        history.emission(DIP, window=(1.0, 2.0))
    with pytest.raises(DomainError, match="start and stop"):
        history.emission(DIP, window=2.0 * u.s)
    with pytest.raises(DomainError, match="parameters of the fiducial star"):
        cooling_history(star=STAR, t_c=20.0)


def test_weights_integrate_piecewise_linear_functions_exactly():
    from scipy.integrate import quad

    t = np.array([1.0, 1.7, 4.0, 10.0])
    history = History(t, (STAR,) * 4)
    values = np.array([5.0, -1.0, 2.0, 0.3])
    for a, b in ((1.0, 10.0), (1.2, 1.5), (1.5, 3.3), (0.0 + 2.0, 9.1)):
        points = [x for x in t if a < x < b]
        exact = quad(lambda x: np.interp(x, t, values), a, b, points=points or None)[0]
        assert_allclose(history.weights(a, b) @ values, exact, rtol=1e-9, atol=0)
    assert_allclose(history.weight_s, [0.35, 1.5, 4.15, 3.0], rtol=1e-6, atol=0)
    half = history.emission(DIP, window=[1, 1.7] * u.s)
    rest = history.emission(DIP, window=(1.7 * u.s, 10 * u.s))
    whole = history.emission(DIP)
    assert_allclose((half.energy + rest.energy).value, whole.energy.value, rtol=1e-12, atol=0)
    heat = history.deposition(DIP, window=[1, 1.7] * u.s)
    assert_allclose(heat.energy_erg / history.deposition(DIP).energy_erg, 0.7 / 9.0, rtol=1e-12, atol=0)


# -- radii -----------------------------------------------------------------------------------------
def test_radius_inside_the_core():
    with pytest.raises(DomainError, match=r"core = 2e.07 cm, envelope = 1e.07 cm"):
        ab.supernova.deposition(DIP, STAR, core=200 * u.km, envelope=100 * u.km)
    with pytest.raises(ConfigError, match=r"envelope_cm = 1e.06 is inside core_cm = 3.98107e.06"):
        ab.constraints.get("low-energy-sne", envelope_cm=1e6)
    with pytest.raises(ConfigError, match="core_cm = '20 km' is not a number"):
        ab.constraints.get("low-energy-sne", core_cm="20 km")


@pytest.mark.parametrize("factor", [0.0, -1.0, np.nan, 10.0, "hot"])
def test_temperature_scale_is_checked(factor):
    with pytest.raises(DomainError, match="temperature_scale"):
        scale_temperature(STAR, factor)
    with pytest.raises(DomainError, match="temperature_scale"):
        load("fiducial", temperature_scale=factor)
