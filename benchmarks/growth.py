"""How the work of a surface grows: the exponent of its CPU seconds in rows, grid and parameters.

An exponent of 1 doubles the work where the size doubles, 0 leaves it as it is.  A fit to four
sizes, each eight times the one before in rows, four times in grid points and in parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.lines import problem
from benchmarks.timing import least_cpu
from lossviz.datasets import Data
from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import Plane, axes
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk

ROWS = (2_000, 16_000, 128_000, 1_024_000)
SIDES = (50, 100, 200, 400)  # grid lines along each axis
WIDTHS = (32, 64, 128, 256)  # of two layers: the parameters grow with the square


def run() -> None:
    """Print an exponent, and the CPU seconds of the largest size, for each loss and network."""
    print("\nGrowth of a surface's CPU seconds (exponent), and what the largest size takes")
    for name in ("squared", "absolute", "huber", "log_cosh"):
        sizes = ROWS if name != "log_cosh" else tuple(n // 64 for n in ROWS)
        _line(f"{name}, in rows n, 101 x 101", sizes, lambda n, name=name: _surface(name, n, 101))
    for name in ("squared", "absolute", "log_cosh"):
        points = tuple(side**2 for side in SIDES)
        _line(
            f"{name}, in grid points, n = 500",
            points,
            lambda size, name=name: _surface(name, 500, round(size**0.5)),
        )
    networks = {_network(width).layout.size: _network(width) for width in WIDTHS}
    _line("network, in parameters, n = 500, 21 x 21", list(networks), lambda p: _cut(networks[p]))


def _line(label: str, sizes: Sequence[int], make: Callable[[int], Callable[[], object]]) -> None:
    spent = []
    for size in sizes:
        surface = make(size)
        surface()
        spent.append(least_cpu(surface))
    exponent = np.polyfit(np.log(sizes), np.log(spent), 1)[0]
    print(f"  {label:<48} {exponent:>6.2f} {spent[-1]:>10.4f} s at {sizes[-1]:,}")


def _surface(name: str, n: int, side: int) -> Callable[[], object]:
    risk, a = problem(name, n), np.linspace(-4, 6, side)
    return lambda: evaluate_plane(risk, axes(2), a, a)


def _network(width: int) -> Risk:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 2))
    data = Data(X, (X[:, 0] * X[:, 1] > 0) * 1.0, task="binary")
    return Risk(data, MODELS["network"](width=width, depth=2), LOSSES["cross_entropy"]())


def _cut(risk: Risk) -> Callable[[], object]:
    start = risk.model.start(2, 1, 0)
    u, v = 0.1 * np.random.default_rng(1).normal(size=(2, len(start)))
    a = np.linspace(-1, 1, 21)
    return lambda: evaluate_plane(risk, Plane(start, u, v), a, a)
