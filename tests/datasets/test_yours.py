"""Somebody's table as a recipe: it hashes, travels in a link, and is gone with a sentence."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.datasets import DATASETS, Data, Yours, read_table, yours
from lossviz.datasets.yours import MOST, NAMED, _held, held, pack, restore, unpack, whole

same = np.testing.assert_array_equal
numbers = st.floats(-1e100, 1e100)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12), st.text(max_size=20))
def test_a_short_table_comes_back_to_the_last_digit(pairs, name):
    data = Data([[x] for x, _ in pairs], [y for _, y in pairs], names=(name or "x",), target=name)
    again = unpack(pack(data))
    same(again.X, data.X)
    same(again.y, data.y)
    assert (again.names, again.target, again.task) == (data.names, data.target, data.task)


def test_a_table_is_a_recipe_like_the_others():
    data = read_table("x;c\n1,5;a\n2;b\n4;a\n").data(["x"], "c")
    recipe = DATASETS["yours_binary"](table=pack(data), standardise=True)
    assert pickle.loads(pickle.dumps(recipe)) == recipe
    assert hash(recipe) == hash(DATASETS["yours_binary"](table=pack(data), standardise=True))
    drawn = recipe.draw()
    assert (drawn.classes, drawn.units) == (("a", "b"), ("sd",))
    same(drawn.y, [0, 1, 0])
    with pytest.raises(ValueError, match="for binary; the dataset is for regression"):
        Yours(table=pack(data))


def test_a_long_table_is_held_by_name_until_it_is_the_longest_unused(monkeypatch):
    data = Data(np.random.default_rng(0).normal(size=(2000, 2)), np.zeros(2000))
    name = pack(data)
    assert name.startswith(NAMED)
    assert len(name) < MOST
    same(Yours(table=name).draw().X, data.X)
    monkeypatch.setattr(yours, "MOST_HELD", 50_000)
    pack(Data(data.X + 1, data.y))
    with pytest.raises(ValueError, match="no longer here. Open Your data"):
        Yours(table=name)


@pytest.mark.parametrize(
    "link", ["x", "eJw", "not base64!", "AAAA", "eJyrVkqsULJSMNRRUKpUslIwqgUAJ2wEHg"]
)
def test_a_link_that_is_cut_is_a_sentence(link):
    with pytest.raises(ValueError, match="cannot be read; a part of it is missing"):
        Yours(table=link)


def test_a_bomb_is_refused():
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b"[" * 50_000_000, 9)).decode()
    with pytest.raises(ValueError, match="cannot be read"):
        unpack(bomb)


def test_names_are_no_markup():
    data = Data([[1.0], [2.0]], [1.0, 2.0], names=("<b>$x$</b>",), target="[a](b)")
    drawn = Yours(table=pack(data)).draw()
    assert not set("<>$[]") & set(drawn.names[0] + drawn.target)


def test_a_long_table_comes_back_from_its_text_and_no_other_passes_for_it():
    rng = np.random.default_rng(5)
    data, other = (Data(rng.normal(size=(400, 2)), rng.normal(size=400)) for _ in range(2))
    name = pack(data)
    assert held(name)
    _held.pop(name)
    for wrong in (whole(other), whole(data)[:-40], "", "é", "AAAA"):
        with pytest.raises(ValueError, match="that this browser kept"):
            restore(name, wrong)
    assert not held(name)
    restore(name, whole(data))
    np.testing.assert_array_equal(unpack(name).X, data.X)
    np.testing.assert_array_equal(unpack(name).y, data.y)
