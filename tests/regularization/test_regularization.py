"""Exact minima for every strength, paths, and held-out loss, against scikit-learn and oracles."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import linear_model

from lossviz.datasets import DATASETS, Data
from lossviz.losses import LOSSES
from lossviz.minima import certificate
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from lossviz.regularization import (
    WeightsOnly,
    coefficient_path,
    condition,
    gone_at,
    in_scikit_learn,
    inserted,
    learners,
    learning_split,
    minimum_path,
    opening,
    penalised_paths,
    places,
    scene,
    strength_grid,
    unit,
    validated,
    validation_path,
    wiggles,
)
from tests.oracles import case, check, columns, table

LINEAR = MODELS["linear"]()
MADE = ("l1", "l2", "elastic_net", "group_l2", "l0")
TEN = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")


def diabetes(loss: str = "half_squared", penalty: str = "l1", wide: bool = False, **more) -> Risk:
    name, features = ("diabetes10", TEN) if wide else ("diabetes_bmi_s5", ("bmi", "s5"))
    values = columns(f"data/{name}.csv", *features, "y")
    data = Data(values[:, :-1], values[:, -1], names=features)
    return Risk(data, LINEAR, LOSSES[loss](), PENALTIES[penalty](**more))


def cancer(penalty: str) -> Risk:
    values = columns("data/breast_cancer_radius_texture.csv", "mean_radius", "mean_texture", "y")
    data = Data(values[:, :2], values[:, 2], "binary")
    return Risk(data, LINEAR, LOSSES["cross_entropy"](), PENALTIES[penalty]())


def small(
    seed: int, task: str = "regression", penalty: str = "l1", n: int = 25, d: int = 2
) -> Risk:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(size=d)
    y = X @ rng.normal(size=d) + rng.normal(size=n) + 3
    if task == "binary":
        y = (y + rng.normal(size=n) * 3 > np.median(y)).astype(float)
    loss = "squared" if task == "regression" else "cross_entropy"
    return Risk(Data(X, y, task), LINEAR, LOSSES[loss](), PENALTIES[penalty]())


# The oracles -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wide", "oracle"), [(False, "G01_diabetes_2features"), (True, "G02_diabetes_10features")]
)
def test_lasso_and_elastic_net_are_the_oracles(wide, oracle):
    expected = case(oracle)["expected"]
    rows = expected["lasso"]["value"]
    path = coefficient_path(diabetes(wide=wide), [row["l1"] for row in rows])
    slack = {"rtol": 1e-6, "atol": 1e-6}
    for row, weights, zeros in zip(rows, path.weights, path.zeros, strict=True):
        np.testing.assert_allclose(weights, row["coef"], **slack)
        assert np.flatnonzero(weights == 0).tolist() == row["exact_zeros"]
        assert zeros == len(row["exact_zeros"])
    np.testing.assert_allclose(path.intercepts, [row["intercept"] for row in rows])
    for row in expected["elastic_net"]["value"]:
        risk = diabetes(penalty="elastic_net", wide=wide, l1_ratio=row["l1_ratio"])
        path = coefficient_path(risk, [row["sklearn_alpha"]])
        np.testing.assert_allclose(path.weights[0], row["coef"], rtol=2e-6, atol=1e-5)


@pytest.mark.parametrize(
    ("wide", "oracle"), [(False, "G01_diabetes_2features"), (True, "G02_diabetes_10features")]
)
def test_ridge_its_freedom_and_its_curvature_are_the_oracles(wide, oracle):
    entry = case(oracle)["expected"]["ridge"]
    rows = entry["value"]
    risk = diabetes(penalty="l2", wide=wide)
    path = coefficient_path(risk, [row["l2"] for row in rows])
    check(path.weights, {**entry, "value": [row["coef"] for row in rows]})
    freedom = [row["effective_degrees_of_freedom"] for row in rows]
    check(path.freedom, {**entry, "value": freedom})
    for row, weights in zip(rows, path.weights, strict=True):
        reduced = WeightsOnly(replace(risk, penalty=PENALTIES["l2"](strength=row["l2"])))
        kappa = condition(reduced, reduced.penalty, weights)
        np.testing.assert_allclose(kappa, row["condition_number_of_hessian"], rtol=1e-6)


def test_the_weights_leave_at_the_knots_of_the_lasso_path():
    knots = case("G01_diabetes_2features")["expected"]["lasso_path_knots"]["value"]
    reduced = WeightsOnly(diabetes())
    path = minimum_path(reduced, strength_grid(reduced))
    found = gone_at(reduced, path)
    np.testing.assert_allclose(found, [knots[0]["l1"], knots[1]["l1"]], rtol=1e-9)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_penalised_cross_entropy_is_the_oracle(penalty):
    rows = case("L02_breast_cancer_2features")["expected"][penalty]["value"]
    reduced = WeightsOnly(cancer(penalty))
    path = minimum_path(reduced, [row[penalty] for row in rows])
    theta = reduced.theta(path.weights)
    np.testing.assert_allclose(theta, [row["coef"] for row in rows], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(path.values, [row["objective"] for row in rows], rtol=1e-9)


@pytest.mark.parametrize(("l1", "l2"), [(1.0, 0.0), (0.0, 0.5), (1.0, 0.5), (0.0, 0.0)])
def test_one_weight_is_the_soft_threshold(l1, l2):
    rows = case("G03_soft_threshold")["expected"]["solutions"]["value"]
    for row in (r for r in rows if (r["l1"], r["l2"]) == (l1, l2)):
        # x = (1, -1) with targets (z, -z): half the mean of squares is (w - z)^2 / 2
        data = Data([[1.0], [-1.0]], [row["z"], -row["z"]])
        strength = l1 + l2
        ratio = l1 / strength if strength else 0.5
        penalty = PENALTIES["elastic_net"](l1_ratio=ratio)
        reduced = WeightsOnly(Risk(data, LINEAR, LOSSES["half_squared"](), penalty))
        np.testing.assert_allclose(
            minimum_path(reduced, [strength]).weights[0, 0], row["w"], atol=1e-14
        )


def test_train_and_validation_losses_are_the_oracle():
    expected = case("V01_diabetes_split")["expected"]
    rows = table("data/diabetes_split.csv")
    parts = {}
    for part in ("train", "validation"):
        mine = [r for r in rows if r["part"] == part]
        X = [[float(r["bmi_std"]), float(r["bp_std"])] for r in mine]
        parts[part] = Data(X, [float(r["y"]) for r in mine])
    risk = Risk(parts["train"], LINEAR, LOSSES["squared"](), PENALTIES["l2"]())
    path = expected["ridge_path"]["value"]
    strengths = [2 * row["l2"] for row in path]  # theirs is l2 sum w^2, ours half of it
    found = validation_path(parts["train"], parts["validation"], risk, strengths)
    np.testing.assert_allclose(found.train, [r["train_mse"] for r in path], rtol=1e-8)
    np.testing.assert_allclose(found.validation, [r["validation_mse"] for r in path], rtol=1e-8)
    fine = np.geomspace(0.3, 1.2, 200)
    many = validation_path(parts["train"], parts["validation"], risk, fine)
    best = fine[many.validation.argmin()] / 2
    np.testing.assert_allclose(best, expected["best_l2_on_validation"]["value"], rtol=0.01)


def test_cross_validation_judges_every_strength_on_the_point_left_out():
    """Five points make five folds of one: leaving one out, which scikit-learn does too."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(5, 1))
    train, held = Data(X, X[:, 0] + rng.normal(size=5)), Data(X[:2], X[:2, 0])
    strengths = np.array([0.1, 1.0, 5.0])
    found = validation_path(
        train, held, Risk(train, LINEAR, LOSSES["squared"](), PENALTIES["l2"]()), strengths
    )
    for k, strength in enumerate(strengths):  # mean r^2 + s w^2 / 2 over four rows
        each = []
        for i in range(5):
            rest = np.arange(5) != i
            fit = linear_model.Ridge(alpha=4 * strength / 2).fit(X[rest], train.y[rest])
            each.append((fit.predict(X[[i]])[0] - train.y[i]) ** 2)
        assert found.folds[k] == pytest.approx(np.mean(each), rel=1e-9)
        assert found.error[k] == pytest.approx(np.std(each, ddof=1) / np.sqrt(5), rel=1e-9)


