"""The Outliers lens: its menus, its slow results, and its pictures on the stage."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.datasets import Dataset, FarOff
from lossviz.figures import landscapes
from lossviz.figures import outliers as pictures
from lossviz.findings import outliers as findings
from lossviz.landscapes import Landscape
from lossviz.landscapes.critical_points import Mark, minimum_marks
from lossviz.landscapes.engines.threads import Progress
from lossviz.landscapes.fitted import fit
from lossviz.landscapes.height_scale import HeightAxis, Scale
from lossviz.landscapes.kinks import drawn_heights, kinks
from lossviz.landscapes.planes import Plane
from lossviz.landscapes.window import Window, good_window
from lossviz.losses import LOSSES, Loss, ResidualLoss
from lossviz.models import Model
from lossviz.outliers import displacement
from lossviz.outliers.displacement import Breakdown, Side
from lossviz.outliers.influence import influence_curve, influences
from lossviz.problem.problem import Problem
from lossviz.text import number
from lossviz.ui import cache, stage
from lossviz.ui.bars import kept
from lossviz.ui.data import editing, live
from lossviz.ui.sharing import offers
from lossviz.ui.sidebar.widgets import turn

Array = NDArray[np.floating]
GROUP = "outliers"
BARS = 18  # points that have room for bars of their own
PLACES = 500  # of one point whose minima are kept
FIRST_TWO = (LOSSES["squared"], LOSSES["absolute"])  # beside the third, which is chosen
EDGE = 0.12  # of the window, around the minima at its edge


@lru_cache(maxsize=64)
def one_feature(entry: type[Dataset]) -> bool:
    """Whether a dataset has one column to draw its target against."""
    return entry().draw().X.shape[1] == 1


def straight(entry: type[Model]) -> bool:
    """Whether a model is a line or a constant over one feature."""
    return entry().powers and entry().layout(1).size <= 2


def third(entry: type[Loss]) -> bool:
    """Whether a loss can stand beside squared and absolute error: any other loss of a residual."""
    return issubclass(entry, ResidualLoss) and entry not in FIRST_TWO


def many() -> FarOff:
    """The controls of several outliers at once."""
    values = {each.name: turn(each, f"bad-{each.name}") for each in FarOff.hyperparameters()}
    return FarOff(**values)


def add_outlier(problem: Problem, where: str) -> None:
    """One more point far off: above the middle of the data, or far to the side of it."""
    data = problem.draw()
    x, y = data.X[:, 0], data.y
    across, up = ((float(v.std()) or 1.0) for v in (x, y))
    middle = float(x.mean()), float(y.mean())
    place = {
        "y": (middle[0] + across, float(y.max()) + 4 * up),
        "x": (float(x.max()) + 4 * across, middle[1] - up),
    }
    editing.add(problem, *place[where])


# -- results -----------------------------------------------------------------------------------


def problems(problem: Problem) -> list[Problem]:
    """The same points under squared error, absolute error and the third loss."""
    pair = (*(entry() for entry in FIRST_TWO), problem.loss)
    return [replace(problem, loss=loss) for loss in pair]


def side(problem: Problem) -> Side:
    """A loss's minimum now and on the untouched data."""
    clean = displacement.untouched(problem)
    return Side(problem.risk(), cache.minimum(problem), clean.risk(), cache.minimum(clean))


def window(sides: Sequence[Side], plane: Plane) -> Window:
    """Fitted to the untouched data, and widened until every minimum is in it."""
    anchor = sides[1]
    fitted = np.array(good_window(anchor.clean, plane, anchor.before.theta))
    places = [each for s in sides for each in (s.before.theta, s.best.theta)]
    ends = [s.best.vertices for s in sides if s.best.vertices is not None and not _unbounded(s)]
    at = plane.project(np.concatenate([np.array(places), *ends]))
    low, high = at.min(axis=0), at.max(axis=0)
    margin = EDGE * np.maximum(high - low, fitted[:, 1] - fitted[:, 0])
    low = np.where(low < fitted[:, 0], low - margin, fitted[:, 0])
    high = np.where(high > fitted[:, 1], high + margin, fitted[:, 1])
    return (float(low[0]), float(high[0])), (float(low[-1]), float(high[-1]))


