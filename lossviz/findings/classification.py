"""Sentences about classifiers: convexity, separability, label noise, imbalance."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lossviz.classification.gradients import where_highest
from lossviz.classification.label_noise import NoisyFit, Optimum, Scores, population, symmetric_sum
from lossviz.classification.separability import Penalised, overlap, weights_norm
from lossviz.findings.landscapes import lowest
from lossviz.landscapes import Landscape
from lossviz.landscapes.roughness import nonconvex_share_along_axes
from lossviz.losses import Loss
from lossviz.minima import Minimum
from lossviz.objectives import Risk
from lossviz.text import apart, count, listing, number, percent

LEVEL = 1e-12  # accuracies that differ by less are the same count


def sentences(
    risks: tuple[Risk, Risk], best: Minimum, pair: tuple[Landscape, Landscape]
) -> list[str]:
    """What the two surfaces are, and where the best model of the first is."""
    losses = risks[0].loss, risks[1].loss
    found = [lowest(risks[0], best), *curvature(pair, losses), plateau(risks, pair[0])]
    return [each for each in found if each]


def curvature(pair: tuple[Landscape, Landscape], losses: tuple[Loss, Loss]) -> list[str]:
    """Convex or not: by the loss where the model is linear, else by chords of the grid."""
    facts = []
    for land, loss in zip(pair, losses, strict=True):
        share = nonconvex_share_along_axes(land)
        if loss.convex:
            facts.append(
                f"**{loss.label}** is convex in the logits: with a linear model the loss surface "
                "is convex too, and every local minimum is global."
            )
        elif loss.pieces is not None and not any(loss.pieces.a + loss.pieces.b):
            facts.append(
                f"**{loss.label}** is piecewise constant: its surface is flat between jumps, so "
                "the gradient is zero wherever it exists."
            )
        elif share:
            facts.append(
                f"**{loss.label}** is not convex: at {percent(share)} of the grid points of the "
                "window the curvature is negative along an axis."
            )
        else:
            facts.append(
                f"**{loss.label}** is not convex in the logits, but no negative curvature along "
                "an axis shows in this window."
            )
    return facts


def plateau(risks: tuple[Risk, Risk], land: Landscape) -> str:
    """How steep both are where the first, whose landscape this is, is highest."""
    found = where_highest(risks, land)
    if found is None:
        return ""
    first, second = (risk.loss.name for risk in risks)
    where = f"Where {first} is highest in this window, at {number(found.value)},"
    ratio = found.ratio
    if number(max(ratio, 1 / ratio), 3) == "1":
        return f"{where} its gradient has the same norm as that of {second}."
    if ratio > 1:
        return f"{where} its gradient has {number(ratio, 3)} times the norm of {second}'s."
    return f"{where} the gradient of {second} has {number(1 / ratio, 3)} times the norm."


def separated(risk: Risk, best: Minimum, penalised: Sequence[Penalised]) -> list[str]:
    """Whether a finite minimum exists without penalty, and where each penalty puts it."""
    start = "No finite minimum exists: "
    if best.kind == "infinity" and best.message.startswith(start):
        what = "maximum-likelihood estimate" if risk.loss.canonical else "minimum"
        first = (
            f"**Separable data: no finite {what}.** {_capital(best.message.removeprefix(start))}"
        )
    elif best.kind == "infinity":
        first = best.message
    else:
        first = _why_finite(risk, best)
    near, far = penalised[0], penalised[-1]
    norms = weights_norm(risk, near.best), weights_norm(risk, far.best)
    one, two = apart(*norms)
    sentence = (
        f"With an L2 penalty of λ = {number(near.strength)} the norm of the weights (without the "
        f"intercept) is {one} (data loss {number(near.data_loss)}), with λ = "
        f"{number(far.strength)} it is {two} (data loss {number(far.data_loss)})"
    )
    more = ": the smaller λ, the larger norm." if one != two and norms[1] > norms[0] else "."
    return [first, sentence + more]


def _why_finite(risk: Risk, best: Minimum) -> str:
    """Why a loss has a finite minimum without a penalty: the classes, or the loss itself."""
    mixed, norm = overlap(risk), number(weights_norm(risk, best))
    if mixed:
        return (
            "These classes overlap, so a finite minimum exists even without a penalty, where the "
            f"norm of the weights is {norm}."
        )
    classes = "separable" if mixed is False else "separable but for points on the boundary"
    return (
        f"These classes are {classes}, yet {risk.loss.name} has a finite minimum without a "
        f"penalty, where the norm of the weights is {norm}: from some margin on, a larger one does "
        "not lower it."
    )


def noise_table(found: Sequence[NoisyFit]) -> str:
    """A Markdown table: what flipped labels did to each loss's minimum."""
    lines = [
        "| Loss | accuracy, fitted to clean | accuracy, fitted to noisy | rotation |",
        "|---|---:|---:|---:|",
    ]
    for each in found:
        before, after = each.accuracy
        angle = "–" if math.isnan(each.turned) else f"{each.turned:.1f}°"
        lines.append(
            f"| **{each.loss.label}** | {100 * before:.1f} % | {100 * after:.1f} % | {angle} |"
        )
    return "\n".join(lines)


def noise(found: Sequence[NoisyFit], wrong: int, n: int) -> list[str]:
    """Which loss lost most and least accuracy to the wrong labels on these data."""
    lost = [each.accuracy[0] - each.accuracy[1] for each in found]
    facts = [f"{count(wrong, 'label')} of {n} {'is' if wrong == 1 else 'are'} wrong."]
    worst, least = max(lost), min(lost)
    if worst - least < LEVEL:
        facts.append(f"All losses shown {_went(worst, many=True)}.")
    else:
        most = [each.loss.name for each, v in zip(found, lost, strict=True) if worst - v < LEVEL]
        few = [each.loss.name for each, v in zip(found, lost, strict=True) if v - least < LEVEL]
        facts.append(
            f"{_capital(listing(most))} {_went(worst, many=len(most) > 1)}; "
            f"{listing(few)} {_went(least, many=len(few) > 1)}."
        )
    gone = [each.loss.label for each in found if each.noisy.kind == "infinity"]
    if gone:
        facts.append(
            f"{listing(gone)} {'has' if len(gone) == 1 else 'have'} no finite minimum on the "
            "noisy labels: the infimum is approached along a ray, and a point on it is shown."
        )
    return facts


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
    """A Markdown table: the risk-minimising probability where a share eta is mislabelled."""
    lines = [
        f"| Loss | risk-minimising probability of class 1 when {percent(eta)} of its labels are "
        "wrong | "
        "ℓ(z, 1) + ℓ(z, 0) |",
        "|---|---:|---|",
    ]
    for loss in losses:
        total = symmetric_sum(loss)
        text = "not constant" if total is None else f"always {number(total)}: symmetric"
        lines.append(f"| **{loss.label}** | {_chance(population(loss, eta))} | {text} |")
    return "\n".join(lines)


def _chance(best: Optimum) -> str:
    if best.level:
        return "all have the same risk"
    if best.attained:
        return number(best.p)
    return f"{number(best.p)} (not attained)"


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
        f"{percent(min(share, 1 - share))} of the points are {rare}: always predicting {common} "
        f"has an accuracy of {percent(max(share, 1 - share))}. {name} has an accuracy of "
        f"{percent(first.accuracy)} and a recall of {percent(first.recall)} for {names[1]}."
    )
