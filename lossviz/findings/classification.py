"""What can truly be said of classifiers: their surfaces, their infinities, their wrong labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lossviz.classification.label_noise import Optimum, Parted, Scores, population, symmetric_sum
from lossviz.classification.separability import Pulled
from lossviz.findings.landscapes import lowest
from lossviz.landscapes import Landscape
from lossviz.losses import Loss
from lossviz.minima import Minimum
from lossviz.objectives import Risk
from lossviz.text import count, listing, number, percent

Array = NDArray[np.floating]
LEVEL = 1e-12  # accuracies that differ by less are the same count


def sentences(
    risks: tuple[Risk, Risk], best: Minimum, pair: tuple[Landscape, Landscape]
) -> list[str]:
    """What the two surfaces are, and where the best model of the first is."""
    losses = risks[0].loss, risks[1].loss
    found = [lowest(risks[0], best), *bends(pair, losses), plateau(risks, pair[0])]
    return [each for each in found if each]


def bends(pair: tuple[Landscape, Landscape], losses: tuple[Loss, Loss]) -> list[str]:
    """Convex or not: by the loss where the model is linear, else by chords of the grid."""
    told = []
    for land, loss in zip(pair, losses, strict=True):
        share = dented(land.values)
        if loss.convex:
            told.append(
                f"**{loss.label}** is convex in the logits: with a linear model the ground has "
                "no dents and no second valley."
            )
        elif share:
            told.append(
                f"**{loss.label}** is not convex: on {percent(share)} of the window the ground "
                "curves downward, above the chord of its neighbours."
            )
        else:
            told.append(
                f"**{loss.label}** is not convex as a price, but no dent shows in this window."
            )
    return told


def dented(values: Array) -> float:
    """The share of inner grid points that lie above a chord of two opposite neighbours.

    A witness each: three points of a straight line, the middle one too high.
    """
    if min(values.shape) < 3 or not np.isfinite(values).all():
        return 0.0
    middle = values[1:-1, 1:-1]
    sag_a = values[1:-1, 2:] + values[1:-1, :-2] - 2 * middle
    sag_b = values[2:, 1:-1] + values[:-2, 1:-1] - 2 * middle
    tolerance = 1e-9 * max(float(np.abs(values).max()), 1e-300)
    return float(((sag_a < -tolerance) | (sag_b < -tolerance)).mean())


def plateau(risks: tuple[Risk, Risk], land: Landscape) -> str:
    """How steep both are where the first, whose landscape this is, is highest."""
    if not np.isfinite(land.values).all():
        return ""
    j, i = np.unravel_index(land.values.argmax(), land.values.shape)
    theta = land.plane.point(land.a[i], land.b[j])
    across = np.stack([land.plane.u, land.plane.v])
    one, two = (float(np.linalg.norm(across @ risk.gradient(theta))) for risk in risks)
    first, second = (risk.loss.name for risk in risks)
    where = f"Where {first} is highest in this window, at {number(land.values[j, i])},"
    if not (one > 1e-12 and two > 1e-12 and np.isfinite(one / two)):
        return ""
    if one >= two:
        return f"{where} it is {number(one / two, 3)} times as steep as {second}."
    return f"{where} {second} is {number(two / one, 3)} times as steep."


def separated(best: Minimum, pulled: Sequence[Pulled]) -> list[str]:
    """Whether a best model exists without penalty, and where each penalty puts it."""
    if best.kind == "infinity":
        why = best.message.removeprefix("No best model exists: ")
        first = f"Without a penalty there is no best model: {why}"
    else:
        first = (
            "These classes overlap, so a best model exists even without a penalty, with weights "
            f"of length {number(_size(best.theta))}."
        )
    near, far = pulled[0], pulled[-1]
    return [
        first,
        f"An L2 penalty of λ = {number(near.strength)} holds the weights at length "
        f"{number(_size(near.best.theta))} (data loss {number(near.data_loss)}), λ = "
        f"{number(far.strength)} at {number(_size(far.best.theta))} (data loss "
        f"{number(far.data_loss)}): the weaker, the farther out.",
    ]


def _size(theta: Array) -> float:
    return float(np.linalg.norm(theta))


def noise_table(found: Sequence[Parted]) -> str:
    """A Markdown table: what flipped labels did to each loss's minimum."""
    lines = [
        "| Loss | right, fitted to clean | right, fitted to noisy | turned by |",
        "|---|---:|---:|---:|",
    ]
    for each in found:
        before, after = each.accuracy
        angle = "–" if np.isnan(each.turned) else f"{each.turned:.1f}°"
        lines.append(
            f"| **{each.loss.label}** | {100 * before:.1f} % | {100 * after:.1f} % | {angle} |"
        )
    return "\n".join(lines)


