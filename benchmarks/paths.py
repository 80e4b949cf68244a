"""Descents: 500 steps of six optimizers, and a map of basins from 101 x 101 starts."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.datasets import make_moons

from benchmarks.timing import Contender, installed, race
from lossviz.datasets import Data
from lossviz.descent import descend, settle
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.objectives.analytic import ANALYTIC
from lossviz.optimizers import OPTIMIZERS

STEPS = 500
RUNS: dict[str, tuple[str, dict[str, float]]] = {
    "gd": ("SGD", {"lr": 0.1}),
    "momentum": ("SGD", {"lr": 0.02, "momentum": 0.9}),
    "adagrad": ("Adagrad", {"lr": 0.05}),
    "rmsprop": ("RMSprop", {"lr": 0.005}),
    "adam": ("Adam", {"lr": 0.01}),
    "adamw": ("AdamW", {"lr": 0.01, "weight_decay": 0.01}),
}


def run() -> None:
    X, y = make_moons(500, noise=0.2, random_state=0)
    risk = Risk(
        Data(X, y * 1.0, task="binary"),
        MODELS["network"](width=16, depth=2),
        LOSSES["cross_entropy"](),
    )
    start = risk.model.start(2, 1, 0)

    def ours() -> np.ndarray:
        paths = [descend(risk, OPTIMIZERS[k](**g), start, STEPS) for k, (_, g) in RUNS.items()]
        return np.array([path.values[-1] for path in paths])

    race(
        f"{STEPS} steps x 6 optimizers, network 2-16-16-1, n = 500, float64, every step kept",
        [Contender("lossviz", ours), Contender("torch.optim", _torch(risk, start))],
        rtol=1e-4,
        turns=3,
    )
    _basins()


def _basins() -> None:
    analytic: Any = ANALYTIC["himmelblau"]
    analytic = analytic() if isinstance(analytic, type) else analytic
    grid = np.linspace(-4, 4, 101)
    starts = np.stack(np.meshgrid(grid, grid), -1)
    rule = OPTIMIZERS["gd"](lr=0.005)

    def looped() -> np.ndarray:
        ends = []
        for start in starts.reshape(-1, 2):
            at = start
            for _ in range(200):
                at = at - 0.005 * analytic.gradient(at)
            ends.append(at)
        return np.array(ends)

    race(
        "Basins of Himmelblau's function, 101 x 101 starts, 200 steps",
        [
            Contender("lossviz", lambda: settle(analytic, rule, starts, 200).points),
            Contender("Python loop over starts", looped),
        ],
        rtol=1e-6,
        turns=3,
    )


def _torch(risk: Risk, start: np.ndarray) -> Any:
    if not installed("torch"):
        return None
    import torch
    from torch.nn import functional

    from benchmarks.networks import _forward, _split

    X, y = torch.tensor(risk.data.X), torch.tensor(risk.data.y)

    def one(name: str, settings: dict[str, float]) -> float:
        theta = torch.tensor(start, requires_grad=True)
        rule = getattr(torch.optim, name)([theta], **settings)

        def value():  # type: ignore[no-untyped-def]
            logits = _forward(risk, torch, _split(risk, theta), X)[:, 0]
            return functional.softplus((1 - 2 * y) * logits).mean()

        for _ in range(STEPS):
            rule.zero_grad()
            value().backward()
            rule.step()
        return float(value().detach())

    return lambda: np.array([one(*each) for each in RUNS.values()])
