"""Sharing a surface out to threads: tiles fixed by the problem, one BLAS thread each.

A tile is never cut by the number of workers, so the bits of a surface do not depend on the
machine or its load.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache
from itertools import islice
from math import prod
from threading import local
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from lossviz.objectives.blas import one_blas_thread

Progress = Callable[[float], None]

LINE = 64  # bytes of a cache line
CACHE_ELEMENTS = 2**14  # float64 numbers in one buffer; five or six of them stay in an L2 cache


def part(progress: Progress | None, number: int, of: int) -> Progress | None:
    """What the ``number``-th of ``of`` equal parts of some work tells of itself."""
    return progress and (lambda fraction: progress((number + fraction) / of))


def share(tasks: Sequence[Callable[[], None]], progress: Progress | None = None) -> None:
    """Run every task; ``progress`` hears the fraction done, in the caller's own thread.

    What a task or ``progress`` raises ends the work: tasks not yet begun are dropped, and the
    exception goes to the caller.  That is how a long survey is left.  A few tasks at a time go to
    the pool, so that a short survey is not behind the whole of a long one.
    """
    with one_blas_thread():
        if len(tasks) == 1:
            tasks[0]()
            if progress:
                progress(1.0)
        else:
            _run(tasks, progress)


def _run(tasks: Sequence[Callable[[], None]], progress: Progress | None) -> None:
    left, done = iter(tasks), 0
    running: set[Future[None]] = set()
    try:
        while True:
            running.update(_pool().submit(each) for each in islice(left, _ahead() - len(running)))
            if not running:
                return
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                future.result()
                done += 1
                if progress:
                    progress(done / len(tasks))
    finally:
        for future in running:
            future.cancel()
        wait(running)


def _ahead() -> int:
    """How many tasks of one survey are given out: the pool serves others between them."""
    return 4 * _threads


def spans(total: int, size: int) -> list[slice]:
    """Consecutive slices of at most ``size`` that cover ``range(total)``."""
    return [slice(at, min(at + size, total)) for at in range(0, total, size)]


def scratch(name: str, shapes: Sequence[tuple[int, ...]], dtype: DTypeLike) -> list[NDArray[Any]]:
    """Uninitialised arrays that this thread used before under ``name`` and will use again.

    Touching fresh memory can cost more than the arithmetic done in it.  Each begins on a cache
    line: what straddles two is read and written twice.
    """
    line = LINE // np.dtype(dtype).itemsize
    sizes = [prod(shape) for shape in shapes]
    begins = np.cumsum([0, *(-(-size // line) * line for size in sizes)]).tolist()
    needed = begins[-1] * np.dtype(dtype).itemsize
    memory = _kept.__dict__.get(name)
    if memory is None or len(memory) < needed:
        fresh = np.empty(needed + LINE, np.uint8)
        memory = _kept.__dict__[name] = fresh[-fresh.ctypes.data % LINE :]
    flat = memory[:needed].view(dtype)
    return [
        flat[begin : begin + size].reshape(shape)
        for begin, size, shape in zip(begins, sizes, shapes, strict=False)
    ]


_kept = local()


def alone() -> None:
    """One thread from now on: for a process that is itself one of several workers."""
    global _threads
    _threads = 1


_threads = os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_threads, thread_name_prefix="surface")
