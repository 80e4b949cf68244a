"""Adam and its family: an average gradient divided by its typical size, both bias-corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lossviz.optimizers.base import (
    Array,
    Decayed,
    Decoupled,
    Quantity,
    guard,
    rate,
    remembered,
)
from lossviz.recipes import hyperparameter


class Moments(NamedTuple):
    first: Array
    second: Array
    steps: int


class LargestMoments(NamedTuple):
    first: Array
    second: Array
    largest: Array
    steps: int


class DozatMoments(NamedTuple):
    first: Array
    second: Array
    steps: int
    product: float  # of the momenta so far


@dataclass(frozen=True)
class Adam(Decayed):
    """An average gradient over its root mean square: steps of about the learning rate."""

    id, label = "adam", "Adam"
    suits, live = ("window", 0.04), True
    formula = (
        r"m \leftarrow \beta_1 m + (1-\beta_1) g,\quad v \leftarrow \beta_2 v + (1-\beta_2) g^2,"
        r"\quad \theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \epsilon}"
    )
    worked = r"$theta - $rate \cdot \frac{$mean}{\sqrt{$size} + $eps} = $after"
    reference = "Kingma & Ba 2015; torch.optim.Adam"
    names = {
        "first": ("First moment", "m"),
        "second": ("Second moment", "v"),
        "largest": ("Largest second moment", r"v_{\max}"),
    }
    lr: float = rate(0.1)
    beta1: float = remembered(0.9, "beta 1")
    beta2: float = remembered(0.999, "beta 2")
    eps: float = guard(1e-8)

    def init(self, theta: Array) -> Any:
        zero = np.zeros_like(theta)
        return Moments(zero, zero, 0)

    def update(self, gradient: Array, state: Any, theta: Array, scale: Any = 1.0) -> Any:
        new = self.moments(self.decayed(gradient, theta), state)
        mean, size = self.corrected(new)
        return theta - self.lr * scale * mean / (np.sqrt(size) + self.eps), new

    def moments(self, gradient: Array, state: Any) -> Any:
        """The state after one more gradient."""
        return Moments(*self.averages(gradient, state), state.steps + 1)

    def averages(self, gradient: Array, state: Any) -> tuple[Array, Array]:
        """The exponential averages of the gradient and of its square."""
        first = self.beta1 * state.first + (1 - self.beta1) * gradient
        second = self.beta2 * state.second + (1 - self.beta2) * gradient * gradient
        return first, second

    def corrected(self, state: Any) -> tuple[Array, Array]:
        """The moments without the bias of having begun at zero."""
        mean = state.first / (1 - self.beta1**state.steps)
        return mean, self.sizes(state) / (1 - self.beta2**state.steps)

    def sizes(self, state: Any) -> Array:
        """The second moment that divides."""
        return state.second

    def between(self, gradient: Array, state: Any) -> tuple[Quantity, ...]:
        mean, size = self.corrected(state)
        return (
            Quantity("mean", "Corrected first moment", r"\hat m", mean),
            Quantity("size", "Corrected second moment", r"\hat v", size),
        )


@dataclass(frozen=True)
class AMSGrad(Adam):
    """Adam that divides by the largest size met so far, so its rates never grow again."""

    id, label = "amsgrad", "AMSGrad"
    live = False
    formula = (
        r"m, v \text{ as Adam},\quad v_{\max} \leftarrow \max(v_{\max}, v),\quad"
        r" \theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat v_{\max}} + \epsilon}"
    )
    reference = "Reddi, Kale & Kumar 2018; torch.optim.Adam(amsgrad=True)"

    def init(self, theta: Array) -> LargestMoments:
        zero = np.zeros_like(theta)
        return LargestMoments(zero, zero, zero, 0)

    def moments(self, gradient: Array, state: LargestMoments) -> LargestMoments:
        first, second = self.averages(gradient, state)
        # torch takes the maximum before the bias correction
        return LargestMoments(first, second, np.maximum(state.largest, second), state.steps + 1)

    def sizes(self, state: LargestMoments) -> Array:
        return state.largest


@dataclass(frozen=True)
class NAdam(Adam):
    """Adam that looks ahead like Nesterov, with Dozat's slowly rising momentum."""

    id, label = "nadam", "NAdam"
    live = False
    formula = (
        r"m, v \text{ as Adam},\quad \theta \leftarrow \theta - \eta\,"
        r"\frac{\frac{(1-\mu_t) g}{1-\prod\mu} + \frac{\mu_{t+1} m}{1-\mu_{t+1}\prod\mu}}"
        r"{\sqrt{\hat v} + \epsilon}"
    )
    reference = "Dozat 2016; torch.optim.NAdam"
    momentum_decay: float = hyperparameter(0.004, 0.0, 0.1, domain="[0, inf)")

    def init(self, theta: Array) -> DozatMoments:
        zero = np.zeros_like(theta)
        return DozatMoments(zero, zero, 0, 1.0)

    def update(self, gradient: Array, state: DozatMoments, theta: Array, scale: Any = 1.0) -> Any:
        decayed_gradient = self.decayed(gradient, theta)
        new = self.moments(decayed_gradient, state)
        size = np.sqrt(self.corrected(new)[1]) + self.eps
        return theta - self.lr * scale * self.ahead(decayed_gradient, new) / size, new

    def moments(self, gradient: Array, state: DozatMoments) -> DozatMoments:
        count = state.steps + 1
        # torch keeps this product in single precision, which shows in the ninth digit
        product = float(np.float32(state.product) * np.float32(self.momentum_at(count)))
        return DozatMoments(*self.averages(gradient, state), count, product)

    def momentum_at(self, count: int) -> float:
        """Dozat's schedule: from half of beta 1 towards beta 1."""
        return self.beta1 * (1 - 0.5 * 0.96 ** (count * self.momentum_decay))

    def ahead(self, gradient: Array, state: DozatMoments) -> Array:
        """The first moment mixed with the present gradient, each bias-corrected."""
        now, later = self.momentum_at(state.steps), self.momentum_at(state.steps + 1)
        fresh = gradient * ((1 - now) / (1 - state.product))
        return fresh + state.first * (later / (1 - state.product * later))

    def explain(
        self, gradient: Array, state: Any, theta: Array, scale: Any = 1.0, **seen: Any
    ) -> tuple[Quantity, ...]:
        numbers = super().explain(gradient, state, theta, scale, **seen)
        decayed_gradient = self.decayed(gradient, theta)
        ahead = self.ahead(decayed_gradient, self.moments(decayed_gradient, state))
        return tuple(
            q._replace(name="First moment, looking ahead", value=ahead) if q.key == "mean" else q
            for q in numbers
        )


