"""How far minima travel: against the untouched data, along a drag, as more points go bad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets import Data, Edits, FarOff
from lossviz.minima import Minimum, minimize
from lossviz.objectives import Risk
from lossviz.problem.problem import Problem

Array = NDArray[np.floating]

STEPS = 9  # places along a drag where the minimum is solved for


class Displacement(NamedTuple):
    """From one fit to another: ``by`` (p,) in parameters, its length, and at the centre.

    ``at_centre`` is how much the prediction at the untouched data's mean x changes, and
    ``typical`` the root mean square change of the predictions over the untouched data.
    """

    by: Array
    length: float
    at_centre: float
    typical: float


class Side(NamedTuple):
    """One loss of a comparison: its risk and minimum now, and before anybody moved a point."""

    risk: Risk
    best: Minimum
    clean: Risk
    before: Minimum

    @property
    def name(self) -> str:
        """What a sentence calls the loss."""
        return self.risk.loss.name

    @property
    def displacement(self) -> Displacement:
        """How far the minimum went."""
        return displacement(self.clean, self.before.theta, self.best.theta)


def displacement(before: Risk, start: Array, end: Array) -> Displacement:
    """How far a model goes from theta ``start`` to ``end`` (p,), seen at the data of ``before``."""
    X = before.data.X
    centre = X.mean(axis=0, keepdims=True)
    at = [before.model.predict(theta, centre)[0] for theta in (start, end)]
    change = before.model.predict(end, X) - before.model.predict(start, X)
    size = np.abs(change).max()
    typical = size * np.sqrt(((change / (size or 1)) ** 2).mean())
    by = end - start
    return Displacement(by, float(np.linalg.norm(by)), float(at[1] - at[0]), float(typical))


def untouched(problem: Problem) -> Problem:
    """The same problem before anybody moved a point."""
    return replace(problem, edits=Edits(), spoil=FarOff())


def home(problem: Problem, row: int) -> tuple[float, float] | None:
    """Where row ``row`` of the shown data was before it was moved; None for an added point."""
    data = problem.dataset.draw()
    origin = problem.edits.rows(len(data))[row]
    return None if origin >= len(data) else (float(data.X[origin, 0]), float(data.y[origin]))


def trail(problem: Problem, row: int, start: Sequence[float]) -> Array:
    """(m, p): the minimum while row ``row`` goes straight from ``start`` (x, y) to where it is.

    Losses with several valleys are solved at few places only.
    """
    risk = problem.risk()
    steps = STEPS if risk.loss.convex else 3
    return np.array(
        [
            minimize(replace(risk, data=data)).theta
            for data in _on_the_way(risk.data, row, start, steps)
        ]
    )


def _on_the_way(data: Data, row: int, start: Sequence[float], steps: int) -> list[Data]:
    found = []
    for t in np.linspace(0, 1, steps):
        X, y = data.X.copy(), data.y.copy()
        X[row, 0] += (1 - t) * (start[0] - X[row, 0])
        y[row] += (1 - t) * (start[1] - y[row])
        found.append(replace(data, X=X, y=y))
    return found


class Breakdown(NamedTuple):
    """``slopes`` (k,) of the fit, against ``shares`` (k,) of bad points; NaN where none is."""

    shares: Array
    slopes: Array


def breakdown(problem: Problem, most: int = 25) -> Breakdown:
    """The slope of the fit as more and more points go bad, from none to half of them.

    The bad points are those of ``problem.spoil``, at most ``most`` + 1 counts of them.  A fit
    that the loss does not allow (a target it has no loss for) is NaN.
    """
    n = len(problem.dataset.draw())
    counts = np.unique(np.linspace(0, n // 2, min(n // 2, most) + 1).round().astype(int))
    slopes = [_slope(replace(problem, spoil=replace(problem.spoil, share=k / n))) for k in counts]
    return Breakdown(counts / n, np.array(slopes))


def _slope(problem: Problem) -> float:
    try:
        return float(minimize(problem.risk()).theta[-1])
    except ValueError:
        return float("nan")
