"""Sentences about optimizers run from one start."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isfinite

from lossviz.curvature import Curvature
from lossviz.descent import Trajectory
from lossviz.descent.outcomes import (
    Noise,
    arrival,
    end,
    exit_step,
    furthest_off,
)
from lossviz.descent.race import BasinMap, Sweep, Track
from lossviz.descent.scaling import Side
from lossviz.descent.setting import Surface
from lossviz.text import count, listing, number, percent


def sentences(
    surface: Surface, paths: Sequence[Trajectory], tracks: Sequence[Track], curvature: Curvature
) -> list[str]:
    """How every path ended, which is lowest and which came first, and what the curvature says."""
    found = ends(paths)
    found += filter(
        None,
        (
            stillness(paths),
            order(surface, paths),
            apart(surface, paths),
            why(paths, curvature),
            outside(surface, paths),
            off_plane(tracks),
        ),
    )
    return found


def ends(paths: Sequence[Trajectory]) -> list[str]:
    """How every path ended."""
    return [f"**{path.optimizer.label}.** {path.ending.message}" for path in paths]


def outcome(paths: Sequence[Trajectory]) -> str:
    """The loss that every path ended with, in one line."""
    facts = [
        f"**{path.optimizer.label}** "
        + ("diverged" if path.lost else f"{number(path.values[-1])} after "
           f"{count(len(path.values) - 1, 'step')}")
        for path in paths
    ]  # fmt: skip
    return f"Loss: {listing(facts)}."


def order(surface: Surface, paths: Sequence[Trajectory]) -> str:
    """Who came down the whole way, and in how many steps; else who got lowest."""
    alive = [path for path in paths if not path.lost]
    if surface.infimum is not None and surface.attained:
        arrivals = [(arrival(path, surface.infimum), path.optimizer.label) for path in alive]
        reached = sorted((k, label) for k, label in arrivals if k is not None)
        if reached:
            steps = listing([f"{label} after {count(k, 'step')}" for k, label in reached])
            return (
                "Within a millionth of the initial excess over the lowest known loss for the "
                f"first time and for good: {steps}."
            )
    if len(alive) < 2:
        return ""
    ends = sorted((float(path.values[-1]), path.optimizer.label) for path in alive)
    best, second = ends[0], ends[1]
    if best[0] >= second[0]:
        return ""
    return (
        f"After its last step {best[1]} is lowest, with a loss of {number(best[0], 6)}; "
        f"{second[1]} follows with {number(second[0], 6)}."
    )


def apart(surface: Surface, paths: Sequence[Trajectory]) -> str:
    """Whether paths from one start ended at different critical points."""
    if len(surface.targets) < 2:
        return ""
    at: dict[int, list[str]] = {}
    for path in paths:
        target = end(surface, path)
        if target is not None:
            at.setdefault(target, []).append(path.optimizer.label)
    if len(at) < 2:
        return ""
    facts = []
    for k, labels in at.items():
        a, b = surface.plane.project(surface.targets[k])
        place = f"({number(a, 3)}, {number(b, 3)})"
        facts.append(f"{listing(labels)} at the {surface.kinds[k]} {place}")
    return f"One start, different ends: {listing(facts)}."


def why(paths: Sequence[Trajectory], curvature: Curvature) -> str:
    """Gradient descent's rate against the limit, and what the curvature promises."""
    plain = next((path for path in paths if path.optimizer.id == "gd"), None)
    if plain is None or plain.batches is not None:
        return curvature.sentence
    if (plain.scales != 1).any():
        return curvature.sentence
    place = "" if curvature.everywhere else "**At the lowest known point.** "
    return f"{place}{curvature.sentence} {curvature.verdict(plain.optimizer.lr)}"


def outside(surface: Surface, paths: Sequence[Trajectory]) -> str:
    """Which paths leave the window, and when."""
    exits = [(path.optimizer.label, exit_step(surface, path)) for path in paths]
    left = [f"{label} (at step {step})" for label, step in exits if step is not None]
    if not left:
        return ""
    return f"Out of the window for a time or for good, drawn to its edge: {listing(left)}."


