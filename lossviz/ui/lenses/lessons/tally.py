"""Tallies of a classroom: answers counted in memory, without names, off at first."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass, field

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as a digit
ROOMS, BROWSERS, QUESTIONS = 50, 500, 200  # most of each that are kept
IDLE = 4 * 3600.0  # seconds after which a room that nobody used is gone


@dataclass
class _Room:
    used: float
    answers: dict[str, dict[str, str]] = field(
        default_factory=dict
    )  # question -> browser -> answer


class Rooms:
    """All rooms of one server.  Safe to use from several threads."""

    def __init__(self) -> None:
        self._rooms: OrderedDict[str, _Room] = OrderedDict()
        self._lock = threading.Lock()

    def open(self) -> str:
        """The code of a new room; beyond ``ROOMS`` the one that rested longest is closed."""
        with self._lock:
            self._sweep()
            while len(self._rooms) >= ROOMS:
                self._rooms.popitem(last=False)
            code = "".join(secrets.choice(LETTERS) for _ in range(5))
            self._rooms[code] = _Room(time.monotonic())
            return code

    def known(self, code: str) -> bool:
        """Whether a room with this code is open."""
        with self._lock:
            self._sweep()
            return code in self._rooms

    def answer(self, code: str, question: str, browser: str, answer: str) -> bool:
        """Count a browser's answer in place of its last; False where the room is full or shut."""
        with self._lock:
            room = self._used(code)
            if room is None:
                return False
            if question not in room.answers and len(room.answers) >= QUESTIONS:
                return False
            given = room.answers.setdefault(question, {})
            if browser not in given and len(given) >= BROWSERS:
                return False
            given[browser] = answer
            return True

    def counts(self, code: str, question: str) -> Counter[str]:
        """How many browsers gave each answer."""
        with self._lock:
            room = self._used(code)
            return Counter(room.answers.get(question, {}).values() if room else ())

    def _used(self, code: str) -> _Room | None:
        self._sweep()
        room = self._rooms.get(code)
        if room is not None:
            room.used = time.monotonic()
            self._rooms.move_to_end(code)
        return room

    def _sweep(self) -> None:
        late = time.monotonic() - IDLE
        while self._rooms and next(iter(self._rooms.values())).used < late:
            self._rooms.popitem(last=False)
