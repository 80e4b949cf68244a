"""Smooth convex losses on models linear in their parameters: Newton's method to rounding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lossviz.losses.formula import TypedLoss
from lossviz.minima.domain_edge import approached, edge_minimum, zeros_at_the_edge
from lossviz.minima.linear_risk import LinearRisk
from lossviz.minima.minimum import ITS_VALUE, Minimum
from lossviz.minima.newton import Ends, descend_newton
from lossviz.minima.piecewise_program import KINK, kink_rows, program
from lossviz.minima.piecewise_solver import solve, whiten
from lossviz.minima.recession import escape
from lossviz.objectives.conditioning import normal_solution
from lossviz.text import number

Array = NDArray[np.floating]

UNIQUE = (
    "The minimum is unique: the objective is convex and its gradient is zero here, to "
    f"{number(1e-9)} of its terms."
)
FIRST = 30  # steps before asking whether the minimum lies at infinity
CENTRED = 1e-6  # of targets of order one: a mean that is as good as zero
OUTWEIGHED = 10  # times the steepest slope at the start: a penalty that keeps its weight at zero
PROOF = 1e-9  # how small the gradient must be against the gradients of the rows together


def smooth_minimum(lin: LinearRisk, start: Array | None = None) -> Minimum:
    """The minimiser of a smooth convex risk, or the news that it lies at infinity.

    ``start`` (p,) is where to begin, by default the best of a few plain guesses.
    """
    start = feasible_start(lin) if start is None else start
    screened = _without_outweighed(lin, start) if lin.kink.any() else None
    if screened is not None:
        return screened
    theta, nothing, sure = walk(lin, start, FIRST)
    zeros = zeros_at_the_edge(lin) if not sure else None
    if zeros is not None and zeros.any():
        there, value, met = approached(
            lin, zeros, start[None], lambda near, z: walk(near, z[0], 100)[0][None]
        )
        if len(met):
            return edge_minimum(lin, there, value, met, True, "Newton's method towards the edge")
    if not sure:
        away = escape(lin)
        if away is not None:
            return _at_infinity(lin, *away)
        theta, nothing, sure = walk(lin, theta, 400)
    if not sure and lin.loss.task == "regression":
        # where residuals are far beyond the quadratic part, the fit of the absolute error is close
        close = absolute_fit(lin)
        if np.isfinite(lin.value(close)):  # a fit through a target of 0 may have no loss
            theta, nothing, sure = walk(lin, close, 400)
    flat = nothing.shape[1] > 0
    message = UNIQUE
    if flat:
        message = (
            "The data do not decide: columns are linearly dependent, so a whole line of models is "
            "equally good. The shortest of them is shown."
        )
    if not sure:
        message = (
            "The lowest point found; its gradient is not zero to rounding, so nothing is proved."
        )
    return Minimum(
        theta=theta,
        value=float(lin.value(theta)),
        kind="set" if flat else "point",
        exact=sure,
        method="Newton's method, to rounding",
        message=message,
        directions=nothing.T if flat else None,
    )


def _without_outweighed(lin: LinearRisk, start: Array) -> Minimum | None:
    """The minimum without columns whose penalty dwarfs their slopes; None where that is not it.

    Their weights are zero at the minimum, which their gradient there must confirm (the strong
    rules of Tibshirani et al. 2012); beside such a penalty a light one would drown in rounding.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        steepest = np.abs(lin.row_gradients(start)) @ np.abs(lin.design) / lin.n
    keep = ~(lin.kink > OUTWEIGHED * steepest)
    if keep.all() or not keep.any():
        return None
    found = smooth_minimum(lin.on_columns(keep)).padded(keep)
    if not found.exact or found.kind == "infinity":
        return None
    gradient = lin.slopes(found.theta[None])[1][0]
    return found if (np.abs(gradient)[~keep] <= lin.kink[~keep]).all() else None


def walk(lin: LinearRisk, start: Array, most: int) -> tuple[Array, Array, bool]:
    """Theta, the directions in which nothing changes, and whether the minimum is proved."""
    if lin.kink.any():
        theta, sure = newton_with_kinks(lin, start, most)
        penalised = lin.ridge + lin.kink
        nothing = whiten(lin.design, np.diag(penalised)[penalised > 0])[1]
        nothing[penalised > 0] = 0.0  # what is penalised matters: exact zeros stay exact
        return theta - nothing @ (nothing.T @ theta), nothing, sure
    inward, nothing, ends = settle(lin, start[None], most)
    theta = inward @ ends.z[0]
    return theta, nothing, bool(ends.settled[0]) and _small(lin, inward, ends)


