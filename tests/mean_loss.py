"""A mean loss over a model with nothing but NumPy in it: an objective for tests of networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.models import Layout, Model


@dataclass(frozen=True, eq=False)
class MeanLoss:
    """The mean of r^2, or of log(1 + e^-m), plus decay / 2 |theta|^2 over all parameters."""

    model: Model
    X: np.ndarray
    y: np.ndarray
    logistic: bool = False
    decay: float = 0.0

    @property
    def layout(self) -> Layout:
        return self.model.layout(self.X.shape[1])

    def value(self, theta):
        prediction = self.model.predict(theta, self.X)
        if self.logistic:
            each = np.logaddexp(0, -self._sign * prediction)
        else:
            each = (prediction - self.y) ** 2
        return each.mean(-1) + self.decay / 2 * (theta**2).sum(-1)

    def upstream(self, theta):
        prediction = self.model.predict(theta, self.X)
        if self.logistic:
            margin = self._sign * prediction
            slope = -self._sign * np.exp(-margin - np.logaddexp(0, -margin))
        else:
            slope = 2 * (prediction - self.y)
        return slope / len(self.y)

    def gradient(self, theta):
        pulled = self.model.pullback(theta, self.X, self.upstream(theta))
        return pulled + self.decay * theta

    def hessian(self, theta):
        """By the oracle of last resort: fourth-order differences of the gradient."""
        steps = 1e-3 * np.eye(len(theta))
        near, far = (
            self.gradient(theta + k * steps) - self.gradient(theta - k * steps) for k in (1, 2)
        )
        H = (8 * near - far) / 12e-3
        return (H + H.T) / 2

    @property
    def _sign(self):
        return 2 * self.y - 1


def flat(tensors) -> np.ndarray:
    """Nested lists of weights, tensor by tensor, as one vector."""
    return np.concatenate([np.ravel(each) for each in tensors]).astype(float)
