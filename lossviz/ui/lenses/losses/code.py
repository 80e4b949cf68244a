"""The losses page as code: each loss at one error, and the minimum of the one minimised."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.losses import Loss
from lossviz.problem.problem import Problem
from lossviz.problem.script import Cell, Code, call, literal, lowest, posed


def code(title: str, problem: Problem, losses: Sequence[Loss], y: float, prediction: float) -> Code:
    """``y`` is one observed value or label, ``prediction`` what a model says: ŷ or a logit."""
    cells, files = posed(problem)
    listed = ",\n    ".join(call(loss) for loss in losses)
    cells += [
        lowest(),
        Cell(
            "One row under each loss compared, with the derivative in the prediction.",
            f"y, prediction = np.array([{literal(y)}]), np.array([{literal(prediction)}])\n"
            f"for each in [\n    {listed},\n]:\n"
            "    print(each.label, each.value(y, prediction)[0], "
            "each.derivative(y, prediction)[0])",
        ),
    ]
    return Code(title, tuple(cells), files)
