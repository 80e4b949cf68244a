"""The Losses for acting page, run as a session runs it."""

import numpy as np
import pytest

from lossviz.acting import ENVIRONMENTS
from lossviz.problem.script import script
from tests.problem.test_script import ran
from tests.running import numbers, pictures, run, sent, settled, text

QUICK = {"act__steps": "5", "act__episodes": "2"}


def test_the_values_of_a_grid_are_a_map_of_its_cells():
    at = run("acting", **{"act-world": "grid"})
    message = sent(at, "act-values")
    (cells,) = message["figure"]["data"]
    assert cells["type"] == "heatmap"
    named = cells["customdata"]
    assert (len(named), len(named[0])) == (3, 4)
    # the walk begins at the upper left and ends at the lower right, past the pits
    assert (named[2][0], named[0][3], named[0][1:3]) == ("start", "goal", ["pit", "pit"])
    (move,) = message["moves"]
    assert (move["kind"], move["attribute"]) == ("rows", "z")
    bars = sent(run("acting", **{"act-world": "two_states"}), "act-values")["figure"]["data"][0]
    assert bars["type"] == "bar"


def test_it_asks_its_question_and_says_the_numbers_it_draws():
    at = run("acting", **QUICK)
    assert at.title[0].value == "What does an agent minimise?"
    assert len(pictures(at)) == 9
    assert "8.324" in text(at)
    assert "the best action in state 1 is action 0" in text(at)
    assert "After 5 steps" in sent(at, "act-map")["alt"]
    assert not sent(at, "act-map")["drag"]["removable"]  # a start moves, and is not deleted


@pytest.mark.parametrize("id", ENVIRONMENTS)
@pytest.mark.parametrize("entropy", ["0", "1"])
def test_every_world(id, entropy):
    at = run("acting", **QUICK, act__world=id, act__entropy=entropy, act__discount="0.99")
    assert not at.error
    assert "undefined" not in text(at)


def test_the_plateau_of_q01():
    at = run("acting", **QUICK, act__world="two_arms", act__a="-8", act__b="0")
    assert "needs 3,014 steps to a return of 0.95" in text(at)
    assert "policy gradient needs 13" in text(at)


def test_what_a_link_gets_wrong_is_told():
    at = run("acting", **QUICK, act__discount="1", act__a="1e6", act__entropy="-1")
    assert "act-discount=1, which lies outside 0 to 0.99: without an end the return" in text(at)
    assert "act-entropy=-1" in text(at)
    assert "kept within" in text(at)


@pytest.mark.parametrize(
    "link", [{"act-a": "high"}, {"act-entropy": "inf"}, {"act-discount": "-1"}]
)
def test_what_is_no_number_is_told_and_the_page_stays(link):
    at = run("acting", **QUICK, **link)
    ((key, value),) = link.items()
    assert f"{key}={value}" in text(at)
    assert "without an end" not in text(at)
    assert sent(at, "act-surface")["figure"]["data"]


def test_rewards_are_typed_and_all_that_is_said_is_of_them():
    at = run("acting", **QUICK, act__world="two_arms")
    at.text_input(key="act-rewards").set_value("0.2; 2").run()
    assert "The best policy is deterministic: arm 2." in text(at)
    objective = ENVIRONMENTS["two_arms"].make(0.0, 0.0, (0.2, 2.0))
    surface = next(t for t in sent(at, "act-surface")["figure"]["data"] if t["type"] == "surface")
    side = np.linspace(-8, 8, 81)
    heights = objective.value(np.stack(np.meshgrid(side, side), -1))
    np.testing.assert_allclose(numbers(surface["z"]), heights, rtol=1e-5)
    assert at.query_params["act-rewards"] == "0.2; 2"
    assert ran(script(at.session_state["_code"]()))["best"].value == -2.0


@pytest.mark.parametrize("typed", ["0.2, high", "1", "nan, 1"])
def test_rewards_that_are_not_numbers_are_told_and_the_last_ones_stay(typed):
    at = run("acting", **QUICK, act__world="two_arms", act__rewards="3, 0.5")
    assert "deterministic: arm 1" in text(at)
    at.text_input(key="act-rewards").set_value(typed).run()
    error = at.error[0].value.replace("\\", "")  # as Markdown has it
    assert "The rewards are 2 numbers, of arm 1, arm 2, such as 1, 0.5" in error
    assert "The last rewards that could be read are used." in error
    assert "its return, 3," in text(at)
    assert sent(at, "act-surface")["figure"]["data"]


def test_rewards_of_one_environment_say_nothing_of_another():
    at = run("acting", **QUICK, act__world="two_arms", act__rewards="3, 0.5")
    at.selectbox(key="act-world").set_value("three_arms").run()
    assert at.text_input(key="act-rewards").value == "1, 0.8, 0"
    assert "act-rewards" not in at.query_params


@pytest.mark.parametrize("id", ENVIRONMENTS)
def test_no_reward_anywhere_is_a_flat_surface_and_nothing_to_learn(id):
    none = ENVIRONMENTS[id].spelled((0.0,) * len(ENVIRONMENTS[id].earned))
    at = run("acting", **QUICK, act__world=id, act__rewards=none)
    assert not at.error
    assert "Every policy has the same return, 0: there is nothing to learn." in text(at)
    assert "steps to a return" not in text(at)


@pytest.mark.parametrize("place", range(3))
def test_try_this_sets_the_page(place):
    # each speaks of the usual rewards, whatever was typed before
    id, typed = [("two_arms", "0, 2"), ("two_states", "2, 0, 0, 0"), ("three_arms", "1 1 1")][place]
    at = run("acting", **QUICK, act__world=id, act__rewards=typed)
    before = dict(at.query_params)
    at.button(key=f"acting-try-{place}").click()
    settled(at)
    assert dict(at.query_params) != before
    usual = ENVIRONMENTS[id].spelled(ENVIRONMENTS[id].rewards)
    assert at.text_input(key="act-rewards").value == usual
