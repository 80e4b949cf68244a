"""A risk whose prediction is design @ theta, with the derivatives that solvers ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lossviz.losses import Loss
from lossviz.objectives import Risk
from lossviz.penalties import NoPenalty, Penalty

Array = NDArray[np.floating]

# numbers of one temporary array: above 128 kB the allocator maps fresh pages for every one
MOST = 16_000
LEAST = 512  # rows: of fewer the calls would cost more than the work


@dataclass(frozen=True, eq=False)
class LinearRisk:
    """The sum of loss(y, design @ theta) / n + kink' |theta| + theta' diag(ridge) theta / 2.

    ``design`` (m, p), ``y`` (m,); ``n`` may be more than the rows present; ``ridge`` and
    ``kink`` are (p,), zero for biases, and ``weights`` (p,) is 0 at biases and 1 elsewhere.
    """

    design: Array
    y: Array
    loss: Loss
    n: int
    ridge: Array
    kink: Array
    weights: Array

    @property
    def ridge_root(self) -> Array:
        """(r, p) with |root @ theta|^2 = theta' diag(ridge) theta."""
        return np.diag(np.sqrt(self.ridge))[self.ridge > 0]

    @property
    def margins(self) -> Array:
        """(m, p) rows whose product with theta is the margin of each binary answer."""
        return (2 * self.y - 1)[:, None] * self.design

    def on_columns(self, keep: NDArray[np.bool_]) -> Self:
        """The risk with the parameters not in ``keep`` (p,) held at zero."""
        return replace(
            self, design=self.design[:, keep], ridge=self.ridge[keep], kink=self.kink[keep],
            weights=self.weights[keep],
        )  # fmt: skip

    def on_rows(self, rows: slice) -> Self:
        """The risk on some of the rows, divided by as many as before."""
        return replace(self, design=self.design[rows], y=self.y[rows])

    def value(self, theta: Array) -> Array:
        """(..., p) to (...), kinks and all."""
        return self.smooth_value(theta) + np.abs(theta) @ self.kink

    @cached_property
    def at_zero(self) -> float:
        """The value where all parameters are 0: a typical one."""
        return float(self.value(np.zeros(self.design.shape[1])))

    def smooth_value(self, theta: Array) -> Array:
        """(..., p) to (...), without the kinks."""
        losses = sum(
            some.loss.value(some.y, some.prediction(theta)).sum(-1)
            for some in self._in_parts(theta.size // max(1, theta.shape[-1]))
        )
        return losses / self.n + 0.5 * (theta * theta) @ self.ridge

    def prediction(self, theta: Array) -> Array:
        """(..., p) to (..., m)."""
        return theta @ self.design.T

    def parameter_gradients(self, slopes: Array) -> Array:
        """The gradients (B, p) that slopes in the predictions, (B, m), add up to."""
        return slopes @ self.design

    def row_gradients(self, theta: Array) -> Array:
        """(p,) to (rows of the design,): the slope of each loss in its prediction."""
        return self.loss.derivative(self.y, self.prediction(theta)).ravel()

    def slopes(self, theta: Array) -> tuple[Array, Array, Array]:
        """(B, p) to the smooth part's values (B,), gradients (B, p) and Hessians (B, p, p)."""
        count, p = theta.shape
        value, gradient, hessian = np.zeros(count), np.zeros((count, p)), np.zeros((count, p, p))
        for some in self._in_parts(count):
            prediction = some.prediction(theta)
            value += some.loss.value(some.y, prediction).sum(-1)
            gradient += some.parameter_gradients(some.loss.derivative(some.y, prediction))
            hessian += some.curvature(prediction)
        value = value / self.n + 0.5 * (theta * theta) @ self.ridge
        return value, gradient / self.n + theta * self.ridge, hessian + np.diag(self.ridge)

    def _in_parts(self, count: int) -> Iterator[Self]:
        """The risk in rows that stay in the cache while ``count`` parameter vectors meet them."""
        entries = len(self.design) // max(1, len(self.y))  # rows of the design for each target
        rows = max(LEAST, MOST // max(1, count * entries))
        if len(self.y) <= rows:
            yield self
            return
        for begin in range(0, len(self.y), rows):
            yield self.on_rows(slice(begin, begin + rows))

    def curvature(self, prediction: Array) -> Array:
        """(B, m) to (B, p, p): the data's part of the Hessians."""
        second = self.loss.second_derivative(self.y, prediction) / self.n
        if len(second) == 1:
            return ((self.design.T * second[0]) @ self.design)[None]
        return np.einsum("bn,ni,nj->bij", second, self.design, self.design, optimize=True)


def open_up(risk: Risk) -> LinearRisk | None:
    """The risk as a LinearRisk, or None: another kind of model, several outputs, or a penalty
    that is not a sum of |w| and w^2."""
    parts = kink_and_ridge(risk.penalty, risk.layout.weights)
    design = risk.columns
    if parts is None or design is None:
        return None
    kink, ridge = parts
    weights = risk.layout.weights
    return LinearRisk(
        design, risk.data.y, risk.loss, len(design), ridge * weights, kink * weights, weights
    )


def kink_and_ridge(penalty: Penalty, weights: Array) -> tuple[float, float] | None:
    """(l1, l2) with penalty = l1 sum |w| + l2 / 2 sum w^2 at the weights, or None if it is not.

    ``weights`` (p,) is 1 at weights and 0 at biases.  Read off from a few values, so every
    penalty of that form is known for what it is: a group of one weight is the absolute value.
    """
    count = int(weights.sum())
    if not count or isinstance(penalty, NoPenalty):
        return 0.0, 0.0
    first = np.zeros(len(weights))
    first[int(weights.argmax())] = 1.0
    near, far = 2.0**-300, 2.0**300  # where only one of the two is left, in any units
    kink = float(penalty.value(near * first)) / near
    ridge = 2 * float(penalty.value(far * first)) / far / far
    one, three = (float(penalty.value(w * first)) for w in (1.0, 3.0))
    everywhere = float(penalty.value(weights * np.where(np.arange(len(weights)) % 2, -1.0, 1.0)))
    slack = 1e-12 * max(abs(one), 1e-300)
    alone = abs(kink + 0.5 * ridge - one) <= slack
    alone &= abs(3 * kink + 4.5 * ridge - three) <= 9 * slack
    if not alone or abs(everywhere - count * one) > count * slack:
        return None
    if kink < 0 or ridge < 0:
        return None
    # what one leaves of the other at its end is rounding
    return (kink if kink > 1e-60 * ridge else 0.0), (ridge if ridge > 1e-60 * kink else 0.0)
