"""The classification page as code: two losses of the same classifiers on one plane."""

from __future__ import annotations

from lossviz.landscapes import Landscape
from lossviz.losses import Loss
from lossviz.problem.problem import Problem
from lossviz.problem.script import Cell, Code, call, heights, lowest, posed, surface, window


def code(title: str, problem: Problem, other: Loss, land: Landscape) -> Code:
    """The minimum of the first loss, and both landscapes."""
    cells, files = posed(problem)
    cells += [
        lowest(),
        window(land.plane, land.a, land.b),
        surface(),
        Cell(
            f"The same classifiers under another loss: {other.label}.",
            f"beside = evaluate_plane(\n    Risk(data, model, {call(other)}, penalty), plane, a, b"
            "\n)\n" + heights("beside", other.label),
        ),
    ]
    return Code(title, tuple(cells), files)
