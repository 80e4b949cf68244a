"""Activations of hidden units, with their derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import erf, expit

from lossviz.models.layout import Array


class Activation(NamedTuple):
    """``value(z)``, ``slope(z, value)`` and ``second(z, value)``, the second derivative.

    The last two may reuse the value already computed.
    ``gain`` scales a random start so that the signal keeps its size from layer to layer
    (He et al. 2015 for the rectifiers, Glorot & Bengio 2010 for the others).
    ``odd``: value(-z) = -value(z).  ``homogeneous``: value(cz) = c value(z) for every c > 0.
    """

    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]
    second: Callable[[Array, Array], Array]
    gain: float
    formula: str
    odd: bool = False
    homogeneous: bool = False


def _gelu(z: Array) -> Array:
    return z * 0.5 * (1 + erf(z / math.sqrt(2)))


def _gelu_slope(z: Array, value: Array) -> Array:
    return 0.5 * (1 + erf(z / math.sqrt(2))) + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _gelu_second(z: Array, value: Array) -> Array:
    return (2 - z * z) * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _straight(z: Array, value: Array) -> Array:
    return np.zeros_like(z)


ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation(
        np.tanh,
        lambda z, h: 1 - h * h,
        lambda z, h: -2 * h * (1 - h * h),
        1.0,
        r"\tanh z",
        odd=True,
    ),
    # 0 at the kink, as torch has it
    "relu": Activation(
        lambda z: np.maximum(z, z.dtype.type(0)),
        lambda z, h: (z > 0).astype(z.dtype),
        _straight,
        math.sqrt(2.0),
        r"\max(0, z)",
        homogeneous=True,
    ),
    "gelu": Activation(_gelu, _gelu_slope, _gelu_second, math.sqrt(2.0), r"z\,\Phi(z)"),
    "sigmoid": Activation(
        expit, lambda z, h: h * (1 - h), lambda z, h: h * (1 - h) * (1 - 2 * h), 1.0, r"\sigma(z)"
    ),
    "sine": Activation(np.sin, lambda z, h: np.cos(z), lambda z, h: -h, 1.0, r"\sin z", odd=True),
    "identity": Activation(
        lambda z: z,
        lambda z, h: np.ones_like(z),
        _straight,
        1.0,
        "z",
        odd=True,
        homogeneous=True,
    ),
}
