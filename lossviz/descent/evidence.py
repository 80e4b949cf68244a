"""The evidence for an ending: gradients, curvature and values around a path's last point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossviz.finite_differences import in_chunks

Array = NDArray[np.floating]
Flags = NDArray[np.bool_]

MOST = 64  # parameters up to which the curvature at the end is looked at
AROUND = 64  # points scattered around the end
LOOKS = 8  # last steps searched for a kink
HALVINGS = 50


class Evidence(NamedTuple):
    """What the verdict rests on, one entry per start (L,)."""

    end_slope: Array
    left: Array  # the descent still to come, by the quadratic at the end
    jump: Array  # how far its critical point is, relative to the size of the end
    eigenvalues: Array  # (L, p) eigenvalues at the end; (L, 0) where there are too many parameters
    resting: Flags  # the last step did not move, on a kink that rises both ways
    stuck: Flags  # the lowest value is older than the last tenth of the steps
    kink: Flags  # oscillating: hardly lower on average, and the slope jumps between two points
    growing: Flags  # the steps grow, and so does the value, or it falls beyond all measure
    calm: Flags  # the last tenth of the steps are short beside the size of the end
    change: Array  # of the value over the last tenth of the steps
    lowest: Array  # value on the path and among the points scattered around the end
    promise: Array  # the steepest straight way down to one of these: drop over distance
    spread: Array  # the middle difference in value between them and the end
    silent: Flags  # every slope met on or around the path is exactly zero


class Surroundings(NamedTuple):
    lowest: Array
    promise: Array
    spread: Array
    silent: Flags


class Course(NamedTuple):
    still: Flags  # the last step moved nothing, or had no slope to follow
    stuck: Flags
    swinging: Flags
    growing: Flags
    calm: Flags
    change: Array


def recent(count: int) -> int:
    """How many of the last steps of a path of ``count`` points are looked at: a tenth."""
    return min(max((count - 1) // 10, 5), count - 1)


def gather(objective: Any, points: Array, values: Array) -> Evidence:
    """The evidence on the paths points (t + 1, L, p) with values (t + 1, L)."""
    end = points[-1]
    gradient = in_chunks(objective.gradient, end)
    slope = np.linalg.norm(gradient, axis=-1)
    around = _surroundings(objective, points, values, slope)
    course = _course(points, values, slope)
    left, jump, eigenvalues = _left(objective, end, gradient)
    return Evidence(
        slope,
        left,
        jump / (1 + np.abs(end).max(-1)),
        eigenvalues,
        _among(course.still, lambda some: _rests(objective, end[some], gradient[some])),
        course.stuck,
        _among(
            course.stuck | course.swinging,
            lambda some: _kink(objective, points[-LOOKS:, some]),
        ),
        course.growing,
        course.calm,
        course.change,
        *around,
    )


def _surroundings(objective: Any, points: Array, values: Array, slope: Array) -> Surroundings:
    """Heights at points scattered around the end, near and far, and on the way there."""
    end, p = points[-1], points.shape[-1]
    around = np.random.default_rng(0).normal(size=(AROUND, p))
    around *= np.geomspace(0.01, 2, AROUND)[:, None]
    away = around * (1 + np.abs(end).max(-1))[:, None, None]
    near = end[:, None, :] + away
    heights = in_chunks(objective.value, near.reshape(-1, p)).reshape(len(end), AROUND)
    heights = np.where(np.isfinite(heights), heights, np.inf)
    drop = values[-1][:, None] - heights
    lowest = values.argmin(0)
    past = np.take_along_axis(points, lowest[None, :, None], axis=0)[0]
    back = np.linalg.norm(past - end, axis=-1)
    fall = (values[-1] - values.min(0)) / np.where(back > 0, back, 1.0)
    return Surroundings(
        np.minimum(heights.min(-1), values.min(0)),
        np.maximum((drop / np.linalg.norm(away, axis=-1)).max(-1), fall),
        np.median(np.abs(np.where(np.isfinite(drop), drop, 0.0)), axis=-1),
        _among(slope == 0, lambda some: _silent(objective, points[0, some], near[some])),
    )


def _course(points: Array, values: Array, slope: Array) -> Course:
    """How the last tenth of the steps compares with what came before."""
    tenth, last = recent(len(points)), len(points) - 1
    enough, late = last >= 10, last - tenth
    moves = np.linalg.norm(np.diff(points, axis=0, prepend=points[:1]), axis=-1)
    size = 1 + np.abs(points[-1]).max(-1)
    still = (moves[-1] <= 1e-12 * size) & (moves.max(0) > 0)
    best = np.minimum.accumulate(values)
    stuck = best[-1] >= best[late] - 1e-9 * np.abs(best[0] - best[-1])
    level, before = values[late:].mean(0), values[max(late - tenth, 0) : late + 1].mean(0)
    swinging = np.abs(level - before) <= 0.05 * (level - values[late:].min(0))
    rising = (values.argmax(0) >= late) & (values[-1] > values[0])
    lately = moves[min(late + 1, last) :]
    faster = (moves.argmax(0) >= late) & (lately.mean(0) > 1.5 * np.median(moves, axis=0))
    far = np.abs(points[-1]).max(-1) > 1e3 * (1 + np.abs(points[0]).max(-1))
    bottomless = far & (values[-1] < -1e3 * np.abs(values[0]))
    return Course(
        still | (slope == 0),
        stuck & enough,
        swinging & enough,
        faster & (rising & (far | enough) | bottomless),
        lately.max(0) <= 0.1 * size,
        values[-1] - values[late],
    )


def _among(chosen: Flags, test: Callable[[Flags], Flags]) -> Flags:
    """``test`` where it is worth making, False elsewhere."""
    answer = np.zeros(len(chosen), bool)
    if chosen.any():
        answer[chosen] = test(chosen)
    return answer


def _left(objective: Any, end: Array, gradient: Array) -> tuple[Array, Array, Array]:
    """What the local quadratic says is still to be descended, how far, and its curvatures.

    With too many parameters for a Hessian: zero where the slope is nothing, else infinite.
    """
    if end.shape[-1] > MOST:
        slope = np.linalg.norm(gradient, axis=-1)
        left = np.where(slope <= 1e-10, 0.0, np.inf)
        return left, left, np.empty((len(end), 0))
    hessian = objective.hessian(end)
    safe = np.isfinite(hessian).all((-1, -2))
    eigenvalues, basis = np.linalg.eigh(np.where(safe[:, None, None], hessian, 0.0))
    along = np.einsum("nij,ni->nj", basis, gradient)
    floor = np.maximum(
        np.abs(eigenvalues), 1e-12 * np.abs(eigenvalues).max(-1, keepdims=True) + 1e-300
    )
    jump = np.where(along == 0, 0.0, along / floor)
    left = (along * jump / 2).sum(-1)
    left = np.where(safe & np.isfinite(left), left, np.inf)
    return left, np.linalg.norm(jump, axis=-1), eigenvalues


def _silent(objective: Any, start: Array, near: Array) -> Flags:
    """Whether the slope is exactly zero at the start (L, p) and all points (L, m, p) around."""
    places = np.concatenate([start[:, None, :], near], axis=1)
    slopes = in_chunks(objective.gradient, places.reshape(-1, places.shape[-1]))
    return np.all(slopes.reshape(len(near), -1) == 0, axis=-1)


def _rests(objective: Any, end: Array, gradient: Array) -> Flags:
    """Whether the slope along every parameter is either nothing, or jumps from down to up."""
    p = end.shape[-1]
    nudge = np.maximum(1.0, np.abs(end))[:, None, :] * np.eye(p)
    sizes = np.reshape([1e-6, -1e-6, 1e-9, -1e-9], (4, 1, 1, 1))
    sides = end[:, None, :] + sizes * nudge
    met = in_chunks(objective.gradient, sides.reshape(-1, p)).reshape(sides.shape)
    up, down, up_close, down_close = np.diagonal(met, axis1=-2, axis2=-1)
    nothing = np.abs(gradient) <= 1e-6 * np.abs(gradient).max(-1, keepdims=True)
    # on smooth surface the slopes on the two sides would meet as the sides come closer
    jumps = (up > 0) & (down < 0) & (up_close - down_close > (up - down) / 2)
    return np.all(nothing | jumps, axis=-1) & np.any(jumps, axis=-1)


def _kink(objective: Any, points: Array) -> Flags:
    """Whether the slope along one of the steps between points (m, L, p) jumps up at a place.

    A step that crosses a floor is halved again and again towards the crossing: on smooth
    surface the slopes on the two sides meet, at a kink they do not.
    """
    low, high = points[:-1].reshape(-1, points.shape[-1]), points[1:].reshape(-1, points.shape[-1])
    direction = high - low

    def slope(at: Array) -> Array:
        return (in_chunks(objective.gradient, at) * direction).sum(-1)

    before, after = slope(low), slope(high)
    crossing = (before < 0) & (after > 0)
    if not crossing.any():
        return np.zeros(points.shape[1], bool)
    left, right = before, after
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        met = slope(middle)
        up = met > 0
        low, high = np.where(up[:, None], low, middle), np.where(up[:, None], middle, high)
        left, right = np.where(up, left, met), np.where(up, met, right)
        jump = crossing & (right - left > 1e-6 * (after - before))
        if not jump.any():
            break
    return np.any(jump.reshape(len(points) - 1, -1), axis=0)
