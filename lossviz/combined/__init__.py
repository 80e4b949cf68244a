"""Several losses at once: what a weight between two of them does, and schemes that choose it."""

from lossviz.combined.catalogue import SCENES
from lossviz.combined.scenes import Hill, Scene
from lossviz.combined.schemes import SCHEMES, Run, race
from lossviz.combined.targets import columns, linnerud, two_targets
from lossviz.combined.trade_off import TradeOff, conflict, share_of, trade_off

__all__ = [
    "SCENES", "SCHEMES", "Hill", "Run", "Scene", "TradeOff", "columns", "conflict",
    "linnerud", "race",
    "share_of", "trade_off", "two_targets",
]  # fmt: skip
