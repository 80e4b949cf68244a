"""The checks of a loss: a true sentence each, with the numbers it was read from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from lossviz.losses.examination.line import FAR, OVERFLOW, TRIED, Leap, Line, leaps
from lossviz.text import listing, number


class Finding(NamedTuple):
    """One fact: its name, whether it holds, the sentence that says so, the numbers behind it."""

    name: str
    holds: bool
    sentence: str
    witness: tuple[float, ...] = ()


def defined(lines: Sequence[Line]) -> Finding:
    """Whether the loss is finite at every place tried, and if not, where it is not."""
    for line in lines:
        gaps = _gaps(line)
        if gaps:
            shown = listing([*gaps[:3], *(["elsewhere"] if len(gaps) > 3 else [])])
            sentence = f"The loss is not finite for {shown}{line.target}."
            return Finding("defined", False, sentence)
    return Finding("defined", True, f"The loss is finite {lines[0].span}.")


def _gaps(line: Line) -> list[str]:
    runs, axis = line.runs, line.axis
    if not runs:
        return [f"any {axis} from {number(-FAR)} to {number(FAR)}"]
    gaps = []
    if runs[0].start > 0:
        gaps.append(f"{axis} below {number(line.edge(runs[0].start - 1))}")
    for left, right in zip(runs, runs[1:], strict=False):
        low, high = line.edge(left.stop - 1), line.edge(right.start - 1)
        gaps.append(f"{axis} between {number(low)} and {number(high)}")
    if runs[-1].stop < len(TRIED):
        gaps.append(f"{axis} above {number(line.edge(runs[-1].stop - 1))}")
    if not np.isfinite(line.rho(np.array(0.0))) and any(
        TRIED[run.start] < 0 < TRIED[run.stop - 1] for run in runs
    ):
        gaps.append(f"{axis} = 0")
    return gaps


def constant(line: Line) -> Finding:
    x, rho = line.sampled
    if np.ptp(rho) <= 1e-12 * np.abs(rho).max():
        sentence = (
            f"Constant: the loss is {number(rho[0])} for every prediction, so every model is "
            "equally "
            "good and there is nothing to learn."
        )
        return Finding("constant", True, sentence, (rho[0],))
    i, j = rho.argmin(), rho.argmax()
    sentence = (
        f"Not constant: at {line.axis} = {number(x[i])} the loss is {number(rho[i])}, at "
        f"{line.axis} = {number(x[j])} it is {number(rho[j])}{line.target}."
    )
    return Finding("constant", False, sentence, (x[i], rho[i], x[j], rho[j]))


def non_negative(line: Line) -> Finding:
    x, rho = line.sampled
    i = rho.argmin()
    if rho[i] >= -1e-12 * max(1.0, float(np.median(np.abs(rho)))):
        return Finding("non-negative", True, f"Never below 0 {line.span}.", (x[i], rho[i]))
    sentence = f"Negative: at {line.axis} = {number(x[i])} the loss is {number(rho[i])}"
    return Finding("non-negative", False, f"{sentence}{line.target}.", (x[i], rho[i]))


def zero(line: Line) -> Finding:
    rho = float(line.rho(np.array(0.0)))
    if abs(rho) <= 1e-12:
        text = "has loss 0"
    elif np.isfinite(rho):
        text = f"has loss {number(rho)}, not 0"
    else:
        text = "has no finite loss"
    sentence = f"A perfect prediction (r = 0) {text}{line.target}."
    return Finding("zero", abs(rho) <= 1e-12, sentence, (rho,))


def convex(line: Line) -> Finding:
    """Chords between neighbours must become steeper from left to right."""
    if len(line.runs) > 1:
        sentence = f"Not convex: it is finite on {len(line.runs)} intervals with gaps between them"
        return Finding("convex", False, f"{sentence}{line.target}.")
    x = TRIED[line.runs[0]]
    rho = line.rho(x)
    if len(x) < 3:
        return Finding("convex", False, f"Too few finite values to judge convexity{line.target}.")
    chords = np.diff(rho) / np.diff(x)
    noise = 1e-13 * (1 + np.maximum(np.abs(rho[1:]), np.abs(rho[:-1]))) / np.diff(x)
    steepest = np.maximum.accumulate(chords - noise)[:-1]
    later = (chords + noise)[1:]
    drop = steepest - later
    if (drop <= 1e-9 * np.abs(later)).all():
        return Finding("convex", True, f"Convex: its derivative never decreases {line.span}.")
    j = int((drop / (1e-9 + np.abs(steepest) + np.abs(later))).argmax()) + 1
    i = int(chords[:j].argmax())
    axis = line.axis
    sentence = (
        f"Not convex: its average derivative decreases from {number(chords[i])} (between {axis} = "
        f"{number(x[i])} and {number(x[i + 1])}) to {number(chords[j])} (between "
        f"{number(x[j])} and {number(x[j + 1])}){line.target}."
    )
    return Finding("convex", False, sentence, (x[i], chords[i], x[j], chords[j]))


def smooth(line: Line) -> Finding:
    for function, what, start in (
        (line.rho, "loss", "Not even continuous"),
        (line.slope, "derivative", "Not smooth"),
    ):
        leap = leaps(function)
        if leap is not None:
            sentence = (
                f"{start}: at {line.axis} = {number(leap.x)} the {what} jumps from "
                f"{number(leap.left)} to {number(leap.right)}{line.target}."
            )
            return Finding("smooth", False, sentence, leap)
    return Finding("smooth", True, f"Smooth: loss and derivative never jump {line.span}.")


def bounded(line: Line) -> Finding:
    rise = line.growth(line.rho)
    if rise is not None:
        sentence = (
            f"Not bounded: near {line.axis} = {number(rise.x)} the loss reaches "
            f"{_reached(rise)} and goes on growing{line.target}."
        )
        return Finding("bounded", False, sentence, rise)
    top = float(line.sampled[1].max())
    return Finding("bounded", True, f"Bounded: never above {number(top)} {line.span}.", (top,))


def robust(line: Line) -> Finding:
    rise = line.growth(lambda x: np.abs(line.slope(x)))
    if rise is not None:
        sentence = (
            f"Unbounded derivative: near {line.axis} = {number(rise.x)} its size reaches "
            f"{_reached(rise)} and goes on growing{line.target}, so the influence of a single "
            f"{'residual' if line.axis == 'r' else 'margin'} is unbounded."
        )
        return Finding("robust", False, sentence, rise)
    slope = np.abs(line.slope(TRIED))
    top = float(slope[np.isfinite(slope)].max(initial=0.0))
    what = "residual" if line.axis == "r" else "margin"
    sentence = f"Bounded derivative: its size is never above {number(top)} {line.span}"
    return Finding(
        "robust", True, f"{sentence}, which bounds the influence of a single {what}.", (top,)
    )


def _reached(rise: Leap) -> str:
    return number(rise.size) if np.isfinite(rise.size) else f"more than {number(OVERFLOW)}"


def lowest(line: Line) -> Finding:
    """Where the loss is least, if anywhere."""
    axis = line.axis
    fall = line.growth(lambda x: -line.rho(x))
    if fall is not None:
        bottom = number(-min(fall.size, OVERFLOW))
        sentence = (
            f"No minimum: near {axis} = {number(fall.x)} it falls to {bottom} and goes on "
            f"falling{line.target}."
        )
        return Finding("lowest", False, sentence, fall)
    x, rho = line.sampled
    least = float(rho.min())
    ties = x[rho <= least + 1e-9 * abs(least)]
    if set(ties) <= {TRIED[0], TRIED[-1]}:
        sentence = (
            f"No minimum was met: the loss still falls at {axis} = {number(ties[-1])}, "
            f"where it is {number(least)}"
        )
        return Finding("lowest", False, f"{sentence}{line.target}.", (ties[-1], least))
    (first, low), (last, _) = line.dip(float(ties[0])), line.dip(float(ties[-1]))
    whole = len(ties) > 2 and len(ties) == np.count_nonzero((x >= ties[0]) & (x <= ties[-1]))
    if whole:
        where = (
            f"on a whole interval, for {axis} from about {number(first, 3)} to {number(last, 3)}"
        )
    elif abs(first - last) < 1e-6:
        where = f"at {axis} = {number(first, 3)}"
    else:
        where = f"in several places, among them {axis} = {number(first, 3)} and {number(last, 3)}"
    sentence = f"Lowest {where}, where the loss is {number(low)}{line.target}."
    return Finding("lowest", True, sentence, (first, last, low))


def symmetric(lines: Sequence[Line]) -> Finding:
    """Whether r and −r have the same loss; with two labels, z for one and −z for the other."""
    x = np.append([1.0, 2.0, 0.5], TRIED[TRIED > 0])  # witnesses of ordinary size come first
    over, under = lines[0].rho(x), lines[-1].rho(-x)
    with np.errstate(invalid="ignore"):
        same = np.abs(over - under) <= 1e-9 * (np.abs(over) + np.abs(under)) + 1e-12
    same |= ~np.isfinite(over) & ~np.isfinite(under)
    two = lines[0].axis == "z"
    if same.all():
        text = "both labels are treated alike" if two else "r and −r have the same loss"
        return Finding("symmetric", True, f"Symmetric: {text}{'' if two else lines[0].target}.")
    i = int(same.argmin())
    at, high, low = float(x[i]), float(over[i]), float(under[i])
    if two:
        sentence = (
            f"Not symmetric: a logit of {number(at)} for label 1 has loss {number(high)}, one of "
            f"{number(-at)} for label 0 has loss {number(low)}."
        )
    else:
        sentence = (
            f"Not symmetric: at r = {number(at)} the loss is {number(high)}, at r = "
            f"{number(-at)} it is {number(low)}{lines[0].target}."
        )
    return Finding("symmetric", False, sentence, (at, high, low))


EACH: tuple[Callable[[Line], Finding], ...] = (
    constant,
    non_negative,
    zero,
    convex,
    smooth,
    bounded,
    robust,
    lowest,
)
