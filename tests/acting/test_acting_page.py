"""The Losses for acting page, run as a session runs it."""

import pytest

from lossviz.acting import ENVIRONMENTS
from tests.running import pictures, run, sent, settled, text

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


@pytest.mark.parametrize("place", range(3))
def test_try_this_sets_the_page(place):
    at = run("acting", **QUICK, act__world="grid")
    before = dict(at.query_params)
    at.button(key=f"acting-try-{place}").click()
    settled(at)
    assert dict(at.query_params) != before
