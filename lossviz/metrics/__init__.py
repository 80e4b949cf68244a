"""Metrics: the scores that evaluate a model, at one point or over a plane of parameters."""

from lossviz.metrics.base import Metric
from lossviz.metrics.classes import (
    F1,
    Accuracy,
    BalancedAccuracy,
    Brier,
    LogLoss,
    Precision,
    Ratio,
    Recall,
    RocAuc,
)
from lossviz.metrics.numbers import R2, MeanAbsoluteError, RootMeanSquaredError
from lossviz.metrics.surface import (
    expected_seconds,
    measure,
    metric_surface,
    undefined_surface,
)
from lossviz.recipes import catalogue

__all__ = [
    "METRICS",
    "Metric",
    "Ratio",
    "expected_seconds",
    "measure",
    "metric_surface",
    "undefined_surface",
]

METRICS: dict[str, type[Metric]] = catalogue(
    Accuracy,
    BalancedAccuracy,
    Precision,
    Recall,
    F1,
    RocAuc,
    LogLoss,
    Brier,
    R2,
    MeanAbsoluteError,
    RootMeanSquaredError,
)
