"""Sentences about two trained networks and of the slices they are seen in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from lossviz.landscapes import Landscape
from lossviz.landscapes.planes import Plane
from lossviz.landscapes.roughness import local_minima_count, nonconvex_share
from lossviz.models import ResidualNetwork
from lossviz.networks.pair import Roughness, Shadow, hardly_varies, off_plane
from lossviz.networks.training import Training
from lossviz.objectives import Risk
from lossviz.text import TIMES, count, number, percent, unbroken


def sentences(
    risks: Sequence[Risk],
    runs: Sequence[Training],
    landscapes: Sequence[Landscape],
    planes: Sequence[Plane],
) -> list[str]:
    """Of the plain network and the one with skips, in this order."""
    found = [final(runs), begin(runs), low_points(landscapes)]
    found += [alike(name, r, run) for name, r, run in zip(NAMES, risks, runs, strict=True)]
    found += [off(runs, planes), hides(risks[0])]
    return [each for each in found if each]


GROWN = 10.0  # times the loss at the start: what ends above that has diverged
NAMES = ("the plain network", "the network with skips")


def final(runs: Sequence[Training]) -> str:
    """Which of the two is lower now, and what became of those that did not finish."""
    plain, skip = (float(run.values[-1]) for run in runs)
    lower = "**without** skips" if plain < skip else "**with** skips"
    verdict = "about the same" if math.isclose(plain, skip, rel_tol=5e-3) else f"lower {lower}"
    grown = [_grown(run) for run in runs]
    if all(grown):
        verdict = "**both diverged**, so neither number says more than that"
    elif any(grown):
        which = "without" if grown[0] else "with"
        verdict = f"the one {which} skips **diverged**, its loss rose far above that at the start"
    elif not any(run.values[-1] < run.values[0] for run in runs):
        verdict = "**neither is lower than at the start**"
    text = (
        f"The loss ended at **{number(plain)}** without skips and at **{number(skip)}** with "
        f"them: {verdict}."
    )
    for name, run in zip(NAMES, runs, strict=True):
        if run.lost or run.steps[-1] < run.asked:
            text += f" {name[0].upper()}{name[1:]}: {run.ending[0].lower()}{run.ending[1:]}"
    return text


def _grown(run: Training) -> bool:
    """Whether training diverged: to no finite loss, or to one far above the first."""
    return bool(run.lost or run.values[-1] > GROWN * run.values[0])


def begin(runs: Sequence[Training]) -> str:
    """The loss of the untrained networks."""
    plain, skip = (float(run.values[0]) for run in runs)
    return (
        f"Before the first step their losses were {number(plain)} and {number(skip)}: the same "
        "initial weights, connected differently."
    )


def low_points(landscapes: Sequence[Landscape]) -> str:
    """How rough the two slices are, in two numbers each."""
    plain, skip = (local_minima_count(land) for land in landscapes)
    curve = [nonconvex_share(land) for land in landscapes]
    n = len(landscapes[0].a)
    text = (
        f"In these slices **{count(plain, 'local minimum', 'local minima')}** of the grid without "
        f"skips, **{skip:,}** with (on {n}{TIMES}{n} points; in a flat region every point counts)."
    )
    if all(map(math.isfinite, curve)):
        text += (
            f" The curvature is negative in some direction of the slice at {percent(curve[0])} and "
            f"{percent(curve[1])} of the grid points."
        )
    return text


def alike(name: str, risk: Risk, run: Training) -> str:
    """A network whose predictions are all the same, if they are."""
    if not hardly_varies(risk, run.theta):
        return ""
    return (
        f"{name[0].upper()}{name[1:]} predicts nearly the same for every row: its predictions "
        "hardly depend on the features."
    )


def off(runs: Sequence[Training], planes: Sequence[Plane]) -> str:
    """How far from the plane the two runs began."""
    if not all(run.moved for run in runs):
        return ""
    shares = [off_plane(run, plane)[1][0] for run, plane in zip(runs, planes, strict=True)]
    return (
        "The starting point lies off the plane drawn, by "
        f"{percent(shares[0])} (plain) and {percent(shares[1])} (skips) of its distance from the "
        "end: the path of training does not lie on this surface."
    )


def hides(risk: Risk) -> str:
    """How many directions there are beside the two."""
    return (
        f"Both networks have {risk.layout.size:,} parameters, the same number; the slices show 2 "
        f"directions of {risk.layout.size:,}."
    )


def honesty(risk: Risk, rule: str, reach: float, seed: int) -> str:
    """The line under the pair: what a slice is and is not."""
    scale = {
        "filter": f"Axis scale ±{reach:g} filter norms, seed {seed}",
        "layer": f"Axis scale ±{reach:g} layer norms, seed {seed}",
        "raw": f"Axis scale ±{reach:g} raw normal directions, seed {seed}",
        "pca": "Each in the plane of its own path, so the axes differ",
        "hessian": "Each along the two top eigenvectors of its own Hessian, so the axes differ",
    }[rule]
    return (
        f"A 2-D slice of a {risk.layout.size:,}-dimensional surface. {scale}, colour scale shared. "
        "Another slice may look different."
    )


def wiring(model: ResidualNetwork) -> str:
    """What differs between the two networks, given the one with skips."""
    start = "" if model.branch_start == "standard" else ", every W2 starting at zero"
    return unbroken(
        "Both are trained on the same data from the same initial weights. Without skips "
        f"s = 0 and c = 1; with them s = 1 and c = {number(model.branch_scale, 3)}{start}."
    )


def hidden(path: Shadow) -> str:
    """What the plane hides of one run."""
    far, worst = path.farthest, path.most_different
    text = (
        f"At its farthest, step {int(path.steps[far]):,}, the run was "
        f"{number(path.off[far], 3)} off this plane."
    )
    if worst is not None:
        text += (
            f" At step {int(path.steps[worst]):,} its true loss was {number(path.true[worst], 3)}; "
            f"the slice under it shows {number(path.seen[worst], 3)}."
        )
    return text


def layers(name: str, sizes: Any) -> str:
    """How the gradient, of these norms (depth + 1,), changes from the last layer to the first."""
    first, last = float(sizes[0]), float(sizes[-1])
    if not (0 < first < math.inf and 0 < last < math.inf):
        return f"{name}: no finite gradient other than 0 arrives at the first layer."
    ratio = first / last
    if 0.5 <= ratio <= 2:
        how = "is about as large as at the last"
    elif ratio > 1:
        how = f"is {number(ratio, 3)} times as large as at the last"
    else:
        how = f"is {number(1 / ratio, 3)} times smaller than at the last"
    return f"{name}: the backpropagated gradient at the first layer {how}."


def rescaled(before: float, after: float, factor: float, change: float) -> str:
    """What Dinh's rescaling did."""
    return (
        f"One layer times {number(factor, 3)}, the next divided by it: the predictions change by "
        f"at most {number(change, 2)}, the largest curvature goes from {number(before, 3)} to "
        f"{number(after, 3)}. The largest Hessian eigenvalue is not a property of the function "
        "alone: it depends on how the function is parametrised."
    )


