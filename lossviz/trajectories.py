"""The contract's import path of ``lossviz.descent``."""

from lossviz.descent import (
    KINDS,
    Basins,
    Ending,
    Trajectory,
    descend,
    settle,
    stochastic_gradients,
    sweep,
)

__all__ = [
    "KINDS",
    "Basins",
    "Ending",
    "Trajectory",
    "descend",
    "settle",
    "stochastic_gradients",
    "sweep",
]