def _unbounded(side: Side) -> bool:
    return side.best.directions is not None


def trail(problem: Problem, row: int, best: Array) -> Array | None:
    """(m, p): the minimum's way to ``best`` while this point went from where it was."""
    start = displacement.home(problem, row)
    data = problem.draw()
    now = float(data.X[row, 0]), float(data.y[row])
    if start is None or start == now:
        return None
    known = _met(cache.parts(displacement.unmoved(problem, row)), row)
    if len(known) > PLACES:
        known.clear()
    # where the hand is now hardly anybody comes again; the places on the way are shared by all
    return displacement.trail(problem, row, start, ChainMap(known, {now: best}))


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=cache.BY_NAME)
def _met(recipes: tuple[Any, ...], row: int) -> dict[tuple[float, float], Array]:
    """The minima of the places where this row has been."""
    return {}


@kept("Contaminating more and more points", 64)
def _breakdown(progress: Progress, recipes: tuple[Any, ...]) -> Breakdown:
    return displacement.breakdown(Problem(*recipes), progress=progress)


# -- pictures ----------------------------------------------------------------------------------


def show_data(
    problem: Problem, sides: Sequence[Side], row: int, plane: Plane, height: stage.Height
) -> None:
    """The points with one line per loss; they are dragged, added and deleted here."""
    data = sides[0].risk.data
    drawing = fit(sides[0].risk)
    each = []
    for s in sides:
        flat = s.best.vertices if s.best.directions is None else None
        floor = None if flat is None else drawing.heights(flat[:8])
        each.append(pictures.Line(s.risk.loss, drawing.x, drawing.heights(s.best.theta), floor))
    moves: list[stage.Move] = []
    if drawing.basis is not None:
        moves.append(stage.Fit("at the pointer", drawing.basis, plane))
    for s in sides:
        moves += live.curves(live.options(problem, s.risk), s.risk.loss.label)
    stage.show(
        pictures.lines(data, each, row, displacement.home(problem, row)),
        key="outliers-data",
        group=GROUP,
        height=height,
        alt="The points with the best line of each loss. Drag a point to move it, click to add "
        "one, shift-click to delete one.",
        moves=moves,
        drag=stage.Drag("data", removable=True),
        on_drag=editing.dragged(problem),
        on_click=editing.clicked(problem),
    )


def show_shares(sides: Sequence[Side], height: stage.Height) -> None:
    """Each point's share of the loss and of the influence, in bars."""
    each = [influences(s.risk, s.best.theta) for s in sides]
    n = len(sides[0].risk.data)
    rows = np.arange(n)
    if n > BARS:
        rows = np.sort(np.argsort(-each[0].share, kind="stable")[:BARS])
    stage.show(
        pictures.bars([str(r) for r in rows], [s.risk.loss for s in sides], each, rows),
        key="outliers-shares",
        height=height,
        alt="Each point's share of the loss and of the influence on the slope, under each loss"
        + (f"; the {BARS} points with the largest squared loss." if n > BARS else "."),
    )


