"""``python -m benchmarks.load [--students 60] [--minutes 10] [--processes 1] [--url http://...]``.

A class at work: every student holds a session on one of the four main pages, over the websocket
as a browser does, and changes something every 5 to 10 seconds.  Without ``--url`` servers are
started here, by default one; students are shared out among several as by the cookie of
deploy/nginx.conf, and the servers' CPU seconds and memory are read from /proc where there is one.
Reported are the cold start of all students at once, the seconds of a change (median and 95 of 100),
and whether any session was ever answered with another's state: each student's link carries a number
of its own, and the pictures of a session carry its mark.  Needs the test tools
(``pip install -e .[test]``).
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import math
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np

from tests.browser.conftest import ROOT, free_port, started
from tests.visitor import Answer, Visitor

Change = Callable[[random.Random, Visitor], dict[str, Any]]
LOSSES = ("Squared error", "Absolute error", "Huber", "Log-cosh")
LAMBDA = "penalty-l1-strength"
# what a student changes on each of the four main pages
CHANGES: dict[str, Change] = {
    "surface": lambda dice, _: {"loss": dice.choice(LOSSES)},
    "gradient_descent": lambda dice, _: {"start-a": dice.uniform(0.5, 2.5)},
    "outliers": lambda dice, _: {"push": [dice.uniform(-20, 20)]},
    "regularization": lambda dice, visitor: {LAMBDA: [dice.choice(visitor.options[LAMBDA])]},
}
# behind which button what is changed there stands: it is open meanwhile
FOLDS = {"gradient_descent": "fold-start"}
PAUSE = (5.0, 10.0)  # seconds between two changes of one student


@dataclass
class Seen:
    """What the students met."""

    cold: list[float] = field(default_factory=list)
    changes: dict[str, list[Answer]] = field(default_factory=lambda: {p: [] for p in CHANGES})
    raised: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)  # whose pictures carry which mark
    memory: list[tuple[float, float]] = field(default_factory=list)  # minutes, MB


async def student(
    url: str,
    number: int,
    seen: Seen,
    until: float = math.inf,
    most: float = math.inf,
    page: str = "",
) -> None:
    """A session until the lesson ends or ``most`` changes are made; what goes wrong is noted.

    The pages take turns unless ``page`` is given.
    """
    page = page or list(CHANGES)[number % len(CHANGES)]
    mine, dice = 31 + number, random.Random(number)  # a grid of so many points: nobody else's
    marks: set[str] = set()
    try:
        async with Visitor(url, page, {"n": mine}) as visitor:
            answer = await visitor.run()
            seen.cold.append(answer.seconds)
            answer = await unfolded(visitor, page) or answer
            for made in itertools.count():
                seen.raised += answer.raised
                marks |= answer.sessions
                said = parse_qs(answer.link).get("n")
                owners = {seen.marks.setdefault(mark, number) for mark in marks}
                if len(marks) > 1 or owners - {number} or (answer.link and said != [str(mine)]):
                    seen.mixed.append(f"{page} {mine}: {answer.link} {marks}")
                pause = dice.uniform(*PAUSE)
                if time.monotonic() + pause > until or made == most:
                    return
                await asyncio.sleep(pause)
                answer = await visitor.run(**CHANGES[page](dice, visitor))
                seen.changes[page].append(answer)
    except Exception as error:
        seen.failed.append(f"{page}: {error!r}")


async def unfolded(visitor: Visitor, page: str) -> Answer | None:
    """Open the button behind which a page's change stands, where there is one."""
    return await visitor.run(**{FOLDS[page]: True}) if page in FOLDS else None


async def watch(servers: Sequence[int], until: float, seen: Seen) -> None:
    """The servers' memory, every 15 seconds."""
    begun = time.monotonic()
    while time.monotonic() < until:
        seen.memory.append(((time.monotonic() - begun) / 60, sum(map(memory, servers))))
        await asyncio.sleep(15)


def memory(process: int) -> float:
    """MB that a process holds."""
    status = Path(f"/proc/{process}/status").read_text()
    return float(next(each for each in status.splitlines() if "VmRSS" in each).split()[1]) / 1024


def spent(process: int) -> float:
    """CPU seconds that a process has used."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


async def lesson(
    urls: Sequence[str], students: int, minutes: float, servers: Sequence[int] = ()
) -> Seen:
    """All students at once, from the cold start to the end; every address has all the pages."""
    seen, until = Seen(), time.monotonic() + 60 * minutes
    pages = len(CHANGES)
    work = [
        student(urls[number // pages % len(urls)], number, seen, until)
        for number in range(students)
    ]
    if servers:
        work.append(watch(servers, until, seen))
    await asyncio.gather(*work)
    return seen


def report(seen: Seen, students: int, minutes: float, used: float | None) -> None:
    """What was seen, as text."""
    all_ = [answer for answers in seen.changes.values() for answer in answers]
    print(f"{students} students, {minutes:g} minutes, {len(all_)} changes")
    print(f"  cold start of all: {max(seen.cold, default=float('nan')):.1f} s")
    print(f"  {'page':<20} {'median':>8} {'95 %':>8} {'kB sent':>8}")
    for page, answers in [*seen.changes.items(), ("all", all_)]:
        if answers:
            seconds = np.percentile([each.seconds for each in answers], [50, 95])
            size = np.mean([each.size for each in answers]) / 1e3
            print(f"  {page:<20} {seconds[0]:>6.2f} s {seconds[1]:>6.2f} s {size:>8.0f}")
    if used is not None:
        runs = len(all_) + len(seen.cold)
        print(f"  {used:.0f} CPU seconds, {used / max(runs, 1):.3f} a run")
    if seen.memory:
        told = [
            f"{mb:.0f} MB at {at:.1f} min" for at, mb in seen.memory[:: len(seen.memory) // 8 or 1]
        ]
        print(f"  memory: {', '.join(told)}")
    for what, found in (
        ("sessions that saw another's state", seen.mixed),
        ("errors shown", seen.raised),
        ("sessions lost", seen.failed),
    ):
        print(f"  {what}: {len(found)}{'  ' + found[0] if found else ''}")


@contextmanager
def server(port: int) -> Iterator[int]:
    """The process of a server on this port, until the end."""
    process = started(ROOT / "app.py", port)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--url", help="a server that runs already")
    parser.add_argument("--processes", type=int, default=1, help="servers to start here")
    asked = parser.parse_args()
    if asked.url:
        seen = asyncio.run(lesson([asked.url], asked.students, asked.minutes))
        report(seen, asked.students, asked.minutes, None)
        return
    print(f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}")
    ports = [free_port() for _ in range(asked.processes)]
    with ExitStack() as running:
        servers = [running.enter_context(server(port)) for port in ports]
        before, urls = sum(map(spent, servers)), [f"http://127.0.0.1:{port}" for port in ports]
        seen = asyncio.run(lesson(urls, asked.students, asked.minutes, servers))
        report(seen, asked.students, asked.minutes, sum(map(spent, servers)) - before)
    print(f"load after {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
