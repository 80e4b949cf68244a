"""Losses for targets above zero: counts, waiting times, sizes that are compared as ratios.

Where a prediction leaves the loss's domain (a negative count) its loss is infinite and its
slope is not a number: a surface shows a wall there, and a descent that jumps over it has left
the map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import boxcox

from lossviz.losses.base import Array, Loss, error
from lossviz.recipes import hyperparameter

SMALL = 1e-37  # a target of 0 times the logarithm or power of this is 0, in single precision too


@dataclass(frozen=True)
class WalledLoss(Loss):
    """A regression loss with a wall: predictions must lie above ``wall``."""

    task = "regression"
    wall: ClassVar[float] = 0.0

    bounded = robust = False

    def value(self, y: Array, prediction: Array) -> Array:
        return self._walled(self.rho, y, prediction, np.inf)

    def derivative(self, y: Array, prediction: Array) -> Array:
        return self._walled(self.slope, y, prediction, np.nan)

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        return self._walled(self.curvature, y, prediction, np.nan)

    def rho(self, y: Array, prediction: Array) -> Array:
        """The value where the prediction is above the wall."""
        raise NotImplementedError

    def slope(self, y: Array, prediction: Array) -> Array:
        """The derivative of ``rho`` in the prediction."""
        raise NotImplementedError

    def curvature(self, y: Array, prediction: Array) -> Array:
        """The second derivative of ``rho`` in the prediction."""
        raise NotImplementedError

    def _walled(
        self, rule: Callable[[Array, Array], Array], y: Array, prediction: Array, beyond: float
    ) -> Array:
        """``rule`` above the wall, ``beyond`` below it."""
        y, prediction = _defined(self, y), np.asarray(prediction)
        inside = prediction > self.wall
        if np.all(inside):
            return rule(y, prediction)
        return np.where(inside, rule(y, np.where(inside, prediction, 1)), beyond)


@dataclass(frozen=True)
class SquaredLogError(WalledLoss):
    """Compares ratios: twice the target has about the same loss as half of it."""

    id, label = "msle", "Squared logarithmic error"
    formula = r"\left(\log(1 + \hat y) - \log(1 + y)\right)^2"
    reference = "The metric of many forecasting contests; scikit-learn's mean_squared_log_error"
    targets = "(-1, inf)"
    wall = -1.0
    smooth = True
    convex = False

    def rho(self, y: Array, prediction: Array) -> Array:
        return (np.log1p(prediction) - np.log1p(y)) ** 2

    def slope(self, y: Array, prediction: Array) -> Array:
        return 2 * (np.log1p(prediction) - np.log1p(y)) / (1 + prediction)

    def curvature(self, y: Array, prediction: Array) -> Array:
        return 2 * (1 - np.log1p(prediction) + np.log1p(y)) / (1 + prediction) ** 2


@dataclass(frozen=True)
class PercentageError(Loss):
    """The error as a fraction of the target: small targets weigh more than large ones."""

    id, label, task = "mape", "Absolute percentage error", "regression"
    formula = r"|\hat y - y| / |y|"
    reference = "Makridakis 1993; a fraction here, not per cent"
    targets = "(0, inf)"
    convex = True
    smooth = bounded = robust = False

    def value(self, y: Array, prediction: Array) -> Array:
        return np.abs(error(y, prediction)) / self._size(y)

    def derivative(self, y: Array, prediction: Array) -> Array:
        return np.sign(error(y, prediction)) / self._size(y)

    def second_derivative(self, y: Array, prediction: Array) -> Array:
        return np.zeros_like(error(y, prediction))

    def _size(self, y: Array) -> Array:
        return _defined(self, np.abs(y))


@dataclass(frozen=True)
class PoissonDeviance(WalledLoss):
    """For counts: an error of 1 matters at a target of 2, and hardly at 200."""

    id, label = "poisson_deviance", "Poisson deviance"
    formula = r"2 \left(y \log(y / \hat y) - y + \hat y\right)"
    reference = "Nelder & Wedderburn 1972"
    targets = "[0, inf)"
    convex = smooth = True

    def rho(self, y: Array, prediction: Array) -> Array:
        return 2 * (y * np.log(np.maximum(y, SMALL) / prediction) - y + prediction)

    def slope(self, y: Array, prediction: Array) -> Array:
        return 2 * (1 - y / prediction)

    def curvature(self, y: Array, prediction: Array) -> Array:
        return 2 * y / prediction**2


@dataclass(frozen=True)
class PoissonNLL(WalledLoss):
    """How surprised a Poisson count is: half the deviance, without the part that only y knows."""

    id, label = "poisson_nll", "Poisson negative log-likelihood"
    formula = r"\hat y - y \log \hat y"
    reference = "Nelder & Wedderburn 1972"
    targets = "[0, inf)"
    convex = smooth = True

    def rho(self, y: Array, prediction: Array) -> Array:
        return prediction - y * np.log(prediction)

    def slope(self, y: Array, prediction: Array) -> Array:
        return 1 - y / prediction

    def curvature(self, y: Array, prediction: Array) -> Array:
        return y / prediction**2


@dataclass(frozen=True)
class GammaDeviance(WalledLoss):
    """For waiting times and amounts: only the ratio of prediction and target matters."""

    id, label = "gamma_deviance", "Gamma deviance"
    formula = r"2 \left(\log(\hat y / y) + y / \hat y - 1\right)"
    reference = "Nelder & Wedderburn 1972"
    targets = "(0, inf)"
    smooth = True
    convex = False

    def rho(self, y: Array, prediction: Array) -> Array:
        return 2 * (np.log(prediction / y) + y / prediction - 1)

    def slope(self, y: Array, prediction: Array) -> Array:
        return 2 * (1 - y / prediction) / prediction

    def curvature(self, y: Array, prediction: Array) -> Array:
        return 2 * (2 * y / prediction - 1) / prediction / prediction


@dataclass(frozen=True)
class TweedieDeviance(WalledLoss):
    """For amounts with many zeros: between Poisson (power 1) and gamma (power 2), and beyond.

    (x^a - 1) / a passes through log x at a = 0, so powers 1 and 2 need no case of their own.
    """

    id, label = "tweedie_deviance", "Tweedie deviance"
    formula = (
        r"2 \left(\frac{y^{2-p}}{(1-p)(2-p)} - \frac{y\,\hat y^{1-p}}{1-p}"
        r" + \frac{\hat y^{2-p}}{2-p}\right)"
    )
    reference = "Tweedie 1984; Jorgensen 1987"
    smooth = True
    power: float = hyperparameter(1.5, 1.0, 2.0, domain="[1, 3]")

    @property
    def convex(self) -> bool:
        return self.power == 1

    @property
    def targets(self) -> str:
        return "[0, inf)" if self.power < 2 else "(0, inf)"

    def rho(self, y: Array, prediction: Array) -> Array:
        size = np.log(prediction)
        cost = _box_cox(size, 2 - self.power) - boxcox(y, 2 - self.power)
        credit = _box_cox(size, 1 - self.power) - boxcox(np.maximum(y, SMALL), 1 - self.power)
        return 2 * (cost - y * credit)

    def slope(self, y: Array, prediction: Array) -> Array:
        return 2 * (prediction - y) * prediction**-self.power

    def curvature(self, y: Array, prediction: Array) -> Array:
        lean = (1 - self.power) * prediction + self.power * y
        return 2 * lean * prediction ** (-1 - self.power)


def _defined(loss: Loss, y: Array) -> Array:
    """The targets as floats; ValueError where one of them has no loss."""
    y = np.asarray(y) if np.asarray(y).dtype.kind == "f" else np.asarray(y, float)
    loss.check_targets(y)
    return y


def _box_cox(size: Array, power: float) -> Array:
    """(x^power - 1) / power for x = e^size; SciPy's own takes fifty times as long."""
    return np.expm1(power * size) / power if power else size
