"""Any loss on a model linear in its parameters: predictions are affine in (a, b)."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes.engines.threads import CACHE_ELEMENTS, Progress, share, spans
from lossviz.landscapes.planes import Plane
from lossviz.objectives import Risk

Array = NDArray[np.floating]

ROWS = 4096
PER_TASK = 2**19  # predictions: about a millisecond of work


def surface(risk: Risk, plane: Plane, a: Array, b: Array, progress: Progress | None) -> Array:
    """(len(b), len(a)): prediction = p0 + a * pu + b * pv, in tiles of points and rows."""
    X, y = risk.data.X, risk.data.y
    corners = np.stack([plane.origin, plane.u, plane.v])
    predictions = np.stack([risk.model.predict(corner, X) for corner in corners])  # (3, n[, k])
    coordinates = np.stack(
        [np.ones(len(a) * len(b)), np.tile(a, len(b)), np.repeat(b, len(a))], axis=1
    )
    values = np.zeros(len(coordinates))
    numbers = predictions[0].size
    rows = max(1, ROWS * len(y) // numbers)
    points = max(1, CACHE_ELEMENTS // min(numbers, ROWS))

    def fill(block: slice) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            for part in spans(len(y), rows):
                known = predictions[:, part]
                flat = known.reshape(3, -1)
                for tile in spans(block.stop - block.start, points):
                    where = slice(block.start + tile.start, block.start + tile.stop)
                    predicted = (coordinates[where] @ flat).reshape(-1, *known.shape[1:])
                    values[where] += risk.loss.value(y[part], predicted).sum(-1)

    blocks = spans(len(values), points * max(1, PER_TASK // (points * numbers)))
    share([partial(fill, block) for block in blocks], progress)
    return (values / len(y)).reshape(len(b), len(a))
