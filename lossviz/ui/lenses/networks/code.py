"""The networks page as code: both networks trained and sliced."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.landscapes import Landscape
from lossviz.problem.script import Cell, Code, call, drawing, heights, line
from lossviz.ui.lenses.networks.pair import Twin, View
from lossviz.ui.lenses.networks.training import Setting


def code(
    title: str, twins: Sequence[Twin], setting: Setting, view: View, lands: Sequence[Landscape]
) -> Code:
    """One training and one slice for each network; a stopped one trains as far as it came."""
    problem = twins[0].problem
    drawn, files = drawing(problem)
    parts = [f"{name} = {call(getattr(problem, name))}" for name in ("loss", "penalty")]
    cells = [drawn, Cell("The loss and the penalty.", "\n".join(parts))]
    plane = {
        "pca": "principal(run.points)",
        "hessian": f"hessian(risk, run.theta, {view.seed})",
    }.get(view.rule, f"random(run.theta, risk.layout, {view.seed}, {view.rule!r})")
    for twin, land in zip(twins, lands, strict=True):
        steps = min(setting.steps, int(twin.run.steps[-1])) if not twin.run.lost else setting.steps
        cells += [
            Cell(
                f"{twin.name}: trained from its seed.",
                f"model = {call(twin.problem.model)}\n"
                "risk = Risk(data, model, loss, penalty)\n"
                f"start = model.start(data.X.shape[1], data.outputs, {setting.seed})\n"
                f"run = train(\n    risk, {call(setting.optimizer)}, start, {steps}, "
                f"{setting.batch or None}, {setting.seed}\n)\n"
                f'print({twin.name!r}, "loss", run.values[-1], "after", run.steps[-1], "steps")',
            ),
            Cell(
                f"{twin.name}: the slice through where it ended.",
                f"plane = {plane}\na = {line(land.a)}\nb = {line(land.b)}\n"
                f"land = evaluate_plane(risk, plane, a, b)\n" + heights("land", twin.name),
            ),
        ]
    return Code(title, tuple(cells), files)
