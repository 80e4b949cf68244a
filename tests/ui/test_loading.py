"""Many visitors in a server's first second: everything is loaded before the first of them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.browser.conftest import ROOT, serving
from tests.visitor import Answer, Visitor

PAGES = ("", "losses", "surface", "gradient_descent", "outliers", "classification", "residuals")
VISITORS = 20


async def visit(url: str, page: str) -> Answer:
    """A session's first run."""
    async with Visitor(url, page) as visitor:
        return await visitor.run()


async def rush(url: str) -> list[Answer]:
    pages = [PAGES[i % len(PAGES)] for i in range(VISITORS)]
    return await asyncio.gather(*(visit(url, page) for page in pages))


def test_twenty_visitors_at_once_on_a_server_that_has_just_started_see_their_pages():
    # a thread of its own: a browser test's driver keeps an event loop running in this one
    with serving(ROOT / "app.py") as url, ThreadPoolExecutor(1) as thread:
        met = thread.submit(lambda: asyncio.run(rush(url))).result()
    assert not [each.raised for each in met if each.raised]
    assert min(each.elements for each in met) > 5


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
