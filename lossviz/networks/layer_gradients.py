"""Layer gradients: the size of the signal and of its gradient, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lossviz.models import LayeredNetwork
from lossviz.objectives import Risk

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class LayerSizes:
    """Frobenius norms over units and rows of the data, for one or many parameter vectors.

    ``signal`` (..., depth + 1) is |h_l| and ``gradient`` (..., depth + 1) is |dL/dh_l|, from what
    enters the first layer or block to the last hidden layer.  ``tensors`` is the norm (...) of the
    loss's gradient in each weight and bias, by name.
    """

    signal: Array
    gradient: Array
    tensors: dict[str, Array]


def layer_sizes(risk: Risk, theta: Array) -> LayerSizes:
    """The sizes inside the network of ``risk`` at theta (..., p), of the mean loss alone.

    What vanishes or explodes with depth is ``gradient``; the weights' own gradients may stay level
    while it does, because signal and gradient shrink from opposite ends (Glorot & Bengio 2010).
    Raises ValueError when the model has no layers.
    """
    model, X = risk.model, risk.data.X
    if not isinstance(model, LayeredNetwork):
        raise ValueError(
            f"{model.label} has no layers to look into; choose a network or a residual network."
        )
    theta = np.asarray(theta, float)
    upstream = risk.loss.derivative(risk.data.y, model.predict(theta, X)) / len(risk.data)
    layout = risk.layout
    by_weights = layout.split(model.pullback(theta, X, upstream))
    return LayerSizes(
        _norms(model.hidden(theta, X)),
        _norms(model.hidden_gradients(theta, X, upstream)),
        {
            block.name: np.linalg.norm(part.reshape((*theta.shape[:-1], -1)), axis=-1)
            for block, part in zip(layout.blocks, by_weights, strict=True)
        },
    )


def _norms(layers: list[Array]) -> Array:
    return np.stack([np.sqrt((each**2).sum((-2, -1))) for each in layers], axis=-1)
