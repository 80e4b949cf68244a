"""Surfaces of networks, and how near they come to the machine's matrix products."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from sklearn.datasets import load_digits, make_moons
from threadpoolctl import threadpool_limits

from benchmarks import peers
from benchmarks.peers import Torch
from benchmarks.timing import Contender, installed, race
from lossviz.datasets import Data
from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import Plane
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk

GRID = np.linspace(-1, 1, 51)
SMALL = 1e11  # operations of a surface below which torch's threads wait for each other
POINTS = 20  # of the grid that a plain loop does where all would take too long


def run() -> None:
    X, y = make_moons(500, noise=0.2, random_state=0)
    moons = Data(X, y * 1.0, task="binary")
    X, y = load_digits(return_X_y=True)
    digits = Data(X / 16, y * 1.0, task="multiclass")
    mlp = Risk(moons, MODELS["network"](width=16, depth=2), LOSSES["cross_entropy"]())
    _surface("Network 2-16-16-1, tanh, n = 500", mlp)
    residual = MODELS["residual_network"](width=32, blocks=10, branch_scale=0.3)
    _surface(
        "Residual network, 10 blocks of two layers of 32, ReLU, n = 500",
        Risk(moons, residual, LOSSES["cross_entropy"]()),
    )
    wide = MODELS["network"](width=128, depth=2, activation="relu")
    risk = Risk(digits, wide, LOSSES["softmax_cross_entropy"]())
    _surface("Digits 64-128-128-10, ReLU, n = 1,797", risk)


def _flops(risk: Risk) -> float:
    """Of the matrix products, as if every layer were multiplied at every point of the grid."""
    return 2.0 * len(risk.data) * GRID.size**2 * float(risk.layout.weights.sum())


def _surface(title: str, risk: Risk) -> None:
    start = risk.model.start(risk.data.X.shape[1], risk.data.outputs, 0)
    rng = np.random.default_rng(1)
    u, v = 0.1 * rng.normal(size=(2, len(start)))
    plane = Plane(start, u, v)

    points = plane.point(*(each.ravel() for each in np.meshgrid(GRID, GRID)))
    threads = 1 if _flops(risk) < SMALL else _cores()

    def looped(count: int = GRID.size**2) -> np.ndarray:
        return np.array([risk.value(point) for point in points[:count]])

    def vmapped(make: Any) -> Any:
        return make(risk, plane, GRID)

    seconds = race(
        f"{title}, 51 x 51",
        [
            Contender("lossviz", lambda: evaluate_plane(risk, plane, GRID, GRID).values),
            Contender(
                "lossviz, float64",
                lambda: evaluate_plane(risk, plane, GRID, GRID, double=True).values,
            ),
            Contender(
                "Python loop, NumPy float64", looped, POINTS / len(points), lambda: looped(POINTS)
            ),
            Contender("JAX vmap + jit, warm, float32", vmapped(_jax)),
            Contender("torch.func.vmap, float32", vmapped(_torch_vmap)),
            *peers.contenders(lambda: _torch(risk), plane, GRID, threads),
        ],
        rtol=1e-4,
        turns=5,
    )
    peak, ours = _peak(), _flops(risk) / seconds / 1e9
    print(f"  sgemm, as many threads as cores: {peak:,.0f} GFLOP/s; ours {ours:,.0f}", end="")
    print(f", {ours / peak:.0%} (the first layer counted as if it were computed)")


def _forward(risk: Risk, xp: Any, parts: list[Any], X: Any) -> Any:
    """The model written in another array library: ``xp`` has tanh and relu."""
    model: Any = risk.model
    bend = getattr(xp, model.activation)
    h = X @ parts[0].T + parts[1]
    if model.id == "network":
        h = bend(h)
        for W, b in zip(parts[2:-2:2], parts[3:-2:2], strict=True):
            h = bend(h @ W.T + b)
    else:
        for i in range(2, len(parts) - 2, 4):
            W1, b1, W2, b2 = parts[i : i + 4]
            h = h + model.branch_scale * (bend(h @ W1.T + b1) @ W2.T + b2)
    return h @ parts[-2].T + parts[-1]


def _split(risk: Risk, theta: Any) -> list[Any]:
    pieces = zip(risk.layout.slices, risk.layout.blocks, strict=True)
    return [theta[where].reshape(block.shape) for where, block in pieces]


def _jax(risk: Risk, plane: Plane, some: np.ndarray) -> Any:
    if not installed("jax"):
        return None
    import jax
    import jax.numpy as jnp

    class Space:
        tanh, relu = jnp.tanh, jax.nn.relu

    X = jnp.asarray(risk.data.X, jnp.float32)
    y = jnp.asarray(risk.data.y, jnp.int32)

    def value(a, b, o, u, v):  # type: ignore[no-untyped-def]
        logits = _forward(risk, Space, _split(risk, o + a * u + b * v), X)
        if risk.data.outputs == 1:
            return jax.nn.softplus((1 - 2 * y) * logits[:, 0]).mean()
        return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean()

    over_a = jax.vmap(value, (0, None, None, None, None))
    surface = jax.jit(lambda a, b, *p: jax.lax.map(lambda each: over_a(a, each, *p), b))
    given = [jnp.asarray(p, jnp.float32) for p in (GRID, some, plane.origin, plane.u, plane.v)]
    return lambda: np.asarray(surface(*given))


def _torch(risk: Risk) -> Torch:
    import torch
    from torch.nn import functional

    def criterion(logits: Any, y: Any) -> Any:
        if risk.data.outputs == 1:
            return functional.softplus((1 - 2 * y) * logits[:, 0]).mean()
        return functional.cross_entropy(logits, y)

    X, y = torch.tensor(risk.data.X, dtype=torch.float32), torch.tensor(risk.data.y)
    y = y.float() if risk.data.outputs == 1 else y.long()
    forward, split = partial(_forward, risk, torch), partial(_split, risk)
    return Torch(forward, criterion, split, X, y)


def _torch_vmap(risk: Risk, plane: Plane, some: np.ndarray) -> Any:
    if not installed("torch"):
        return None
    import torch

    known = _torch(risk)
    a, b = (each.ravel() for each in np.meshgrid(GRID, some))
    points = torch.tensor(plane.point(a, b), dtype=torch.float32)
    over = torch.func.vmap(
        lambda theta: known.criterion(known.forward(known.split(theta), known.X), known.y),
        chunk_size=51,
    )
    return lambda: over(points).numpy()


def _cores() -> int:
    return os.cpu_count() or 1


def _peak(size: int = 1024, times: int = 20) -> float:
    """GFLOP/s of float32 products, one thread for each worker of the surfaces' pool."""
    workers = _cores()
    A = np.random.default_rng(0).normal(size=(2, size, size)).astype(np.float32)

    def work(_: int) -> None:
        for _ in range(times):
            A[0] @ A[1]

    with threadpool_limits(1, "blas"), ThreadPoolExecutor(workers) as pool:
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            list(pool.map(work, range(workers)))
            seconds.append(time.perf_counter() - start)
    return 2.0 * size**3 * times * workers / float(np.median(seconds)) / 1e9
