"""The regularization page as code: the penalised minimum, and both terms over two weights."""

from __future__ import annotations

from lossviz.problem.problem import Problem
from lossviz.problem.script import Cell, Code, heights, lowest, posed, window
from lossviz.regularization import Scene


def code(title: str, problem: Problem, scene: Scene) -> Code:
    """The minimum at this strength, and the data loss with the intercept at its best."""
    cells, files = posed(problem)
    cells += [
        lowest(),
        window(scene.plane, scene.a, scene.b),
        Cell(
            "The data loss over both weights; the intercept takes its best value for each pair.",
            'bare = Risk(data, model, loss, PENALTIES["none"]())\n'
            "land = evaluate_plane(WeightsOnly(bare), plane, a, b)\n" + heights("land"),
        ),
    ]
    return Code(title, tuple(cells), files)
