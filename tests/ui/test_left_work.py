"""Whatever shows a bar is left as soon as its visitor changes something, on every page."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lossviz.acting import ENVIRONMENTS
from lossviz.datasets import DATASETS, HoldOut
from lossviz.datasets.label_noise import FlippedLabels
from lossviz.descent import descend
from lossviz.descent.setting import Surface, of_problem
from lossviz.landscapes.fitted import fit
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.metrics import METRICS
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.networks.training import Training
from lossviz.optimizers import OPTIMIZERS, SCHEDULES
from lossviz.penalties import PENALTIES
from lossviz.problem.problem import Problem
from lossviz.ui import bars, cache
from lossviz.ui.lenses.acting import parts as acting
from lossviz.ui.lenses.classification import parts as classes
from lossviz.ui.lenses.combined import pairs
from lossviz.ui.lenses.combined import parts as combined
from lossviz.ui.lenses.descent import cache as races
from lossviz.ui.lenses.losses import parts as shapes
from lossviz.ui.lenses.networks import curvature, pair, replay
from lossviz.ui.lenses.networks import mode_connectivity as connected
from lossviz.ui.lenses.outliers import parts as outliers
from lossviz.ui.lenses.regularization import panels as penalised
from lossviz.ui.lenses.regularization import stage as strengths
from lossviz.ui.lenses.regularization import weight_decay as decay
from lossviz.ui.lenses.residuals import parts as residuals
from lossviz.ui.lenses.validation import choices, comparison, paths

UI = Path(bars.__file__).parent
LINE = Problem(DATASETS["anscombe"](), MODELS["line"](), LOSSES["absolute"]())
TRAIN = replace(LINE, dataset=DATASETS["diabetes"](), held=HoldOut("train", 0.3, 0, True))
CURVE = Problem(DATASETS["curve"](), MODELS["polynomial"](), LOSSES["squared"](), held=TRAIN.held)
SIDE = np.linspace(-1, 1, 41)
ON = axes(2, 0, 1, ("a", "b"))
PAIR = pairs.Pair(next(iter(pairs.MENU)))
WORLD = next(iter(ENVIRONMENTS))
AGENT = acting.Setting(WORLD, acting.DISCOUNT, 0.0, ENVIRONMENTS[WORLD].rewards)


def at(points: np.ndarray) -> Training:
    """A training that went through these points."""
    return Training(np.arange(len(points)), points, np.zeros(len(points)), len(points), False)


def curved() -> Surface:
    """A surface with a curvature of its own everywhere."""
    return of_problem(SINE.risk(), minimize(LINE.risk()), ON, ((-1.0, 1.0), (-1.0, 1.0)))


def held(problem: Problem) -> Problem:
    return replace(problem, held=replace(problem.held, side="held_out"))


SINE = replace(LINE, dataset=DATASETS["sine_wave"](), model=MODELS["sine"]())
BLOBS = Problem(
    DATASETS["blobs"](), MODELS["linear"](), LOSSES["cross_entropy"](), PENALTIES["l1"](1.0)
)
NET = Problem(DATASETS["moons"](), MODELS["network"](), LOSSES["cross_entropy"]())
START = np.random.default_rng(0).normal(size=(2, NET.risk().layout.size))
UNIT = cache.parts(BLOBS)
SETTING = races.Setting((1.0, 1.0), 30, SCHEDULES["constant"](), 16, 0)
GD = OPTIMIZERS["gd"]
WRONG = FlippedLabels(share=0.2)
HINGE = (LOSSES["hinge"](), LOSSES["cross_entropy"]())
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
    "Judging every point of the surface": lambda: comparison._scores(
        cache.parts(NET), METRICS["accuracy"](), START[0], *START, SIDE, SIDE
    ),
    "Looking for points without a score": lambda: comparison._undefined(
        cache.parts(NET), METRICS["f1"](), START[0], *START, SIDE, SIDE
    ),
    "Computing the return of every policy": lambda: acting._values(AGENT),
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


SEARCHES: dict[str, Callable[[], object]] = {
    "Searching for the lowest point": lambda: cache.minimum(SINE),
    "Reading the surface": lambda: cache.sentences(SINE, cache.landscape(SINE, ON, SIDE, SIDE)),
    "Learning the loss": lambda: shapes._learned(cache.parts(LINE), 1.0),
    "Looking for a window": lambda: races.around(SINE, axes(2, 0, 1, ("a", "b"))),
    "Measuring the curvature": lambda: races._curvature(curved(), "left"),
    "Looking for a learning rate": lambda: races._fitted(curved(), "left", GD.id, GD),
    "Descending": lambda: races._race(curved(), "left", (GD(lr=0.01),), SETTING),
    "Writing down every step": lambda: races._captions(
        descend(SINE.risk(), GD(lr=0.01), [1.0, 1.0], 30), "left", GD(lr=0.01), SETTING, (0, 1)
    ),
    "Fitting raw and standardised inputs": lambda: races.sides(LINE, np.zeros(2)),
    "Solving for every λ": lambda: strengths._scene(UNIT, None),
    "Following every coefficient": lambda: penalised._coefficients(UNIT, None),
    "Validating every λ on held-out data": lambda: penalised._validation(UNIT, None, 30, 0),
    "Following the penalty": lambda: paths.strengths(UNIT, UNIT, "l1"),
    "Fitting every loss to clean and to wrong labels …": lambda: classes._noisy_fits(
        UNIT, WRONG, HINGE, BLOBS.penalty
    ),
    "Following the loss to infinity": lambda: classes._far(UNIT),
    "Fitting every loss to fewer rows of class 1": lambda: classes._rare(UNIT, 0.2, HINGE),
    "Measuring the spectrum …": lambda: curvature._spectrum(cache.parts(NET), START[0]),
    "Measuring curvature …": lambda: curvature._tops(cache.parts(NET), START, np.arange(2)),
    "Looking for paths between them …": lambda: connected._ways(
        cache.parts(NET), *START, np.linspace(0, 1, 5)
    ),
    "Looking for the plane": lambda: pair._plane(
        cache.parts(NET), START, pair.View("hessian", 0, 1.0), NET.risk(), at(START)
    ),
    "Measuring both networks": lambda: decay._weighed(cache.parts(NET), START[0], *START),
    "Drawing every step …": lambda: replay._answers(cache.parts(NET), START, fit(NET.risk())),
}  # fmt: skip


class Newer(Exception):
    """Stands for Streamlit's request to run again."""


