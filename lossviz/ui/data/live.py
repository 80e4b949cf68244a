"""Live solvers in the browser: landscape, fit and minimum follow a dragged point, exactly."""

from __future__ import annotations

from dataclasses import replace
from math import isclose
from typing import Any

import numpy as np

from lossviz.landscapes.height_scale import HeightAxis
from lossviz.landscapes.planes import Plane
from lossviz.losses import Loss
from lossviz.objectives import Risk
from lossviz.penalties import NoPenalty
from lossviz.problem.problem import Problem
from lossviz.ui import stage
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.widgets import GREEK

MOST = 1000  # points whose fits a browser finds between two frames
PARAMETERS = 5  # of the largest polynomial that a browser fits
NOTCHES = 200  # of the slider for a loss's number


def solver(loss: Loss) -> dict[str, Any] | None:
    """The browser's name for a loss of the residual; None where it has no exact solver for it.

    It has one for a multiple of the square, for two slopes that meet at 0 (pinball) and for a
    parabola that goes on as its tangents (Huber).
    """
    pieces = loss.pieces
    if loss.task != "regression" or pieces is None:
        return None
    if loss.square is not None:
        return {"kind": "squared", "scale": loss.square}
    knots, a, b, c = pieces
    if knots == (0.0,) and not any((*a, *c)) and b[0] < 0 < b[1]:
        return {"kind": "pinball", "up": b[1], "down": -b[0]}
    if len(knots) != 2 or a[1] <= 0:
        return None
    scale, delta = 2 * a[1], knots[1]
    foot, rise = -a[1] * delta**2, scale * delta
    huber = ((-delta, delta), (0, a[1], 0), (-rise, 0, rise), (foot, 0, foot))
    for ours, its in zip(pieces, huber, strict=True):
        if not all(isclose(*both, abs_tol=1e-15) for both in zip(ours, its, strict=True)):
            return None
    return {"kind": "huber", "delta": delta, "scale": scale}


def options(problem: Problem, risk: Risk, plane: Plane | None = None) -> dict[str, Any] | None:
    """How the browser solves for this problem exactly while a point moves; None if it cannot.

    It can for a constant, a line and polynomials up to degree four (these with squared error),
    without a penalty, on a plane of two parameters with the others at their best.
    """
    loss, powers = solver(risk.loss), risk.layout.size
    if loss is None or len(risk.data) > MOST or not isinstance(problem.penalty, NoPenalty):
        return None
    if not risk.model.powers or (risk.data.X.shape[1] > 1 and powers > 1):
        return None
    if powers > (PARAMETERS if loss["kind"] == "squared" else 2):
        return None
    found: dict[str, Any] = {"loss": loss, "powers": powers}
    if plane is not None:
        shown = [np.flatnonzero(axis) for axis in (plane.u, plane.v)]
        if any(len(each) > 1 or (plane.u + plane.v)[each].max(initial=1) != 1 for each in shown):
            return None  # slanted, or refitted at every point
        # a curve's second coordinate is none of its parameters
        found["axes"] = [int(each[0]) if len(each) else powers for each in shown]
    return found


def landscape(
    how: dict[str, Any] | None, height_axis: HeightAxis, mark: str, *, solid: bool, lift: float
) -> list[stage.Live]:
    """The landscape and its minimum, the trace ``mark``; none where ``how`` is None.

    On a surface the mark stands ``lift`` above the surface.  On a map it takes the cursor along.
    """
    if how is None:
        return []
    common = {**how, "heightAxis": height_axis.options(), "solid": solid}
    above = {"lift": lift} if solid else {"leads": True}
    return [
        stage.Live("surface", "lines.surface", common),
        stage.Live(mark, "lines.minimum", {**common, **above}),
        stage.Live("kinks", "lines.without"),
    ]


def dial(how: dict[str, Any] | None, problem: Problem, *, key: str, group: str) -> None:
    """In the stage, a slider for the loss's number that everything follows in the browser.

    None where the loss has not just one number, or where the browser cannot solve: the problem
    (``how`` is None) or the loss somewhere between the slider's ends.
    """
    loss = problem.loss
    numbers = [each for each in loss.hyperparameters() if "low" in each.metadata]
    if how is None or len(numbers) != 1:
        return
    name, about = numbers[0].name, numbers[0].metadata
    value = float(getattr(loss, name))
    low, high = min(about["low"], value), max(about["high"], value)
    between = np.geomspace if about["log"] else np.linspace
    # three digits are as fine as a hand
    values = [float(f"{each:.3g}") for each in between(low, high, NOTCHES + 1)]
    found = [solver(replace(loss, **{name: each})) for each in values]
    solvers = [each for each in found if each is not None]
    if len(solvers) < len(found):
        return
    stage.dial(
        key=key, group=group, label=GREEK.get(name, name), value=value, values=values,
        solvers=solvers, on_rest=lambda rest: state.put(f"loss-{loss.id}-{name}", float(rest)),
    )  # fmt: skip


def curves(how: dict[str, Any] | None, *names: str) -> list[stage.Live]:
    """The best model over the data, as the traces of these names."""
    return [] if how is None else [stage.Live(name, "lines.line", how) for name in names]
