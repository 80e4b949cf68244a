"""The test functions: formulas, derivatives and critical points."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import rosen, rosen_der, rosen_hess

from lossviz.datasets import Data
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import ANALYTIC, Risk
from lossviz.objectives.analytic import ConvexQuadratic, Level
from lossviz.penalties import PENALTIES
from tests.oracles import case, check

ALL = [*ANALYTIC.values(), ConvexQuadratic(kappa=7, angle=30, scale=2), Level()]
PUBLISHED = {
    "beale": ([[3, 0.5]], 0.0),
    "himmelblau": (
        [[3, 2], [-2.805118, 3.131312], [-3.779310, -3.283186], [3.584428, -1.848126]],
        0,
    ),
    "three_hump_camel": ([[0, 0]], 0.0),
    "styblinski_tang": ([[-2.903534, -2.903534]], -78.332331),
    "goldstein_price": ([[0, -1]], 3.0),
    "mccormick": ([[-0.54720, -1.54720]], -1.913223),
    "branin": ([[-np.pi, 12.275], [np.pi, 2.275], [9.42478, 2.475]], 0.397887),
    "easom": ([[np.pi, np.pi]], -1.0),
    "levy_13": ([[1, 1]], 0.0),
}


def inside(analytic, count=40, seed=0):
    (left, right), (low, high) = analytic.window
    return np.random.default_rng(seed).uniform((left, low), (right, high), (count, 2))


def test_all_functions_of_the_oracle_are_here():
    assert set(ANALYTIC) == set(case("M01_test_functions")["definition"])


def test_values_and_derivatives_are_those_of_sympy():
    probes = case("M01_test_functions")["expected"]["probes"]
    assert {row["function"] for row in probes["value"]} == set(ANALYTIC)
    for row in probes["value"]:
        analytic, point = ANALYTIC[row["function"]], np.array(row["point"])
        for what in ("value", "gradient", "hessian"):
            check(getattr(analytic, what)(point), probes | {"value": row[what]})


@pytest.mark.parametrize("name", ["rosenbrock", "booth", "six_hump_camel", "saddle"])
def test_critical_points_are_all_those_of_the_oracle(name):
    rows = case("M01_test_functions")["expected"][f"{name}.critical_points"]["value"]
    found = ANALYTIC[name].critical_points
    assert len(found) == len(rows)
    for row in rows:
        near = min(found, key=lambda each: np.hypot(*np.subtract(each.point, row["point"])))
        np.testing.assert_allclose(near.point, row["point"], rtol=1e-8, atol=1e-8)
        assert near.value == pytest.approx(row["value"], rel=1e-8, abs=1e-8)
        assert near.kind == row["kind"]


def test_the_lowest_critical_points_are_the_published_minima():
    published = case("M01_test_functions")["expected"]["published_minima"]
    known = {k: (v["minimisers"], v["minimum"]) for k, v in published["value"].items()}
    for name, (points, value) in (known | PUBLISHED).items():
        lowest = [
            c for c in ANALYTIC[name].minima if c.value <= ANALYTIC[name].minima[0].value + 1e-6
        ]
        assert len(lowest) == len(points)
        for point in points:
            assert min(np.hypot(*np.subtract(c.point, point)) for c in lowest) < 1e-4
        assert lowest[0].value == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize("analytic", ALL, ids=lambda t: t.id)
def test_critical_points_are_level_and_of_their_kind(analytic):
    (left, right), (low, high) = analytic.window
    for point, value, kind in analytic.critical_points:
        at = np.array(point)
        assert left <= point[0] <= right
        assert low <= point[1] <= high
        assert analytic.value(at) == pytest.approx(value, abs=1e-12)
        scale = 1 + np.abs(analytic.hessian(at)).max()
        assert np.abs(analytic.gradient(at)).max() < 1e-12 * scale
        turn = np.arange(720) * np.pi / 360
        ring = at + 1e-3 * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
        around = analytic.value(ring) - value
        assert {"minimum": around.min() > 0, "maximum": around.max() < 0}.get(
            kind, around.min() < 0 < around.max()
        )


def test_kinds_are_counted_as_euler_would():
    # on these windows: six valleys, seven passes and two tops; four, four and one
    kinds = [c.kind for c in ANALYTIC["six_hump_camel"].critical_points]
    assert [kinds.count(k) for k in ("minimum", "saddle", "maximum")] == [6, 7, 2]
    kinds = [c.kind for c in ANALYTIC["himmelblau"].critical_points]
    assert [kinds.count(k) for k in ("minimum", "saddle", "maximum")] == [4, 4, 1]


def test_rosenbrock_is_scipys():
    points = np.random.default_rng(1).normal(size=(20, 2))
    analytic = ANALYTIC["rosenbrock"]
    np.testing.assert_allclose(analytic.value(points), [rosen(p) for p in points])
    np.testing.assert_allclose(analytic.gradient(points), [rosen_der(p) for p in points])
    np.testing.assert_allclose(analytic.hessian(points), [rosen_hess(p) for p in points])


def fits_the_protocol(objective, theta):
    """Shapes, a batch as many single points, and derivatives against differences."""
    p = objective.layout.size
    batch = theta.reshape(2, -1, p)
    assert objective.value(batch).shape == batch.shape[:-1]
    assert objective.gradient(batch).shape == batch.shape
    assert objective.hessian(batch).shape == (*batch.shape, p)
    nudges = 1e-6 * np.eye(p)
    for point in theta:
        alone = [objective.value(point), objective.gradient(point), objective.hessian(point)]
        i = np.flatnonzero((theta == point).all(-1))[0]
        for what, many in zip(alone, ("value", "gradient", "hessian"), strict=True):
            stacked = getattr(objective, many)(batch).reshape(len(theta), *np.shape(what))
            np.testing.assert_allclose(stacked[i], what, rtol=1e-12, atol=1e-14)
        scale = 1 + np.abs(alone[1]).max() + np.abs(alone[2]).max() + np.abs(alone[0])
        slope = (objective.value(point + nudges) - objective.value(point - nudges)) / 2e-6
        np.testing.assert_allclose(alone[1], slope, atol=1e-8 * scale, rtol=1e-6)
        bend = (objective.gradient(point + nudges) - objective.gradient(point - nudges)) / 2e-6
        np.testing.assert_allclose(alone[2], bend, atol=1e-6 * scale, rtol=1e-6)
        np.testing.assert_allclose(alone[2], alone[2].T, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("analytic", ALL, ids=lambda t: t.id)
def test_a_test_function_is_an_objective(analytic):
    fits_the_protocol(analytic, inside(analytic))
    assert analytic.layout.names == ("x", "y")
    assert analytic.formula
    assert analytic.reference
    assert analytic.summary.endswith(".")
    assert pickle.loads(pickle.dumps(analytic)) == analytic


@pytest.mark.parametrize("penalty", ["none", "l2"])
@pytest.mark.parametrize("loss", ["squared", "log_cosh", "cross_entropy", "mse_sigmoid"])
@pytest.mark.parametrize("model", ["linear", "neuron"])
def test_a_risk_is_an_objective(model, loss, penalty):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(30, 2))
    y = X @ [1.0, -2.0] + rng.normal(size=30)
    task = LOSSES[loss]().task
    data = Data(X, y if task == "regression" else (y > 0) * 1.0, task)
    risk = Risk(data, MODELS[model](), LOSSES[loss](), PENALTIES[penalty]())
    fits_the_protocol(risk, rng.normal(size=(6, risk.layout.size)))


def test_a_test_function_refuses_other_than_two_numbers():
    with pytest.raises(ValueError, match="two parameters, x and y"):
        ANALYTIC["booth"].value(np.zeros(3))
    assert ANALYTIC["booth"].value([0, 0]) == 74


@given(
    kappa=st.floats(1, 1e4),
    angle=st.floats(-360, 360),
    scale=st.floats(0.01, 100),
    u=st.floats(-10, 10),
    v=st.floats(-10, 10),
)
@settings(max_examples=40)
def test_a_turned_bowl_has_the_same_heights_and_curvatures(kappa, angle, scale, u, v):
    bowl = ConvexQuadratic(kappa=kappa, angle=angle, scale=scale)
    height = scale * (u * u + kappa * v * v) / 2
    assert bowl.value(bowl.turned([u, v])) == pytest.approx(height, rel=1e-9, abs=1e-9 * scale)
    second_derivatives = np.linalg.eigvalsh(bowl.hessian(np.zeros(2)))
    np.testing.assert_allclose(
        second_derivatives, [scale, scale * kappa], rtol=1e-10, atol=1e-11 * kappa * scale
    )


def test_the_tip_of_ackley_and_the_centre_of_the_monkey_saddle_have_a_slope_of_nothing():
    for name in ("ackley", "monkey_saddle"):
        point = np.zeros(2)
        np.testing.assert_array_equal(ANALYTIC[name].gradient(point), 0)
        assert np.isfinite(ANALYTIC[name].hessian(point)).all()
    assert ANALYTIC["ackley"].value(np.zeros(2)) == 0
