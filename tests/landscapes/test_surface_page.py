"""The loss surface lens, run as a session runs it."""

import numpy as np
import pytest

from lossviz.datasets import DATASETS
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.penalties import PENALTIES
from lossviz.text import as_markdown
from tests.running import pictures, run, sent, settled, text


def test_it_runs_alone_and_asks_its_question():
    at = run("surface")
    assert at.title[0].value == "What does a loss look like?"
    assert len(pictures(at)) == 3
    data = DATASETS[at.selectbox(key="data").value]().draw()
    assert 15 <= len(data) <= 25
    _, (total,), *_ = np.polyfit(data.X[:, 0], data.y, 1, full=True)
    assert f"Loss {total / len(data):.4g}" in text(at)
    assert sent(at, "fit")["drag"]["removable"]


@pytest.mark.parametrize("loss", [i for i, e in LOSSES.items() if e.task == "regression"])
def test_every_regression_loss(loss):
    at = run("surface", data="engel", loss=loss, n="25")
    assert not at.error
    assert at.selectbox(key="loss").value == loss


@pytest.mark.parametrize("loss", [i for i, e in LOSSES.items() if e.task == "binary"])
def test_every_binary_loss(loss):
    at = run("surface", task="binary", bdata="moons", bloss=loss, n="25")
    assert not at.error
    assert at.selectbox(key="bloss").value == loss


@pytest.mark.parametrize("model", [i for i, e in MODELS.items() if "regression" in e.tasks])
def test_every_model_that_reads_one_feature(model):
    at = run("surface", data="line", model=model, n="25")
    assert not at.error
    assert at.selectbox(key="model").value == model


@pytest.mark.parametrize("task", ["regression", "binary"])
def test_what_a_network_says_is_computed_in_the_browser_and_not_blended(task):
    """A bank of drawings took seconds."""
    own = {"data": "line", "model": "network"} if task == "regression" else {
        "bdata": "moons", "bmodel-many": "network"
    }  # fmt: skip
    moves = sent(run("surface", task=task, n="25", **own), "fit")["moves"]
    assert {move["kind"] for move in moves} == {"network"}
    assert {move["trace"] for move in moves} == ({"fit"} if task == "regression" else
                                                 {"fit", "boundary"})  # fmt: skip


@pytest.mark.parametrize(
    ("data", "prefix"), [(i, "" if e.task == "regression" else "b") for i, e in DATASETS.items()
                         if e.task != "multiclass"]
)  # fmt: skip
def test_every_dataset(data, prefix):
    task = "binary" if prefix else "regression"
    at = run("surface", task=task, n="25", **{f"{prefix}data": data})
    assert not at.error
    assert at.selectbox(key=f"{prefix}data").value == data


@pytest.mark.parametrize("penalty", list(PENALTIES))
@pytest.mark.parametrize("height", ["linear", "log", "clipped"])
def test_every_penalty_and_height(penalty, height):
    at = run("surface", data="diabetes_pair", penalty=penalty, height=height, n="25")
    assert not at.error


@pytest.mark.parametrize("plane", ["axes", "profile", "random", "hessian"])
def test_every_plane(plane):
    assert not run("surface", data="diabetes_all", plane=plane, n="25").error


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ({"loss": "hubber"}, "loss=hubber"),
        ({"n": "1e9"}, "n=1e9"),
        ({"n": "nan"}, "n=nan"),
        (
            {"loss": "huber", "loss__huber__delta": "-1"},
            "delta above 0; got -1.0. The",
        ),
        ({"loss": "huber", "loss__huber__delta": "1e300"}, "larger than"),
        ({"loss": "huber", "loss__huber__delta": "wide"}, "cannot be read"),
        ({"surface__a0": "inf"}, "surface-a0=inf"),
        ({"data": "ab;<script>"}, "is not on the menu"),
    ],
)
def test_a_bad_link_gives_a_sentence_and_a_picture(link, says):
    at = run("surface", **link)
    assert says in "\n".join(w.value for w in at.warning)
    assert len(pictures(at)) == 3


def test_a_window_the_wrong_way_round_gives_a_sentence_and_the_fitted_one():
    at = run("surface", surface__a0="5", surface__a1="1")
    assert "must start below its end" in at.error[0].value
    assert len(pictures(at)) == 3


@pytest.mark.parametrize("points", ["3:1.2", "999:1,1", "x", "+1,2,3,4", "-9999999999"])
def test_bad_edits_give_a_sentence_and_the_unedited_picture(points):
    at = run("surface", points=points)
    assert at.error[0].value
    assert len(pictures(at)) == 3


def test_an_edit_in_the_link_moves_the_minimum():
    at = run("surface", data="anscombe", points="2:13,100")
    assert "slope 3.67" in text(at)


def test_a_choice_made_for_one_task_survives_a_visit_to_the_other():
    at = run("surface", loss="huber", n="25")
    at.segmented_control(key="task").set_value("binary")
    settled(at)
    at.segmented_control(key="task").set_value("regression")
    settled(at)
    assert at.selectbox(key="loss").value == "huber"


def test_a_model_that_cannot_be_fitted_keeps_the_last_picture():
    at = run("surface", data="few_numbers", n="25")
    at.selectbox(key="loss").set_value("gamma_deviance")
    settled(at)
    at.text_input(key="points").set_value("+0,-5")
    settled(at)
    assert as_markdown("needs positive targets") in at.error[0].value
    assert len(pictures(at)) == 3


def test_try_this_sets_the_page():
    at = run("surface", n="25")
    at.button(key="surface-try-0").click()
    settled(at)
    assert at.selectbox(key="loss").value == "absolute"
    assert "kink" in text(at)


def test_a_window_typed_for_one_model_is_forgotten_with_it():
    at = run("surface", data="sine_wave", model="sine", surface__b0="-6", surface__b1="6")
    assert at.number_input(key="surface-b0").value == -6
    at.selectbox(key="data").set_value("anscombe")
    settled(at)
    assert at.number_input(key="surface-b0").value is None
    assert "surface-b1" not in at.query_params


def test_the_task_about_valleys_shows_them():
    at = run("surface")
    at.button(key="surface-try-1").click()
    settled(at)
    assert "local minima" in text(at)
