"""Multistart: objectives without structure, several starts, the best descent kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter
from scipy.optimize import minimize as scipy_minimize

from lossviz.finite_differences import slopes
from lossviz.losses import LOSSES, SquaredEpsilonInsensitive
from lossviz.minima.chance import by_chance
from lossviz.minima.minimum import Minimum, others_in_words
from lossviz.minima.newton import Ends, descend_newton
from lossviz.objectives import Objective, Risk
from lossviz.penalties import NoPenalty
from lossviz.text import count

Array = NDArray[np.floating]

SMALL = 12  # up to this many parameters Newton's method runs from many starts at once
FEW, MANY = 4, 24
SHORT, FEW_ENDS = 300, 8  # proximal steps of every start, and how many of them go on
STEPS, FEWEST = 300, 20  # of L-BFGS from one start
WORK = 1.5e9  # parameters times rows times steps of all starts: more would keep a page waiting
ROWS = 500  # a coarse look needs no more of the data
KEPT = 20
FURTHER = np.array([[2.0], [5.0]])  # where a valley that falls for ever may be lower
FAR = 1e100


def best_of_several(objective: Objective, likely: Array | None = None) -> Minimum:
    """The lowest of several local minima.  Nothing proves that it is the lowest of all.

    ``likely`` (m, p) are starts to try besides the usual ones.
    """
    likely = np.zeros((0, objective.layout.size)) if likely is None else likely
    p, bounded = objective.layout.size, ""
    if isinstance(objective, Risk) and not objective.penalty.smooth:
        starts = np.concatenate([likely, _starts(objective, FEW if p > SMALL else MANY)])
        if p <= SMALL:
            starts = np.concatenate([starts, _unpenalised(objective)])
        points = _best_few(objective, _proximal(objective, starts, SHORT))
        points = _proximal(objective, points)
        if p <= SMALL:  # proximal steps are slow where parameters have different units
            some, _ = _evaluated(objective, points)
            some = np.array([_quasi_newton(objective, point) for point in some[:3]])
            points = np.concatenate([points, some, _proximal(objective, some)])
        method = "proximal gradient steps"
    elif p <= SMALL:
        starts = np.concatenate([likely, _starts(objective, MANY), _surrogates(objective)])
        return _among_valleys(objective, starts)
    else:
        starts = _starts(objective, FEW)
        steps = _affordable_steps(objective, len(starts))
        if steps < FEWEST:
            starts = starts[:1]
            steps = max(_affordable_steps(objective, 1), FEWEST)
        points = np.array([_quasi_newton(objective, start, steps) for start in starts])
        method = "L-BFGS"
        if steps < STEPS:
            bounded = f" of at most {steps} steps, because the model is large"
    points, values = _evaluated(objective, points)
    return Minimum(
        theta=points[0],
        value=float(objective.value(points[0])),
        kind="local",
        exact=False,
        method=f"{method}, best of {len(starts)} starts",
        message=(
            f"The best of {count(len(starts), 'start')}{bounded}; nothing proves that it is the "
            "lowest of all."
        ),
    )


def _affordable_steps(objective: Objective, starts: int) -> int:
    """How many steps of L-BFGS each start may take, so that all of them stay within ``WORK``."""
    rows = len(objective.data) if isinstance(objective, Risk) else 1
    return min(int(WORK / (objective.layout.size * rows * starts)), STEPS)


def _starts(objective: Objective, count: int) -> Array:
    """(count, p) the model's own random starts, and low points of a coarse grid for p = 2."""
    p = objective.layout.size
    low = _low_points(objective, count) if p == 2 else np.zeros((0, p))
    if not isinstance(objective, Risk):
        return low if p == 2 else np.random.default_rng(0).normal(size=(count, p))
    d, outputs = objective.data.X.shape[1], objective.data.outputs
    own = np.unique([objective.model.start(d, outputs, seed) for seed in range(count)], axis=0)
    return np.concatenate([low, own, _brought_inside(objective, own)])


