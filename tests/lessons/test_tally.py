"""Rooms of browsers: counted once each, bounded, forgotten."""

from lossviz.ui.lenses.lessons import tally
from lossviz.ui.lenses.lessons.tally import Rooms


def test_a_browser_counts_once_and_its_last_answer_holds():
    rooms = Rooms()
    code = rooms.open()
    assert rooms.answer(code, "1", "a", "yes")
    assert rooms.answer(code, "1", "b", "no")
    assert rooms.answer(code, "1", "a", "no")
    assert rooms.counts(code, "1") == {"no": 2}
    assert rooms.counts(code, "2") == {}


def test_rooms_hear_nothing_of_each_other():
    rooms = Rooms()
    one, two = rooms.open(), rooms.open()
    rooms.answer(one, "1", "a", "yes")
    assert one != two
    assert rooms.counts(two, "1") == {}


def test_a_room_nobody_opened_counts_nothing():
    rooms = Rooms()
    assert not rooms.known("ABCDE")
    assert not rooms.answer("ABCDE", "1", "a", "yes")


def test_rooms_browsers_and_questions_are_bounded(monkeypatch):
    monkeypatch.setattr(tally, "ROOMS", 2)
    monkeypatch.setattr(tally, "BROWSERS", 2)
    monkeypatch.setattr(tally, "QUESTIONS", 1)
    rooms = Rooms()
    first, second = rooms.open(), rooms.open()
    assert rooms.answer(first, "1", "a", "yes")  # the second has rested longer now
    third = rooms.open()
    assert (rooms.known(first), rooms.known(second), rooms.known(third)) == (True, False, True)
    assert rooms.answer(first, "1", "b", "yes")
    assert not rooms.answer(first, "1", "c", "yes")
    assert not rooms.answer(first, "2", "a", "yes")


def test_a_room_that_nobody_used_for_hours_is_gone(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(tally.time, "monotonic", lambda: now[0])
    rooms = Rooms()
    code = rooms.open()
    now[0] = tally.IDLE - 1
    assert rooms.known(code)
    now[0] = tally.IDLE + 1
    assert not rooms.known(code)
