"""The outliers page as code: the same points under several losses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lossviz.landscapes.planes import Plane
from lossviz.problem.problem import Problem
from lossviz.problem.script import Cell, Code, call, drawing, heights, window


def code(title: str, these: Sequence[Problem], plane: Plane, a: Any, b: Any) -> Code:
    """The minimum and the landscape of each loss on one plane."""
    problem = these[0]
    drawn, files = drawing(problem)
    parts = [f"{name} = {call(getattr(problem, name))}" for name in ("model", "penalty")]
    cells = [drawn, Cell("The model and the penalty.", "\n".join(parts)), window(plane, a, b)]
    cells += [
        Cell(
            f"{each.loss.label}: its minimum and its landscape.",
            f"risk = Risk(data, model, {call(each.loss)}, penalty)\n"
            "best = minimize(risk)\n"
            f"print({each.loss.label!r}, dict(zip(risk.names, best.theta.tolist())), "
            "best.value, best.kind)\n"
            "land = evaluate_plane(risk, plane, a, b)\n" + heights("land"),
        )
        for each in these
    ]
    return Code(title, tuple(cells), files)
