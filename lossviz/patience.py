"""Long work asks, wherever an objective is evaluated, whether anybody still waits for it.

Who waits says so once, ``with patience.waiting(ask): ...``, and ``ask`` raises when the result is
wanted no more: searches need not be handed anything.  Work in other threads does not ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ASK: ContextVar[Callable[[], None] | None] = ContextVar("ask", default=None)


def go_on() -> None:
    """Raises what the one who waits raises; nothing where nobody has said that he waits."""
    ask = _ASK.get()
    if ask is not None:
        ask()


@contextmanager
def waiting(ask: Callable[[], None] | None) -> Iterator[None]:
    """Meanwhile ``go_on`` asks this; None asks nobody, where work must not be left half way."""
    before = _ASK.set(ask)
    try:
        yield
    finally:
        _ASK.reset(before)
