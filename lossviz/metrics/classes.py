"""Metrics of a predicted class or probability, for two classes and for k."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.losses.binary import sigmoid
from lossviz.losses.multiclass import softmax
from lossviz.metrics.base import Array, Metric
from lossviz.metrics.ranking import area
from lossviz.recipes import hyperparameter

CLASSES = ("binary", "multiclass")
SMALLEST = float(np.finfo(float).eps)  # scikit-learn's bound for the log of a probability
TOGETHER = 16  # factors of at least SMALLEST whose product is still a normal number


@dataclass(frozen=True)
class ClassMetric(Metric):
    """A metric that reads labels and probabilities."""

    tasks = CLASSES

    def score(self, y: ArrayLike, probability: ArrayLike) -> Array:
        y, p = np.asarray(y, float), np.asarray(probability, float)
        if y.ndim != 1 or not len(y) or not ((y >= 0) & (y == np.floor(y))).all():
            raise ValueError(
                f"{self.label} needs labels y (n,) that are 0, 1, 2, …; got an array of shape "
                f"{y.shape} with other numbers, or none. Recode the labels first."
            )
        binary = y.max() <= 1 and p.shape[-1:] == y.shape
        if not binary and (p.ndim < 2 or p.shape[-2] != len(y) or y.max() >= p.shape[-1]):
            raise ValueError(
                f"{self.label} needs the probability of class 1 as (..., n) for labels 0 and 1, "
                f"or a column for each of {int(y.max()) + 1} classes as (..., n, k); y has "
                f"{len(y)} rows and the probabilities have shape {p.shape}."
            )
        if not ((p >= 0) & (p <= 1)).all():
            raise ValueError(
                f"{self.label} needs probabilities from 0 to 1; got others. Give logits to a "
                "sigmoid or softmax first."
            )
        if why := self.refuses(y, 1 if binary else p.shape[-1]):
            raise ValueError(why)
        return self.of_probabilities(y, p)

    def of_predictions(self, y: Array, prediction: Array) -> Array:
        return self.of_probabilities(y, probabilities(y, prediction))

    def of_probabilities(self, y: Array, p: Array) -> Array:
        """``score`` without its questions: p (..., n) for two classes, (..., n, k) for k."""
        raise NotImplementedError


def probabilities(y: Array, logits: Array) -> Array:
    """The sigmoid of logits (..., n), the softmax of logits (..., n, k).

    A logit that left the numbers, as infinity minus infinity, says nothing: it counts as 0.
    """
    if not np.isfinite(logits.sum()):
        logits = np.nan_to_num(logits, nan=0.0)
    if one_column(y, logits):
        return sigmoid(logits)
    return np.moveaxis(softmax(np.moveaxis(logits, -1, 0)), 0, -1)


def one_column(y: Array, values: Array) -> bool:
    """Whether ``values`` hold one number for each row, not one for each class."""
    return bool(values.shape[-1:] == y.shape and y.max() <= 1)


@dataclass(frozen=True)
class Decided(ClassMetric):
    """A metric of the classes named: class 1 where its probability reaches the threshold.

    With several classes the likeliest is named and the threshold plays no part; scores of a
    class are then averaged over the classes that occur or are named (macro average).
    """

    steps = True
    threshold: float = hyperparameter(0.5, 0.01, 0.99, domain="[0, 1]")

    def of_probabilities(self, y: Array, p: Array) -> Array:
        if one_column(y, p):
            return self.of_counts(counts(y, p >= self.threshold))
        return self.of_table(tables(y, p.argmax(-1), p.shape[-1]))

    def of_predictions(self, y: Array, prediction: Array) -> Array:
        found = self.decided(y, prediction)
        return self.of_counts(found) if isinstance(found, Counts) else self.of_table(found)

    def decided(self, y: Array, prediction: Array) -> Counts | Array:
        """The counts of two classes, or the confusion tables (..., k, k), of raw predictions."""
        if one_column(y, prediction):
            return counts(y, prediction >= cut(self.threshold))
        return tables(y, prediction.argmax(-1), prediction.shape[-1])

    def of_counts(self, found: Counts) -> Array:
        """From true and false positives and negatives, each (...), to scores (...)."""
        raise NotImplementedError

    def of_table(self, table: Array) -> Array:
        """From confusion tables (..., k, k): rows are true classes, columns those named."""
        each = [self.of_counts(Counts.of_class(table, c)) for c in range(table.shape[-1])]
        return _mean_over_known(np.stack(each, -1), table)


@dataclass(frozen=True, eq=False)
class Counts:
    """The counts (...) of true and false positives, and of false and true negatives.

    The four cells of a confusion matrix for two classes.
    """

    tp: Array
    fp: Array
    fn: Array
    tn: Array

    @classmethod
    def of_class(cls, table: Array, c: int) -> Counts:
        """One class against the rest, from tables (..., k, k)."""
        tp = table[..., c, c]
        fp, fn = table[..., c].sum(-1) - tp, table[..., c, :].sum(-1) - tp
        return cls(tp, fp, fn, table.sum((-1, -2)) - tp - fp - fn)


def counts(y: Array, named: NDArray[np.bool_]) -> Counts:
    """Confusion counts of ``named`` (..., n), true for class 1, against labels y (n,)."""
    # whole numbers up to 2^24 are exact in single precision
    kinds = np.stack([y > 0, y == 0], 1).astype(np.float32)
    found = (named.astype(np.float32) @ kinds).astype(float)
    tp, fp = found[..., 0], found[..., 1]
    positive = float((y > 0).sum())
    return Counts(tp, fp, positive - tp, len(y) - positive - fp)


def tables(y: Array, named: NDArray[np.integer], k: int) -> Array:
    """Confusion tables (..., k, k): rows are true classes, columns the ``named`` (..., n)."""
    truth = (y[:, None] == np.arange(k)).astype(np.float32)
    columns = [(named == c).astype(np.float32) @ truth for c in range(k)]
    return np.stack(columns, -1).astype(float)


@lru_cache(maxsize=256)
def cut(threshold: float) -> float:
    """The smallest logit whose sigmoid reaches the threshold: the same decision, without e^z."""
    if threshold <= 0:
        return -np.inf
    low, high = -800.0, 40.0  # beyond them the sigmoid is 0 and 1
    while low < (middle := (low + high) / 2) < high:
        if sigmoid(np.array(middle)) >= threshold:
            high = middle
        else:
            low = middle
    return high


def _share(part: Array, whole: Array) -> Array:
    """part / whole, and 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros(np.shape(part)), where=np.asarray(whole) > 0)


