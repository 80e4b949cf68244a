"""Sentences about training and validation, loss and metric."""

from __future__ import annotations

import math

from lossviz.metrics import Metric, Ratio
from lossviz.text import apart, count, number, percent
from lossviz.validation.curves import Degrees, Folds, Learning, Strengths
from lossviz.validation.gap import Disagreement, Flatness, Gap
from lossviz.validation.stopping import Stop

LEVEL = 1e-9  # of the values themselves: differences below are rounding


def gap_sentences(
    found: Gap,
    metric: Metric | None,
    rows: tuple[int, int],
    attained: bool,
    penalised: bool = False,
) -> list[str]:
    """Where the two measures are best, how far apart, and what that costs.

    ``rows`` are those learned from and those held out; ``attained`` says that the training loss
    has a lowest point, ``penalised`` that a penalty is part of it.
    """
    (own, second), (other, best) = found.scores.tolist()
    name = "held-out loss" if metric is None else f"held-out {metric.name}"
    first = "At its lowest point" if attained else "Far along the way down"
    what = "regularised training loss" if penalised else "training loss"
    seen = apart(own, second) if metric is None else (number(own), number(second))
    facts = [
        f"{first} the {what} is **{seen[0]}** ({count(rows[0], 'row')}); the {name} there "
        f"is **{seen[1]}** ({count(rows[1], 'row')} held out)."
    ]
    lost = abs(best - second)
    if found.distance == 0 or lost <= LEVEL * max(abs(best), abs(second)):
        facts.append(f"No other point in this window has a better {name}.")
        return facts
    facts.append(
        f"The {name} is best elsewhere, {number(found.distance, 3)} away in parameter units: "
        f"**{number(best)}** there, {number(lost, 3)} better. The {what} is "
        f"{_beside(other, own)} there."
    )
    return facts


def _beside(one: float, other: float) -> str:
    """ "0.2 higher", "0.2 lower" or "the same", where the difference is more than rounding."""
    more = one - other
    if abs(more) <= LEVEL * max(abs(one), abs(other)):
        return "the same"
    return f"{number(abs(more), 3)} {'higher' if more > 0 else 'lower'}"


def zero_division(metric: Metric, share: float, here: bool, classes: tuple[str, ...]) -> str:
    """Where the metric is 0/0 and counts as 0, as a share of the grid points; "" for nowhere.

    ``here`` says whether it is at the training minimum too; ``classes`` are named by number.
    """
    if not share or not isinstance(metric, Ratio):
        return ""
    where = f"At {percent(share)} of the grid points"
    too = ", at the lowest training loss too" if here else ""
    if len(classes) > 2:
        return (
            f"{where}{too}, {metric.name} is 0/0 for one of the classes; it counts as 0 in the "
            "mean over the classes."
        )
    empty = metric.empty.replace("class 1", classes[1])
    return f"{where}{too}, {empty}: {metric.name} is 0/0 there and counts as **0**."


def flat(metric: Metric, found: Flatness) -> str:
    """Why a metric cannot be descended, as measured on the plane."""
    if not metric.steps:
        return (
            f"{metric.label} has a gradient: at {percent(1 - found.points)} of the grid points "
            "a small enough move changes it, so it could be descended."
        )
    return (
        f"At {percent(found.points)} of the grid points the gradient of {metric.name} is "
        "**exactly zero**: a small enough move changes nothing. Between neighbouring points "
        "it stays "
        f"the same in {percent(found.steps)} of the steps. A gradient method has no direction "
        "to follow."
    )


def stopped(found: Stop, patience: int, steps: int) -> str:
    """Where early stopping ends, and what going on or stopping costs."""
    if not found.ended:
        more = (
            "It is still falling: more steps would help."
            if found.best == steps
            else f"The lowest so far was at step {found.best}."
        )
        return f"In {count(steps, 'step')} patience of {patience} never runs out. {more}"
    first = (
        f"With a patience of {count(patience, 'step')} training stops at step {found.at} and keeps "
        f"step **{found.best}**."
    )
    if found.final > 0:
        first += f" Going on to step {steps} raises the held-out loss by {number(found.final, 3)}."
    elif found.final == 0:
        first += f" Going on to step {steps} changes nothing: the held-out loss is the same there."
    elif found.final < 0:
        first += (
            f" That is too soon: at step {steps} the held-out loss is "
            f"{number(-found.final, 3)} lower."
        )
    if found.missed > 0 and found.final >= 0:
        first += f" A later step is lower still, by {number(found.missed, 3)}."
    return first


