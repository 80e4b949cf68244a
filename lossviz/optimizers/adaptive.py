"""Adaptive optimizers: each parameter has its own rate, from the sizes of past gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lossviz.optimizers.base import Array, Decayed, guard, rate, remembered
from lossviz.recipes import choice, hyperparameter


class Squares(NamedTuple):
    squares: Array


class RMSState(NamedTuple):
    squares: Array
    average: Array
    velocity: Array


class DeltaState(NamedTuple):
    squares: Array
    moves: Array
    move: Array


@dataclass(frozen=True)
class AdaGrad(Decayed):
    """Each rate shrinks with the sum of squared gradients so far, and never grows again."""

    id, label = "adagrad", "AdaGrad"
    suits, live = ("window", 0.15), True
    formula = (
        r"s \leftarrow s + g^2,\quad"
        r" \theta \leftarrow \theta - \eta\,\frac{g}{\sqrt{s} + \epsilon}"
    )
    worked = r"$theta - $rate \cdot \frac{$decayed}{\sqrt{$squares} + $eps} = $after"
    reference = "Duchi, Hazan & Singer 2011; torch.optim.Adagrad"
    names = {"squares": ("Sum of squares", "s")}
    lr: float = rate(0.5)
    eps: float = guard(1e-10)
    initial_accumulator_value: float = hyperparameter(0.0, 0.0, 1.0, domain="[0, inf)")

    def init(self, theta: Array) -> Squares:
        return Squares(np.full_like(theta, self.initial_accumulator_value))

    def update(self, gradient: Array, state: Squares, theta: Array, scale: Any = 1.0) -> Any:
        decayed_gradient = self.decayed(gradient, theta)
        squares = state.squares + decayed_gradient * decayed_gradient
        return theta - self.lr * scale * decayed_gradient / (np.sqrt(squares) + self.eps), Squares(
            squares
        )


@dataclass(frozen=True)
class RMSProp(Decayed):
    """Each gradient component is divided by its recent root mean square."""

    id, label = "rmsprop", "RMSProp"
    suits = ("window", 0.015)
    formula = (
        r"v \leftarrow \alpha v + (1-\alpha) g^2,\quad"
        r" \theta \leftarrow \theta - \eta\,\frac{g}{\sqrt{v} + \epsilon}"
    )
    worked = r"$theta - $rate \cdot $velocity = $after"
    reference = "Tieleman & Hinton 2012; torch.optim.RMSprop"
    names = {
        "squares": ("Second moment", "v"),
        "velocity": ("Scaled gradient", r"g/(\sqrt{v}+\epsilon)"),
    }
    lr: float = rate(0.05)
    alpha: float = remembered(0.99, "alpha")
    eps: float = guard(1e-8)
    momentum: float = remembered(0.0, "momentum")
    centered: bool = choice(False, (False, True), label="centred")

    def init(self, theta: Array) -> RMSState:
        zero = np.zeros_like(theta)
        return RMSState(zero, zero, zero)

    def update(self, gradient: Array, state: RMSState, theta: Array, scale: Any = 1.0) -> Any:
        decayed_gradient = self.decayed(gradient, theta)
        squares = (
            self.alpha * state.squares + (1 - self.alpha) * decayed_gradient * decayed_gradient
        )
        spread, average = squares, state.average
        if self.centered:
            average = self.alpha * average + (1 - self.alpha) * decayed_gradient
            # never below zero in exact arithmetic
            spread = np.maximum(squares - average * average, 0.0)
        velocity = decayed_gradient / (np.sqrt(spread) + self.eps)
        if self.momentum:
            velocity = self.momentum * state.velocity + velocity
        return theta - self.lr * scale * velocity, RMSState(squares, average, velocity)


@dataclass(frozen=True)
class AdaDelta(Decayed):
    """Steps measured in the size of past steps: the units cancel and no rate is needed."""

    id, label = "adadelta", "AdaDelta"
    formula = (
        r"v \leftarrow \rho v + (1-\rho) g^2,\quad"
        r" d = \sqrt{\tfrac{u + \epsilon}{v + \epsilon}}\,g,\quad"
        r" u \leftarrow \rho u + (1-\rho) d^2,\quad \theta \leftarrow \theta - \eta\,d"
    )
    worked = r"$theta - $rate \cdot $move = $after"
    reference = "Zeiler 2012; torch.optim.Adadelta"
    names = {
        "squares": ("Average of squared gradients", "v"),
        "move": ("Move", "d"),
        "moves": ("Average of squared moves", "u"),
    }
    lr: float = rate(1.0)
    rho: float = remembered(0.9, "rho")
    eps: float = guard(1e-6)

    def init(self, theta: Array) -> DeltaState:
        zero = np.zeros_like(theta)
        return DeltaState(zero, zero, zero)

    def update(self, gradient: Array, state: DeltaState, theta: Array, scale: Any = 1.0) -> Any:
        decayed_gradient = self.decayed(gradient, theta)
        squares = self.rho * state.squares + (1 - self.rho) * decayed_gradient * decayed_gradient
        move = np.sqrt(state.moves + self.eps) / np.sqrt(squares + self.eps) * decayed_gradient
        moves = self.rho * state.moves + (1 - self.rho) * move * move
        return theta - self.lr * scale * move, DeltaState(squares, moves, move)
