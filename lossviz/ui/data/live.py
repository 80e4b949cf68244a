"""What follows a dragged point in the browser: landscape, fit and minimum, solved there exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lossviz.landscapes.height_scale import HeightAxis
from lossviz.landscapes.planes import Plane
from lossviz.objectives import Risk
from lossviz.problem.problem import Problem
from lossviz.ui import stage
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.widgets import GREEK

MOST = 1000  # points whose fits a browser finds between two frames
POWERS = {"constant": (1, 1), "line": (2, 2), "polynomial": (2, 5)}  # parameters, from and to
TURNED = {"quantile": "tau", "huber": "delta", "smooth_l1": "beta"}  # a loss's number
_SOLVERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "squared": lambda loss: {"kind": "squared"},
    "half_squared": lambda loss: {"kind": "squared", "scale": 0.5},
    "absolute": lambda loss: {"kind": "pinball", "up": 1, "down": 1},
    "quantile": lambda loss: {"kind": "pinball", "up": 1 - loss.tau, "down": loss.tau},
    "huber": lambda loss: {"kind": "huber", "delta": loss.delta},
    "smooth_l1": lambda loss: {"kind": "huber", "delta": loss.beta, "scale": 1 / loss.beta},
}


def options(problem: Problem, risk: Risk, plane: Plane | None = None) -> dict[str, Any] | None:
    """How the browser solves for this problem exactly while a point moves; None if it cannot.

    It can for a constant, a line and polynomials up to degree four (these with squared error),
    without a penalty, on a plane of two parameters with the others at their best.
    """
    low, high = POWERS.get(problem.model.id, (0, 0))
    solver = _SOLVERS.get(risk.loss.id)
    powers = risk.layout.size
    if solver is None or not low <= powers <= high or problem.penalty.id != "none":
        return None
    loss = solver(risk.loss)
    if len(risk.data) > MOST or (powers > 2 and loss["kind"] != "squared"):
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

    None where the loss has no such number or the browser cannot solve (``how`` is None).
    """
    loss = problem.loss
    name = TURNED.get(loss.id)
    if how is None or name is None:
        return
    about = next(each.metadata for each in loss.hyperparameters() if each.name == name)
    value = float(getattr(loss, name))
    stage.dial(
        key=key, group=group, label=GREEK.get(name, name), field=name, value=value,  # type: ignore[arg-type]
        ends=(min(about["low"], value), max(about["high"], value)), log=about["log"],
        on_rest=lambda rest: state.put(f"loss-{loss.id}-{name}", float(rest)),
    )  # fmt: skip


def curves(how: dict[str, Any] | None, *names: str) -> list[stage.Live]:
    """The best model over the data, as the traces of these names."""
    return [] if how is None else [stage.Live(name, "lines.line", how) for name in names]
