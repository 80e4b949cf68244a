"""Choosing another loss, from the click to the settled picture: the page against its floor.

Needs the test tools (Playwright and a Chromium); the floor is the same three figures sent from
arrays that were made beforehand.
"""

from __future__ import annotations

from benchmarks.screens import COUNTS, SETTLED, beside

PICTURES = ("surface", "map", "fit")
LABELS = ("Absolute error", "Squared error")


def run(repeats: int = 8) -> None:
    """Print the medians of interleaved changes and their ratio."""
    title = "choosing another loss, 101 x 101, click to settled picture"
    beside(title, "surface", "precomputed_app.py", PICTURES, change, repeats)


def change(page, turn: int) -> float:
    """Milliseconds from choosing a loss until the last picture is drawn."""
    from tests.browser.conftest import option

    counts = page.evaluate(COUNTS, list(PICTURES))
    option(page, "loss", LABELS[turn % 2]).click()
    return page.wait_for_function(SETTLED, arg=[counts]).json_value()
