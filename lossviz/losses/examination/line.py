"""A loss along one axis, examined for gaps, jumps and growth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from lossviz.text import number

Array = NDArray[np.floating]
Function = Callable[[Array], Array]

NEAR, FAR = 10.0, 1e4  # evenly spaced up to here, then by factors up to there
# An even number of points: 0, 1 and other likely kinks lie between two of them, not on one.
INSIDE = np.linspace(-NEAR, NEAR, 2400)
BEYOND = np.geomspace(NEAR, FAR, 241)[1:]
TRIED = np.concatenate([-BEYOND[::-1], INSIDE, BEYOND])
DECADES = np.geomspace(1e1, 1e140, 1391)
OVERFLOW = 1e290  # some losses stop here instead of at infinity; both mean: too large to say
HALVINGS = 60
CEILING = 0.02  # what rises less than this over the later half of all decades has a ceiling
POLE = 1e6  # a leap this many times the usual size is a pole


class Elementwise(Protocol):
    """What the examination needs of a loss."""

    @property
    def label(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def targets(self) -> str: ...
    def value(self, y: Array, prediction: Array) -> Array: ...
    def derivative(self, y: Array, prediction: Array) -> Array: ...


class Leap(NamedTuple):
    """Where a function leaps (or grows without limit), and from what to what."""

    x: float
    left: float
    right: float

    @property
    def size(self) -> float:
        return max(abs(self.left), abs(self.right))


@dataclass(frozen=True, eq=False)
class Line:
    """A loss along the residual r of one target y, or along the logit z of one label y."""

    loss: Elementwise
    y: float
    axis: str

    def rho(self, x: Array) -> Array:
        return self._at(self.loss.value, x)

    def slope(self, x: Array) -> Array:
        """The derivative along the axis: in r it is minus the derivative in the prediction."""
        found = self._at(self.loss.derivative, x)
        return -found if self.axis == "r" else found

    def _at(self, function: Callable[[Array, Array], Array], x: Array) -> Array:
        prediction = self.y - x if self.axis == "r" else x
        with np.errstate(all="ignore"):
            found = np.array(function(np.full(np.shape(x), self.y), prediction), float)
        found[np.abs(found) > OVERFLOW] *= np.inf
        return found

    @property
    def target(self) -> str:
        """A reminder of the target or label, where it matters."""
        if self.axis == "r":
            return "" if self.y == 0 else f" (for the target {number(self.y)})"
        return f" (for the label {number(self.y)})"

    @property
    def span(self) -> str:
        return f"for {self.axis} from {number(-FAR)} to {number(FAR)}{self.target}"

    @cached_property
    def sampled(self) -> tuple[Array, Array]:
        """The places tried, 0 among them, that have a finite loss; and the losses."""
        x = np.sort(np.append(TRIED, 0.0))
        rho = self.rho(x)
        finite = np.isfinite(rho)
        return x[finite], rho[finite]

    @cached_property
    def runs(self) -> list[slice]:
        """Stretches of ``TRIED`` on which the loss is finite."""
        finite = np.isfinite(self.rho(TRIED))
        edges = np.flatnonzero(np.diff(finite, prepend=False, append=False))
        return [slice(a, b) for a, b in edges.reshape(-1, 2)]

    def edge(self, i: int) -> float:
        """Where, between ``TRIED[i]`` and its right neighbour, finite losses begin or end."""
        low, high = TRIED[i], TRIED[i + 1]
        at_low = np.isfinite(self.rho(low))
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            same = np.isfinite(self.rho(middle)) == at_low
            low, high = (middle, high) if same else (low, middle)
        return _tidy(low)

    def walls(self) -> list[Array]:
        """Paths (m,) that lead, inside the domain, to each of its edges."""
        paths: list[Array] = []
        for run in self.runs:
            ends = ((run.start, run.start - 1, 1), (run.stop - 1, run.stop - 1, -1))
            for inside, i, way in ends:
                if 0 <= i < len(TRIED) - 1:
                    wall = self.edge(i)
                    gap = max(abs(TRIED[inside] - wall), 1e-12)
                    paths.append(wall + way * np.geomspace(gap, 1e-13, 200))
        return paths

    def dip(self, x: float) -> tuple[float, float]:
        """The place of the lowest loss between the neighbours of x, and that loss."""
        places = np.unique(np.append(TRIED, [0.0, x]))
        i = int(np.searchsorted(places, x))
        low, high = places[max(i - 1, 0)], places[min(i + 1, len(places) - 1)]
        for _ in range(HALVINGS):
            inner = low + (high - low) * np.array([1 / 3, 2 / 3])
            first, second = np.nan_to_num(self.rho(inner), nan=np.inf)
            low, high = (low, inner[1]) if first <= second else (inner[0], high)
        middle = (low + high) / 2
        best = np.array([float(f"{middle:.3g}"), middle, x])  # a round number if it does as well
        rho = np.nan_to_num(self.rho(best), nan=np.inf)
        at = int(rho.argmin())
        return _tidy(best[at]), float(rho[at])

    def growth(self, function: Function) -> Leap | None:
        """Where a function of this axis grows without limit: a pole, far out, at 0, at a wall."""
        near = np.abs(function(INSIDE))
        near = near[np.isfinite(near)]
        scale = float(np.median(near)) if near.size else 0.0
        leap = leaps(function)
        if leap is not None and leap.size > POLE * max(scale, 1):
            return leap
        for path in [DECADES, -DECADES, 1 / DECADES, -1 / DECADES, *self.walls()]:
            found = _rise(path, function(path), scale)
            if found is not None:
                return found
        return None


def leaps(function: Function) -> Leap | None:
    """The largest leap of a function between neighbours of ``TRIED``, by halving every gap.

    Halving a gap towards its larger half makes the change in a continuous function shrink; a
    leap stays as large as it was (or becomes half, where the leap itself is met).
    """
    gap = _Gaps(TRIED[:-1], TRIED[1:], function(TRIED[:-1]), function(TRIED[1:]))
    gap = gap.where(np.isfinite(gap.at_low) & np.isfinite(gap.at_high))
    noise = 1e-9 * float(np.median(np.abs(gap.at_low))) if len(gap.low) else 0.0
    with np.errstate(all="ignore"):
        # the second, longer round is for gaps that close in on 0, where floats lie densely and
        # even the slope of |r|**1.01 comes to rest at last
        for halvings in (30, 1070):
            if not len(gap.low):
                return None
            gap = gap.halved(function, 30)
            before = gap.change
            gap = gap.halved(function, halvings)
            rounding = 1e-7 * (np.abs(gap.at_low) + np.abs(gap.at_high)) + noise
            gap = gap.where(~(gap.change <= np.maximum(0.4 * before, rounding)))
        if not len(gap.low):
            return None
        i = int(np.nan_to_num(gap.change, nan=np.inf).argmax())
    x = _tidy((gap.low[i] + gap.high[i]) / 2)
    beside = 1e-9 * (1 + abs(x))
    left, right = function(np.array([x - beside, x + beside]))
    return Leap(x, float(left), float(right))


class _Gaps(NamedTuple):
    """Neighbouring places (m,) and what a function is there."""

    low: Array
    high: Array
    at_low: Array
    at_high: Array

    @property
    def change(self) -> Array:
        return np.abs(self.at_high - self.at_low)

    def where(self, which: NDArray[np.bool_]) -> _Gaps:
        return _Gaps(*(each[which] for each in self))

    def halved(self, function: Function, times: int) -> _Gaps:
        """The halves of the gaps in which the function changes more, again and again."""
        gaps = self
        for _ in range(times):
            low, high, at_low, at_high = gaps
            middle = (low + high) / 2
            if ((middle == low) | (middle == high)).all():
                break
            at = function(middle)
            left = np.abs(at - at_low) >= np.abs(at_high - at)
            gaps = _Gaps(
                np.where(left, low, middle),
                np.where(left, middle, high),
                np.where(left, at_low, at),
                np.where(left, at, at_high),
            )
        return gaps


def _rise(x: Array, values: Array, scale: float) -> Leap | None:
    """Whether the running maximum still rises over the later half of a path."""
    finite = np.isfinite(values)
    stop = len(values) if finite.all() else int(finite.argmin())
    if 0 < stop < len(values) and values[stop] == np.inf:
        return Leap(float(x[stop]), float(values[stop - 1]), np.inf)
    if stop < 4:
        return None
    top = np.maximum.accumulate(values[:stop])
    half = top[stop // 2]
    if top[-1] - half <= CEILING * max(abs(half), scale):
        return None
    return Leap(float(x[values[:stop].argmax()]), float(half), float(top[-1]))


def _tidy(x: float) -> float:
    return 0.0 if abs(x) < 1e-12 else float(x)
