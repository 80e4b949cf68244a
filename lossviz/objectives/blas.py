"""A limit of one BLAS thread while small systems are solved, shared by all who ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

from threadpoolctl import ThreadpoolController


@cache
def controller() -> ThreadpoolController:
    """The BLAS libraries that are loaded, found once."""
    return ThreadpoolController()


class _Limit:
    """How many are at work under the limit, and what to undo after the last of them."""

    lock = Lock()
    running = 0
    undo: Callable[[], None] | None = None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """The limit belongs to the process, so the first who works sets it and the last lifts it.

    Even for a single task: two BLAS threads spin for each other, and on a busy machine a product
    of a tenth of a millisecond then takes five.
    """
    with _Limit.lock:
        if not _Limit.running:
            _Limit.undo = controller().limit(limits=1, user_api="blas").restore_original_limits
        _Limit.running += 1
    try:
        yield
    finally:
        with _Limit.lock:
            _Limit.running -= 1
            if not _Limit.running and _Limit.undo:
                _Limit.undo()
