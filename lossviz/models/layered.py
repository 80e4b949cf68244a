"""Layered models: stages from the data to a linear output, with backpropagation.

Activations are feature-major, (..., units, n): one ``matmul`` then does many small products with
long contiguous rows, and everything stays float32 where theta and X are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from lossviz.models.activations import Activation
from lossviz.models.base import Model, given
from lossviz.models.layout import Array, Block, Layout
from lossviz.recipes import generator, hyperparameter

MOST_PARAMETERS = 2_000_000


class Symmetry(NamedTuple):
    """Units that can trade places, and what else leaves the function as it is.

    ``places`` are (block, axis) pairs of the layout: along axis 0 a unit receives, along axis 1
    it is read.  ``signs``: a unit and what reads it may change sign together.  ``scales``: a unit
    may grow by any factor above zero while what reads it shrinks by it.
    """

    name: str
    places: tuple[tuple[int, int], ...]
    signs: bool
    scales: bool


Step = tuple[str, *tuple[str | float, ...]]


class Way(NamedTuple):
    """One stage on the way up: its arrays, what entered, what was kept, and how each changes."""

    stage: list[Array]
    rate: list[Array]
    h: Array
    dh: Array
    kept: tuple[Array, ...]
    dkept: tuple[Array, ...]


@dataclass(frozen=True)
class LayeredNetwork(Model):
    """A stack of stages and a linear output; theta's length tells the number of outputs."""

    tasks = ("regression", "binary", "multiclass")
    width: int = hyperparameter(16, 1, 64, domain="[1, 512]")

    def layout(self, inputs: int, outputs: int = 1) -> Layout:
        return _layout(self, inputs, outputs)

    def start(self, inputs: int, outputs: int = 1, seed: int = 0) -> Array:
        """(p,) normal weights, biases 0, the same for the same seed.

        The variance is gain^2 / inputs for rectifiers (He et al. 2015), 2 / (inputs + outputs)
        for the other activations (Glorot & Bengio 2010), and 1 / inputs for linear maps.
        """
        rng, blocks = generator(seed), self.layout(inputs, outputs).blocks
        draws = [
            rng.normal(0, self._spread(b), b.size) if b.weight else np.zeros(b.size) for b in blocks
        ]
        return np.concatenate(draws)

    def predict(self, theta: Array, X: Array) -> Array:
        theta, X = given(theta, X)
        stages, output = self._parts(theta, X)
        h: Array = X.T
        for stage in stages:
            h, _ = self._up(stage, h)
        return _outputs(output, h)

    def pullback(self, theta: Array, X: Array, upstream: Array) -> Array:
        return self.chained(theta, X, lambda _: upstream)

    def chained(self, theta: Array, X: Array, slope: Callable[[Array], Array]) -> Array:
        """``pullback`` of ``slope(prediction)``, with one way up instead of two."""
        theta, X = given(theta, X)
        gradients, _ = self._backward(theta, X, slope, to_input=False)
        return self._layout_of(theta, X).join(gradients)

    def turn(
        self,
        theta: Array,
        along: Array,
        X: Array,
        upstream: Array,
        change: Callable[[Array], Array],
    ) -> Array:
        """How ``pullback`` at theta (p,) changes along the directions (..., p): exact, (..., p).

        ``change`` says how ``upstream`` changes with the prediction: (..., n) to (..., n), of
        multi-class (..., n, k).  With the loss's derivatives this is the Hessian times
        ``along``, at twice the cost of a gradient (Pearlmutter 1994).
        """
        (stages, (W, b)), (rates, (dW, db)) = self._parts(theta, X), self._parts(along, X)
        ways: list[Way] = []
        h, dh = X.T, np.zeros_like(X.T)
        for stage, rate in zip(stages, rates, strict=True):
            up, kept = self._up(stage, h)
            dup, dkept = self._up_turn(stage, rate, h, dh, kept)
            ways.append(Way(stage, rate, h, dh, kept, dkept))
            h, dh = up, dup
        moved = affine(dW, db, h) + W @ dh
        one = b.shape[-1] == 1
        back = change(moved[..., 0, :] if one else np.swapaxes(moved, -1, -2))
        g = upstream[..., None, :] if one else np.swapaxes(upstream, -1, -2)
        dg = back[..., None, :] if one else np.swapaxes(back, -1, -2)
        turns = slopes_turn(g, dg, h, dh)
        g, dg = back_turn(W, dW, g, dg)
        for way in reversed(ways):
            by_stage, dback = self._down_turn(way, g, dg)
            turns[:0] = by_stage
            g, dg = self._down(way.stage, way.h, way.kept, g, True)[1], dback
        return self._layout_of(theta, X).join(turns)

    def hidden(self, theta: Array, X: Array) -> list[Array]:
        """h_0, h_1, … h_depth, each (..., units, n).

        h_0 is what enters the first layer or block: the data of a plain network, the output of
        the input layer of a residual one.
        """
        stages, _ = self._parts(theta, X)
        below: list[Array] = [np.broadcast_to(X.T, (*theta.shape[:-1], *X.T.shape))]
        for stage in stages:
            below.append(self._up(stage, below[-1])[0])
        return below[self._entries :]

    def hidden_gradients(self, theta: Array, X: Array, upstream: Array) -> list[Array]:
        """dL/dh_0 … dL/dh_depth, each (..., units, n), for L = sum(upstream * prediction).

        With and without skips this is what vanishes or explodes through the layers
        (Hochreiter 1991); weight gradients may stay level while it does.
        """
        return self._backward(theta, X, lambda _: upstream, to_input=True)[1][self._entries :]

    def steps(self, outputs: int) -> list[Step]:
        """How an answer is computed, for whoever computes it elsewhere (the browser).

        ("affine", units) takes the next weights and biases of theta, ("activate", name) is an
        activation, ("keep",) remembers what flows, and ("join", skip, scale) goes on with
        skip times what was kept plus scale times what flows.
        """
        raise NotImplementedError

    def symmetries(self) -> tuple[Symmetry, ...]:
        """The groups of hidden units that can be permuted without changing the function."""
        raise NotImplementedError

    _entries = 0  # how many stages come before h_0

    def _blocks(self, inputs: int) -> list[Block]:
        """The blocks below the output layer."""
        raise NotImplementedError

    def _grouped(self, parts: list[Array]) -> list[list[Array]]:
        """The arrays of ``_blocks``, stage by stage."""
        raise NotImplementedError

    def _spread(self, block: Block) -> float:
        """The standard deviation of a weight block at the start."""
        raise NotImplementedError

    def _up(self, stage: list[Array], h: Array) -> tuple[Array, tuple[Array, ...]]:
        """One stage upwards, and what the way back will need."""
        raise NotImplementedError

    def _down(
        self, stage: list[Array], h: Array, kept: tuple[Array, ...], g: Array, to_h: bool
    ) -> tuple[list[Array], Array]:
        """dL/d(output of the stage) to the gradients of its arrays and dL/dh (if ``to_h``)."""
        raise NotImplementedError

    def _up_turn(
        self, stage: list[Array], rate: list[Array], h: Array, dh: Array, kept: tuple[Array, ...]
    ) -> tuple[Array, tuple[Array, ...]]:
        """How the output of ``_up`` and what it kept change as stage and h do."""
        raise NotImplementedError

    def _down_turn(self, way: Way, g: Array, dg: Array) -> tuple[list[Array], Array]:
        """How the results of ``_down`` change as the stage, h and g do."""
        raise NotImplementedError

    def _backward(
        self, theta: Array, X: Array, slope: Callable[[Array], Array], to_input: bool
    ) -> tuple[list[Array], list[Array]]:
        stages, (W, b) = self._parts(theta, X)
        inputs, kept = [X.T], []
        for stage in stages:
            h, keep = self._up(stage, inputs[-1])
            inputs.append(h)
            kept.append(keep)
        upstream = slope(_outputs([W, b], inputs[-1]))
        g = upstream[..., None, :] if b.shape[-1] == 1 else np.swapaxes(upstream, -1, -2)
        batch = np.broadcast_shapes(theta.shape[:-1], g.shape[:-2])
        g = np.broadcast_to(g, batch + g.shape[-2:]).astype(np.result_type(theta, X), copy=False)
        gradients = slopes(g, inputs[-1])
        hidden: list[Array] = [np.swapaxes(W, -1, -2) @ g]
        for i in reversed(range(len(stages))):
            to_h = to_input or i > 0
            by_stage, g = self._down(stages[i], inputs[i], kept[i], hidden[-1], to_h)
            gradients[:0] = by_stage
            hidden.append(g)
        return gradients, hidden[::-1]

    def _layout_of(self, theta: Array, X: Array) -> Layout:
        body, p = _body(self, X.shape[1]), theta.shape[-1]
        outputs, left = divmod(p - body, self.width + 1)
        if outputs < 1 or left:
            raise ValueError(
                f"{self.label} has {body} parameters and {self.width + 1} more for each output "
                f"when it reads {X.shape[1]} features; theta has {p}. Build theta with "
                "model.start, or check the width, the depth and the data's columns."
            )
        return self.layout(X.shape[1], outputs)

    def _parts(self, theta: Array, X: Array) -> tuple[list[list[Array]], list[Array]]:
        parts = self._layout_of(theta, X).split(theta)
        return self._grouped(parts[:-2]), parts[-2:]


