"""Models that are linear in their parameters: prediction = design(X) @ theta."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from lossviz.models.base import Model, given
from lossviz.models.layout import Array, Block, Layout
from lossviz.recipes import choice, hyperparameter


@dataclass(frozen=True)
class LinearInParameters(Model):
    """A weighted sum of fixed columns."""

    def start(self, inputs: int, outputs: int = 1, seed: int = 0) -> Array:
        """(p,) zeros: every problem here that has a best answer can be reached from there."""
        return np.zeros(self.layout(inputs, outputs).size)

    def predict(self, theta: Array, X: Array) -> Array:
        theta, X = given(theta, X)
        columns = self.columns(X)
        if theta.shape[-1] == columns.shape[1]:
            return theta @ columns.T
        return np.swapaxes(self._per_output(theta, columns) @ columns.T, -1, -2)

    def pullback(self, theta: Array, X: Array, upstream: Array) -> Array:
        theta, X = given(theta, X)
        columns = self.columns(X)
        if theta.shape[-1] == columns.shape[1]:
            return upstream @ columns
        by_weights = np.swapaxes(upstream, -1, -2) @ columns  # (..., k, columns)
        return self._joined(by_weights)

    def curvature(self, X: Array, second: Array) -> Array:
        """The Hessian (..., p, p) of a loss with second derivatives (..., n, k, k) in the outputs.

        The prediction is linear in theta, so that this is exact.
        """
        columns, k = self.columns(X), second.shape[-1]
        width = columns.shape[1]
        at = self.by_output(k, X)
        found = np.zeros((*second.shape[:-3], k * width, k * width))
        for i, j in combinations_with_replacement(range(k), 2):
            block = np.swapaxes(columns * second[..., i, j, None], -1, -2) @ columns
            found[..., at[i][:, None], at[j]] = block
            found[..., at[j][:, None], at[i]] = block
        return found

    def design(self, X: Array) -> Array:
        return self.columns(X)

    def columns(self, X: Array) -> Array:
        """(n, p): one column per parameter of one output."""
        raise NotImplementedError

    def by_output(self, outputs: int, X: Array) -> NDArray[np.intp]:
        """(outputs, columns): which parameters make up each output, by their numbers."""
        columns = self.columns(X[:1])
        numbers = np.arange(outputs * columns.shape[1], dtype=float)
        return self._per_output(numbers, columns).astype(np.intp)

    def _per_output(self, theta: Array, columns: Array) -> Array:
        """(..., k * columns) to (..., k, columns); the layout holds all intercepts first."""
        width = columns.shape[1]
        if theta.shape[-1] % width:
            raise ValueError(
                f"{self.label} has {width} parameters for each output; theta has "
                f"{theta.shape[-1]}. Check the data's columns."
            )
        k = theta.shape[-1] // width
        first = self._intercepts()
        head = theta[..., : k * first].reshape((*theta.shape[:-1], k, first))
        tail = theta[..., k * first :].reshape((*theta.shape[:-1], k, width - first))
        return np.concatenate([head, tail], axis=-1)

    def _joined(self, per_output: Array) -> Array:
        first, batch = self._intercepts(), per_output.shape[:-2]
        head, tail = per_output[..., :first], per_output[..., first:]
        return np.concatenate([head.reshape((*batch, -1)), tail.reshape((*batch, -1))], axis=-1)

    def _intercepts(self) -> int:
        return 1


def _blocks(inputs: int, outputs: int, slopes: tuple[str, ...], intercept: bool = True) -> Layout:
    """Intercepts (k,) first, then weights (k, columns); single outputs name their parameters."""
    k, width = outputs, len(slopes)
    one = k == 1
    classes = [f" of class {c}" for c in range(k)]
    bias = Block(
        "intercept",
        (k,),
        weight=False,
        labels=("intercept",) if one else tuple("intercept" + c for c in classes),
    )
    weight = Block(
        "weights",
        (k, width),
        labels=slopes if one else tuple(s + c for c in classes for s in slopes),
    )
    return Layout((*((bias,) if intercept else ()), *((weight,) if width else ())))


@dataclass(frozen=True)
class Constant(LinearInParameters):
    """The same answer for everyone: one parameter."""

    id, label, formula = "constant", "Constant", r"\hat y = t"
    powers = True

    def layout(self, inputs: int, outputs: int = 1) -> Layout:
        return _blocks(inputs, outputs, ())

    def columns(self, X: Array) -> Array:
        return np.ones((len(X), 1))


@dataclass(frozen=True)
class Line(LinearInParameters):
    """A straight line through one feature: an intercept and a slope."""

    id, label, formula = "line", "Line", r"\hat y = b + w\,x"
    most_inputs, affine, powers = 1, True, True

    def layout(self, inputs: int, outputs: int = 1) -> Layout:
        _one_feature(self, inputs)
        return _blocks(inputs, outputs, ("slope",))

    def columns(self, X: Array) -> Array:
        _one_feature(self, X.shape[1])
        return _beside_ones(X)


@dataclass(frozen=True)
class Linear(LinearInParameters):
    """A plane over all features: one weight each, and an intercept if wanted."""

    id, label, formula = "linear", "Linear", r"\hat y = b + w^\top x"
    tasks = ("regression", "binary", "multiclass")
    affine = True
    intercept: bool = choice(True, (True, False))

    @property
    def powers(self) -> bool:
        return self.intercept

    def layout(self, inputs: int, outputs: int = 1) -> Layout:
        slopes = tuple(f"weight {i + 1}" for i in range(inputs))
        return _blocks(inputs, outputs, slopes, self.intercept)

    def names(self, columns: tuple[str, ...], outputs: int = 1) -> tuple[str, ...]:
        slopes = tuple(f"weight of {column}" for column in columns)
        return _blocks(len(columns), outputs, slopes, self.intercept).names

    def columns(self, X: Array) -> Array:
        return _beside_ones(X) if self.intercept else X

    def _intercepts(self) -> int:
        return int(self.intercept)


@dataclass(frozen=True)
class Polynomial(LinearInParameters):
    """A curve through one feature: powers of x up to the degree."""

    id, label, formula = "polynomial", "Polynomial", r"\hat y = b + \sum_k w_k x^k"
    most_inputs, powers = 1, True
    degree: int = hyperparameter(2, 1, 15, domain="[1, 30]")

    def layout(self, inputs: int, outputs: int = 1) -> Layout:
        _one_feature(self, inputs)
        return _blocks(inputs, outputs, tuple(f"weight of x^{k}" for k in self._powers()))

    def columns(self, X: Array) -> Array:
        _one_feature(self, X.shape[1])
        return np.vander(X[:, 0], self.degree + 1, increasing=True)

    def _powers(self) -> range:
        return range(1, self.degree + 1)


def _beside_ones(X: Array) -> Array:
    """(n, d + 1): ones, then X (n, d); each column lies together in memory, as it is read."""
    rows = np.ones((X.shape[1] + 1, len(X)))
    rows[1:] = X.T
    return rows.T


def _one_feature(model: Model, inputs: int) -> None:
    if inputs != 1:
        raise ValueError(
            f"{model.label} reads one feature; these data have {inputs}. "
            "Choose one feature, or the model 'linear'."
        )
