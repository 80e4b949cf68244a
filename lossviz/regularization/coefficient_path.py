"""All coefficients against the strength, with what scikit-learn calls the same thing."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.objectives import Risk
from lossviz.objectives.blas import one_blas_thread
from lossviz.regularization.path import WeightPath, minima
from lossviz.regularization.quadratic import unit
from lossviz.regularization.reduced_risk import WeightsOnly

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class CoefficientPath(WeightPath):
    """All coefficients (k, p) at every strength, and what goes with them.

    ``intercepts`` (k,), ``names`` (p,) of the features, ``freedom`` (k,) the effective number of
    fitted weights (the intercept not counted).
    """

    intercepts: Array
    names: tuple[str, ...]
    freedom: Array


def coefficient_path(risk: Risk, strengths: ArrayLike) -> CoefficientPath:
    """The exact path of every coefficient of a linear model over ``strengths`` (k,).

    For squared error L1 by least-angle regression (exact between its knots), the elastic net by
    coordinate descent to 1e-10, the ridge and the cone in closed form, L0 by trying every subset.
    For cross-entropy by proximal Newton from strength to strength; NaN where there is no minimum.
    """
    reduced = WeightsOnly(risk)
    strengths = np.asarray(strengths, float)
    w = path_weights(reduced, strengths)
    with one_blas_thread():
        fitted = freedom(reduced, w, strengths)
    return CoefficientPath(strengths, w, reduced.intercept(w), reduced.names, fitted)


def path_weights(reduced: WeightsOnly, strengths: Array) -> Array:
    """(k, p) the minimum for every strength, any number of features; NaN where there is none."""
    parts = reduced.penalty.separable
    if reduced.quadratic is None or reduced.layout.size <= 2 or parts is None or not parts[0]:
        return _ridge(reduced, strengths) if _plain_ridge(reduced, parts) else minima(
            reduced, strengths
        )  # fmt: skip
    return _kinked(reduced, strengths, *parts)


def _plain_ridge(reduced: WeightsOnly, parts: tuple[float, float] | None) -> bool:
    return reduced.quadratic is not None and parts is not None and not parts[0]


def _ridge(reduced: WeightsOnly, strengths: Array) -> Array:
    """Closed form in the singular directions of the design; strength 0 is the shortest fit."""
    parts = reduced.penalty.separable
    alpha = strengths * (parts[1] if parts else 0.0) * len(reduced.columns) / (2 * scale(reduced))
    U, s, V = np.linalg.svd(reduced.columns, full_matrices=False)
    y = reduced.risk.data.y
    s = np.where(s > 1e-13 * max(float(s.max(initial=0)), 1e-300), s, 0.0)
    denominator = s**2 + alpha[:, None]
    kept = np.where(s > 0, s / np.where(denominator > 0, denominator, 1), 0.0)
    return (kept * (U.T @ (y - y.mean() if reduced.free else y))) @ V


def scale(reduced: WeightsOnly) -> float:
    """a, where the loss is a r^2: 1 for squared error, 1/2 for its half."""
    pieces = reduced.risk.loss.pieces
    return float(pieces.a[0]) if pieces is not None else 1.0


def _kinked(reduced: WeightsOnly, strengths: Array, kink: float, ridge: float) -> Array:
    """(k, p) by scikit-learn's paths; columns that say nothing keep the weight 0."""
    X, y = reduced.columns, reduced.risk.data.y
    y = y - y.mean() if reduced.free else y
    useful = np.abs(X).max(0) > 0
    w = np.zeros((len(strengths), X.shape[1]))
    if useful.any():
        alphas = strengths / (2 * scale(reduced))
        solve = _angles if not ridge else _descents
        w[:, useful] = solve(X[:, useful], y, alphas, kink, ridge)
    return w


def _angles(X: Array, y: Array, alphas: Array, kink: float, ridge: float) -> Array:
    """The lasso between the knots of its piecewise linear path (Efron et al. 2004)."""
    from sklearn.linear_model import lars_path

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        knots, _, coefficients = lars_path(X, y, method="lasso")
    if warned or knots[-1] > 1e-9 * knots[0]:  # columns that repeat each other stop the path early
        return _descents(X, y, alphas, kink, ridge)
    order = slice(None, None, -1)
    at = np.minimum(alphas * kink, knots[0])
    w = np.stack([np.interp(at, knots[order], each[order]) for each in coefficients], axis=-1)
    w[alphas * kink >= knots[0]] = 0
    return w


def _descents(X: Array, y: Array, alphas: Array, kink: float, ridge: float) -> Array:
    from sklearn.linear_model import enet_path

    total = kink + ridge
    order = np.argsort(-alphas)
    lowest = max(float(alphas.max()) * 1e-6, 1e-300)  # coordinate descent needs some penalty
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, w, _ = enet_path(
            X, y, l1_ratio=kink / total, alphas=np.maximum(alphas[order], lowest) * total,
            tol=1e-10, max_iter=20_000, precompute=True,
        )  # fmt: skip
    found = np.empty((len(alphas), X.shape[1]))
    found[order] = w.T
    free = alphas == 0
    found[free] = np.linalg.lstsq(X, y, rcond=None)[0]
    return found


def freedom(reduced: WeightsOnly, w: Array, strengths: Array) -> Array:
    """(k,) the trace of H (H + the penalty's)^-1 over the weights that are not zero.

    The number of non-zero weights under L1 (Zou, Hastie & Tibshirani 2007), the sum of
    s^2 / (s^2 + alpha) for a ridge.  For L0 it does not count the search over subsets.
    """
    unit_penalty, count = unit(reduced.penalty), np.full(len(w), np.nan)
    H = reduced.data_hessian(np.nan_to_num(w))
    penalty_hessians = strengths[:, None, None] * unit_penalty.hessian(np.nan_to_num(w))
    for k, (hessian, penalty_hessian, weights) in enumerate(
        zip(H, penalty_hessians, w, strict=True)
    ):
        if np.isnan(weights).any():
            continue
        on = np.ix_(weights != 0, weights != 0)
        both = hessian[on] + penalty_hessian[on]
        count[k] = np.trace(np.linalg.pinv(both, hermitian=True) @ hessian[on]) if both.size else 0
    return count


def in_scikit_learn(reduced: WeightsOnly, strength: float) -> str:
    """The call that fits the same model, as Python; "" where scikit-learn has none.

    Its Lasso and ElasticNet halve the mean, its Ridge does not divide by n, its
    LogisticRegression weighs the data instead of the penalty.
    """
    n, penalty = len(reduced.risk.data), reduced.penalty
    parts = penalty.separable
    intercept = "" if reduced.free else ", fit_intercept=False"
    if strength == 0:
        name = "LinearRegression(" if reduced.quadratic is not None else "LogisticRegression(C=inf"
        return f"{name}{intercept[2:] if reduced.quadratic is not None else intercept})"
    if parts is None:
        return ""
    kink, ridge = (strength * part for part in parts)
    ratio = kink / (kink + ridge)
    if reduced.quadratic is None:
        shape = f", l1_ratio={ratio:.6g}, solver='saga'" if kink else ""
        return f"LogisticRegression(C={1 / (n * (kink + ridge)):.6g}{shape}{intercept})"
    half = 2 * scale(reduced)
    if not kink:
        return f"Ridge(alpha={n * ridge / half:.6g}{intercept})"
    if not ridge:
        return f"Lasso(alpha={kink / half:.6g}{intercept})"
    total = (kink + ridge) / half
    return f"ElasticNet(alpha={total:.6g}, l1_ratio={ratio:.6g}{intercept})"
