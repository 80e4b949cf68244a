"""Long work can be left by a newer change, takes turns with others' and says how many are ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lossviz.datasets import DATASETS
from lossviz.landscapes.engines import threads
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.ui import turns as everybody
from lossviz.ui.lenses.networks.training import _laps, _Report
from lossviz.ui.turns import Turns, heed
from tests.running import HOUSE


def page():
    """A slider over a surface of 400 tiles; while its first surface is made the slider moves on."""
    import numpy as np
    import streamlit as st
    from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from lossviz.landscapes.engines import threads
    from lossviz.ui.turns import heed

    made = st.session_state.setdefault("made", {})
    value = st.slider("Seed", 0, 9, key="seed")
    tiles = made.setdefault(value, [])

    @st.cache_data(max_entries=4, show_spinner=False)
    def surface(seed):
        def progress(fraction):
            if 1 <= seed < 5 and len(tiles) < 300:  # dragged on
                asked = get_script_run_ctx()
                (name,) = (w.id for w in asked.session_state.get_widget_states())
                state = WidgetState(id=name)
                state.double_array_value.data[:] = [seed + 2]
                moved = WidgetStates(widgets=[state])
                asked.script_requests.request_rerun(
                    RerunData(page_script_hash=asked.page_script_hash, widget_states=moved)
                )
            heed(fraction)

        threads.share([lambda: tiles.append(seed)] * 400, progress)
        return np.full(3, seed)

    st.write(str(surface(value)))


def test_a_slider_that_is_dragged_ends_in_its_last_value_and_nothing_else_is_computed():
    at = AppTest.from_function(page, default_timeout=60).run()
    at.slider(key="seed").set_value(1).run()
    assert not at.exception
    assert at.slider(key="seed").value == 5
    assert at.markdown[0].value == "[5 5 5]"
    made = {seed: len(tiles) for seed, tiles in at.session_state["made"].items()}
    assert made[0] == made[5] == 400
    assert set(made) == {0, 1, 3, 5}
    assert max(made[1], made[3]) <= threads._ahead()  # what the pool had been given
    at.slider(key="seed").set_value(1).run()  # a surface that was left is not half kept
    assert at.markdown[0].value == "[5 5 5]"


def test_outside_a_page_nobody_can_have_left():
    heed()


def test_a_short_survey_is_not_behind_the_whole_of_a_long_one():
    order = []

    def first(fraction: float) -> None:  # in the caller's own thread, as another visitor's is
        if len(seen) == 0:
            seen.append(fraction)
            threads.share([lambda: None] * 4)
            order.append("short")

    seen: list[float] = []
    threads.share([lambda: order.append("long")] * 4000, first)
    assert order.index("short") <= 1 + 2 * threads._ahead()
    assert len(order) == 4001


def until(happened: Callable[[], object]) -> None:
    """Wait patiently."""
    for _ in range(6000):
        if happened():
            return
        Event().wait(0.01)
    pytest.fail("It has not happened in a minute.")


def line_up(turns: Turns, told: list[int], goes: Event, at_work: Event) -> Thread:
    def work() -> None:
        with turns.turn(told.append):
            at_work.set()
            assert goes.wait(60)

    thread = Thread(target=work)
    thread.start()
    return thread


def test_who_waits_is_told_how_many_end_first_and_comes_in_order():
    turns = Turns(2)
    told, goes, at_work = ([[] for _ in range(4)], *([Event() for _ in range(4)] for _ in "ab"))
    all_ = []
    for k in range(4):
        all_.append(line_up(turns, told[k], goes[k], at_work[k]))
        until(lambda k=k: len(turns._line) > k and (k < 2 or told[k]))
    assert told == [[], [], [1], [2]]
    goes[1].set()
    assert at_work[2].wait(60)
    until(lambda: told[3] == [2, 1])
    assert not at_work[3].is_set()
    for each in goes:
        each.set()
    for thread in all_:
        thread.join(60)
    assert turns._line == []


def test_who_leaves_while_waiting_or_at_work_gives_the_place_up():
    class Left(Exception):
        pass

    def leave(_: int) -> None:
        raise Left

    turns, goes, at_work = Turns(1), Event(), Event()
    holder = line_up(turns, [], goes, at_work)
    assert at_work.wait(60)
    with pytest.raises(Left), turns.turn(leave):
        pass
    goes.set()
    holder.join(60)
    with pytest.raises(Left), turns.turn(leave):
        raise Left
    with turns.turn(leave):
        pass
    assert turns._line == []


def test_who_takes_too_long_goes_on_and_keeps_nobody_waiting():
    now = [0.0]
    turns = Turns(1, longest=5.0, clock=lambda: now[0])
    goes, at_work = [[Event() for _ in range(3)] for _ in "ab"]
    all_ = [line_up(turns, [], goes[0], at_work[0])]
    assert at_work[0].wait(60)
    told: list[int] = []
    for k in (1, 2):
        all_.append(line_up(turns, told, goes[k], at_work[k]))
        until(lambda k=k: len(told) == k)
    assert told == [1, 2]
    now[0] = 5.5  # the first is late, the second has just begun
    assert at_work[1].wait(60)
    until(lambda: told == [1, 2, 1])
    assert not at_work[2].is_set()
    goes[1].set()
    assert at_work[2].wait(60)
    for each in goes:
        each.set()
    for thread in all_:
        thread.join(60)
    assert turns._line == []


def crowded():
    """A page that needs a turn: the slider moves on while it waits, then the place is free."""
    import streamlit as st
    from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from tests.ui import test_turns

    value = st.slider("Seed", 0, 9, key="seed")

    def moved(before):
        test_turns.MET.append((value, before))
        if value == 5:
            test_turns.LEAVE.set()
            return
        asked = get_script_run_ctx()
        (name,) = (w.id for w in asked.session_state.get_widget_states())
        state = WidgetState(id=name)
        state.double_array_value.data[:] = [5]
        asked.script_requests.request_rerun(
            RerunData(
                page_script_hash=asked.page_script_hash,
                widget_states=WidgetStates(widgets=[state]),
            )
        )

    with test_turns.LINE.turn(moved):
        st.write(str(value))


LINE, LEAVE, MET = Turns(1), Event(), list[tuple[int, int]]()


def test_a_run_that_waits_is_left_for_a_newer_change_and_its_place_in_the_line_too():
    at = AppTest.from_function(crowded, default_timeout=20).run()
    assert at.markdown[0].value == "0"
    at_work = Event()
    holder = line_up(LINE, [], LEAVE, at_work)
    assert at_work.wait(60)
    at.slider(key="seed").set_value(1).run()
    holder.join(60)
    assert not at.exception
    assert MET == [(1, 1), (5, 1)]
    assert [each.value for each in at.markdown] == ["5"]
    assert LINE._line == []


def test_every_page_of_the_app_takes_a_turn(monkeypatch):
    class Line(Turns):
        @contextmanager
        def turn(self, tell: Callable[[int], None] | None = None) -> Iterator[None]:
            with super().turn(tell):
                taken.append(len(self._line))
                yield

    taken: list[int] = []
    line = Line(1)
    monkeypatch.setattr(everybody, "PAGES", line)
    at = AppTest.from_file(str(HOUSE / "app.py"), default_timeout=90).run()
    assert not at.exception
    assert taken == [1]
    assert line._line == []


def test_a_page_is_left_for_a_newer_change_wherever_it_evaluates_an_objective(monkeypatch):
    class Newer(Exception):
        pass

    def leave() -> None:
        raise Newer

    monkeypatch.setattr(everybody, "LOOK", 0.0)
    monkeypatch.setattr(everybody, "heed", leave)
    risk = Risk(DATASETS["sine_wave"]().draw(), MODELS["sine"](), LOSSES["squared"]())
    risk.value(np.zeros(2))  # outside a page nobody waits
    with pytest.raises(Newer), everybody.page():
        risk.value(np.zeros(2))
    risk.value(np.zeros((3, 2)))


class Bar:
    def __init__(self) -> None:
        self.said: list[tuple[float, str]] = []

    def progress(self, share: float, text: str) -> None:
        self.said.append((share, text))


class Steps:
    """A training of so many steps that each take no time."""

    def __init__(self, asked: int) -> None:
        self.asked, self.step, self.loss = asked, 0, 1.0

    @property
    def done(self) -> bool:
        return self.step >= self.asked

    def advance(self, steps: int) -> None:
        self.step = min(self.asked, self.step + steps)


def test_a_bar_says_that_it_waits_without_losing_how_far_it_was():
    bar = Bar()
    told = _Report(bar, "Training", 10, 0)
    _laps([Steps(10)], told)
    assert bar.said[0] == (0.1, "Training: loss 1, about 0 s left")
    assert bar.said[-1][0] == 1
    told.waiting(2)
    assert bar.said[-1] == (1.0, "Training: waiting, 2 ahead of you")
