"""Test functions: ``ANALYTIC`` is id -> function of two parameters, to see and descend."""

from __future__ import annotations

from lossviz.objectives.analytic.base import AnalyticFunction, CriticalPoint
from lossviz.objectives.analytic.multimodal import (
    GoldsteinPrice,
    SixHumpCamel,
    StyblinskiTang,
    ThreeHumpCamel,
)
from lossviz.objectives.analytic.oscillating import (
    Ackley,
    Branin,
    Easom,
    Levy13,
    McCormick,
    Rastrigin,
)
from lossviz.objectives.analytic.valleys import (
    Beale,
    Booth,
    ConvexQuadratic,
    Himmelblau,
    Level,
    Matyas,
    MonkeySaddle,
    Ravine,
    Rosenbrock,
    Saddle,
)

ANALYTIC: dict[str, AnalyticFunction] = {
    each.id: each
    for each in (
        Rosenbrock(),
        Himmelblau(),
        Beale(),
        Saddle(),
        MonkeySaddle(),
        Ravine(),
        Booth(),
        Matyas(),
        ThreeHumpCamel(),
        SixHumpCamel(),
        StyblinskiTang(),
        Rastrigin(),
        Ackley(),
        GoldsteinPrice(),
        McCormick(),
        Branin(),
        Easom(),
        Levy13(),
    )
}

__all__ = ["ANALYTIC", "CriticalPoint", "Level", "ConvexQuadratic", "AnalyticFunction"]
