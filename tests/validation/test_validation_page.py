"""The page Validation and metrics: every panel, every judge, and what it says where it cannot."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from lossviz.datasets import DATASETS, Data, HoldOut
from lossviz.datasets.yours import pack
from lossviz.losses import LOSSES
from lossviz.metrics import METRICS, measure
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.text import number
from tests.running import run, sent, text
from tests.sentences import numbers

PANELS = ["threshold", "stairs", "stop", "penalty", "rows", "degree", "folds", "disagree"]


X = np.linspace(-2, 2, 20)[:, None]
ONE_ROW = Data(X, (X[:, 0] > 1.9).astype(float), task="binary")
ONE_CLASS = Data(X, np.ones(20), task="binary")
FEW = Data(X, (np.arange(20) % 3 == 0).astype(float), task="binary")


def numbers_of(packed) -> np.ndarray:
    """An array as Plotly's figures write it."""
    return np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"]).astype(float)


def parts_of(data: str, share: float = 0.3):
    """Training and held-out data of a dataset, as the page parts them."""
    recipe = DATASETS[data]()
    standardise = bool(getattr(recipe, "standardise", False))
    hold = HoldOut("train", share, 0, standardise)
    return hold.apply(recipe.draw()), HoldOut("held_out", share, 0, standardise).apply(
        recipe.draw()
    )


def test_a_cold_page_shows_loss_and_accuracy_with_the_numbers_of_the_core():
    at = run("validation")
    train, held = parts_of("breast_cancer")
    risk = Risk(train, MODELS["linear"](), LOSSES["cross_entropy"]())
    best = minimize(risk)
    judge = Risk(held, risk.model, risk.loss)
    says = text(at)
    assert f"**{number(best.value)}**" in says
    assert f"**{number(float(measure(judge, METRICS['accuracy'](), best.theta)))}**" in says
    counted = sent(at, "threshold-confusion")["figure"]["data"][0]["text"]
    assert sum(int(cell) for row in counted for cell in row) == len(held)


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_on_one_feature(panel):
    at = run("validation", task="regression", data="sine_wave", model="polynomial",
             **{"panel-validation": panel})  # fmt: skip
    assert not at.error
    if panel == "threshold":
        assert "Two classes" in at.info[0].value
    else:
        assert not at.info


@pytest.mark.parametrize("judge", ["loss", "balanced_accuracy", "roc_auc", "brier"])
def test_three_classes_and_every_kind_of_judge(judge):
    at = run("validation", task="multiclass", mjudge=judge, **{"panel-validation": "disagree"})
    assert not at.error
    surface = sent(at, "validation-1")["figure"]["data"][0]
    assert surface["type"] == "surface"


def test_the_path_of_the_ridge_lies_on_both_surfaces_and_the_best_strength_is_said():
    at = run("validation", task="regression", data="diabetes_pair", **{
        "hold-share": "0.75", "panel-validation": "penalty", "validation-form": "l2"})  # fmt: skip
    for key in ("validation-0", "validation-1"):
        names = [trace.get("name") for trace in sent(at, key)["figure"]["data"]]
        assert {"penalty", "best λ"} <= set(names)
    assert "λ" in text(at)


def test_holding_out_is_part_of_the_problem_on_another_page():
    at = run(
        "surface", data="diabetes", model="line", loss="squared", hold="1", **{"hold-share": "0.5"}
    )
    train, held = parts_of("diabetes", 0.5)
    risk = Risk(train, MODELS["line"](), LOSSES["squared"]())
    theta = minimize(risk).theta
    held_out = Risk(held, risk.model, risk.loss).value(theta)
    assert f"{len(train)} rows to learn from, {len(held)} held out" in text(at)
    assert number(float(held_out)) in text(at)


def test_a_share_that_leaves_a_class_out_is_refused_in_a_sentence():
    at = run("validation", task="binary", bdata="separable", **{"hold-share": "0.25"})
    assert "leaves none of them" in at.error[0].value
    assert sent(at, "validation-0")["figure"]["data"]