def feasible_start(lin: LinearRisk) -> Array:
    """(p,) the best of a few plain guesses."""
    guesses = plain_guesses(lin)
    values = np.append(lin.at_zero, lin.value(guesses[1:]))
    if not np.isfinite(values).any():
        typed = getattr(lin.loss, "inner", lin.loss)
        if isinstance(typed, TypedLoss) and np.isposinf(values).any():
            raise ValueError(
                f"{typed.label} overflows: it is beyond the largest number a computer holds for "
                "residuals of this size, such as cosh(r) or exp(r) beyond 710. Write a form that "
                "does not, such as abs(r) + log(1 + exp(-2*abs(r))) - log(2) for log(cosh(r)), or "
                "measure the target in a larger unit."
            )
        raise ValueError(
            f"{lin.loss.label} needs predictions in its domain, and no simple model of these "
            "data gives them in every row. Choose another loss, or a model with an intercept."
        )
    return guesses[int(np.nanargmin(values))]


def plain_guesses(lin: LinearRisk) -> Array:
    """(m, p) zero comes first; least squares, a constant prediction."""
    guesses = np.zeros((1, lin.design.shape[1]))
    if lin.loss.task != "regression":
        return guesses
    targets = np.stack([lin.y, np.ones(len(lin.y))], axis=1)
    solved = normal_solution(lin.design, targets)
    fits = np.linalg.lstsq(lin.design, targets, rcond=None)[0] if solved is None else solved[1]
    fit, one = fits.T
    level = float(lin.y.mean())
    constant = [level * one] if abs(level) > CENTRED else []  # in kind units it is often zero again
    return np.concatenate([guesses, [fit, *constant, one]])


def start_of_sum(value: Callable[[Array], Array], terms: Sequence[LinearRisk], size: int) -> Array:
    """(1, size) zero; where a sum of losses has no value there, the best of the terms' guesses.

    ``value`` is the sum, (m, size) to (m,); zero again where none of the guesses has a value.
    """
    zero = np.zeros((1, size))
    if np.isfinite(value(zero)).all() or not terms:
        return zero
    guesses = np.concatenate([plain_guesses(lin) for lin in terms])
    values = value(guesses)
    if not np.isfinite(values).any():
        return zero
    best = int(np.where(np.isfinite(values), values, np.inf).argmin())
    return guesses[best : best + 1]


def absolute_fit(lin: LinearRisk) -> Array:
    """(p,) the minimiser with the absolute error in the place of the loss."""
    root, no_slope = lin.ridge_root, np.zeros(lin.design.shape[1])
    weight = np.full(len(lin.y), 1 / lin.n)
    return solve(program(root, no_slope, (KINK, weight, lin.design, lin.y))).theta


