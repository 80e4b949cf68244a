"""Sentences about one loss surface."""

from __future__ import annotations

import math

from lossviz.curvature import Curvature
from lossviz.landscapes import Landscape
from lossviz.landscapes.kinks import jumps, kinks_in_window
from lossviz.landscapes.local_minima import local_minima
from lossviz.minima import Minimum
from lossviz.objectives import Risk
from lossviz.outliers.influence import half_of_loss
from lossviz.text import count, listing, number, percent


def sentences(risk: Risk, best: Minimum, land: Landscape) -> list[str]:
    """Where the minimum is, what the surface is made of, and which points make the loss."""
    found = [lowest(risk, best)]
    found += filter(
        None, (shape(risk, best), folds(risk, land), valleys(risk, land), burden(risk, best))
    )
    return found


def lowest(risk: Risk, best: Minimum) -> str:
    """Where the minimum is and of which kind, in the minimiser's own words."""
    where = listing(
        [f"{name} {number(value)}" for name, value in zip(risk.names, best.theta, strict=True)][:4]
    )
    more = "" if len(best.theta) <= 4 else f" and {len(best.theta) - 4} more parameters"
    if best.kind == "infinity":
        return best.message
    return f"**Loss {number(best.value)}** at {where}{more}. {best.message}"


def shape(risk: Risk, best: Minimum) -> str:
    """The condition number of an exact quadratic, and what it means for steepest descent."""
    if risk.quadratic is None or best.kind != "point":
        return ""
    curvature = Curvature.of(risk, best.theta)
    kappa = curvature.condition_number
    if len(best.theta) < 2 or not math.isfinite(kappa):
        return ""
    ratio = math.sqrt(kappa)
    if ratio < 1.05:
        return (
            f"The condition number is {number(kappa, 3)}: steepest descent leads straight to the "
            "minimum (contours look round only when drawn at equal scales on both axes)."
        )
    return (
        f"The condition number is {number(kappa, 3)}: at equal scales the contours are "
        f"{number(ratio, 3)} times as long as wide, and the direction of steepest descent rarely "
        "points to the minimum."
    )


def folds(risk: Risk, land: Landscape) -> str:
    """How many straight lines of kinks the loss leaves in the window."""
    crossing, pieces = kinks_in_window(risk, land), risk.loss.pieces
    if crossing is None or pieces is None:
        return ""
    rows, kinks = crossing
    flat = all(a == 0 for a in pieces.a) and risk.penalty.smooth is True
    made = "plane facets" if flat else "smooth patches"
    kind = "jump" if jumps(risk.loss) else "kink"
    return (
        f"The loss surface is made of {made} that meet in {kind}s: {count(kinks, kind)} "
        f"from {count(rows, 'point')} cross this window, each where "
        f"{'the residual' if risk.loss.task == 'regression' else 'the margin'} of a point passes "
        f"a {kind} of the loss."
    )


def valleys(risk: Risk, land: Landscape) -> str:
    """How many local minima the grid leads to, where there is more than one.

    Nothing of a convex objective, which has none: its grid only steps along a narrow valley.
    """
    linear = risk.model.design(risk.data.X) is not None
    if linear and risk.loss.convex and risk.penalty.convex:
        return ""
    low = len(local_minima(risk, land)) if min(land.values.shape) >= 3 else 0
    if low < 2:
        return ""
    return (
        f"At this resolution the window shows {low} local minima: which one a descent "
        "finds depends on where it starts."
    )


def burden(risk: Risk, best: Minimum) -> str:
    """How few points make half of the loss at the minimum."""
    if best.kind == "infinity" or len(risk.data) < 4:
        return ""
    few, n = half_of_loss(risk, best.theta), len(risk.data)
    if few is None:
        return ""
    which = "largest error makes" if few == 1 else f"{few} largest errors make"
    return f"There, the {which} half of the loss ({percent(few / n)} of {n} points)."
