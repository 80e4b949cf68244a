"""Metrics of a predicted number: R², mean absolute error, root mean squared error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lossviz.metrics.base import Array, Metric


@dataclass(frozen=True)
class NumberMetric(Metric):
    """A metric that reads observed and predicted numbers."""

    tasks = ("regression",)

    def score(self, y: ArrayLike, probability: ArrayLike) -> Array:
        y, prediction = np.asarray(y, float), np.asarray(probability, float)
        if y.ndim != 1 or not len(y) or prediction.shape[-1:] != y.shape:
            raise ValueError(
                f"{self.label} needs observed numbers y (n,) and as many predictions (..., n); "
                f"their shapes are {y.shape} and {prediction.shape}."
            )
        if not (np.isfinite(y).all() and np.isfinite(prediction).all()):
            raise ValueError(
                f"{self.label} needs finite numbers; leave out the rows with missing ones."
            )
        if why := self.refuses(y, 1):
            raise ValueError(why)
        return self.of_predictions(y, prediction)


@dataclass(frozen=True)
class R2(NumberMetric):
    """The share of the target's variance that the predictions explain."""

    id, label = "r2", "R²"
    formula = r"1-\frac{\sum_i(y_i-\hat y_i)^2}{\sum_i(y_i-\bar y)^2}"

    def of_predictions(self, y: Array, prediction: Array) -> Array:
        missed = _squares(y - prediction)
        spread = ((y - y.mean()) ** 2).sum()
        if spread == 0:  # scikit-learn's convention where there is nothing to explain
            return np.where(missed == 0, 1.0, 0.0)
        return np.nan_to_num(1 - missed / spread, nan=-np.inf, neginf=-np.inf)

    def refuses(self, y: Array, outputs: int) -> str:
        if len(y) < 2:
            return "R² compares with the variance of the target, and one row has none. Take more."
        return ""


@dataclass(frozen=True)
class MeanAbsoluteError(NumberMetric):
    """How far predictions are off, on average, in the target's unit."""

    id, label = "mae", "MAE"
    formula = r"\tfrac1n\sum_i|y_i-\hat y_i|"
    higher, best = False, 0.0

    def of_predictions(self, y: Array, prediction: Array) -> Array:
        return _or_infinite(np.abs(y - prediction).mean(-1))


@dataclass(frozen=True)
class RootMeanSquaredError(NumberMetric):
    """The root of the mean squared error: in the target's unit, led by the largest residuals."""

    id, label = "rmse", "RMSE"
    formula = r"\sqrt{\tfrac1n\sum_i(y_i-\hat y_i)^2}"
    higher, best = False, 0.0

    def of_predictions(self, y: Array, prediction: Array) -> Array:
        return _or_infinite(np.sqrt(_squares(y - prediction) / len(y)))


def _squares(residual: Array) -> Array:
    return np.einsum("...n,...n->...", residual, residual)


def _or_infinite(error: Array) -> Array:
    """A prediction that left the numbers is infinitely far off."""
    return np.where(np.isnan(error), np.inf, error)
