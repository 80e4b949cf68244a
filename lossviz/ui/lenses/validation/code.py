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
from lossviz.ui.lenses.validation.comparison import Scene


def code(title: str, scene: Scene) -> Code:
    """Both surfaces, and both measures at the training minimum."""
    train, held = scene.parts
    cells, files = posed(train)
    land = scene.landscapes[0]
    cells += [lowest(), window(land.plane, land.a, land.b), surface(), _held_out(held)]
    if scene.metric is None:
        second = "measured = evaluate_plane(held, plane, a, b)\n" + heights("measured", "held out")
        cells.append(Cell("The loss on the rows held out.", second))
    else:
        second = (
            f"metric = {call(scene.metric, 'METRICS')}\n"
            "measured = metric_surface(held, metric, plane, a, b)\n"
        )
        cells.append(
            Cell(
                f"{scene.metric.label} on the rows held out.",
                second + heights("measured", scene.metric.label),
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
