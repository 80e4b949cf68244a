"""A target close to the identity, learned whole and as a correction; slopes through many layers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lossviz.datasets import Data
from lossviz.datasets.synthetic_regression import NearIdentity
from lossviz.landscapes.engines.threads import Progress, part
from lossviz.losses import LOSSES
from lossviz.models import Network, ResidualNetwork
from lossviz.networks.layer_gradients import layer_sizes
from lossviz.networks.training import Training, train
from lossviz.objectives import Risk
from lossviz.optimizers import OPTIMIZERS

Array = NDArray[np.floating]
POINTS = 81
RATE = 0.01


def target(slope: float, wave: float) -> Data:
    """Points of y = slope x + wave sin(3 x) on [-2, 2]; slope 1 and wave 0 is the identity."""
    data = NearIdentity(wave=wave).draw()
    return replace(data, y=data.y + (slope - 1) * data.X[:, 0])


@dataclass(frozen=True, eq=False)
class Learned:
    """One network learning h(x) whole and, from the same start, f(x) with h(x) = x + f(x).

    ``curves`` are the answers (m, points) at the steps kept, drawn over ``x`` (points,).
    """

    data: Data
    x: Array
    whole: Training
    correction: Training
    whole_curves: Array
    correction_curves: Array

    @property
    def loss_of_zero(self) -> float:
        """The mean square of y - x: the correction's loss where f = 0."""
        return float(((self.data.y - self.data.X[:, 0]) ** 2).mean())


def learn(
    slope: float, wave: float, depth: int, steps: int, seed: int, progress: Progress | None = None
) -> Learned:
    """Train a tanh network of width 8 twice with Adam (rate 0.01): on y, and on y - x.

    Both losses are the mean squared miss of h(x), so the curves can be compared.  ``progress``
    hears the share that is done.
    """
    data = target(slope, wave)
    model = Network(width=8, depth=depth, activation="tanh")
    start = model.start(1, 1, seed)
    loss, adam = LOSSES["squared"](), OPTIMIZERS["adam"](lr=RATE)
    rest = replace(data, y=data.y - data.X[:, 0])
    whole, correction = (
        train(Risk(each, model, loss), adam, start, steps, progress=part(progress, k, 2))
        for k, each in enumerate((data, rest))
    )
    x = np.linspace(-2.2, 2.2, POINTS)
    answers = [model.predict(run.points, x[:, None]) for run in (whole, correction)]
    return Learned(data, x, whole, correction, answers[0], x + answers[1])


KINDS = {
    "plain": (False, 0.0),
    "skips, unscaled": (True, 0.0),
    "skips / √blocks": (True, 0.5),
    "skips / blocks": (True, 1.0),
}


def through(blocks: int, activation: str, seed: int) -> dict[str, Array]:
    """|dL/dh| (blocks + 1,) at the start, block by block, for each way of ``KINDS``.

    All four have the same weights, drawn from ``seed``, and the same data.
    """
    data, loss = target(1.0, 0.2), LOSSES["squared"]()
    found = {}
    for name, (skip, power) in KINDS.items():
        model = ResidualNetwork(
            width=8, blocks=blocks, activation=activation, skip=skip, branch_scale=blocks**-power
        )
        with np.errstate(over="ignore", invalid="ignore"):
            sizes = layer_sizes(Risk(data, model, loss), model.start(1, 1, seed))
        found[name] = sizes.gradient
    return found
