"""``python -m benchmarks.room [--browsers 60] [--answers 5]``: the cost of an answer in a room.

So many sessions open one scene over the websocket, as browsers do, and answer its question in
turns.  The server's CPU seconds are read from /proc.  The aim: 60 that answer once a minute use
about one hundredth of a core.  Needs the test tools (``pip install -e .[test]``).
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import statistics

from benchmarks.load import server, spent
from tests.browser.conftest import free_port
from tests.visitor import Visitor

LESSON = "02-squared-against-absolute"
LABELS = ("Only the least-squares line", "Neither")


async def session(
    url: str, code: str, answers: int, pause: float, here: asyncio.Barrier
) -> list[float]:
    """Seconds until the reply to each answer is there; all begin together, in turns."""
    found = []
    async with Visitor(url, "lessons", {"lesson": LESSON, "scene": 2, "room": code}) as visitor:
        await visitor.run()
        turn = await here.wait() / here.parties
        await here.wait()
        await asyncio.sleep(turn * pause)
        for label in itertools.islice(itertools.cycle(LABELS), answers):
            send = f"FormSubmitter:ask-{LESSON}-2-Answer"
            chosen = {f"answer-{LESSON}-2-0": label}
            answer = await visitor.run(send, fragment=visitor.fragments[send], **chosen)
            assert not answer.raised, answer.raised
            found.append(answer.seconds)
            await asyncio.sleep(pause)
    return found


async def opened(url: str) -> str:
    """The code of a new room."""
    async with Visitor(url, "lessons", {"lesson": LESSON, "scene": 2}) as visitor:
        await visitor.run()
        link = (await visitor.run("None")).link  # the one button without a key of its own
        return link.partition("room=")[2].partition("&")[0]


async def room(url: str, browsers: int, answers: int, process: int) -> tuple[float, list[float]]:
    """CPU seconds of the server for one answer, and the seconds until each reply."""
    code = await opened(url)
    assert code, "no room was opened"
    here, pause = asyncio.Barrier(browsers + 1), max(2.0, browsers / 10)
    work = [asyncio.create_task(session(url, code, answers, pause, here)) for _ in range(browsers)]
    await here.wait()
    await asyncio.sleep(2)  # what the last arrival left to do
    before = spent(process)
    await here.wait()
    found = await asyncio.gather(*work)
    used = spent(process) - before
    return used / (browsers * answers), [each for some in found for each in some]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.room")
    parser.add_argument("--browsers", type=int, default=60)
    parser.add_argument("--answers", type=int, default=5, help="of each browser")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}")
    port = free_port()
    with server(port) as process:
        url = f"http://127.0.0.1:{port}"
        each, seconds = asyncio.run(room(url, asked.browsers, asked.answers, process))
    reply = 1000 * statistics.median(seconds)
    print(f"  {1000 * each:.1f} ms of CPU an answer, its reply after {reply:.0f} ms (median)")
    print(f"  60 browsers that answer once a minute use {100 * each:.1f} % of a core")


if __name__ == "__main__":
    main()
