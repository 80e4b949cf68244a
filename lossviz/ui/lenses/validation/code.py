"""The validation page as code: the training loss, and what judges it on the rows held out."""

from __future__ import annotations

from lossviz.problem.problem import Problem
from lossviz.problem.script import (
    Cell,
    Code,
    call,
    drawing,
    heights,
    lowest,
    posed,
    surface,
    window,
)
from lossviz.ui.lenses.validation.judgement import Scene


def code(title: str, scene: Scene) -> Code:
    """Both surfaces, and both judgements at the training minimum."""
    train, held = scene.parts
    cells, files = posed(train)
    land = scene.lands[0]
    cells += [lowest(), window(land.plane, land.a, land.b), surface(), _held_out(held)]
    if scene.metric is None:
        second = "judged = evaluate_plane(held, plane, a, b)\n" + heights("judged", "held out")
        cells.append(Cell("The loss on the rows held out.", second))
    else:
        second = (
            f"metric = {call(scene.metric, 'METRICS')}\n"
            "judged = metric_surface(held, metric, plane, a, b)\n"
        )
        cells.append(
            Cell(
                f"{scene.metric.label} on the rows held out.",
                second + heights("judged", scene.metric.label),
            )
        )
    return Code(title, tuple(cells), files)


def _held_out(held: Problem) -> Cell:
    drawn = drawing(held)[0].code
    return Cell(
        "The rows held out, without the penalty.",
        f'{drawn}\nheld = Risk(data, model, loss, PENALTIES["none"]())\n'
        'print("held-out loss at the minimum", float(held.value(best.theta)))',
    )
