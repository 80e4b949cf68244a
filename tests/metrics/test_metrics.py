"""Every metric against scikit-learn and the oracle, at ties, in batches and over planes."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from lossviz.datasets import Data
from lossviz.landscapes.planes import axes, random
from lossviz.losses import LOSSES
from lossviz.losses.binary import sigmoid
from lossviz.metrics import METRICS, measure, metric_surface, undefined_surface
from lossviz.metrics.classes import Counts, cut
from lossviz.metrics.curves import precision_recall, roc
from lossviz.models import MODELS
from lossviz.objectives import Risk
from tests.oracles import case, check

SCIKIT = {
    "accuracy": lambda y, p, named, k: sk.accuracy_score(y, named),
    "balanced_accuracy": lambda y, p, named, k: sk.balanced_accuracy_score(y, named),
    "precision": lambda y, p, named, k: sk.precision_score(y, named, **average(k)),
    "recall": lambda y, p, named, k: sk.recall_score(y, named, **average(k)),
    "f1": lambda y, p, named, k: sk.f1_score(y, named, **average(k)),
    "roc_auc": lambda y, p, named, k: sk.roc_auc_score(y, p, multi_class="ovr"),
    "log_loss": lambda y, p, named, k: sk.log_loss(y, p, labels=range(k)),
    "brier": lambda y, p, named, k: sk.brier_score_loss(y, p, labels=range(k)),
    "r2": lambda y, p, named, k: sk.r2_score(y, p),
    "mae": lambda y, p, named, k: sk.mean_absolute_error(y, p),
    "rmse": lambda y, p, named, k: sk.root_mean_squared_error(y, p),
}
CLASSES = [id for id, each in METRICS.items() if "binary" in each.tasks]
NUMBERS = [id for id, each in METRICS.items() if "regression" in each.tasks]
DECIDED = ["accuracy", "balanced_accuracy", "precision", "recall", "f1"]


def average(k: int) -> dict:
    return {"average": "binary" if k == 2 else "macro", "zero_division": 0}


def scikit(id: str, y, p, threshold=0.5) -> float:
    """Scikit-learn's number for one list of predictions."""
    k = 2 if p.ndim == 1 else p.shape[1]
    named = p >= threshold if p.ndim == 1 else p.argmax(-1)
    return SCIKIT[id](y, p, named, k)


@pytest.mark.parametrize("number", range(4))
def test_the_oracle_s_thresholds(number):
    given_, wanted = case("X01_metrics")["inputs"], case("X01_metrics")["expected"]
    entry = wanted["by_threshold"]
    row = entry["value"][number]
    for id in DECIDED:
        got = METRICS[id](threshold=row["threshold"]).score(given_["y"], given_["p"])
        check(got, {**entry, "value": row[id]})


@pytest.mark.parametrize("id", ["log_loss", "brier", "roc_auc"])
def test_the_oracle_s_probabilities(id):
    inputs, wanted = case("X01_metrics")["inputs"], case("X01_metrics")["expected"]
    check(METRICS[id]().score(inputs["y"], inputs["p"]), wanted[id])


def test_names_in_a_sentence():
    names = [METRICS[id]().name for id in ("balanced_accuracy", "f1", "roc_auc", "brier", "r2")]
    assert names == ["balanced accuracy", "F1", "ROC AUC", "Brier score", "R²"]


def test_the_contract_s_names():
    assert list(METRICS) == [
        "accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc", "log_loss",
        "brier", "r2", "mae", "rmse",
    ]  # fmt: skip


@pytest.mark.parametrize("id", CLASSES)
@settings(deadline=None, max_examples=10, derandomize=True)
@given(
    rows=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6)), min_size=2, max_size=30),
    threshold=st.sampled_from([0.5, 1 / 6, 0.9]),
)
def test_binary_with_many_ties(id, rows, threshold):
    y, p = np.array([0, 1, *(r[0] for r in rows)]), np.array([1.0, 0, *(r[1] / 6 for r in rows)])
    metric = METRICS[id](threshold=threshold) if id in DECIDED else METRICS[id]()
    assert metric.score(y, p) == pytest.approx(scikit(id, y, p, threshold), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("id", CLASSES)
@settings(deadline=None, max_examples=10, derandomize=True)
@given(seed=st.integers(0, 10**6), k=st.sampled_from([3, 4]))
def test_several_classes(id, seed, k):
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.r_[np.arange(k), rng.integers(0, k, 11)])
    p = rng.integers(1, 4, (len(y), k)).astype(float)
    p /= p.sum(1, keepdims=True)
    assert METRICS[id]().score(y, p) == pytest.approx(scikit(id, y, p), rel=1e-12, abs=1e-14)


