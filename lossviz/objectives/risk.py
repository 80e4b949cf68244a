"""The risk: the mean loss over data plus a penalty; and what any objective offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.datasets import Data
from lossviz.finite_differences import in_chunks, slopes
from lossviz.losses import Loss
from lossviz.models import LayeredNetwork, Layout, LinearInParameters, Model
from lossviz.objectives.analytic import ANALYTIC
from lossviz.objectives.quadratic import Quadratic, quadratic_of
from lossviz.patience import go_on
from lossviz.penalties import NoPenalty, Penalty

Array = NDArray[np.floating]
__all__ = ["ANALYTIC", "Objective", "Quadratic", "Risk"]
# numbers of one temporary array: above 128 kB the allocator maps fresh pages for every one
MOST = 16_000
PARTS = {"data": Data, "model": Model, "loss": Loss, "penalty": Penalty}


class Objective(Protocol):
    """A function of p parameters with two derivatives: it can be evaluated and minimised."""

    @property
    def layout(self) -> Layout:
        """Where the p parameters live in theta."""
        ...

    def value(self, theta: Array) -> Array:
        """The objective at each parameter vector: (..., p) to (...)."""
        ...

    def gradient(self, theta: Array) -> Array:
        """Its first derivatives: (..., p) to (..., p)."""
        ...

    def hessian(self, theta: Array) -> Array:
        """Its second derivatives: (..., p) to (..., p, p)."""
        ...


@dataclass(frozen=True, eq=False)
class Risk:
    """Mean loss over the data plus the penalty on the weights (biases are never penalised).

    ``value`` maps theta (..., p) to (...), ``gradient`` to (..., p), ``hessian`` to (..., p, p);
    ``layout`` says where the p parameters live, ``on(rows)`` is the same on some rows.  Theta
    may be any numbers NumPy can read; single precision stays single.

    Raises ValueError when a part is not what its name says, the loss is for another task than the
    data, the model cannot serve the task or read that many columns, a target is outside the
    loss's domain, or theta has another number of parameters.
    """

    data: Data
    model: Model
    loss: Loss
    penalty: Penalty = NoPenalty()

    def __post_init__(self) -> None:
        for name, kind in PARTS.items():
            if not isinstance(getattr(self, name), kind):
                raise ValueError(
                    f"A risk is made of data, a model, a loss and a penalty; its {name} has to be "
                    f"a {kind.__name__}, and {getattr(self, name)!r:.60} is none. A recipe is "
                    'called before it is used, as in LOSSES["huber"]().'
                )
        if self.loss.task != self.data.task:
            raise ValueError(
                f"{self.loss.label} is a {self.loss.task} loss; these data are for "
                f"{self.data.task}. Choose a {self.data.task} loss or other data."
            )
        if self.data.task not in self.model.tasks:
            raise ValueError(
                f"{self.model.label} cannot serve {self.data.task} data; it is for "
                f"{' and '.join(self.model.tasks)}."
            )
        self.loss.check_targets(self.data.y)
        # a model that cannot read these columns says so now
        object.__setattr__(self, "penalty", self.penalty.grouped(self.layout.filters))

    @cached_property
    def layout(self) -> Layout:
        """Where each named piece of the model lives in theta, and which of them are weights."""
        return self.model.layout(self.data.X.shape[1], self.data.outputs)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """One name per parameter, with the data's own words: "weight of bmi"."""
        return self.model.names(self.data.names, self.data.outputs)

    @cached_property
    def quadratic(self) -> Quadratic | None:
        """The data term as an exact quadratic, where the loss is a scaled square of a linear fit.

        From one QR of the columns in kind units: L = RSS/n + |R (theta - theta*)|^2 / n.  None too
        where rounded parameters reach another value than that: then the plain mean is what counts.
        """
        factor = self.loss.square
        if factor is None:
            return None
        if self.columns is None:
            return None
        return quadratic_of(
            self.model, self.data.X, self.columns, self.data.y, factor / len(self.data)
        )

    def value(self, theta: Array) -> Array:
        """The mean loss plus the penalty: (..., p) to (...)."""
        theta = self._vectors(theta)
        return self.data_value(theta) + self.penalty.value(self.layout.weights * theta)

    def data_value(self, theta: Array) -> Array:
        """The mean loss alone, without the penalty: (..., p) to (...)."""
        theta = self._vectors(theta)
        if self.quadratic is not None:
            return self.quadratic.value(theta)
        return self._in_parts(
            lambda some: self.loss.value(self.data.y, self._predicted(some)).mean(-1), theta
        )

    def gradient(self, theta: Array) -> Array:
        """The slope of ``value``, midway between its sides at a kink: (..., p) to (..., p)."""
        theta = self._vectors(theta)
        if isinstance(self.penalty, NoPenalty):
            return self._data_gradient(theta)
        weights = self.layout.weights
        return self._data_gradient(theta) + weights * self.penalty.derivative(weights * theta)

    def data_gradient(self, theta: Array) -> Array:
        """The gradient of ``data_value``: (..., p) to (..., p)."""
        return self._data_gradient(self._vectors(theta))

    def _data_gradient(self, theta: Array) -> Array:
        if self.quadratic is not None:
            return self.quadratic.gradient(theta)
        X, y = self.data.X, self.data.y

        def slope(prediction: Array) -> Array:
            return self.loss.derivative(y, prediction) / len(y)

        columns = self.columns
        if columns is not None and not isinstance(self.model, LayeredNetwork):
            return self._in_parts(lambda some: slope(some @ columns.T) @ columns, theta)
        return self._in_parts(lambda some: self.model.chained(some, X, slope), theta)

    def hessian(self, theta: Array) -> Array:
        """(..., p) to (..., p, p); exact where the model is linear in theta.

        Of all others by central differences.
        """
        theta = self._vectors(theta)
        w = self.layout.weights
        return self.data_hessian(theta) + w[:, None] * self.penalty.hessian(w * theta) * w

    def data_hessian(self, theta: Array) -> Array:
        """The Hessian of ``data_value``: (..., p) to (..., p, p)."""
        theta = self._vectors(theta)
        p = theta.shape[-1]
        if self.quadratic is not None:
            return np.broadcast_to(self.quadratic.hessian, (*theta.shape, p))
        columns, model, X, y = self.columns, self.model, self.data.X, self.data.y

        def hessians(some: Array) -> Array:
            each = self.loss.second_derivative(y, self._predicted(some)) / len(y)
            if columns is not None:
                return np.swapaxes(columns * each[..., None], -1, -2) @ columns
            assert isinstance(model, LinearInParameters)
            return model.curvature(X, each)

        if columns is None and not isinstance(model, LinearInParameters):
            return slopes(self.data_gradient, theta).matrix
        return self._in_parts(hessians, theta)

    def hessian_vector(self, theta: Array, along: Array) -> Array:
        """The Hessian at theta (p,) times the directions (..., p), without the matrix.

        Exact for networks: away from kinks, and with those of a rectifier where they are.
        """
        weights = self.layout.weights
        penalty_part = weights * self.penalty.turn(weights * theta, weights * along)
        model = self.model
        if not isinstance(model, LayeredNetwork):
            return along @ self.data_hessian(theta) + penalty_part
        X, y, n = self.data.X, self.data.y, len(self.data)
        prediction = model.predict(theta, X)
        upstream = self.loss.derivative(y, prediction) / n
        each = self.loss.second_derivative(y, prediction) / n

        def upstream_change(moved: Array) -> Array:
            return each * moved if each.ndim == 1 else np.einsum("nij,...nj->...ni", each, moved)

        def turns(some: Array) -> Array:
            return model.turn(theta, some, X, upstream, upstream_change)

        return self._in_parts(turns, along) + penalty_part

    def _vectors(self, theta: ArrayLike) -> Array:
        """Theta as floats (..., p), single precision kept."""
        vectors = np.asarray(theta)
        if vectors.dtype.kind in "USO":
            raise ValueError(f"Theta is made of numbers; got {theta!r:.60}.")
        if vectors.dtype.kind != "f":
            vectors = vectors.astype(float)
        if vectors.shape[-1:] != (self.layout.size,):
            raise ValueError(
                f"This model has {self.layout.size} parameters; theta has shape {vectors.shape}. "
                "Build theta with model.start, or check the model's width and the data's columns."
            )
        return vectors

    def _predicted(self, theta: Array) -> Array:
        """What the model says of every row; its columns are made once and kept."""
        if self.columns is None:
            return self.model.predict(theta, self.data.X)
        return theta @ self.columns.T

    def _in_parts(self, function: Callable[[Array], Array], theta: Array) -> Array:
        """``function`` of (..., p), a few parameter vectors at a time where there are many."""
        if theta.ndim == 1:
            go_on()
            return function(theta)
        rows = max(1, MOST // len(self.data))
        found = in_chunks(function, theta.reshape(-1, theta.shape[-1]), rows)
        return found.reshape(theta.shape[:-1] + found.shape[1:])

    @cached_property
    def columns(self) -> Array | None:
        """(n, p) with prediction = theta @ columns.T, or None where there is no such matrix."""
        return self.model.design(self.data.X) if self.data.outputs == 1 else None

    def prox(self, theta: Array, step: Array | float) -> Array:
        """The penalty's proximal step on the weights; biases stay where they are."""
        w = self.layout.weights
        return w * self.penalty.prox(w * theta, step) + (1 - w) * theta

    def on(self, rows: Array) -> Risk:
        """The same objective on some of the data, a mini-batch: row numbers, a mask or a slice.

        Raises ValueError for rows that are not there, or none.
        """
        try:
            X, y = self.data.X[rows], self.data.y[rows]
        except IndexError as error:
            raise ValueError(
                f"A mini-batch is a list of row numbers from 0 to {len(self.data) - 1}, or a mask "
                f"of {len(self.data)} flags; got {rows!r:.60}."
            ) from error
        data = replace(self.data, X=X, y=y)
        return replace(self, data=data)
