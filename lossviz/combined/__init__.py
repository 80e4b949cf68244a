"""Several losses at once: what a weight between two of them does, and schemes that choose it."""

from lossviz.combined.scenes import SCENES, Hill, Scene
from lossviz.combined.schemes import SCHEMES, Run, race
from lossviz.combined.trade import Trade, conflict, share_of, trade

__all__ = [
    "SCENES", "SCHEMES", "Hill", "Run", "Scene", "Trade", "conflict", "race", "share_of", "trade",
]  # fmt: skip
