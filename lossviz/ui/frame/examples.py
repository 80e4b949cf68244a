"""Famous pictures, one click away: links to states of the lenses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Example(NamedTuple):
    """A page in a state: what a link to it says, and what to look for there."""

    key: str
    title: str
    icon: str
    file: str
    query: Mapping[str, str]
    says: str


FAMOUS = (
    Example(
        "outlier",
        "One outlier, squared and absolute error",
        ":material/scatter_plot:",
        "pages/outliers.py",
        {"data": "anscombe"},
        "Drag it: one minimum follows it, the other stays.",
    ),
    Example(
        "diamond",
        "The L1 diamond and its exact zeros",
        ":material/diamond:",
        "pages/regularization.py",
        {"data": "diabetes_pair", "penalty": "l1"},
        "Play λ: the minimum moves to the kink of the penalty and stays on it.",
    ),
    Example(
        "skips",
        "Deep networks, with and without skips",
        ":material/hub:",
        "pages/neural_networks.py",
        {"task": "binary", "bdata": "moons"},
        "Trained while you wait, drawn on one scale, with what the slices hide.",
    ),
)
