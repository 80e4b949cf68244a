"""The regularization lens, run as a session runs it."""

import numpy as np
import pytest

from lossviz.datasets import DATASETS
from lossviz.penalties import PENALTIES
from lossviz.ui.lenses.regularization.panels import PANELS
from tests.running import messages, numbers, pictures, run, sent, settled, size_of_pictures, text

PAIRS = [id for id, each in DATASETS.items() if each.features == 2 and each.task != "multiclass"]
BINARY = [id for id in PAIRS if DATASETS[id].task == "binary"]


def figures(at) -> dict:
    """The figures on the page by their key."""
    return {each["key"]: each["figure"] for each in messages(at) if "figure" in each}


def test_it_runs_alone_asks_its_question_and_shows_a_zero():
    at = run("regularization")
    assert at.title[0].value == "What does a penalty do to the loss surface?"
    assert len(pictures(at)) == 8  # three surfaces, a map, the weights, a player, two of a panel
    assert "weight of s5" in text(at)
    assert "Lasso(alpha=" in text(at)
    assert at.selectbox(key="penalty").value == "l1"


@pytest.mark.parametrize("penalty", [i for i in PENALTIES if i != "none"])
@pytest.mark.parametrize("view", ["penalty", "budget"])
def test_every_penalty_and_view(penalty, view):
    at = run("regularization", penalty=penalty, reg__view=view)
    assert not at.error


@pytest.mark.deep
@pytest.mark.parametrize("data", PAIRS)
def test_every_dataset(data):
    task = "binary" if data in BINARY else "regression"
    at = run("regularization", task=task, **{"bdata" if data in BINARY else "data": data})
    assert not at.error
    assert "λ" in text(at)


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("task", ["regression", "binary"])
def test_every_panel(panel, task):
    at = run("regularization", reg__panel=panel, task=task)
    assert not at.error
    assert len(pictures(at)) >= 7


@pytest.mark.parametrize("penalty", ["l2", "group_l2", "l0"])
def test_every_panel_that_depends_on_the_penalty(penalty):
    for panel in ("paths", "validation", "descent"):
        assert not run("regularization", reg__panel=panel, penalty=penalty).error


@pytest.mark.deep
@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic_net", "group_l2"])
@pytest.mark.parametrize("data", ["breast_cancer", "iris_versicolor"])
def test_two_classes_show_every_feature_of_their_table(penalty, data):
    at = run("regularization", task="binary", bdata=data, penalty=penalty)
    assert not at.error
    features = {"breast_cancer": 30, "iris_versicolor": 4}[data]
    assert f"of {features} weights are not zero" in text(at)
    names = [n["text"] for n in figures(at)["reg-paths"]["layout"]["annotations"]]
    assert len(set(names)) == features


def test_too_many_features_for_every_subset_is_a_sentence():
    at = run("regularization", task="binary", penalty="l0")
    assert "up to 12 features" in at.error[0].value


@pytest.mark.parametrize("task", ["regression", "binary"])
@pytest.mark.parametrize(
    "query",
    [
        {"reg__net__plane": "raw", "reg__net__activation": "relu"},
        {"reg__net__surface": "total", "reg__net__decay": "1", "reg__net__width": "2"},
        {"reg__net__points": "10", "reg__net__turn": "5", "reg__net__decay": "0.0001"},
    ],
)
def test_the_small_network_in_every_way(task, query):
    at = run("regularization", task=task, reg__panel="network", **query)
    assert not at.error
    assert not at.warning
    said = text(at)
    assert "the norm of all weights" in said
    assert ("Raw directions are the same" in said) == (query.get("reg__net__plane") == "raw")
    kinds = [{trace["type"] for trace in each["data"]} for each in figures(at).values()]
    assert sum("surface" in kind for kind in kinds) == 3  # a page bears four: the panel shows maps


@pytest.mark.parametrize(
    ("key", "value"), [("decay", "-1"), ("decay", "much"), ("width", "1000"), ("plane", "round")]
)
def test_a_link_to_no_network_gives_a_sentence_and_the_pictures(key, value):
    at = run("regularization", reg__panel="network", **{f"reg__net__{key}": value})
    assert f"reg-net-{key}=" in "\n".join(w.value for w in at.warning)
    assert "the norm of all weights" in text(at)


@pytest.mark.deep
@pytest.mark.parametrize("penalty", [i for i in PENALTIES if i != "none"])
@pytest.mark.parametrize("strength", ["0", "1e-09"])
def test_separable_classes_at_hardly_any_strength(penalty, strength):
    at = run("regularization", task="binary", bdata="blobs", bdata__blobs__distance="8",
             penalty=penalty, reg__panel="descent",
             **{f"penalty__{penalty}__strength": strength})  # fmt: skip
    assert not at.error
    assert not at.warning


def test_where_no_weight_is_zero_a_button_leads_there():
    at = run("regularization", reg__panel="descent")
    button = next(b for b in at.button if b.label.startswith("Set λ to"))
    button.click()
    settled(at)
    assert "has put s5 at exactly 0" in text(at)


@pytest.mark.parametrize("strength", ["-1", "many", "nan", "1e300"])
def test_a_strength_that_is_none_gives_a_sentence_and_the_pictures(strength):
    at = run("regularization", penalty__l1__strength=strength)
    assert "penalty-l1-strength=" in "\n".join(w.value for w in at.warning)
    assert len(pictures(at)) == 8


@pytest.mark.parametrize("strength", ["0", "0.123456", "12345"])
def test_any_strength_can_be_shown(strength):
    at = run("regularization", penalty__l1__strength=strength)
    assert not at.error
    assert not at.warning
    assert len(pictures(at)) == 8


