"""Other packages for loss landscapes, each doing the same surface in its own way.

``pip install -e .[bench]`` brings them.  Each gets our weights, our directions, all rows as
one batch and parameters without gradients, which is the quickest way to use it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from benchmarks.timing import Contender, installed
from lossviz.landscapes.planes import Plane


class Torch(NamedTuple):
    """A model and a loss in torch: ``forward(parts, X)`` and ``criterion(outputs, y)``."""

    forward: Callable[[list[Any], Any], Any]
    criterion: Callable[[Any, Any], Any]
    split: Callable[[Any], list[Any]]  # a parameter vector to the arrays of the model
    X: Any
    y: Any

    def model(self, theta: np.ndarray) -> Any:
        import torch

        forward = self.forward

        class Model(torch.nn.Module):
            def __init__(self, parts: list[Any]) -> None:
                super().__init__()
                self.parts = torch.nn.ParameterList(parts).requires_grad_(False)

            def forward(self, X: Any) -> Any:
                return forward(list(self.parts), X)

        return Model(self.parts(theta))

    def parts(self, theta: np.ndarray) -> list[Any]:
        import torch

        return [each.clone() for each in self.split(torch.tensor(theta, dtype=torch.float32))]


def contenders(
    make: Callable[[], Torch], plane: Plane, line: np.ndarray, threads: int
) -> list[Contender]:
    """The packages on the grid of ``line`` with itself; those that are missing are named too.

    With ``threads`` of torch: on small products two wait for each other longer than they work.
    """
    found = []
    for name, (module, surface, some) in PEERS.items():
        there = installed(module) and installed("torch")
        run = _limited(surface(make(), plane, line), threads) if there else None
        found.append(Contender(f"{name}, {threads} thread{'s'[: threads > 1]}", run, where=some))
    return found


def _limited(run: Callable[[], np.ndarray], threads: int) -> Callable[[], np.ndarray]:
    import torch

    def limited() -> np.ndarray:
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            return run()
        finally:
            torch.set_num_threads(before)

    return limited


def _loss_landscapes(torch: Torch, plane: Plane, line: np.ndarray) -> Callable[[], np.ndarray]:
    """Its second axis begins one step late and goes back and forth: every other row is ours."""
    from loss_landscapes import planar_interpolation
    from loss_landscapes.metrics.sl_metrics import Loss

    count, h = len(line), line[1] - line[0]
    start = plane.point(line[0] - h, line[0])
    ends = start, start + count * h * plane.v, start + count * h * plane.u
    loss = Loss(torch.criterion, torch.X, torch.y)
    return lambda: planar_interpolation(*map(torch.model, ends), loss, steps=count)[::2]


def _three_d(torch: Torch, plane: Plane, line: np.ndarray) -> Callable[[], np.ndarray]:
    from loss_landscape_3d.calculator import LossLandscapeCalculator

    model = torch.model(plane.origin)
    names = list(model.state_dict())
    origin, u, v = (
        dict(zip(names, torch.parts(each), strict=True))
        for each in (plane.origin, plane.u, plane.v)
    )
    tool = LossLandscapeCalculator(model, [(torch.X, torch.y)], torch.criterion)
    return lambda: tool.calculate(line, line, u, v, origin).T


def _gradfield(torch: Torch, plane: Plane, line: np.ndarray) -> Callable[[], np.ndarray]:
    """It draws its own directions; ours take their place."""
    from gradfield.torch_adapter import model_loss_fn

    surface = model_loss_fn(torch.model(plane.origin), torch.criterion, torch.X, torch.y)
    held = dict(zip(surface.__code__.co_freevars, surface.__closure__, strict=True))
    for name, direction in (("direction1", plane.u), ("direction2", plane.v)):
        held[name].cell_contents[:] = torch.parts(direction)
    return lambda: surface(*np.meshgrid(line, line))


ALL = np.s_[:]
Surface = Callable[[Torch, Plane, np.ndarray], Callable[[], np.ndarray]]
PEERS: dict[str, tuple[str, Surface, Any]] = {
    "loss-landscapes 3.0.6": ("loss_landscapes", _loss_landscapes, np.s_[::2]),
    "gradfield 0.5.0": ("gradfield", _gradfield, ALL),
    "loss-landscape-3d 0.1.3": ("loss_landscape_3d", _three_d, ALL),
}