def edge(rate: float, steps: Any, tops: Any) -> str:
    """Where the largest curvatures (m,) at the steps (m,) ended, against the rate's limit."""
    limit, last = 2 / rate, float(tops[-1])
    return (
        f"Gradient descent with rate {number(rate, 3)} is unstable where the curvature exceeds "
        f"2/rate = {number(limit, 3)}. The largest curvature went from {number(float(tops[0]), 3)} "
        f"to {number(last, 3)} at step {int(steps[-1]):,}, {number(last / limit, 3)} times that "
        "limit."
    )


def rough(pair: Sequence[Roughness]) -> str:
    """Local minima of the grid over the seeds, and whether they tell the two apart."""
    (_, a, sa), (_, b, sb) = (r.sample("minima") for r in pair)
    text = (
        f"Over {count(len(pair[0].minima), 'seed')}: {number(a, 3)} ± {number(sa, 2)} local "
        f"minima of the grid without skips, {number(b, 3)} ± {number(sb, 2)} with (mean ± one "
        "standard deviation of the sample). "
    )
    low, high = (pair[1], pair[0]) if b < a else (pair[0], pair[1])
    if low.minima.max() < high.minima.min():
        which = "with skips" if b < a else "without skips"
        return text + f"Every slice {which} has fewer than any of the others."
    return text + "The two overlap: single pictures can say either."


def barriers(straight: float, aligned: float, curve: float) -> str:
    """The loss barriers of three paths between two trained networks."""
    return (
        "Loss barrier (the most that a path lies above the line between the losses of its ends): "
        f"**{number(straight, 3)}** for linear interpolation, **{number(aligned, 3)}** after the "
        f"hidden units are permuted to match, **{number(curve, 3)}** for a curve fitted to a low "
        "loss."
    )
