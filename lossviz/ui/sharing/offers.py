"""Files that a page offers: named where they are computed, made when somebody asks.

A page, or a part of one, names each result once a run::

    offers.surface("Surface", land)
    offers.path("Path of Adam", trajectory, names)

and the panel Share lists them.  Nothing is written before a reader clicks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from lossviz import exports
from lossviz.exports import Export
from lossviz.landscapes import Landscape
from lossviz.landscapes.landscape import Path

Make = Callable[[], Export]
_KEY = "_offers"
_WORDS = "_shown_problem"


def begin() -> None:
    """A page starts to run: what another one offered is no longer on the screen."""
    st.session_state[_KEY] = {}
    st.session_state[_WORDS] = {}


def add(label: str, make: Make) -> None:
    """Offer a result under a label that no other on the page has; a later one takes its place."""
    st.session_state.setdefault(_KEY, {})[label] = make


def surface(label: str, landscape: Landscape) -> None:
    """Offer a landscape."""
    add(label, lambda: exports.surface(landscape, label))


def path(label: str, walked: Path, names: Sequence[str] = ()) -> None:
    """Offer the points of a path with their loss."""
    add(label, lambda: exports.path(walked, names))


def withdraw(label: str) -> None:
    """Take back what was offered: the page shows something else."""
    st.session_state.get(_KEY, {}).pop(label, None)


def problem(words: Mapping[str, str]) -> None:
    """Say which problem the page shows, also what a link leaves out because it is usual here."""
    st.session_state[_WORDS] = dict(words)


def words() -> dict[str, str]:
    """The words of the problem that the page shows; empty where it shows none."""
    found: dict[str, str] = st.session_state.get(_WORDS, {})
    return found


def all() -> dict[str, Make]:
    """What has been offered in this run, in order."""
    found: dict[str, Make] = st.session_state.get(_KEY, {})
    return found
