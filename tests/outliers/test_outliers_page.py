"""The Outliers lens, run as a session runs it."""

import pytest

from lossviz.datasets import DATASETS, Edits
from lossviz.losses import LOSSES, ResidualLoss
from lossviz.models import MODELS
from lossviz.penalties import PENALTIES
from lossviz.problem.problem import Problem
from lossviz.ui.data import editing
from lossviz.ui.lenses.outliers import parts
from tests.running import pictures, run, sent, settled, text

THIRD = [i for i, e in LOSSES.items() if parts.third(e)]


def test_it_runs_alone_and_asks_its_question():
    at = run("outliers")
    assert at.title[0].value == "What does one outlier do to the best line?"
    assert len(pictures(at)) == 5
    assert "slope 0.4997" in text(at)


def test_the_third_surface_comes_when_it_is_asked_for():
    assert len(pictures(run("outliers", third="1"))) == 6


def test_the_third_loss_is_any_other_price_of_a_residual():
    assert {"squared", "absolute"}.isdisjoint(THIRD)
    assert all(issubclass(LOSSES[i], ResidualLoss) for i in THIRD)
    assert len(THIRD) > 12


@pytest.mark.parametrize("loss", THIRD)
def test_every_third_loss(loss):
    at = run("outliers", loss=loss, points="2:13,40")
    assert not at.error
    assert at.selectbox(key="loss").value == loss


@pytest.mark.parametrize(
    "data", [i for i, e in DATASETS.items() if e.task == "regression" and parts.one_feature(e)]
)
def test_every_dataset_with_one_feature(data):
    at = run("outliers", data=data)
    assert not at.error
    assert at.selectbox(key="data").value == data


@pytest.mark.parametrize("height", ["linear", "log", "clipped"])
@pytest.mark.parametrize("drawn", ["surfaces", "maps"])
def test_every_way_to_draw(height, drawn):
    at = run("outliers", height=height, drawn=drawn, heights="common", points="2:13,40")
    assert not at.error
    assert len(pictures(at)) == 5


def test_two_maps_of_one_colour_are_said_to_be():
    """Far outliers raise squared error alone: on its axis the others are one colour."""
    far = {"points": "+40,900;+45,950;+50,990", "drawn": "maps", "third": "1"}
    told = "surfaces look flat for **absolute error** ("
    assert told in text(run("outliers", heights="common", **far))
    assert "look flat" not in text(run("outliers", heights="own", **far))
    assert "look flat" not in text(run("outliers", heights="common", height="log", **far))


@pytest.mark.parametrize("penalty", [p for p in PENALTIES if p != "none"])
def test_every_penalty(penalty):
    assert not run("outliers", penalty=penalty).error


@pytest.mark.parametrize("model", ["line", "constant"])
@pytest.mark.parametrize("more", ["influence", "breakdown"])
def test_every_model_and_panel(model, more):
    at = run("outliers", model=model, more=more, data="few_numbers")
    assert not at.error
    assert len(pictures(at)) == 5


@pytest.mark.parametrize("where", ["x", "y"])
def test_half_of_the_points_may_be_bad(where):
    at = run("outliers", bad__share="0.5", bad__where=where, more="breakdown")
    assert not at.error
    assert "moved furthest" in text(at)


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ({"bad__share": "2"}, "needs share from 0 to 1"),
        ({"point": "99"}, "is not on the menu"),
        ({"drawn": "cubes"}, "is not on the menu"),
        ({"loss": "hubber"}, "is not on the menu"),
    ],
)
def test_a_bad_link_gives_a_sentence_and_a_picture(link, says):
    at = run("outliers", **link)
    assert says in "\n".join(w.value for w in at.warning)
    assert len(pictures(at)) == 5


def test_a_loss_chosen_elsewhere_leaves_the_page_whole():
    at = run("outliers", loss="poisson_deviance")
    assert not at.error
    assert at.selectbox(key="loss").value == "huber"
    assert "third loss" in text(at)


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        (";".join(f"-{k}" for k in range(10)), "only 1 point"),
        (";".join(f"{k}:3,{k % 4}" for k in range(11)), "All points share one x"),
        ("2:13,1e9", "moved furthest"),
        ("+8,5;+8,5;+8,5", "moved furthest"),
    ],
)
def test_bad_input_gives_sentences_and_pictures(edits, says):
    at = run("outliers", points=edits)
    assert says in text(at)
    assert len(pictures(at)) == 5


