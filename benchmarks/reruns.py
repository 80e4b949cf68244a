"""``python -m benchmarks.reruns``: CPU seconds and bytes of one change on each of the main pages.

One visitor over the websocket, one page after the other, and nobody else: what the server's
process used between the first change and the last, by the number of changes.  The first round is
not counted, as it makes what is kept.
"""

from __future__ import annotations

import asyncio
import os
import random

import numpy as np

from benchmarks.load import CHANGES, spent, unfolded
from tests.browser.conftest import ROOT, free_port, started
from tests.visitor import Visitor

ROUNDS = 20


async def measure(url: str, page: str, server: int) -> tuple[float, float]:
    """CPU seconds and bytes of a change."""
    dice = random.Random(1)
    async with Visitor(url, page) as visitor:
        await visitor.run()
        await unfolded(visitor, page)
        await visitor.run(**CHANGES[page](dice, visitor))
        before = spent(server)
        answers = [await visitor.run(**CHANGES[page](dice, visitor)) for _ in range(ROUNDS)]
        assert not any(each.raised for each in answers), answers
        return (spent(server) - before) / ROUNDS, float(np.mean([each.size for each in answers]))


def run() -> None:
    """Print a row for every page."""
    port = free_port()
    process = started(ROOT / "app.py", port)
    print(f"\nA change, {ROUNDS} of them on each page, load {os.getloadavg()[0]:.1f}")
    try:
        for page in CHANGES:
            cpu, size = asyncio.run(measure(f"http://127.0.0.1:{port}", page, process.pid))
            print(f"  {page:<20} {cpu:>8.3f} s of CPU {size / 1e3:>8.0f} kB")
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    run()
