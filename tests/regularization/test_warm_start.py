"""Many weights under cross-entropy, against scikit-learn, oracles and certificates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from lossviz.datasets import DATASETS, Data
from lossviz.losses import LOSSES
from lossviz.minima import certificate
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from lossviz.regularization import (
    WeightsOnly,
    coefficient_path,
    gone_at,
    learning_split,
    minimum_path,
    opening,
    penalised_paths,
    scene,
    strength_grid,
    validation_path,
)
from lossviz.regularization.warm_start import lowest_kinked, warm_path
from tests.oracles import case, check, columns

LINEAR, CROSS = MODELS["linear"](), LOSSES["cross_entropy"]()


def risk(data: Data, penalty: str, **more) -> Risk:
    return Risk(data, LINEAR, CROSS, PENALTIES[penalty](**more))


def spector() -> Data:
    values = columns("data/spector.csv", "GPA", "TUCE", "PSI", "y")
    return Data(values[:, :3], values[:, 3], "binary", names=("GPA", "TUCE", "PSI"))


# The oracles -----------------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_three_features_are_the_oracles(penalty):
    entry = case("L01_spector")["expected"][penalty]
    rows = entry["value"]
    reduced = WeightsOnly(risk(spector(), penalty))
    path = minimum_path(reduced, [row[penalty] for row in rows])
    check(reduced.theta(path.weights), {**entry, "value": [row["coef"] for row in rows]})
    np.testing.assert_allclose(path.values, [row["objective"] for row in rows], rtol=1e-9)


def test_without_a_penalty_it_is_the_published_fit():
    expected = case("L01_spector")["expected"]
    path = coefficient_path(risk(spector(), "l2"), [0.0])
    check([path.intercepts[0], *path.weights[0]], expected["mle.coef"])
    check([path.intercepts[0], *path.weights[0]], expected["published.mle"])
    assert path.freedom[0] == pytest.approx(3)


def test_separable_data_get_the_oracles_bottom_from_l2_and_none_without():
    oracle = case("L03_separable")
    given_, rows = oracle["inputs"], oracle["expected"]["l2"]["value"]
    data = Data(np.array(given_["x"])[:, None], given_["y"], "binary")
    reduced = WeightsOnly(risk(data, "l2"))
    path = minimum_path(reduced, [0.0, *(row["l2"] for row in rows)])
    assert np.isnan(path.weights[0]).all()
    assert oracle["expected"]["attained"]["value"] is False
    theta = reduced.theta(path.weights[1:])
    np.testing.assert_allclose(theta, [row["coef"] for row in rows], rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(path.data[1:], [row["mean_ce"] for row in rows], rtol=1e-7)


def test_who_lands_on_zero_is_the_oracle_of_the_ten_features():
    fact = case("Y01_facts")["expected"]["lasso_zeros"]["value"]
    table = columns(
        "data/diabetes10.csv", "age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6", "y"
    )
    X = (table[:, :10] - table[:, :10].mean(0)) / table[:, :10].std(0)
    problem = Risk(
        Data(X, table[:, 10]), LINEAR, LOSSES["half_squared"](),
        PENALTIES["l1"](strength=fact["l1"]),
    )  # fmt: skip
    subgradient, proximal = penalised_paths(WeightsOnly(problem), np.full(10, 5.0), steps=2000)
    assert (proximal.points[-1] == 0).sum() == fact["proximal_zeros"]
    assert (subgradient.points[-1] == 0).sum() == fact["subgradient_zeros"]
    exact = coefficient_path(problem, [fact["l1"]]).weights[0]
    assert (exact == 0).sum() == fact["sklearn_zeros"]
    np.testing.assert_allclose(proximal.points[-1], exact, atol=1e-6)


# Thirty features -------------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic_net"])
def test_every_rung_of_thirty_features_is_a_proven_minimum(penalty):
    data = DATASETS["breast_cancer"]().whole().draw()
    problem = risk(data, penalty)
    reduced = WeightsOnly(problem)
    strengths = strength_grid(reduced)
    path = coefficient_path(problem, strengths)
    assert np.isnan(path.weights[0]).all()  # thirty features tell all tumours apart
    assert np.isnan(path.freedom[0])
    for k in (1, 20, 40, 58):
        here = replace(problem, penalty=replace(problem.penalty, strength=float(strengths[k])))
        theta = np.append(path.intercepts[k], path.weights[k])
        assert certificate(here, theta) < 1e-10
    if penalty == "l1":
        assert path.zeros[-1] == 30
        assert 0 < path.zeros[1] < 30
        np.testing.assert_allclose(path.freedom[1:], 30 - path.zeros[1:], atol=1e-6)


def test_thirty_features_are_scikit_learns_lasso():
    data = DATASETS["breast_cancer"]().whole().draw()
    path = coefficient_path(risk(data, "l1"), [0.05])
    theirs = LogisticRegression(
        C=1 / (len(data) * 0.05), l1_ratio=1.0, solver="saga", tol=1e-8, max_iter=20_000
    ).fit(data.X, data.y)
    np.testing.assert_allclose(path.weights[0], theirs.coef_[0], atol=1e-4)
    np.testing.assert_array_equal(path.weights[0] == 0, np.abs(theirs.coef_[0]) < 1e-6)


def test_points_not_seen_can_be_judged_with_thirty_features():
    data = DATASETS["breast_cancer"]().whole().draw()
    problem = risk(data, "l1")
    train, held = learning_split(data, 40)
    found = validation_path(train, held, problem, strength_grid(WeightsOnly(problem))[::6])
    assert np.isnan(found.train[0])
    assert np.isfinite(found.folds[1:]).all()
    assert found.best > 0


# Properties ------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(
    seed=st.integers(0, 9999),
    d=st.integers(1, 12),
    kink=st.floats(0.01, 2.0),
    ridge=st.sampled_from([0.0, 0.3]),
    rank=st.sampled_from(["full", "few", "twins"]),
    unit=st.sampled_from([1.0, 1e8, 1e-8]),  # of the targets: weights and forces grow with it
)
def test_feature_sign_search_meets_the_conditions_of_a_minimum(seed, d, kink, ridge, rank, unit):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(max(1, d // 2) if rank == "few" else d + 2, d))
    if rank == "twins" and d > 1:
        root[:, -1] = root[:, 0]
    H, c = root.T @ root, unit * root.T @ rng.normal(size=len(root))
    start, kink = unit * rng.normal(size=d) * rng.integers(0, 2, size=d), unit * kink
    w = lowest_kinked(H, c, kink, ridge, start)
    slope = H @ w + ridge * w - c
    size = unit + np.abs(c).max()
    on = w != 0
    np.testing.assert_allclose(slope[on], -kink * np.sign(w[on]), atol=1e-7 * size)
    assert (np.abs(slope[~on]) <= kink + 1e-7 * size).all()


@pytest.mark.deep
@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic_net", "group_l2"])
@pytest.mark.parametrize("strength", [1e-9, 1e-30])
def test_a_tiny_strength_still_gives_the_endless_a_bottom_and_the_window_holds_it(
    penalty, strength
):
    data = DATASETS["blobs"](distance=8.0, n=40).draw()
    reduced = WeightsOnly(risk(data, penalty))
    found = scene(reduced, strength)
    k = int(np.flatnonzero(found.path.strengths == strength)[0])
    w = found.path.weights[k]
    assert found.a[0] < w[0] < found.a[-1]
    assert found.b[0] < w[1] < found.b[-1]
    slope = reduced.data_gradient(w)
    pull = strength * PENALTIES[penalty](strength=1.0).derivative(w)
    np.testing.assert_allclose(slope, -pull, rtol=1e-4, atol=1e-6 * strength)


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic_net", "group_l2", "l0"])
def test_every_minimum_of_separable_data_lies_in_the_window(penalty):
    reduced = WeightsOnly(risk(DATASETS["blobs"](distance=8.0, n=40).draw(), penalty))
    found = scene(reduced, opening(reduced))
    weights = found.path.weights[np.isfinite(found.path.weights).all(-1)]
    assert len(weights)
    for line, each in zip((found.a, found.b), weights.T, strict=True):
        assert ((line[0] < each) & (each < line[-1])).all()


def test_l0_does_not_hold_the_endless():
    reduced = WeightsOnly(risk(DATASETS["blobs"](distance=8.0, n=40).draw(), "l0"))
    path = minimum_path(reduced, [0.01, 10.0])
    assert np.isnan(path.weights[0]).all()  # it counts the weights and does not mind their size
    assert (path.weights[1] == 0).all()


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic_net", "group_l2", "l0"])
def test_a_constant_feature_gets_weight_zero_at_every_strength(penalty):
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    y = (x + rng.normal(size=60) > 0).astype(float)
    data = Data(np.column_stack([x, np.full(60, 0.1)]), y, "binary")
    found = scene(WeightsOnly(risk(data, penalty)), 0.01)
    np.testing.assert_allclose(found.path.weights[:, 1], 0, atol=1e-12)
    assert found.valley is not None


def test_a_twin_leaves_as_soon_as_there_is_a_price():
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    y = (x + rng.normal(size=60) > 0).astype(float)
    reduced = WeightsOnly(risk(Data(np.column_stack([x, x]), y, "binary"), "l1"))
    path = minimum_path(reduced, strength_grid(reduced))
    assert sorted(gone_at(reduced, path))[0] == 0.0
    assert (path.weights[0] != 0).all()


def test_each_answer_does_not_depend_on_its_neighbours():
    data = DATASETS["iris_versicolor"]().whole().draw()
    reduced = WeightsOnly(risk(data, "l1"))
    strengths = np.array([0.3, 0.01, 0.1])
    together = warm_path(reduced, strengths, 1.0, 0.0)
    for strength, w in zip(strengths, together, strict=True):
        np.testing.assert_allclose(
            warm_path(reduced, np.array([strength]), 1.0, 0.0)[0], w, atol=1e-9
        )