def _mean_over_known(each: Array, table: Array) -> Array:
    """The mean of (..., k) over the classes that occur among the labels or the answers."""
    known = _known(table)
    return np.asarray((each * known).sum(-1) / known.sum(-1))


def _known(table: Array) -> NDArray[np.bool_]:
    """(..., k) whether a class occurs among the labels or the answers."""
    return np.asarray((table.sum(-1) + table.sum(-2)) > 0)


@dataclass(frozen=True)
class Accuracy(Decided):
    """The share of rows that are predicted correctly."""

    id, label = "accuracy", "Accuracy"
    formula = r"\frac{TP+TN}{n}"

    def of_counts(self, found: Counts) -> Array:
        right = found.tp + found.tn
        return right / (right + found.fp + found.fn)

    def of_table(self, table: Array) -> Array:
        return np.trace(table, axis1=-2, axis2=-1) / table.sum((-1, -2))


@dataclass(frozen=True)
class BalancedAccuracy(Decided):
    """The mean over the classes of the share of each that is predicted correctly."""

    id, label = "balanced_accuracy", "Balanced accuracy"
    formula = r"\tfrac12\Big(\frac{TP}{TP+FN}+\frac{TN}{TN+FP}\Big)"

    def of_counts(self, found: Counts) -> Array:
        rows = [(found.tp, found.fn), (found.tn, found.fp)]
        present = [_share(right, right + wrong) for right, wrong in rows if _any(right + wrong)]
        return np.mean(present, axis=0)

    def of_table(self, table: Array) -> Array:
        rows = table.sum(-1)
        each = _share(np.diagonal(table, axis1=-2, axis2=-1), rows)
        return np.asarray(each.sum(-1) / (rows > 0).sum(-1))


def _any(rows: Array) -> bool:
    """How many rows a class has does not depend on the answers."""
    return bool(np.any(rows > 0))


