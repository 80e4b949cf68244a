"""Training and validation: gaps, stopping, learning curves, degrees, folds, disagreement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import confusion_matrix, precision_recall_curve, roc_curve
from sklearn.model_selection import cross_val_score

from lossviz.datasets import DATASETS, Data, Edits, HoldOut, split
from lossviz.findings import validation as findings
from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.metrics import METRICS, metric_surface
from lossviz.metrics.classes import counts
from lossviz.metrics.curves import calibration, precision_recall, roc
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from lossviz.problem.problem import Problem
from lossviz.regularization import WeightsOnly, coefficient_path, strength_grid
from lossviz.text import number
from lossviz.validation.curves import (
    Degrees,
    Strengths,
    by_degree,
    fold_of,
    fold_surfaces,
    learning_curve,
    validated_path,
    weighted_sum,
)
from lossviz.validation.gap import Gap, disagreement, flatness, gap, parts
from lossviz.validation.stopping import early_stop
from tests.oracles import case, check, columns, table

SQUARED, LINEAR = LOSSES["squared"](), MODELS["linear"]()


def split_risks() -> tuple[Risk, Risk]:
    """The two parts of oracle V01."""
    numbers = columns("data/diabetes_split.csv", "bmi_std", "bp_std", "y")
    train = np.array([r["part"] == "train" for r in table("data/diabetes_split.csv")])
    first, second = (
        Risk(Data(numbers[rows, :2], numbers[rows, 2]), LINEAR, SQUARED) for rows in (train, ~train)
    )
    return first, second


# -- the gap -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("training", "told"), [(1.25, "0.25 higher"), (0.75, "0.25 lower"), (1 + 1e-12, "the same")]
)
def test_how_the_training_loss_differs_where_the_held_out_loss_is_best(training, told):
    """Far along the way down, or beside the best of several starts, it can be lower elsewhere."""
    found = Gap(np.zeros((2, 2)), np.array([[1.0, 3.0], [training, 2.0]]), 1.0)
    said = findings.gap_sentences(found, None, (20, 9), False)[1]
    assert f"The training loss is {told} there." in said
    path = Strengths(
        np.array([0.0, 1.0]), np.zeros((2, 2)), np.array([1.0, training]), np.array([3.0, 2.0])
    )
    assert f"while the training loss is {told}." in findings.strengths(path)


def test_separable_classes_have_no_minimum_to_compare_a_penalty_with():
    data = DATASETS["separable"]().draw()
    risk = Risk(data, MODELS["line"](), LOSSES["cross_entropy"](), PENALTIES["l2"]())
    strengths = strength_grid(WeightsOnly(risk))[[0, 10, 40]]
    path = coefficient_path(risk, strengths)
    thetas = np.column_stack([path.intercepts, path.weights])
    said = findings.strengths(validated_path(risk, data, strengths.tolist(), thetas))
    assert "no finite minimum: the classes are separable" in said
    assert f"**λ = {number(strengths[1], 3)}**: {number(risk.data_value(thetas[1]))}" in said
    assert "undefined" not in said


def test_a_penalty_that_is_part_of_the_training_loss_is_told():
    found = Gap(np.zeros((2, 2)), np.array([[1.0, 3.0], [1.5, 2.0]]), 1.0)
    for penalised in (False, True):
        said = " ".join(findings.gap_sentences(found, None, (20, 9), True, penalised))
        assert said.count("regularised training loss") == 2 * penalised


@pytest.mark.parametrize(("last", "word"), [(0.5, "has grown to 0.5"), (0.1, "variance is 0.1")])
def test_variance_is_said_to_have_grown_where_it_has(last, word):
    found = Degrees(
        np.arange(1, 4), np.array([1, 0.5, 1e-29]), np.array([1.0, 0.8, 0.9]), np.full(3, 0.5),
        np.array([0.5, 0.2, last]), 40, True,
    )  # fmt: skip
    said = findings.degrees(found)[1]
    assert word in said
    assert "the training loss is 0 and" in said  # a curve through all points, to rounding


def test_the_oracle_s_two_bottoms():
    train, held = split_risks()
    wanted = case("V01_diabetes_split")["expected"]
    thetas = np.stack([minimize(train).theta, minimize(held).theta])
    found = gap(train, held, None, thetas)
    check(found.thetas[0], wanted["train_minimiser"])
    check(found.thetas[1], wanted["validation_minimiser"])
    for row, key in enumerate(("at_train_minimiser", "at_validation_minimiser")):
        numbers = wanted[key]["value"]
        np.testing.assert_allclose(
            found.scores[row], [numbers["train_mse"], numbers["validation_mse"]], rtol=1e-9
        )
    assert found.distance == pytest.approx(np.linalg.norm(thetas[1] - thetas[0]))


def test_the_oracle_s_ridge_path():
    train, held = split_risks()
    entry = case("V01_diabetes_split")["expected"]["ridge_path"]
    strengths = [row["l2"] for row in entry["value"]]
    # the oracle's ridge is l2 * sum w^2, the penalty here half of that
    thetas = np.stack(
        [minimize(replace(train, penalty=PENALTIES["l2"](strength=2 * s))).theta for s in strengths]
    )
    found = validated_path(train, held.data, strengths, thetas)
    np.testing.assert_allclose(found.thetas, [r["coef"] for r in entry["value"]], rtol=1e-8)
    for name, values in (("train_mse", found.train), ("validation_mse", found.held)):
        np.testing.assert_allclose(values, [r[name] for r in entry["value"]], rtol=1e-8)
    assert found.best == 2
    assert "λ = 0.1" in findings.strengths(found)


def test_a_problem_that_holds_rows_out_is_parted_as_it_says():
    problem = Problem(DATASETS["diabetes_pair"](), LINEAR, SQUARED, PENALTIES["l2"]())
    mine = parts(replace(problem, held=HoldOut("train", 0.5, 3)))
    assert (len(mine.train.draw()), len(mine.held.draw())) == (221, 221)
    assert mine.held.penalty == PENALTIES["none"]()
    usual = parts(problem)
    assert len(usual.held.draw()) == 133


def binary_risk(n: int = 80) -> Risk:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(n, 2))
    y = (X @ [1.0, -1] + rng.normal(size=n) > 0.5).astype(float)
    return Risk(Data(X, y, "binary"), LINEAR, LOSSES["cross_entropy"]())


def test_accuracy_is_level_and_the_brier_score_is_not():
    risk, plane = binary_risk(), axes(np.array([0.1, 0.5, -0.5]), 1, 2)
    a = b = np.linspace(-2.03, 2, 15)
    for id, level in (("accuracy", 1.0), ("roc_auc", 1.0), ("brier", 0.0)):
        metric = METRICS[id]()
        found = flatness(risk, metric, metric_surface(risk, metric, plane, a, b))
        assert found.points == level
        assert 0 < found.steps < 1 or not level
        assert ("exactly zero" in findings.flat(metric, found)) == bool(level)


def test_a_disagreement_is_one_and_the_largest():
    risk, plane = binary_risk(), axes(np.array([0.1, 0.5, -0.5]), 1, 2)
    a, b = np.linspace(-3, 3, 13), np.linspace(-2, 4, 9)
    loss = evaluate_plane(risk, plane, a, b)
    score = metric_surface(risk, METRICS["accuracy"](), plane, a, b)
    found = disagreement(loss, score, True)
    L, M = loss.values.ravel(), score.values.ravel()
    gains = np.where(L[:, None] < L[None, :], M[None, :] - M[:, None], -1)
    assert found.losses[0] < found.losses[1]
    assert found.scores[1] - found.scores[0] == pytest.approx(gains.max(), abs=1e-12)
    at = plane.point(*found.second)
    assert risk.value(at) == pytest.approx(found.losses[1])


def test_a_metric_that_follows_the_loss_never_disagrees():
    risk, plane = binary_risk(), axes(np.array([0.1, 0.5, -0.5]), 1, 2)
    loss = evaluate_plane(risk, plane, np.linspace(-1, 1, 5), np.linspace(-1, 1, 4))
    assert disagreement(loss, loss, False) is None
    assert "never disagree" in findings.disagreement(None, METRICS["log_loss"]())


# -- early stopping ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("losses", "patience", "best", "at", "ended", "final", "missed"),
    [
        ([3, 2, 1, 2, 3, 4], 2, 2, 4, True, 3, 0),
        ([3, 2, 1, 2, 0, 4], 2, 4, 5, False, 4, 0),
        ([3, 2, 1, 2, 2, 0], 2, 2, 4, True, -1, 1),
        ([1, 1, 1, 1], 3, 0, 3, True, 0, 0),
        ([5, 4, 3], 1, 2, 2, False, 0, 0),
        ([2, 1, np.nan, np.inf], 2, 1, 3, True, np.inf, 0),
    ],
)
def test_early_stopping_by_hand(losses, patience, best, at, ended, final, missed):
    found = early_stop(losses, patience)
    assert (found.best, found.at, found.ended) == (best, at, ended)
    assert (found.final, found.missed) == (final, missed)
    assert str(best) in findings.stopped(found, patience, len(losses) - 1) or not ended


def test_going_on_that_changes_nothing_is_said_too():
    assert "step 3 changes nothing" in findings.stopped(early_stop([1, 1, 1, 1], 3), 3, 3)


@pytest.mark.parametrize(("losses", "patience"), [([1.0], 0), ([np.nan], 3), ([], 2)])
def test_stopping_refuses_in_a_sentence(losses, patience):
    with pytest.raises(ValueError, match="Patience|held-out losses"):
        early_stop(losses, patience)


# -- curves ------------------------------------------------------------------------------------


def test_a_learning_curve_is_scikit_learn_s_fits():
    problem = parts(Problem(DATASETS["diabetes_pair"](), LINEAR, SQUARED))
    train, held = problem.train.draw(), problem.held.risk()
    found = learning_curve(problem.train, held, seeds=2)
    assert found.risk is None
    assert found.sizes[-1] == len(train)
    fit = LinearRegression().fit(train.X, train.y)
    wanted = ((fit.predict(held.data.X) - held.data.y) ** 2).mean()
    np.testing.assert_allclose(found.held[:, -1], wanted, rtol=1e-9)
    assert (found.train[:, -1] < found.held.mean()).all()


def test_a_known_law_gives_the_risk_itself():
    dataset = DATASETS["line"]()
    problem = parts(Problem(dataset, MODELS["line"](), SQUARED))
    found = learning_curve(problem.train, problem.held.risk(), seeds=3)
    fresh = replace(dataset, seed=123, n=50_000).draw()
    floor = minimize(Risk(fresh, MODELS["line"](), SQUARED)).value
    assert found.sample == 20_000
    assert (found.risk.mean(0) > 0.97 * floor).all()
    assert "20,000" in " ".join(findings.learning(found))


def test_edited_points_have_no_known_law():
    problem = Problem(DATASETS["line"](), MODELS["line"](), SQUARED,
                      edits=Edits(moves=((0, (1.0, 2.0)),)))  # fmt: skip
    both = parts(problem)
    assert learning_curve(both.train, both.held.risk(), seeds=1).risk is None


@pytest.mark.parametrize("data", ["sine_wave", "diabetes"])
def test_bias_and_variance_add_up_to_the_loss_on_fresh_rows(data):
    found = by_degree(Problem(DATASETS[data](), MODELS["polynomial"](), SQUARED), 6, 12)
    np.testing.assert_allclose(found.bias + found.variance, found.fresh, rtol=1e-9)
    assert (np.diff(found.train) <= 1e-9 * found.train[0]).all()
    assert found.variance[-1] > found.variance[0]
    assert found.drawn == (data == "sine_wave")
    assert f"Degree **{found.degrees[found.fresh.argmin()]}**" in findings.degrees(found)[0]


def test_cross_validation_is_scikit_learn_s():
    data = DATASETS["diabetes_pair"]().draw()
    risk = Risk(data, LINEAR, SQUARED, PENALTIES["l2"](strength=0.2))
    fold = fold_of(data, 4)
    lists = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(4)]
    plane = axes(minimize(risk).theta, 1, 2)
    found = fold_surfaces(risk, plane, np.linspace(-9, 9, 5), np.linspace(-9, 9, 4), 4)
    scores = []
    for rows, judge in lists:  # a mean loss here, a sum there: alpha = n * strength / 2
        fit = Ridge(alpha=len(rows) * 0.1)
        cv = [(rows, judge)]
        score = cross_val_score(fit, data.X, data.y, cv=cv, scoring="neg_mean_squared_error")
        scores.append(-score[0])
    np.testing.assert_allclose(found.held, scores, rtol=1e-7)
    np.testing.assert_allclose(found.mean.values, np.mean([e.values for e in found.landscapes], 0))
    bare = replace(risk, penalty=PENALTIES["none"]())
    whole = evaluate_plane(bare, plane, found.mean.a, found.mean.b)
    weights = np.bincount(fold) / len(data)
    each = np.tensordot(weights, np.stack([e.values for e in found.landscapes]), 1)
    np.testing.assert_allclose(each, whole.values, rtol=1e-9)


def test_folds_deal_every_class_out_evenly():
    data = Data(np.zeros((23, 1)), np.repeat([0, 1, 2], [11, 7, 5]), "multiclass")
    fold = fold_of(data, 5, seed=3)
    for label in range(3):
        sizes = np.bincount(fold[data.y == label], minlength=5)
        assert np.ptp(sizes) <= 1


def test_powers_are_features_of_a_weighted_sum():
    risk = Risk(DATASETS["sine_wave"]().draw(), MODELS["polynomial"](degree=3), SQUARED)
    theta = np.array([0.3, -1, 0.2, 0.05])
    assert weighted_sum(risk).value(theta) == pytest.approx(float(risk.value(theta)), rel=1e-12)


REFUSED = [
    (lambda: fold_of(Data(np.zeros((3, 1)), np.zeros(3)), 5), "a row for each, and there are 3"),
    (lambda: fold_of(Data(np.zeros((3, 1)), np.zeros(3)), 1), "at least 2 folds"),
    (lambda: fold_of(Data(np.zeros((9, 1)), [0] * 7 + [1] * 2, "binary"), 3), "of every class"),
    (lambda: by_degree(Problem(DATASETS["diabetes_pair"](), LINEAR, SQUARED)), "one feature"),
    (lambda: _curve("leverage"), "at least 8 rows|8 rows"),
    (lambda: weighted_sum(Risk(DATASETS["iris"]().draw(), LINEAR,
                               LOSSES["softmax_cross_entropy"]())), "another problem"),
    (lambda: split(Data(np.zeros((9, 1)), [0] * 8 + [1], "binary"), 0.4), "leaves none"),
    (lambda: split(Data(np.zeros((4, 1)), [0, 0, 1, 1], "binary"), 0.25), "leaves none"),
    (lambda: roc([1, 1], [0.2, 0.3]), "both classes"),
    (lambda: precision_recall([0, 0], [0.2, 0.3]), "no row is of it"),
]  # fmt: skip


def _curve(data: str):
    both = parts(Problem(DATASETS[data](), MODELS["line"](), SQUARED), share=0.7)
    return learning_curve(both.train, both.held.risk())


@pytest.mark.parametrize(("act", "says"), REFUSED)
def test_what_cannot_be_judged_is_refused_in_a_sentence(act, says):
    with pytest.raises(ValueError, match=says):
        act()


# -- thresholds --------------------------------------------------------------------------------


def tied() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    return rng.integers(0, 2, 40), rng.integers(0, 9, 40) / 8


def test_curves_over_thresholds_are_scikit_learn_s():
    y, p = tied()
    found = roc(y, p)
    fpr, tpr, at = roc_curve(y, p, drop_intermediate=False)
    np.testing.assert_allclose([found.x, found.y, found.threshold], [fpr, tpr, at])
    check(np.column_stack(roc(**_x01())[:2]), case("X01_metrics")["expected"]["roc_points"])
    found = precision_recall(y, p)
    precision, recall, at = precision_recall_curve(y, p)
    np.testing.assert_allclose(found.x, recall[:-1][::-1])
    np.testing.assert_allclose(found.y, precision[:-1][::-1])


def _x01() -> dict:
    inputs = case("X01_metrics")["inputs"]
    return {"y": inputs["y"], "probability": inputs["p"]}


@pytest.mark.parametrize("threshold", [0, 0.25, 0.5, 1])
def test_counts_are_scikit_learn_s(threshold):
    y, p = tied()
    found = counts(y, p >= threshold)
    wanted = confusion_matrix(y, p >= threshold, labels=[0, 1]).ravel()
    assert [found.tn, found.fp, found.fn, found.tp] == wanted.tolist()


def test_bins_hold_every_row_once():
    y, p = tied()
    found = calibration(y, p)
    assert found.rows.sum() == len(y)
    assert found.rows @ found.share == pytest.approx(y.sum())
    assert found.rows @ found.mean == pytest.approx(p.sum())
