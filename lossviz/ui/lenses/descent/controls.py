"""Controls of a race: its surface and start, its optimizers, their rates, its steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from lossviz.curvature import Curvature
from lossviz.descent.setting import Surface, Window, in_short, of_analytic
from lossviz.landscapes.height_scale import Scale
from lossviz.objectives.analytic import ANALYTIC, AnalyticFunction, ConvexQuadratic, Level
from lossviz.optimizers import OPTIMIZERS, SCHEDULES, Optimizer
from lossviz.text import exact, number
from lossviz.ui import stage
from lossviz.ui.lenses.descent import cache
from lossviz.ui.sidebar import controls, state
from lossviz.ui.sidebar.widgets import decades, select, slider, tune, turn

YOURS = "problem"
FUNCTIONS: dict[str, type[AnalyticFunction]] = {
    ConvexQuadratic.id: ConvexQuadratic,
    **{id: type(each) for id, each in ANALYTIC.items()},
    Level.id: Level,
}
SURFACES = {YOURS: "Your problem", **{i: f"{e.label} (textbook)" for i, e in FUNCTIONS.items()}}
FIRST = ("gd", "momentum", "adam")
MOST = 8
_RUNNERS = state.Codec(".".join, lambda raw: [id for id in raw.split(".") if id])
_RATE = state.Codec(
    lambda v: "own" if v is None else exact(v), lambda raw: None if raw == "own" else float(raw)
)


def surface() -> AnalyticFunction | None:
    """A test function with its shape, or None for the problem of the sidebar."""
    id = select("Surface", SURFACES, "objective")
    if id == YOURS:
        return None
    entry = FUNCTIONS[id]
    if not entry.hyperparameters():
        return entry()
    with state.fold("Shape", "shape"):
        return tune(entry, f"shape-{id}")


def analytic(chosen: AnalyticFunction) -> cache.Scene:
    """The surface of a textbook function."""
    return cache.Scene(_known(chosen), (chosen,))


@st.cache_resource(max_entries=64, show_spinner=False)
def _known(analytic: AnalyticFunction) -> Surface:
    return of_analytic(analytic)


def height(scene: cache.Scene) -> Scale:
    """How tall the surface is drawn; each textbook function keeps its own choice."""
    if scene.problem is not None:
        return controls.scale()
    function = scene.recipes[0]
    return controls.scale(f"height-{function.id}", "log" if function.steep else "linear")


def window(scene: cache.Scene, at: tuple[float, float]) -> cache.Scene:
    """The scene through the window the reader chose, widened until the start is in it."""
    lens = "descent" if scene.problem is not None else scene.recipes[0].id
    posed = scene.problem
    owner = lens if posed is None else (posed.dataset.id, posed.model.id)
    box = controls.ranges(scene.surface.window, scene.surface.plane.names, lens, owner)
    return replace(scene, surface=scene.surface.looked_at(box).including(at))


def start(scene: cache.Scene) -> tuple[float, float]:
    """Where the race starts, on the plane: placed by hand on a picture, or typed.

    A start chosen on another surface is forgotten.
    """
    state.belong(_owner(scene), "start-a", "start-b")
    names, home = scene.surface.plane.names, scene.surface.home
    with state.fold("Start", "start"):
        st.caption("Click anywhere on the map or the surface, drag the white ring, or type.")
        left, right = st.columns(2)
        a = controls.typed(left, names[0], "start-a", home[0])
        # a model with one parameter stands in a trough: its second coordinate means nothing
        b = controls.typed(right, names[1], "start-b", home[1]) if names[1] else home[1]
        st.button("Back to the usual start", on_click=place, args=(None, None))
    # with a feature far from zero, such as a timestamp, the usual start is far from it too
    far = 1e12 * max(1.0, *map(abs, home))
    if not all(math.isfinite(v) and abs(v) < far for v in (a, b)):
        st.error(
            f"A start needs two numbers below {number(far, 2)} in size. The usual start is shown."
        )
        return home
    with np.errstate(all="ignore"):
        known = np.isfinite(scene.surface.objective.value(scene.surface.theta((a, b))))
    if not known:
        st.error("The loss has no finite value at that start. The usual start is shown.")
        return home
    return a, b


def _owner(scene: cache.Scene) -> str:
    if scene.problem is None:
        return str(scene.recipes[0].id)
    return f"{scene.problem.dataset} {scene.problem.model} {scene.surface.plane.names}"


def place(a: float | None, b: float | None) -> None:
    """Set the start; None means the usual one."""
    state.put("start-a", a)
    state.put("start-b", b)


def clicked(window: Window) -> Callable[[stage.Event], None]:
    """A click on the map or the surface, seen through the window, is a start."""
    moved = dragged(window)
    return lambda event: moved(event) if event["kind"] == "place" else None


def dragged(window: Window) -> Callable[[stage.Event], None]:
    """The ring was dragged: to as many digits as a hand can aim with in the window."""
    return lambda event: place(*in_short(window, (event["x"], event["y"]), 6))


def runners(
    scene: cache.Scene, curvature: Curvature
) -> tuple[tuple[Optimizer, ...], cache.Setting]:
    """The optimizers of the race with their rates and settings, and how long they run.

    The setting starts at the surface's usual start.
    """
    ids = _chosen()
    common = _common_rate(curvature)
    with state.fold("Settings", "settings"):
        setting = _setting(scene)
        st.caption("A rate left empty is the common one, or the automatic one.")
        found = [_tuned(scene, id, common) for id in ids]
    return tuple(found), setting


def _chosen() -> list[str]:
    def widget() -> Any:
        return st.multiselect(
            "Optimizers",
            list(OPTIMIZERS),
            key="opts",
            format_func=lambda id: OPTIMIZERS[id].label,
            max_selections=MOST,
            width=384,
        )

    def problem(ids: list[str]) -> str:
        lost = [id for id in ids if id not in OPTIMIZERS]
        if lost or not ids or len(set(ids)) < len(ids):
            return "does not name optimizers of this page"
        return "names too many optimizers" if len(ids) > MOST else ""

    ids = state.bound("opts", list(FIRST), _RUNNERS, widget, problem=problem)
    if not ids:
        st.caption("No optimizer is chosen: gradient descent is shown.")
        return ["gd"]
    return list(ids)


def _common_rate(curvature: Curvature) -> float | None:
    """One rate for all, marked where this surface has its limit and its best rate; None: own."""
    known = {}
    if math.isfinite(curvature.safe_rate):
        known[_short(curvature.safe_rate)] = "limit 2/λmax"
    if math.isfinite(curvature.best_rate):
        known[_short(curvature.best_rate)] = (
            "best 2/(λmin+λmax)" if _short(curvature.best_rate) not in known else "best and limit"
        )
    middle = curvature.safe_rate if math.isfinite(curvature.safe_rate) else 1.0
    middle = min(max(middle, 1e-12), 1e9)

    def words(value: float | None) -> str:
        if value is None:
            by_hand = any(state.get(f"rate-{id}") is not None for id in state.get("opts", FIRST))
            return "set one by one" if by_hand else "automatic, per optimizer"
        mark = known.get(value)
        return number(value, 3) + (f" = {mark}" if mark else "")

    def widget() -> Any:
        now = st.session_state["rate"]
        ends = _short(middle * 1e-4), _short(middle * 10)
        marks = {*decades(*ends), *known, *([] if now is None else [now])}
        return st.select_slider(
            "Learning rate",
            [None, *sorted(marks)],
            key="rate",
            format_func=words,
            help="Automatic: gradient descent and momentum get a share of this surface's "
            "limit 2/λmax, the others a share of the window.",
        )

    return state.bound("rate", None, _RATE, widget, problem=_rate_problem)


def _short(value: float) -> float:
    """Six digits: more than a hand can aim, and a short link."""
    return float(f"{value:.6g}")


def _rate_problem(value: float | None) -> str:
    if value is None:
        return ""
    if not math.isfinite(value) or value > 1e12:
        return "is no usable rate"
    return "is negative: it would ascend" if value < 0 else ""


def _tuned(scene: cache.Scene, id: str, common: float | None) -> Optimizer:
    entry = OPTIMIZERS[id]
    own = cache.fitted(scene, entry)
    st.markdown(f"**{entry.label}**", help=entry().summary)
    rate = controls.typed(
        st.container(), "learning rate", f"rate-{id}", own if common is None else common
    )
    if not 0 <= rate <= 1e12:
        st.error(
            f"A learning rate needs a number from 0 to 1e12; got {number(rate)}. {number(own)} "
            "is used."
        )
        rate = own
    others = [each for each in entry.hyperparameters() if each.name != "lr"]
    if others:
        columns = st.columns(min(len(others), 3))
        values = {}
        for place_, each in enumerate(others):
            with columns[place_ % len(columns)]:
                values[each.name] = turn(each, f"opt-{id}-{each.name}")
        return entry(lr=rate, **values)
    return entry(lr=rate)


def _setting(scene: cache.Scene) -> cache.Setting:
    """Steps, schedule, and mini-batches where there are data."""
    rows = None if scene.problem is None else len(scene.problem.draw())
    left, right = st.columns(2)
    with left:
        steps = slider("Steps", "steps", 100, 0, 1000, whole=True)
    with right:
        id = select("Learning-rate schedule", {i: e.label for i, e in SCHEDULES.items()}, "sched")
        schedule = tune(SCHEDULES[id], f"sched-{id}")
        st.markdown(f"${schedule.formula}$")
    batch, seed = 16, 0
    if rows is not None:
        with left:
            batch = slider("Rows in a mini-batch", "batch", 16, 1, 256, whole=True)
        with right:
            seed = slider("Mini-batch seed", "batch-seed", 0, 0, 99, whole=True)
        st.caption("Stochastic gradient descent takes mini-batches; the others all the data.")
    return cache.Setting(scene.surface.home, steps, schedule, min(batch, rows or batch), seed)


def focus(optimizers: Sequence[Optimizer]) -> int:
    """Whose numbers, arrows and fit are shown: its place among the runners."""
    ids = [each.id for each in optimizers]
    labels = {each.id: each.label for each in optimizers}
    key = "focus"
    picked = select("Show details for", labels, key, default=ids[-1], known=OPTIMIZERS)
    return ids.index(picked)


def plain(scene: cache.Scene, optimizers: Sequence[Optimizer]) -> Optimizer:
    """Plain gradient descent: the runner, or one at its fitted rate."""
    runner = next((each for each in optimizers if each.id == "gd"), None)
    return runner or OPTIMIZERS["gd"](lr=cache.fitted(scene, OPTIMIZERS["gd"]))
