"""Minimisers beyond the two-parameter pictures: several classes, other penalties, large data."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris
from sklearn.linear_model import LogisticRegression

from lossviz.datasets import DATASETS, Data
from lossviz.losses import LOSSES
from lossviz.minima import certificate, minimize
from lossviz.minima.multinomial import MOST_PARAMETERS
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.objectives.analytic import ANALYTIC
from lossviz.penalties import PENALTIES
from tests.minima.test_minima import LINEAR, linear


def softmax(X, y, loss="softmax_cross_entropy", penalty=None, **hyper):
    data = Data(X, y, task="multiclass")
    return Risk(data, LINEAR, LOSSES[loss](**hyper), penalty or PENALTIES["none"]())


def test_softmax_regression_agrees_with_scikit_learn_and_says_what_is_free():
    X, y = load_iris(return_X_y=True)
    risk = softmax(X, y, penalty=PENALTIES["l2"](0.01))
    got = minimize(risk)
    fitted = LogisticRegression(C=1 / (0.01 * len(y)), tol=1e-8, solver="newton-cg").fit(X, y)
    np.testing.assert_allclose(got.theta[3:], fitted.coef_.ravel(), atol=1e-4)
    np.testing.assert_allclose(risk.gradient(got.theta), 0, atol=1e-12)
    assert (got.kind, got.exact) == ("set", True)
    assert "same number" in got.message
    np.testing.assert_allclose(np.abs(got.directions[0, :3]), 3**-0.5)
    assert got.theta[:3].sum() == pytest.approx(0, abs=1e-9)


def test_softmax_under_l1_has_exact_zeros():
    X, y = load_iris(return_X_y=True)
    risk = softmax(X, y, penalty=PENALTIES["l1"](0.05))
    got = minimize(risk)
    assert got.exact
    gradient = risk.data_gradient(got.theta)
    free = got.theta != 0
    free[:3] = False
    assert 0 < free.sum() < 12
    np.testing.assert_allclose(gradient[free], -0.05 * np.sign(got.theta[free]), atol=1e-9)
    assert (np.abs(gradient) <= 0.05 + 1e-9).all()


def test_separable_classes_have_no_minimiser():
    X = [[0, 0], [0, 0.1], [5, 0], [5, 0.1], [0, 5], [0.1, 5.0]]
    risk = softmax(X, [0, 0, 1, 1, 2, 2])
    got = minimize(risk)
    assert (got.kind, got.value) == ("infinity", 0.0)
    assert risk.value(got.theta) < 1e-9
    assert risk.value(2 * got.theta) < risk.value(got.theta)


def test_one_class_apart_from_two_that_mix_runs_off_too():
    X, y = load_iris(return_X_y=True)
    risk = softmax(X[:, :2], y)
    got = minimize(risk)
    assert got.kind == "infinity"
    assert got.value == pytest.approx(risk.value(got.theta), rel=1e-9)
    two = y > 0  # what is left when setosa is told from the others for ever
    left = minimize(softmax(X[two][:, :2], y[two] - 1))
    assert left.kind == "set"
    assert got.value == pytest.approx(left.value * two.mean(), rel=1e-6)
    assert risk.value(got.theta + 10 * got.direction) <= got.value * (1 + 1e-9)
    smoothed = minimize(softmax(X[:, :2], y, "softmax_label_smoothing", eps=0.1))
    assert smoothed.kind == "set"


def test_ten_classes_of_digits_are_certified_without_a_hessian():
    X, y = load_digits(return_X_y=True)
    risk = softmax(X / 16, y, penalty=PENALTIES["l2"](0.01))
    got = minimize(risk)
    assert (got.kind, got.exact) == ("set", True)
    np.testing.assert_allclose(risk.gradient(got.theta), 0, atol=1e-10)


@pytest.mark.parametrize("loss", ["softmax_cross_entropy", "softmax_poly1"])
def test_many_classes_of_many_features_that_can_be_told_apart_have_no_minimum(loss):
    """More parameters than a Hessian is made for: every lead is positive somewhere."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 140)), np.arange(60) % 3
    risk = softmax(X, y, loss)
    assert risk.layout.size > MOST_PARAMETERS
    got = minimize(risk)
    assert (got.kind, got.exact, got.value) == ("infinity", True, 0.0)
    assert "every point is classified correctly" in got.message
    assert "towards 0." in got.message
    assert np.linalg.norm(got.direction) == pytest.approx(1)
    values = risk.value(got.theta + np.array([[0.0], [5.0], [50.0]]) * got.direction)
    assert 1e-12 > values[0] >= values[1] >= values[2] >= 0
    logits = risk.model.predict(got.direction, X)
    assert (logits.argmax(1) == y).all()


