"""Losses for acting: small environments whose return is known exactly, and agents that climb it."""

from lossviz.acting.agents import AGENTS, Cloud, Run, climb, cloud, steps_to, walks
from lossviz.acting.environments import ENVIRONMENTS, Environment, Tied, best_actions, first_reward

__all__ = [
    "AGENTS", "ENVIRONMENTS", "Cloud", "Environment", "Run", "Tied", "best_actions", "climb",
    "cloud", "first_reward", "steps_to", "walks",
]  # fmt: skip
