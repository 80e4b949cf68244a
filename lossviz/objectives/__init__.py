"""Objectives: risks, weighted sums and test functions of one flat parameter vector."""

from importlib import import_module
from typing import Any

from lossviz.objectives.analytic import ANALYTIC
from lossviz.objectives.combined import Combined
from lossviz.objectives.policies import Bandit, MarkovDecision
from lossviz.objectives.risk import Objective, Quadratic, Risk

__all__ = ["ANALYTIC", "Bandit", "Combined", "MarkovDecision", "Objective", "Quadratic", "Risk"]


def __getattr__(name: str) -> Any:
    # a front is a list of minima, found two floors up: known here by name, loaded when asked for
    if name == "pareto_front":
        return import_module("lossviz.minima.pareto").pareto_front
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
