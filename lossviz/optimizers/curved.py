"""Newton, L-BFGS and the proximal gradient: rules that use curvature or the penalty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from lossviz.optimizers.base import Array, Optimizer, Quantity, rate
from lossviz.recipes import hyperparameter

HALVINGS = 30


class NewtonState(NamedTuple):
    critical_point: Array  # where the local quadratic has its critical point


class Pairs(NamedTuple):
    moves: tuple[Array, ...]
    turns: tuple[Array, ...]  # how the gradient changed over each move
    last: tuple[Array, Array] | None  # the point and gradient seen before
    direction: Array


@dataclass(frozen=True)
class Newton(Optimizer):
    """Jump to the critical point of the local quadratic, be it a minimum or not.

    Damping adds to every curvature.  Along a direction without any curvature it stays put.
    """

    id, label = "newton", "Newton"
    uses_hessian = True
    formula = r"\theta \leftarrow \theta - \eta\,(H + \lambda I)^{-1} g"
    worked = r"$theta + $rate \cdot ($critical_point - $theta) = $after"
    reference = "Boyd & Vandenberghe 2004, section 9.5; Levenberg 1944 for the damping"
    names = {
        "critical_point": ("Critical point of the local quadratic", r"\theta - (H+\lambda I)^{-1}g")
    }
    lr: float = rate(1.0)
    damping: float = hyperparameter(0.0, 0.0, 100.0, domain="[0, inf)")

    def init(self, theta: Array) -> NewtonState:
        return NewtonState(theta)

    def look(self, objective: Any, theta: Array) -> dict[str, Any]:
        return {"gradient": objective.gradient(theta), "hessian": objective.hessian(theta)}

    def update(
        self,
        gradient: Array,
        state: Any,
        theta: Array,
        scale: Any = 1.0,
        hessian: Array | None = None,
    ) -> Any:
        """One step on; ``hessian`` is (..., p, p).  Raises ValueError without it."""
        if hessian is None:
            raise ValueError(
                "Newton needs the Hessian beside the gradient; give update(..., hessian=H), "
                "or use step, which asks the objective for it."
            )
        damped = hessian + self.damping * np.eye(theta.shape[-1])
        try:
            jump = np.linalg.solve(damped, gradient[..., None])[..., 0]
        except np.linalg.LinAlgError:  # somewhere the surface is not curved along a direction
            jump = _along_curved(damped, gradient)
        return theta - self.lr * scale * jump, NewtonState(theta - jump)


def _along_curved(damped: Array, gradient: Array) -> Array:
    """Newton's jump without the directions of no curvature; NaN where a curvature is not finite."""
    finite = np.isfinite(damped).all((-1, -2), keepdims=True)
    curvature, basis = np.linalg.eigh(np.where(finite, damped, 0.0))
    flat = np.abs(curvature) <= 1e-14 * np.abs(curvature).max(-1, keepdims=True)
    along = np.einsum("...ij,...i->...j", basis, gradient)
    along = np.where(flat, 0.0, along / np.where(flat, 1.0, curvature))
    jump = np.einsum("...ij,...j->...i", basis, along)
    return np.where(np.squeeze(finite, -1), jump, np.nan)


@dataclass(frozen=True)
class LBFGS(Optimizer):
    """Newton with a curvature guessed from the last few steps, and a search for the length.

    Paths come from SciPy's L-BFGS-B with its own line search, one start after the other.
    ``update`` is the same direction (the two-loop recursion) with the step ``lr``, halved until
    the value falls when ``value`` is given: that is what thousands of starts use at once.
    """

    id, label = "lbfgs", "L-BFGS"
    formula = r"\theta \leftarrow \theta + \alpha\,d,\quad d = -\tilde H^{-1} g"
    worked = r"$theta + $rate \cdot $direction = $after"
    reference = "Liu & Nocedal 1989; Zhu et al. 1997 (scipy.optimize, L-BFGS-B)"
    names = {"direction": ("Direction", "d")}
    line_search = True
    lr: float = rate(1.0)
    history_size: int = hyperparameter(10, 1, 30, domain="[1, 1000]", label="history")

    def init(self, theta: Array) -> Pairs:
        return Pairs((), (), None, np.zeros_like(theta))

    def look(self, objective: Any, theta: Array) -> dict[str, Any]:
        return {"gradient": objective.gradient(theta), "value": objective.value}

    def update(
        self,
        gradient: Array,
        state: Pairs,
        theta: Array,
        scale: Any = 1.0,
        value: Callable[[Array], Array] | None = None,
    ) -> Any:
        moves, turns = state.moves, state.turns
        if state.last is not None:
            moves = (*moves, theta - state.last[0])[-self.history_size :]
            turns = (*turns, gradient - state.last[1])[-self.history_size :]
        direction = -_two_loops(gradient, moves, turns)
        new = Pairs(moves, turns, (theta, gradient), direction)
        step = self.lr * scale * direction
        if value is None:
            return theta + step, new
        here, slope = value(theta), 1e-4 * (gradient * step).sum(-1)
        share = np.ones(theta.shape[:-1])
        for _ in range(HALVINGS):
            high = ~(value(theta + share[..., None] * step) <= here + share * slope)
            high &= slope < -1e-16 * np.abs(here)  # below rounding there is nothing to search
            if not high.any():
                break
            share = np.where(high, share / 2, share)
        return theta + np.where(high, 0.0, share)[..., None] * step, new

    def explain(
        self, gradient: Array, state: Any, theta: Array, scale: Any = 1.0, **seen: Any
    ) -> tuple[Quantity, ...]:
        """``scale`` is the length that the search chose; no second search is made."""
        return super().explain(gradient, state, theta, scale)

    def walk(
        self, objectives: Iterable[Any], theta: Array, scales: Sequence[Any]
    ) -> Iterator[Array]:
        objective, steps = next(iter(objectives)), len(scales)
        starts = theta.reshape(-1, theta.shape[-1])
        # SciPy minimises one start at a time
        paths = [self._path(objective, start, steps) for start in starts]
        for points in zip_longest(*paths):
            starts = np.stack(
                [old if p is None else p for old, p in zip(starts, points, strict=True)]
            )
            yield starts.reshape(theta.shape)

    def _path(self, objective: Any, start: Array, steps: int) -> list[Array]:
        points: list[Array] = []

        def both(x: Array) -> tuple[float, Array]:
            return float(objective.value(x)), objective.gradient(x)

        if steps:
            minimize(
                both,
                start,
                jac=True,
                method="L-BFGS-B",
                callback=lambda x: points.append(np.array(x)),
                options={
                    "maxiter": steps,
                    "maxfun": 100 * steps,
                    "maxcor": self.history_size,
                    "ftol": 0.0,
                    "gtol": 1e-12,
                },
            )
        return points


