"""Pictures that take long: coarse at first, and fine once these have been drawn.

A page makes what it draws over a grid by ``drawn`` and calls ``finish`` where its pictures end.
What comes after that, sentences above all, never sees a coarse one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any, TypeVar

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.ui.bars import NOTHING, Shelf

Array = NDArray[np.floating]
Grid = tuple[Array, Array]  # coordinates along both axes
R = TypeVar("R")
LONG = 0.3  # seconds of work before which nothing need be seen
QUICK = 0.15  # seconds for the coarse one
LEAST, MOST = 11, 51  # its points along an axis
_fine = Shelf(256)  # what has been made fine, by its key, for every visitor
_LEFT = "_coarse"


def begin() -> None:
    """A run of the page begins: what an earlier one has left undone is no longer wanted."""
    st.session_state[_LEFT] = []


def drawn(
    make: Callable[[Sequence[Grid]], R], grids: Sequence[Grid], seconds: float, key: Hashable
) -> R:
    """``make(grids)``, at first over fewer points where that takes longer than a moment.

    ``seconds`` is about how long it takes, and ``key`` decides what is made.  The fewer points
    begin and end where the many do, so the window stays.
    """
    if seconds <= LONG or _fine.get(key) is not NOTHING:
        return make(grids)
    left: list[tuple[Hashable, Callable[[], Any]]] = st.session_state[_LEFT]
    left.append((key, partial(make, grids)))
    share = np.sqrt(QUICK / seconds)
    return make([(_thinned(a, share), _thinned(b, share)) for a, b in grids])


def _thinned(line: Array, share: float) -> Array:
    side = int(np.clip(share * len(line), LEAST, MOST))
    return line if side >= len(line) else np.linspace(line[0], line[-1], side)


def finish() -> None:
    """Make fine what this run has drawn coarse, and draw the page again; nothing if all is fine.

    A newer change of the page stops it, as it stops all that shows a bar.
    """
    left: list[tuple[Hashable, Callable[[], Any]]] = st.session_state[_LEFT]
    for key, make in left:
        make()
        _fine.put(key, True)
    if left:
        st.rerun()