def test_the_slider_pushes_the_chosen_point():
    at = run("outliers")
    assert at.selectbox(key="point").value == "2"
    assert at.slider(key="push").value == pytest.approx(12.74 - 4.01 - 0.345 * 13, abs=1e-3)
    at.slider(key="push").set_value(20.0)
    settled(at)
    assert at.text_input(key="points").value == "2:13,28.495"
    assert at.slider(key="push").value == pytest.approx(20, abs=1e-3)
    assert "Squared error's minimum moved furthest" in text(at)


@pytest.mark.parametrize("where", ["y", "x"])
def test_an_outlier_is_added_and_chosen(where):
    at = run("outliers")
    next(b for b in at.button if b.label == f"Add outlier in {where}").click()
    settled(at)
    assert at.text_input(key="points").value.startswith("+")
    assert at.selectbox(key="point").value == "11"
    assert ("**has leverage**" in text(at)) == (where == "x")


@pytest.mark.parametrize("number", range(5))
def test_try_this_sets_the_page(number):
    at = run("outliers")
    at.button(key=f"outliers-try-{number}").click()
    settled(at)
    assert not at.error
    said = ["did not move", "**has leverage**", "**a set**", "slope 0.3478", "slope 0.6863"][number]
    assert said in text(at)


@pytest.mark.parametrize(
    ("changes", "edits"),
    [
        ({"edited_rows": {2: {"y": 1e9}}}, "2:13,1000000000"),
        ({"added_rows": [{"x": 1, "y": 2}, {"x": 3}]}, "+1,2"),
        ({"deleted_rows": [0, 2]}, "-0;-2"),
        ({"edited_rows": {2: {"y": "high"}}}, None),
        ({"edited_rows": {2: {"x": None}}}, None),
    ],
)
def test_what_is_typed_into_the_table_becomes_an_edit_or_a_sentence(changes, edits, monkeypatch):
    told = {}
    monkeypatch.setattr(editing.state, "get", lambda key, default=None: default)
    monkeypatch.setattr(editing.state, "remember", lambda key, value: told.update(refused=value))
    monkeypatch.setattr(editing.state, "put", lambda key, value: told.update({key: value}))
    monkeypatch.setattr(editing.state, "complain", lambda text: told.update(complaint=text))
    problem = Problem(DATASETS["anscombe"](), MODELS["line"](), LOSSES["huber"](), edits=Edits())
    whole = {"edited_rows": {}, "added_rows": [], "deleted_rows": [], **changes}
    editing.typed(problem, problem.draw(), whole)
    if edits is None:
        assert "needs two numbers" in told["complaint"]
        assert told["refused"] == 1  # the table is drawn afresh, without the cell
    else:
        assert told == {"points": edits}


def test_the_chosen_point_belongs_to_its_data():
    at = run("outliers", point="7")
    assert at.selectbox(key="point").value == "7"
    at.selectbox(key="data-anscombe-which").set_value("2")
    assert settled(at).selectbox(key="point").value == "7"  # the same rows, moved
    at.selectbox(key="data").set_value("engel")
    settled(at)
    assert at.selectbox(key="point").value == "137"  # the one that pays most
    assert at.selectbox(key="point").options[137].startswith("137 at (7.673")
    at.button(key="outliers-try-1").click()  # leverage, with its point 9
    assert settled(at).selectbox(key="point").value == "9"


def test_link_switch_and_numbers_agree_on_units():
    for switch, slope, scaled in (("0", "0.4852", False), ("1", "251.4", True)):
        at = run("outliers", data="engel", **{"data__engel__standardise": switch})
        assert at.toggle(key="data-engel-standardise").value is scaled
        assert f"squared error gives slope {slope}" in text(at)
        assert at.query_params.get("data-engel-standardise") == (None if scaled else "0")


@pytest.mark.parametrize("deleted", [10, 9])
def test_a_line_through_all_points_costs_nothing(deleted):
    at = run("outliers", third="1", points=";".join(f"-{k}" for k in range(deleted)))
    for place in ("squared", "absolute", "third"):
        assert "minimum 0. " in sent(at, f"outliers-{place}")["alt"]
    (said,) = sent(at, "outliers-shares")["figure"]["layout"]["annotations"]
    assert said["text"] == "no loss"


def test_one_parameter_is_a_curve():
    at = run("outliers", model="constant", data="few_numbers", third="1")
    for place in ("squared", "absolute", "third"):
        kinds = {each["type"] for each in sent(at, f"outliers-{place}")["figure"]["data"]}
        assert kinds == {"scatter"}
