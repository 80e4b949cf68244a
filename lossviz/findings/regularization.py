"""Sentences about a penalised minimum and of its path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lossviz.regularization import (
    CoefficientPath,
    PenalisedPath,
    Scene,
    ValidationPath,
    WeightsOnly,
    Wiggles,
    adds_curvature,
    condition,
    data_condition,
    in_scikit_learn,
    unit,
)
from lossviz.text import apart, change, count, listing, number, percent

ROUNDING = 1e-12


def captions(scene: Scene) -> list[str]:
    """One line per strength: the minimum there, and which weight is exactly zero."""
    path = scene.path
    return [
        f"λ = {number(strength, 3)}: separable classes, no finite minimum"
        if not exists
        else f"λ = {number(strength, 3)} · {_weights(scene.names, w)} · "
        f"budget {number(budget, 3)} · data loss {number(data, beside=path.size)}"
        for strength, exists, w, budget, data in zip(
            path.strengths, path.exists, path.weights, path.budgets, path.data, strict=True
        )
    ]


def sentences(reduced: WeightsOnly, scene: Scene, step: int) -> list[str]:
    """Which weights are zero, how far the minimum moved, the curvature, the budget, the call."""
    facts = (
        zeros(reduced, scene),
        moved(scene, step),
        correlation(reduced),
        effect(reduced, scene, step),
        correspondence(reduced, scene, step),
        call(reduced, float(scene.path.strengths[step])),
    )
    return [sentence for sentence in facts if sentence]


def correlation(reduced: WeightsOnly) -> str:
    """How far the two features are correlated, and what that does to the loss surface."""
    names = reduced.names
    still = [name for name, same in zip(names, reduced.constant, strict=True) if same]
    if still:
        return (
            f"**{listing(still)}** {'is' if len(still) == 1 else 'are'} constant, so the data do "
            "not determine the weight: without a penalty the loss surface is flat along it, and "
            "any penalty sets it to 0."
        )
    r = reduced.correlation
    if abs(r) == 1:
        return (
            f"{listing(names)} are perfectly correlated ({number(r)}): without a penalty "
            "a whole line of weights is equally good."
        )
    return f"{listing(names)} have correlation {number(r, 3)}."


def moved(scene: Scene, step: int) -> str:
    """From where to where the minimum went, and what that did to the data loss."""
    path = scene.path
    start, end, strength = path.weights[0], path.weights[step], path.strengths[step]
    if not path.exists[step]:
        return (
            f"At λ = {number(strength, 3)} there is no finite minimum: the classes are separable, "
            "and larger weights are always better."
        )
    if strength == 0:
        return "λ is 0: this is the data loss alone."
    if not path.exists[0]:
        return (
            "Without a penalty there is no finite minimum: the classes are separable, and larger "
            f"weights are always better. With **λ = {number(strength, 3)}** there is one at "
            f"{_weights(scene.names, end)}."
        )
    rise = change(path.data[0], path.data[step], beside=path.size)
    distance, share = path.moved(step)
    if not distance:
        return f"**λ = {number(strength, 3)}** leaves the minimum where it was."
    texts = [_apart(*pair) for pair in zip(start, end, strict=True)]
    before, after = (
        " and ".join(f"{name} {text[side]}" for name, text in zip(scene.names, texts, strict=True))
        for side in (0, 1)
    )
    return (
        f"**λ = {number(strength, 3)}** moved the minimum from {before} to {after}: "
        f"by {number(distance, 3)}, which is {percent(share)} of its distance from 0. "
        f"The data loss there {rise}."
    )


def zeros(reduced: WeightsOnly, scene: Scene) -> str:
    """At which strength each weight becomes exactly zero, or why none does."""
    if unit(reduced.penalty).smooth:
        sentence = (
            f"{reduced.penalty.label} has no kink at zero: it shrinks the weights and sets none to "
            "exactly 0 by itself."
        )
        return " ".join([sentence, *_passing(reduced, scene)])
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
    facts = []
    for k, name in enumerate(scene.names):
        if reduced.constant[k]:
            facts.append(f"The {name} is 0 at every λ above 0 because its feature is constant.")
            continue
        between = scene.path.sign_change(k)
        if between is not None:
            low, high = (number(strength, 3) for strength in between)
            facts.append(
                f"The {name} changes sign between λ = {low} and {high}: it passes 0 there and does "
                "not stay."
            )
    return facts


def effect(reduced: WeightsOnly, scene: Scene, step: int) -> str:
    """The condition number at the minimum, before and after."""
    path, count = scene.path, len(scene.names)
    if not (path.exists[0] and path.exists[step]) or path.zeros[0] == count:
        return ""
    if path.strengths[step] == 0:
        return ""
    before, end = data_condition(reduced, path.weights[0]), path.weights[step]
    kept = unit(reduced.penalty)
    if not kept.smooth and path.zeros[step]:
        how = "by the kink of the penalty" if kept.convex else "by the jump of the penalty"
        which = "both weights are" if path.zeros[step] == count else "one weight is"
        return (
            f"The condition number was {number(before, 3)} without a penalty; now {which} held at "
            f"0 {how}."
        )
    went = change(before, condition(reduced, reduced.penalty, end), 3)
    if went.startswith("stayed") and not adds_curvature(reduced.penalty, end):
        return f"The condition number stays {number(before, 3)}: this penalty adds no curvature."
    return f"The condition number of the Hessian at the minimum {went}."


def correspondence(reduced: WeightsOnly, scene: Scene, step: int) -> str:
    """The budget that gives the same minimum as this strength."""
    if not unit(reduced.penalty).convex:
        return (
            "L0 is not convex: the penalised and the constrained form differ, and some subsets "
            "are the best of their size for no λ."
        )
    if not scene.path.exists[step]:
        return ""
    budget = scene.path.budgets[step]
    return (
        "The constrained form has the same minimum: the least data loss where "
        f"{reduced.penalty.size} is at most **{number(budget, 4)}**."
    )


def call(reduced: WeightsOnly, strength: float) -> str:
    """The call that fits the same model in scikit-learn."""
    words = in_scikit_learn(reduced, strength)
    return f"In scikit-learn this is `{words}`." if words else ""


def learned(found: ValidationPath, now: int, features: int) -> str:
    """What the strength does to the loss on held-out points, with this many features."""
    best = found.best

    def pair(step: int) -> str:
        on, off = (
            number(each[step], beside=found.size) for each in (found.train, found.validation)
        )
        return f"{on} on the training data and {off} on the held-out data"

    free = (
        f"without a penalty the loss is {pair(0)}"
        if found.exists[0]
        else "without a penalty there is no finite minimum"
    )
    here = "" if found.strengths[now] == 0 else f"; at λ = {number(found.strengths[now], 3)} "
    if here:
        here += f"the loss is {pair(now)}" if found.exists[now] else "there is none either"
    return (
        f"With {count(features, 'feature')}, trained on {count(found.learned, 'point')} and "
        f"validated on {found.held} held-out ones: {free}{here}. Cross-validation on the training "
        f"data selects λ = {number(found.strengths[best], 3)}, and by the "
        f"one-standard-error rule λ = {number(found.strengths[found.simplest], 3)}."
    )


def fewer(path: CoefficientPath, now: int) -> str:
    """How many weights are left, and which, where that is not all of them."""
    strength = number(path.strengths[now], 3)
    if not path.exists[now]:
        return (
            f"At λ = {strength} there is no finite minimum: the classes are separable, and larger "
            "weights are always better."
        )
    left = len(path.names) - int(path.zeros[now])
    sentence = (
        f"At λ = {strength}, {left} of {len(path.names)} weights are not "
        f"zero; the effective degrees of freedom are {number(path.freedom[now], 3, beside=1.0)}."
    )
    alive = [name for name, w in zip(path.names, path.weights[now], strict=True) if w != 0]
    return sentence + (f" They are {listing(alive)}." if 0 < left < len(path.names) else "")


def exact_zeros(
    reduced: WeightsOnly, runs: Sequence[PenalisedPath], wanted: Iterable[float]
) -> str:
    """Which method ended on an exact zero, given the weights (d,) of the true minimum."""
    names = reduced.names
    subgradient, proximal = runs
    steps = len(proximal.points) - 1
    if unit(reduced.penalty).smooth:
        return (
            f"{reduced.penalty.label} has no kink, so nothing is held at zero: both methods lead "
            "to the same minimum. Choose L1 to see the difference."
        )
    if all(w != 0 for w in wanted):
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
    rests = [subgradient.rests[names.index(name)] for name in exact]
    if max(rests) <= ROUNDING * subgradient.size:
        return f"After {steps} steps both have put {listing(exact)} at 0."
    missed = [f"{number(rest, 2, beside=subgradient.size)} from zero" for rest in rests]
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


def _apart(before: float, after: float) -> tuple[str, str]:
    """Two weights with digits that tell them apart; a weight that is zero is exactly zero."""
    if after == 0 and before != 0:
        return number(before), "exactly 0"
    return apart(before, after)


def _weights(names: Sequence[str], w: Iterable[float]) -> str:
    return " and ".join(
        f"{name} {'exactly 0' if value == 0 else number(value, 4)}"
        for name, value in zip(names, w, strict=True)
    )