@dataclass(frozen=True)
class Ratio(Decided):
    """One number of rows over another, 0 where both are 0; ``empty`` says when they are."""

    empty: ClassVar[str]

    def parts(self, found: Counts) -> tuple[Array, Array]:
        """The two numbers, each (...), from true and false positives and negatives."""
        raise NotImplementedError

    def of_counts(self, found: Counts) -> Array:
        return _share(*self.parts(found))

    def undefined(self, y: Array, prediction: Array) -> NDArray[np.bool_]:
        """(...) where raw predictions make 0/0 of it, or of it for one of several classes."""
        found = self.decided(y, prediction)
        if isinstance(found, Counts):
            return np.asarray(self.parts(found)[1] == 0)
        k = found.shape[-1]
        each = [self.parts(Counts.of_class(found, c))[1] == 0 for c in range(k)]
        return np.asarray((np.stack(each, -1) & _known(found)).any(-1))


@dataclass(frozen=True)
class Precision(Ratio):
    """Of the rows predicted to be class 1, the share that are."""

    id, label = "precision", "Precision"
    formula = r"\frac{TP}{TP+FP}"
    empty = "no row is predicted to be class 1"

    def parts(self, found: Counts) -> tuple[Array, Array]:
        return found.tp, found.tp + found.fp


@dataclass(frozen=True)
class Recall(Ratio):
    """Of the rows of class 1, the share that is found."""

    id, label = "recall", "Recall"
    formula = r"\frac{TP}{TP+FN}"
    empty = "no row is class 1"

    def parts(self, found: Counts) -> tuple[Array, Array]:
        return found.tp, found.tp + found.fn


@dataclass(frozen=True)
class F1(Ratio):
    """The harmonic mean of precision and recall."""

    id, label = "f1", "F1"
    formula = r"\frac{2TP}{2TP+FP+FN}"
    empty = "no row is class 1 or predicted to be"

    def parts(self, found: Counts) -> tuple[Array, Array]:
        return 2 * found.tp, 2 * found.tp + found.fp + found.fn


@dataclass(frozen=True)
class RocAuc(ClassMetric):
    """The chance that a row of class 1 gets a higher probability than one of class 0.

    With several classes: the mean over each class against the rest.
    """

    id, label = "roc_auc", "ROC AUC"
    formula = r"P(p_+>p_-)+\tfrac12P(p_+=p_-)"
    steps = True

    def of_probabilities(self, y: Array, p: Array) -> Array:
        if one_column(y, p):
            return area(y > 0, p)
        return np.mean([area(y == c, p[..., c]) for c in range(p.shape[-1])], axis=0)

    def refuses(self, y: Array, outputs: int) -> str:
        found, wanted = len(np.unique(y)), max(outputs, 2)
        if found < wanted:
            return (
                f"ROC AUC compares rows of different classes: it needs rows of all {wanted}, and "
                f"these labels hold {found}. Take more rows, or another metric."
            )
        return ""


@dataclass(frozen=True)
class LogLoss(ClassMetric):
    """The mean surprise at the true class.

    As in scikit-learn no probability counts as smaller than 2.2e-16, so that one row costs at
    most 36.
    """

    id, label = "log_loss", "Log-loss"
    formula = r"-\tfrac1n\sum_i\log p_{i,y_i}"
    higher, best = False, 0.0

    def of_probabilities(self, y: Array, p: Array) -> Array:
        if one_column(y, p):
            given = np.where(y > 0, p, 1 - p)
        else:
            given = np.take_along_axis(
                p, np.broadcast_to(y.astype(int)[:, None], (*p.shape[:-1], 1)), -1
            )[..., 0]
        given = np.clip(given, SMALLEST, 1 - SMALLEST)
        # one logarithm for many rows: their product first
        whole = given.shape[-1] // TOGETHER * TOGETHER
        blocks = given[..., :whole].reshape(*given.shape[:-1], -1, TOGETHER)
        total = np.log(blocks.prod(-1)).sum(-1) + np.log(given[..., whole:]).sum(-1)
        return -total / len(y)


@dataclass(frozen=True)
class Brier(ClassMetric):
    """The mean squared error of the probabilities; with three classes or more, summed over them."""

    id, label = "brier", "Brier score"
    formula = r"\tfrac1n\sum_i(p_i-y_i)^2"
    higher, best = False, 0.0

    def of_probabilities(self, y: Array, p: Array) -> Array:
        if one_column(y, p):
            miss = p - (y > 0)
            return np.einsum("...n,...n->...", miss, miss) / len(y)
        miss = p - (y[:, None] == np.arange(p.shape[-1]))
        total = np.einsum("...nk,...nk->...", miss, miss) / len(y)
        return total / 2 if p.shape[-1] == 2 else total
