"""Thresholds and calibration: ROC and precision–recall curves, reliability of probabilities."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.metrics.base import Array

BINS = 10


class Curve(NamedTuple):
    """x and y (m,) with the threshold (m,) that leads to each point, from the highest down."""

    x: Array
    y: Array
    threshold: Array


class Calibration(NamedTuple):
    """Per bin of equal width: mean probability, share of class 1, and how many rows; (m,) each.

    Bins without a row are left out.
    """

    mean: Array
    share: Array
    rows: NDArray[np.integer]


def roc(y: ArrayLike, probability: ArrayLike) -> Curve:
    """False positive rate and true positive rate for every threshold, ties together.

    Raises ValueError where the rows are all of one class.
    """
    hits, wrong, threshold = _named(y, probability)
    if not hits[-1] or not wrong[-1]:
        raise ValueError("A ROC curve needs rows of both classes; these have one. Take more rows.")
    return Curve(wrong / wrong[-1], hits / hits[-1], threshold)


def precision_recall(y: ArrayLike, probability: ArrayLike) -> Curve:
    """Recall and precision for every threshold at which some row is named class 1.

    Raises ValueError where no row is of class 1.
    """
    hits, wrong, threshold = (each[1:] for each in _named(y, probability))
    if not hits[-1]:
        raise ValueError("Recall is a share of class 1, and no row is of it. Take more rows.")
    return Curve(hits / hits[-1], hits / (hits + wrong), threshold)


def calibration(y: ArrayLike, probability: ArrayLike, bins: int = BINS) -> Calibration:
    """Whether rows given a probability near p are of class 1 in a share p of the cases."""
    y, p = np.asarray(y, float), np.asarray(probability, float)
    which = np.minimum((p * bins).astype(int), bins - 1)
    rows = np.bincount(which, minlength=bins)
    some = rows > 0
    mean, share = (np.bincount(which, each, bins)[some] / rows[some] for each in (p, y))
    return Calibration(mean, share, rows[some])


def _named(y: ArrayLike, probability: ArrayLike) -> tuple[Array, Array, Array]:
    """Right and wrong rows among those named class 1, at each threshold from infinity down."""
    y, p = np.asarray(y, float), np.asarray(probability, float)
    order = np.argsort(-p, kind="stable")
    y, p = y[order], p[order]
    last = np.flatnonzero(np.append(np.diff(p) != 0, True))
    hits = np.concatenate([[0.0], np.cumsum(y)[last]])
    return hits, np.concatenate([[0.0], last + 1.0]) - hits, np.concatenate([[np.inf], p[last]])
