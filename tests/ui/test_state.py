"""State: kept over pages, wholly in the link, and honest about what it could not use."""

import json
import re
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from lossviz.problem.link import read_link
from lossviz.ui.sidebar.vocabulary import known
from tests.running import HOUSE, run

SCRIPT = """
import streamlit as st
from lossviz.losses import LOSSES
from lossviz.ui.sidebar import state, widgets

state.arrive()
if not st.checkbox("another page"):
    few = {i: LOSSES[i] for i in ("squared", "huber", "barron_general")}
    if st.checkbox("narrow"):
        few.pop("huber")
    st.text(repr(widgets.choose("Loss", few, "loss", known=LOSSES, why="No Huber here.")))
    st.text(widgets.slider("n", "n", 101, 25, 301, whole=True))
st.button("set", on_click=state.put, args=("n", 51))
state.publish()
st.json({k: v for k, v in st.query_params.to_dict().items()})
"""


def start(**link: str) -> AppTest:
    at = AppTest.from_string(SCRIPT, default_timeout=60)
    for key, value in link.items():
        at.query_params[key] = value
    return at.run()


def link(at: AppTest) -> dict[str, str]:
    return json.loads(at.json[0].value)


def test_defaults_need_no_link():
    assert link(start()) == {}


def test_a_choice_enters_the_link_and_a_default_leaves_it():
    at = start()
    at.selectbox(key="loss").set_value("huber").run()
    assert link(at)["loss"] == "huber"
    at.selectbox(key="loss").set_value("squared").run()
    assert link(at) == {}


def test_a_link_sets_the_page_and_is_given_back():
    at = start(loss="huber", n="77", **{"loss-huber-delta": "50"})
    assert [t.value for t in at.text] == ["Huber(delta=50.0)", "77"]
    assert not at.warning
    assert link(at) == {"loss": "huber", "n": "77", "loss-huber-delta": "50"}


def test_a_link_of_before_a_renaming_opens_the_same():
    words = "ground=rosenbrock&reg-net-ground=total&reg-view=price"
    link = read_link(f"gradient_descent?{words}")
    assert link.words == {
        "objective": "rosenbrock",
        "reg-net-surface": "total",
        "reg-view": "penalty",
    }
    at = run("gradient_descent", ground="rosenbrock", steps="10")
    assert at.selectbox(key="objective").value == "rosenbrock"
    assert at.query_params["objective"] == "rosenbrock"
    assert "ground" not in at.query_params


@pytest.mark.parametrize("value", ["0.12345678901234567", "1e-7", "123456789", "0.1", "4.0625"])
def test_a_number_in_a_link_is_used_and_given_back_to_its_last_digit(value):
    at = start(loss="huber", **{"loss-huber-delta": value})
    assert at.text[0].value == f"Huber(delta={float(value)!r})"
    assert float(link(at)["loss-huber-delta"]) == float(value)


def test_a_menu_that_is_emptied_stands_at_its_default_and_writes_no_word():
    at = start(loss="huber")
    at.selectbox(key="loss").set_value(None).run()
    assert at.text[0].value == "SquaredError()"
    assert link(at) == {}


def test_a_link_that_is_told_alone_is_gone_back_to():
    at = start(n="77")
    at.selectbox(key="loss").set_value("huber").run()
    at.query_params["n"] = "51"
    at.run()
    assert link(at) == {"loss": "huber", "n": "51"}


def test_a_hand_that_is_faster_than_the_address_bar_loses_nothing():
    at = start()
    at.button[0].click().run()
    assert link(at) == {"n": "51"}
    at.query_params["n"] = "77"  # the link of a while ago, with the next thing done
    at.selectbox(key="loss").set_value("huber").run()
    assert link(at) == {"loss": "huber", "n": "51"}
    at.query_params["n"] = "77"
    at.button[0].click().run()
    assert link(at) == {"loss": "huber", "n": "51"}


