"""What can truly be said of one loss surface."""

from __future__ import annotations

import numpy as np

from lossviz.landscapes import Landscape
from lossviz.minima import Minimum
from lossviz.objectives import Risk
from lossviz.text import count, listing, number, percent


def sentences(risk: Risk, best: Minimum, land: Landscape) -> list[str]:
    """Where the lowest point is, what the ground is made of, and who pays for it."""
    found = [lowest(risk, best)]
    found += filter(None, (shape(risk, best), folds(risk, land), valleys(land), burden(risk, best)))
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
    """How long the bowl is for its width, where the ground is a bowl."""
    if risk.quadratic is None or best.kind != "point":
        return ""
    curvatures = np.linalg.eigvalsh(risk.hessian(best.theta))
    if len(curvatures) < 2 or curvatures[0] <= curvatures[-1] * 1e-12:
        return ""
    kappa = curvatures[-1] / curvatures[0]
    ratio = np.sqrt(kappa)
    if ratio < 1.05:
        return (
            "The bowl is round, measured in equal units on both axes: every way downhill leads "
            "straight to the bottom."
        )
    return (
        f"The bowl is {number(ratio, 3)} times as long as it is wide "
        f"(condition number {number(kappa, 3)}): downhill is rarely towards the bottom."
    )


def folds(risk: Risk, land: Landscape) -> str:
    """How many straight creases the kinks of the loss leave in the window."""
    crossing, pieces = folds_in_window(risk, land), risk.loss.pieces
    if crossing is None or pieces is None:
        return ""
    rows, kinks = crossing
    flat = all(a == 0 for a in pieces.a) and risk.penalty.smooth is True
    made = "flat facets" if flat else "smooth patches"
    return (
        f"The ground is made of {made} that meet in creases: {count(kinks, 'crease')} from "
        f"{count(rows, 'point')} cross this window, each where a point's residual passes a kink "
        "of the loss."
    )


def folds_in_window(risk: Risk, land: Landscape) -> tuple[int, int] | None:
    """(points that crease this window, creases); None where the loss has no kinks.

    A crease is a straight line in the window on which one residual (or margin) sits at a kink.
    """
    pieces, design = risk.loss.pieces, risk.model.design(risk.data.X)
    if pieces is None or not pieces.knots or design is None or risk.loss.smooth:
        return None
    corners = land.plane.point(
        np.array([land.a[0], land.a[0], land.a[-1], land.a[-1]]),
        np.array([land.b[0], land.b[-1], land.b[0], land.b[-1]]),
    )
    at = corners @ design.T  # (4, n): extremes of each prediction lie in the corners
    y = risk.data.y
    argument = at - y if risk.loss.task == "regression" else (2 * y - 1) * at
    low, high = argument.min(0), argument.max(0)
    crossed = np.array([(low < knot) & (knot < high) for knot in pieces.knots])
    return int(crossed.any(0).sum()), int(crossed.sum())


def valleys(land: Landscape) -> str:
    """How many separate low points the grid shows, where there is more than one."""
    low = grid_minima(land.values)
    if low < 2:
        return ""
    return (
        f"At this resolution the window holds {low} separate low points: which one a descent "
        "finds depends on where it starts."
    )


def grid_minima(values: np.ndarray) -> int:
    """Interior grid points strictly below their eight neighbours."""
    core = values[1:-1, 1:-1]
    rows, columns = values.shape
    neighbours = [
        values[1 + j : rows - 1 + j, 1 + i : columns - 1 + i]
        for j in (-1, 0, 1)
        for i in (-1, 0, 1)
        if (i, j) != (0, 0)
    ]
    return int(np.all([core < side for side in neighbours], axis=0).sum())


def burden(risk: Risk, best: Minimum) -> str:
    """How few points hold half of the loss at the minimum."""
    if best.kind == "infinity" or len(risk.data) < 4:
        return ""
    prices = risk.loss.value(risk.data.y, risk.model.predict(best.theta, risk.data.X))
    total = prices.sum()
    if not np.isfinite(total) or prices.min() < 0 or not np.ptp(prices):
        return ""
    few = int(np.searchsorted(np.cumsum(np.sort(prices)[::-1]), total / 2) + 1)
    return (
        f"There, half of the loss comes from {count(few, 'point')} of {len(prices)} "
        f"({percent(few / len(prices))})."
    )
