"""A limit of one BLAS thread while small systems are solved, shared by all who ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from threading import Lock

from threadpoolctl import LibController, ThreadpoolController


@cache
def controller() -> ThreadpoolController:
    """The BLAS libraries that are loaded, found once."""
    return ThreadpoolController().select(user_api="blas")


class _Limit:
    """How many are at work under the limit, and each library's threads before the first of them."""

    lock = Lock()
    running = 0
    before: Sequence[tuple[LibController, int]] = ()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """The limit belongs to the process, so the first who works sets it and the last lifts it.

    Even for a single task: two BLAS threads spin for each other, and on a busy machine a product
    of a tenth of a millisecond then takes five.
    """
    with _Limit.lock:
        if not _Limit.running:
            # threadpoolctl's own limit asks for much more, which costs as much as a small fit
            libraries = controller().lib_controllers
            _Limit.before = [(each, each.get_num_threads()) for each in libraries]
            for library in libraries:
                library.set_num_threads(1)
        _Limit.running += 1
    try:
        yield
    finally:
        with _Limit.lock:
            _Limit.running -= 1
            if not _Limit.running:
                for library, threads in _Limit.before:
                    library.set_num_threads(threads)
