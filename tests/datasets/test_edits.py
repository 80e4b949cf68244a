"""Points moved, added and deleted by hand, and the link they live in."""

from __future__ import annotations

import pickle
from urllib.parse import parse_qs, quote, urlencode

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.datasets import DATASETS, Data, Edits

same = np.testing.assert_array_equal

FIVE = Data(np.arange(5.0)[:, None], np.arange(5.0) * 10)
FLOWERS = DATASETS["iris"]().draw()

numbers = st.floats(-1e100, 1e100)
points = st.tuples(numbers, numbers)
labelled = st.tuples(numbers, numbers, st.integers(0, 2).map(float))
rows = st.lists(st.integers(0, 4), unique=True, max_size=4)


@st.composite
def edits(draw, point=points):
    chosen = draw(rows)
    cut = draw(st.integers(0, len(chosen)))
    return Edits(
        tuple((row, draw(point)) for row in chosen[:cut]),
        tuple(draw(st.lists(point, max_size=3))),
        tuple(chosen[cut:]),
    )


@given(edits(points | labelled))
@settings(max_examples=150)
def test_edits_survive_being_written_in_a_link(some):
    assert Edits.parse(str(some)) == some
    assert str(Edits.parse(str(some))) == str(some)
    assert pickle.loads(pickle.dumps(some)) == some
    link = urlencode({"edits": str(some)})
    assert Edits.parse(parse_qs(link).get("edits", [""])[0]) == some
    # a hand-written link, in which a + may arrive as a space
    assert Edits.parse(str(some).replace("+", " ")) == some


@given(edits())
@settings(max_examples=60)
def test_the_text_alone_gives_the_same_numbers_everywhere(some):
    here, there = some.apply(FIVE), Edits.parse(str(some)).apply(FIVE)
    same(here.X, there.X)
    same(here.y, there.y)
    for point in some.added:
        assert point in Edits.parse(str(some)).added


def test_what_the_example_says():
    some = Edits.parse("3:1.2,4.5;+2,3;-1")
    assert some == Edits(((3, (1.2, 4.5)),), ((2, 3),), (1,))
    data = some.apply(FIVE)
    same(data.X[:, 0], [0, 2, 1.2, 4, 2])
    same(data.y, [0, 20, 4.5, 40, 3])
    assert str(some) == "3:1.2,4.5;+2,3;-1"
    assert quote(str(Edits(added=((1e20, -1e-7),))), safe="+,;:") == "+1e20,-1e-7"


def test_zero_has_one_spelling():
    assert str(Edits.parse("0:-0,-0.0;+-0,1")) == "0:0,0;+0,1"


def test_no_edits_change_nothing():
    assert Edits.parse("") == Edits() == Edits.parse("  ")
    assert str(Edits()) == ""
    assert not Edits()
    assert Edits().apply(DATASETS["digits"]().draw()).X.shape == (1797, 64)


def test_the_hand_works_on_the_picture_it_sees():
    """Rows are given as drawn: after a deletion they have moved up."""
    some = Edits().delete(5, 1).move(5, 1, 7, 8)  # the point drawn second is row 2 of the data
    assert some == Edits(((2, (7, 8)),), (), (1,))
    some = some.add(9, 9).add(6, 6).move(5, 4, 1, 1)
    assert some.added == ((1, 1), (6, 6))
    assert some.rows(5) == [0, 2, 3, 4, 5, 6]
    assert some.delete(5, 4).added == ((6, 6),)
    assert some.delete(5, 1) == Edits((), some.added, (1, 2))  # its move goes with it
    assert some.move(5, 1, 0, 0).moves == ((2, (0, 0)),)
    with pytest.raises(ValueError, match="no row 6: the 6 rows are numbered 0 to 5"):
        some.move(5, 6, 0, 0)
    with pytest.raises(ValueError, match="no row -1"):
        some.delete(5, -1)


hands = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(0, 9), st.integers(-9, 9)),
        st.tuples(st.just("delete"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("add"), st.just(0), st.integers(-9, 9)),
    ),
    max_size=12,
)


