"""Descents: paths with their endings, and thousands of starts of which the ends are kept."""

from lossviz.trajectories.basins import Basins, settle, stochastic_gradients, sweep
from lossviz.trajectories.endings import KINDS, Ending
from lossviz.trajectories.path import Trajectory, descend

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