@dataclass(frozen=True)
class AdamMax(Adam):
    """Adam that divides by the largest recent gradient instead of a root mean square."""

    id, label = "adamax", "Adamax"
    live = False
    formula = (
        r"m \text{ as Adam},\quad u \leftarrow \max(\beta_2 u, |g| + \epsilon),\quad"
        r" \theta \leftarrow \theta - \eta\,\frac{\hat m}{u}"
    )
    worked = r"$theta - $rate \cdot \frac{$mean}{$size} = $after"
    reference = "Kingma & Ba 2015, section 7; torch.optim.Adamax"
    names = {"first": ("First moment", "m"), "second": ("Largest recent gradient", "u")}

    def update(self, gradient: Array, state: Moments, theta: Array, scale: Any = 1.0) -> Any:
        new = self.moments(self.decayed(gradient, theta), state)
        mean, size = self.corrected(new)
        return theta - self.lr * scale * mean / size, new

    def averages(self, gradient: Array, state: Moments) -> tuple[Array, Array]:
        first = self.beta1 * state.first + (1 - self.beta1) * gradient
        return first, np.maximum(self.beta2 * state.second, np.abs(gradient) + self.eps)

    def corrected(self, state: Moments) -> tuple[Array, Array]:
        return state.first / (1 - self.beta1**state.steps), state.second


@dataclass(frozen=True)
class AdamW(Decoupled, Adam):
    """Adam with decoupled weight decay: it is not divided by the gradient's size."""

    id, label = "adamw", "AdamW"
    live = False
    formula = (
        r"\theta \leftarrow \theta(1 - \eta\lambda) - \eta\,"
        r"\frac{\hat m}{\sqrt{\hat v} + \epsilon},\quad m, v \text{ as Adam}"
    )
    worked = (
        r"$theta\,(1 - $rate \cdot $weight_decay)"
        r" - $rate \cdot \frac{$mean}{\sqrt{$size} + $eps} = $after"
    )
    reference = "Loshchilov & Hutter 2019; torch.optim.AdamW"
    weight_decay: float = hyperparameter(0.01, 0.0, 0.5, domain="[0, inf)", label="weight decay")

    def update(self, gradient: Array, state: Any, theta: Array, scale: Any = 1.0) -> Any:
        return super().update(gradient, state, self.shrink(theta, scale), scale)
