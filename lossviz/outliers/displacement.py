"""Displacement of minima: from the untouched data, along a drag, as contamination grows."""

from __future__ import annotations

import math
from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets import Edits, FarOff
from lossviz.landscapes.engines.threads import Progress
from lossviz.minima import Minimum, minimize
from lossviz.objectives import Risk
from lossviz.problem.problem import Problem

Array = NDArray[np.floating]

NOTHING = 1e-9  # of a parameter or position: less than this is rounding
STEPS = 6  # steps along a drag where the minimum is solved for, at least; at most twice as many


class Displacement(NamedTuple):
    """From one fit to another: ``by`` (p,) in parameters, its length, and at the centre.

    ``at_centre`` is how much the prediction at the untouched data's mean x changes, and
    ``typical`` the root mean square change of the predictions over the untouched data.
    ``centre`` is that mean x, 0 where it is rounding.
    """

    by: Array
    length: float
    at_centre: float
    typical: float
    centre: float


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

    @property
    def moved(self) -> bool:
        """Whether the minimum went further than rounding."""
        size = 1 + float(np.abs(self.before.theta).max())
        return self.displacement.length > NOTHING * size

    @property
    def same_data(self) -> bool:
        """Whether no point differs from the untouched data."""
        now, then = self.risk.data, self.clean.data
        return np.array_equal(now.X, then.X) and np.array_equal(now.y, then.y)

    @property
    def one_position(self) -> bool:
        """Whether all points share one x, so that they determine no slope."""
        x = self.risk.data.X[:, 0]
        return bool(x.min() == x.max())


def displacement(before: Risk, start: Array, end: Array) -> Displacement:
    """How far a model goes from theta ``start`` to ``end`` (p,), seen at the data of ``before``."""
    X = before.data.X
    centre = X.mean(axis=0, keepdims=True)
    at = [before.model.predict(theta, centre)[0] for theta in (start, end)]
    change = before.model.predict(end, X) - before.model.predict(start, X)
    size = np.abs(change).max()
    typical = size * np.sqrt(((change / (size or 1)) ** 2).mean())
    by = end - start
    middle = float(centre[0, 0])
    return Displacement(
        by,
        float(np.linalg.norm(by)),
        float(at[1] - at[0]),
        float(typical),
        middle if abs(middle) > NOTHING * np.abs(X[:, 0]).max() else 0.0,
    )


def untouched(problem: Problem) -> Problem:
    """The same problem before anybody moved a point."""
    return replace(problem, edits=Edits(), contamination=FarOff())


def home(problem: Problem, row: int) -> tuple[float, float] | None:
    """Where row ``row`` of the shown data was before it was moved; None for an added point."""
    data = problem.dataset.draw()
    origin = problem.edits.rows(len(data))[row]
    return None if origin >= len(data) else (float(data.X[origin, 0]), float(data.y[origin]))


def unmoved(problem: Problem, row: int) -> Problem:
    """The same problem with row ``row`` of the shown data where it was before it was moved."""
    origin = problem.edits.rows(len(problem.dataset.draw()))[row]
    moves = tuple(move for move in problem.edits.moves if move[0] != origin)
    return replace(problem, edits=replace(problem.edits, moves=moves))


def trail(
    problem: Problem,
    row: int,
    start: Sequence[float],
    known: MutableMapping[tuple[float, float], Array] | None = None,
) -> Array:
    """(m, p): the minimum while row ``row`` goes straight from ``start`` (x, y) to where it is.

    The places on the way are those that a shorter or longer way shares: ``known`` has the minima
    of places met before, and is given those that are new.  Losses with several valleys are
    solved at few places only.
    """
    risk, known = problem.risk(), {} if known is None else known
    data = risk.data
    end = float(data.X[row, 0]), float(data.y[row])
    found = []
    for place in _on_the_way(start, end, risk.loss.convex):
        if place not in known:
            X, y = data.X.copy(), data.y.copy()
            X[row, 0], y[row] = place
            known[place] = minimize(replace(risk, data=replace(data, X=X, y=y))).theta
        found.append(known[place])
    return np.array(found)


def _on_the_way(
    start: Sequence[float], end: tuple[float, float], many: bool
) -> list[tuple[float, float]]:
    """From ``start`` to ``end`` in steps of a power of two, which neighbouring ways share."""
    begin, by = np.array(start), np.array(end) - np.array(start)
    length = float(np.hypot(*by))
    step = 2.0 ** math.floor(math.log2(length / STEPS)) if many else length / 2
    far = step * np.arange(math.ceil(length / step))
    inner = (begin + far[:, None] * (by / length)).tolist()
    return [(float(x), float(y)) for x, y in inner] + [end]


class Breakdown(NamedTuple):
    """``slopes`` (k,) of the fit, against ``shares`` (k,) of bad points; NaN where none is."""

    shares: Array
    slopes: Array


def breakdown(problem: Problem, most: int = 25, progress: Progress | None = None) -> Breakdown:
    """The slope of the fit as more and more points go bad, from none to half of them.

    The contaminated points are those of ``problem.contamination``, at most ``most`` + 1 counts of
    them.  A fit that the loss does not allow (a target it has no loss for) is NaN.  ``progress``
    hears the share that is done.
    """
    n = len(problem.dataset.draw())
    counts = np.unique(np.linspace(0, n // 2, min(n // 2, most) + 1).round().astype(int))
    slopes = []
    for done, k in enumerate(counts, start=1):
        contamination = replace(problem.contamination, share=k / n)
        slopes.append(_slope(replace(problem, contamination=contamination)))
        if progress:
            progress(done / len(counts))
    return Breakdown(counts / n, np.array(slopes))


def _slope(problem: Problem) -> float:
    try:
        return float(minimize(problem.risk()).theta[-1])
    except ValueError:
        return float("nan")
