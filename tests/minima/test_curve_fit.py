"""Curves without a start: NIST's certified minima, and shapes at the scales that data have."""

import re
from pathlib import Path

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.minima.variable_projection import linear_parameters
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES

NIST = Path(__file__).parent.parent / "oracles" / "nist"
EXPONENTIALS = "b1*exp(-b2*x)+b3*exp(-b4*x)+b5*exp(-b6*x)"
PEAKS = "b1*exp(-b2*x)+b3*exp(-(x-b4)**2/b5**2)+b6*exp(-(x-b7)**2/b8**2)"
CUBICS = "(b1+b2*x+b3*x**2+b4*x**3)/(1+b5*x+b6*x**2+b7*x**3)"
YEARLY = "b1+b2*cos(2*pi*x/12)+b3*sin(2*pi*x/12)"
WAVES = "+b5*cos(2*pi*x/b4)+b6*sin(2*pi*x/b4)+b8*cos(2*pi*x/b7)+b9*sin(2*pi*x/b7)"
CERTIFIED = {
    "Misra1a": "b1*(1-exp(-b2*x))",
    "Misra1b": "b1*(1-(1+b2*x/2)**(-2))",
    "Misra1d": "b1*b2*x*((1+b2*x)**(-1))",
    "Chwirut2": "exp(-b1*x)/(b2+b3*x)",
    "DanWood": "b1*x**b2",
    "MGH09": "b1*(x**2+x*b2)/(x**2+x*b3+b4)",
    "BoxBOD": "b1*(1-exp(-b2*x))",
    "Lanczos3": EXPONENTIALS,
    "Gauss1": PEAKS,
    "MGH17": "b1+b2*exp(-x*b4)+b3*exp(-x*b5)",
    "Rat42": "b1/(1+exp(b2-b3*x))",
    "Hahn1": CUBICS,
    "Bennett5": "b1*(b2+x)**(-1/b3)",
    "Roszman1": "b1-b2*x-atan(b3/(x-b4))/pi",
    "Misra1c": "b1*(1-(1+2*b2*x)**(-0.5))",
    "Chwirut1": "exp(-b1*x)/(b2+b3*x)",
    "Lanczos1": EXPONENTIALS,
    "Lanczos2": EXPONENTIALS,
    "Gauss2": PEAKS,
    "Gauss3": PEAKS,
    "MGH10": "b1*exp(b2/(x+b3))",
    "Thurber": CUBICS,
    "Rat43": "b1/((1+exp(b2-b3*x))**(1/b4))",
    "Kirby2": "(b1+b2*x+b3*x**2)/(1+b4*x+b5*x**2)",
    "Eckerle4": "(b1/b2)*exp(-0.5*((x-b3)/b2)**2)",
    "ENSO": YEARLY + WAVES,
    "Nelson": "b1-b2*x1*exp(-b3*x2)",
}


def curve(expression, X, y, loss="squared", penalty="none"):
    X = X[:, None] if X.ndim == 1 else X
    model = MODELS["formula"](expression=expression)
    return Risk(Data(X, y), model, LOSSES[loss](), PENALTIES[penalty]())


@pytest.mark.parametrize("name", CERTIFIED)
def test_nist_certified_values_are_found_without_a_start(name):
    text = (NIST / f"{name}.dat").read_text()
    found = re.findall(r"^\s*(b\d+)\s*=\s*\S+\s+\S+\s+(\S+)\s+\S+\s*$", text, re.MULTILINE)
    certified = {each: float(value) for each, value in found}
    squares = float(re.search(r"Residual Sum of Squares:\s*(\S+)", text)[1])
    lines = text[text.rindex("Data:") :].splitlines()[1:]
    rows = np.array([[float(v) for v in line.split()] for line in lines if line.strip()])
    y = np.log(rows[:, 0]) if name == "Nelson" else rows[:, 0]
    risk = curve(CERTIFIED[name], rows[:, 1:], y)
    got = minimize(risk)
    assert got.kind == "local"
    # Lanczos1 is exact but for the digits of its table: its squares are rounding
    assert got.value * len(rows) == pytest.approx(squares, rel=1e-6, abs=1e-20)
    assert risk.value(got.theta) == pytest.approx(got.value, rel=1e-9)
    if name == "ENSO":  # its two waves have trade places: each way is the same curve
        swap = {"b4": "b7", "b5": "b8", "b6": "b9", "b7": "b4", "b8": "b5", "b9": "b6"}
        certified = {letter: certified[swap.get(letter, letter)] for letter in certified}
    for letter, value in zip(risk.model.parameters, got.theta, strict=True):
        assert value == pytest.approx(certified[letter], rel=1e-6)


