"""Contenders that do the same work in turns, and a table of how many times slower each is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

BLINK = 0.02
SECONDS = 6.0  # a contender that has used this much gets no further turn
LONG = 20.0  # seconds above which a contender does a part of the work, where it can


class Contender(NamedTuple):
    """``run()`` returns the values; None where the tool is not installed.

    ``part()`` returns the first ``share`` of them: where all would take longer than LONG, by the
    time of one part, it runs instead and its time is scaled up.
    ``where`` picks the entries of our result that the tool's values stand for.
    """

    name: str
    run: Callable[[], np.ndarray] | None
    share: float = 1.0
    part: Callable[[], np.ndarray] | None = None
    where: Any = np.s_[:]


def installed(package: str) -> bool:
    return find_spec(package) is not None


def race(title: str, contenders: Sequence[Contender], rtol: float, turns: int = 7) -> float:
    """Time all in interleaved turns and print a table; the first is ours, and its median returns.

    Printed are wall milliseconds, CPU milliseconds of all threads and wall times of ours.

    Raises AssertionError when a contender's values differ from ours by more than ``rtol``.
    """
    print(f"\n{title}")
    contenders = [_affordable(each) for each in contenders]
    ready = [c for c in contenders if c.run]
    ours = np.asarray(ready[0].run())
    times: dict[str, list[Spent]] = {}
    for each in ready[1:]:
        other = np.ravel(each.run())
        same = np.ravel(ours[each.where])[: len(other)]
        np.testing.assert_allclose(other, same, rtol=rtol, err_msg=each.name)
    for _ in range(turns):
        for each in ready:
            spent = times.setdefault(each.name, [])
            if sum(turn.wall for turn in spent) < SECONDS:
                spent.append(_turn(each.run))
    first = _median(times[ready[0].name]).wall
    print(f"  {'':<36} {'wall':>12} {'CPU':>14} {'times ours':>12}")
    for each in contenders:
        if each.run is None:
            print(f"  {each.name:<36} not installed")
            continue
        wall, cpu = (spent / each.share for spent in _median(times[each.name]))
        part = "" if each.share == 1 else f"   (from {each.share:.2%} of the work)"
        said = f"{1e3 * wall:>9,.2f} ms {1e3 * cpu:>11,.2f} ms {wall / first:>11,.2f}x{part}"
        print(f"  {each.name:<36} {said}")
    sys.stdout.flush()
    return first


def _affordable(contender: Contender) -> Contender:
    """The contender with the whole work or, where that would take too long, its part."""
    if contender.part is None:
        return contender
    begun = time.perf_counter()
    contender.part()
    whole = (time.perf_counter() - begun) / contender.share
    return contender._replace(run=contender.part) if whole > LONG else contender._replace(share=1.0)


class Spent(NamedTuple):
    """Seconds of one run, by the clock and of all threads together."""

    wall: float
    cpu: float


def _turn(run: Callable[[], np.ndarray]) -> Spent:
    """One run; what is over in a blink runs again, so that its code is warm."""
    turns: list[Spent] = []
    while sum(turn.wall for turn in turns) < BLINK:
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        turns.append(Spent(time.perf_counter() - wall, time.process_time() - cpu))
    return _median(turns)


def _median(turns: Sequence[Spent]) -> Spent:
    return Spent(*(float(np.median(each)) for each in zip(*turns, strict=True)))


def least_cpu(run: Callable[[], object], times: int = 3) -> float:
    """CPU seconds of the cheapest of several runs: what other work on the machine adds least to."""
    spent = []
    for _ in range(times):
        begun = time.process_time()
        run()
        spent.append(time.process_time() - begun)
    return min(spent)
