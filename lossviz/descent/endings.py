"""Why a path ended: judged afterwards, from the path and the ground around its last point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossviz.descent.evidence import AROUND, Evidence, gather, recent
from lossviz.finite_differences import kind

Array = NDArray[np.floating]

KINDS = {
    "converged": "Converged",
    "ran_out": "Ran out of steps",
    "diverged": "Diverged",
    "plateau": "Stalled on a plateau",
    "kink": "Bouncing at a kink",
    "no_gradient": "No gradient anywhere",
    "gave_up": "Gave up",
}
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
        most = np.abs(seen.bends).max(-1, initial=0.0)
        flat = most <= 1e-9 * seen.promise
        bowl = seen.bends.min(-1, initial=np.inf) >= -1e-9 * most
        rounding = 1e-14 * np.abs(values[-1]) + 1e-12 * seen.spread
        small = seen.left <= LEFT * np.abs(values[0] - values[-1]) + rounding
        gap = values[-1] - seen.lowest
        plateau = (
            (path.steps >= 10)
            & seen.calm
            & (gap > 1e-6 * np.abs(values[-1]) + rounding)
            & (np.abs(seen.change) <= 1e-3 * gap)
            & (seen.end_slope <= 0.05 * seen.promise)
            & ~(bowl & (seen.left <= 0.1 * gap) & ~flat)  # no local valley it is walking into
        )
        rules = [
            (lost, "diverged"),
            (np.full(len(lost), path.asked == 0), "ran_out"),
            ((seen.end_slope > 0) & (seen.end_slope <= path.tolerance), "converged"),
            (seen.silent, "no_gradient"),
            (plateau & flat & (seen.end_slope == 0), "plateau"),
            (small & (bowl | (seen.jump <= 0.01)) | seen.resting, "converged"),
            (seen.crease, "kink"),
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
    return "1 step" if count == 1 else f"{count} steps"


def _place(point: Array) -> str:
    if len(point) > 4:
        return f"{np.linalg.norm(point):.4g} from the origin"
    return f"({', '.join(f'{number:.4g}' for number in point)})"


def _converged(path: Any, seen: Evidence, step: int) -> str:
    start = f"Converged after {_steps(step)} at {_place(path.points[-1])}"
    if seen.resting:
        return (
            f"{start}: it rests on a crease, where the slope jumps from down to up along some "
            f"parameter and is nothing along the others. The loss is {path.values[-1]:.6g}."
        )
    told = f"{start}: the gradient's length is {seen.end_slope:.2g}"
    if 0 < seen.end_slope <= path.tolerance:
        return (
            f"{told}, within the tolerance of {path.tolerance:.2g}. "
            f"The loss is {path.values[-1]:.6g}."
        )
    if not len(seen.bends):
        return f"{told}. The loss is {path.values[-1]:.6g}."
    size = 1 + np.abs(path.points[-1]).max()
    slight = np.abs(seen.bends) * size**2 <= 1e-12 * np.abs(path.values[-1])
    sort = {
        "minimum": "a minimum: the ground bends up every way",
        "maximum": "a maximum, not a minimum: the ground bends down every way",
        "saddle": "a saddle, not a minimum: the ground bends up one way and down another",
        "flat": "level ground: along some direction it does not bend at all",
    }[kind(np.where(slight, 0.0, seen.bends))]
    return f"{told}, and this is {sort}. The loss is {path.values[-1]:.6g}."


def _ran_out(path: Any, seen: Evidence, step: int) -> str:
    start = f"Ran out of steps after {step}"
    if step == 0:
        return "Ran out of steps: none were asked for."
    if not np.ptp(path.points, axis=0).any():
        return f"{start}: the point never moved, though the slope is {seen.end_slope:.3g}."
    tenth = recent(step + 1)
    if seen.stuck:
        return (
            f"{start}: the loss has not been lower in the last {_steps(tenth)}; it is "
            f"{path.values[-1]:.6g}, the gradient's length {seen.end_slope:.3g}."
        )
    went = f"{'rose' if seen.change > 0 else 'fell'} by {abs(seen.change):.2g}"
    return (
        f"{start}: the gradient's length is still {seen.end_slope:.3g}, and the loss, now "
        f"{path.values[-1]:.6g}, {went} in the last {_steps(tenth)}."
    )


def _diverged(path: Any, seen: Evidence, step: int) -> str:
    end, loss = _place(path.points[-1]), f"{path.values[0]:.4g} to {path.values[-1]:.4g}"
    if path.lost.any():
        return (
            f"Diverged after {_steps(step)}: the next one leaves the map (more than 1e15 times as "
            "far out as the start, or where the loss is no finite number). "
            f"The last point is {end}; the loss went from {loss}."
        )
    return (
        f"Diverged: after {_steps(step)} it is at {end} and its steps are longer than ever; "
        f"the loss went from {loss}."
    )


def _plateau(path: Any, seen: Evidence, step: int) -> str:
    return (
        f"Stalled on a plateau after {_steps(step)} at {_place(path.points[-1])}: the gradient's "
        f"length is {seen.end_slope:.2g}, yet this is no lowest point. On its path and at "
        f"{AROUND} points scattered around it, the lowest loss is {seen.lowest:.4g} against "
        f"{path.values[-1]:.4g} here, and a straight way down falls by {seen.promise:.2g} per "
        "unit of length."
    )


def _kink(path: Any, seen: Evidence, step: int) -> str:
    return (
        f"Bouncing at a kink after {_steps(step)} at {_place(path.points[-1])}: the slope jumps "
        f"from one side to the other instead of fading, so steps of this length never settle. "
        f"The loss is {path.values[-1]:.6g}; the lowest met was {path.values.min():.6g}."
    )


def _no_gradient(path: Any, seen: Evidence, step: int) -> str:
    told = (
        f"No gradient anywhere: the slope is exactly zero here and at {AROUND} points around. "
        "There is nothing to follow"
    )
    if np.ptp(path.points, axis=0).any():
        return f"{told}; what moved the point is the optimizer's weight decay alone."
    return f"{told}, so the point never moved."


def _gave_up(path: Any, seen: Evidence, step: int) -> str:
    return (
        f"Gave up after {_steps(step)} at {_place(path.points[-1])}: the search finds no lower "
        f"point along its direction, though the gradient's length is {seen.end_slope:.3g}. "
        f"The loss is {path.values[-1]:.6g}."
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
