"""Surfaces of two penalised weights, computed once for all strengths."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RectBivariateSpline

from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import Plane, axes
from lossviz.penalties import NoPenalty
from lossviz.regularization.level_sets import budget_curves, closed_curves
from lossviz.regularization.path import MinimumPath, gone_at, inserted, minimum_path, strength_grid
from lossviz.regularization.quadratic import unit
from lossviz.regularization.reduced_risk import WeightsOnly

Array = NDArray[np.floating]
Curves = tuple[Array, Array]
POINTS = 61
MARGIN = 0.45  # of the longer weight, on every side


@dataclass(frozen=True, eq=False)
class Scene:
    """Two weights under a penalty of growing strength.

    ``a`` (i,), ``b`` (j,) the grid, with 0 on it so that kinks lie on grid lines; ``data`` (j, i)
    the loss above its lowest, ``penalty_values`` (j, i) the penalty at strength 1.  ``budget`` and
    ``touching`` are curves (k, m), (k, m): the penalty's and the data loss's level sets through
    the minimum at each strength; None where there are none.  ``valley`` (2, 2) are two ends of
    the flat floor of the data loss, where it has one.  ``gone`` is the strength from which on each
    weight is exactly zero, None where it never becomes so.
    """

    names: tuple[str, str]
    path: MinimumPath
    a: Array
    b: Array
    data: Array
    penalty_values: Array
    floor: float
    budget: Curves | None
    touching: Curves | None
    valley: Array | None
    gone: tuple[float | None, ...]

    @property
    def top(self) -> float:
        """The highest data loss shown; pictures that are compared end there."""
        return float(self.data.max())

    @property
    def plane(self) -> Plane:
        return axes(2, 0, 1, self.names)

    def heights(self) -> tuple[Array, Array, Array]:
        """(k,) each: the data loss above its lowest, the penalty, and their sum, on the path."""
        data = self.path.data - self.floor
        penalty = self.path.strengths * self.path.budgets
        return data, penalty, data + penalty


def scene(reduced: WeightsOnly, now: float | None = None) -> Scene:
    """The scene for a grid of strengths that includes ``now``, where that is a number.

    Raises ValueError when the model has another number of weights than two.
    """
    if reduced.layout.size != 2:
        raise ValueError(
            f"These pictures show two weights; the model has {reduced.layout.size}. "
            "Choose a dataset with two features."
        )
    found = _scene(reduced, strength_grid(reduced))
    return found if now is None else including(found, reduced, now)


def including(scene: Scene, reduced: WeightsOnly, strength: float) -> Scene:
    """The scene of a grid of strengths with one more among them, on the same grid of weights.

    Where that strength's minimum lies outside the grid, everything is made anew around all minima.
    """
    if strength in scene.path.strengths:
        return scene
    step = int(np.searchsorted(scene.path.strengths, strength))
    one = minimum_path(reduced, [strength])
    for line, weight in zip((scene.a, scene.b), one.weights[0], strict=True):
        if not line[0] < weight < line[-1]:  # NaN: the data are separable, and there is none
            return _scene(reduced, np.insert(scene.path.strengths, step, strength))
    *_, reach = _window(scene.path)
    budget = budget_curves(reduced.penalty, one.budgets, reach)
    bare = WeightsOnly(replace(reduced.risk, penalty=NoPenalty()))
    touching = _touching(
        bare, scene.path.weights[0], one.data, (scene.a, scene.b, scene.data + scene.floor), reach
    )
    return replace(
        scene,
        path=inserted(scene.path, one, step),
        budget=_inserted(scene.budget, budget, step),
        touching=_inserted(scene.touching, touching, step),
    )


def _inserted(curves: Curves | None, one: Curves | None, step: int) -> Curves | None:
    if curves is None or one is None:
        return None
    x, y = (np.insert(all_, step, row, axis=0) for all_, row in zip(curves, one, strict=True))
    return x, y


def _scene(reduced: WeightsOnly, strengths: Array) -> Scene:
    path = minimum_path(reduced, strengths)
    a, b, reach = _window(path)
    bare = WeightsOnly(replace(reduced.risk, penalty=NoPenalty()))
    names = ("weight of " + reduced.names[0], "weight of " + reduced.names[1])
    values = evaluate_plane(bare, axes(2, 0, 1), a, b).values
    floor = float(path.data[0]) if np.isfinite(path.data[0]) else 0.0
    penalty_values = unit(reduced.penalty).value(np.stack(np.meshgrid(a, b), axis=-1))
    budget = budget_curves(reduced.penalty, path.budgets, reach)
    return Scene(
        names, path, a, b, values - floor, penalty_values, floor, budget,
        _touching(bare, path.weights[0], path.data, (a, b, values), reach),
        _valley(bare, path.weights[0], reach),
        gone_at(reduced, path),
    )  # fmt: skip


def _window(path: MinimumPath) -> tuple[Array, Array, float]:
    """Grid lines through 0 along both axes, one scale for both, and how far a ray may go."""
    seen = path.weights[~np.isnan(path.weights).any(-1)]  # every minimum there is
    span = float(np.abs(seen).max()) or 1.0
    lines = []
    for weight in seen.T:
        low, high = min(weight.min(), 0) - MARGIN * span, max(weight.max(), 0) + MARGIN * span
        before = round((POINTS - 1) * -low / (high - low))
        step = max(-low / before, high / (POINTS - 1 - before))
        lines.append(step * (np.arange(POINTS) - before))
    return lines[0], lines[1], 8 * span


def _touching(
    bare: WeightsOnly,
    minimiser: Array,
    levels: Array,
    grid: tuple[Array, Array, Array],
    reach: float,
) -> Curves | None:
    """The level sets of the data loss around its lowest point; None where it has none."""
    if np.isnan(minimiser).any():
        return None
    if bare.quadratic is not None:
        return closed_curves(bare.data_value, minimiser, levels, reach)
    a, b, values = grid
    surface = RectBivariateSpline(b, a, values)

    def height(w: Array) -> Array:
        return surface.ev(np.clip(w[..., 1], b[0], b[-1]), np.clip(w[..., 0], a[0], a[-1]))

    return closed_curves(height, minimiser, levels, reach)


def _valley(bare: WeightsOnly, minimiser: Array, reach: float) -> Array | None:
    if np.isnan(minimiser).any():
        return None
    values, vectors = np.linalg.eigh(bare.data_hessian(minimiser))
    if values[0] > 1e-12 * values[-1] or not values[-1]:
        return None
    return minimiser + reach * np.array([[-1.0], [1.0]]) * vectors[:, 0]