def strengths(found: Strengths) -> str:
    """The best penalty by the held-out loss, and what it is worth."""
    best = found.best
    if not math.isfinite(found.held[0]):
        return (
            "Without a penalty there is no finite minimum: the classes are separable. The held-out "
            f"loss is lowest at **λ = {number(float(found.strengths[best]), 3)}**: "
            f"{number(float(found.held[best]))}, with a training loss of "
            f"{number(float(found.train[best]))}."
        )
    gained = float(found.held[0] - found.held[best])
    if found.strengths[best] == 0 or not gained > 0:
        return (
            "On this path no penalty lowers the held-out loss: λ = 0 is best, at "
            f"{number(float(found.held[0]))}."
        )
    increase = _beside(float(found.train[best]), float(found.train[0]))
    return (
        f"The held-out loss is lowest at **λ = {number(float(found.strengths[best]), 3)}**: "
        f"{number(gained, 3)} below λ = 0, while the training loss is {increase}. "
        "A penalty moves the minimum away from the lowest training loss, ideally "
        "towards the lowest held-out loss."
    )


def learning(found: Learning) -> list[str]:
    """How the gap between training and held-out loss closes with the rows."""
    train, held = found.train.mean(0), found.held.mean(0)
    ends = [(float(held[k] - train[k]), int(found.sizes[k])) for k in (0, -1)]
    facts = [
        f"With {count(ends[0][1], 'row')} held-out less training loss is "
        f"{number(ends[0][0], 3)}; with {count(ends[1][1], 'row')} it is {number(ends[1][0], 3)}."
    ]
    if found.risk is not None:
        true, spread = float(found.risk[:, -1].mean()), float(found.held[:, -1].std())
        facts.append(
            f"The risk itself is {number(true)} with all rows, from a fresh sample of "
            f"{found.sample:,} rows of the same distribution; the held-out rows give "
            f"{number(float(held[-1]))}" + (f" ± {number(spread, 2)}." if spread > 0 else ".")
        )
    else:
        facts.append(
            "The distribution behind a table is unknown: the held-out rows are all there is."
        )
    if found.ridge:
        facts.append(
            f"Fitted with an L2 penalty of {found.ridge:g}, since small samples may be separable."
        )
    return facts


def degrees(found: Degrees) -> list[str]:
    """Where the loss on fresh rows is lowest, and what rises beyond."""
    low = int(found.fresh.argmin())
    source = (
        f"{found.redraws} samples drawn from the data's own distribution"
        if found.drawn
        else f"{found.redraws} random halves of the rows, judged on others"
    )
    facts = [
        f"Degree **{found.degrees[low]}** has the lowest loss on fresh rows, "
        f"{number(float(found.fresh[low]))}: {number(float(found.bias[low]))} of it bias² and "
        f"noise, {number(float(found.variance[low]))} variance. From {source}."
    ]
    last = len(found.degrees) - 1
    grown = "has grown to" if found.variance[last] > found.variance[low] else "is"
    if last > low:
        facts.append(
            f"At degree {found.degrees[last]} the training loss is "
            f"{number(float(found.train[last]), beside=float(found.train.max()))} and the loss on "
            f"fresh rows {number(float(found.fresh[last]))}; variance {grown} "
            f"{number(float(found.variance[last]))}."
        )
    return facts


def folds(found: Folds) -> list[str]:
    """What cross-validation says, and how far the folds are apart."""
    k, spread = len(found.held), float(found.held.std(ddof=1))
    low, high = int(found.held.argmin()), int(found.held.argmax())
    return [
        f"Fitted to {k - 1} folds and judged on the other, the loss is "
        f"**{number(float(found.held.mean()))}** on average, standard error "
        f"{number(spread / k**0.5, 2)}.",
        f"Fold {low + 1} says {number(float(found.held[low]))}, fold {high + 1} "
        f"{number(float(found.held[high]))}: a single split would have given one of these.",
    ]


def disagreement(found: Disagreement | None, metric: Metric) -> str:
    """Two models of which the loss prefers one and the metric the other."""
    if found is None:
        return (
            f"In this window training loss and {metric.name} never disagree: a lower loss never "
            "has a worse score."
        )
    loss, score = apart(*found.losses), apart(*found.scores)
    return (
        f"The first model has the lower training loss, **{loss[0]}** against {loss[1]}, and the "
        f"worse {metric.name}, {score[0]} against **{score[1]}**."
    )


def held_out(rows: tuple[int, int]) -> str:
    """How many rows teach and judge."""
    return f"{count(rows[0], 'row')} to learn from, {rows[1]} held out."


def on_both(
    losses: tuple[float, float],
    accuracies: tuple[float, float] | None = None,
    whose: str = "the best model",
) -> str:
    """The loss and, of classes, the accuracy of a model where it learned and where it did not."""
    seen, of_held_out = apart(*losses)
    text = (
        f"The loss of {whose} is {seen} on the rows learned from, {of_held_out} on those held out"
    )
    if accuracies is not None:
        text += f"; its accuracy {number(accuracies[0])} and {number(accuracies[1])}"
    return text + "."