def test_where_no_part_of_the_points_has_a_best_model_a_sentence_says_so():
    data = DATASETS["iris_versicolor"]().draw()
    risk = Risk(data, LINEAR, LOSSES["cross_entropy"](), PENALTIES["l0"]())
    train, held = learning_split(data, 30)
    with pytest.raises(ValueError, match="at no λ has every part a best model"):
        validation_path(train, held, risk, [0.0, 0.01, 0.1])


# scikit-learn ------------------------------------------------------------------------------------


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize(
    ("task", "penalty"),
    [
        ("regression", "l1"),
        ("regression", "l2"),
        ("regression", "elastic_net"),
        ("binary", "l2"),
        ("binary", "l1"),
    ],
)
def test_the_call_in_scikit_learns_words_fits_the_same_model(task, penalty, intercept):
    risk = small(4, task, penalty, n=60)
    risk = replace(risk, model=MODELS["linear"](intercept=intercept))
    reduced = WeightsOnly(risk)
    strength = float(strength_grid(reduced)[35])
    words = in_scikit_learn(reduced, strength)
    call = eval(words, vars(linear_model))  # our own words
    call.set_params(**({"max_iter": 20_000, "tol": 1e-10} if hasattr(call, "tol") else {}))
    call.fit(risk.data.X, risk.data.y)
    mine = minimum_path(reduced, [strength]).weights[0]
    np.testing.assert_allclose(mine, np.ravel(call.coef_), rtol=2e-4, atol=1e-4)


