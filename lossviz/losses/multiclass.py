"""Losses on k logits: what a softmax gives to the true class, and sometimes to the others.

Most multi-class losses look at the true class alone.  With the margin of its logit over all the
others together, m = z_true - log sum_others e^z, its probability is sigmoid(m): the binary
formulas serve unchanged, and so do their digits in the tails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from lossviz.losses.base import Array, Loss, MarginLoss
from lossviz.losses.binary import (
    CrossEntropy,
    Focal,
    GeneralisedCrossEntropy,
    Poly1,
    ProbabilityError,
    SymmetricCrossEntropy,
)
from lossviz.recipes import hyperparameter


def classes_first(logits: Array) -> Array:
    """(..., n, k) to contiguous floats (k, ..., n): reductions over a short last axis are slow."""
    logits = np.asarray(logits)
    return np.ascontiguousarray(np.moveaxis(logits, -1, 0), np.result_type(logits, np.float32))


def classes_last(per_class: Array) -> Array:
    """(k, ..., n) back to (..., n, k)."""
    return np.moveaxis(per_class, 0, -1)


def true_class(y: Array, z: Array) -> Array:
    """(k, 1, ..., n) for z (k, ..., n): 1 at each row's true class, else 0."""
    labels = _labels(y, len(z)).reshape((1,) * (z.ndim - 1 - np.ndim(y)) + np.shape(y))
    return np.stack([labels == c for c in range(len(z))]).astype(z.dtype)


def _labels(y: Array, k: int) -> Array:
    labels = np.asarray(y)
    if labels.size and not (labels.min() >= 0 and labels.max() < k):
        raise ValueError(
            f"{k} logits belong to the labels 0 to {k - 1}; these go from {labels.min():g} to "
            f"{labels.max():g}. Recode the labels, or give a logit for every class."
        )
    return labels


def softmax(z: Array) -> Array:
    """(k, ...) logits to probabilities that sum to 1."""
    weight = np.exp(z - z.max(0))
    return weight / weight.sum(0)


def margin(y: Array, logits: Array) -> Array:
    """(..., n) how far the true logit is above the soft maximum of the others, of (..., n, k)."""
    return _against(y, logits)[0]


def against_the_rest(y: Array, logits: Array) -> tuple[Array, Array, NDArray[np.intp]]:
    """The margin over the other classes, and who they are, of logits (..., n, k).

    That margin (..., n), the softmax of the others (k, ..., n), 0 at the true class, and where the
    true classes are in it when it is flat (..., n).
    """
    margin, weight, total, where = _against(y, logits)
    weight /= total
    return margin, weight, where


def _against(y: Array, logits: Array) -> tuple[Array, Array, Array, NDArray[np.intp]]:
    """The margin (..., n), the others' exponentials (k, ..., n), their sum, and the true places."""
    logits = np.asarray(logits)
    z = np.array(np.moveaxis(logits, -1, 0), np.result_type(logits, np.float32), order="C")
    label = np.broadcast_to(_labels(y, len(z)).astype(np.intp), z.shape[1:])
    where = label * label.size + np.arange(label.size).reshape(label.shape)
    own = z.ravel()[where]
    np.put(z, where, -np.inf)
    top = z.max(0)
    z -= top
    np.exp(z, out=z)  # in place: fresh memory costs more than the exponential
    total = z.sum(0)
    return own - top - np.log(total), z, total, where


def pairs_last(per_pair: Array) -> Array:
    """(k, k, ..., n) back to (..., n, k, k)."""
    return np.moveaxis(per_pair, (0, 1), (-2, -1))


def covariance(share: Array) -> Array:
    """(k, ...) probabilities to (k, k, ...): diag(p) - p p^T, the slope of a softmax.

    The diagonal p (1 - p) is the sum of what stands beside it, so that sure classes keep digits.
    """
    found = -share[:, None] * share[None]
    for c in range(len(share)):
        found[c, c] = 0
        found[c, c] = -found[c].sum(0)
    return found


@dataclass(frozen=True)
class TrueClassLoss(Loss):
    """A multi-class loss that looks at the true class alone: ``scale`` times a binary loss."""

    task = "multiclass"
    scale: ClassVar[float] = 1.0

    @property
    def binary(self) -> MarginLoss:
        """The same loss for two classes."""
        raise NotImplementedError

    @property
    def convex(self) -> bool:
        return self.binary.convex

    @property
    def smooth(self) -> bool:
        return self.binary.smooth

    @property
    def bounded(self) -> bool:
        return self.binary.bounded

    @property
    def robust(self) -> bool:
        return self.binary.robust

    @property
    def proper(self) -> bool | None:
        return self.binary.proper

    def value(self, y: Array, prediction: Array) -> Array:
        return self.scale * self.binary.rho(margin(y, prediction))

    def derivative(self, y: Array, prediction: Array) -> Array:
        margin, rest, where = against_the_rest(y, prediction)
        return classes_last(self.scale * self.binary.slope(margin) * _margin_slope(rest, where))

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        margin, rest, where = against_the_rest(y, prediction)
        tilt, across = _margin_slope(rest, where), covariance(rest)
        curvature, slope = self.binary.curvature(margin), self.binary.slope(margin)
        along = curvature * tilt[:, None] * tilt[None]
        return pairs_last(self.scale * (along - slope * across))


def _margin_slope(rest: Array, where: NDArray[np.intp]) -> Array:
    """(k, ..., n): the margin's slope in the logits, the true class minus the others' softmax."""
    slope = -rest
    np.put(slope, where, 1.0)
    return slope


