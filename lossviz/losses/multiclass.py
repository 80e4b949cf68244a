"""Losses on k logits: what a softmax gives to the true class, and sometimes to the others.

Most multi-class losses look at the true class alone.  With the margin of its logit over all the
others together, m = z_true - log sum_others e^z, its probability is sigmoid(m): the binary
formulas serve unchanged, and so do their digits in the tails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

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
    """(..., n): how far the true logit is above the soft maximum of the others (..., n, k)."""
    logits = np.asarray(logits)
    z = np.array(np.moveaxis(logits, -1, 0), np.result_type(logits, np.float32), order="C")
    label = np.broadcast_to(_labels(y, len(z)).astype(np.intp), z.shape[1:])
    where = label * label.size + np.arange(label.size).reshape(label.shape)
    own = z.ravel()[where]
    np.put(z, where, -np.inf)
    top = z.max(0)
    z -= top
    np.exp(z, out=z)  # in place: fresh memory costs more than the exponential
    return own - top - np.log(z.sum(0))


def covariance(share: Array) -> Array:
    """(..., k) probabilities to (..., k, k): diag(p) - p p^T, the slope of a softmax."""
    return share[..., None] * (np.eye(share.shape[-1], dtype=share.dtype) - share[..., None, :])


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
        margin, true, rest = self._against_the_rest(y, prediction)
        return classes_last(self.scale * self.binary.slope(margin) * (true - rest))

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        margin, true, rest = self._against_the_rest(y, prediction)
        tilt = classes_last(true - rest)
        along = tilt[..., None] * tilt[..., None, :]
        across = covariance(classes_last(rest))
        curvature, slope = self.binary.curvature(margin), self.binary.slope(margin)
        return self.scale * (curvature[..., None, None] * along - slope[..., None, None] * across)

    def _against_the_rest(self, y: Array, logits: Array) -> tuple[Array, Array, Array]:
        """The margin (..., n), the true class and the softmax of the others (k, ..., n).

        The margin's slope in the logits is the true class minus that softmax.
        """
        z = classes_first(logits)
        true = true_class(y, z)
        rest = z - np.where(true > 0, z.dtype.type(np.inf), z.dtype.type(0))
        top = rest.max(0)
        rest -= top
        np.exp(rest, out=rest)
        total = rest.sum(0)
        rest /= total
        return (true * z).sum(0) - top - np.log(total), true, rest


@dataclass(frozen=True)
class SoftmaxCrossEntropy(TrueClassLoss):
    """The negative log-likelihood of the true class: unbounded for confident errors."""

    id, label, formula = "softmax_cross_entropy", "Cross-entropy", r"-\log p_t"
    reference = "Bridle 1990"
    binary = CrossEntropy()


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
        share, true = classes_last(softmax(z)), classes_last(true_class(y, z))
        miss = share - true
        spread = covariance(share)
        tilt = miss - (share * miss).sum(-1, keepdims=True)
        turn = (spread * (miss + share)[..., None, :]).sum(-1)
        return 2 * ((tilt + share)[..., None] * spread - share[..., None] * turn[..., None, :])


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
        return covariance(classes_last(softmax(classes_first(prediction))))

    def _soft(self, y: Array, z: Array) -> Array:
        """(k, 1, ..., n) the label with its doubt spread over all classes."""
        return (1 - self.eps) * true_class(y, z) + self.eps / len(z)
