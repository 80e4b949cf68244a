"""Asking for a network and training it: controls, a progress bar that can be stopped, a shelf."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.fits import BOUNDARY, fit
from lossviz.landscapes import Landscape
from lossviz.models import Model, Network, ResidualNetwork
from lossviz.models.activations import ACTIVATIONS
from lossviz.objectives import Risk
from lossviz.optimizers import OPTIMIZERS, Optimizer
from lossviz.planes import Plane
from lossviz.problems import Problem
from lossviz.training import Run, Training
from lossviz.twins import RULES, SCALES, look, plain, scaled
from lossviz.twins import window as window_of
from lossviz.ui import controls, stage, state, work
from lossviz.ui.problem import Lens
from lossviz.ui.widgets import select, slider
from lossviz.words import as_markdown, number

Array = NDArray[np.floating]
SERVED = {
    "moons", "circles", "spirals", "xor", "blobs", "sine_wave", "near_identity", "diabetes",
    "digits", "iris", "many_blobs",
}  # fmt: skip
BENDS = {"relu": "ReLU", "gelu": "GELU"}
COARSE, FINE = 21, 51
HEAVY = 8e9  # multiplications of a pair of surfaces above which a coarse pair comes first
BANK = 9  # drawings of the data per axis of the slice
PATIENCE = 0.2  # seconds between looks at the bar
SHELF = 20_000_000  # numbers of trained networks kept for everybody


class Setting(NamedTuple):
    """How a network is trained; ``batch`` 0 means all the data at every step."""

    optimizer: Optimizer
    steps: int
    batch: int
    seed: int


class View(NamedTuple):
    """How a slice is cut: a key of ``RULES``, the seed of its directions, how far it reaches."""

    rule: str
    seed: int
    reach: float


class Twin(NamedTuple):
    """One network of the pair: what it is, how it was trained, the plane it is seen from."""

    name: str
    problem: Problem
    risk: Risk
    run: Training
    plane: Plane


def lens() -> Lens:
    """What these networks can serve."""
    return Lens(
        tasks=("binary", "regression", "multiclass"),
        datasets=lambda entry: entry.id in SERVED,
        models=lambda entry: entry.id == "residual_network",
        losses=lambda entry: entry.id not in ("constant", "formula", "zero_one"),
        ask=ask,
        why="This page trains networks: data and losses that say nothing there are left out.",
        first={
            "binary": ("moons", "residual_network", "cross_entropy"),
            "regression": ("sine_wave", "residual_network", "squared"),
            "multiclass": ("digits", "residual_network", "softmax_cross_entropy"),
        },
    )


def ask() -> Model:
    """The network, as its twin with skips."""
    st.markdown("**Network**")
    width = slider("Width", "net-width", 8, 1, 64, whole=True)
    blocks = slider("Blocks", "net-blocks", 20, 1, 50, whole=True)
    names = {id: BENDS.get(id, id) for id in ACTIVATIONS}
    activation = select("Activation", names, "net-activation", default="relu")
    scale = select("Branch scale, with skips", SCALES, "net-scale", default="root")
    return scaled(ResidualNetwork(width=width, blocks=blocks, activation=activation), scale)


def setting() -> Setting:
    """Optimizer, rate, steps, batch and seed, in the sidebar."""
    with st.sidebar:
        st.markdown("**Training**")
        labels = {i: e.label for i, e in OPTIMIZERS.items()}
        id = select("Optimizer", labels, "net-opt", default="adam")
        rate = slider("Learning rate", "net-lr", 0.01, 1e-4, 10.0, log=True)
        steps = slider("Steps", "net-steps", 400, 1, 5000, whole=True)
        batch = slider("Batch size (0: all the data)", "net-batch", 0, 0, 512, whole=True)
        seed = slider("Seed of the weights", "net-seed", 0, 0, 99, whole=True)
    return Setting(OPTIMIZERS[id](lr=rate), steps, batch, seed)


def view() -> View:
    """The rule of the plane, its seed and its reach, with a button for new directions."""
    rule = select("Plane", RULES, "net-plane")
    reach = 1.0
    seed = state.get("net-directions", 0)
    with st.popover("View", width="content"):
        reach = slider("Half width of the slice", "net-reach", 1.0, 0.05, 4.0)
        seed = slider("Seed of the directions", "net-directions", 0, 0, 999, whole=True)
    random = rule not in ("pca", "hessian")
    st.button("New directions", on_click=state.put, disabled=not random,
              args=("net-directions", (seed + 1) % 1000))  # fmt: skip
    return View(rule, seed, reach)


def problems(problem: Problem) -> tuple[Problem, Problem]:
    """The plain twin and the one with skips."""
    assert isinstance(problem.model, ResidualNetwork)
    return replace(problem, model=plain(problem.model)), problem


def small(problem: Problem, activation: str, depth: int = 2) -> Problem:
    """The same problem for a plain network small enough to be trained on the spot."""
    return replace(problem, model=Network(width=8, depth=depth, activation=activation))


def adam(each: Setting) -> Setting:
    """How the small networks are trained: from the seed chosen."""
    return Setting(OPTIMIZERS["adam"](lr=0.01), 300, 0, each.seed)


# -- training ---------------------------------------------------------------------------------


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


def trained(wanted: Sequence[tuple[Problem, Setting]], what: str) -> list[Training] | None:
    """The trainings, from the shelf or made now under a bar that can be stopped.

    They advance side by side, so that a stop leaves something of each.  What was stopped is kept
    and can be continued.  None, after a sentence, where one of them cannot be trained.
    """
    keys = [(work.parts(problem), each) for problem, each in wanted]
    found = [_shelf().get(key) for key in keys]
    if all(found):
        return [run for run in found if run is not None]
    try:
        runs = _under_way(keys, wanted, what)
    except ValueError as error:
        st.error(as_markdown(str(error)))
        return None
    if state.get(f"_stopped {what}") != keys:
        _advance(keys, runs, what)
    else:
        said, again = st.columns([5, 1], vertical_alignment="center")
        steps = max(run.step for run in runs)
        said.warning(f"Training was stopped at step {steps:,}; the pictures show what it had.")
        again.button("Continue", key=f"continue {what}", on_click=state.remember,
                     args=(f"_stopped {what}", None))  # fmt: skip
    return [kept or run.result() for kept, run in zip(found, runs, strict=True)]


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


def _advance(keys: list[Any], runs: list[Run], what: str) -> None:
    place = st.empty()
    with place.container():
        line, stop = st.columns([5, 1], vertical_alignment="center")
        bar = line.progress(0.0, f"{what} …")
        stop.button("Stop", key=f"stop {what}", on_click=state.remember,
                    args=(f"_stopped {what}", keys))  # fmt: skip
    total, begun, share = sum(run.asked for run in runs), time.perf_counter(), 0.0
    before, chunk = sum(run.step for run in runs), 5
    while not all(run.done for run in runs):
        lap = time.perf_counter()
        for run in runs:
            run.advance(chunk)
        took, now = time.perf_counter() - lap, sum(run.step for run in runs)
        chunk = max(1, min(500, int(chunk * PATIENCE / max(took, 1e-3))))
        share = min(1.0, sum(run.asked if run.done else run.step for run in runs) / total)
        left = (time.perf_counter() - begun) * (total - now) / max(now - before, 1)
        losses = " and ".join(number(run.loss, 3) for run in runs[:2])
        bar.progress(share, f"{what}: loss {losses}, about {left:.0f} s left")
    place.empty()
    for key, run in zip(keys, runs, strict=True):
        _shelf().put(key, run.result())
    state.remember(f"_runs {what}", None)


# -- the pair ---------------------------------------------------------------------------------


def pair(problem: Problem, each: Setting, cut: View) -> list[Twin] | None:
    """Both networks, trained and with their planes; None, after a sentence, if there are none."""
    both = problems(problem)
    runs = trained([(one, each) for one in both], "Training both networks")
    if runs is None:
        return None
    try:
        return [
            seen_from(name, one, run, cut)
            for name, one, run in zip(("Plain", "With skips"), both, runs, strict=True)
        ]
    except ValueError as error:
        st.error(as_markdown(str(error)))
        return None


def seen_from(name: str, problem: Problem, run: Training, cut: View) -> Twin:
    """A trained network with its plane; ValueError where there is no such plane."""
    risk = problem.risk()
    return Twin(name, problem, risk, run, _plane(work.parts(problem), run.points, cut, risk, run))


@st.cache_data(max_entries=64, show_spinner=False)
def _plane(recipes: Any, points: Array, cut: View, _risk: Risk, _run: Training) -> Plane:
    return look(_risk, _run, cut.rule, cut.seed)


def grid(twin: Twin, cut: View, n: int) -> tuple[Array, Array]:
    """The coordinates of the slice."""
    a, b = window_of(twin.run, twin.plane, cut.rule, cut.reach)
    return np.linspace(*a, n), np.linspace(*b, n)


def lands(twins: Sequence[Twin], cut: View) -> tuple[list[Landscape], int]:
    """Both slices and their resolution: coarse at first where the fine ones take time."""
    n = FINE if state.get("_net-fine") == _mark(twins, cut) or not heavy(twins) else COARSE
    return [work.landscape(t.problem, t.plane, *grid(t, cut, n)) for t in twins], n


def refine(twins: Sequence[Twin], cut: View, n: int) -> None:
    """After the page has been drawn with coarse slices: make fine ones and draw it again."""
    if n == FINE:
        return
    for twin in twins:
        work.landscape(twin.problem, twin.plane, *grid(twin, cut, FINE))
    state.remember("_net-fine", _mark(twins, cut))
    st.rerun()


def heavy(twins: Sequence[Twin]) -> bool:
    """Whether fine slices keep a reader waiting."""
    return sum(2.0 * len(t.risk.data) * t.risk.layout.size * FINE**2 for t in twins) > HEAVY


def _mark(twins: Sequence[Twin], cut: View) -> tuple[Any, ...]:
    ends = tuple(float(twin.run.theta.sum()) for twin in twins)
    return (*(work.parts(twin.problem) for twin in twins), cut, ends)


@st.cache_data(max_entries=32, show_spinner=False)
def _bank(
    recipes: tuple[Any, ...], origin: Array, u: Array, v: Array, a: Array, b: Array
) -> tuple[Array, Array]:
    """The drawing of the data at the trained point, and over a grid of the slice."""
    drawn = fit(Problem(*recipes).risk())
    places = Plane(origin, u, v).point(*np.meshgrid(a, b)).astype(np.float32)
    inputs = drawn.inputs.astype(np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        heights = drawn.risk.model.predict(places, inputs)
    most = 12.0 if drawn.kind == BOUNDARY else 1e6  # beyond it the picture shows no difference
    heights = np.clip(np.nan_to_num(heights, nan=0.0), -most, most)
    if drawn.link == "sigmoid":
        heights = 1 / (1 + np.exp(-heights))
    return drawn.heights(origin), heights


def follow(twin: Twin, cut: View) -> tuple[Any, Array, list[stage.Move]]:
    """How the network's answer is drawn, at the trained point and under the cursor."""
    drawn = fit(twin.risk)
    a, b = grid(twin, cut, BANK)
    plane = twin.plane
    best, bank = _bank(work.parts(twin.problem), plane.origin, plane.u, plane.v, a, b)
    names = ("fit", "boundary") if drawn.kind == BOUNDARY else ("fit",)
    part: stage.Attribute = "z" if drawn.kind == BOUNDARY else "y"
    return drawn, best, [stage.Table(name, bank, a, b, attribute=part) for name in names]


def height() -> Any:
    """How tall the pair is drawn; by orders of magnitude unless somebody chooses otherwise."""
    return controls.scale("net-height", "log")
