"""Work of a few seconds is kept for everybody, told by a bar, and left for something newer."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lossviz.patience import go_on
from lossviz.ui import bars, turns


def page():
    """Twice the same work, once other work, each of three parts."""
    import numpy as np
    import streamlit as st

    from lossviz.ui.bars import kept

    made = st.session_state.setdefault("made", [])

    @kept("Working")
    def work(told, name, values):
        for k in range(3):
            told((k + 1) / 3)
        made.append(name)
        return values.sum()

    for values in (np.arange(3), np.arange(3), np.arange(4)):
        st.write(str(work("sum", values)))


def test_the_same_work_is_done_once_and_other_arrays_are_other_work():
    at = AppTest.from_function(page, default_timeout=60).run()
    assert not at.exception
    assert [each.value for each in at.markdown] == ["3", "3", "6"]
    assert len(at.session_state["made"]) == 2


class Place:
    """Where a bar is shown, as a list of what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[float, str]] = []

    def progress(self, share: float, text: str) -> None:
        self.told.append((share, text))

    def empty(self) -> None:
        self.told.append((1.0, ""))


@pytest.fixture
def place(monkeypatch) -> Place:
    found = Place()
    monkeypatch.setattr(bars.st, "empty", lambda: found)
    monkeypatch.setattr(bars, "PAUSE", 0.0)
    return found


GONE = (1.0, "")


@pytest.mark.parametrize(
    ("quiet", "shown"), [(0.0, [(0.25, "Counting …"), (1.0, "Counting …"), GONE]), (60.0, [])]
)
def test_a_bar_is_shown_after_a_moment_and_gone_at_the_end(monkeypatch, place, quiet, shown):
    monkeypatch.setattr(bars, "QUIET", quiet)
    bars.kept("Counting")(lambda told: [told(0.25), told(1.0)])()
    assert place.told == shown, "a page is told nothing of work that is done at once"


def test_a_bar_never_goes_back_when_two_threads_tell_it(monkeypatch, place):
    monkeypatch.setattr(bars, "QUIET", 0.0)
    bars.kept("Counting")(lambda told: [told(share) for share in (0.2, 0.5, 0.3, 0.6)])()
    assert [share for share, _ in place.told] == [0.2, 0.5, 0.5, 0.6, 1.0]


def test_what_was_left_is_not_kept(monkeypatch, place):
    class Left(Exception):
        pass

    def leave(fraction: float) -> None:
        if fraction < 1 and leaving:
            raise Left

    leaving = [True]
    monkeypatch.setattr(bars, "heed", leave)
    made = []

    @bars.kept("Working")
    def work(told, start):
        told(0.5)
        made.append(start)
        return len(made)

    with pytest.raises(Left):
        work(np.zeros(2))
    leaving.clear()
    assert [work(np.zeros(2)), work(np.zeros(2))] == [1, 1]


def test_the_oldest_results_give_way(place):
    made = []

    @bars.kept("Working", 2)
    def work(told, name):
        made.append(name)

    for name in "abacab":
        work(name)
    assert made == ["a", "b", "c", "b"]


def test_what_is_searched_is_kept_by_the_arguments_that_count():
    made = []

    @bars.searched("Searching", 2)
    def work(name, values, _how):
        made.append((name, _how))
        return len(made)

    long = np.arange(1000.0)
    assert work("a", long, 1) == work("a", long.copy(), 2) == 1
    assert work("a", long + 1, 1) == 2
    assert work("b", long, 1) == 3
    assert work("a", long, 1) == 4, "the oldest gave way"


@pytest.mark.parametrize(("moment", "shown"), [(0.0, ["Searching"]), (60.0, [])])
def test_a_spinner_begins_after_a_moment_and_ends_with_the_work(monkeypatch, moment, shown):
    said = []

    @contextmanager
    def spinner(what):
        said.append(what)
        yield
        said.append("the end")

    monkeypatch.setattr(bars.st, "spinner", spinner)
    monkeypatch.setattr(bars, "MOMENT", moment)
    bars.searched("Searching")(lambda: [go_on(), go_on()])()
    assert said == [*shown, *["the end" for _ in shown]]
    go_on()  # nobody waits any more
    assert len(said) == 2 * len(shown)


def test_a_search_is_left_wherever_it_asks_and_not_kept(monkeypatch):
    class Left(Exception):
        pass

    def leave():
        if leaving:
            raise Left

    leaving, made = [True], []
    monkeypatch.setattr(turns, "LOOK", 0.0)
    monkeypatch.setattr(turns, "heed", leave)

    @bars.searched("Searching")
    def work():
        go_on()
        made.append(1)
        return len(made)

    with pytest.raises(Left):
        work()
    leaving.clear()
    assert [work(), work()] == [1, 1]