def show_surfaces(
    these: Sequence[Problem],
    sides: Sequence[Side],
    row: int,
    plane: Plane,
    grid: tuple[Array, Array],
    scale: Scale,
    *,
    common: bool,
    solid: bool,
    third: bool,
) -> str:
    """The surfaces, or maps, under one camera, each with its minimum and its trail.

    Two are large; ``third`` asks for the third loss beside them.  Returns a sentence on those
    that a ``common`` height axis shows flat, or "".
    """
    if not third:
        these, sides = these[:2], sides[:2]
    landscapes = cache.landscapes([cache.Asked(problem, plane, *grid) for problem in these])
    shared = scale.height_axis(*(land.values for land in landscapes)) if common else None
    for column, problem, s, land in zip(
        st.columns(len(these), gap="small"), these, sides, landscapes, strict=True
    ):
        height_axis = shared or scale.height_axis(land.values)
        offers.surface(f"Surface, {s.risk.loss.label}", land)
        marks = minimum_marks(s.risk, s.best, plane, grid)
        way = _way(problem, s, row, plane)
        title = f"{s.risk.loss.label} · minimum {_height(s.best.value, land)}"
        with column:
            _show_surface(problem, s, land, height_axis, marks, way, title, solid)
    if shared is None:
        return ""
    taken = [shared.filled(land.values) for land in landscapes]
    return findings.flattened(list(zip([s.name for s in sides], taken, strict=True)))


def _height(value: float, land: Landscape) -> str:
    """A value as it reads beside the values of its surface: rounding is zero there."""
    seen = land.values[np.isfinite(land.values)]
    return number(value, beside=float(np.ptp(seen)) if seen.size else 0.0)


def _way(problem: Problem, s: Side, row: int, plane: Plane) -> Mark:
    walked = trail(problem, row, s.best.theta)
    path = s.best.theta[None] if walked is None else walked
    a, b = plane.project(path).T
    return Mark("trail", "outline", a, b, s.risk.value(path))


def _show_surface(
    problem: Problem,
    s: Side,
    land: Landscape,
    height_axis: HeightAxis,
    marks: Sequence[Mark],
    way: Mark,
    title: str,
    solid: bool,
) -> None:
    place = {"squared": "squared", "absolute": "absolute"}.get(s.risk.loss.id, "third")
    one = s.risk.layout.size == 1
    how = live.options(problem, s.risk, land.plane)
    moves = live.landscape(
        how, height_axis, "minimum", solid=solid, lift=landscapes.lift(height_axis)
    )
    if moves and not one:
        moves.append(replace(moves[0], trace="trail", solver="lines.trail"))
    figure = pictures.loss_surface(land, height_axis, s.risk.loss, marks, way, title, solid=solid)
    if not one and (lines := kinks(s.risk, land.plane, (land.a, land.b))) is not None:
        landscapes.folded(figure, lines, drawn_heights(lines, land, height_axis) if solid else None)
    stage.show(
        figure,
        key=f"outliers-{place}",
        group=GROUP,
        camera="outliers",
        cursor="a" if one else "ab",
        height="most",
        alt=f"{title}. {s.best.message}",
        moves=moves,
    )


def show_influence(sides: Sequence[Side], height: stage.Height) -> None:
    """The influence of a point by its residual, with every point on the curves."""
    each = [influences(s.risk, s.best.theta) for s in sides]
    reach = 1.1 * max(float(np.abs(one.above).max()) for one in each) or 1.0
    losses = [s.risk.loss for s in sides]
    curves = [influence_curve(loss, reach) for loss in losses]
    stage.show(
        pictures.influence(losses, curves, each, sides[0].risk.data.target_unit),
        key="outliers-influence",
        height=height,
        alt="The influence of a point under each loss against its residual.",
    )


def show_breakdown(these: Sequence[Problem], contamination: FarOff, height: stage.Height) -> None:
    """The slope (of a constant: the height) of each fit as more points are contaminated."""
    what = "height" if these[0].model.layout(1).names == ("intercept",) else "slope"
    runs = [
        _breakdown(cache.parts(replace(each, contamination=replace(contamination, share=0.0))))
        for each in these
    ]
    stage.show(
        pictures.breakdowns([each.loss for each in these], runs, contamination.share, what),
        key="outliers-breakdown",
        height=height,
        alt=f"The {what} of the minimum of each loss against the share of contaminated points.",
    )


def clean_line(side: Side) -> Callable[[float], float]:
    """Height of the untouched data's best model at x."""
    return lambda x: float(side.clean.model.predict(side.before.theta, np.array([[x]]))[0])
