"""Gradient descent with one rate for all parameters, and momentum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lossviz.optimizers.base import Array, Decayed, Decoupled, rate, remembered


class Velocity(NamedTuple):
    velocity: Array
    started: bool


class Blended(NamedTuple):
    average: Array
    blend: Array


@dataclass(frozen=True)
class GradientDescent(Decayed):
    """Step against the gradient, by the learning rate times its size."""

    id, label = "gd", "Gradient descent"
    suits, live = ("curvature", 0.4), True
    formula = r"\theta \leftarrow \theta - \eta\,g"
    worked = r"$theta - $rate \cdot $decayed = $after"
    reference = "Cauchy 1847; torch.optim.SGD"

    def update(self, gradient: Array, state: Any, theta: Array, scale: Any = 1.0) -> Any:
        return theta - self.lr * scale * self.decayed(gradient, theta), state


@dataclass(frozen=True)
class StochasticGradientDescent(GradientDescent):
    """Gradient descent on a few rows at a time: cheap steps with noise in them."""

    id, label = "sgd", "Stochastic gradient descent"
    suits, live, batches = ("curvature", 0.1), False, True
    formula = r"\theta \leftarrow \theta - \eta\,g_{\text{batch}}"
    reference = "Robbins & Monro 1951; torch.optim.SGD"


@dataclass(frozen=True)
class Momentum(Decayed):
    """A heavy ball: it keeps going where it was going."""

    id, label = "momentum", "Momentum"
    suits, live = ("curvature", 0.08), True
    formula = r"b \leftarrow \mu\,b + g,\quad \theta \leftarrow \theta - \eta\,b"
    worked = r"$theta - $rate \cdot $velocity = $after"
    reference = "Polyak 1964; torch.optim.SGD(momentum)"
    names = {"velocity": ("Velocity", "b")}
    lr: float = rate(0.02)
    momentum: float = remembered(0.9, "momentum")
    dampening: float = remembered(0.0, "dampening")

    def init(self, theta: Array) -> Velocity:
        return Velocity(np.zeros_like(theta), False)

    def update(self, gradient: Array, state: Velocity, theta: Array, scale: Any = 1.0) -> Any:
        # torch dampens every gradient but the first
        share = 1 - self.dampening if state.started else 1.0
        velocity = self.momentum * state.velocity + share * self.decayed(gradient, theta)
        return theta - self.lr * scale * velocity, Velocity(velocity, True)


@dataclass(frozen=True)
class Nesterov(Decayed):
    """A heavy ball that looks ahead: it uses the gradient where its velocity leads."""

    id, label = "nesterov", "Nesterov momentum"
    suits, live = ("curvature", 0.08), True
    formula = r"b \leftarrow \mu\,b + g,\quad \theta \leftarrow \theta - \eta\,(g + \mu\,b)"
    worked = r"$theta - $rate \cdot ($decayed + $momentum \cdot $velocity) = $after"
    reference = "Nesterov 1983; torch.optim.SGD(nesterov=True)"
    names = {"velocity": ("Velocity", "b")}
    lr: float = rate(0.02)
    momentum: float = remembered(0.9, "momentum")

    def init(self, theta: Array) -> Velocity:
        return Velocity(np.zeros_like(theta), False)

    def update(self, gradient: Array, state: Velocity, theta: Array, scale: Any = 1.0) -> Any:
        decayed_gradient = self.decayed(gradient, theta)
        velocity = self.momentum * state.velocity + decayed_gradient
        ahead = decayed_gradient + self.momentum * velocity
        return theta - self.lr * scale * ahead, Velocity(velocity, True)


@dataclass(frozen=True)
class SignDescent(Decayed):
    """Only the sign of each gradient component counts: all parameters move equally far."""

    id, label = "sign_sgd", "Sign descent"
    suits, live = ("window", 0.012), True
    formula = r"\theta \leftarrow \theta - \eta\,\operatorname{sign}(g)"
    worked = r"$theta - $rate \cdot \operatorname{sign}\,$decayed = $after"
    reference = "Bernstein et al. 2018; optax.sign_sgd"
    lr: float = rate(0.05)

    def update(self, gradient: Array, state: Any, theta: Array, scale: Any = 1.0) -> Any:
        return theta - self.lr * scale * np.sign(self.decayed(gradient, theta)), state


@dataclass(frozen=True)
class Lion(Decoupled):
    """The sign of an average gradient: equal steps for every parameter, with a memory."""

    id, label = "lion", "Lion"
    suits = ("window", 0.012)
    formula = (
        r"\theta \leftarrow \theta(1 - \eta\lambda) - \eta\,\operatorname{sign}"
        r"(\beta_1 m + (1-\beta_1) g),\quad m \leftarrow \beta_2 m + (1-\beta_2) g"
    )
    worked = (
        r"$theta\,(1 - $rate \cdot $weight_decay) - $rate \cdot"
        r" \operatorname{sign}\,$blend = $after"
    )
    reference = "Chen et al. 2023; optax.lion"
    names = {
        "average": ("First moment", "m"),
        "blend": ("Blend", r"\beta_1 m + (1-\beta_1) g"),
    }
    lr: float = rate(0.05)
    beta1: float = remembered(0.9, "beta 1")
    beta2: float = remembered(0.99, "beta 2")

    def init(self, theta: Array) -> Blended:
        zero = np.zeros_like(theta)
        return Blended(zero, zero)

    def update(self, gradient: Array, state: Blended, theta: Array, scale: Any = 1.0) -> Any:
        blend = self.beta1 * state.average + (1 - self.beta1) * gradient
        average = self.beta2 * state.average + (1 - self.beta2) * gradient
        after = self.shrink(theta, scale) - self.lr * scale * np.sign(blend)
        return after, Blended(average, blend)
