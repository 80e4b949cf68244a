"""Losses of the probability that a sigmoid of the logit gives to the true label.

p = sigmoid(m) with the margin m = (2y - 1) * logit.  The formulas below are written in p, in
the doubt 1 - p = sigmoid(-m) and in the surprise -log p = softplus(-m), each computed without
cancellation, so that far tails keep their digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.losses.base import Array, MarginLoss
from lossviz.recipes import hyperparameter


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), with all its digits in both tails."""
    with np.errstate(over="ignore"):  # e^-z may be inf, and then the answer is exactly 0
        return 1 / (1 + np.exp(-z))


def softplus(z: Array) -> Array:
    """log(1 + e^z), without overflow."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


@dataclass(frozen=True)
class CrossEntropy(MarginLoss):
    """The negative log-likelihood of the true label: unbounded for confident errors."""

    id, label, formula = "cross_entropy", "Cross-entropy", r"-\log p_t = \log(1 + e^{-m})"
    reference = "Good 1952; Cox 1958"
    convex = smooth = robust = proper = canonical = True
    bounded = False

    def rho(self, m: Array) -> Array:
        return softplus(-m)

    def slope(self, m: Array) -> Array:
        return -sigmoid(-m)

    def curvature(self, m: Array) -> Array:
        return sigmoid(m) * sigmoid(-m)


@dataclass(frozen=True)
class SigmoidSquaredError(MarginLoss):
    """The squared error of a probability: it goes flat where the model is sure and wrong."""

    id, label, formula = "mse_sigmoid", "Squared error of the probability", r"(1 - p_t)^2"
    reference = "Brier 1950"
    smooth = bounded = robust = proper = True
    convex = False

    def rho(self, m: Array) -> Array:
        return sigmoid(-m) ** 2

    def slope(self, m: Array) -> Array:
        return -2 * sigmoid(m) * sigmoid(-m) ** 2

    def curvature(self, m: Array) -> Array:
        p = sigmoid(m)
        return 2 * p * sigmoid(-m) ** 2 * (3 * p - 1)


@dataclass(frozen=True)
class ProbabilityError(MarginLoss):
    """The absolute error of a probability: it shrugs at flipped labels, and learns slowly."""

    id, label, formula = "mae_prob", "Absolute error of the probability", r"1 - p_t"
    reference = "Ghosh, Kumar & Sastry 2017, arXiv:1712.09482"
    smooth = bounded = robust = True
    convex = proper = False

    def rho(self, m: Array) -> Array:
        return sigmoid(-m)

    def slope(self, m: Array) -> Array:
        return -sigmoid(m) * sigmoid(-m)

    def curvature(self, m: Array) -> Array:
        p, doubt = sigmoid(m), sigmoid(-m)
        return p * doubt * (p - doubt)


@dataclass(frozen=True)
class Focal(MarginLoss):
    """Cross-entropy that loses interest in examples already right: the larger gamma, the sooner.

    ``alpha`` weighs class 1, and 1 - alpha class 0; below zero (torchvision's sign for it) the
    classes are not weighted.
    """

    id, label = "focal", "Focal"
    formula = r"-(1 - p_t)^\gamma \log p_t"
    reference = "Lin et al. 2017, arXiv:1708.02002"
    smooth = robust = True
    bounded = False
    gamma: float = hyperparameter(2.0, 0.0, 5.0, domain="[0, inf)")
    alpha: float = hyperparameter(-1.0, -1.0, 1.0, domain="[-1, 1]")

    @property
    def convex(self) -> bool:
        return self.gamma == 0

    @property
    def proper(self) -> bool:
        return self.gamma == 0 and (self.alpha < 0 or self.alpha == 0.5)

    def value(self, y: Array, prediction: Array) -> Array:
        return self._weight(y) * super().value(y, prediction)

    def derivative(self, y: Array, prediction: Array) -> Array:
        return self._weight(y) * super().derivative(y, prediction)

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        return self._weight(y) * super().second_derivative(y, prediction)

    def rho(self, m: Array) -> Array:
        return sigmoid(-m) ** self.gamma * softplus(-m)

    def slope(self, m: Array) -> Array:
        p, doubt, surprise = sigmoid(m), sigmoid(-m), softplus(-m)
        return -(doubt**self.gamma) * (self.gamma * p * surprise + doubt)

    def curvature(self, m: Array) -> Array:
        g, p, doubt, surprise = self.gamma, sigmoid(m), sigmoid(-m), softplus(-m)
        return p * doubt**g * (g * surprise * (g * p - doubt) + (2 * g + 1) * doubt)

    def _weight(self, y: Array) -> Array | float:
        if self.alpha < 0:
            return 1.0
        return self.alpha * y + (1 - self.alpha) * (1 - y)


@dataclass(frozen=True)
class GeneralisedCrossEntropy(MarginLoss):
    """Between cross-entropy (q near 0) and absolute error (q = 1): a compromise on noisy labels."""

    id, label = "generalised_cross_entropy", "Generalised cross-entropy"
    formula = r"(1 - p_t^q) / q"
    reference = "Zhang & Sabuncu 2018, arXiv:1805.07836"
    smooth = bounded = robust = True
    convex = proper = False
    q: float = hyperparameter(0.7, 0.1, 1.0, domain="(0, 1]")

    def rho(self, m: Array) -> Array:
        return -np.expm1(-self.q * softplus(-m)) / self.q

    def slope(self, m: Array) -> Array:
        return -(sigmoid(m) ** self.q) * sigmoid(-m)

    def curvature(self, m: Array) -> Array:
        p, doubt = sigmoid(m), sigmoid(-m)
        return p**self.q * doubt * (p - self.q * doubt)


@dataclass(frozen=True)
class SymmetricCrossEntropy(MarginLoss):
    """Cross-entropy plus the same with label and prediction swapped, against noisy labels.

    The swapped part needs log 0, which is set to ``A``: -4 as in the paper (its released code
    has log 1e-4 = -9.21).
    """

    id, label = "symmetric_cross_entropy", "Symmetric cross-entropy"
    formula = r"-\alpha \log p_t - \beta A (1 - p_t)"
    reference = "Wang et al. 2019, arXiv:1908.06112"
    smooth = robust = True
    alpha: float = hyperparameter(0.1, 0.0, 10.0, domain="[0, inf)")
    beta: float = hyperparameter(1.0, 0.0, 10.0, domain="[0, inf)")
    A: float = hyperparameter(-4.0, -10.0, 0.0, domain="(-inf, 0]")

    @property
    def convex(self) -> bool:
        return self.alpha >= self._swapped

    @property
    def bounded(self) -> bool:
        return self.alpha == 0

    @property
    def proper(self) -> bool:
        return self._swapped == 0 < self.alpha

    def rho(self, m: Array) -> Array:
        return self.alpha * softplus(-m) + self._swapped * sigmoid(-m)

    def slope(self, m: Array) -> Array:
        return -sigmoid(-m) * (self.alpha + self._swapped * sigmoid(m))

    def curvature(self, m: Array) -> Array:
        p, doubt = sigmoid(m), sigmoid(-m)
        return p * doubt * (self.alpha + self._swapped * (p - doubt))

    @property
    def _swapped(self) -> float:
        """The factor of 1 - p."""
        return -self.beta * self.A


@dataclass(frozen=True)
class Poly1(MarginLoss):
    """Cross-entropy with the first term of its expansion in 1 - p turned up or down."""

    id, label = "poly1", "Poly-1"
    formula = r"-\log p_t + \varepsilon (1 - p_t)"
    reference = "Leng et al. 2022, arXiv:2204.12511"
    smooth = robust = True
    bounded = False
    epsilon: float = hyperparameter(1.0, -1.0, 5.0, domain="[-1, inf)")

    @property
    def convex(self) -> bool:
        return self.epsilon <= 1

    @property
    def proper(self) -> bool:
        return self.epsilon == 0

    def rho(self, m: Array) -> Array:
        return softplus(-m) + self.epsilon * sigmoid(-m)

    def slope(self, m: Array) -> Array:
        return -sigmoid(-m) * (1 + self.epsilon * sigmoid(m))

    def curvature(self, m: Array) -> Array:
        p, doubt = sigmoid(m), sigmoid(-m)
        return p * doubt * (1 + self.epsilon * (p - doubt))


@dataclass(frozen=True)
class LabelSmoothing(MarginLoss):
    """Cross-entropy against smoothed labels: too much confidence has a loss of its own."""

    id, label = "label_smoothing", "Label smoothing"
    formula = r"-(1 - \tfrac{\varepsilon}{2}) \log p_t - \tfrac{\varepsilon}{2} \log(1 - p_t)"
    reference = "Szegedy et al. 2016, arXiv:1512.00567"
    convex = smooth = robust = True
    bounded = False
    eps: float = hyperparameter(0.1, 0.0, 0.9, domain="[0, 1]")

    @property
    def proper(self) -> bool:
        return self.eps == 0

    def rho(self, m: Array) -> Array:
        return softplus(-m) + 0.5 * self.eps * m  # log p and log(1 - p) differ by m

    def slope(self, m: Array) -> Array:
        return 0.5 * self.eps - sigmoid(-m)

    def curvature(self, m: Array) -> Array:
        return sigmoid(m) * sigmoid(-m)
