"""Small non-linear models: few parameters, and non-quadratic landscapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np

from lossviz.models.activations import ACTIVATIONS
from lossviz.models.base import Model, given
from lossviz.models.layout import Array, Block, Layout
from lossviz.models.linear import _one_feature
from lossviz.recipes import choice, generator, hyperparameter

# made once: it finds out at its first use where its blocks lie
_TWO = Layout((Block("a", ()), Block("b", ())))


@dataclass(frozen=True)
class TwoNumbers(Model):
    """A curve over one feature with an outer factor a and an inner factor b."""

    most_inputs = 1

    def layout(self, inputs: int, outputs: int = 1) -> Layout:
        _one_feature(self, inputs)
        return _TWO

    def start(self, inputs: int, outputs: int = 1, seed: int = 0) -> Array:
        return generator(seed).normal(1.0, 0.3, self.layout(inputs).size)

    def predict(self, theta: Array, X: Array) -> Array:
        theta, X = self._checked(theta, X)
        return theta[..., :1] * self.inner(theta[..., 1:] * X[:, 0])

    def pullback(self, theta: Array, X: Array, upstream: Array) -> Array:
        return self.chained(theta, X, lambda prediction: upstream)

    def chained(self, theta: Array, X: Array, slope: Callable[[Array], Array]) -> Array:
        theta, X = self._checked(theta, X)
        x, a = X[:, 0], theta[..., :1]
        z = theta[..., 1:] * x
        inner = self.inner(z)
        upstream = slope(a * inner)
        by_a = (upstream * inner).sum(-1)
        by_b = (upstream * a * self.inner_slope(z) * x).sum(-1)
        return np.concatenate([by_a[..., None], by_b[..., None]], axis=-1)

    def _checked(self, theta: Array, X: Array) -> tuple[Array, Array]:
        theta, X = given(theta, X)
        self.layout(X.shape[1]).check(theta)
        return theta, X

    def inner(self, z: Array) -> Array:
        """The curve f of y = a f(b x): (..., n) to (..., n)."""
        raise NotImplementedError

    def inner_slope(self, z: Array) -> Array:
        """The derivative of ``inner``: (..., n) to (..., n)."""
        raise NotImplementedError


@dataclass(frozen=True)
class Sine(TwoNumbers):
    """A wave with an amplitude and a frequency: many local minima."""

    id, label, formula = "sine", "Sine", r"\hat y = a \sin(b\,x)"

    def inner(self, z: Array) -> Array:
        return np.sin(z)

    def inner_slope(self, z: Array) -> Array:
        return np.cos(z)


@dataclass(frozen=True)
class ExponentialCurve(TwoNumbers):
    """Growth or decay with a size and a rate: a curved, narrow valley."""

    id, label, formula = "exponential", "Exponential", r"\hat y = a\,e^{b\,x}"

    def inner(self, z: Array) -> Array:
        return np.exp(z)

    def inner_slope(self, z: Array) -> Array:
        return np.exp(z)


@dataclass(frozen=True)
class Neuron(Model):
    """One unit: a weighted sum, bent by an activation."""

    id, label, formula = "neuron", "Neuron", r"\hat y = \varphi(w^\top x + b)"
    activation: str = choice("tanh", ACTIVATIONS)

    def layout(self, inputs: int, outputs: int = 1) -> Layout:
        weights = ("weight",) if inputs == 1 else tuple(f"weight {i + 1}" for i in range(inputs))
        return Layout(
            (
                Block("weights", (1, inputs), labels=weights),
                Block("bias", (1,), weight=False, labels=("bias",)),
            )
        )

    def start(self, inputs: int, outputs: int = 1, seed: int = 0) -> Array:
        gain = ACTIVATIONS[self.activation].gain
        weights = generator(seed).normal(0, gain / np.sqrt(inputs), inputs)
        return np.append(weights, 0.0)

    def predict(self, theta: Array, X: Array) -> Array:
        theta, X = given(theta, X)
        return ACTIVATIONS[self.activation].value(self._sums(theta, X))

    def pullback(self, theta: Array, X: Array, upstream: Array) -> Array:
        theta, X = given(theta, X)
        act, z = ACTIVATIONS[self.activation], self._sums(theta, X)
        back = upstream * act.slope(z, act.value(z))
        return np.concatenate([back @ X, back.sum(-1, keepdims=True)], axis=-1)

    def _sums(self, theta: Array, X: Array) -> Array:
        weights, bias = self.layout(X.shape[1]).split(theta)
        return weights[..., 0, :] @ X.T + bias


@dataclass(frozen=True)
class DeepLinear(Model):
    """A chain of factors that is only ever a straight line, with saddles and curved valleys."""

    id, label = "deep_linear", "Deep linear"
    formula = r"\hat y = w_D \cdots w_2\, w_1^\top x"
    depth: int = hyperparameter(2, 2, 6, domain="[2, 50]")

    def layout(self, inputs: int, outputs: int = 1) -> Layout:
        first = ("w1",) if inputs == 1 else tuple(f"w1[{i + 1}]" for i in range(inputs))
        later = tuple(
            Block(f"w{layer}", (1, 1), labels=(f"w{layer}",)) for layer in range(2, self.depth + 1)
        )
        return Layout((Block("w1", (1, inputs), labels=first), *later))

    def start(self, inputs: int, outputs: int = 1, seed: int = 0) -> Array:
        return generator(seed).normal(0, 0.5, self.layout(inputs).size)

    def predict(self, theta: Array, X: Array) -> Array:
        theta, X = given(theta, X)
        first, later = self._parts(theta, X)
        return later.prod(-1, keepdims=True) * (first @ X.T)

    def pullback(self, theta: Array, X: Array, upstream: Array) -> Array:
        theta, X = given(theta, X)
        first, later = self._parts(theta, X)
        by_weights = upstream @ X  # (..., d): what reaches the product of the factors
        along = (by_weights * first).sum(-1, keepdims=True)
        # the product of all the other factors, without dividing (a factor may be 0)
        others = [
            reduce(
                np.multiply,
                [later[..., j] for j in range(later.shape[-1]) if j != i],
                np.ones(later.shape[:-1]),
            )
            for i in range(later.shape[-1])
        ]
        by_later = along * np.stack(others, axis=-1)
        return np.concatenate([by_weights * later.prod(-1, keepdims=True), by_later], axis=-1)

    def _parts(self, theta: Array, X: Array) -> tuple[Array, Array]:
        d = X.shape[1]
        self.layout(d).split(theta)  # refuses a theta of another size
        return theta[..., :d], theta[..., d:]
