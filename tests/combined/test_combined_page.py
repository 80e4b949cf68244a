"""The Combined losses page, run as a session runs it."""

import numpy as np
import pytest

from lossviz.combined import SCENES
from lossviz.ui.lenses.combined import parts
from tests.running import pictures, run, sent, settled, text


def test_it_asks_its_question_and_says_the_numbers_it_draws():
    at = run("combined")
    assert at.title[0].value == "What is a weight between two losses?"
    assert len(pictures(at)) == 10
    assert "w1 = 0.4468, w2 = 1.319" in text(at)
    assert "task 1 is 1.676" in sent(at, "comb-front")["alt"]


@pytest.mark.parametrize("id", SCENES)
def test_every_pair_of_losses(id):
    assert not run("combined", comb__scene=id, comb__weight="0.3").error


@pytest.mark.parametrize("weight", ["0", "1"])
def test_the_ends_of_the_weight(weight):
    at = run("combined", comb__weight=weight, comb__factor="0.01")
    assert "weight 0" in text(at)
    assert "undefined" not in text(at)


def test_a_weight_that_is_none_is_told():
    assert "comb-weight=-2" in text(run("combined", comb__weight="-2"))


def test_a_drag_along_the_front_is_a_weight():
    found = parts.trade(parts.made("bowls"), np.linspace(0, 1, 201))
    for step in (0, 40, 100, 160):
        assert parts.nearest(found, *found.losses[step]) == pytest.approx(found.weights[step])


@pytest.mark.parametrize("place", range(3))
def test_try_this_sets_the_page(place):
    at = run("combined", comb__scene="groups")
    before = dict(at.query_params)
    at.button(key=f"combined-try-{place}").click()
    settled(at)
    assert dict(at.query_params) != before
