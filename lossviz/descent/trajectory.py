"""Trajectories: one loop for every optimizer, and the path it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, repeat
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.descent.endings import ending, judge
from lossviz.finite_differences import in_chunks
from lossviz.objectives import Objective
from lossviz.optimizers import Optimizer, Quantity, Schedule
from lossviz.recipes import generator

Array = NDArray[np.floating]
Rows = tuple[NDArray[np.integer], ...]
EDGE = 1e15  # beyond it neighbouring float64 numbers are more than 0.1 apart
CHECK = 64  # steps between looks at whether anybody is still walking


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The points (t + 1, ..., p) of a descent with their values (t + 1, ...), all finite.

    ``stopped`` (...) is the last step of each start, after which its point is repeated;
    ``lost`` (...) says that the next step left the numbers.  ``scales`` (t,) are the
    schedule's factors and ``batches`` the rows of every step, or None for all the data.
    ``asked`` and ``tolerance`` are those of the call.
    """

    objective: Objective
    optimizer: Optimizer
    points: Array
    values: Array
    stopped: NDArray[np.integer]
    lost: NDArray[np.bool_]
    scales: Array
    batches: Rows | None = None
    asked: int = 0
    tolerance: float = 0.0

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return len(self.points) - 1

    @cached_property
    def ending(self) -> Any:
        """The ``Ending`` of a single start; for many, an array (...) of their kinds."""
        if self.points.ndim == 2:
            return ending(self)
        return judge(self)[0].reshape(self.values.shape[1:])

    @cached_property
    def gradient_norms(self) -> Array:
        """(t + 1, ...) the length of the full gradient at every point."""
        return np.linalg.norm(everywhere(self.objective.gradient, self.points), axis=-1)

    @property
    def best(self) -> Array:
        """(..., p) the lowest point of each path."""
        lowest = self.values.argmin(0)
        return np.take_along_axis(self.points, lowest[None, ..., None], axis=0)[0]

    def distance(self, to: ArrayLike) -> Array:
        """(t + 1, ...) how far every point is from a point (p,)."""
        return np.linalg.norm(self.points - np.asarray(to, float), axis=-1)

    def one(self, *index: int) -> Trajectory:
        """The path of one start of a batch, cut where it stopped."""
        at: Any = (slice(0, int(self.stopped[index]) + 1), *index)
        return replace(
            self,
            points=self.points[at],
            values=self.values[at],
            stopped=self.stopped[index],
            lost=self.lost[index],
        )

    def replay(self) -> Iterator[tuple[Quantity, ...]]:
        """The named numbers of every step, with the states computed again along the path.

        Each entry is what ``optimizer.filled`` needs to write the rule with its numbers.
        """
        state = self.optimizer.init(self.points[0])
        for step, (theta, after, seen) in enumerate(
            zip(self.points, self.points[1:], self._looks(), strict=False)
        ):
            with np.errstate(all="ignore"):  # a path that diverged overflows again
                numbers, state = self._replayed(step, state, theta, after, seen)
            yield numbers

    def _looks(self) -> Iterator[dict[str, Any]]:
        """What the rule saw at each step: of all the data at many points at once."""
        rule, whole = self.optimizer, cast(Any, self.objective)
        if self.batches is not None:
            for rows, theta in zip(self.batches, self.points, strict=False):
                yield rule.look(whole.on(rows), theta)
            return
        for first in range(0, self.steps, CHECK):
            points = self.points[first : min(first + CHECK, self.steps)]
            with np.errstate(all="ignore"):
                seen = rule.look(whole, points)
            for k in range(len(points)):
                yield {name: met if callable(met) else met[k] for name, met in seen.items()}

    def _replayed(
        self, step: int, state: Any, theta: Array, after: Array, seen: dict[str, Any]
    ) -> tuple[tuple[Quantity, ...], Any]:
        """The named numbers of one step, and the state after it."""
        rule, scale = self.optimizer, self.scales[step]
        if rule.line_search:
            scale = scale * _share(rule.explain(state=state, theta=theta, **seen), after)
        numbers = rule.explain(state=state, theta=theta, scale=scale, **seen)
        return numbers, rule.update(state=state, theta=theta, scale=scale, **seen)[1]

    def explain(self, step: int) -> tuple[Quantity, ...]:
        """The named numbers of the step from ``points[step]`` to ``points[step + 1]``.

        Raises ValueError when there is no such step.
        """
        if not 0 <= step < self.steps:
            raise ValueError(f"This path has steps 0 to {self.steps - 1}; there is no step {step}.")
        return next(islice(self.replay(), step, None))


