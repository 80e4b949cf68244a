"""Sentences about a penalised minimum and of its path."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lossviz.regularization import (
    CoefficientPath,
    PenalisedPath,
    Scene,
    ValidationPath,
    WeightsOnly,
    Wiggles,
    condition,
    in_scikit_learn,
    unit,
)
from lossviz.text import apart, change, count, listing, number, percent

Array = NDArray[np.floating]
ROUNDING = 1e-12


def captions(scene: Scene) -> list[str]:
    """One line per strength: the minimum there, and which weight is exactly zero."""
    path = scene.path
    return [
        f"λ = {number(strength, 3)}: separable classes, no finite minimum"
        if np.isnan(w).any()
        else f"λ = {number(strength, 3)} · {_weights(scene.names, w)} · "
        f"budget {number(budget, 3)} · data loss {number(data, beside=_size(path.data))}"
        for strength, w, budget, data in zip(
            path.strengths, path.weights, path.budgets, path.data, strict=True
        )
    ]


def sentences(reduced: WeightsOnly, scene: Scene, step: int) -> list[str]:
    """How far the minimum moved, which weights are zero, the curvature, the budget, the call."""
    said = (
        correlation(reduced),
        moved(scene, step),
        zeros(reduced, scene),
        effect(reduced, scene, step),
        correspondence(reduced, scene, step),
        call(reduced, float(scene.path.strengths[step])),
    )
    return [sentence for sentence in said if sentence]


def correlation(reduced: WeightsOnly) -> str:
    """How far the two features are correlated, and what that does to the loss surface."""
    X = reduced.risk.data.X
    names, spread = reduced.names, X.max(0) - X.min(0)
    still = [name for name, width in zip(names, spread, strict=True) if width == 0]
    if still:
        return (
            f"**{listing(still)}** {'is' if len(still) == 1 else 'are'} constant, so the data do "
            "not determine the weight: without a penalty the loss surface is flat along it, and "
            "any penalty sets it to 0."
        )
    r = float(np.corrcoef(X[:, 0], X[:, 1])[0, 1])
    if abs(r) > 1 - 1e-12:
        return (
            f"{listing(names)} are perfectly correlated ({number(round(r), 3)}): without a penalty "
            "a whole line of weights is equally good."
        )
    return f"{listing(names)} have correlation {number(r, 3)}."


def moved(scene: Scene, step: int) -> str:
    """From where to where the minimum went, and what that did to the data loss."""
    path = scene.path
    start, end, strength = path.weights[0], path.weights[step], path.strengths[step]
    if np.isnan(end).any():
        return (
            f"At λ = {number(strength, 3)} there is no finite minimum: the classes are separable, "
            "and larger weights are always better."
        )
    if strength == 0:
        return "λ is 0: this is the data loss alone."
    if np.isnan(start).any():
        return (
            "Without a penalty there is no finite minimum: the classes are separable, and larger "
            f"weights are always better. With **λ = {number(strength, 3)}** there is one at "
            f"{_weights(scene.names, end)}."
        )
    rise = change(path.data[0], path.data[step], beside=_size(path.data))
    distance, whole = float(np.linalg.norm(end - start)), float(np.linalg.norm(start))
    if distance <= ROUNDING * whole or not whole:
        return f"**λ = {number(strength, 3)}** leaves the minimum where it was."
    texts = [_apart(*pair) for pair in zip(start, end, strict=True)]
    before, after = (
        " and ".join(f"{name} {text[side]}" for name, text in zip(scene.names, texts, strict=True))
        for side in (0, 1)
    )
    return (
        f"**λ = {number(strength, 3)}** moved the minimum from {before} to {after}: "
        f"by {number(distance, 3)}, which is {percent(distance / whole)} of its distance from 0. "
        f"The data loss there {rise}."
    )


def zeros(reduced: WeightsOnly, scene: Scene) -> str:
    """At which strength each weight becomes exactly zero, or why none does."""
    if unit(reduced.penalty).smooth:
        told = (
            f"{reduced.penalty.label} has no kink at zero: it shrinks the weights and sets none to "
            "exactly 0 by itself."
        )
        return " ".join([told, *_passing(reduced, scene)])
    found = [(at, name) for at, name in zip(scene.gone, scene.names, strict=True) if at is not None]
    if not found:
        return ""
    return (
        "; ".join(
            f"the **{name}** is exactly 0 from λ = {number(at, 4)} on"
            if at
            else f"the **{name}** is exactly 0 at every λ above 0"
            for at, name in sorted(found)
        ).replace("the", "The", 1)
        + "."
    )


def _passing(reduced: WeightsOnly, scene: Scene) -> list[str]:
    """Weights that are zero under a smooth penalty all the same: on their way, or throughout."""
    told, still = [], np.ptp(reduced.risk.data.X, axis=0) == 0
    for k, name in enumerate(scene.names):
        if still[k]:
            told.append(f"The {name} is 0 at every λ above 0 because its feature is constant.")
            continue
        w = scene.path.weights[:, k]
        turns = np.flatnonzero(w[:-1] * w[1:] < 0)
        if turns.size:
            low, high = (number(scene.path.strengths[turns[0] + i], 3) for i in (0, 1))
            told.append(
                f"The {name} changes sign between λ = {low} and {high}: it passes 0 there and does "
                "not stay."
            )
    return told


def effect(reduced: WeightsOnly, scene: Scene, step: int) -> str:
    """The condition number at the minimum, before and after."""
    start, end = scene.path.weights[0], scene.path.weights[step]
    if np.isnan([start, end]).any() or not start.any() or scene.path.strengths[step] == 0:
        return ""
    before = number(_kappa(reduced.data_hessian(start)), 3)
    kept = unit(reduced.penalty)
    if not kept.smooth and (end == 0).any():
        how = "by the kink of the penalty" if kept.convex else "by the jump of the penalty"
        which = "both weights are" if not end.any() else "one weight is"
        return f"The condition number was {before} without a penalty; now {which} held at 0 {how}."
    after = condition(reduced, reduced.penalty, end)
    flat = not (reduced.penalty.hessian(end)).any()
    went = change(_kappa(reduced.data_hessian(start)), after, 3)
    if flat and went.startswith("stayed"):
        return f"The condition number stays {before}: this penalty adds no curvature."
    return f"The condition number of the Hessian at the minimum {went}."


def _kappa(H: Array) -> float:
    values = np.linalg.eigvalsh(H)
    return float(values[-1] / values[0]) if values[0] > 1e-12 * values[-1] else np.inf


def correspondence(reduced: WeightsOnly, scene: Scene, step: int) -> str:
    """The budget that gives the same minimum as this strength."""
    if not unit(reduced.penalty).convex:
        return (
            "L0 is not convex: the penalised and the constrained form differ, and some subsets "
            "are the best of their size for no λ."
        )
    budget = scene.path.budgets[step]
    if np.isnan(budget):
        return ""
    names = {
        "l1": "sum of absolute weights",
        "l2": "half the sum of their squares",
        "group_l2": "norm of the weights",
    }
    what = names.get(reduced.penalty.id, "penalty at λ = 1")
    return (
        f"The constrained form has the same minimum: the least data loss among weights whose "
        f"{what} is at most **{number(budget, 4)}**."
    )


def call(reduced: WeightsOnly, strength: float) -> str:
    """The call that fits the same model in scikit-learn."""
    words = in_scikit_learn(reduced, strength)
    return f"In scikit-learn this is `{words}`." if words else ""


def learned(found: ValidationPath, now: int, features: int) -> str:
    """What the strength does to the loss on held-out points, with this many features."""
    best, size = found.best, _size(found.train, found.validation)

    def pair(step: int) -> str:
        on, off = (number(each[step], beside=size) for each in (found.train, found.validation))
        return f"{on} on the training data and {off} on the held-out data"

    free = (
        f"without a penalty the loss is {pair(0)}"
        if np.isfinite(found.train[0])
        else "without a penalty there is no finite minimum"
    )
    here = "" if found.strengths[now] == 0 else f"; at λ = {number(found.strengths[now], 3)} "
    if here:
        here += f"it is {pair(now)}" if np.isfinite(found.train[now]) else "there is none either"
    return (
        f"With {count(features, 'feature')}, trained on {count(found.learned, 'point')} and "
        f"validated on {found.held} held-out ones: {free}{here}. Cross-validation on the training "
        f"data selects λ = {number(found.strengths[best], 3)}, and by the "
        f"one-standard-error rule λ = {number(found.strengths[found.simplest], 3)}."
    )


def fewer(path: CoefficientPath, now: int) -> str:
    """How many weights are left, and which, where that is not all of them."""
    strength = number(path.strengths[now], 3)
    if np.isnan(path.weights[now]).any():
        return (
            f"At λ = {strength} there is no finite minimum: the classes are separable, and larger "
            "weights are always better."
        )
    left = len(path.names) - int(path.zeros[now])
    said = (
        f"At λ = {strength}, {left} of {len(path.names)} weights are not "
        f"zero; the effective degrees of freedom are {number(path.freedom[now], 3, beside=1.0)}."
    )
    alive = [name for name, w in zip(path.names, path.weights[now], strict=True) if w != 0]
    return said + (f" They are {listing(alive)}." if 0 < left < len(path.names) else "")


def exact_zeros(reduced: WeightsOnly, runs: Sequence[PenalisedPath], wanted: Array) -> str:
    """Which method ended on an exact zero, given the weights (d,) of the true minimum."""
    names = reduced.names
    subgradient, proximal = runs
    steps = len(proximal.points) - 1
    if unit(reduced.penalty).smooth:
        return (
            f"{reduced.penalty.label} has no kink, so nothing is held at zero: both methods lead "
            "to the same minimum. Choose L1 to see the difference."
        )
    if (wanted != 0).all():
        return (
            "At this λ no weight of the minimum is exactly zero, so both end at the same place or "
            "near it. Raise λ to see the difference."
        )
    exact = [name for name, on in zip(names, proximal.exact, strict=True) if on]
    late = [
        name for name, on, w in zip(names, proximal.exact, wanted, strict=True) if w == 0 and not on
    ]
    if late:
        return (
            f"{listing(late)} {'is' if len(late) == 1 else 'are'} exactly 0 at the minimum, and "
            f"after {steps} steps not even the proximal gradient is there. Raise the learning rate."
        )
    size = float(np.abs(subgradient.points[0]).max())
    rests = [abs(float(subgradient.points[-1][names.index(name)])) for name in exact]
    if max(rests) <= ROUNDING * size:
        return f"After {steps} steps both have put {listing(exact)} at 0."
    missed = [f"{number(rest, 2, beside=size)} from zero" for rest in rests]
    return (
        f"After {steps} steps the proximal gradient has put {listing(exact)} at "
        f"exactly 0; subgradient descent at the same rate is still {listing(missed)}."
    )


def calmed(found: Wiggles) -> str:
    """How the curve's total variation falls, and where it is best on held-out data."""
    best = found.best
    return (
        f"Without a penalty the curve has a total variation of {number(found.bumpiness[0], 3)} "
        f"and its held-out loss is {number(found.on_validation[0], 3)}. The lowest held-out loss, "
        f"{number(found.on_validation[best], 3)}, is at λ = {number(found.strengths[best], 3)}, "
        f"where the total variation is {number(found.bumpiness[best], 3)}."
    )


def _size(*each: Array) -> float:
    """The largest finite number: what the others are compared with."""
    return max(float(np.abs(a[np.isfinite(a)]).max(initial=0.0)) for a in each)


def _apart(before: float, after: float) -> tuple[str, str]:
    """Two weights with digits that tell them apart; a weight that is zero is exactly zero."""
    if after == 0 and before != 0:
        return number(before), "exactly 0"
    return apart(before, after)


def _weights(names: Sequence[str], w: Array) -> str:
    return " and ".join(
        f"{name} {'exactly 0' if value == 0 else number(value, 4)}"
        for name, value in zip(names, w, strict=True)
    )
