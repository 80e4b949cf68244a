"""Turns of many visitors: a few runs at a time, and long work apart from short.

A page's run waits for its turn; so does a training, in a line of its own.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lossviz.patience import waiting

LOOK = 0.05  # seconds of work between two looks at whether the visitor has changed something
WAKE = 0.2  # seconds between looks at whether the visitor is still waiting
SHORT = 0.5  # seconds for which a page's run keeps others waiting


def heed(fraction: float = 0.0) -> None:
    """Leave this run where its visitor has changed something since, or has gone.

    As ``progress`` of a computation it stops one whose result nobody will see; a finished one
    (``fraction`` 1) is kept.  Outside a page it does nothing.
    """
    if fraction < 1 and get_script_run_ctx(suppress_warning=True) is not None:
        st.session_state.get("heed")  # Streamlit looks for newer requests whenever it is asked


def looking() -> Callable[[], None]:
    """``heed`` as often as somebody could tell: what it costs is no part of the shortest work."""
    begun = time.monotonic()

    def look() -> None:
        nonlocal begun
        if (now := time.monotonic()) >= begun + LOOK:
            begun = now
            heed()

    return look


class _Ticket:
    """A place in the line; ``begun`` is when its work began, ``tell`` hears who is in front."""

    def __init__(self, tell: Callable[[int], None] | None) -> None:
        self.tell = tell
        self.begun = math.inf
        self.moved = Event()


class Turns:
    """So many at a time; the others wait in the order in which they came.

    Who has been at work for ``longest`` seconds goes on, but no longer keeps anybody waiting.
    """

    def __init__(
        self,
        places: int,
        longest: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places, self._longest, self._clock = places, longest, clock
        self._line: list[_Ticket] = []  # those in front are at work
        self._lock = Lock()

    @contextmanager
    def turn(self, tell: Callable[[int], None] | None = None) -> Iterator[None]:
        """Wait for a place and hold it; ``tell`` hears how many must end first as that changes.

        What ``tell`` or ``heed`` raises while waiting leaves the line.
        """
        ticket, known = _Ticket(tell), 0
        with self._lock:
            self._line.append(ticket)
        try:
            while before := self._before(ticket):
                if tell and before != known:
                    tell(before)
                    known = before
                heed()
                ticket.moved.wait(WAKE)
                ticket.moved.clear()
            yield
        finally:
            with self._lock:
                self._line.remove(ticket)
                self._wake()

    def _before(self, ticket: _Ticket) -> int:
        """How many must end before this one begins, which it does where that is none."""
        with self._lock:
            late = self._clock() - self._longest
            ahead = self._line[: self._line.index(ticket)]
            before = max(0, sum(each.begun > late for each in ahead) - self._places + 1)
            if not before:
                ticket.begun = self._clock()
            return before

    def _wake(self) -> None:
        """Those who may begin look again, and those who tell how many are in front of them."""
        waiting = [each for each in self._line if math.isinf(each.begun)]
        for each in waiting:
            if each.tell or each in waiting[: self._places]:
                each.moved.set()


CORES = os.cpu_count() or 1
SLOW = Turns(max(1, CORES - 1))  # trainings: a core is left to everybody's pages
# More runs at once than cores take turns at the interpreter's lock, every 5 milliseconds, and at
# the processor's caches: each ends later and none sooner.
PAGES = Turns(CORES, SHORT)


@contextmanager
def page() -> Iterator[None]:
    """A page's run: in its turn, and left for a newer change wherever it evaluates an objective."""
    with PAGES.turn(), waiting(looking()):
        yield