def held_loss(data, model, loss):
    """Loss and accuracy of the training minimum on the rows held out, by hand."""
    train, held = parts_of(data)
    theta = minimize(Risk(train, MODELS[model](), LOSSES[loss]())).theta
    judge = Risk(held, MODELS[model](), LOSSES[loss]())
    accuracy = None
    if train.task == "binary":
        accuracy = float(((judge.model.predict(theta, held.X) >= 0) == held.y).mean())
    return float(judge.value(theta)), accuracy


@pytest.mark.parametrize(
    "page",
    ["losses", "surface", "gradient_descent", "outliers", "regularization", "residuals"],
)
def test_every_page_tells_the_held_out_loss_beside_its_stage(page):
    at = run(page, data="diabetes", model="line", loss="squared", hold="1", objective="problem")
    (told,) = [each.value for each in at.main.caption if "held out" in each.value]
    assert "The loss of the best model is" in told
    if page in ("losses", "surface", "residuals"):  # the others have other data or a penalty
        assert number(held_loss("diabetes", "line", "squared")[0]) in told


@pytest.mark.parametrize("page", ["losses", "classification", "surface", "your_data"])
def test_of_classes_the_held_out_accuracy_too(page):
    data = "yours_binary" if page == "your_data" else "breast_cancer"
    more = {"hold-share": "0.34"} if page == "your_data" else {}
    at = run(page, task="binary", bdata=data, hold="1", **more)
    told = [each.value for each in at.main.caption if "its accuracy" in each.value]
    assert told
    if page == "classification":
        loss, accuracy = held_loss("breast_cancer", "linear", "cross_entropy")
        assert number(loss) in told[0]
        assert number(accuracy) in told[0]


def test_both_networks_are_told_on_the_rows_held_out():
    at = run("neural_networks", hold="1", **{"net-steps": "20", "net-blocks": "1"})
    told = [each.value for each in at.main.caption if "its accuracy" in each.value]
    assert len(told) == 2


@pytest.mark.parametrize(
    ("link", "says"),
    [
        (
            {"bdata": "yours_binary", "bdata-yours_binary-table": pack(ONE_ROW)},
            "leaves none of them",
        ),
        ({"bdata": "yours_binary", "bdata-yours_binary-table": pack(ONE_CLASS)}, "one class"),
    ],
)
def test_classes_that_cannot_be_judged_are_refused_in_a_sentence(link, says):
    at = run("validation", task="binary", **link)
    assert any(says in each.value for each in at.error), [each.value for each in at.error]
    assert sent(at, "validation-0")["figure"]["data"]


def test_a_class_too_small_for_the_folds_is_refused_in_a_sentence():
    at = run("validation", task="binary", bdata="yours_binary",
             **{"bdata-yours_binary-table": pack(FEW), "panel-validation": "folds", "folds": "9",
                "hold-share": "0.5"})  # fmt: skip
    assert "9 folds need 9 rows of every class" in at.info[0].value


def test_too_few_rows_for_the_folds_are_refused_in_a_sentence():
    few = Data(X[:9], np.sin(X[:9, 0]))
    at = run("validation", task="regression", data="yours", folds="8",
             **{"data-yours-table": pack(few), "panel-validation": "folds",
                "hold-share": "0.5"})  # fmt: skip
    says = at.info[0].value.replace("\\", "")
    assert "8 folds need a row for each, and there are 4 rows to learn from" in says