def test_state_outlives_a_page_that_does_not_draw_it_and_stays_in_the_link():
    at = start(loss="huber")
    at.checkbox[0].check().run()
    assert link(at)["loss"] == "huber"
    at.checkbox[0].uncheck().run()
    assert at.selectbox(key="loss").value == "huber"


def test_a_page_that_cannot_show_a_choice_says_so_and_keeps_it():
    at = start(loss="huber")
    at.checkbox[1].check().run()
    assert at.selectbox(key="loss").value == "squared"
    assert at.caption[0].value == "No Huber here."
    at.checkbox[1].uncheck().run()
    assert at.selectbox(key="loss").value == "huber"


def test_a_callback_moves_the_widget_and_the_link():
    at = start()
    at.button[0].click().run()
    assert at.slider(key="n").value == 51
    assert link(at) == {"n": "51"}


@pytest.mark.parametrize("raw", ["nan", "inf", "-1", "1e99", "", "12.5", "many", "🙂"])
def test_an_unusable_value_is_named_and_the_default_used(raw):
    at = start(n=raw)
    assert at.text[1].value == "101"
    assert "n=" in at.warning[0].value
    assert "default is used" in at.warning[0].value
    assert link(at) == {}


def test_a_word_that_no_page_knows_is_said_and_leaves_the_link():
    at = start(los="huber", n="77", **{"loss-hubr-delta": "1", "net-lr": "0.1"})
    assert len(at.warning) == 1
    said = at.warning[0].value
    assert "los=huber, which no page knows" in said
    assert "loss-hubr-delta=1, which no page knows" in said
    assert link(at) == {"n": "77", "net-lr": "0.1"}  # what another page reads stays


def test_the_cache_tells_recipes_of_one_shape_apart():
    """Streamlit forgets the class of a dataclass inside another one; a tuple of recipes is safe."""
    script = """
import streamlit as st
from lossviz.datasets import DATASETS
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.penalties import PENALTIES
from lossviz.problem.problem import Problem
from lossviz.ui import cache
for loss, penalty in [("squared", "l1"), ("absolute", "l1"), ("squared", "l2")]:
    problem = Problem(
        DATASETS["anscombe"](), MODELS["line"](), LOSSES[loss](), PENALTIES[penalty](strength=0.1)
    )
    st.text(cache.minimum(problem).value)
"""
    values = [t.value for t in AppTest.from_string(script, default_timeout=60).run().text]
    assert len(set(values)) == 3


OWNED = """
import streamlit as st
from lossviz.ui.sidebar import state, widgets

state.arrive()
data = widgets.select("Data", {"a": "A", "b": "B"}, "data")
state.belong(data, "row")
st.text(widgets.slider("row", "row", 3, 0, 9, whole=True))
def both():
    state.put("data", "b")
    state.put("row", 5)
st.button("both", on_click=both)
state.publish()
"""


def test_a_value_goes_with_what_it_is_about():
    at = AppTest.from_string(OWNED, default_timeout=60)
    at.query_params["row"] = "7"
    assert at.run().text[0].value == "7"
    at.selectbox(key="data").set_value("b").run()
    assert at.text[0].value == "3"
    at.selectbox(key="data").set_value("a").run()
    at.button[0].click().run()
    assert at.text[0].value == "5"  # set together with its new owner


def test_the_link_before_the_first_choice_can_be_gone_back_to():
    at = start()
    at.selectbox(key="loss").set_value("huber").run()
    at.query_params.clear()
    at.run()
    assert [at.selectbox(key="loss").value, link(at)] == ["squared", {}]


def test_every_word_of_the_lessons_and_the_tasks_is_known():
    texts = [each.read_text() for each in HOUSE.glob("lossviz/lessons/*.md")]
    links = [query for text in texts for query in re.findall(r"[a-z_]+\?([a-z]\S*=[^\s)]*)", text)]
    words = {word for query in links for word, _ in parse_qsl(query)}
    for each in HOUSE.glob("pages/*.py"):
        for start in re.finditer(r"frame\.Task\(.*?\{(.*?)\}", each.read_text(), re.DOTALL):
            words |= set(re.findall(r'"([a-z0-9_-]+)":', start[1]))
    assert len(words) > 60
    assert [word for word in sorted(words - {"view"}) if not known(word)] == []  # of the stage


