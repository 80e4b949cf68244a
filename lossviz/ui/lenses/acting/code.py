"""The acting page as code: minus the return as a landscape, and one agent's climb."""

from __future__ import annotations

from typing import Any

from lossviz.problem.script import Cell, Code, array, literal, surface, window


def code(title: str, choice: Any, land: Any) -> Code:
    """An environment with its numbers, its landscape, and every agent from the start."""
    setting = choice.setting
    given = f"{literal(setting.discount)}, {literal(setting.entropy)}"
    if setting.rewards != choice.environment.rewards:
        given += f", rewards={literal(setting.rewards)}"
    made = f"ENVIRONMENTS[{setting.id!r}].make({given})"
    return Code(
        title,
        (
            Cell(
                "The environment, with its discount, its weight of the entropy, and typed rewards.",
                f"environment = {made}",
            ),
            window(land.plane, land.a, land.b),
            surface("environment"),
            Cell(
                "The best there is: minus the return.",
                'best = environment.best()\nprint("value", best.value, "kind", best.kind)',
            ),
            Cell(
                "Every agent from the same start.",
                f"start = {array(choice.start)}\n"
                'for agent in ("exact", "natural", "reinforce", "baseline"):\n'
                f"    run = climb(\n        environment, agent, start, {literal(choice.rate)}, "
                f"{choice.steps}, {choice.episodes}, {choice.seed}\n    )\n"
                '    print(run.label, "return after", len(run.returns) - 1, "steps", '
                "run.returns[-1])",
            ),
        ),
    )
