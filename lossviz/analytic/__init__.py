"""Textbook terrains: ``ANALYTIC`` is id -> ground to survey and descend, without data."""

from __future__ import annotations

from lossviz.analytic.base import CriticalPoint, Terrain
from lossviz.analytic.hills import GoldsteinPrice, SixHumpCamel, StyblinskiTang, ThreeHumpCamel
from lossviz.analytic.valleys import (
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
from lossviz.analytic.waves import Ackley, Branin, Easom, Levy13, McCormick, Rastrigin

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
