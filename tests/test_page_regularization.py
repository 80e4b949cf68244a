"""The regularization lens, run as a session runs it."""

import pytest
from running import pictures, run, text

from lossviz.penalties import PENALTIES

BINARY = ("breast_cancer", "iris_versicolor", "moons", "circles", "blobs", "xor", "spirals")


def test_it_runs_alone_asks_its_question_and_shows_a_zero():
    at = run("regularization")
    assert at.title[0].value == "What does a penalty do to the ground?"
    assert len(pictures(at)) == 8  # three surfaces, a map, the weights, a player, two of a panel
    assert "weight of s5" in text(at)
    assert "Lasso(alpha=" in text(at)
    assert at.selectbox(key="penalty").value == "l1"


@pytest.mark.parametrize("penalty", [i for i in PENALTIES if i != "none"])
@pytest.mark.parametrize("view", ["price", "budget"])
def test_every_penalty_and_view(penalty, view):
    at = run("regularization", penalty=penalty, reg__view=view)
    assert not at.error
