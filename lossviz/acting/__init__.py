"""Losses for acting: small worlds whose return is known exactly, and agents that climb it."""

from lossviz.acting.agents import AGENTS, Cloud, Run, climb, cloud, steps_to, walks
from lossviz.acting.worlds import WORLDS, Tied, World, best_actions, first_reward

__all__ = [
    "AGENTS", "WORLDS", "Cloud", "Run", "Tied", "World", "best_actions", "climb", "cloud",
    "first_reward", "steps_to", "walks",
]  # fmt: skip
