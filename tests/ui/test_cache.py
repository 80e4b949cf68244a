"""Results are kept under the recipes they come from: equal ones meet, others never do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from lossviz.datasets import DATASETS, FarOff
from lossviz.findings import landscapes as findings
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.penalties import PENALTIES
from lossviz.problem.problem import Problem
from lossviz.ui import cache

POSED = Problem(DATASETS["line"](), MODELS["line"](), LOSSES["huber"](), PENALTIES["l1"]())


def test_equal_recipes_have_one_name_and_all_others_another():
    again = Problem(DATASETS["line"](), MODELS["line"](), LOSSES["huber"](), PENALTIES["l1"]())
    assert cache.named(cache.parts(POSED)) == cache.named(cache.parts(again))
    others = [
        replace(POSED, loss=LOSSES["smooth_l1"]()),  # the same numbers, another loss
        replace(POSED, loss=LOSSES["huber"](delta=2.0)),
        replace(POSED, penalty=PENALTIES["l2"]()),
        replace(POSED, contamination=FarOff(share=0.1)),
    ]
    names = {cache.named(cache.parts(each)) for each in (POSED, *others)}
    assert len(names) == 1 + len(others)


def test_arrays_are_named_by_their_numbers():
    a = np.arange(3.0)
    assert cache.key(POSED.loss, a) == cache.key(POSED.loss, a.copy())
    assert cache.key(POSED.loss, a) != cache.key(POSED.loss, a + 1)
    assert cache.key(POSED.loss, a) != cache.key(POSED.loss, a[:, None])


def test_a_function_cached_by_name_is_called_once_for_equal_recipes(monkeypatch):
    made = []

    @st.cache_data(max_entries=4, show_spinner=False, hash_funcs=cache.BY_NAME)
    def loss(recipes: tuple[object, ...]) -> str:
        made.append(recipes)
        return repr(recipes[2])

    monkeypatch.setattr(
        "streamlit.runtime.caching.hashing.dataclasses.asdict",
        lambda recipe: pytest.fail("Streamlit looks through a recipe field by field."),
    )
    other = replace(POSED, loss=LOSSES["smooth_l1"]())
    for problem in (POSED, other, POSED):
        assert loss(cache.parts(problem)) == repr(problem.loss)
    assert len(made) == 2


def test_sentences_are_kept_for_their_own_problem_and_window():
    plane = axes(2, 0, 1, ("a", "b"))
    wide, narrow = np.linspace(-3, 3, 21), np.linspace(-1, 1, 21)
    for problem in (POSED, replace(POSED, loss=LOSSES["absolute"]())):
        for a in (wide, narrow):
            land = cache.landscape(problem, plane, a, a)
            told = findings.sentences(problem.risk(), cache.minimum(problem), land)
            assert cache.sentences(problem, land) == told
