"""Progress bars of work that takes seconds: left when the visitor changes something, cached."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lossviz.landscapes.engines.threads import Progress
from lossviz.ui.turns import heed

P = ParamSpec("P")
R = TypeVar("R")
QUIET = 0.3  # seconds of work before a bar appears
PAUSE = 0.1  # seconds between two looks of the bar


def kept(
    what: str, most: int = 32
) -> Callable[[Callable[Concatenate[Progress, P], R]], Callable[P, R]]:
    """Keep the last ``most`` results of a function for every visitor, by its other arguments.

    The function's first argument is a progress, which shows ``what`` is done as a bar and leaves
    the work where its visitor has asked for something newer.  Arguments are arrays and what can be
    a key; results are shared and must not be changed.  ``st.cache_data`` would play the bar again
    with every result it has kept.
    """

    def keeping(make: Callable[Concatenate[Progress, P], R]) -> Callable[P, R]:
        held: OrderedDict[Any, R] = OrderedDict()
        lock = Lock()

        @wraps(make)
        def found(*args: P.args, **kwargs: P.kwargs) -> R:
            place = st.empty()
            key = tuple(map(hashable, (*args, *kwargs.items())))
            with lock:
                if key in held:
                    held.move_to_end(key)
                    return held[key]
            result = make(_Bar(place, what), *args, **kwargs)
            place.empty()
            with lock:
                held[key] = result
                while len(held) > most:
                    held.popitem(last=False)
            return result

        return found

    return keeping


def hashable(value: Any) -> Any:
    """An array by its numbers, which cannot be a key itself."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    return value


class _Bar:
    """How far some work is, once it has taken a moment."""

    def __init__(self, place: DeltaGenerator, what: str) -> None:
        self._place, self._what = place, what
        self._next = time.monotonic() + QUIET
        self._share = 0.0

    def __call__(self, fraction: float) -> None:
        heed(fraction)
        if (now := time.monotonic()) >= self._next:
            self._next = now + PAUSE
            # threads tell how far each of them is, not always in order
            self._share = min(max(fraction, self._share), 1.0)
            self._place.progress(self._share, f"{self._what} …")
