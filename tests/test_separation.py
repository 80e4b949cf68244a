"""Separable classes against the oracle L03, plateaus against L04, boundaries against the logit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import case

from lossviz.datasets import DATASETS, Data
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from lossviz.prices import at
from lossviz.regions import boundary, regions
from lossviz.separation import pulled_back, ray

LINE, LINEAR = MODELS["line"](), MODELS["linear"]()


def test_the_penalty_brings_the_minimum_back_as_the_oracle_says():
    told = case("L03_separable")["expected"]
    risk = Risk(DATASETS["separable"]().draw(), LINE, LOSSES["cross_entropy"]())
    rows = told["l2"]["value"]
    for each, row in zip(pulled_back(risk, [r["l2"] for r in rows]), rows, strict=True):
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


@settings(deadline=None, max_examples=30)
@given(b=st.floats(-3, 3), w=st.tuples(st.floats(-3, 3), st.floats(-3, 3)), seed=st.integers(0, 99))
def test_on_the_boundary_the_logit_is_zero(b, w, seed):
    X = np.random.default_rng(seed).normal(size=(20, 2))
    data = Data(X, (X[:, 0] > 0).astype(float), "binary")
    x, y = boundary(data, np.array([b, *w]))
    assert len(x) == len(y)
    if len(x):
        scale = max(abs(b), *map(abs, w))
        np.testing.assert_allclose(b + w[0] * x + w[1] * y, 0, atol=1e-9 * scale)
        assert np.hypot(x, y).max() < 20


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