@dataclass(frozen=True)
class SoftmaxCrossEntropy(TrueClassLoss):
    """The negative log-likelihood of the true class: unbounded for confident errors."""

    id, label, formula = "softmax_cross_entropy", "Cross-entropy", r"-\log p_t"
    reference = "Bridle 1990"
    binary = CrossEntropy()

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        z = classes_first(prediction)
        _labels(y, len(z))  # the curvature does not look at them, but wrong ones are told
        return pairs_last(covariance(softmax(z)))


@dataclass(frozen=True)
class SoftmaxAbsoluteError(TrueClassLoss):
    """The probability given to wrong classes, counted twice: flipped labels count little."""

    id, label = "softmax_mae", "Absolute error of the probabilities"
    formula = r"\sum_j |p_j - e_j| = 2 (1 - p_t)"
    reference = "Ghosh, Kumar & Sastry 2017, arXiv:1712.09482"
    binary = ProbabilityError()
    scale = 2.0


@dataclass(frozen=True)
class SoftmaxFocal(TrueClassLoss):
    """Cross-entropy that loses interest in examples already right: the larger gamma, the sooner."""

    id, label, formula = "softmax_focal", "Focal", r"-(1 - p_t)^\gamma \log p_t"
    reference = "Lin et al. 2017, arXiv:1708.02002"
    gamma: float = hyperparameter(2.0, 0.0, 5.0, domain="[0, inf)")

    @property
    def binary(self) -> Focal:
        return Focal(self.gamma)


@dataclass(frozen=True)
class SoftmaxGeneralisedCrossEntropy(TrueClassLoss):
    """Between cross-entropy (q near 0) and absolute error (q = 1): a compromise on noisy labels."""

    id, label = "softmax_generalised_cross_entropy", "Generalised cross-entropy"
    formula = r"(1 - p_t^q) / q"
    reference = "Zhang & Sabuncu 2018, arXiv:1805.07836"
    q: float = hyperparameter(0.7, 0.1, 1.0, domain="(0, 1]")

    @property
    def binary(self) -> GeneralisedCrossEntropy:
        return GeneralisedCrossEntropy(self.q)


@dataclass(frozen=True)
class SoftmaxSymmetricCrossEntropy(TrueClassLoss):
    """Cross-entropy plus the same with label and prediction swapped, against noisy labels."""

    id, label = "softmax_symmetric_cross_entropy", "Symmetric cross-entropy"
    formula = r"-\alpha \log p_t - \beta A (1 - p_t)"
    reference = "Wang et al. 2019, arXiv:1908.06112"
    alpha: float = hyperparameter(0.1, 0.0, 10.0, domain="[0, inf)")
    beta: float = hyperparameter(1.0, 0.0, 10.0, domain="[0, inf)")
    A: float = hyperparameter(-4.0, -10.0, 0.0, domain="(-inf, 0]")

    @property
    def binary(self) -> SymmetricCrossEntropy:
        return SymmetricCrossEntropy(self.alpha, self.beta, self.A)


@dataclass(frozen=True)
class SoftmaxPoly1(TrueClassLoss):
    """Cross-entropy with the first term of its expansion in 1 - p turned up or down."""

    id, label, formula = "softmax_poly1", "Poly-1", r"-\log p_t + \varepsilon (1 - p_t)"
    reference = "Leng et al. 2022, arXiv:2204.12511"
    epsilon: float = hyperparameter(1.0, -1.0, 5.0, domain="[-1, inf)")

    @property
    def binary(self) -> Poly1:
        return Poly1(self.epsilon)


@dataclass(frozen=True)
class SoftmaxBrier(Loss):
    """The squared distance between the probabilities and the one-hot label."""

    id, label, task = "softmax_brier", "Brier score", "multiclass"
    formula = r"\sum_j (p_j - e_j)^2"
    reference = "Brier 1950"
    smooth = bounded = robust = proper = True
    convex = False

    def value(self, y: Array, prediction: Array) -> Array:
        z = classes_first(prediction)
        miss = softmax(z) - true_class(y, z)
        return (miss * miss).sum(0)

    def derivative(self, y: Array, prediction: Array) -> Array:
        z = classes_first(prediction)
        share = softmax(z)
        miss = share - true_class(y, z)
        return classes_last(2 * share * (miss - (share * miss).sum(0)))

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        z = classes_first(prediction)
        share = softmax(z)
        miss = share - true_class(y, z)
        spread = covariance(share)
        tilt = miss - (share * miss).sum(0)
        turn = (spread * (miss + share)).sum(1)
        return pairs_last(2 * ((tilt + share)[:, None] * spread - share[:, None] * turn))


@dataclass(frozen=True)
class SoftmaxLabelSmoothing(Loss):
    """Cross-entropy against smoothed labels: too much confidence has a loss of its own."""

    id, label, task = "softmax_label_smoothing", "Label smoothing", "multiclass"
    formula = r"-\sum_j \left((1 - \varepsilon) e_j + \varepsilon / k\right) \log p_j"
    reference = "Szegedy et al. 2016, arXiv:1512.00567"
    convex = smooth = robust = True
    bounded = False
    eps: float = hyperparameter(0.1, 0.0, 0.9, domain="[0, 1]")

    @property
    def proper(self) -> bool:
        return self.eps == 0

    def value(self, y: Array, prediction: Array) -> Array:
        z = classes_first(prediction)
        below = z - z.max(0)
        return np.log(np.exp(below).sum(0)) - (self._soft(y, z) * below).sum(0)

    def derivative(self, y: Array, prediction: Array) -> Array:
        z = classes_first(prediction)
        return classes_last(softmax(z) - self._soft(y, z))

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        return pairs_last(covariance(softmax(classes_first(prediction))))

    def _soft(self, y: Array, z: Array) -> Array:
        """(k, 1, ..., n) the label with its doubt spread over all classes."""
        return (1 - self.eps) * true_class(y, z) + self.eps / len(z)
