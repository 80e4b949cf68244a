"""Long work of many visitors: each can be left, and only a few run at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

WAKE = 0.2  # seconds between looks at whether the visitor is still waiting


def heed(fraction: float = 0.0) -> None:
    """Leave this run where its visitor has changed something since, or has gone.

    As ``progress`` of a computation it stops one whose result nobody will see; a finished one
    (``fraction`` 1) is kept.  Outside a page it does nothing.
    """
    if fraction < 1 and get_script_run_ctx(suppress_warning=True) is not None:
        st.session_state.get("heed")  # Streamlit looks for newer requests whenever it is asked


class Turns:
    """So many at a time; the others wait in the order in which they came."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._line: list[object] = []  # those in front are at work
        self._moved = Condition()

    @contextmanager
    def turn(self, tell: Callable[[int], None]) -> Iterator[None]:
        """Wait for a place and hold it; ``tell`` hears how many must end first as that changes.

        What ``tell`` or ``heed`` raises while waiting leaves the line.
        """
        ticket, told = object(), 0
        with self._moved:
            self._line.append(ticket)
        try:
            while before := self._before(ticket):
                if before != told:
                    tell(before)
                    told = before
                heed()
                with self._moved:
                    if self._before(ticket) == told:
                        self._moved.wait(WAKE)
            yield
        finally:
            with self._moved:
                self._line.remove(ticket)
                self._moved.notify_all()

    def _before(self, ticket: object) -> int:
        with self._moved:
            return max(0, self._line.index(ticket) - self._places + 1)


SLOW = Turns(max(1, (os.cpu_count() or 1) - 1))  # trainings: a core is left to everybody's pages
