"""Sentences about a landscape file."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.landscapes.file import SavedLandscape
from lossviz.landscapes.roughness import local_minima_count, nonconvex_share
from lossviz.text import TIMES, number


def sentences(landscapes: Sequence[SavedLandscape], names: Sequence[str]) -> list[str]:
    """For each file its lowest and highest height and its roughness; for two, how they differ."""
    found = [_one(land, name) for land, name in zip(landscapes, names, strict=True)]
    if len(landscapes) == 2:
        found.insert(0, _pair(landscapes, names))
    return found + [
        f"{name}: {land.note}" for land, name in zip(landscapes, names, strict=True) if land.note
    ]


def _one(land: SavedLandscape, name: str) -> str:
    low, high = land.lowest, land.highest
    gone = land.values.size - int(land.finite.sum())
    over = f" At {gone:,} points the loss overflowed." if gone else ""
    return (
        f"{name}: {len(land.a)}{TIMES}{len(land.b)} heights from {number(low.value)}, at "
        f"({number(low.a)}, {number(low.b)}), to {number(high.value)}. {_rough(land)}{over}"
    )


def _rough(land: SavedLandscape) -> str:
    try:
        share = nonconvex_share(land)
    except ValueError:
        return "Its lines are too few or not evenly spaced to say how rough it is."
    valleys = local_minima_count(land)
    return (
        f"It is not convex at {number(100 * share, 3)}\u00a0% of its inner points and has "
        f"{valleys:,} point{'' if valleys == 1 else 's'} no higher than all neighbours."
    )


def _pair(landscapes: Sequence[SavedLandscape], names: Sequence[str]) -> str:
    low = [land.lowest.value for land in landscapes]
    if low[0] == low[1]:
        return f"Both have the same lowest loss: {number(low[0])}."
    first = int(low[1] < low[0])
    return (
        f"{names[first]} is the lower one: {number(low[first])} against {number(low[1 - first])} "
        "at the lowest point."
    )