@pytest.mark.parametrize(
    ("loss", "penalty", "mixed"),
    [
        ("softmax_cross_entropy", "l2", False),
        ("softmax_label_smoothing", "none", False),  # a lead too long costs
        ("softmax_cross_entropy", "none", True),  # every point is in every class
    ],
)
def test_many_classes_have_a_minimum_where_something_holds_it(loss, penalty, mixed):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(240, 140)), rng.integers(0, 3, 240)
    X *= np.geomspace(1, 1e-3, 140)  # nearly level along many directions, as pixels are
    if mixed:
        X, y[:180] = np.tile(X[:60], (4, 1)), np.repeat([0, 1, 2], 60)
    risk = softmax(X, y, loss, penalty=PENALTIES[penalty]())
    got = minimize(risk)
    assert got.kind == "set"
    assert got.exact
    np.testing.assert_allclose(risk.gradient(got.theta), 0, atol=1e-9)


@pytest.mark.parametrize("loss", ["squared", "absolute", "pseudo_huber"])
def test_the_best_subset_is_the_cheapest_of_all(loss):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 3))
    y = X @ [2, 0, 0.3] + rng.normal(size=40)
    got = minimize(linear(X, y, loss, PENALTIES["l0"](0.2)))
    values = []
    for used in np.ndindex(2, 2, 2):
        keep = np.flatnonzero(used)
        part = X[:, keep] if len(keep) else np.zeros((40, 1))
        values.append(minimize(linear(part, y, loss)).value + 0.2 * len(keep))
    assert got.value == pytest.approx(min(values), rel=1e-9)
    assert np.count_nonzero(got.theta[1:]) == 1


@pytest.mark.parametrize("strength", [0.1, 0.3, 50.0])
@pytest.mark.parametrize("loss", ["squared", "huber", "absolute"])
def test_under_a_cone_the_pull_is_balanced_or_the_weights_are_zero(loss, strength):
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(50, 2)), rng.normal(size=50)
    y = y + X @ [1, -2]
    risk = linear(X, y, loss, PENALTIES["group_l2"](strength))
    got = minimize(risk)
    assert got.exact
    assert (got.theta[1:] == 0).all() == (strength == 50)
    nudges = rng.normal(size=(200, 3))
    around = risk.value(got.theta + np.concatenate([nudges, 1e-3 * nudges, 1e-5 * nudges]))
    assert (around >= got.value - 1e-12).all()


def test_a_cone_of_a_hundred_millionth_is_still_a_cone():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(20, 2)), 1e-3 * rng.normal(size=20)
    risk = linear(X, y, "absolute", PENALTIES["group_l2"](1e-8))
    got = minimize(risk)
    assert "ridge" in got.method
    assert got.value == risk.value(got.theta)


def test_a_group_of_one_weight_is_the_absolute_value():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(30, 1)), rng.normal(size=30)
    alone = minimize(linear(X, y, "squared", PENALTIES["group_l2"](0.1))).theta
    np.testing.assert_allclose(alone, minimize(linear(X, y, "squared", PENALTIES["l1"](0.1))).theta)


@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau"])
def test_test_functions_reach_a_global_minimum(name):
    got = minimize(ANALYTIC[name])
    assert got.kind == "local"
    assert got.value == pytest.approx(0, abs=1e-15)
    if name == "himmelblau":
        assert len(got.others) == 3
        np.testing.assert_allclose(got.other_values, 0, atol=1e-15)


def test_many_rows():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(20_000, 1))
    for loss in ("absolute", "huber", "welsch"):
        risk = linear(x, 1 + 2 * x[:, 0] + rng.laplace(size=20_000), loss)
        got = minimize(risk)
        assert got.exact == (loss != "welsch")
        np.testing.assert_allclose(got.theta, [1, 2], atol=0.05)
        assert certificate(risk, got.theta) < 1e-8


def test_a_network_is_called_local():
    x = np.linspace(-2, 2, 30)[:, None]
    model = MODELS["network"](width=4, depth=1)
    risk = Risk(Data(x, np.sin(2 * x[:, 0])), model, LOSSES["squared"]())
    got = minimize(risk)
    assert (got.kind, got.exact) == ("local", False)
    assert got.value < 0.05
    assert got.value == pytest.approx(float(risk.value(got.theta)))


def test_a_loss_that_cannot_price_any_start_is_told_in_a_sentence():
    data = Data([[-1.0], [1.0]], [1.0, 2.0])
    risk = Risk(data, MODELS["linear"](intercept=False), LOSSES["poisson_deviance"]())
    with pytest.raises(ValueError, match="model with an intercept"):
        minimize(risk)


@pytest.mark.parametrize(("work", "starts"), [(4e6, 4), (1e5, 1)])
def test_a_large_model_is_searched_in_fewer_steps_and_says_so(monkeypatch, work, starts):
    monkeypatch.setattr("lossviz.minima.multistart.WORK", work)
    data = DATASETS["curve"]().draw()
    risk = Risk(data, MODELS["network"](), LOSSES["squared"]())
    got = minimize(risk)
    assert f"The best of {starts} start" in got.message
    assert "steps, because the model is large" in got.message
    assert got.value < risk.value(risk.model.start(1))