def named(decorator: str) -> set[str]:
    """What the functions with this decorator say that they do."""
    found = set()
    for file in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                found |= {
                    each.args[0].value
                    for each in node.decorator_list
                    if isinstance(each, ast.Call) and getattr(each.func, "id", "") == decorator
                }
    return found


def test_all_that_shows_a_bar_is_in_the_table():
    assert named("kept") == {*WORK, *DESCENT}


def test_all_that_shows_a_spinner_is_in_the_table():
    assert named("searched") == {*SEARCHES}
    others = [f"{file.name}: {line.strip()}" for file in UI.rglob("*.py")
              for line in file.read_text().splitlines()
              if re.search(r"show_spinner=(?!False)|@st.cache_(data|resource)$", line)]  # fmt: skip
    assert [each for each in others if "Reading the table" not in each] == []


@pytest.mark.parametrize("name", SEARCHES)
def test_a_newer_change_stops_a_search(name, monkeypatch):
    asked = []

    def leave():
        asked.append(name)
        raise Newer

    usual, mine = bars.hashable, object()  # nothing that another test has made is found
    monkeypatch.setattr(bars, "hashable", lambda value: (mine, usual(value)))
    monkeypatch.setattr(bars, "looking", lambda: leave)
    with pytest.raises(Newer):
        SEARCHES[name]()
    assert asked


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