@given(hands)
@settings(max_examples=100)
def test_a_hand_at_work_gives_the_list_one_would_keep(steps):
    kept = list(zip(FIVE.X[:, 0], FIVE.y, strict=True))
    some = Edits()
    for what, row, value in steps:
        if what == "add":
            some, kept = some.add(value, -value), [*kept, (value, -value)]
        elif row < len(kept):
            if what == "move":
                some, kept[row] = some.move(5, row, value, -value), (value, -value)
            else:
                some, kept = some.delete(5, row), kept[:row] + kept[row + 1 :]
    if kept:
        data = some.apply(FIVE)
        same(np.column_stack([data.X, data.y]), kept)
    else:
        with pytest.raises(ValueError, match="All points are deleted"):
            some.apply(FIVE)


def test_labels_stay_unless_they_are_changed():
    some = Edits.parse("0:1,2;1:3,4,2;+5,6;+7,8,1")
    data = some.apply(FLOWERS)
    same(data.X[[0, 1, -2, -1]], [[1, 2], [3, 4], [5, 6], [7, 8]])
    same(data.y[[0, 1, -2, -1]], [0, 2, 0, 1])
    assert data.classes == FLOWERS.classes
    dragged = some.move(150, 1, 0, 0).move(150, 151, 0, 0).apply(FLOWERS)
    same(dragged.y, data.y)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3", "'3'"),
        ("+3", r"'\+3'"),
        ("3:1", "'3:1'"),
        ("1,2;;3,4", "''"),
        ("1,2;", "''"),
        ("1,2;spam;3,4", "'spam'"),
        ("3:1,2,3,4", "'3:1,2,3,4'"),
        ("3:1,x", "'3:1,x'"),
        ("3:nan,1", "'3:nan,1'"),
        ("+inf,1", "inf,1"),
        ("+1e999,1", "finite numbers"),
        ("+1e101,1", "finite numbers"),
        ("-1:1,2", "'-1:1,2'"),
        ("--1", "'--1'"),
        ("-1.5", "'-1.5'"),
        ("-1234567890", "'-1234567890'"),
        ("3:1_0,2", "1_0"),
        ("3:١,2", "١"),
        ("3:1,2:3", "1,2:3"),
        ("3:1,2;3:4,5", "Row 3 is edited twice"),
        ("3:1,2;-3", "Row 3 is edited twice"),
        ("-3;-3", "Row 3 is edited twice"),
        ("x" * 10**6, "x{40}…"),
        ("+" + "1" * 10**6 + "x,1", "1…"),
        (";".join(["+1,2"] * 501), "At most 500"),
        (";" * 10**6, "At most 500"),
    ],
)
def test_bad_text_is_refused_by_its_bad_piece(text, words):
    with pytest.raises(ValueError, match=words):
        Edits.parse(text)


def test_five_hundred_edits_are_enough():
    some = Edits.parse(";".join(["+1,2"] * 500))
    assert len(some.apply(FIVE)) == 505
    with pytest.raises(ValueError, match="At most 500"):
        some.add(1, 2)


@pytest.mark.parametrize(
    ("text", "data", "words"),
    [
        ("5:1,2", FIVE, "no row 5: the 5 rows are numbered 0 to 4"),
        ("-7", FIVE, "no row 7"),
        ("-0;-1;-2;-3;-4", FIVE, "All points are deleted"),
        ("+1,2,1", FIVE, "A point of these data is x, y; got 1,2,1"),
        ("+1,2,3", FLOWERS, "whole number from 0 to 2; got 3"),
        ("+1,2,0.5", FLOWERS, "whole number from 0 to 2; got 0.5"),
        ("+1,2,2", DATASETS["moons"]().draw(), "from 0 to 1; got 2"),
        ("+1,2", DATASETS["diabetes_pair"]().draw(), "regression data with 2"),
        ("+1,2", DATASETS["separable"]().draw(), "binary data with 1"),
    ],
)
def test_edits_that_do_not_fit_the_data_say_so(text, data, words):
    with pytest.raises(ValueError, match=words):
        Edits.parse(text).apply(data)


def test_the_unedited_data_stay_as_they_were():
    before = FIVE.X.copy(), FIVE.y.copy()
    Edits.parse("0:9,9;-1;+1,1").apply(FIVE)
    same(FIVE.X, before[0])
    same(FIVE.y, before[1])
