"""Pareto fronts of two losses, by minimising their weighted sums."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicHermiteSpline, CubicSpline
from scipy.optimize import minimize as scipy_minimize

from lossviz.minima.combined import combined_minimum, convex
from lossviz.minima.linear_risk import open_up
from lossviz.minima.newton import descend_newton
from lossviz.minima.pareto_kinks import front_with_kinks
from lossviz.minima.smooth import start_of_sum
from lossviz.objectives import Combined, Quadratic, Risk
from lossviz.objectives.blas import one_blas_thread
from lossviz.objectives.combined import as_quadratic, hessian_of, size_of

Array = NDArray[np.floating]
NEWTON = 40  # up to this many parameters Hessians are cheap enough for all weights at once
COARSE = 20  # weights whose minima are found from zero, where both losses are convex
STARTS = 12  # where nothing says that one valley is the only one
CHORDS = 12  # steps with Hessians that are not renewed
SHORTER = 0.3  # of the last step's length: a start nearby whose steps shrink less is none
SMALL = 1e-13  # of the parameters: a step that is rounding
FLAT = 1e-12  # of the largest curvature
MOST = 2000


def pareto_front(first: Any, second: Any, weights: ArrayLike) -> Array:
    """thetas (m, p): where weight * first + (1 - weight) * second is smallest, for m weights.

    Exact for quadratics (one linear system per weight), for smooth convex risks (Newton's method
    to rounding, all weights at once) and for piecewise losses on linear models; every point is
    then on the Pareto front of the two losses.  Where a term is not convex, the best of several
    starts and of the neighbouring weights is taken, and no weight reaches the part of the front
    that is not convex.  At weight 0 or 1 one loss has no say; where the other then has many
    minima, one of them is taken.

    Raises ValueError for weights that are no list of numbers from 0 to 1, or losses with
    different numbers of parameters.
    """
    shares = _checked(weights)
    Combined([(1.0, first), (1.0, second)])  # says in words what does not fit together
    with one_blas_thread():  # small systems: threads would only wait for each other
        return _front(first, second, shares)


def _front(first: Any, second: Any, shares: Array) -> Array:
    one, two = as_quadratic(first), as_quadratic(second)
    if one is not None and two is not None:
        return _of_quadratics(one, two, shares)
    if convex(first) and convex(second):
        return _along_the_front(first, second, shares)
    exact = _structured(first, second, shares)
    if exact is not None:
        return exact
    starts = _starts(first, second)
    if size_of(first) <= NEWTON:
        return _by_newton(first, second, shares, starts)
    return _by_following(first, second, shares, starts)


def _structured(first: Any, second: Any, shares: Array) -> Array | None:
    """One exact minimum per weight, or None as soon as one has no structure to use."""
    thetas = front_with_kinks(first, second, shares)
    if thetas is None:
        thetas = np.full((len(shares), size_of(first)), np.nan)
    for row in np.flatnonzero(np.isnan(thetas).any(1)):
        found = combined_minimum(Combined([(shares[row], first), (1 - shares[row], second)]))
        if found is None:
            return None
        thetas[row] = found.theta
    return thetas


def _of_quadratics(one: Quadratic, two: Quadratic, shares: Array) -> Array:
    w = shares[:, None, None]
    hessian = w * one.hessian + (1 - w) * two.hessian
    aim = w[..., 0] * (one.hessian @ one.minimiser) + (1 - w[..., 0]) * (
        two.hessian @ two.minimiser
    )
    eigenvalues = np.linalg.eigvalsh(hessian)
    if (eigenvalues[:, 0] > 1e-12 * eigenvalues[:, -1]).all():
        return np.linalg.solve(hessian, aim[..., None])[..., 0]
    return np.einsum("mij,mj->mi", np.linalg.pinv(hessian, rcond=1e-12, hermitian=True), aim)


def _along_the_front(first: Any, second: Any, shares: Array) -> Array:
    """Newton's ends for convex losses: a few weights from zero, the others from between those.

    Gradients alone go from there to the end; where they do not settle, Newton's method goes on.
    """
    found = _between(first, second, shares)
    if found is None:
        return _by_newton(first, second, shares, _inside(first, second))
    z, hessians = found
    left = np.flatnonzero(~_by_gradients(first, second, shares, z, hessians))
    if len(left):
        z[left] = _walk(first, second, shares[left], z[left], 0.0)[0]
    return z


def _inside(first: Any, second: Any) -> Array:
    """(1, p) where both losses have a value: zero, if it has."""
    opened = [open_up(each) for each in (first, second) if isinstance(each, Risk)]
    terms = [lin for lin in opened if lin is not None]
    return start_of_sum(lambda z: first.value(z) + second.value(z), terms, size_of(first))


def _between(first: Any, second: Any, shares: Array) -> tuple[Array, Array] | None:
    """Nearly the ends (B, p) and Hessians there (B, p, p), from those of a few weights.

    The ends lie on one smooth curve, whose slope in the weight follows from the gradients and
    Hessians at the few (implicit differentiation).  None where the few are too few, or one of them
    is not finite.
    """
    each = np.unique(shares)
    step = max(len(each) // COARSE, 3)  # the few come from fewer still
    few = np.unique(np.append(each[::step], each[-1]))
    if len(few) < 4:
        return None
    ends, w = _along_the_front(first, second, few), few[:, None, None]
    with np.errstate(over="ignore", invalid="ignore"):
        hessians = w * hessian_of(first, ends) + (1 - w) * hessian_of(second, ends)
        apart = first.gradient(ends) - second.gradient(ends)
    if not all(np.isfinite(array).all() for array in (ends, hessians, apart)):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        tangents = _newton_steps(*np.linalg.eigh(hessians), apart)
    if not np.isfinite(tangents).all():  # hardly any curvature: the ends run off
        return None
    near = CubicHermiteSpline(few, ends, tangents)(shares)
    return near, CubicSpline(few, hessians)(shares)


def _by_gradients(
    first: Any, second: Any, shares: Array, z: Array, hessians: Array
) -> NDArray[np.bool_]:
    """Take Newton's steps with Hessians (B, p, p) that stay; which rows of ``z`` settled.

    A row settles when its step is rounding, after each step was much shorter than the last.
    """
    eigenvalues, vectors = np.linalg.eigh(hessians)
    settled = np.zeros(len(z), bool)
    at = np.flatnonzero(eigenvalues[:, 0] >= -FLAT * eigenvalues[:, -1])
    before = np.full(len(z), np.inf)
    for _ in range(CHORDS):
        if not len(at):
            break
        w = shares[at, None]
        parts = w * first.gradient(z[at]), (1 - w) * second.gradient(z[at])
        step = _newton_steps(eigenvalues[at], vectors[at], parts[0] + parts[1])
        length = np.linalg.norm(step, axis=-1) / (1 + np.linalg.norm(z[at], axis=-1))
        # what two large gradients leave of each other is no more exact than their rounding
        noise = 1e-15 * sum(np.linalg.norm(each, axis=-1) for each in parts)
        still = np.linalg.norm(parts[0] + parts[1], axis=-1) <= noise
        z[at] += step
        settled[at] = (length <= SMALL) | still
        goes_on = ~settled[at] & (length <= SHORTER * before[at])
        before[at] = length
        at = at[goes_on]
    return settled


def _newton_steps(eigenvalues: Array, vectors: Array, gradients: Array) -> Array:
    """(B, p) minus the inverse Hessians times the gradients; no step where nothing is curved."""
    along = np.einsum("bij,bi->bj", vectors, gradients)
    curved = eigenvalues > FLAT * eigenvalues[:, -1:]
    along = np.where(curved, along, 0.0) / np.where(curved, eigenvalues, 1.0)
    return -np.einsum("bij,bj->bi", vectors, along)


def _by_newton(first: Any, second: Any, shares: Array, starts: Array) -> Array:
    """The best end of Newton's walks from every start, then from the neighbours' ends."""
    each = np.repeat(shares, len(starts))
    z, values = _walk(first, second, each, np.tile(starts, (len(shares), 1)))
    best = values.reshape(len(shares), -1).argmin(1)
    rows = np.arange(len(shares)) * len(starts) + best
    z, values = z[rows], values[rows]
    if len(starts) == 1 or len(shares) == 1:
        return z
    order = np.argsort(shares)
    for _ in range(3):
        before = values.copy()
        for way in (order, order[::-1]):
            near = np.empty_like(z)
            near[way] = z[np.concatenate([way[:1], way[:-1]])]
            tried, reached = _walk(first, second, shares, near)
            better = reached < values
            z[better], values[better] = tried[better], reached[better]
        if (values >= before - 1e-12 * np.abs(before)).all():
            break
    return z


def _walk(
    first: Any, second: Any, shares: Array, z: Array, damp: float = 1e-3
) -> tuple[Array, Array]:
    """Newton's ends (B, p) and values (B,), each row with its own weight (B,)."""

    def look(theta: Array) -> tuple[Array, Array, Array]:
        # the weight travels as a last coordinate with no gradient, for rows come and go
        at, w = theta[:, :-1], theta[:, -1]
        with np.errstate(over="ignore", invalid="ignore"):
            value = w * first.value(at) + (1 - w) * second.value(at)
            w = w[:, None]
            gradient = np.zeros_like(theta)
            gradient[:, :-1] = w * first.gradient(at) + (1 - w) * second.gradient(at)
            w = w[..., None]
            hessian = np.zeros((*theta.shape, theta.shape[1]))
            hessian[:, :-1, :-1] = w * hessian_of(first, at) + (1 - w) * hessian_of(second, at)
        hessian[:, -1, -1] = np.abs(hessian).max((1, 2))
        return value, gradient, hessian

    with np.errstate(over="ignore", invalid="ignore"):  # a start may run off to infinity
        ends = descend_newton(look, np.concatenate([z, shares[:, None]], axis=1), damp=damp)
    return ends.z[:, :-1], np.where(np.isfinite(ends.values), ends.values, np.inf)