def test_the_folds_lie_around_the_surface_of_their_mean():
    at = run("validation", task="regression", data="diabetes_pair", judge="loss", folds="3",
             **{"panel-validation": "folds"})  # fmt: skip
    mean, *folds = sent(at, "validation-folds")["figure"]["data"]
    nets = [each for each in folds if str(each.get("name")).startswith("fold ")]
    assert [each["name"] for each in nets] == ["fold 1", "fold 2", "fold 3"]
    (x, y, _), heights = (numbers_of(nets[0][axis]) for axis in "xyz"), []
    for each in nets:
        assert each["type"] == "scatter3d"
        heights.append(numbers_of(each["z"]))
    known = np.isfinite(heights[0])
    a, b = numbers_of(mean["x"]), numbers_of(mean["y"])
    i, j = (np.abs(line[:, None] - at_[known]).argmin(0) for line, at_ in ((a, x), (b, y)))
    surface = numbers_of(mean["z"]).reshape(len(b), len(a))
    drawn = np.mean(heights, 0)[known]
    np.testing.assert_allclose(drawn, surface[j, i], rtol=1e-3, atol=1e-3 * np.ptp(surface))


@pytest.mark.parametrize("threshold", ["0.97", "0.99"])
def test_where_precision_is_nothing_over_nothing_is_counted_and_said(threshold):
    at = run("validation", bjudge="precision", **{
        "judge-threshold": threshold, "panel-validation": "threshold"})  # fmt: skip
    train, held = parts_of("breast_cancer")
    theta = minimize(Risk(train, MODELS["linear"](), LOSSES["cross_entropy"]())).theta
    drawn = sent(at, "validation-1")["figure"]["data"][0]
    a, b = (numbers_of(drawn[axis]) for axis in "xy")
    z = theta[0] + held.X[:, 0] * a[:, None, None] + held.X[:, 1] * b[:, None]
    none = (1 / (1 + np.exp(-z)) < float(threshold)).all(-1)
    share = 100 * none.mean()
    (told,) = [line for line in text(at).splitlines() if "0/0 there" in line]
    assert "no row is predicted to be malignant: precision is 0/0 there and counts as **0**" in told
    assert float(told.split("At ")[1].split("\u00a0%")[0]) == pytest.approx(share, abs=0.5)
    assert "precision is 0/0 and drawn as 0" in text(at)


@pytest.mark.parametrize("judge", ["accuracy", "precision"])
def test_where_nothing_divides_by_nothing_there_is_no_such_sentence(judge):
    at = run("validation", bdata="breast_cancer", bjudge=judge,
             **{"judge-threshold": "0.01", "panel-validation": "stairs"})  # fmt: skip
    assert "0/0" not in text(at)


def test_a_name_in_a_heading_keeps_its_capital():
    at = run("validation", task="regression", data="diabetes", loss="huber", judge="loss")
    assert "**Training: Huber**" in text(at)
    assert "**Held out: Huber**" in text(at)
    brier = run("validation", task="binary", bdata="breast_cancer", bjudge="brier")
    assert "the held-out Brier score there is" in text(brier)


def test_a_metric_of_another_task_is_refused_in_a_sentence():
    at = run("validation", task="regression", judge="f1", data="diabetes")
    assert "judge=f1" in text(at)
    assert "not on the menu" in text(at)


def test_the_step_that_is_kept_lies_on_both_surfaces_where_the_descent_was():
    at = run("validation", task="regression", data="diabetes_pair", judge="loss", patience="3",
             **{"hold-share": "0.75", "panel-validation": "stop"})  # fmt: skip
    for key in ("validation-0", "validation-1"):
        drawn = {trace.get("name"): trace for trace in sent(at, key)["figure"]["data"]}
        assert {"descent", "step that is kept"} <= set(drawn)


def test_what_is_told_of_the_rows_is_of_the_point_shown_also_where_no_minimum_is_attained():
    """Of separable classes the solver's own point is anywhere far out: it is not the one drawn."""
    at = run("validation", task="multiclass")
    (found,) = (each for each in text(at).split("\n") if each.startswith("Far along the way down"))
    loss, _, score, _ = numbers(found)
    (told,) = (each.value for each in at.caption if "The loss of the model shown is" in each.value)
    assert (loss, score) == (numbers(told)[2], numbers(told)[5])
