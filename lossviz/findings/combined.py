"""Sentences about two losses and the weight between them."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.combined import Run, TradeOff
from lossviz.combined.schemes import end_apart, inverse_share
from lossviz.combined.trade_off import EDGE
from lossviz.text import inside, number

CLOSE_WEIGHT = 0.1  # of the weight that is aimed at: one that ends this near has arrived


def sentences(pareto: TradeOff, step: int) -> list[str]:
    """What the chosen weight does, and what the pictures show around it."""
    found = [
        chosen(pareto, step),
        exchange(pareto, step),
        conflict(pareto),
        units(pareto, step),
    ]
    if pareto.scene.front is not None:
        found.append(inward(pareto))
    return [each for each in found if each]


def chosen(pareto: TradeOff, step: int) -> str:
    """The minimum of the sum, and how far each loss is from its own lowest value there."""
    first, second = pareto.scene.labels
    a, b = pareto.scene.names
    (x, y), (one, two) = pareto.thetas[step], pareto.losses[step]
    weight = pareto.weights[step]
    taken = min(max(weight, EDGE), 1 - EDGE)
    at = number(weight, 3) if taken == weight else f"{weight:g}, taken as {number(taken, 6)},"
    return (
        f"At weight {at} the sum is smallest at {a} = {number(x)}, "
        f"{b} = {number(y)}. There {inside(first)} is {number(one)} (alone it can reach "
        f"{_lowest(pareto, 0)}) and {inside(second)} is {number(two)} (alone {_lowest(pareto, 1)})."
    )


def exchange(pareto: TradeOff, step: int) -> str:
    """The front's slope at the chosen point, which is the ratio of the weights."""
    share = float(pareto.shares[step])
    if not 0 < share < 1:
        return "At this end of the front one loss has weight 0, so there is no rate of exchange."
    first, second = pareto.scene.labels
    rate = number(share / (1 - share), 3)
    return (
        f"A weight is an exchange rate: here one unit less of {inside(first)} costs about {rate} "
        f"unit{'' if rate == '1' else 's'} of {inside(second)}, the slope of the dashed line that "
        "touches the front."
    )


def conflict(pareto: TradeOff) -> str:
    """How much of the window the gradients spend against each other."""
    share = pareto.conflicting
    if share == 0:
        return "Nowhere in the window do the two gradients point against each other."
    return (
        f"In {number(100 * share, 3)}\u00a0% of the window the gradients point against each other "
        "(cosine below 0): a small step along one gradient's descent raises the other loss. On "
        "the front itself they point in exactly opposite directions."
    )


def units(pareto: TradeOff, step: int) -> str:
    """Units are weights."""
    if pareto.factor == 1:
        return ""
    return (
        f"Multiplying the second loss by {number(pareto.factor, 3)} turns weight "
        f"{_share(pareto.weights[step])} into {_share(pareto.shares[step])}: a change of "
        "units is a change of weights. The front stays where it was; the point on it moves."
    )


def inward(pareto: TradeOff) -> str:
    """The part of the front that no weighted sum reaches."""
    return (
        "The front is not convex: no weight comes near "
        f"{number(100 * pareto.missed, 2)}\u00a0% of it, however finely weights are tried. "
        "A sum jumps from one end to the other; the larger of both weighted losses (Chebyshev) "
        "reaches every point."
    )


def schemes(pareto: TradeOff, runs: Sequence[Run]) -> list[str]:
    """Where each scheme of the race ended, and which weights it used."""
    first, second = pareto.scene.labels
    found = [
        f"After {len(runs[0].weights)} steps, {inside(first)} and {inside(second)}: "
        + "; ".join(
            f"{run.label} {number(run.losses[-1, 0], 3)} and {number(run.losses[-1, 1], 3)}"
            for run in runs
        )
        + "."
    ]
    learned = {run.id: run for run in runs}
    chose = learned["uncertainty"]
    ended, aim = float(chose.weights[-1, 0]), inverse_share(chose.losses[-1])
    near = abs(ended - aim) <= CLOSE_WEIGHT * aim
    found.append(
        f"Uncertainty weighting ended at a weight of {_share(ended)} for {inside(first)}, "
        + (
            "near 1/L₁ against 1/L₂: automatic is still a choice."
            if near
            else f"on the way to 1/L₁ against 1/L₂, a weight of {_share(aim)}: automatic is still "
            "a choice."
        )
        + (
            " A loss that can reach 0 is given an ever larger weight, and the other is given up."
            if min(pareto.best) < 1e-6
            else ""
        )
    )
    if end_apart(runs, pareto.spans):
        found.append(
            "Same start, same learning rate, same two losses: the schemes end at different "
            "points, because each of them solves another problem."
        )
    return found


def captions(pareto: TradeOff) -> list[str]:
    """One line per weight, for the player."""
    return [
        f"weight {number(weight, 3)}: {number(one)} and {number(two)}"
        for weight, (one, two) in zip(pareto.weights, pareto.losses, strict=True)
    ]


def _share(weight: float) -> str:
    """A weight in three digits, or in as many as tell it from one."""
    found = (number(weight, digits) for digits in range(3, 16))
    return next((each for each in found if each != "1" or weight == 1), "1")


def _lowest(pareto: TradeOff, place: int) -> str:
    return number(pareto.best[place], beside=pareto.sizes[place])
