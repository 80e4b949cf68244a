"""Pairs of losses that share two parameters, each a way in which losses meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets import DATASETS, Data
from lossviz.losses import LOSSES
from lossviz.models import Block, Layout
from lossviz.models.linear import Linear
from lossviz.objectives import Quadratic, Risk

Array = NDArray[np.floating]
Window = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Scene:
    """Two losses of the same two parameters.

    ``labels`` name the losses and ``names`` the parameters; ``window`` is the part worth looking
    at, or None where it follows from the front; ``start`` is where schemes begin, or None;
    ``front`` (m, 2) are points known to be the whole Pareto front, or None where weighted sums
    find it all.
    """

    first: Any
    second: Any
    labels: tuple[str, str]
    names: tuple[str, str]
    window: Window | None = None
    start: tuple[float, float] | None = None
    front: Array | None = None


@dataclass(frozen=True)
class Hill:
    """1 - exp(-|w - centre|^2): a bounded loss that is flat far out (Fonseca & Fleming 1995)."""

    centre: tuple[float, float]

    @property
    def layout(self) -> Layout:
        """Two numbers, w1 and w2."""
        return Layout((Block("w1", ()), Block("w2", ())))

    def value(self, theta: Array) -> Array:
        """(..., 2) to (...)."""
        return -np.expm1(-self._far(theta)[1])

    def gradient(self, theta: Array) -> Array:
        """(..., 2) to (..., 2)."""
        apart, far = self._far(theta)
        return 2 * apart * np.exp(-far)[..., None]

    def hessian(self, theta: Array) -> Array:
        """(..., 2) to (..., 2, 2)."""
        apart, far = self._far(theta)
        outer = apart[..., :, None] * apart[..., None, :]
        return (2 * np.eye(2) - 4 * outer) * np.exp(-far)[..., None, None]

    def _far(self, theta: Array) -> tuple[Array, Array]:
        apart = np.asarray(theta, float) - np.array(self.centre)
        return apart, (apart**2).sum(-1)


def quadratics() -> Scene:
    """Two quadratics with their minima apart, steep in different directions."""
    return Scene(
        Quadratic(np.diag([1.0, 0.5**0.5]), np.array([1.0, 0.0]), 0.5),
        Quadratic(
            np.linalg.cholesky(np.array([[0.5, 0.25], [0.25, 1.5]])).T, np.array([-1.0, 2.0]), 2.0
        ),
        ("Task 1", "Task 2"),
        ("w1", "w2"),
        start=(-2.2, -0.4),
    )


def prior() -> Scene:
    """A fit to data, and a wish for small weights."""
    data = DATASETS["diabetes_pair"]().draw()
    X, y = standard(data.X), standard(data.y)
    return Scene(
        fit(X, y, "squared"),
        Quadratic(np.eye(2) / 2**0.5, np.zeros(2), 0.0),
        ("Mean squared error", "Half squared weights"),
        (f"weight of {data.names[0]}", f"weight of {data.names[1]}"),
    )


def groups() -> Scene:
    """One classifier for two groups whose classes are told apart by different features."""
    rng = np.random.default_rng(4)
    risks = []
    for direction in ((1.6, 0.1), (-0.2, 1.3)):
        X = rng.normal(size=(80, 2))
        chance = 1 / (1 + np.exp(-X @ np.array(direction)))
        risks.append(fit(X, (rng.random(80) < chance).astype(float), "cross_entropy", "binary"))
    return Scene(
        risks[0],
        risks[1],
        ("Cross-entropy, group A", "Cross-entropy, group B"),
        ("weight 1", "weight 2"),
    )


def equation() -> Scene:
    """u' + u = 0 for a straight line u = a + b t: how badly it is broken, and where u starts."""
    t = np.linspace(0, 1, 21)
    broken = np.stack([np.ones(21), 1 + t], axis=1) / 21**0.5  # u' + u = a + b (1 + t)
    return Scene(
        Quadratic(broken, np.zeros(2), 0.0),
        Quadratic(np.array([[1.0, 0.0]]), np.array([1.0, 0.0]), 0.0),
        ("Residual of u′ + u = 0", "Start: (u(0) − 1)²"),
        ("a", "b"),
        start=(-0.3, 0.4),
    )


def levelling() -> Scene:
    """Two losses that level out far away: their front is not convex."""
    side = 0.5**0.5
    along = np.linspace(side, -side, 81)[:, None] * np.ones(2)
    return Scene(
        Hill((side, side)), Hill((-side, -side)), ("Loss 1", "Loss 2"), ("w1", "w2"),
        window=((-2.0, 2.0), (-2.0, 2.0)), start=(-0.9, 1.1), front=along,
    )  # fmt: skip


def standard(columns: Array) -> Array:
    """(n, ...) columns with mean 0 and standard deviation 1."""
    return (columns - columns.mean(0)) / columns.std(0)


def fit(X: Array, y: Array, loss: str, task: str = "regression", intercept: bool = False) -> Risk:
    """The mean loss of a weighted sum of columns X (n, d)."""
    return Risk(Data(X, y, task=task), Linear(intercept=intercept), LOSSES[loss]())