def _share(numbers: tuple[Quantity, ...], after: Array) -> Array:
    """How much of the full step was taken, where a search chose its length."""
    known = {each.key: each.value for each in numbers}
    full, taken = known["step"], after - known["theta"]
    length = (full * full).sum(-1, keepdims=True)
    return (taken * full).sum(-1, keepdims=True) / np.where(length > 0, length, 1.0)


def descend(
    objective: Objective,
    optimizer: Optimizer,
    start: ArrayLike,
    steps: int = 200,
    batch_size: int | None = None,
    seed: int = 0,
    schedule: Schedule | None = None,
    tolerance: float = 0.0,
    batches: Iterable[ArrayLike] | None = None,
) -> Trajectory:
    """Follow ``optimizer`` for ``steps`` from ``start`` (..., p), many starts at once.

    ``batch_size`` draws mini-batches from the data, reshuffled every epoch by ``seed``;
    ``batches`` gives the rows of each step instead.  ``schedule`` scales the learning rate.
    A start stops early when it diverges, or when the norm of its gradient is
    at most ``tolerance``.

    Raises ValueError when the start does not fit the objective or has no finite value there,
    the number of steps is no whole number, the tolerance is negative or no number, or
    mini-batches are asked for where there are none.
    """
    theta = checked_start(objective, start)
    steps = whole(steps, "steps", 0)
    if not isinstance(tolerance, int | float) or not tolerance >= 0:
        raise ValueError(f"Descending needs a tolerance of at least 0; got {tolerance!r}.")
    rows = _rows(objective, steps, batch_size, seed, batches)
    steps = steps if rows is None else len(rows)
    scales = np.ones(steps) if schedule is None else schedule.factors(steps)
    if optimizer.line_search and (rows is not None or schedule is not None):
        raise ValueError(
            f"{optimizer.label} searches along the whole loss for its own step lengths, so it "
            "takes neither mini-batches nor a schedule. Leave them out."
        )
    full: Any = objective
    objectives = repeat(full) if rows is None else (full.on(some) for some in rows)
    edge = edge_of(theta)

    def walking(at: Array) -> bool:
        inside = (np.abs(at) < edge).all(-1)
        if tolerance:
            inside &= np.linalg.norm(objective.gradient(at), axis=-1) > tolerance
        return bool(inside.any())

    points = np.empty((steps + 1, *theta.shape))
    points[0] = theta
    taken = 0
    with np.errstate(all="ignore"):  # leaving the map is an ending, not a warning
        for taken, at in enumerate(optimizer.walk(objectives, theta, scales.tolist()), start=1):
            points[taken] = at
            if not taken % CHECK and not walking(at):
                break
        points = points[: taken + 1]
        return _settled(objective, optimizer, points, edge, tolerance, scales[:taken], rows, steps)


