"""A network small enough to be trained on the spot, and how that is done."""

from __future__ import annotations

from dataclasses import replace

from lossviz.models import Network
from lossviz.networks.training import Run, Training
from lossviz.optimizers import Adam
from lossviz.problem.problem import Problem

RATE, STEPS = 0.01, 300  # of Adam, on all the data at every step


def small(problem: Problem, activation: str, depth: int = 2) -> Problem:
    """The same problem for a plain network of ``depth`` hidden layers of 8 units."""
    return replace(problem, model=Network(width=8, depth=depth, activation=activation))


def train(problem: Problem, seed: int = 0) -> Training:
    """What training it leaves, from the initial weights that ``seed`` draws."""
    risk = problem.risk()
    start = risk.model.start(risk.data.X.shape[1], risk.data.outputs, seed)
    run = Run(risk, Adam(lr=RATE), start, STEPS, None, seed)
    run.advance(STEPS)
    return run.result()
