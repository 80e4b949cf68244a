"""Famous pictures, one click away: links to states of the lenses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Example(NamedTuple):
    """A page in a state: what a link to it says."""

    title: str
    icon: str
    file: str
    query: Mapping[str, str]


FAMOUS = (
    Example(
        "The creases of absolute error",
        ":material/change_history:",
        "pages/surface.py",
        {"data": "anscombe", "loss": "absolute"},
    ),
    Example(
        "Cross-entropy, a bowl that flattens",
        ":material/ssid_chart:",
        "pages/surface.py",
        {"task": "binary"},
    ),
    Example(
        "Many valleys: a sine wave's loss",
        ":material/waves:",
        "pages/surface.py",
        {"data": "sine_wave", "model": "sine"},
    ),
)
