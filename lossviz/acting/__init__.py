"""Losses for acting: small environments whose return is known exactly, and agents that climb it."""

from lossviz.acting.agents import AGENTS, Cloud, Run, climb, cloud, steps_to, walks
from lossviz.acting.environments import (
    DISCOUNT,
    ENVIRONMENTS,
    Environment,
    Tied,
    best_actions,
    degrees_apart,
    needs_differ,
    worth_reaching,
)

__all__ = [
    "AGENTS", "DISCOUNT", "ENVIRONMENTS", "Cloud", "Environment", "Run", "Tied", "best_actions",
    "climb", "cloud", "degrees_apart", "needs_differ", "steps_to", "walks", "worth_reaching",
]  # fmt: skip
