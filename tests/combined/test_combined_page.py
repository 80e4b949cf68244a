"""The Combined losses page, run as a session runs it."""

import numpy as np
import pytest

from lossviz.combined import SCENES, two_targets
from lossviz.datasets import Data
from lossviz.datasets.yours import pack
from lossviz.text import number
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


@pytest.mark.parametrize(
    "link", [{"comb-factor": "0"}, {"comb-factor": "-1"}, {"comb-weight": "1.5"}]
)
def test_a_factor_of_nothing_or_a_negative_one_is_told(link):
    (key, value) = next(iter(link.items()))
    at = run("combined", **link)
    assert f"{key}={value}, which lies outside" in text(at)
    assert sent(at, "comb-front")["figure"]["data"]


def test_names_keep_their_capitals_and_small_surfaces_have_no_height_labels():
    at = run("combined", **{"comb-scene": "groups"})
    title = sent(at, "comb-weights")["figure"]["layout"]["yaxis"]["title"]["text"]
    assert title == "weight of cross-entropy, group A"
    for place, shown in ((0, False), (1, False), (2, None)):
        scene = sent(at, f"comb-term-{place}")["figure"]["layout"]["scene"]
        assert scene["zaxis"].get("showticklabels") is shown


def test_a_drag_along_the_front_is_a_weight():
    found = parts.trade_off(SCENES["bowls"][1](), np.linspace(0, 1, 201))
    for step in (0, 40, 100, 160):
        assert parts.nearest(found, *found.losses[step]) == pytest.approx(found.weights[step])


@pytest.mark.parametrize("place", range(4))
def test_try_this_sets_the_page(place):
    at = run("combined", comb__scene="groups")
    before = dict(at.query_params)
    at.button(key=f"combined-try-{place}").click()
    settled(at)
    assert dict(at.query_params) != before


def own(data: Data) -> dict[str, str]:
    """The words of a link to the page with somebody's own table."""
    key = {"regression": "data-yours-table", "binary": "bdata-yours_binary-table",
           "multiclass": "mdata-yours_multiclass-table"}[data.task]  # fmt: skip
    return {"comb-scene": "own", key: pack(data)}


def table(columns: int, **more) -> Data:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(30, columns - 1))
    names = tuple("abcd"[: columns - 1])
    return Data(X, X.sum(1) + rng.normal(size=30), names=names, target="y", **more)


def test_two_targets_of_the_readers_own_table():
    data = table(4)
    at = run("combined", **own(data))
    assert not at.error
    found = parts.trade_off(two_targets(data, "y", "c", ("a", "b")), [0.5])
    assert f"error of y is {number(found.losses[0, 0])}" in text(at)
    assert f"error of c is {number(found.losses[0, 1])}" in text(at)
    theta = [sent(at, "comb-angles")["figure"]["layout"][f"{k}axis"]["title"]["text"] for k in "xy"]
    assert theta == ["weight of a", "weight of b"]
    at.selectbox(key="comb-second").select("a")
    settled(at)
    assert "error of a is" in text(at)
    assert at.query_params["comb-second"] == "a"


def test_a_table_of_three_columns_is_a_line_for_each_target():
    at = run("combined", **own(table(3)))
    assert not at.error
    assert "intercept =" in text(at)


def test_a_table_with_classes_gives_its_columns_too():
    data = table(4)
    classes = Data(data.X, (data.y > 0).astype(float), task="binary", names=data.names, target="y")
    assert "error of y is" in text(run("combined", **own(classes)))


def test_without_a_table_one_stands_in():
    at = run("combined", comb__scene="own")
    assert not at.error
    assert "No table yet" in text(at)
    assert "error of weight is" in text(at)


@pytest.mark.parametrize(
    ("link", "says"),
    [
        (own(table(2)), "at least three columns"),
        ({"comb-scene": "own", "data-yours-table": "abc"}, "cannot be read"),
        ({"comb-scene": "own", "data-yours-table": "sha-" + "0" * 8}, "no longer here"),
        (
            own(Data(np.outer(np.arange(5.0), [1, 2, 3]), np.arange(5.0), names=("a", "b", "c"))),
            "rise and fall together",
        ),
    ],
)
def test_a_table_without_two_targets_is_told_and_a_picture_stays(link, says):
    at = run("combined", **link)
    assert says in at.error[0].value
    assert "error of weight is" in text(at)
