"""Surfaces of a line: squared, absolute and Huber loss, few rows and many."""

from __future__ import annotations

import numpy as np

from benchmarks.timing import Contender, installed, race
from lossviz.datasets import Data
from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk

ROWS = 5  # of a grid that a loop does where all would take minutes
PIECE = 2**17  # predictions that a broadcast holds at once: they fit a cache


def run() -> None:
    for n, points in ((200, 101), (100_000, 201)):
        for name in ("squared", "absolute", "huber"):
            _surface(name, n, points)


def problem(name: str, n: int) -> Risk:
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    data = Data(x[:, None], 1 + 2 * x + rng.standard_t(3, n))
    return Risk(data, MODELS["line"](), LOSSES[name]())


def _surface(name: str, n: int, points: int) -> None:
    risk = problem(name, n)
    plane, a, b = axes(2), np.linspace(-4, 6, points), np.linspace(-3, 7, points)
    x, y = risk.data.X[:, 0], risk.data.y

    def looped(rows: int = points) -> np.ndarray:
        """One call of loss and mean for every grid point."""
        return np.array([[risk.loss.value(y, s + t * x).mean() for s in a] for t in b[:rows]])

    def broadcast() -> np.ndarray:
        step = max(1, PIECE // n)
        pairs = np.stack(np.meshgrid(a, b), -1).reshape(-1, 2)
        design = np.stack([np.ones(n), x])
        chunks = (pairs[i : i + step] for i in range(0, len(pairs), step))
        return np.concatenate([risk.loss.value(y, c @ design).mean(-1) for c in chunks])

    race(
        f"Line, {name} loss, n = {n:,}, {points} x {points}",
        [
            Contender("lossviz", lambda: evaluate_plane(risk, plane, a, b).values),
            Contender("chunked broadcast, NumPy", broadcast),
            Contender("Python loop, NumPy", looped, ROWS / points, lambda: looped(ROWS)),
            Contender("JAX vmap + jit, warm", _jax(name, x, y, a, b)),
            Contender("torch.func.vmap", _torch(name, x, y, a, b)),
        ],
        rtol=1e-10,
    )


def _jax(name: str, x: np.ndarray, y: np.ndarray, a: np.ndarray, b: np.ndarray):  # type: ignore[no-untyped-def]
    if not installed("jax"):
        return None
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    losses = {
        "squared": jnp.square,
        "absolute": jnp.abs,
        "huber": lambda r: jnp.where(jnp.abs(r) < 1, r * r / 2, jnp.abs(r) - 0.5),
    }

    def value(s, t, x, y):  # type: ignore[no-untyped-def]
        return losses[name](s + t * x - y).mean()

    over_a = jax.vmap(value, (0, None, None, None))
    if len(x) < 1000:
        surface = jax.jit(jax.vmap(over_a, (None, 0, None, None)))
    else:  # all at once would need 32 GB
        surface = jax.jit(lambda a, b, x, y: jax.lax.map(lambda t: over_a(a, t, x, y), b))
    return lambda: np.asarray(surface(a, b, x, y))


def _torch(name: str, x: np.ndarray, y: np.ndarray, a: np.ndarray, b: np.ndarray):  # type: ignore[no-untyped-def]
    if not installed("torch"):
        return None
    import torch
    from torch.nn import functional

    price = {
        "squared": functional.mse_loss,
        "absolute": functional.l1_loss,
        "huber": functional.huber_loss,
    }[name]
    X, Y = torch.tensor(x), torch.tensor(y)

    def value(theta):  # type: ignore[no-untyped-def]
        return price(theta[0] + theta[1] * X, Y)

    pairs = torch.tensor(np.stack(np.meshgrid(a, b), -1).reshape(-1, 2))
    pieces, over = pairs.split(max(1, PIECE // len(x))), torch.func.vmap(value)
    # vmap's own pieces of one point each keep all predictions alive, 32 GB of them
    return lambda: np.concatenate([over(each).numpy().copy() for each in pieces])
