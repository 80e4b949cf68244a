"""Descents: paths with their endings, and thousands of starts of which the ends are kept."""

from lossviz.descent.basins import Basins, settle, stochastic_gradients, sweep
from lossviz.descent.endings import KINDS, Ending
from lossviz.descent.trajectory import Trajectory, descend

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
