"""The losses lens, run as a session runs it."""

import pytest

from lossviz.losses import LOSSES
from tests.running import pictures, run, settled, text

PLAIN = {"data": "anscombe"}


def test_it_runs_alone_and_asks_its_question():
    at = run("losses")
    assert at.title[0].value == "How does a loss measure an error?"
    assert len(pictures(at)) == 4
    assert "squared error is 9, absolute error is 3 and Huber is 2.5" in text(at)


@pytest.mark.parametrize("loss", [i for i, e in LOSSES.items() if e.task == "regression"])
def test_every_regression_loss(loss):
    at = run("losses", **PLAIN, loss=loss)
    assert not at.error
    assert at.selectbox(key="loss").value == loss


@pytest.mark.parametrize("loss", [i for i, e in LOSSES.items() if e.task == "binary"])
def test_every_binary_loss(loss):
    at = run("losses", task="binary", bdata="iris_versicolor", bloss=loss)
    assert not at.error
    assert len(pictures(at)) == 3


@pytest.mark.parametrize("panel", ["facts", "said", "adaptive", "own"])
@pytest.mark.parametrize("task", ["regression", "binary"])
def test_every_panel(panel, task):
    assert not run("losses", **PLAIN, task=task, panel__losses=panel).error


@pytest.mark.parametrize("sentence", ["small", "faster", "smooth", "pays", "constant"])
def test_every_sentence_is_judged(sentence):
    at = run("losses", **PLAIN, panel__losses="said", sentence=sentence)
    assert "**Wrong" in text(at) or "**Loose" in text(at) or "**Right" in text(at)


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ({"with": "hubber"}, "with=hubber"),
        ({"with": "huber,huber"}, "with=huber,huber"),
        ({"reach": "-1"}, "reach=-1"),
        ({"truth": "nan"}, "truth=nan"),
        ({"place__a": "inf"}, "place-a=inf"),
        ({"panel__losses": "none"}, "panel-losses=none"),
    ],
)
def test_a_bad_link_gives_a_sentence_and_a_picture(link, says):
    at = run("losses", **PLAIN, **link)
    assert says in "\n".join(w.value for w in at.warning)
    assert len(pictures(at)) == 4


def test_data_of_many_features_and_one_parameter_are_drawn():
    assert len(pictures(run("losses", data="stackloss"))) == 3


def test_a_loss_compared_keeps_its_settings_from_the_sidebar():
    at = run("losses", **PLAIN, loss="huber", loss__huber__delta="2")
    at.selectbox(key="loss").set_value("squared")
    settled(at)
    assert at.slider(key="loss-huber-delta").value == 2
    assert "Huber is 4" in text(at)  # 2 (3 - 1)


def test_try_this_sets_the_page():
    at = run("losses", **PLAIN)
    at.button(key="losses-try-0").click()
    settled(at)
    assert "half squared error is 4.5" in text(at)
    at.button(key="losses-try-1").click()
    settled(at)
    assert "the largest contribution of 11 points, at (13, 12.74), is 76\u00a0%" in text(at)


def test_a_typed_line_belongs_to_its_data():
    at = run("losses", **PLAIN, place__a="0", place__b="0")
    assert at.number_input(key="place-a").value == 0
    at.selectbox(key="data").set_value("diabetes")
    assert settled(at).number_input(key="place-a").value is None


def test_a_typed_line_is_drawn_and_taken_back():
    at = run("losses", **PLAIN, place__a="0", place__b="0")
    away = text(at)
    at.button[1].click() if at.button[1].label == "Back to the minimum" else [
        b for b in at.button if b.label == "Back to the minimum"
    ][0].click()
    assert text(settled(at)) != away
