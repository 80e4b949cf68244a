"""Textbook terrains: ``ANALYTIC`` is id -> surface to survey and descend, without data."""

from __future__ import annotations

from lossviz.objectives.analytic.base import CriticalPoint, Terrain
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
    Himmelblau,
    Level,
    Matyas,
    MonkeySaddle,
    QuadraticBowl,
    Ravine,
    Rosenbrock,
    Saddle,
)

ANALYTIC: dict[str, Terrain] = {
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

__all__ = ["ANALYTIC", "CriticalPoint", "Level", "QuadraticBowl", "Terrain"]