def _settled(
    objective: Objective,
    optimizer: Optimizer,
    points: Array,
    edge: float,
    tolerance: float,
    scales: Array,
    rows: Rows | None,
    asked: int,
) -> Trajectory:
    """The trajectory with every start held at the last point before it was lost or arrived."""
    out = np.logical_not((np.abs(points) < edge).all(-1))
    if out.any():
        points = np.where(out[..., None], points[0], points)
    values = everywhere(objective.value, points)
    out |= ~np.isfinite(values)
    if out[0].any():
        raise ValueError(
            "The objective has no finite value at the start; choose a start inside its domain."
        )
    taken = len(points) - 1
    lost = out.any(0)
    stopped = np.where(lost, out.argmax(0) - 1, taken)
    if tolerance:
        norms = np.linalg.norm(everywhere(objective.gradient, points), axis=-1)
        there = norms <= tolerance
        arrived = np.where(there.any(0), there.argmax(0), taken)
        lost, stopped = lost & (stopped < arrived), np.minimum(stopped, arrived)
    last = int(stopped.max(initial=0))
    held = np.minimum(np.arange(last + 1).reshape((-1,) + (1,) * stopped.ndim), stopped)
    return Trajectory(
        objective,
        optimizer,
        np.take_along_axis(points, held[..., None], axis=0),
        np.take_along_axis(values, held, axis=0),
        np.asarray(stopped),
        np.asarray(lost),
        scales[:last],
        rows if rows is None else rows[:last],
        asked,
        tolerance,
    )


def everywhere(function: Any, points: Array) -> Array:
    """``function`` at (..., p), in chunks that bound the memory."""
    answer = in_chunks(function, points.reshape(-1, points.shape[-1]))
    return answer.reshape(points.shape[:-1] + answer.shape[1:])


def checked_start(objective: Objective, start: ArrayLike) -> Array:
    """The start as float64 (..., p); ValueError when it does not fit or is not finite."""
    theta = np.array(start, float)
    p = objective.layout.size
    if theta.shape[-1:] != (p,):
        raise ValueError(
            f"A start needs {p} numbers, one for each parameter; got shape {theta.shape}."
        )
    if not theta.size:
        raise ValueError("There is no start to descend from; give at least one.")
    if not np.isfinite(theta).all():
        raise ValueError("A start needs finite numbers; this one holds NaN or infinity.")
    return theta


def edge_of(theta: Array) -> float:
    """How far the map reaches for these starts."""
    return EDGE * max(1.0, float(np.abs(theta).max(initial=0.0)))


def whole(value: Any, name: str, least: int) -> int:
    """``value`` as an int; ValueError when it is none, or too small."""
    number = isinstance(value, int | float | np.integer | np.floating)
    if not number or isinstance(value, bool) or not np.isfinite(value):
        raise ValueError(f"Descending needs {name} to be a whole number; got {value!r}.")
    if int(value) != value or value < least:
        raise ValueError(
            f"Descending needs {name} to be a whole number of at least {least}; got {value!r}."
        )
    return int(value)


def _rows(
    objective: Any,
    steps: int,
    batch_size: int | None,
    seed: int,
    batches: Iterable[ArrayLike] | None,
) -> Rows | None:
    """The rows of every step, or None for all the data at every step."""
    if batch_size is None and batches is None:
        return None
    if not hasattr(objective, "on"):
        raise ValueError("This objective has no data, so there are no mini-batches to draw from.")
    if batches is not None:
        return tuple(_checked_rows(some, len(objective.data)) for some in islice(batches, steps))
    size = whole(batch_size, "batch_size", 1)
    return tuple(islice(epochs(len(objective.data), size, seed), steps))


def _checked_rows(some: ArrayLike, n: int) -> NDArray[np.integer]:
    rows = np.asarray(some)
    if rows.ndim != 1 or rows.dtype.kind not in "iu" or not np.isin(rows, np.arange(n)).all():
        raise ValueError(
            f"A mini-batch is a list of row numbers from 0 to {n - 1}; got {some!r:.60}."
        )
    return rows


def epochs(n: int, size: int, seed: int) -> Iterator[NDArray[np.integer]]:
    rng = generator(seed)
    while True:
        order = rng.permutation(n)
        yield from (order[i : i + size] for i in range(0, n, size))