def _unpenalised(risk: Risk) -> Array:
    """(m, p) the lowest places without the penalty: zero itself may be one with it."""
    return _lowest_places(replace(risk, penalty=NoPenalty()))


def _lowest_places(risk: Risk) -> Array:
    """(m, p) what a search finds, and the best few of the other local minima it met."""
    found = best_of_several(risk)
    others = found.theta[None][:0] if found.others is None else found.others[:3]
    return np.concatenate([found.theta[None], others])


def _surrogates(objective: Objective) -> Array:
    """(m, p) where cross-entropy is lowest, for a loss that is flat between jumps."""
    if not (isinstance(objective, Risk) and objective.loss.flat and objective.penalty.smooth):
        return np.zeros((0, objective.layout.size))
    if objective.data.task != "binary":
        return np.zeros((0, objective.layout.size))
    return _lowest_places(replace(objective, loss=LOSSES["cross_entropy"]()))


def _brought_inside(risk: Risk, starts: Array) -> Array:
    """(m, p) starts moved to where the loss has a loss, if it has none at every one of them.

    Losses for positive targets want positive predictions: those between a tenth and
    nineteen tenths of the mean target have no loss here, and all others have one.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        defined = np.isfinite(risk.data_value(starts))
    typical = float(risk.data.y.mean())
    if defined.any() or risk.data.task != "regression" or not typical > 0:
        return starts[:0]
    level = replace(risk.data, y=np.full_like(risk.data.y, typical))
    band = SquaredEpsilonInsensitive(eps=0.9 * typical)
    inward = Risk(level, risk.model, band)
    return np.array([_quasi_newton(inward, start) for start in starts[:FEW]])


def _low_points(objective: Objective, count: int) -> Array:
    """(m, 2) the lowest points and the valleys of a grid that is fine near zero, coarse far out."""
    window = getattr(objective, "window", None)
    axes = [np.sinh(np.linspace(-4.4, 4.4, 121))] * 2
    if window is not None:
        axes = [np.linspace(low, high, 81) for low, high in window]
    if isinstance(objective, Risk) and len(objective.data) > ROWS:
        rows: Any = np.random.default_rng(0).choice(len(objective.data), ROWS, replace=False)
        objective = objective.on(rows)
    grid = np.stack(np.meshgrid(*axes), axis=-1)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        z = np.stack([objective.value(row) for row in grid])
    z = np.where(np.isfinite(z), z, np.inf)
    lowest = minimum_filter(z, size=3, mode="constant", cval=np.inf)
    valleys = np.flatnonzero(np.isfinite(z) & (z <= lowest))
    points, heights = grid.reshape(-1, 2)[valleys], z.ravel()[valleys]
    return points[np.argsort(heights)[:count]]


def _among_valleys(objective: Objective, starts: Array) -> Minimum:
    """The lowest place reached from any start, and the other valleys met on the way."""
    ends = _newton(objective, starts)
    points, _ = _evaluated(objective, ends.z)
    points, values = _evaluated(objective, np.concatenate([ends.z, _polished(objective, points)]))
    at_minimum = ends.settled & (ends.lowest > 1e-6 * ends.highest)
    minima, heights = _distinct(objective, ends.z[at_minimum])
    apart = np.abs(minima - points[0]).max(-1) > 1e-4 * (1 + np.abs(points[0]).max())
    others, other_values = minima[apart][:KEPT], heights[apart][:KEPT]
    more = "" if not len(others) else f" {others_in_words(len(others))}."
    return Minimum(
        theta=points[0],
        value=float(objective.value(points[0])),
        kind="local",
        exact=False,
        method=f"Newton's method, best of {len(starts)} starts",
        message=(
            f"The best of {len(starts)} starts; nothing proves that it is the lowest of all.{more}"
        ),
        others=others,
        other_values=other_values,
    )


def _polished(objective: Objective, points: Array) -> Array:
    """(m, p) where the best few of points (k, p), best first, still lead to, and places nearby.

    Newton's method stops at kinks, and creeps along valleys that fall for ever; where a loss is
    flat between jumps nothing leads anywhere, and chance looks for lower pieces.
    """
    best = points[:3]
    if isinstance(objective, Risk) and objective.loss.flat:
        return np.array([by_chance(objective.value, point) for point in best])
    nudged = best[0] + 0.1 * np.random.default_rng(0).normal(size=(2, best.shape[1]))
    further = best[0] * FURTHER
    return np.array([_quasi_newton(objective, point) for point in (*best, *nudged, *further)])


def _newton(objective: Objective, starts: Array) -> Ends:
    hessian = getattr(objective, "hessian", None)

    def local(z: Array) -> tuple[Array, Array, Array]:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            value, gradient = objective.value(z), objective.gradient(z)
            curved = hessian(z) if hessian else slopes(objective.gradient, z).matrix
            size = np.abs(gradient).sum(-1) + np.abs(curved).sum((-1, -2))
        usable = size < FAR  # not where squares overflow, and not where a number is missing
        value = np.where(usable, value, np.inf)
        return (
            value,
            np.where(usable[:, None], gradient, 0),
            np.where(usable[:, None, None], curved, 0),
        )

    return descend_newton(local, starts, most=100, longest=10.0)


def _quasi_newton(objective: Objective, start: Array, steps: int = STEPS) -> Array:
    def local(z: Array) -> tuple[float, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            return float(objective.value(z)), objective.gradient(z)

    found = scipy_minimize(
        local, start, jac=True, method="L-BFGS-B", options={"maxiter": steps, "ftol": 1e-14}
    )
    return found.x


def _proximal(risk: Risk, theta: Array, most: int = 1500) -> Array:
    """Steps down the data's slope, each followed by the penalty's own, every start at its rate."""
    mask = risk.layout.weights > 0
    rate = np.full(len(theta), 1.0)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(most):
            value, gradient = risk.data_value(theta), risk.data_gradient(theta)
            trial = theta - rate[:, None] * gradient
            kept = risk.penalty.prox(trial * mask, rate[:, None])
            trial = np.where(mask, kept, trial)
            step = trial - theta
            bound = value + (gradient * step).sum(-1) + (step * step).sum(-1) / (2 * rate)
            good: Array = np.less_equal(risk.data_value(trial), bound + 1e-15 * np.abs(value))
            theta = np.where(good[:, None], trial, theta)
            rate = np.where(good, rate * 1.1, rate * 0.5)
            if good.all() and (np.abs(step).max(-1) < 1e-12 * (1 + np.abs(theta).max(-1))).all():
                break
    return theta


def _best_few(objective: Objective, points: Array) -> Array:
    """The lowest few of points (m, p), as far as they are distinct."""
    return _evaluated(objective, points)[0][:FEW_ENDS]


def _evaluated(objective: Objective, points: Array) -> tuple[Array, Array]:
    """The distinct points with a finite value, best first; ValueError where there is none."""
    found, values = _distinct(objective, points)
    if not len(found):
        none = (
            f"None of {len(points)} starts led to a finite loss, so there is no surface to look at"
        )
        if isinstance(objective, Risk):
            raise ValueError(
                f"{none}: some prediction of {objective.model.label} lay outside the domain of "
                f"{objective.loss.label} everywhere. Without an intercept, for one, a model is "
                "positive on one side of 0 only. Choose another loss, or a model with an intercept."
            )
        raise ValueError(f"{none}. Choose another objective.")
    return found, values


def _distinct(objective: Objective, points: Array) -> tuple[Array, Array]:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        values: Array = np.asarray(objective.value(points))
    usable: Array = np.where(np.isfinite(values), values, np.inf)
    kept: list[int] = []
    for i in np.argsort(usable, kind="stable"):
        near = 1e-4 * (1 + np.abs(points[i]).max())
        if np.isfinite(usable[i]) and all(np.abs(points[i] - points[j]).max() > near for j in kept):
            kept.append(i)
        if len(kept) > KEPT:
            break
    return points[kept], usable[kept]
