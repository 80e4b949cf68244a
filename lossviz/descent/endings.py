"""Endings of a descent: why a path ended, from the path and the surface around its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossviz.descent.evidence import AROUND, Evidence, gather, recent
from lossviz.finite_differences import kind
from lossviz.text import count as counted
from lossviz.text import number

Array = NDArray[np.floating]

KINDS = {
    "converged": "Converged",
    "ran_out": "Ran out of steps",
    "diverged": "Diverged",
    "plateau": "Stalled on a plateau",
    "kink": "Oscillating at a kink",
    "no_gradient": "No gradient",
    "gave_up": "Line search failed",
}
ON = 8  # Newton's steps that must not get shorter where a loss has no minimum
FALLING = 0.7  # of the slope before: the most that such a step leaves
LEFT = 1e-8  # the share of the descent that may be left over at a converged point


@dataclass(frozen=True)
class Ending:
    """How a path ended: ``kind`` is a key of ``KINDS``, ``step`` the last one taken."""

    kind: str
    step: int
    message: str

    @property
    def label(self) -> str:
        """The kind in words."""
        return KINDS[self.kind]

    def __str__(self) -> str:
        return self.message


def judge(path: Any) -> tuple[NDArray[np.str_], Evidence]:
    """The kind of ending of every start of a ``Trajectory`` (L,), and why."""
    points = path.points.reshape(len(path.points), -1, path.points.shape[-1])
    values = path.values.reshape(len(points), -1)
    lost = path.lost.reshape(-1)
    with np.errstate(all="ignore"):  # lost paths end near the edge of the numbers
        seen = gather(path.objective, points, values)
        most = np.abs(seen.eigenvalues).max(-1, initial=0.0)
        flat = most <= 1e-9 * seen.promise
        convex = seen.eigenvalues.min(-1, initial=np.inf) >= -1e-9 * most
        rounding = 1e-14 * np.abs(values[-1]) + 1e-12 * seen.spread
        small = seen.left <= LEFT * np.abs(values[0] - values[-1]) + rounding
        gap = values[-1] - seen.lowest
        plateau = (
            (path.steps >= 10)
            & seen.calm
            & (gap > 1e-6 * np.abs(values[-1]) + rounding)
            & (np.abs(seen.change) <= 1e-3 * gap)
            & (seen.end_slope <= 0.05 * seen.promise)
            & ~(convex & (seen.left <= 0.1 * gap) & ~flat)  # no local valley it is walking into
        )
        rules = [
            (lost, "diverged"),
            (np.full(len(lost), path.asked == 0), "ran_out"),
            ((seen.end_slope > 0) & (seen.end_slope <= path.tolerance), "converged"),
            (seen.silent, "no_gradient"),
            (plateau & flat & (seen.end_slope == 0), "plateau"),
            (small & (convex | (seen.jump <= 0.01)) | seen.resting, "converged"),
            (seen.kink, "kink"),
            (seen.growing, "diverged"),
            (plateau, "plateau"),
            (np.full(len(lost), path.steps < path.asked), "gave_up"),
        ]
    verdict = np.full(len(lost), "ran_out", dtype="<U11")
    for holds, which in reversed(rules):
        verdict[holds] = which
    return verdict, seen


def ending(path: Any) -> Ending:
    """The ending of the single start of a ``Trajectory``, in a sentence with its evidence."""
    verdict, seen = judge(path)
    which, step = str(verdict[0]), len(path.points) - 1
    return Ending(which, step, SENTENCES[which](path, Evidence(*(e[0] for e in seen)), step))


def _steps(count: int) -> str:
    return counted(count, "step")


def _place(point: Array) -> str:
    if len(point) > 4:
        return f"distance {number(np.linalg.norm(point))} from the origin"
    return f"({', '.join(number(value) for value in point)})"


def _converged(path: Any, seen: Evidence, step: int) -> str:
    after = f"all {_steps(step)}" if step == path.asked and step > 1 else _steps(step)
    start = f"Converged: after {after} it is at {_place(path.points[-1])}"
    loss = f"The loss is {number(path.values[-1], 6)}."
    if seen.resting:
        return (
            f"{start}, on a kink, where the derivative changes sign along some "
            f"parameter and is zero along the others. {loss}"
        )
    text = f"{start}, where the gradient norm is {number(seen.end_slope, 2)}"
    if 0 < seen.end_slope <= path.tolerance:
        return f"{text}, within the tolerance of {number(path.tolerance, 2)}. {loss}"
    if not len(seen.eigenvalues):
        return f"{text}. {loss}"
    size = 1 + np.abs(path.points[-1]).max()
    slight = np.abs(seen.eigenvalues) * size**2 <= 1e-12 * np.abs(path.values[-1])
    if runs_on(path.objective, path.points[-1]):
        return (
            f"{text}, and this is no minimum: Newton's steps from here lower the loss again and "
            f"again without getting shorter, so it falls for ever, by less and less. {loss}"
        )
    sort = {
        "minimum": "a local minimum: the Hessian is positive definite",
        "maximum": "a maximum, not a minimum: the Hessian is negative definite",
        "saddle": "a saddle, not a minimum: the Hessian is indefinite",
        "flat": "a flat place: along some direction there is no curvature",
    }[kind(np.where(slight, 0.0, seen.eigenvalues))]
    return f"{text}, and this is {sort}. {loss}"


def runs_on(objective: Any, point: Array) -> bool:
    """Whether Newton's steps from a point (p,) lead on and on, as towards infinity.

    Near a minimum they shorten by more at every step, or are rounding, whose slope does not fall.
    """
    shortest, slope = 0.0, np.inf
    with np.errstate(all="ignore"):
        for _ in range(ON):
            gradient, hessian = objective.gradient(point), objective.hessian(point)
            slope, before = float(np.linalg.norm(gradient)), slope
            if not (np.isfinite(hessian).all() and 0 < slope < FALLING * before):
                return False
            step = np.linalg.lstsq(hessian, -gradient, rcond=None)[0]
            length = float(np.linalg.norm(step))
            if length < shortest:
                return False
            shortest = shortest or 0.5 * length
            point = point + step
    return True


def _ran_out(path: Any, seen: Evidence, step: int) -> str:
    start = f"Ran out of steps after {step}"
    if step == 0:
        return "Ran out of steps: none were asked for."
    if not np.ptp(path.points, axis=0).any():
        return (
            f"{start}: the point never moved, though the gradient norm is "
            f"{number(seen.end_slope, 3)}."
        )
    tenth = recent(step + 1)
    if seen.stuck:
        return (
            f"{start}: the loss has not been lower in the last {_steps(tenth)}; it is "
            f"{number(path.values[-1], 6)}, the gradient norm {number(seen.end_slope, 3)}."
        )
    went = f"{'rose' if seen.change > 0 else 'fell'} by {number(abs(seen.change), 2)}"
    return (
        f"{start}: the gradient norm is still {number(seen.end_slope, 3)}, and the loss, now "
        f"{number(path.values[-1], 6)}, {went} in the last {_steps(tenth)}."
    )


def _diverged(path: Any, seen: Evidence, step: int) -> str:
    end, loss = _place(path.points[-1]), f"{number(path.values[0])} to {number(path.values[-1])}"
    if path.lost.any():
        return (
            f"Diverged after {_steps(step)}: the next one overflows (it is more than 10¹⁵ times as "
            "far out as the start, or its loss is not finite). "
            f"The last point is {end}; the loss went from {loss}."
        )
    return (
        f"Diverged: after {_steps(step)} it is at {end} and its steps keep growing; "
        f"the loss went from {loss}."
    )


def _plateau(path: Any, seen: Evidence, step: int) -> str:
    return (
        f"Stalled on a plateau after {_steps(step)} at {_place(path.points[-1])}: the gradient "
        f"norm is {number(seen.end_slope, 2)}, yet this is no minimum. On its path and at "
        f"{AROUND} points scattered around it, the lowest loss is {number(seen.lowest)} against "
        f"{number(path.values[-1])} here, an average descent of {number(seen.promise, 2)} per "
        "unit of distance."
    )


def _kink(path: Any, seen: Evidence, step: int) -> str:
    return (
        f"Oscillating at a kink after {_steps(step)} at {_place(path.points[-1])}: the derivative "
        "jumps from one side to the other instead of going to 0, so steps of this length never "
        f"settle. The loss is {number(path.values[-1], 6)}; the lowest met was "
        f"{number(path.values.min(), 6)}."
    )


def _no_gradient(path: Any, seen: Evidence, step: int) -> str:
    text = (
        f"No gradient: it is exactly zero here and at {AROUND} points around. "
        "There is nothing to follow"
    )
    if np.ptp(path.points, axis=0).any():
        return f"{text}; what moved the point is the optimizer's weight decay alone."
    return f"{text}, so the point never moved."


def _gave_up(path: Any, seen: Evidence, step: int) -> str:
    return (
        f"Line search failed after {_steps(step)} at {_place(path.points[-1])}: no lower point "
        f"lies along its direction, though the gradient norm is {number(seen.end_slope, 3)}. "
        f"The loss is {number(path.values[-1], 6)}."
    )


SENTENCES = {
    "converged": _converged,
    "ran_out": _ran_out,
    "diverged": _diverged,
    "plateau": _plateau,
    "kink": _kink,
    "no_gradient": _no_gradient,
    "gave_up": _gave_up,
}