def test_penalties_scikit_learn_does_not_have_get_no_call():
    for penalty in ("group_l2", "l0"):
        assert in_scikit_learn(WeightsOnly(small(0, penalty=penalty)), 0.1) == ""


# Properties --------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(
    seed=st.integers(0, 999),
    task=st.sampled_from(["regression", "binary"]),
    penalty=st.sampled_from(MADE),
)
def test_no_point_nearby_or_far_is_lower(seed, task, penalty):
    reduced = WeightsOnly(small(seed, task, penalty))
    strengths = strength_grid(reduced)[[5, 30, 50]]
    path = minimum_path(reduced, strengths)
    rng = np.random.default_rng(seed)
    around = path.weights + rng.normal(size=(200, 1, 2)) * np.geomspace(1e-6, 3, 200)[:, None, None]
    unit_penalty = unit(reduced.penalty)
    for points in (around, around * np.array([1, 0]), around * np.array([0, 1])):
        values = reduced.data_value(points) + strengths * unit_penalty.value(points)
        assert (values >= path.values - 1e-9 * (1 + np.abs(path.values))).all()


@settings(max_examples=10)
@given(seed=st.integers(0, 999), penalty=st.sampled_from(["l1", "l2", "elastic_net", "group_l2"]))
def test_budgets_fall_and_data_losses_rise_with_the_strength(seed, penalty):
    reduced = WeightsOnly(small(seed, penalty=penalty))
    path = minimum_path(reduced, strength_grid(reduced))
    assert (np.diff(path.budgets) <= 1e-9 * path.budgets[0]).all()
    assert (np.diff(path.data) >= -1e-9 * path.data[-1]).all()
    # the strength is the price of one more unit of budget
    k = 30
    near = minimum_path(reduced, path.strengths[k] * np.array([1 - 1e-5, 1 + 1e-5]))
    fall = np.diff(near.data) / np.diff(near.budgets)
    np.testing.assert_allclose(-fall, path.strengths[k], rtol=1e-3)