def _two_loops(gradient: Array, moves: tuple[Array, ...], turns: tuple[Array, ...]) -> Array:
    """The inverse of the guessed Hessian times the gradient (Nocedal 1980)."""
    damped = [(s * y).sum(-1, keepdims=True) for s, y in zip(moves, turns, strict=True)]
    # a pair of negative curvature, or none, would make the guess worse
    usable = [
        b > 2.2e-16 * (y * y).sum(-1, keepdims=True) for b, y in zip(damped, turns, strict=True)
    ]
    weights = [np.where(u, 1 / np.where(u, b, 1), 0) for u, b in zip(usable, damped, strict=True)]
    pairs = list(zip(moves, turns, weights, strict=True))
    along, steepest = [], gradient
    for s, y, weight in reversed(pairs):
        along.append(weight * (s * steepest).sum(-1, keepdims=True))
        steepest = steepest - along[-1] * y
    # the first step of all has length 1 at most, as in SciPy
    length = np.linalg.norm(gradient, axis=-1, keepdims=True)
    size = 1 / np.maximum(length, 1.0)
    for y, product, ok in zip(turns, damped, usable, strict=True):
        size = np.where(ok, product / np.where(ok, (y * y).sum(-1, keepdims=True), 1), size)
    step = size * steepest
    for (s, y, weight), a in zip(pairs, reversed(along), strict=True):
        step = step + s * (a - weight * (y * step).sum(-1, keepdims=True))
    return step


@dataclass(frozen=True)
class ProximalGradient(Optimizer):
    """A gradient step on the data loss, then the penalty's prox: it reaches exact zeros."""

    id, label = "proximal_gradient", "Proximal gradient"
    suits = ("curvature", 0.4)
    formula = (
        r"\theta \leftarrow \operatorname{prox}_{\eta P}(\theta - \eta\,\nabla L),\quad"
        r" \operatorname{prox}(z) = \arg\min_w \tfrac12|w - z|^2 + \eta P(w)"
    )
    worked = r"\operatorname{prox}($theta - $rate \cdot $gradient) = $after"
    reference = "Parikh & Boyd 2014; ISTA in Beck & Teboulle 2009"

    def look(self, objective: Any, theta: Array) -> dict[str, Any]:
        """The smooth part's gradient and the penalty's prox, where the objective has one."""
        if not hasattr(objective, "prox"):
            return {"gradient": objective.gradient(theta)}
        return {"gradient": objective.data_gradient(theta), "prox": objective.prox}

    def update(
        self,
        gradient: Array,
        state: Any,
        theta: Array,
        scale: Any = 1.0,
        prox: Callable[[Array, Any], Array] | None = None,
    ) -> Any:
        """``prox(theta, step)`` is the penalty's; without one this is gradient descent."""
        before = theta - self.lr * scale * gradient
        return (before if prox is None else prox(before, self.lr * scale)), state

    def explain(
        self, gradient: Array, state: Any, theta: Array, scale: Any = 1.0, **seen: Any
    ) -> tuple[Quantity, ...]:
        numbers = super().explain(gradient, state, theta, scale, **seen)
        before = theta - self.lr * scale * gradient
        downhill = Quantity("landed", "Before the prox", r"\theta - \eta\nabla L", before)
        return (*numbers[:-2], downhill, *numbers[-2:])
