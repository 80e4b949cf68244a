"""The networks page as code: both networks trained and sliced."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.landscapes import Landscape
from lossviz.problem.script import Cell, Code, call, drawing, heights, line
from lossviz.ui.lenses.networks.pair import Member, View
from lossviz.ui.lenses.networks.training import Setting


def code(
    title: str,
    members: Sequence[Member],
    setting: Setting,
    view: View,
    landscapes: Sequence[Landscape],
) -> Code:
    """One training and one slice for each network; a stopped one trains as far as it came."""
    problem = members[0].problem
    drawn, files = drawing(problem)
    parts = [f"{name} = {call(getattr(problem, name))}" for name in ("loss", "penalty")]
    cells = [drawn, Cell("The loss and the penalty.", "\n".join(parts))]
    plane = {
        "pca": "principal(run.points)",
        "hessian": f"hessian(risk, run.theta, {view.seed})",
    }.get(view.rule, f"random(run.theta, risk.layout, {view.seed}, {view.rule!r})")
    for member, land in zip(members, landscapes, strict=True):
        steps = (
            min(setting.steps, int(member.run.steps[-1])) if not member.run.lost else setting.steps
        )
        cells += [
            Cell(
                f"{member.name}: trained from its seed.",
                f"model = {call(member.problem.model)}\n"
                "risk = Risk(data, model, loss, penalty)\n"
                f"start = model.start(data.X.shape[1], data.outputs, {setting.seed})\n"
                f"run = train(\n    risk, {call(setting.optimizer)}, start, {steps}, "
                f"{setting.batch or None}, {setting.seed}\n)\n"
                f'print({member.name!r}, "loss", run.values[-1], "after", run.steps[-1], "steps")',
            ),
            Cell(
                f"{member.name}: the slice through where it ended.",
                f"plane = {plane}\na = {line(land.a)}\nb = {line(land.b)}\n"
                f"land = evaluate_plane(risk, plane, a, b)\n" + heights("land", member.name),
            ),
        ]
    return Code(title, tuple(cells), files)