def test_a_strength_chosen_by_hand_stays_and_an_opening_one_follows_the_data():
    at = run("regularization")
    opened = at.select_slider(key="penalty-l1-strength").value
    at.segmented_control(key="task").set_value("binary")
    settled(at)
    assert at.select_slider(key="penalty-l1-strength").value < opened / 10
    at.select_slider(key="penalty-l1-strength").set_value(0.1)
    settled(at)
    at.segmented_control(key="task").set_value("regression")
    settled(at)
    assert at.select_slider(key="penalty-l1-strength").value == 0.1


def test_duplicate_features_show_a_valley():
    at = run("regularization", data="diabetes_pair", **{"data__diabetes_pair__feature_2": "bmi"})
    assert not at.error
    assert "perfectly correlated" in text(at)


def test_more_features_than_points_is_said():
    at = run("regularization", reg__panel="validation", reg__learn="8")
    assert "10 features and only 8 points" in text(at)


def test_separable_classes_get_a_bottom():
    at = run("regularization", task="binary", bdata="blobs", bdata__blobs__distance="8",
             penalty="l2")  # fmt: skip
    assert not at.error
    assert "Without a penalty there is no finite minimum" in text(at)


@pytest.mark.parametrize("number", range(5))
def test_try_this_sets_the_page(number):
    at = run("regularization")
    at.button(key=f"regularization-try-{number}").click()
    settled(at)
    assert not at.error
    assert not at.warning


def test_a_loss_this_page_cannot_show_is_replaced_and_kept():
    at = run("regularization", loss="huber", data="line")
    assert not at.error
    assert "solved out" in text(at)
    assert at.selectbox(key="loss").value == "squared"


def test_one_class_left_gives_a_sentence():
    data = DATASETS["blobs"](n=20).draw()
    rows = ";".join(f"-{row}" for row in range(20) if data.y[row] == 1)
    at = run("regularization", task="binary", bdata="blobs", bdata__blobs__n="20", bpoints=rows)
    assert "both classes" in at.error[0].value


def test_another_strength_sends_no_surface_and_no_map_again():
    at = run("regularization")
    before = {key: sent(at, key) for key in ("reg-map", "reg-sum", "reg-penalty", "reg-data")}
    assert size_of_pictures(at) < 300_000
    at = run("regularization", penalty__l1__strength="88.2")
    for key, message in before.items():
        after = sent(at, key)
        assert after["figure"] == message["figure"]
        assert after["moves"] == message["moves"]


def test_lines_of_zero_weights_stand_above_the_surface_at_every_strength():
    """At the surface's own height they were drawn broken."""
    picture = sent(run("regularization"), "reg-penalty")
    traces = {trace["name"]: trace for trace in picture["figure"]["data"]}
    moves = {move["trace"]: move for move in picture["moves"]}
    land = traces["surface"]
    heights = numbers(land["z"])
    rows = {
        "kink 0": heights[numbers(land["y"]) == 0],
        "kink 1": heights[:, numbers(land["x"]) == 0],
    }
    for name, on_it in rows.items():
        above = numbers(moves[name]["base"])
        assert (above > 0.01 * land["cmax"]).all()
        np.testing.assert_allclose(numbers(moves[name]["other"]), on_it.ravel(), rtol=1e-5)
        np.testing.assert_allclose(numbers(traces[name]["z"]), above, rtol=1e-6)


def test_the_strengths_written_along_the_path_do_not_overlap_on_a_small_map():
    """A map of 90 pixels, type of 11: each label is 6 pixels wide a letter and 12 high."""
    at = run("regularization", **{"data": "diabetes_pair", "model-many": "linear", "penalty": "l1",
             "penalty-l1-strength": "20"})  # fmt: skip
    shown = [f for f in figures(at).values() if any(t.get("name") == "ticks" for t in f["data"])]
    (figure,) = shown
    ticks = next(t for t in figure["data"] if t["name"] == "ticks")
    window = [figure["layout"][axis]["range"] for axis in ("xaxis", "yaxis")]
    places = [numbers(ticks[axis]) for axis in "xy"]
    x, y = [90 * (np.array(p) - low) / (high - low)
            for p, (low, high) in zip(places, window, strict=True)]  # fmt: skip
    for i, one in enumerate(ticks["text"]):
        for j in range(i):
            wide = 6 * len(one if x[i] < x[j] else ticks["text"][j])
            assert abs(x[i] - x[j]) >= wide or abs(y[i] - y[j]) >= 12, (one, ticks["text"][j])


def test_a_strength_that_is_chosen_stays_though_it_is_where_its_slider_begins():
    """0.1 is what a page without a suggestion opens with: chosen, it is a choice like any other."""

    def shown(at):
        return slider(at).value, at.query_params["penalty-l1-strength"]

    def slider(at):
        (found,) = (each for each in at.get("select_slider") if "strength" in each.key)
        return found

    at = run("regularization", penalty="l1", penalty__l1__strength="0.1")
    assert shown(at) == (0.1, "0.1")
    for start in ({}, {"penalty__l1__strength": "0.5"}):
        at = run("regularization", penalty="l1", **start)
        slider(at).set_value(0.1)
        settled(at)
        assert shown(settled(at)) == (0.1, "0.1")
    at = run("regularization")  # what only the page has suggested gives way to other data
    before = slider(at).value
    next(each for each in at.selectbox if each.key == "data").select("correlated_pair")
    assert slider(settled(at)).value != before
