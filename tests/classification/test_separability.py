"""Separable classes against the oracle L03, plateaus against L04, boundaries against the logit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lossviz.classification.decision_regions import boundary, regions, side
from lossviz.classification.separability import penalised_fits, ray
from lossviz.datasets import DATASETS, Data
from lossviz.losses import LOSSES
from lossviz.losses.curves import at
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from tests.oracles import case

LINE, LINEAR = MODELS["line"](), MODELS["linear"]()


def test_the_penalty_brings_the_minimum_back_as_the_oracle_says():
    told = case("L03_separable")["expected"]
    risk = Risk(DATASETS["separable"]().draw(), LINE, LOSSES["cross_entropy"]())
    rows = told["l2"]["value"]
    for each, row in zip(penalised_fits(risk, [r["l2"] for r in rows]), rows, strict=True):
        np.testing.assert_allclose(each.best.theta, row["coef"], rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(each.data_loss, row["mean_ce"], rtol=1e-7)
        assert each.best.kind == "point"


def test_along_the_ray_the_loss_falls_for_ever_and_with_a_penalty_it_turns():
    risk = Risk(DATASETS["separable"]().draw(), LINE, LOSSES["cross_entropy"]())
    best = minimize(risk)
    assert best.kind == "infinity"
    found = ray(risk, best)
    assert (np.diff(found.values[0]) < 0).all()
    assert found.values[1].argmin() < len(found.t) - 1
    for row in case("L03_separable")["expected"]["loss_along_the_ray"]["value"][:4]:
        value = float(risk.value(np.array([row["b0"], row["w"]])))
        assert value == pytest.approx(row["mean_ce"], rel=1e-9)


def test_squared_error_is_flat_where_the_model_is_surely_wrong():
    told = case("L04_plateau")["expected"]
    for row in told["table"]["value"]:
        for id, name in (("cross_entropy", "ce"), ("mse_sigmoid", "mse")):
            price, slope = at(LOSSES[id](), row["z"], 1.0)
            assert float(price) == pytest.approx(row[name], rel=1e-9)
            assert float(slope) == pytest.approx(row[f"{name}_grad"], rel=1e-9)


def test_the_ray_goes_as_far_beyond_the_best_model_as_it_is_out():
    risk = Risk(
        DATASETS["separable"]().draw(), LINE, LOSSES["cross_entropy"](), PENALTIES["l2"](1e-6)
    )
    best = minimize(risk)
    found = ray(risk, best)
    typical = np.sqrt((risk.model.predict(best.theta, risk.data.X) ** 2).mean())
    assert typical > 6  # else the ray ends at a logit of 12, farther out than twice the model
    assert found.t[-1] == pytest.approx(2 * np.linalg.norm(best.theta))


@settings(max_examples=30)
@given(b=st.floats(-3, 3), w=st.tuples(st.floats(-3, 3), st.floats(-3, 3)), seed=st.integers(0, 99))
@example(b=1.0, w=(0.0, 2.2e-311), seed=0)
@example(b=2.2e-311, w=(2.2e-311, 5e-324), seed=0)
def test_on_the_boundary_the_logit_is_zero(b, w, seed):
    X = np.random.default_rng(seed).normal(size=(20, 2))
    data = Data(X, (X[:, 0] > 0).astype(float), "binary")
    x, y = boundary(data, np.array([b, *w]))
    assert len(x) == len(y)
    if len(x):
        b, *w = np.array([b, *w]) / max(abs(b), *map(abs, w))
        np.testing.assert_allclose(b + w[0] * x + w[1] * y, 0, atol=1e-9)
        assert np.hypot(x, y).max() < 20


@settings(max_examples=30)
@given(
    b=st.floats(-3, 3),
    w=st.lists(st.floats(0.01, 3) | st.floats(-3, -0.01), min_size=1, max_size=2),
    seed=st.integers(0, 9),
    logit=st.floats(-3, 3),
)
def test_class_1_lies_on_the_side_that_is_told(b, w, seed, logit):
    X = np.random.default_rng(seed).normal(size=(20, len(w)))
    data = Data(X, (X[:, 0] > 0).astype(float), "binary")
    line = np.stack(boundary(data, np.array([b, *w]), logit)[: len(w)], -1)
    towards = {"right": [1, 0], "left": [-1, 0], "up": [0, 1], "down": [0, -1]}
    step = np.array(towards[side(data, np.array([b, *w]))][: len(w)])
    assert (b + (line + step) @ w > b + (line - step) @ w).all()
    np.testing.assert_allclose(b + line @ w, logit, atol=1e-6 * (1 + max(abs(b), *map(abs, w))))


def test_a_boundary_of_one_feature_stands_upright():
    data = DATASETS["separable"]().draw()
    x, y = boundary(data, np.array([1.0, 2.0]))
    assert x.tolist() == [-0.5, -0.5]
    assert boundary(data, np.array([2.0]))[0].tolist() == [0, 0]  # no intercept
    assert len(boundary(data, np.array([1.0, 0.0]))[0]) == 0
    assert len(boundary(data, np.array([99.0, 1.0]))[0]) == 0


def test_the_winning_region_is_the_class_the_model_predicts():
    data = DATASETS["iris"]().draw()
    best = minimize(Risk(data, LINEAR, LOSSES["softmax_cross_entropy"](), PENALTIES["l2"]()))
    found = regions(data, LINEAR, 15)
    leads = found.leads(best.theta)
    places = np.stack(np.meshgrid(found.x, found.x2), axis=-1).reshape(-1, 2)
    said = LINEAR.predict(best.theta, places).argmax(-1).reshape(15, 15)
    np.testing.assert_array_equal(leads.argmax(0), said)
    assert ((leads > 0).sum(0) <= 1).all()
    with pytest.raises(ValueError, match="several classes over two features"):
        regions(DATASETS["moons"]().draw(), LINEAR)


def best_of(X, y, loss, intercept=True):
    data = Data(np.asarray(X, float), np.asarray(y, float), "binary")
    return minimize(Risk(data, MODELS["linear"](intercept=intercept), LOSSES[loss]()))


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("loss", ["cross_entropy", "exponential", "poly1"])
def test_a_thin_gap_is_a_gap_in_any_units(loss, unit):
    X = np.array([[0.42, -0.62], [0.67, -1.45], [0.593, -0.562], [0.63, 0.44], [0.342, -0.646]])
    got = best_of(unit * X, [1, 1, 0, 0, 1], loss)
    assert (got.kind, got.exact) == ("infinity", True)


def test_a_row_of_zeros_is_left_out_of_the_separation():
    got = best_of([[0.0], [2.0], [-1.0]], [0, 1, 0], "cross_entropy", intercept=False)
    assert (got.kind, got.exact) == ("infinity", True)
    assert got.value == pytest.approx(np.log(2) / 3)


@pytest.mark.parametrize("seed", range(6))
def test_rows_that_can_all_be_right_are_counted_as_such(seed):
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(12, 3)), rng.normal(size=3)
    for rows, y in ((X, X @ w > 0), (X[:3], rng.integers(0, 2, 3)), (X[:2], [0, 1])):
        got = best_of(rows, y, "zero_one")
        assert (got.value, got.exact) == (0.0, True)


@pytest.mark.parametrize("seed", range(4))
def test_no_random_boundary_beats_the_fewest_mistakes_found(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(14, 2)), rng.integers(0, 2, 14)
    tries = rng.normal(size=(40_000, 3))
    risk = Risk(Data(X, y, "binary"), LINEAR, LOSSES["zero_one"]())
    assert minimize(risk).value <= risk.value(tries).min()
    bounded = Risk(Data(X, y, "binary"), LINEAR, LOSSES["mae_prob"]())
    assert minimize(bounded).value <= bounded.value(1e3 * tries).min() + 1e-6