@lru_cache(maxsize=256)
def _below(model: LayeredNetwork, inputs: int) -> tuple[Block, ...]:
    return tuple(model._blocks(inputs))


@lru_cache(maxsize=256)
def _body(model: LayeredNetwork, inputs: int) -> int:
    """How many parameters lie below the output layer."""
    return sum(block.size for block in _below(model, inputs))


@lru_cache(maxsize=256)
def _layout(model: LayeredNetwork, inputs: int, outputs: int) -> Layout:
    body = _below(model, inputs)
    last = "_out" if body[0].name == "W_in" else str(len(body) // 2 + 1)
    layout = Layout((*body, *linear(f"W{last}", f"b{last}", outputs, model.width)))
    if layout.size > MOST_PARAMETERS:
        raise ValueError(
            f"{model.label} would have {layout.size:,} parameters; the most that can be drawn here "
            f"is {MOST_PARAMETERS:,}. Choose a smaller width or fewer layers."
        )
    return layout


def linear(weight: str, bias: str, rows: int, columns: int) -> tuple[Block, Block]:
    """The two blocks of W h + b."""
    return Block(weight, (rows, columns)), Block(bias, (rows,), weight=False)


def around(enters: int, leaves: int) -> tuple[tuple[int, int], ...]:
    """The places of units made by block ``enters`` (and its bias) and read by ``leaves``."""
    return (enters, 0), (enters + 1, 0), (leaves, 1)


def steady(block: Block) -> float:
    """The spread of weights that keep the size of what they read."""
    return 1 / np.sqrt(block.shape[1])


def spread_for(block: Block, activation: Activation) -> float:
    """The spread of weights that an activation follows."""
    rows, columns = block.shape
    return activation.gain / np.sqrt(columns if activation.gain > 1 else (rows + columns) / 2)


def affine(W: Array, b: Array, h: Array) -> Array:
    """W h + b: (..., rows, columns), (..., rows) and (..., columns, n) to (..., rows, n)."""
    z: Array = W @ h
    z += b[..., None]
    return z


def _outputs(output: list[Array], h: Array) -> Array:
    """The prediction of the output layer, (..., n) or (..., n, k)."""
    W, b = output
    prediction = affine(W, b, h)
    return prediction[..., 0, :] if b.shape[-1] == 1 else np.swapaxes(prediction, -1, -2)


def slopes(g: Array, h: Array) -> list[Array]:
    """The gradients of W and b from dL/d(W h + b) = g (..., units, n)."""
    return [g @ np.swapaxes(h, -1, -2), g.sum(-1)]


def slopes_turn(g: Array, dg: Array, h: Array, dh: Array) -> list[Array]:
    """How ``slopes`` changes as g and h do."""
    turned = dg @ np.swapaxes(h, -1, -2) + g @ np.swapaxes(dh, -1, -2)
    return [turned, dg.sum(-1)]


def back_turn(W: Array, dW: Array, g: Array, dg: Array) -> tuple[Array, Array]:
    """W^T g and how it changes as W and g do."""
    down = np.swapaxes(W, -1, -2)
    return down @ g, np.swapaxes(dW, -1, -2) @ g + down @ dg
