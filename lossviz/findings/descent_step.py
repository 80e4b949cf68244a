"""Sentences about one step of a descent, with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
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


class Captions(NamedTuple):
    """A line for every point (t + 1) of a path: where it is, what the rule sees, its step.

    ``words`` stand around the ``numbers`` of each step but the last, one more than there are
    numbers in a row; ``end`` is the last line.
    """

    words: list[str]
    numbers: list[list[float]]
    end: str

    def lines(self) -> list[str]:
        """The lines as they are read."""
        read = [
            "".join(chain.from_iterable(zip(self.words, [*map(number, row), ""], strict=True)))
            for row in self.numbers
        ]
        return [*read, self.end]


def captions(path: Trajectory, shown: Sequence[int]) -> Captions:
    """What is told of every point of a path: nothing is put into words that nobody looks at."""
    coordinates = shown if path.points.shape[-1] > 1 else (0,)
    words: list[str] = []
    rows = []
    for theta, value, numbers in zip(path.points, path.values, path.replay(), strict=False):
        quantities = [("θ", [float(theta[i]) for i in coordinates]), ("loss", [float(value)])]
        for each in numbers:
            if each.key in SPOKEN:
                name = SHORT.get(each.key, each.name.lower())
                quantities.append((name, each.of(shown)))
        words = words or _around([(name, len(values)) for name, values in quantities])
        rows.append([value for _, values in quantities for value in values])
    place = [number(path.points[-1, i]) for i in coordinates]
    at = f"({', '.join(place)})" if len(place) > 1 else place[0]
    return Captions(words, rows, f"θ {at}  ·  loss {number(path.values[-1])}  ·  the end")


def _around(quantities: Sequence[tuple[str, int]]) -> list[str]:
    """The words around so many numbers under each name: ["θ (", ", ", ")  ·  loss ", ""]."""
    words, before = [], ""
    for name, count in quantities:
        opened, closed = ("(", ")") if count > 1 else ("", "")
        words += [f"{before}{name} {opened}", *[", "] * (count - 1)]
        before = f"{closed}  ·  "
    return [*words, before.removesuffix("  ·  ")]


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
