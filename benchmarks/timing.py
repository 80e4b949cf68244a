"""Contenders that do the same work in turns, and a table of how many times slower each is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np

BLINK = 0.02
SECONDS = 6.0  # a contender that has used this much gets no further turn


class Contender(NamedTuple):
    """``run()`` returns the values; ``share`` is the part of the whole work that it does.

    Slow contenders do a part, compared with the first values of the reference, and their time
    is scaled up.  ``run`` is None where the tool is not installed.
    """

    name: str
    run: Callable[[], np.ndarray] | None
    share: float = 1.0


def installed(package: str) -> bool:
    return find_spec(package) is not None


def race(title: str, contenders: Sequence[Contender], rtol: float, turns: int = 7) -> float:
    """Time all in interleaved turns and print a table; the first is ours, and its median returns.

    Raises AssertionError when a contender's values differ from ours by more than ``rtol``.
    """
    print(f"\n{title}")
    ready = [c for c in contenders if c.run]
    ours = np.ravel(ready[0].run())
    times: dict[str, list[float]] = {}
    for each in ready[1:]:
        other = np.ravel(each.run())
        np.testing.assert_allclose(other, ours[: len(other)], rtol=rtol, err_msg=each.name)
    for _ in range(turns):
        for each in ready:
            spent = times.setdefault(each.name, [])
            if sum(spent) < SECONDS or not spent:
                spent.append(_turn(each.run))
    first = float(np.median(times[ready[0].name]))
    for each in contenders:
        if each.run is None:
            print(f"  {each.name:<42} not installed")
            continue
        median = float(np.median(times[each.name])) / each.share
        part = "" if each.share == 1 else f"   (from {each.share:.2%} of the work)"
        print(f"  {each.name:<42} {1e3 * median:>12,.2f} ms {median / first:>10,.2f}x{part}")
    sys.stdout.flush()
    return first


def _turn(run: Callable[[], np.ndarray]) -> float:
    """Seconds for one run; what is over in a blink runs again, so that its code is warm."""
    times: list[float] = []
    while sum(times) < BLINK:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return float(np.median(times))
