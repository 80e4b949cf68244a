"""The trade-off of two losses: the Pareto front, the chosen point, the conflict of gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.combined.scenes import Scene, Window
from lossviz.landscapes import Landscape, evaluate_plane
from lossviz.landscapes.engines.threads import Progress, part
from lossviz.landscapes.planes import axes
from lossviz.minima import minimize, pareto_front
from lossviz.objectives import Combined

Array = NDArray[np.floating]
GRID = 61
EDGE = 1e-6  # a weight of 0 would leave open which of a loss's many minima is meant
POINT = 1e-9  # of the parameters: a front shorter than that is rounding around one point
ROUNDING = 1e-12  # of the largest gradient
MARGIN = 0.9  # of the front's longer side, left around it


@dataclass(frozen=True, eq=False)
class TradeOff:
    """Two losses over one window and the minima of their weighted sums.

    ``first`` and ``second`` are landscapes in the losses' own units, ``weights`` (m,) the weights
    of the first loss, ``shares`` (m,) what they amount to once the second is multiplied by
    ``factor``, ``thetas`` (m, 2) the minima and ``losses`` (m, 2) both losses there; ``best``
    (2,) are the lowest values of either loss; ``angles`` is the cosine between the gradients;
    ``front`` (k, 2) are both losses along the whole front.
    """

    scene: Scene
    first: Landscape
    second: Landscape
    weights: Array
    shares: Array
    thetas: Array
    losses: Array
    best: Array
    angles: Array
    front: Array
    factor: float

    @property
    def conflicting(self) -> float:
        """The share of the window in which the gradients point against each other."""
        return float((self.angles < -1e-12).mean())

    @property
    def sizes(self) -> Array:
        """(2,) the largest of either loss on the front: what is far below it is rounding."""
        return np.abs(self.front).max(0)

    @property
    def spans(self) -> Array:
        """(2,) the range of either loss on the front."""
        return np.ptp(self.front, axis=0)

    @property
    def scaled(self) -> Landscape:
        """The second loss times the factor."""
        land = self.second
        return Landscape(land.plane, land.a, land.b, self.factor * land.values)

    @property
    def reach(self) -> Array:
        """(j * i, 2) both losses over the window: what any parameters can have."""
        return np.stack([self.first.values[::3, ::3], self.second.values[::3, ::3]], -1).reshape(
            -1, 2
        )

    @property
    def levels(self) -> tuple[Array, Array]:
        """x and y (m, 2): the line of equal weighted sum through each chosen point."""
        spans = np.maximum(self.spans, 1e-9)
        along = np.stack([-(1 - self.shares), self.shares], axis=1)
        along = 0.6 * along / np.abs(along / spans).max(1, keepdims=True)
        ends = self.losses[:, None] + along[:, None] * np.array([[-1.0], [1.0]])
        return ends[..., 0], ends[..., 1]

    @property
    def missed(self) -> float:
        """The share of the front, by its length in the losses, that no weight comes near."""
        if self.scene.front is None:
            return 0.0
        near = np.abs(self.front[:, None] - self.losses[None]).max(-1).min(1)
        return float((near > 0.05 * self.spans.max()).mean())


def share_of(weight: ArrayLike, factor: float) -> Array:
    """The weight that does the same when the second loss is not multiplied by ``factor``."""
    weight = np.asarray(weight, float)
    return weight / (weight + (1 - weight) * factor)


def trade_off(
    scene: Scene, weights: ArrayLike, factor: float = 1.0, progress: Progress | None = None
) -> TradeOff:
    """Everything the pictures show, for weights (m,) between 0 and 1.

    ``progress`` hears the share that is done, in four parts.
    """
    weights = np.asarray(weights, float)
    shares = share_of(weights, factor)
    thetas = pareto_front(scene.first, scene.second, np.clip(shares, EDGE, 1 - EDGE))
    if progress:
        progress(1 / 4)
    whole = scene.front if scene.front is not None else _spread(scene)
    if progress:
        progress(2 / 4)
    window = scene.window or around(whole)
    a, b = (np.linspace(*side, GRID) for side in window)
    plane = axes(2, 0, 1, scene.names)
    first, second = (
        evaluate_plane(Combined([(1.0, each)]), plane, a, b, part(progress, 2 + k, 4))
        for k, each in enumerate((scene.first, scene.second))
    )
    return TradeOff(
        scene,
        first,
        second,
        weights,
        shares,
        thetas,
        both(scene, thetas),
        np.array([_lowest(scene.first), _lowest(scene.second)]),
        conflict(scene, plane.point(*np.meshgrid(a, b))),
        both(scene, whole),
        factor,
    )


def both(scene: Scene, thetas: Array) -> Array:
    """(..., 2) parameters to (..., 2) losses."""
    return np.stack([scene.first.value(thetas), scene.second.value(thetas)], axis=-1)


def conflict(scene: Scene, thetas: Array) -> Array:
    """(..., 2) to (...): the cosine between the two gradients, 0 where one of them vanishes.

    A gradient vanishes where it is only the rounding of the largest among the thetas: in which
    direction it points there would be up to the machine.
    """
    gradients = scene.first.gradient(thetas), scene.second.gradient(thetas)
    lengths = [np.linalg.norm(each, axis=-1, keepdims=True) for each in gradients]
    firm = [each > ROUNDING * each.max(initial=0.0) for each in lengths]
    one, two = (
        np.where(there, each / np.where(there, length, 1.0), 0.0)
        for each, length, there in zip(gradients, lengths, firm, strict=True)
    )
    return np.asarray((one * two).sum(-1))


def around(points: Array) -> Window:
    """A square window around points (m, 2), with room on all sides."""
    low, high = points.min(0), points.max(0)
    long = float((high - low).max())
    if long <= POINT * max(1.0, float(np.abs(points).max())):  # both losses agree: a point
        long = 1.0
    middle, half = (low + high) / 2, (0.5 + MARGIN) * long
    a, b = ((float(m - half), float(m + half)) for m in middle)
    return a, b


def _spread(scene: Scene) -> Array:
    """(m, 2) the front with weights so close to 0 and 1 that both ends are shown."""
    steps = 1 / (1 + np.exp(-np.linspace(-7, 7, 81)))
    return pareto_front(scene.first, scene.second, [EDGE, *steps, 1 - EDGE])


def _lowest(loss: Any) -> float:
    return minimize(Combined([(1.0, loss)])).value