def off_plane(tracks: Sequence[Track]) -> str:
    """How far the paths are from the plane that is drawn."""
    off = furthest_off(tracks)
    if off is None:
        return ""
    worst, label = off
    return (
        f"There are more parameters than this plane shows: {label} goes up to {number(worst, 3)} "
        "off it, so the loss along the path differs from the surface drawn under it."
    )


def stillness(paths: Sequence[Trajectory]) -> str:
    """Why nothing moves, where there is nothing to follow for anybody; "" elsewhere."""
    if not all(path.ending.kind == "no_gradient" for path in paths):
        return ""
    return (
        "Nothing moves: the gradient is exactly zero here and all around, because a small change "
        "of the parameters changes no loss. Gradient methods have no direction to follow here."
    )


def sweeping(sweeps: Sequence[Sweep]) -> list[str]:
    """For each optimizer: its best rate of the sweep, and from where on it diverged."""
    found = []
    for each in sweeps:
        if each.lost.all():
            found.append(f"**{each.label}** diverges at every one of these rates.")
            continue
        text = f"**{each.label}** ends lowest at a rate of {number(each.best, 2)}"
        if each.limit is not None:
            text += f" and first diverges at {number(each.limit, 2)}"
        if each.level:
            text = f"**{each.label}** ends at the same loss at every rate that does not diverge"
        found.append(text + ".")
    return found


def basins(found: BasinMap) -> list[str]:
    """How many starts end where, largest share first, and how long they take."""
    shares = found.shares
    facts = [f"{percent(share)} of the starts: {label}." for label, share in shares[:6]]
    if len(shares) > 6:
        facts.append(f"The rest is shared by {count(len(shares) - 6, 'more end')}.")
    if found.median_steps is not None:
        middle = number(found.median_steps)
        facts.append(f"Half of those that do not diverge settle within {middle} steps.")
    return facts


def noise(found: Noise) -> str:
    """How far noisy gradients point away from the full one."""
    spread, size = found.spread, found.size
    if size <= 1e-12 * spread:
        return (
            "The full gradient is 0 here; the gradient of a mini-batch still has a root mean "
            f"square norm of {number(spread, 3)}."
        )
    if spread <= 1e-12 * size:
        return "Every batch holds all the data, so there is no noise."
    return (
        f"The noise has {number(spread / size, 3)} times the norm of the gradient, and "
        f"for {percent(found.uphill)} of the batches "
        "a step against their gradient does not lower the loss."
    )


def sensible_rate(curvature: Curvature, otherwise: float) -> float:
    """The best fixed rate of a convex quadratic, else half the limit, or another."""
    if isfinite(curvature.best_rate):
        return curvature.best_rate
    return curvature.safe_rate / 2 if isfinite(curvature.safe_rate) else otherwise


def scaling(side: Side, path: Trajectory) -> str:
    """Condition number, limit, and how long gradient descent takes on one side."""
    curvature, rate = side.curvature, path.optimizer.lr
    text = f"**At a rate of {number(rate, 3)}.** {path.ending.message}"
    if not isfinite(curvature.condition_number):
        return text
    usual = curvature.steps_to_shrink(100, 1 / curvature.steepest)
    return (
        f"Condition number {number(curvature.condition_number, 3)}, "
        f"limit {number(curvature.safe_rate, 3)}. "
        "At a rate of 1/λmax the error along the slowest direction needs "
        f"{count_of(usual)} to shrink by a factor of 100. "
        f"{text}"
    )


def count_of(steps: float) -> str:
    """Steps for people: "1 step", "459 steps", "26 million steps"."""
    if steps >= 1e6:
        return f"{number(steps / 1e6, 2)} million steps"
    return count(ceil(round(steps, 6)), "step")