FOLDED = """
import streamlit as st
from lossviz.ui.sidebar import controls, state, widgets

state.arrive()
with state.fold("View", "view", line=LINE) as seen:
    st.caption("behind it")
    left, right = st.columns(2)
    with left:
        n = widgets.slider("n", "n", 101, 25, 301, whole=True)
    start = controls.typed(right, "start", "start-a", 0.5)
    st.button("set", on_click=state.put, args=("n", 51))
height = widgets.select("Height", {"linear": "Linear", "log": "Log"}, "height")
st.text(f"{n!r} {start!r} {height} {seen}")
state.publish()
st.json({k: v for k, v in st.query_params.to_dict().items()})
"""


@pytest.mark.parametrize("line", [False, True])
def test_what_is_behind_a_closed_button_counts_and_is_not_drawn(line):
    at = AppTest.from_string(FOLDED.replace("LINE", str(line)), default_timeout=60)
    at.query_params["n"], at.query_params["start-a"] = "77", "1.25"
    at.run()
    assert at.text[0].value == "77 1.25 linear False"
    drawn = [at.slider, at.number_input, at.button, at.caption, at.columns]
    assert not any(map(len, drawn))
    at.selectbox(key="height").set_value("log").run()
    assert at.text[0].value == "77 1.25 log False"
    assert link(at) == {"n": "77", "start-a": "1.25", "height": "log"}


@pytest.mark.parametrize("line", [False, True])
def test_what_was_set_behind_a_button_stays_when_it_is_closed_and_opened_again(line):
    at = AppTest.from_string(FOLDED.replace("LINE", str(line)), default_timeout=60)
    at.session_state["fold-view"] = True
    at.run()
    assert at.caption[0].value == "behind it"
    at.slider(key="n").set_value(33).run()
    at.number_input(key="start-a").set_value(-2.0)
    at.session_state["fold-view"] = False  # typed, and closed in the same breath
    at.run()
    assert at.text[0].value == "33 -2.0 linear False"
    at.run()
    assert link(at) == {"n": "33", "start-a": "-2.0"} or link(at) == {"n": "33", "start-a": "-2"}
    at.session_state["fold-view"] = True
    at.run()
    assert (at.slider(key="n").value, at.number_input(key="start-a").value) == (33, -2.0)
    at.button[0].click().run()
    at.session_state["fold-view"] = False
    at.run()
    assert at.text[0].value == "51 -2.0 linear False"


def test_behind_a_closed_button_a_link_that_cannot_be_used_is_told():
    at = AppTest.from_string(FOLDED.replace("LINE", "False"), default_timeout=60)
    at.query_params["n"] = "999"
    at.run()
    assert at.text[0].value == "101 0.5 linear False"
    assert "n=999, which lies outside 25 to 301" in at.warning[0].value


NESTED = """
import streamlit as st
from lossviz.ui.sidebar import state, widgets

state.arrive()
with state.fold("Outer", "outer", line=True):
    with state.fold("Inner", "inner", line=True) as seen:
        st.caption("within")
    n = widgets.slider("n", "n", 101, 25, 301, whole=True)
st.text(f"{n!r} {seen}")
state.publish()
"""


@pytest.mark.parametrize("outer", [False, True])
def test_what_is_open_behind_a_closed_button_is_not_drawn_either(outer):
    at = AppTest.from_string(NESTED, default_timeout=60)
    at.session_state["fold-outer"], at.session_state["fold-inner"] = outer, True
    at.run()
    assert not at.exception
    assert at.text[0].value == f"101 {outer}"
    assert len(at.slider) == len(at.caption) == outer
