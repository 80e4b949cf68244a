"""What can truly be said of a penalised minimum and of its path."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lossviz.regularization import (
    CoefficientPath,
    Judged,
    Landing,
    Scene,
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
    """One line per strength: the minimum there, in words that say which weight is zero."""
    path = scene.path
    return [
        f"λ = {number(strength, 3)}: no minimum, the two classes can be told apart"
        if np.isnan(w).any()
        else f"λ = {number(strength, 3)} · {_weights(scene.names, w)} · "
        f"budget {number(budget, 3)} · data loss {number(data, beside=_size(path.data))}"
        for strength, w, budget, data in zip(
            path.strengths, path.weights, path.budgets, path.data, strict=True
        )
    ]


def sentences(ground: WeightsOnly, scene: Scene, step: int) -> list[str]:
    """How far the minimum moved, which weights are gone, the curvature, the budget, the call."""
    said = (
        correlation(ground),
        moved(scene, step),
        zeros(ground, scene),
        bent(ground, scene, step),
        correspondence(ground, scene, step),
        call(ground, float(scene.path.strengths[step])),
    )
    return [sentence for sentence in said if sentence]


def correlation(ground: WeightsOnly) -> str:
    """How far the two features say the same, and what that does to the ground."""
    X = ground.risk.data.X
    names, spread = ground.names, X.max(0) - X.min(0)
    still = [name for name, width in zip(names, spread, strict=True) if width == 0]
    if still:
        return (
            f"**{listing(still)}** never changes, so the data say nothing about its weight: "
            "without a penalty the ground is flat along it, and any penalty puts it at zero."
        )
    r = float(np.corrcoef(X[:, 0], X[:, 1])[0, 1])
    if abs(r) > 1 - 1e-12:
        return (
            f"{listing(names)} say exactly the same (correlation {number(round(r), 3)}): without "
            "a penalty a whole valley of weights is equally good."
        )
    return f"{listing(names)} have correlation {number(r, 3)}."


def moved(scene: Scene, step: int) -> str:
    """From where to where the minimum went, and what that cost on the data."""
    path = scene.path
    start, end, strength = path.weights[0], path.weights[step], path.strengths[step]
    if np.isnan(end).any():
        return (
            f"At λ = {number(strength, 3)} there is no minimum: the classes can be told apart, and "
            "larger weights are always better."
        )
    if strength == 0:
        return "λ is 0: this is the data loss alone."
    if np.isnan(start).any():
        return (
            "Without a penalty there is no minimum: the classes can be told apart, and larger "
            f"weights are always better. **λ = {number(strength, 3)}** gives the ground a bottom "
            f"at {_weights(scene.names, end)}."
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
        f"{number(distance, 3)} away, {percent(distance / whole)} of its distance from zero. "
        f"The data loss there {rise}."
    )


def zeros(ground: WeightsOnly, scene: Scene) -> str:
    """At which strength each weight becomes exactly zero."""
    if unit(ground.penalty).smooth:
        return (
            f"{ground.penalty.label} has no crease: weights shrink towards zero and none ever is "
            "exactly zero."
        )
    found = [(at, name) for at, name in zip(scene.gone, scene.names, strict=True) if at is not None]
    if not found:
        return ""
    return (
        "; ".join(
            f"the **{name}** becomes exactly 0 at λ = {number(at, 4)}"
            if at
            else f"the **{name}** is exactly 0 at every λ above 0"
            for at, name in sorted(found)
        ).replace("the", "The", 1)
        + "."
    )


def bent(ground: WeightsOnly, scene: Scene, step: int) -> str:
    """The condition number of the ground at the minimum, before and after."""
    start, end = scene.path.weights[0], scene.path.weights[step]
    if np.isnan([start, end]).any() or not start.any() or scene.path.strengths[step] == 0:
        return ""
    before = _kappa(ground.data_hessian(start))
    if not end.any():
        return (
            f"The condition number was {number(before, 3)}; now both weights are held at zero "
            "by the crease."
        )
    if (end == 0).any():
        return (
            f"The condition number was {number(before, 3)}; now one weight is held on the crease, "
            "and along the other the ground is a plain bowl."
        )
    after = condition(ground, ground.penalty, end)
    flat = not (ground.penalty.hessian(end)).any()
    went = change(before, after, 3)
    if flat and went.startswith("stayed"):
        return f"The condition number stays {number(before, 3)}: this penalty adds no curvature."
    return f"The condition number {went}."


def _kappa(H: Array) -> float:
    values = np.linalg.eigvalsh(H)
    return float(values[-1] / values[0]) if values[0] > 1e-12 * values[-1] else np.inf


def correspondence(ground: WeightsOnly, scene: Scene, step: int) -> str:
    """The budget that gives the same minimum as this strength."""
    if not unit(ground.penalty).convex:
        return "L0 is not convex: some budgets are the minimum of no λ, and no slope leads there."
    budget = scene.path.budgets[step]
    if np.isnan(budget):
        return ""
    names = {
        "l1": "sum of the weights' sizes",
        "l2": "half the sum of their squares",
        "group_l2": "length of the weights",
    }
    what = names.get(ground.penalty.id, "penalty at λ = 1")
    return (
        f"The same minimum is the best one whose {what} is at most **{number(budget, 4)}**: "
        "a strength is a price, a budget is a fence."
    )


def call(ground: WeightsOnly, strength: float) -> str:
    """The same model in scikit-learn's own words."""
    words = in_scikit_learn(ground, strength)
    return f"In scikit-learn this is `{words}`." if words else ""