def test_the_penalised_minimum_is_certified_by_another_room():
    risk = small(3, penalty="l1")
    reduced = WeightsOnly(risk)
    strength = float(strength_grid(reduced)[40])
    theta = reduced.theta(minimum_path(reduced, [strength]).weights[0])
    penalised = replace(risk, penalty=PENALTIES["l1"](strength=strength))
    assert certificate(penalised, theta) < 1e-9


@pytest.mark.parametrize("task", ["regression", "binary"])
def test_the_intercept_is_the_best_one(task):
    risk = small(1, task)
    reduced = WeightsOnly(risk)
    w = np.random.default_rng(0).normal(size=(7, 2))
    slopes = risk.data_gradient(reduced.theta(w))
    np.testing.assert_allclose(slopes[:, 0], 0, atol=1e-10)
    np.testing.assert_allclose(slopes[:, 1:], reduced.data_gradient(w), atol=1e-9)
    np.testing.assert_allclose(risk.data_value(reduced.theta(w)), reduced.data_value(w))
    step = 1e-5 * np.eye(2)
    bend = (reduced.data_gradient(w[0] + step) - reduced.data_gradient(w[0] - step)) / 2e-5
    np.testing.assert_allclose(bend, reduced.data_hessian(w)[0], atol=1e-6)


@pytest.mark.parametrize("penalty", MADE)
def test_all_columns_at_once_and_two_at_a_time_agree(penalty):
    risk = small(8, penalty=penalty)
    reduced = WeightsOnly(risk)
    strengths = strength_grid(reduced)
    path = coefficient_path(risk, strengths)
    np.testing.assert_allclose(path.weights, minimum_path(reduced, strengths).weights, atol=1e-8)
    assert (np.diff(path.freedom) <= 1e-6).all() or penalty == "l1"


# What goes wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", MADE)
@pytest.mark.parametrize("second", ["same", "constant"])
def test_a_column_that_says_nothing_leaves_a_valley_that_a_penalty_ends(penalty, second):
    rng = np.random.default_rng(0)
    x = rng.normal(size=30)
    X = np.column_stack([x, x if second == "same" else np.full(30, 0.1)])
    risk = Risk(Data(X, 2 * x + 1), LINEAR, LOSSES["squared"](), PENALTIES[penalty]())
    reduced = WeightsOnly(risk)
    found = scene(reduced, 0.05)
    assert found.valley is not None
    along = np.diff(found.valley, axis=0)[0]
    heights = reduced.data_value(found.valley)
    np.testing.assert_allclose(heights, found.path.data[0], atol=1e-9)
    expected = [1, -1] if second == "same" else [0, 1]
    assert abs(along @ expected) == pytest.approx(np.linalg.norm(along) * np.linalg.norm(expected))
    weights = found.path.weights
    assert np.isfinite(weights).all()
    if second == "constant":
        assert (weights[:, 1] == 0).all()
    elif penalty != "l0":
        np.testing.assert_allclose(weights[:, 0], weights[:, 1], atol=1e-9)
    ridge = WeightsOnly(replace(risk, penalty=PENALTIES["l2"](strength=0.1)))
    assert condition(ridge, ridge.penalty, np.array([1.0, 1.0])) < np.inf
    assert np.isfinite(coefficient_path(risk, found.path.strengths).weights).all()


@pytest.mark.parametrize("penalty", MADE)
def test_more_features_than_points_has_a_path(penalty):
    rng = np.random.default_rng(2)
    data = Data(rng.normal(size=(6, 9)), rng.normal(size=6))
    risk = Risk(data, LINEAR, LOSSES["squared"](), PENALTIES[penalty]())
    path = coefficient_path(risk, strength_grid(WeightsOnly(risk)))
    assert np.isfinite(path.weights).all()
    fits = path.weights[0] @ data.X.T + path.intercepts[0]
    np.testing.assert_allclose(fits, data.y, atol=1e-6)
    assert np.linalg.norm(path.weights[-1]) < np.linalg.norm(path.weights[0])


