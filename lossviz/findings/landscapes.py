"""What can truly be said of one loss surface."""

from __future__ import annotations

import numpy as np

from lossviz.landscapes import Landscape
from lossviz.losses import Loss
from lossviz.minima import Minimum
from lossviz.objectives import Risk
from lossviz.text import count, listing, number, percent

ROUNDING = 1e-12  # of a useless model's loss: less than this nothing can be said about


def sentences(risk: Risk, best: Minimum, land: Landscape) -> list[str]:
    """Where the minimum is, what the surface is made of, and which points make the loss."""
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
    """The condition number of an exact quadratic, and what it means for steepest descent."""
    if risk.quadratic is None or best.kind != "point":
        return ""
    curvatures = np.linalg.eigvalsh(risk.hessian(best.theta))
    if len(curvatures) < 2 or curvatures[0] <= curvatures[-1] * 1e-12:
        return ""
    kappa = curvatures[-1] / curvatures[0]
    ratio = np.sqrt(kappa)
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
    crossing, pieces = folds_in_window(risk, land), risk.loss.pieces
    if crossing is None or pieces is None:
        return ""
    rows, kinks = crossing
    flat = all(a == 0 for a in pieces.a) and risk.penalty.smooth is True
    made = "plane facets" if flat else "smooth patches"
    kind = "jump" if _jumps(risk.loss) else "kink"
    return (
        f"The loss surface is made of {made} that meet in {kind}s: {count(kinks, kind)} "
        f"from {count(rows, 'point')} cross this window, each where "
        f"{'the residual' if risk.loss.task == 'regression' else 'the margin'} of a point passes "
        f"a {kind} of the loss."
    )


def _jumps(loss: Loss) -> bool:
    """Whether a loss made of pieces has a jump at a knot, not only a kink."""
    if loss.pieces is None:
        return False
    knots, a, b, c = (np.asarray(part, float) for part in loss.pieces)
    left = a[:-1] * knots**2 + b[:-1] * knots + c[:-1]
    right = a[1:] * knots**2 + b[1:] * knots + c[1:]
    return bool((left != right).any())


def folds_in_window(risk: Risk, land: Landscape) -> tuple[int, int] | None:
    """(points with a kink in this window, such lines); None where the loss has no kinks.

    On each straight line one residual (or margin) sits at a kink of the loss.
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
    """How many local minima the grid shows, where there is more than one."""
    low = grid_minima(land.values)
    if low < 2:
        return ""
    return (
        f"At this resolution the grid of the window has {low} local minima: which one a descent "
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
    """How few points make half of the loss at the minimum."""
    if best.kind == "infinity" or len(risk.data) < 4:
        return ""
    losses = risk.loss.value(risk.data.y, risk.model.predict(best.theta, risk.data.X))
    total = losses.sum()
    if not np.isfinite(total) or losses.min() < 0 or not np.ptp(losses):
        return ""
    if total <= ROUNDING * _losses_of_a_useless_model(risk).sum():
        return ""
    few = int(np.searchsorted(np.cumsum(np.sort(losses)[::-1]), total / 2) + 1)
    which = "largest error makes" if few == 1 else f"{few} largest errors make"
    return (
        f"There, the {which} half of the loss ({percent(few / len(losses))} of "
        f"{len(losses)} points)."
    )


def _losses_of_a_useless_model(risk: Risk) -> np.ndarray:
    """(n,) the losses of the mean target, or of answers that are wrong by one logit."""
    y = risk.data.y
    if risk.data.task == "regression":
        return risk.loss.value(y, np.full(len(y), y.mean()))
    if risk.data.task == "binary":
        return risk.loss.value(y, 1.0 - 2.0 * y)
    return risk.loss.value(y, -1.0 * (y[:, None] == np.arange(risk.data.outputs)))