def learned(found: Judged, now: int) -> str:
    """What the strength buys on held-out points."""
    best, size = found.best, _size(found.train, found.validation)

    def pair(step: int) -> str:
        on, off = (number(each[step], beside=size) for each in (found.train, found.validation))
        return f"{on} on the first and {off} on the others"

    free = (
        f"without a penalty the loss is {pair(0)}"
        if np.isfinite(found.train[0])
        else "without a penalty there is no best model"
    )
    here = "" if found.strengths[now] == 0 else f"; at λ = {number(found.strengths[now], 3)} "
    if here:
        here += f"it is {pair(now)}" if np.isfinite(found.train[now]) else "there is none either"
    return (
        f"Learning from {count(found.learned, 'point')} and judged on {found.held} others: "
        f"{free}{here}. Cross-validation among "
        f"the points learned from prefers λ = {number(found.strengths[best], 3)}, and by the "
        f"one-standard-error rule λ = {number(found.strengths[found.simplest], 3)}."
    )


def fewer(path: CoefficientPath, now: int) -> str:
    """How many weights are left, and which, where that is not all of them."""
    strength = number(path.strengths[now], 3)
    if np.isnan(path.weights[now]).any():
        return (
            f"At λ = {strength} there is no minimum: the classes can be told apart, and larger "
            "weights are always better."
        )
    left = len(path.names) - int(path.zeros[now])
    said = (
        f"At λ = {strength}, {left} of {len(path.names)} weights are not "
        f"zero; in effect {number(path.freedom[now], 3, beside=1.0)} are fitted."
    )
    alive = [name for name, w in zip(path.names, path.weights[now], strict=True) if w != 0]
    return said + (f" They are {listing(alive)}." if 0 < left < len(path.names) else "")


def landed(ground: WeightsOnly, runs: Sequence[Landing], wanted: Array) -> str:
    """Who ended on an exact zero, given the weights (d,) of the true minimum."""
    names = ground.names
    hover, land = runs
    steps = len(land.points) - 1
    if unit(ground.penalty).smooth:
        return (
            f"{ground.penalty.label} has no crease, so nothing is held at zero: both ways lead to "
            "the same minimum. Choose L1 to see the difference."
        )
    if (wanted != 0).all():
        return (
            "At this λ no weight belongs at exactly zero, so both arrive at the same place or "
            "near it. Raise λ to see the difference."
        )
    exact = [name for name, on in zip(names, land.exact, strict=True) if on]
    late = [
        name for name, on, w in zip(names, land.exact, wanted, strict=True) if w == 0 and not on
    ]
    if late:
        return (
            f"{listing(late)} belongs at exactly 0, and after {steps} steps not even the proximal "
            "gradient is there. Raise the learning rate."
        )
    size = float(np.abs(hover.points[0]).max())
    rests = [abs(float(hover.points[-1][names.index(name)])) for name in exact]
    if max(rests) <= ROUNDING * size:
        return f"After {steps} steps both have put {listing(exact)} at 0."
    missed = [f"{number(rest, 2, beside=size)} from zero" for rest in rests]
    return (
        f"After {steps} steps the proximal gradient has put {listing(exact)} at "
        f"exactly 0; subgradient descent at the same rate is still {listing(missed)}."
    )


def calmed(found: Wiggles) -> str:
    """How the curve calms, and where it is best on points not seen."""
    best = found.best
    return (
        f"Without a penalty the curve travels {number(found.bumpiness[0], 3)} up and down and "
        f"its held-out loss is {number(found.on_validation[0], 3)}. The lowest held-out loss, "
        f"{number(found.on_validation[best], 3)}, is at λ = {number(found.strengths[best], 3)}, "
        f"where it travels {number(found.bumpiness[best], 3)}."
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