GRID = np.linspace(0, 1, 60)
NOISE = np.random.default_rng(4).normal(size=60)
SHAPES = {
    "years": ("a/(1+exp(b-c*x))", 1790 + 200 * GRID,
              lambda x: 390 / (1 + np.exp(0.0227 * (1976 - x))) + NOISE),
    "decay near 1,000": ("a*exp(-b*x)+c", 1000 + 60 * GRID,
                         lambda x: 5 * np.exp(-0.05 * (x - 1000)) + 1 + 0.02 * NOISE),
    "peak at 1,550": ("a*exp(-(x-b)**2/(2*c**2))+d", 1500 + 100 * GRID,
                      lambda x: 3 * np.exp(-((x - 1550) ** 2) / 32) + 0.5 + 0.05 * NOISE),
    "wave that dies": ("a*exp(-b*x)*sin(c*x+d)", 20 * GRID,
                       lambda x: 3 * np.exp(-0.1 * x) * np.sin(2.2 * x + 0.7) + 0.05 * NOISE),
    "tiny units": ("a*x/(b+x)", 1e-7 * GRID, lambda x: 4e8 * x / (2e-8 + x) + 1e6 * NOISE),
    "power": ("a*x**b", 1 + 1e4 * GRID, lambda x: 3 * x**0.7 + NOISE),
}  # fmt: skip


TIMES = np.arange(1.0, 121)
SUMS = {
    "two peaks that nearly meet": (
        PEAKS, TIMES, lambda x, a, b: 50 * np.exp(-0.03 * x) + a * np.exp(-((x - 55) / 9) ** 2)
        + b * np.exp(-((x - 72) / 7) ** 2),
    ),
    "two slow waves under a yearly one": (
        YEARLY + WAVES, TIMES, lambda x, a, b: 10 + 30 * np.cos(np.pi * x / 6)
        + a * np.cos(2 * np.pi * x / 43 + 1) + b * np.cos(2 * np.pi * x / 26),
    ),
}  # fmt: skip


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", SUMS)
def test_a_sum_of_terms_is_put_together_down_to_the_noise(name, seed):
    rng = np.random.default_rng(seed)
    expression, x, shape = SUMS[name]
    true = shape(x, *rng.uniform(15, 30, 2))
    y = true + rng.normal(size=len(x))
    risk = curve(expression, x, y)
    got = minimize(risk)
    assert got.value <= np.mean((y - true) ** 2)
    # and it is no wave of many turns from row to row, which would fit the rows as well
    fine = np.linspace(1, 120, 4001)
    between = risk.model.predict(got.theta, fine[:, None])
    assert np.abs(between - shape(fine, 0, 0)).max() < 70


@pytest.mark.parametrize("name", SHAPES)
def test_curves_at_the_scales_of_data_fit_down_to_the_noise(name):
    expression, x, shape = SHAPES[name]
    y = shape(x)
    risk = curve(expression, x, y)
    got = minimize(risk)
    level = {"years": 1, "decay near 1,000": 0.02, "peak at 1,550": 0.05, "wave that dies": 0.05,
             "tiny units": 1e6, "power": 1}[name]  # fmt: skip
    assert got.value <= (level * NOISE) @ (level * NOISE) / 60


def test_a_wave_is_told_by_its_lowest_frequency():
    x = np.linspace(0, 10, 60)
    y = 2 * np.sin(17.3 * x)
    got = minimize(Risk(Data(x[:, None], y), MODELS["sine"](), LOSSES["squared"]()))
    np.testing.assert_allclose(got.theta, [2, 17.3], rtol=1e-8)


@pytest.mark.parametrize("loss", ["absolute", "huber", "cauchy"])
def test_other_losses_start_from_the_fit_of_squares(loss):
    x = np.linspace(0, 2500, 60)
    y = 2 * np.exp(-0.002 * x)
    y[7] += 50
    risk = Risk(Data(x[:, None], y), MODELS["exponential"](), LOSSES[loss]())
    got = minimize(risk)
    assert got.value <= risk.value(np.array([2, -0.002])) * (1 + 1e-6)


@pytest.mark.parametrize(
    ("expression", "linear"),
    [("a+b*x", [0, 1]), ("a*exp(b*x)+c", [0, 2]), ("a*b*x+c*b", [0, 2]), ("a/(b+x)", [0]),
     ("exp(-a*x)/(b+c*x)", []), ("b1-b2*x-atan(b3/(x-b4))/pi", [0, 1])],
)  # fmt: skip
def test_linear_parameters_are_recognised(expression, linear):
    x = np.linspace(-4800, 1200, 25)
    found = linear_parameters(curve(expression, x, x))
    assert found.tolist() == linear
