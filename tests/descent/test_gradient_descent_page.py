"""The gradient descent lens, run as a session runs it."""

import importlib.util

import pytest

from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.optimizers import OPTIMIZERS, SCHEDULES
from lossviz.ui.lenses.descent import controls as race_controls
from lossviz.ui.lenses.descent.controls import FUNCTIONS
from lossviz.ui.lenses.descent.panels import PANELS
from tests.running import HOUSE, pictures, run, settled, size_of_pictures, text


def test_it_runs_alone_and_asks_its_question():
    at = run("gradient_descent")
    assert at.title[0].value == "How do optimizers find a minimum?"
    assert len(pictures(at)) == 7  # surface, map, data, player and three charts
    for name in ("Gradient descent", "Momentum", "Adam"):
        assert f"**{name}.**" in text(at)


@pytest.mark.parametrize("analytic", list(FUNCTIONS))
def test_every_test_function(analytic):
    at = run("gradient_descent", objective=analytic, steps="20")
    assert not at.error
    assert not at.warning
    assert at.selectbox(key="objective").value == analytic


@pytest.mark.parametrize("id", list(OPTIMIZERS))
@pytest.mark.parametrize("function", ["problem", "rosenbrock"])
def test_every_optimizer(id, function):
    at = run("gradient_descent", opts=id, objective=function, steps="15", panel="batches")
    assert not at.error
    assert not at.warning
    assert f"**{OPTIMIZERS[id].label}.**" in text(at)


@pytest.mark.parametrize("panel", list(PANELS))
@pytest.mark.parametrize(
    "link",
    [{}, {"objective": "himmelblau"}, {"objective": "level"}, {"data": "diabetes_pair"},
     {"task": "binary", "bdata": "separable"}, {"data": "few_numbers", "model": "constant"},
     {"data": "line", "model": "line", "loss": "constant"}, {"opts": "lbfgs"},
     {"steps": "0"}, {"rate": "0"}, {"rate": "1e+09"}],
    ids=str,
)  # fmt: skip
def test_every_panel(panel, link):
    at = run("gradient_descent", panel=panel, **{"steps": "20", **link})
    assert not at.error
    assert not at.warning


@pytest.mark.parametrize("schedule", list(SCHEDULES))
def test_every_schedule(schedule):
    at = run("gradient_descent", sched=schedule, opts="gd.lbfgs", panel="rates", steps="20")
    assert not at.error


@pytest.mark.parametrize("loss", [i for i, e in LOSSES.items() if e.task == "regression"])
def test_every_regression_loss(loss):
    at = run("gradient_descent", data="engel", model="line", loss=loss, steps="20")
    assert not at.error
    assert at.selectbox(key="loss").value == loss


@pytest.mark.parametrize("model", [i for i, e in MODELS.items() if "regression" in e.tasks])
def test_every_model_that_reads_one_feature(model):
    at = run("gradient_descent", data="line", model=model, steps="20")
    assert not at.error


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ({"opts": "gd.nope"}, "opts=gd.nope"),
        ({"opts": "gd.gd"}, "opts=gd.gd"),
        ({"rate": "abc"}, "rate=abc"),
        ({"rate": "-1"}, "it would ascend"),
        ({"rate": "nan"}, "rate=nan"),
        ({"start-a": "1e300"}, "start-a=1e300"),
        ({"steps": "-5"}, "steps=-5"),
        ({"steps": "1e9"}, "steps=1e9"),
        ({"rate-gd": "-3"}, "A learning rate needs a number from 0"),
    ],
)
def test_a_bad_link_says_what_is_wrong_and_the_page_stands(link, says):
    at = run("gradient_descent", **link)
    assert says in text(at)
    assert len(pictures(at)) == 7


def test_a_rate_of_a_billion_blows_up_with_a_sentence():
    at = run("gradient_descent", objective="quadratic", opts="gd", rate="1e+09")
    assert "Diverged" in text(at)
    assert "times the limit" in text(at)
    assert "Out of the window" in text(at)


def test_a_rate_of_zero_and_a_flat_loss_say_why_nothing_moves():
    still = text(run("gradient_descent", objective="quadratic", opts="gd", rate="0"))
    assert "never moved" in still
    assert "zero moves nothing" in still
    flat = text(run("gradient_descent", task="binary", bdata="blobs", bloss="zero_one"))
    assert "Nothing moves: the gradient is exactly zero" in flat


def test_a_start_outside_the_window_is_shown():
    at = run("gradient_descent", objective="quadratic", **{"start-a": "40", "start-b": "-30"})
    assert "**Adam.**" in text(at)
    assert not at.warning


def test_a_start_is_forgotten_with_its_surface():
    at = run("gradient_descent", objective="himmelblau", **{"start-a": "0", "start-b": "-0.8"})
    assert at.number_input(key="start-a").value == 0
    at.selectbox(key="objective").set_value("booth")
    settled(at)
    assert at.number_input(key="start-a").value is None


def tasks():
    spec = importlib.util.spec_from_file_location("gd", HOUSE / "pages" / "gradient_descent.py")
    source = spec.loader.get_source("gd")
    return source.count("frame.Task(")


@pytest.mark.parametrize("number", range(tasks()))
def test_every_task_sets_the_page_up(number):
    at = run("gradient_descent")
    at.button(key=f"descent-try-{number}").click()
    settled(at)
    assert not at.error
    said = text(at)
    wanted = [
        "Newton at the maximum (−0.271, −0.923)",
        "Adam after",
        "26 million steps",
        "Oscillating at a kink",
        "Nothing moves",
    ]
    assert wanted[number] in said


def test_its_pictures_travel_in_less_than_170_kB():
    assert size_of_pictures(run("gradient_descent")) < 170_000


def test_a_hand_places_a_start_as_exactly_as_the_window_is_narrow(monkeypatch):
    """Over timestamps an intercept of 5e9 is seen through a window 200 wide."""
    placed = []
    monkeypatch.setattr(race_controls, "place", lambda *at: placed.append(at))
    window = ((-5137640027.0, -5137639818.0), (3.0, 3.0000002))
    at = -5137639900.257, 3.00000012345
    race_controls.clicked(window)({"kind": "place", "x": at[0], "y": at[1]})
    race_controls.clicked(window)({"kind": "leave", "x": 0.0, "y": 0.0})
    race_controls.dragged(window)({"kind": "drag", "x": at[0], "y": at[1]})
    assert len(placed) == 2
    for a, b in placed:
        assert abs(a - at[0]) < 1e-3 * 209
        assert abs(b - at[1]) < 1e-3 * 2e-7