def noise(found: Sequence[Parted], wrong: int, n: int) -> list[str]:
    """Who lost most and least to the wrong labels on these data."""
    lost = [each.accuracy[0] - each.accuracy[1] for each in found]
    told = [f"{count(wrong, 'label')} of {n} {'is' if wrong == 1 else 'are'} wrong."]
    worst, least = max(lost), min(lost)
    if worst - least < LEVEL:
        told.append(f"All losses shown {_went(worst, many=True)}.")
    else:
        most = [each.loss.name for each, v in zip(found, lost, strict=True) if worst - v < LEVEL]
        few = [each.loss.name for each, v in zip(found, lost, strict=True) if v - least < LEVEL]
        told.append(
            f"{_capital(listing(most))} {_went(worst, many=len(most) > 1)}; "
            f"{listing(few)} {_went(least, many=len(few) > 1)}."
        )
    gone = [each.loss.label for each in found if each.noisy.kind == "infinity"]
    if gone:
        told.append(
            f"{listing(gone)} {'has' if len(gone) == 1 else 'have'} no best model on the noisy "
            "labels: lowest is a constant answer or ever larger weights."
        )
    return told


def _went(lost: float, *, many: bool) -> str:
    """ "loses 3 points of accuracy", "gains 1 point of accuracy", "keeps its accuracy"."""
    if abs(lost) < LEVEL:
        return "keep their accuracy" if many else "keeps its accuracy"
    verb = ("lose" if lost > 0 else "gain") + ("" if many else "s")
    size = number(100 * abs(lost), 3)
    return f"{verb} {size} {'point' if size == '1' else 'points'} of accuracy"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def theory(losses: Sequence[Loss], eta: float) -> str:
    """A Markdown table: the cheapest chance when a share eta of one class is mislabelled."""
    lines = [
        f"| Loss | cheapest chance of class 1 when {percent(eta)} of its labels are wrong | "
        "ℓ(z, 1) + ℓ(z, 0) |",
        "|---|---:|---|",
    ]
    for loss in losses:
        total = symmetric_sum(loss)
        says = "not constant" if total is None else f"always {number(total)}: symmetric"
        lines.append(f"| **{loss.label}** | {_chance(population(loss, eta))} | {says} |")
    return "\n".join(lines)


def _chance(best: Optimum) -> str:
    if best.level:
        return "all cost the same"
    if best.attained:
        return number(best.p)
    return f"{number(best.p)} (certainty, never reached)"


def score_table(rows: Sequence[tuple[str, Scores]]) -> str:
    """A Markdown table of accuracy, precision, recall and F1."""
    lines = ["| | accuracy | precision | recall | F1 |", "|---|---:|---:|---:|---:|"]
    for name, each in rows:
        cells = (percent(each.accuracy), percent(each.precision), percent(each.recall))
        lines.append(f"| **{name}** | {' | '.join(cells)} | {number(each.f1, 3)} |")
    return "\n".join(lines)


def imbalance(rows: Sequence[tuple[str, Scores]], share: float, names: tuple[str, str]) -> str:
    """What accuracy hides where one class is rare."""
    name, first = rows[0]
    rare, common = (names[1], names[0]) if share <= 0.5 else (names[0], names[1])
    return (
        f"{percent(min(share, 1 - share))} of the points are {rare}: always answering {common} is "
        f"right {percent(max(share, 1 - share))} of the time. {name} is right "
        f"{percent(first.accuracy)} of the time and finds {percent(first.recall)} of those that "
        f"are {names[1]}."
    )
