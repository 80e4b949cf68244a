"""Objectives: what is minimised, as functions of one flat parameter vector."""

from lossviz.objectives.analytic import ANALYTIC
from lossviz.objectives.risk import Objective, Quadratic, Risk

__all__ = ["ANALYTIC", "Objective", "Quadratic", "Risk"]
