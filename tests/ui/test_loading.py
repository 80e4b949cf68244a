"""Many visitors in a server's first second: everything is loaded before the first of them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from tests.browser.conftest import PATIENCE, ROOT, serving

PAGES = ("", "losses", "surface", "gradient_descent", "outliers", "classification", "residuals")
VISITORS = 20


async def visit(url: str, page: str) -> tuple[list[str], int]:
    """What a session's first run raised, and how many elements it drew."""
    wanted = BackMsg()
    wanted.rerun_script.page_name = page
    raised, elements = [], 0
    address = f"{url.replace('http', 'ws')}/_stcore/stream"
    async with connect(
        address, subprotocols=["streamlit"], max_size=None, open_timeout=PATIENCE / 1000
    ) as socket:
        await socket.send(wanted.SerializeToString())
        while True:
            message = ForwardMsg.FromString(
                await asyncio.wait_for(socket.recv(decode=False), PATIENCE / 1000)
            )
            if message.delta.HasField("new_element"):
                elements += 1
                if message.delta.new_element.HasField("exception"):
                    raised.append(message.delta.new_element.exception.message)
            if message.WhichOneof("type") == "script_finished":
                return raised, elements


async def rush(url: str) -> list[tuple[list[str], int]]:
    pages = [PAGES[i % len(PAGES)] for i in range(VISITORS)]
    return await asyncio.gather(*(visit(url, page) for page in pages))


def test_twenty_visitors_at_once_on_a_server_that_has_just_started_see_their_pages():
    # a thread of its own: a browser test's driver keeps an event loop running in this one
    with serving(ROOT / "app.py") as url, ThreadPoolExecutor(1) as thread:
        met = thread.submit(lambda: asyncio.run(rush(url))).result()
    assert not [raised for raised, _ in met if raised]
    assert min(elements for _, elements in met) > 5


ASKED = """
import sys
from lossviz.ui.loading import LATER, load
from tests.running import run
load()
before = set(sys.modules)
for page in ("losses", "surface", "outliers", "regularization", "residuals"):
    run(page)
whole = {"lossviz", *(name.split(".")[0] for name in LATER)}
late = {".".join(name.split(".")[:2]) for name in set(sys.modules) - before}
print(*sorted(name for name in late - before if name.split(".")[0] in whole))
"""


def test_a_page_asks_for_no_library_that_was_not_there_before():
    asked = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert asked.stdout.strip() == ""
