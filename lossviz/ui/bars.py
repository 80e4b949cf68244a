"""Work that takes seconds: it says what it does, is left for a newer change, and is kept."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from hashlib import blake2b
from inspect import signature
from itertools import compress
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lossviz.landscapes.engines.threads import Progress
from lossviz.patience import waiting
from lossviz.ui.turns import heed, looking

P = ParamSpec("P")
R = TypeVar("R")
QUIET = 0.3  # seconds of work before a bar appears
PAUSE = 0.1  # seconds between two looks of the bar
MOMENT = 0.05  # seconds of work before a spinner is readied; Streamlit shows it half a second later
LONG = 1000  # bytes of an array that are no longer kept to know it by
NOTHING = object()


class Shelf:
    """The last ``most`` results, by what they were made of."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[Any, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Any) -> Any:
        with self._lock:
            if key not in self._held:
                return NOTHING
            self._held.move_to_end(key)
            return self._held[key]

    def put(self, key: Any, result: Any) -> None:
        with self._lock:
            self._held[key] = result
            while len(self._held) > self._most:
                self._held.popitem(last=False)


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
        shelf = Shelf(most)

        @wraps(make)
        def found(*args: P.args, **kwargs: P.kwargs) -> R:
            place = st.empty()
            key = _key(args, kwargs)
            if (known := shelf.get(key)) is not NOTHING:
                return known
            bar = _Bar(place, what)
            result = make(bar, *args, **kwargs)
            if bar.shown:
                place.empty()
            shelf.put(key, result)
            return result

        return found

    return keeping


def searched(what: str, most: int = 32) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The same for work that cannot tell how far it is: a spinner says ``what`` is done.

    It is left for a newer change wherever an objective is evaluated (``lossviz.patience``).
    Arguments whose names begin with _ are no part of what it is kept by.
    ``st.cache_data`` would start a thread for the spinner of the shortest work, and copy results.
    """

    def keeping(make: Callable[P, R]) -> Callable[P, R]:
        shelf = Shelf(most)
        counts = [not name.startswith("_") for name in signature(make).parameters]

        @wraps(make)
        def found(*args: P.args, **kwargs: P.kwargs) -> R:
            key = _key(tuple(compress(args, counts)), kwargs)
            if (known := shelf.get(key)) is not NOTHING:
                return known
            with ExitStack() as shown, waiting(_Spinner(shown, what)):
                result = make(*args, **kwargs)
            shelf.put(key, result)
            return result

        return found

    return keeping


def _key(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(map(hashable, (*args, *kwargs.items())))


def hashable(value: Any) -> Any:
    """An array by its numbers, which cannot be a key itself; a long one by a digest of them."""
    if isinstance(value, np.ndarray):
        numbers = value.tobytes()
        if len(numbers) > LONG:
            numbers = blake2b(numbers, digest_size=16).digest()
        return value.dtype.str, value.shape, numbers
    return value


class _Spinner:
    """Shows what is done, once it has taken a moment, until ``shown`` is closed."""

    def __init__(self, shown: ExitStack, what: str) -> None:
        self._shown, self._what = shown, what
        self._look = looking()
        self._from: float | None = time.monotonic() + MOMENT

    def __call__(self) -> None:
        self._look()
        if self._from is not None and time.monotonic() >= self._from:
            self._from = None
            self._shown.enter_context(st.spinner(self._what))


class _Bar:
    """How far some work is, once it has taken a moment."""

    def __init__(self, place: DeltaGenerator, what: str) -> None:
        self._place, self._what = place, what
        self._next = time.monotonic() + QUIET
        self._share = 0.0
        self.shown = False

    def __call__(self, fraction: float) -> None:
        heed(fraction)
        if (now := time.monotonic()) >= self._next:
            self._next, self.shown = now + PAUSE, True
            # threads tell how far each of them is, not always in order
            self._share = min(max(fraction, self._share), 1.0)
            self._place.progress(self._share, f"{self._what} …")