def settle(lin: LinearRisk, starts: Array, most: int = 200) -> tuple[Array, Array, Ends]:
    """Newton from starts (B, p) in coordinates where the columns are orthonormal.

    Returns the map theta = inward @ z, the null directions, and the ends in z.
    """
    inward, nothing = whiten(lin.design, lin.ridge_root)
    inward = np.asarray(inward * np.sqrt(len(lin.y)))
    back = np.linalg.pinv(inward) if nothing.shape[1] else np.linalg.inv(inward)

    def slopes(z: Array) -> tuple[Array, Array, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            value, gradient, hessian = lin.slopes(z @ inward.T)
            return value, gradient @ inward, inward.T @ hessian @ inward

    # in these coordinates a step is as long as the typical prediction it changes
    longest = 1e2 * max(1.0, float(np.abs(lin.y).max(initial=0.0)))
    height = _height(lin)
    return inward, nothing, descend_newton(slopes, starts @ back.T, most, longest, height)


def _height(lin: LinearRisk) -> float:
    """A typical value of the risk: its rounding is noise that comparisons must allow for."""
    return abs(lin.at_zero) if np.isfinite(lin.at_zero) else 0.0


def _small(lin: LinearRisk, inward: Array, ends: Ends) -> bool:
    row_gradients = lin.row_gradients(inward @ ends.z[0])
    scale = max(float(np.abs(row_gradients).sum()) / lin.n, 1e-3 * abs(float(ends.values[0])))
    rounding = 1e-14 * float(ends.highest[0]) * (1 + float(np.linalg.norm(ends.z[0])))
    # the largest entry, not the length: far out on the way to infinity squares would be zero
    return float(np.abs(ends.gradients[0]).max(initial=0.0)) <= max(PROOF * scale, rounding)


def newton_with_kinks(lin: LinearRisk, theta: Array, most: int = 60) -> tuple[Array, bool]:
    """Newton's method on the smooth part, each step solved exactly with the kinks in place.

    Weights that belong on a kink come out as exact zeros (Lee, Sun & Saunders 2014).
    Returns theta and whether a subgradient there is as good as zero.
    """
    rows = kink_rows(lin.kink)
    spread = lin.design.T @ lin.design / lin.n
    value, height, damp = float(lin.value(theta)), _height(lin), 0.0
    for _ in range(most):
        with np.errstate(over="ignore", invalid="ignore"):
            _, gradient, hessian = (part[0] for part in lin.slopes(theta[None]))
            row_gradients = np.abs(lin.row_gradients(theta)).mean()
        damp = max(damp, 1e-10 * float(row_gradients))
        root = _square_root(hessian + damp * spread)
        aim = solve(program(root, gradient - root.T @ (root @ theta), rows)).theta
        promised = float(gradient @ (aim - theta) + lin.kink @ (np.abs(aim) - np.abs(theta)))
        with np.errstate(over="ignore", invalid="ignore"):
            lower = float(lin.value(aim))
        rounding = 4 * np.finfo(float).eps * max(abs(value), height)
        if lower <= value + 1e-4 * promised + rounding:
            theta, value = aim, lower
            if -promised <= rounding:
                break
            damp *= 0.1
        else:
            damp = max(4 * damp, 1e-3 * row_gradients)
            if damp > 1e9 * row_gradients:
                break
    return theta, _balanced(lin, theta)


def _square_root(hessian: Array) -> Array:
    """(p, p) root with root' root = hessian, its eigenvalues made positive."""
    size = np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-300))
    eigenvalues, vectors = np.linalg.eigh(hessian / np.outer(size, size))
    stiff = np.maximum(np.abs(eigenvalues), 1e-10 * np.abs(eigenvalues).max())
    return np.sqrt(stiff)[:, None] * vectors.T * size


def _balanced(lin: LinearRisk, theta: Array) -> bool:
    """Whether some slope between the one-sided ones is zero, in every parameter, to rounding."""
    with np.errstate(over="ignore", invalid="ignore"):
        gradient = lin.slopes(theta[None])[1][0]
        row_gradients, hessian = np.abs(lin.row_gradients(theta)), lin.slopes(theta[None])[2][0]
    beyond = np.maximum(np.abs(gradient) - lin.kink, 0.0)
    slope = np.where(theta == 0, beyond, np.abs(gradient + lin.kink * np.sign(theta)))
    # curvature turns the rounding of a prediction into slope: 1e-14 of it is as good as nothing
    scale = row_gradients @ np.abs(lin.design) / lin.n + lin.kink + lin.ridge * np.abs(theta)
    scale += 1e-5 * np.abs(hessian) @ np.abs(theta)
    return bool((slope <= PROOF * scale).all())


def _at_infinity(
    lin: LinearRisk, d: Array, rest: NDArray[np.intp], gone: NDArray[np.intp]
) -> Minimum:
    """The infimum that is approached along d: the rows left over, as good as they can be."""
    theta, value = np.zeros_like(d), 0.0
    if len(rest):
        left = smooth_minimum(replace(lin, design=lin.design[rest], y=lin.y[rest]))
        theta, value = left.theta, left.value
    margins = lin.margins[gone]
    tail = lin.loss.value(lin.y[gone], np.copysign(1e6, 2 * lin.y[gone] - 1)).sum() / lin.n
    reach = (30 + np.abs(margins @ theta).max(initial=0.0)) / (margins @ d).min()
    part = "all points" if not len(rest) else f"{len(gone)} of {len(lin.y)} points"
    return Minimum(
        theta=theta + reach * d,
        value=value + float(tail),
        kind="infinity",
        exact=True,
        method="linear programme for a separating direction (HiGHS)",
        message=(
            f"No finite minimum exists: one direction classifies {part} correctly, so the loss "
            f"keeps falling along it, towards {ITS_VALUE}. "
            "The point shown is one on this direction."
        ),
        direction=d,
    )