def test_separable_classes_have_no_minimum_until_there_is_a_penalty():
    data = DATASETS["blobs"](distance=8.0, n=40).draw()
    reduced = WeightsOnly(Risk(data, LINEAR, LOSSES["cross_entropy"](), PENALTIES["l2"]()))
    found = scene(reduced, 0.01)
    assert np.isnan(found.path.weights[0]).all()
    assert np.isfinite(found.path.weights[1:]).all()
    assert found.touching is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"loss": LOSSES["absolute"]()}, "is neither"),
        ({"model": MODELS["neuron"]()}, "weighted sum"),
    ],
)
def test_what_it_cannot_solve_out_it_refuses_in_a_sentence(change, says):
    with pytest.raises(ValueError, match=says):
        WeightsOnly(replace(small(0), **change))


def test_one_class_and_too_few_points_are_refused():
    one = Data(np.eye(3)[:, :2], np.ones(3), "binary")
    with pytest.raises(ValueError, match="both classes"):
        WeightsOnly(Risk(one, LINEAR, LOSSES["cross_entropy"](), PENALTIES["l2"]()))
    with pytest.raises(ValueError, match="at least 4"):
        learning_split(small(0).data, 2)
    with pytest.raises(ValueError, match="Choose a dataset with two features"):
        scene(WeightsOnly(small(0, d=3)), 0.1)


# The pictures' numbers ---------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", MADE)
def test_a_scene_has_its_creases_on_grid_lines_and_its_minimum_in_the_window(penalty):
    reduced = WeightsOnly(small(6, penalty=penalty))
    now = opening(reduced)
    found = scene(reduced, now)
    assert 0.0 in found.a
    assert 0.0 in found.b
    assert now in found.path.strengths
    assert found.data.shape == (61, 61)
    for line, weights in zip((found.a, found.b), found.path.weights.T, strict=True):
        assert (line[0] <= weights).all()
        assert (weights <= line[-1]).all()
        np.testing.assert_allclose(np.diff(line), line[1] - line[0])
    data, unit_penalty, both = found.heights()
    assert data[0] == 0
    np.testing.assert_allclose(both, data + unit_penalty)
    assert len(strength_grid(reduced)) == 60
    assert (np.diff(places(found.path.strengths)) > 0).all()


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic_net", "group_l2"])
def test_the_two_level_sets_pass_through_the_minimum(penalty):
    reduced = WeightsOnly(small(6, penalty=penalty))
    found = scene(reduced, 0.1)
    step = 40
    at = found.path
    assert found.budget is not None
    assert found.touching is not None
    fence = np.stack([found.budget[0][step], found.budget[1][step]], axis=-1)
    ring = np.stack([found.touching[0][step], found.touching[1][step]], axis=-1)
    unit_penalty = unit(reduced.penalty)
    np.testing.assert_allclose(unit_penalty.value(fence), at.budgets[step], rtol=1e-9)
    np.testing.assert_allclose(reduced.data_value(ring), at.data[step], rtol=1e-6)
    # they touch: nothing inside the fence is lower on the data
    assert (reduced.data_value(fence) >= at.data[step] - 1e-9).all()


def test_l0_has_no_curve():
    assert scene(WeightsOnly(small(6, penalty="l0")), 0.1).budget is None


def test_the_slope_hovers_and_the_prox_lands():
    risk = small(4)
    reduced = WeightsOnly(risk)
    path = minimum_path(reduced, strength_grid(reduced))
    k = int(np.flatnonzero(path.zeros == 1)[0])
    held = int(np.flatnonzero(path.weights[k] == 0)[0])
    strength = float(path.strengths[k])
    reduced = WeightsOnly(replace(risk, penalty=PENALTIES["l1"](strength=strength)))
    subgradient, proximal = penalised_paths(reduced, path.weights[0] + 1.0, steps=400, share=0.5)
    assert proximal.points[-1][held] == 0
    assert (subgradient.points[-20:, held] != 0).all()
    np.testing.assert_allclose(proximal.points[-1], path.weights[k], atol=1e-4)
    assert (np.diff(proximal.values) <= 1e-12).all()


