"""The descent page as code: the surface, and every optimizer's path on it."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.landscapes import Landscape
from lossviz.optimizers import Optimizer
from lossviz.problem.script import (
    Cell,
    Code,
    Writer,
    array,
    call,
    known,
    lowest,
    posed,
    surface,
    window,
)
from lossviz.ui.lenses.descent.cache import Scene, Setting


def code(
    title: str, scene: Scene, optimizers: Sequence[Optimizer], setting: Setting, land: Landscape
) -> Code:
    """A test function or a problem, and one descent for each optimizer."""
    if scene.problem is None:
        cells = [Cell("A test function.", f"risk = {known(scene.recipes[0])}")]
        files: dict[str, Writer] = {}
    else:
        cells, files = posed(scene.problem)
        cells.append(lowest())
    cells += [window(land.plane, land.a, land.b), surface()]
    cells.append(
        Cell("All of them start here.", f"start = {array(scene.surface.theta(setting.start))}")
    )
    for each in optimizers:
        more = ""
        if each.batches and scene.problem is not None:
            more += f", batch_size={setting.batch}, seed={setting.seed}"
        if not each.line_search:
            more += f",\n    schedule={call(setting.schedule)}"
        cells.append(
            Cell(
                f"{each.label}.",
                f"path = descend(\n    risk, {call(each)}, start, {setting.steps}{more},\n)\n"
                f'print({each.label!r}, "after", path.steps, "steps", path.values[-1])',
            )
        )
    return Code(title, tuple(cells), files)
