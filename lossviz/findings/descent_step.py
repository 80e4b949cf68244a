"""One step of a descent, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lossviz.descent import Trajectory
from lossviz.optimizers import Quantity
from lossviz.text import number

SPOKEN = ("gradient", "velocity", "first", "second", "mean", "size", "squares", "average", "step")
SHORT = {"first": "m", "second": "v", "mean": "m corrected", "size": "v corrected"}


class Row(NamedTuple):
    """A named number of a step: one text per parameter shown, or one for all."""

    name: str
    symbol: str
    texts: tuple[str, ...]


def captions(path: Trajectory, shown: Sequence[int]) -> list[str]:
    """A line for every point (t + 1): where it is, what the rule sees there, the step it takes."""
    lines = [_line(path, k, numbers, shown) for k, numbers in enumerate(path.replay())]
    end = f"θ {_place(path, -1, shown)}  ·  loss {number(path.values[-1])}  ·  the end"
    return [*lines, end]


def _line(path: Trajectory, k: int, numbers: tuple[Quantity, ...], shown: Sequence[int]) -> str:
    parts = [f"θ {_place(path, k, shown)}", f"loss {number(path.values[k])}"]
    for each in numbers:
        if each.key in SPOKEN:
            name = SHORT.get(each.key, each.name.lower())
            parts.append(f"{name} {_bracketed(_each(each, shown))}")
    return "  ·  ".join(parts)


def _place(path: Trajectory, k: int, shown: Sequence[int]) -> str:
    theta = path.points[k]
    return _bracketed([number(theta[i]) for i in (shown if len(theta) > 1 else (0,))])


def _bracketed(texts: Sequence[str]) -> str:
    return f"({', '.join(texts)})" if len(texts) > 1 else texts[0]


def _each(quantity: Quantity, shown: Sequence[int]) -> tuple[str, ...]:
    """The numbers of the parameters shown; one text for what all parameters share."""
    return tuple(number(value) for value in quantity.of(shown))


def table(path: Trajectory, step: int, shown: Sequence[int]) -> tuple[list[Row], list[str]]:
    """The quantities of a step, and the rule in LaTeX with each shown parameter's numbers.

    Empty where the path has no such step.
    """
    if not 0 <= step < path.steps:
        return [], []
    numbers = path.explain(step)
    rows = [Row(each.name, each.symbol, _each(each, shown)) for each in numbers]
    return rows, [path.optimizer.filled(numbers, i) for i in shown]
