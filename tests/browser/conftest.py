"""A server, a browser, and a page that must stay clean: no error, no request to another host."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    TimeoutError,
    sync_playwright,
)

from tests.chromium import system

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
# What can be pressed and is smaller than 44 pixels: not a link within a sentence, nothing hidden or
# closed; of a slider the ground of its thumb is measured.
SMALL = """() => [...document.querySelectorAll(
    'button, a[href], input, select, summary, [role=button], [role=tab], [role=menuitem]')]
  .filter((each) => each.checkVisibility({ visibilityProperty: true })
    && !each.closest('.modebar, .stage-skip')
    && !each.matches('[tabindex="-1"], :is(p, li, td) a:not(nav a)'))
  .map((each) => {
    const inner = '[data-testid=stSlider] [style*=translate]';
    const outer = '[data-testid=stRadioOption], [data-testid=stCheckbox] label, .stage-bar label';
    const thumb = each.matches('input') && each.closest(inner);
    const { width, height } = thumb ? getComputedStyle(thumb, '::before')
      : (each.closest(outer) ?? each).getBoundingClientRect();
    const name = (each.ariaLabel ?? each.textContent).trim() || each.outerHTML.slice(0, 80);
    return [name, parseFloat(width), parseFloat(height)];
  })
  .filter(([, width, height]) => !(Math.min(width, height) > 43.9))"""
PATIENCE = 1000 * int(os.environ.get("PATIENCE", "60"))  # ms: WebGL in software, a busy machine


@contextlib.contextmanager
def serving(script: Path) -> Iterator[str]:
    """The address of a Streamlit app on a free port."""
    port = free_port()
    process = started(script, port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def started(script: Path, port: int) -> subprocess.Popen:
    """A Streamlit app that answers on this port, until somebody ends it."""
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    options = ["--server.headless=true", "--server.fileWatcherType=none"]
    process = subprocess.Popen(
        [*command, *options, "--server.address=127.0.0.1"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        answering(f"http://127.0.0.1:{port}/_stcore/health", process)
    except BaseException:
        process.kill()
        raise
    return process


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def answering(address: str, process: subprocess.Popen) -> None:
    """Wait until the server of this process answers; fail when it ends before."""
    for _ in range(300):
        assert process.poll() is None, "the server stopped before it answered"
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=1) as answer:
            answer.read()
            return
        time.sleep(0.1)
    raise RuntimeError(f"{address} did not answer within 30 seconds")


@pytest.fixture(scope="session")
def app() -> Iterator[str]:
    """The real app."""
    with serving(ROOT / "app.py") as url:
        yield url


@pytest.fixture(scope="session")
def demo() -> Iterator[str]:
    """The small app that shows the stage and nothing else."""
    with serving(ROOT / "tests" / "browser" / "demo_app.py") as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=system(), args=FLAGS)
        yield chromium
        chromium.close()


Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def reader(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile, so that what is cached once stays cached."""
    context = browser.new_context(accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def visit(reader: BrowserContext) -> Iterator[Visit]:
    """Open an address: ``visit(url, width=1440, height=900, dark=False, calm=True)``.

    After the test a page must have had no error on the console and no request to another host;
    ``calm=False`` forgives errors a test provokes; the script
    ``before`` runs before the page's own.  ``page.sent`` lists what went to the server.
    """
    opened: list[tuple[Page, bool]] = []

    def open_(
        url: str,
        width: int = 1440,
        height: int = 900,
        dark: bool = False,
        calm: bool = True,
        before: str = "",
    ) -> Page:
        page = watched(reader.new_page(), url)
        page.add_init_script(before)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        opened.append((page, calm))
        page.goto(url)
        settled(page)
        return page

    yield open_
    for page, calm in opened:
        problems = page.problems  # type: ignore[attr-defined]
        page.close()
        assert not calm or not problems, problems


def watched(page: Page, url: str) -> Page:
    """A page that lists its ``problems`` and what it ``sent`` to the server."""
    page.problems, page.sent = [], []  # type: ignore[attr-defined]
    page.on("console", lambda message: _note(page, message))
    page.on("pageerror", lambda error: page.problems.append(f"page error: {error}"))
    page.on("request", lambda request: _stranger(page, request.url, url))
    page.on("websocket", lambda ws: ws.on("framesent", lambda frame: page.sent.append(frame)))
    return page


def _note(page: Page, message: ConsoleMessage) -> None:
    # On a deep link Streamlit itself looks for its server below the page's own path.
    if message.type == "error" and "/_stcore/" not in message.location.get("url", ""):
        page.problems.append(message.text)  # type: ignore[attr-defined]


def _stranger(page: Page, address: str, home: str) -> None:
    host = urlsplit(address).netloc
    if host and host != urlsplit(home).netloc:
        page.problems.append(f"a request to another host: {address}")  # type: ignore[attr-defined]


def settled(page: Page) -> None:
    """Wait until the script has run and the browser has had two frames to draw what it said."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")


def drawn(page: Page, *keys: str, more_than: int = 0) -> None:
    """Wait until the pictures with these keys have been drawn more than so many times."""
    for key in keys:
        page.wait_for_function(
            "([key, n]) => Number(document.querySelector(`.st-key-${key} .stage`)?.dataset.drawn)"
            " > n",
            arg=[key, more_than],
        )


def eventually(page: Page, check: Callable[[], object]) -> None:
    """``check`` asserts what a change draws in its own time: tried until it holds, or fails."""
    end = time.monotonic() + PATIENCE / 1000
    while True:
        try:
            check()
            return
        except AssertionError:
            if time.monotonic() > end:
                raise
            page.wait_for_timeout(200)


def draws(page: Page, key: str) -> int:
    """How often a picture has been drawn."""
    return int(page.locator(f".st-key-{key} .stage").get_attribute("data-drawn") or 0)


def option(page: Page, key: str, name: str) -> Locator:
    """An option of a menu, opened: a script that has just run may close what it redraws."""
    found = page.get_by_role("option", name=name, exact=True)
    for patience in (PATIENCE / 6, PATIENCE / 3, PATIENCE):
        page.locator(f".st-key-{key} input").click()
        with contextlib.suppress(TimeoutError):
            found.wait_for(timeout=patience)
            break
    return found


def figure(page: Page, key: str, expression: str) -> object:
    """A JavaScript expression of ``gd``, the Plotly figure of a picture."""
    return page.evaluate(
        "([key, code]) => new Function('gd', `return ${code}`)"
        "(document.querySelector(`.st-key-${key} .stage-figure`))",
        [key, expression],
    )


def pixel(page: Page, key: str, x: float, y: float) -> tuple[float, float]:
    """Where a point of a flat picture is on the screen."""
    page.locator(f".st-key-{key} .stage-plot").scroll_into_view_if_needed()
    found = figure(
        page,
        key,
        "(({xaxis, yaxis}, box) => [box.left + xaxis._offset + xaxis.d2p(" + str(x) + "),"
        " box.top + yaxis._offset + yaxis.d2p(" + str(y) + ")])"
        "(gd._fullLayout, gd.getBoundingClientRect())",
    )
    assert isinstance(found, list)
    return found[0], found[1]


def shoot(page: Page, name: str) -> None:
    """A screenshot for people, in a folder git does not keep."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")