def test_one_class_against_the_rest_has_the_four_cells_of_the_table():
    table = np.array([[5, 1, 0], [2, 7, 3], [0, 4, 8]])
    found = Counts.of_class(np.stack([table, 2 * table]), 1)
    for cell, count in (("tp", 7), ("fp", 1 + 4), ("fn", 2 + 3), ("tn", 5 + 8)):
        np.testing.assert_array_equal(getattr(found, cell), [count, 2 * count])


@pytest.mark.parametrize("id", DECIDED)
def test_classes_that_neither_occur_nor_are_named_do_not_count(id):
    y, p = np.array([0, 2, 2, 0]), np.eye(4)[[0, 2, 0, 3]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = scikit(id, y, p)
    assert METRICS[id]().score(y, p) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("id", NUMBERS)
@settings(deadline=None, max_examples=10, derandomize=True)
@given(seed=st.integers(0, 10**6))
def test_numbers(id, seed):
    rng = np.random.default_rng(seed)
    y, p = rng.normal(3, 2, 17), rng.normal(3, 2, 17)
    assert METRICS[id]().score(y, p) == pytest.approx(scikit(id, y, p), rel=1e-12)


@pytest.mark.parametrize(("prediction", "wanted"), [([2, 2, 2], 1.0), ([2, 2, 3], 0.0)])
def test_r2_of_a_constant_target_as_scikit_learn_has_it(prediction, wanted):
    y = np.array([2.0, 2, 2])
    assert METRICS["r2"]().score(y, prediction) == wanted == sk.r2_score(y, prediction)


@pytest.mark.parametrize("id", CLASSES)
@pytest.mark.parametrize("k", [1, 3])
def test_a_batch_is_its_members(id, k):
    rng = np.random.default_rng(1)
    y = np.arange(12) % max(k, 2)
    p = rng.dirichlet(np.ones(k), (3, 2, 12)) if k > 1 else rng.uniform(size=(3, 2, 12))
    metric, got = METRICS[id](), METRICS[id]().score(y, p)
    assert got.shape == (3, 2)
    np.testing.assert_allclose(got, [[metric.score(y, each) for each in row] for row in p])


def test_the_bound_of_log_loss_is_scikit_learn_s():
    y, p = np.array([0, 1, 1]), np.array([1.0, 0.0, 0.5])
    assert METRICS["log_loss"]().score(y, p) == pytest.approx(scikit("log_loss", y, p), rel=1e-12)


def test_log_loss_of_many_rows_surely_wrong_does_not_vanish():
    y, p = np.ones(1000), np.zeros(1000)
    assert METRICS["log_loss"]().score(y, p) == pytest.approx(-np.log(np.finfo(float).eps))


@settings(deadline=None, max_examples=10, derandomize=True)
@given(threshold=st.floats(0.001, 0.999))
def test_the_cut_is_the_first_logit_that_reaches_the_threshold(threshold):
    z = cut(threshold)
    assert sigmoid(np.array(z)) >= threshold > sigmoid(np.nextafter(z, -np.inf))


# -- over planes -----------------------------------------------------------------------------


def binary_risk(n: int = 60, model: str = "linear", **how) -> Risk:
    rng = np.random.default_rng(5)
    X = rng.normal(size=(n, 2))
    y = (X @ [1.0, -1] + 0.8 * rng.normal(size=n) > 0.4).astype(float)
    return Risk(Data(X, y, "binary"), MODELS[model](**how), LOSSES["cross_entropy"]())


def multiclass_risk() -> Risk:
    rng = np.random.default_rng(6)
    X = rng.normal(size=(40, 2))
    y = np.arange(40) % 3
    return Risk(Data(X, y, "multiclass"), MODELS["linear"](), LOSSES["softmax_cross_entropy"]())


def regression_risk() -> Risk:
    rng = np.random.default_rng(7)
    X = rng.normal(size=(40, 2))
    return Risk(Data(X, X @ [1.0, 2] + 1), MODELS["linear"](), LOSSES["huber"]())


RISKS = {
    "binary": binary_risk(),
    "network": binary_risk(model="network", width=4, depth=2),
    "multiclass": multiclass_risk(),
    "regression": regression_risk(),
}
PAIRS = [
    (name, id)
    for name, risk in RISKS.items()
    for id, each in METRICS.items()
    if risk.data.task in each.tasks
]


def predicted(risk: Risk, theta) -> np.ndarray:
    """Probabilities or numbers by hand."""
    z = risk.model.predict(theta, risk.data.X)
    if risk.data.task == "regression":
        return z
    if risk.data.task == "binary":
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / np.exp(z).sum(-1, keepdims=True)


@pytest.mark.parametrize(("name", "id"), PAIRS)
def test_a_surface_is_scikit_learn_at_every_point(name, id):
    risk, metric = RISKS[name], METRICS[id]()
    plane = random(np.linspace(-0.5, 0.9, risk.layout.size), risk.layout, seed=0)
    a, b = np.linspace(-2, 2, 7), np.linspace(-1, 3, 5)
    values = metric_surface(risk, metric, plane, a, b).values
    assert values.shape == (5, 7)
    for j, i in np.ndindex(5, 7):
        theta = plane.point(a[i], b[j])
        wanted = scikit(id, risk.data.y, predicted(risk, theta))
        assert values[j, i] == pytest.approx(wanted, rel=1e-9, abs=1e-12)
        assert measure(risk, metric, theta) == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_at_the_origin_every_row_ties():
    risk = RISKS["binary"]
    plane = axes(np.zeros(3), 1, 2)
    for id in CLASSES:
        value = metric_surface(risk, METRICS[id](), plane, [0.0], [0.0]).values[0, 0]
        wanted = scikit(id, risk.data.y, np.full(len(risk.data), 0.5))
        assert value == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(("name", "id"), PAIRS)
def test_predictions_that_leave_the_numbers_are_judged(name, id):
    risk = RISKS[name]
    plane = random(np.linspace(-0.5, 0.9, risk.layout.size), risk.layout, seed=1)
    values = metric_surface(risk, METRICS[id](), plane, [1e200, 1e308], [1.0, 1e308]).values
    assert not np.isnan(values).any()


# -- what a metric says of itself ------------------------------------------------------------


@pytest.mark.parametrize(("name", "id"), PAIRS)
def test_steps_and_best_are_facts(name, id):
    risk, metric = RISKS[name], METRICS[id]()
    theta = np.linspace(-0.7, 0.9, risk.layout.size)
    nudged = theta + 1e-9 * np.arange(1, risk.layout.size + 1)
    same = measure(risk, metric, theta) == measure(risk, metric, nudged)
    assert same == metric.steps
    y = risk.data.y
    perfect = np.eye(3)[y.astype(int)] if name == "multiclass" else y
    assert metric.score(y, perfect) == pytest.approx(metric.best, abs=1e-12)
    wrong = np.roll(perfect, 1, -1) if name == "multiclass" else 1 - y
    assert (metric.score(y, wrong) < metric.best) == metric.higher


# -- wrong input -----------------------------------------------------------------------------

WRONG = [
    ("f1", [0, 1], [0.2, 0.3, 0.4], "shape"),
    ("f1", [0, 2], [0.2, 0.3], "column for each of 3 classes"),
    ("f1", [0, 1, 2], np.full((2, 3, 2), 0.5), "column for each of 3 classes"),
    ("f1", [0, 0.5], [0.2, 0.3], "labels"),
    ("f1", [], [], "labels"),
    ("accuracy", [0, 1], [0.2, 1.3], "from 0 to 1"),
    ("log_loss", [0, 1], [0.2, np.nan], "from 0 to 1"),
    ("roc_auc", [1, 1], [0.2, 0.3], "rows of all 2"),
    ("roc_auc", [0, 1, 1, 0], np.full((4, 3), 1 / 3), "rows of all 3"),
    ("r2", [1.0], [2.0], "one row"),
    ("mae", [1.0, 2], [2.0], "as many predictions"),
    ("rmse", [1.0, np.inf], [2.0, 1], "finite"),
    ("rmse", [1.0, 2.0], [2.0, np.nan], "finite"),
]


@pytest.mark.parametrize(("id", "y", "p", "says"), WRONG)
def test_wrong_input_gets_a_sentence(id, y, p, says):
    with pytest.raises(ValueError, match=says):
        METRICS[id]().score(y, p)


def test_a_threshold_outside_0_to_1_is_refused():
    with pytest.raises(ValueError, match="threshold"):
        METRICS["f1"](threshold=1.5)


@pytest.mark.parametrize(("name", "id"), [("binary", "r2"), ("regression", "f1")])
def test_a_metric_of_another_task_is_refused(name, id):
    risk = RISKS[name]
    with pytest.raises(ValueError, match="Choose another metric"):
        metric_surface(risk, METRICS[id](), axes(np.zeros(3), 1, 2), [0.0], [0.0])


@pytest.mark.parametrize("id", ["precision", "recall", "f1"])
@pytest.mark.parametrize("name", ["binary", "multiclass", "one class"])
def test_where_scikit_learn_divides_by_nothing_the_score_is_0_and_said(id, name):
    risk = RISKS["multiclass" if name == "multiclass" else "binary"]
    if name == "one class":
        risk = risk.on(np.flatnonzero(risk.data.y == 0))
    p = risk.layout.size
    plane = random(np.zeros(p), risk.layout, 3, "raw")
    a, b = np.linspace(-4, 4, 9), np.linspace(-3, 5, 7)
    metric = METRICS[id](threshold=0.9)
    got = undefined_surface(risk, metric, plane, a, b)
    function = {"precision": sk.precision_score, "recall": sk.recall_score, "f1": sk.f1_score}[id]
    labels = None if name == "multiclass" else [1]
    for j, i in np.ndindex(got.shape):
        answer = predicted(risk, plane.point(a[i], b[j]))
        named = answer.argmax(-1) if answer.ndim > 1 else (answer >= 0.9).astype(int)
        each = function(risk.data.y, named, labels=labels, average=None, zero_division=np.nan)
        assert got[j, i] == np.isnan(each).any()
    if name == "binary" and id == "precision":
        assert 0 < got.mean() < 1


def test_one_class_only_has_no_curve():
    risk = RISKS["binary"].on(np.flatnonzero(RISKS["binary"].data.y == 1))
    with pytest.raises(ValueError, match="different classes"):
        metric_surface(risk, METRICS["roc_auc"](), axes(np.zeros(3), 1, 2), [0.0], [0.0])


def test_scores_of_many_lists_with_ties_are_scikit_learns_one_by_one():
    rng = np.random.default_rng(4)
    y = np.array([0, 1, 0, 1, 1, 0, 0, 1, 0])
    p = rng.integers(1, 5, (2, 3, 9)) / 8
    p[..., 0] = 0.0  # the lowest stands alone: the ties are among the others
    got = METRICS["roc_auc"]().score(y, p)
    assert got.shape == (2, 3)
    for place in np.ndindex(got.shape):
        assert got[place] == pytest.approx(sk.roc_auc_score(y, p[place]), abs=1e-12)


def test_probabilities_that_hardly_differ_from_zero_are_ranked_and_both_zeros_tie():
    y, p = np.array([0, 1, 0, 1, 0]), np.array([2e-300, 3e-300, -0.0, 0.0, 5e-324])
    assert METRICS["roc_auc"]().score(y, p) == pytest.approx(3.5 / 6, abs=1e-12)


@pytest.mark.parametrize("y", [[0, 1], [1, 0], [0, 0, 1], [0, 1, 1]])
def test_curves_of_a_ranking_that_has_every_class_at_an_end(y):
    for p in (np.linspace(0.9, 0.1, len(y)), np.linspace(0.1, 0.9, len(y))):
        np.testing.assert_allclose(roc(y, p)[:2], sk.roc_curve(y, p, drop_intermediate=False)[:2])
        precision, recall, _ = sk.precision_recall_curve(y, p)
        np.testing.assert_allclose(precision_recall(y, p)[:2], [recall[-2::-1], precision[-2::-1]])


def test_curves_over_the_threshold_are_scikit_learns():
    rng = np.random.default_rng(8)
    y, p = rng.integers(0, 2, 30), rng.integers(0, 9, 30) / 8
    y[np.argmax(p)] = 0  # the row named first is wrong
    found, wanted = roc(y, p), sk.roc_curve(y, p, drop_intermediate=False)
    for got, want in zip(found, wanted, strict=True):
        np.testing.assert_allclose(got, want)
    precision, recall, thresholds = sk.precision_recall_curve(y, p)
    found = precision_recall(y, p)
    np.testing.assert_allclose(found[0], recall[-2::-1])
    np.testing.assert_allclose(found[1], precision[-2::-1])
    np.testing.assert_allclose(found[2], thresholds[::-1])


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1]])
def test_rows_of_one_class_have_no_roc_curve(y):
    with pytest.raises(ValueError, match="both classes"):
        roc(y, [0.1, 0.5, 0.9])
