"""Training networks under a bar that can be stopped, and the shelf of what was trained."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from math import inf
from threading import Lock
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lossviz.networks.training import Run, Training
from lossviz.optimizers import Optimizer
from lossviz.problem.problem import Problem
from lossviz.text import as_markdown, listing, number
from lossviz.ui import cache
from lossviz.ui.sidebar import state
from lossviz.ui.turns import SLOW

PATIENCE = 0.2  # seconds between looks at the bar
GLIMPSE = 0.05  # seconds of training before a first picture
LOOK = 2.0  # seconds of training between pictures, and of one turn
SHELF = 20_000_000  # numbers of trained networks kept for everybody


class Setting(NamedTuple):
    """How a network is trained; ``batch`` 0 means all the data at every step."""

    optimizer: Optimizer
    steps: int
    batch: int
    seed: int


class _Shelf:
    """Finished trainings by recipe, the same for every visitor; the oldest give way."""

    def __init__(self) -> None:
        self._held: OrderedDict[Any, Training] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Any) -> Training | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Any, run: Training) -> None:
        with self._lock:
            self._held[key] = run
            while len(self._held) > 1 and sum(r.points.size for r in self._held.values()) > SHELF:
                self._held.popitem(last=False)


@st.cache_resource(show_spinner=False)
def _shelf() -> _Shelf:
    return _Shelf()


class Course(NamedTuple):
    """Trainings, finished or not: ``go_on`` goes on with those that are not."""

    results: list[Training]
    keys: list[Any]
    runs: list[Run]
    what: str
    place: DeltaGenerator

    @property
    def under_way(self) -> bool:
        """Whether there is more to come."""
        return bool(self.runs)

    def go_on(self) -> None:
        """Train for a while under the bar and draw the page again; nothing if all is done."""
        if self.under_way:
            _advance(self.keys, self.runs, self.what, self.place, LOOK)
            st.rerun()


def trained(wanted: Sequence[tuple[Problem, Setting]], what: str) -> list[Training] | None:
    """The trainings, from the shelf or made now under a bar that can be stopped.

    They advance side by side, so that a stop leaves something of each.  What was stopped is kept
    and can be continued.  None, after a sentence, where one of them cannot be trained.
    """
    course = begun(wanted, what, whole=True)
    return None if course is None else course.results


def begun(
    wanted: Sequence[tuple[Problem, Setting]], what: str, *, whole: bool = False
) -> Course | None:
    """``trained``, or unless ``whole``, where that takes long, what there is after a moment."""
    place = st.empty()
    keys = [(cache.parts(problem), each) for problem, each in wanted]
    found = [_shelf().get(key) for key in keys]
    ready = [run for run in found if run is not None]
    if len(ready) == len(keys):
        return Course(ready, keys, [], what, place)
    try:
        runs = _under_way(keys, wanted, what)
    except ValueError as error:
        st.error(as_markdown(str(error)))
        return None
    going: list[Run] = []
    if state.get(f"_stopped {what}") == keys:
        _continue(place, runs, what)
    elif whole:
        _advance(keys, runs, what, place)
    else:
        going = _glimpse(keys, runs, what)
    results = [kept or run.result() for kept, run in zip(found, runs, strict=True)]
    return Course(results, keys, going, what, place)


def _glimpse(keys: list[Any], runs: list[Run], what: str) -> list[Run]:
    """Some steps of each; the runs if there is more to do, none if all are on the shelf."""
    begin = time.perf_counter()
    while not all(run.done for run in runs):
        for run in runs:
            run.advance(5)
        if time.perf_counter() - begin > GLIMPSE and not all(run.done for run in runs):
            return runs
    _keep(keys, runs, what)
    return []


def _continue(place: DeltaGenerator, runs: list[Run], what: str) -> None:
    with place.container():
        notice, again = st.columns([5, 1], vertical_alignment="center")
    steps = [f"{step:,}" for step in dict.fromkeys(run.step for run in runs)]
    at = f"step {steps[0]}" if len(steps) == 1 else f"steps {listing(steps)}"
    notice.warning(f"Training was stopped at {at}; the pictures show what it had.")
    again.button("Continue", key=f"continue {what}", on_click=state.remember,
                 args=(f"_stopped {what}", None))  # fmt: skip


def _under_way(keys: list[Any], wanted: Sequence[tuple[Problem, Setting]], what: str) -> list[Run]:
    """The runs of this session for these recipes, begun or to be begun."""
    known = state.get(f"_runs {what}")
    if known is None or known[0] != keys:
        known = (keys, [_begin(problem, each) for problem, each in wanted])
        state.remember(f"_runs {what}", known)
    runs: list[Run] = known[1]
    return runs


def _begin(problem: Problem, each: Setting) -> Run:
    risk = problem.risk()
    start = risk.model.start(risk.data.X.shape[1], risk.data.outputs, each.seed)
    return Run(risk, each.optimizer, start, each.steps, each.batch or None, each.seed)


def _advance(
    keys: list[Any], runs: list[Run], what: str, place: DeltaGenerator, most: float = inf
) -> None:
    """Train under a bar, for at most so many seconds; what is finished goes on the shelf."""
    with place.container():
        line, stop = st.columns([5, 1], vertical_alignment="center")
        bar = line.progress(0.0, f"{what} …")
        stop.button("Stop", key=f"stop {what}", on_click=state.remember,
                    args=(f"_stopped {what}", keys))  # fmt: skip
    report = _Report(bar, what, sum(run.asked for run in runs), sum(run.step for run in runs))
    begun = time.perf_counter()
    while not all(run.done for run in runs) and time.perf_counter() - begun < most:
        with SLOW.turn(report.waiting):
            _laps(runs, report)
    if not all(run.done for run in runs):
        return
    place.empty()
    _keep(keys, runs, what)


class _Report:
    """The bar over a training: how far it is and how long it takes, or that it waits."""

    def __init__(self, bar: DeltaGenerator, what: str, asked: int, step: int) -> None:
        self._bar, self._what, self._asked, self._before = bar, what, asked, step
        self._share, self._spent = 0.0, 0.0

    def waiting(self, ahead: int) -> None:
        """Others train: so many end their turn first."""
        self._bar.progress(self._share, f"{self._what}: waiting, {ahead} ahead of you")

    def trained(self, runs: list[Run], took: float) -> None:
        """Another ``took`` seconds of work on the runs."""
        self._spent += took
        now = sum(run.step for run in runs)
        passed = sum(run.asked if run.done else run.step for run in runs)
        self._share = min(1.0, passed / self._asked)
        left = self._spent * (self._asked - now) / max(now - self._before, 1)
        losses = " and ".join(number(run.loss, 3) for run in runs[:2])
        self._bar.progress(self._share, f"{self._what}: loss {losses}, about {left:.0f} s left")


def _laps(runs: list[Run], report: _Report) -> None:
    """One turn: train until all is done or it has lasted long enough for others to have theirs."""
    begun, chunk = time.perf_counter(), 1
    while True:
        lap = time.perf_counter()
        for run in runs:
            run.advance(chunk)
        took = time.perf_counter() - lap
        chunk = max(1, min(500, int(chunk * PATIENCE / max(took, 1e-3))))
        report.trained(runs, took)
        if all(run.done for run in runs) or time.perf_counter() - begun > LOOK:
            return


def _keep(keys: list[Any], runs: list[Run], what: str) -> None:
    for key, run in zip(keys, runs, strict=True):
        _shelf().put(key, run.result())
    state.remember(f"_runs {what}", None)