def test_a_polynomial_calms_down():
    found = wiggles(DATASETS["curve"](), 12, 15)
    assert len(found.train) == 15
    assert (np.diff(found.on_train) >= -1e-12).all()
    assert found.bumpiness[-1] < found.bumpiness[found.best] < found.bumpiness[0]
    assert found.on_validation[found.best] < found.on_validation[0]
    X = np.vander(found.train.X[:, 0], 13, increasing=True)[:, 1:]
    k = 30
    ridge = linear_model.Ridge(alpha=15 * found.strengths[k] / 2, solver="svd")
    ridge.fit(X, found.train.y)
    np.testing.assert_allclose(
        found.curves[k], ridge.predict(found.x[:, None] ** np.arange(1, 13)), atol=1e-8
    )


@pytest.mark.parametrize("task", ["regression", pytest.param("binary", marks=pytest.mark.deep)])
@pytest.mark.parametrize("penalty", MADE)
def test_one_more_strength_changes_only_its_own_rows(penalty, task):
    reduced = WeightsOnly(small(6, penalty=penalty, task=task))
    base = scene(reduced)
    strengths = base.path.strengths
    for strength in (0.3 * strengths[1], (strengths[20] * strengths[21]) ** 0.5, 2 * strengths[-1]):
        found = scene(reduced, strength)
        step = int(np.searchsorted(strengths, strength))
        np.testing.assert_array_equal(found.path.strengths, np.insert(strengths, step, strength))
        whole = minimum_path(reduced, found.path.strengths)
        np.testing.assert_allclose(found.path.weights, whole.weights, atol=1e-6)
        for line, weight in zip((found.a, found.b), found.path.weights[step], strict=True):
            assert line[0] <= weight <= line[-1]
        if np.array_equal(found.a, base.a):
            for curves, before in ((found.budget, base.budget), (found.touching, base.touching)):
                rest = [np.delete(each, step, axis=0) for each in curves or ()]
                np.testing.assert_array_equal(rest, before or ())
        one = whole.budgets[step], whole.data[step]
        heights = unit(reduced.penalty).value, reduced.data_value
        for curves, height, level in zip((found.budget, found.touching), heights, one, strict=True):
            at = np.stack([each[step] for each in curves], axis=-1) if curves else np.empty((0, 2))
            low, high = np.array([(line[0], line[-1]) for line in (found.a, found.b)]).T
            at = at[((low <= at) & (at <= high)).all(-1)]
            if len(at):
                np.testing.assert_allclose(height(at), level, atol=2e-3 * base.top)


@pytest.mark.parametrize("penalty", MADE)
def test_a_strength_put_among_the_others_says_what_it_says_when_all_are_found_together(penalty):
    risk = small(6, penalty=penalty)
    strengths = strength_grid(WeightsOnly(risk))
    now, step = float((strengths[20] * strengths[21]) ** 0.5), 21
    both = np.insert(strengths, step, now)
    train, held = learning_split(risk.data, len(risk.data) // 2)
    known = learners(train, held, risk)
    for found, whole in (
        (
            inserted(coefficient_path(risk, strengths), coefficient_path(risk, [now]), step),
            coefficient_path(risk, both),
        ),
        (
            inserted(validated(known, strengths), validated(known, [now]), step),
            validation_path(train, held, risk, both),
        ),
    ):
        for each in fields(found):
            mine, all_ = getattr(found, each.name), getattr(whole, each.name)
            if isinstance(all_, np.ndarray):
                np.testing.assert_allclose(mine, all_, rtol=1e-6, atol=1e-8, err_msg=each.name)
            else:
                assert mine == all_
