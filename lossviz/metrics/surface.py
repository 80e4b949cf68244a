"""A metric at parameter vectors, and over a whole plane of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.landscapes import Landscape
from lossviz.landscapes.engines.threads import CACHE_ELEMENTS, Progress, share, spans
from lossviz.landscapes.landscape import checked
from lossviz.landscapes.planes import Plane
from lossviz.metrics.base import Array, Metric
from lossviz.metrics.classes import Ratio
from lossviz.objectives import Risk

SCORED = 2e-8  # seconds for a prediction


def metric_surface(
    risk: Risk,
    metric: Metric,
    plane: Plane,
    a: ArrayLike,
    b: ArrayLike,
    progress: Progress | None = None,
) -> Landscape:
    """The metric of the risk's data and model at every pair of coordinates a (k,) and b (m,).

    The risk's loss and penalty play no part.  ``values[j, i]`` stands at ``(a[i], b[j])``, in
    double precision whatever the model.  Logits become probabilities by a sigmoid or softmax.
    Raises ValueError when the metric is for another task, is not defined for these labels, or the
    coordinates are those ``evaluate_plane`` refuses.
    """
    a, b = checked(risk, plane, a, b)
    _fits(risk, metric)
    return Landscape(plane, a, b, _over(risk, metric.of_predictions, plane, a, b, progress))


def expected_seconds(risk: Risk, a: ArrayLike, b: ArrayLike) -> float:
    """About how many seconds ``metric_surface`` takes for a (k,) and b (m,), on two cores.

    Right to a factor of ten, for metrics differ; the same on every machine.
    """
    return SCORED * len(risk.data) * risk.data.outputs * np.size(a) * np.size(b)


def undefined_surface(
    risk: Risk,
    metric: Ratio,
    plane: Plane,
    a: ArrayLike,
    b: ArrayLike,
    progress: Progress | None = None,
) -> NDArray[np.bool_]:
    """(j, i) where on the plane the metric is 0/0, which counts as 0.

    Of several classes: where it is 0/0 for one of those that enter the mean.  Raises ValueError as
    ``metric_surface`` does.
    """
    a, b = checked(risk, plane, a, b)
    _fits(risk, metric)
    return _over(risk, metric.undefined, plane, a, b, progress) > 0


def _over(
    risk: Risk,
    of: Callable[[Array, Array], NDArray[Any]],
    plane: Plane,
    a: Array,
    b: Array,
    progress: Progress | None,
) -> Array:
    """(j, i) what ``of`` makes of the labels and the raw predictions at every point."""
    predict = _along(risk, plane)
    y = risk.data.y
    where = np.column_stack([np.tile(a, len(b)), np.repeat(b, len(a))])
    values = np.empty(len(where))

    def fill(block: slice) -> None:
        with np.errstate(all="ignore"):
            values[block] = of(y, predict(where[block]))

    size = max(1, CACHE_ELEMENTS * 2 // (len(y) * risk.data.outputs))
    share([partial(fill, block) for block in spans(len(where), size)], progress)
    return values.reshape(len(b), len(a))


def measure(risk: Risk, metric: Metric, theta: ArrayLike) -> Array:
    """(...) the metric of the risk's data and model at theta (..., p).

    Raises ValueError as ``metric_surface`` does, and for another number of parameters.
    """
    _fits(risk, metric)
    with np.errstate(all="ignore"):
        prediction = risk.model.predict(np.asarray(theta, float), risk.data.X)
        return metric.of_predictions(risk.data.y, prediction)


def _fits(risk: Risk, metric: Metric) -> None:
    if risk.data.task not in metric.tasks:
        raise ValueError(
            f"{metric.label} judges {' and '.join(metric.tasks)} predictions; these data are for "
            f"{risk.data.task}. Choose another metric."
        )
    if why := metric.refuses(risk.data.y, risk.data.outputs):
        raise ValueError(why)


def _along(risk: Risk, plane: Plane) -> Callable[[Array], Array]:
    """Predictions (m, n[, k]) at plane coordinates (m, 2)."""
    model, X = risk.model, risk.data.X
    if model.design(X) is None:
        return lambda where: model.predict(plane.point(where[:, 0], where[:, 1]), X)
    # linear in theta: three products with the data serve every point of the plane
    known = np.stack([model.predict(corner, X) for corner in (plane.origin, plane.u, plane.v)])
    flat = known.reshape(3, -1)

    def affine(where: Array) -> Array:
        coordinates = np.column_stack([np.ones(len(where)), where])
        return (coordinates @ flat).reshape(len(where), *known.shape[1:])

    return affine
