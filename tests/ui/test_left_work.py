"""Whatever shows a bar is left as soon as its visitor changes something, on every page."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lossviz.acting import ENVIRONMENTS
from lossviz.datasets import DATASETS, HoldOut
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.problem.problem import Problem
from lossviz.ui import bars, cache
from lossviz.ui.lenses.acting import parts as acting
from lossviz.ui.lenses.combined import pairs
from lossviz.ui.lenses.combined import parts as combined
from lossviz.ui.lenses.outliers import parts as outliers
from lossviz.ui.lenses.residuals import parts as residuals
from lossviz.ui.lenses.validation import choices

UI = Path(bars.__file__).parent
LINE = Problem(DATASETS["anscombe"](), MODELS["line"](), LOSSES["absolute"]())
TRAIN = replace(LINE, dataset=DATASETS["diabetes"](), held=HoldOut("train", 0.3, 0, True))
CURVE = Problem(DATASETS["curve"](), MODELS["polynomial"](), LOSSES["squared"](), held=TRAIN.held)
SIDE = np.linspace(-1, 1, 41)
ON = axes(2, 0, 1, ("a", "b"))
PAIR = pairs.Pair(next(iter(pairs.MENU)))
WORLD = next(iter(ENVIRONMENTS))
AGENT = acting.Setting(WORLD, acting.DISCOUNT, 0.0, ENVIRONMENTS[WORLD].rewards)


def held(problem: Problem) -> Problem:
    return replace(problem, held=replace(problem.held, side="held_out"))


WORK: dict[str, Callable[[], object]] = {
    "Minimising at every weight": lambda: combined.weighed(PAIR, 1.0),
    "Racing": lambda: combined._raced(PAIR, 0.5, (0.1, 0.2), combined.weighed(PAIR, 1.0).best),
    "Training": lambda: residuals._learned(1.0, 0.3, 4, 60, 0),
    "Solving": lambda: residuals._solved(
        residuals.decay(), residuals.ExponentialTrial(), 1.0, 0
    ),
    "Raising the frequency": lambda: residuals._frequency_errors(1.0, 0),
    "Agents learn": lambda: acting._walks(AGENT, (0.5, 0.5), 1.0, 40, 10, 0),
    "Counting steps": lambda: acting._counted(AGENT, (0.5, 0.5), 0.1, 1e9),
    "Fitting to more and more rows": lambda: choices._learning(
        cache.parts(TRAIN), cache.parts(held(TRAIN))
    ),
    "Fitting every degree to many samples": lambda: choices._degrees(cache.parts(CURVE)),
    "Fitting without each fold": lambda: choices._folds(
        cache.parts(LINE), ON.origin, ON.u, ON.v, SIDE, SIDE, 5
    ),
    "Contaminating more and more points": lambda: outliers._breakdown(cache.parts(LINE)),
    "Computing the surface": lambda: cache._values(
        cache.parts(replace(LINE, dataset=DATASETS["sine_wave"](), model=MODELS["sine"]())),
        ON.origin, ON.u, ON.v, np.linspace(-1, 1, 201), np.linspace(-1, 1, 201),
    ),
}  # fmt: skip
# a test of their own: tests/descent/test_left_work.py
DESCENT = {
    "Descending at 61 learning rates", "Descending from every point of a grid",
    "Drawing mini-batches",
}  # fmt: skip


class Newer(Exception):
    """Stands for Streamlit's request to run again."""


def test_all_that_shows_a_bar_is_in_the_table():
    found = set()
    for file in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                found |= {
                    each.args[0].value
                    for each in node.decorator_list
                    if isinstance(each, ast.Call) and getattr(each.func, "id", "") == "kept"
                }
    assert found == {*WORK, *DESCENT}


@pytest.mark.parametrize("name", WORK)
def test_a_newer_change_stops_it(name, monkeypatch):
    heard = []

    def leave(fraction=0.0):
        heard.append(fraction)
        if 0 < fraction < 1:
            raise Newer

    usual, mine = bars.hashable, object()  # nothing that another test has made is found
    monkeypatch.setattr(bars, "hashable", lambda value: (mine, usual(value)))
    if name == "Racing":
        WORK["Minimising at every weight"]()  # what it starts from
    monkeypatch.setattr(bars, "heed", leave)
    with pytest.raises(Newer):
        WORK[name]()
    assert 0 < heard[-1] <= 0.8, "it is heard long before the end"