def _checked(weights: ArrayLike) -> Array:
    try:
        shares = np.asarray(weights, float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"A front needs a list of weights; got {weights!r:.60}.") from error
    if shares.ndim != 1 or not 0 < len(shares) <= MOST:
        raise ValueError(
            f"A front needs a list of 1 to {MOST:,} weights; got shape {shares.shape}."
        )
    if not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError(
            "A front's weights are those of the first loss, numbers from 0 to 1, the second "
            f"having the rest; got {shares[~((shares >= 0) & (shares <= 1))][0]:g}."
        )
    return shares


def _starts(first: Any, second: Any) -> Array:
    p = size_of(first)
    rng = np.random.default_rng(0)
    spread = np.repeat([1.0, 4.0], STARTS // 2)[:, None]
    starts = [np.zeros((1, p)), rng.normal(size=(STARTS, p)) * spread]
    for risk in (first, second):
        if isinstance(risk, Risk):
            shape = risk.data.X.shape[1], risk.data.outputs
            starts.append(np.array([risk.model.start(*shape, seed) for seed in range(4)]))
    return np.concatenate(starts)


def _by_following(first: Any, second: Any, shares: Array, starts: Array) -> Array:
    """L-BFGS from the best start at the first weight, then along the weights."""
    found = np.empty((len(shares), starts.shape[1]))
    tried = starts
    for row in np.argsort(shares):
        both = Combined([(shares[row], first), (1 - shares[row], second)])
        ends = [
            scipy_minimize(both.value, z, jac=both.gradient, method="L-BFGS-B").x for z in tried
        ]
        found[row] = min(ends, key=lambda z: float(both.value(z)))
        tried = found[row][None]
    return found
