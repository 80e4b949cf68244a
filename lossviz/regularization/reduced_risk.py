"""The objective over the weights alone: the intercept always takes its best value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from lossviz.finite_differences import in_chunks
from lossviz.losses import Loss
from lossviz.models import Block, Layout, Linear
from lossviz.objectives import Quadratic, Risk
from lossviz.objectives.risk import MOST
from lossviz.patience import go_on
from lossviz.penalties import Penalty

Array = NDArray[np.floating]
ROUNDED = 1e-12  # a correlation this near to ±1 is one
ROUNDS = 60  # Newton with bisection: five to ten are usual


def has_exact_intercept(loss: Loss) -> bool:
    """Whether ``WeightsOnly`` can solve the intercept out under this loss."""
    return loss.canonical or loss.square is not None


@dataclass(frozen=True, eq=False)
class WeightsOnly:
    """A linear model's risk as a function of its weights (..., d), the intercept solved out.

    For squared error that is the risk of the centred data; for cross-entropy the best intercept
    is found for every w by Newton's method.  An objective like any other, and convex where the
    risk is.  Raises ValueError for other models and losses, or where all labels are the same.
    """

    risk: Risk

    def __post_init__(self) -> None:
        risk = self.risk
        if risk.columns is None or not risk.model.affine:
            raise ValueError(
                f"Here the model is a weighted sum of the features; {risk.model.label} is not. "
                "Choose the model 'linear'."
            )
        if not has_exact_intercept(risk.loss):
            raise ValueError(
                "The intercept is solved out exactly for squared error and cross-entropy; "
                f"{risk.loss.label} is neither. Choose one of those two."
            )
        if risk.quadratic is None and len(set(risk.data.y.tolist())) < 2:
            raise ValueError("Cross-entropy needs points of both classes; these have one.")

    @property
    def penalty(self) -> Penalty:
        return self.risk.penalty.grouped(self.layout.filters)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The features, one per weight."""
        return self.risk.data.names

    @cached_property
    def layout(self) -> Layout:
        return Layout((Block("weights", (1, len(self.names)), labels=self.names),))

    @cached_property
    def constant(self) -> NDArray[np.bool_]:
        """(d,) which features have the same value in every row."""
        return self.risk.data.X.max(0) == self.risk.data.X.min(0)

    @cached_property
    def correlation(self) -> float:
        """The correlation of the first two features, which must not be constant; ±1 if perfect."""
        X = self.risk.data.X
        r = float(np.corrcoef(X[:, 0], X[:, 1])[0, 1])
        return float(np.round(r)) if abs(r) > 1 - ROUNDED else r

    @cached_property
    def free(self) -> bool:
        """Whether there is an intercept to solve out."""
        return bool((self.risk.layout.weights == 0).any())

    @cached_property
    def columns(self) -> Array:
        """(n, d) the features, centred where there is an intercept to make up for it."""
        X = self.risk.data.X
        if not self.free:
            return X
        away = X - X.mean(0)
        away[:, self.constant] = 0  # the mean of equal numbers may differ from them
        return away

    @cached_property
    def quadratic(self) -> Quadratic | None:
        """The data term as an exact quadratic over the weights, for squared error."""
        if self.risk.quadratic is None:
            return None
        y = self.risk.data.y - self.risk.data.y.mean() if self.free else self.risk.data.y
        data = replace(self.risk.data, X=self.columns, y=y)
        return Risk(data, Linear(intercept=False), self.risk.loss).quadratic

    def intercept(self, w: Array) -> Array:
        """(...) the best intercept for every w (..., d), 0 where there is none; NaN for NaN."""
        if not self.free:
            return np.zeros(w.shape[:-1])
        return self._level(w) - w @ self.risk.data.X.mean(0)

    def _level(self, w: Array) -> Array:
        """(...) the best intercept for the centred features."""
        if not self.free:
            return np.zeros(w.shape[:-1])
        if self.risk.quadratic is not None:
            return np.full(w.shape[:-1], self.risk.data.y.mean())
        flat = w.reshape(-1, w.shape[-1])
        lost = np.isnan(flat).max(axis=-1, keepdims=True)
        found = in_chunks(self._balance, np.where(lost, 0.0, flat), self._rows)
        return np.where(lost[:, 0], np.nan, found).reshape(w.shape[:-1])

    def _balance(self, w: Array) -> Array:
        """(m,) the intercepts at which the mean slope of cross-entropy is zero."""
        y, loss = self.risk.data.y, self.risk.loss
        z = w @ self.columns.T
        middle = logit(y.mean())
        low, high = middle - z.max(-1), middle - z.min(-1)
        b = (low + high) / 2
        for _ in range(ROUNDS):
            at = z + b[:, None]
            slope = loss.derivative(y, at).mean(-1)
            second = loss.second_derivative(y, at).mean(-1)
            low, high = np.where(slope < 0, b, low), np.where(slope > 0, b, high)
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                there = b - slope / second
            inside = (there >= low) & (there <= high)
            after = np.where(inside, there, np.where(slope == 0, b, (low + high) / 2))
            close = np.abs(after - b).max() <= 1e-9 * (1 + np.abs(b).max())
            b = after
            if close:  # the next step would be a square of this one: below rounding
                break
        return b

    def theta(self, w: Array) -> Array:
        """(..., p) the model's own parameters: the best intercept and these weights."""
        return np.concatenate([self.intercept(w)[..., None], w], axis=-1) if self.free else w

    def data_value(self, w: Array) -> Array:
        """The mean loss without the penalty: (..., d) to (...)."""
        if self.quadratic is not None:
            return self.quadratic.value(w)
        y, flat = self.risk.data.y, w.reshape(-1, w.shape[-1])
        found = in_chunks(
            lambda some: self.risk.loss.value(y, self._logits(some)).mean(-1), flat, self._rows
        )
        return found.reshape(w.shape[:-1])

    def data_gradient(self, w: Array) -> Array:
        """(..., d); the intercept is at its best, so it adds no term (envelope theorem)."""
        if self.quadratic is not None:
            return self.quadratic.gradient(w)
        y = self.risk.data.y
        return self.risk.loss.derivative(y, self._logits(w)) @ self.columns / len(y)

    def data_hessian(self, w: Array) -> Array:
        """(..., d, d): the curvature left when the intercept gives way (Schur complement)."""
        d = w.shape[-1]
        if self.quadratic is not None:
            return np.broadcast_to(self.quadratic.hessian, (*w.shape, d))
        y = self.risk.data.y
        second = self.risk.loss.second_derivative(y, self._logits(w)) / len(y)
        weighted = second @ self.columns
        full = np.swapaxes(self.columns * second[..., None], -1, -2) @ self.columns
        if not self.free:
            return full
        total = np.maximum(second.sum(-1), 1e-300)[..., None, None]
        return full - weighted[..., :, None] * weighted[..., None, :] / total

    def value(self, w: Array) -> Array:
        return self.data_value(w) + self.penalty.value(w)

    def gradient(self, w: Array) -> Array:
        return self.data_gradient(w) + self.penalty.derivative(w)

    def hessian(self, w: Array) -> Array:
        return self.data_hessian(w) + self.penalty.hessian(w)

    def prox(self, w: Array, step: float | Array) -> Array:
        """The penalty's proximal step; every coordinate is a weight."""
        return self.penalty.prox(w, step)

    @property
    def _rows(self) -> int:
        return max(1, MOST // len(self.risk.data))

    def _logits(self, w: Array) -> Array:
        go_on()
        return w @ self.columns.T + self._level(w)[..., None]
