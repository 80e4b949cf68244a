"""The draft of a table on Your data, kept by the reader's own browser until it is in use."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from lossviz.ui import browser_store
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.widgets import about

Point = tuple[float, float]
NAME = "draft"  # what the browser calls it
MOST_POINTS = 10_000
MOST_KEPT = 1_000_000  # bytes of an uploaded file: who chose a longer one has it
_TEXT, _CALLED, _ANSWERS, _POINTS = "_your-text", "_your-name", "_your-answers", "drawn"
_OWNER, _UNUSED, _BEGUN, _BACK = "_your-owner", "_your-unused", "_your-told", "_your-back"


def take(text: str | bytes, called: str, answers: Mapping[str, str] | None = None) -> None:
    """Take a table as it was typed, pasted or uploaded, with the answers that still count."""
    state.remember(_TEXT, text)
    state.remember(_CALLED, called)
    state.remember(_ANSWERS, dict(answers or {}))
    state.remember(_OWNER, about(text))
    state.remember(_UNUSED, True)
    state.remember(_BACK, False)


def text() -> str | bytes:
    """The table brought last, as it came; "" where there is none."""
    found: str | bytes = state.get(_TEXT) or ""
    return found


def called() -> str:
    """What the table brought last is called."""
    return state.get(_CALLED) or ""


def owner(*more: str) -> str:
    """A name of the table brought last, and of something about it, for widgets' keys."""
    return about(state.get(_OWNER), *more)


def answers() -> dict[str, str]:
    """The answers to the questions of the table brought last."""
    return dict(state.get(_ANSWERS) or {})


def answer(given: Mapping[str, str]) -> None:
    """Remember answers to the table's questions."""
    state.remember(_ANSWERS, dict(given))


def points() -> list[Point]:
    """The points drawn so far."""
    found: list[Point] = state.get(_POINTS) or []
    return found


def draw(given: Sequence[Point]) -> None:
    """Remember the points drawn so far."""
    state.remember(_POINTS, list(given))
    state.remember(_UNUSED, True)


def used() -> None:
    """The table is in use: link and session keep it from here on."""
    state.remember(_UNUSED, False)
    state.remember(_BACK, False)


def in_use() -> bool:
    """Whether the table brought last is the one in use."""
    return bool(text()) and not state.get(_UNUSED)


def brought_back() -> bool:
    """Whether what is shown came from the browser, and nobody has changed it since."""
    return bool(state.get(_BACK))


def discard() -> None:
    """Forget it, here and in the browser."""
    for key in (_TEXT, _CALLED, _ANSWERS, _POINTS, _OWNER, _UNUSED, _BACK):
        state.remember(key, None)


def keep() -> None:
    """In every run of the page: have the browser keep what is not in use, or look what it has."""
    now = _written()
    if now or state.get(_BEGUN):
        state.remember(_BEGUN, True)
        browser_store.hand_over(NAME, now)
    elif not text():
        browser_store.look_up(NAME, _bring_back)


def _written() -> str:
    held = text()
    raw = isinstance(held, bytes)
    if not state.get(_UNUSED) or (raw and len(held) > MOST_KEPT):
        return ""
    letters = held.decode("latin-1") if isinstance(held, bytes) else held
    draft = {"text": letters, "raw": raw, "called": called(), "answers": answers(),
            "points": points()}  # fmt: skip
    return json.dumps(draft, ensure_ascii=False)


def _bring_back(written: str) -> None:
    """What the browser has kept, unless something newer was begun or it cannot be read."""
    if text() or points():
        return
    try:
        draft = json.loads(written)
        letters, given = draft["text"], draft["answers"]
        found = [(float(x), float(y)) for x, y in draft["points"][:MOST_POINTS]]
        if not isinstance(letters, str) or not all(map(math.isfinite, sum(found, ()))):
            return
        table: str | bytes = letters.encode("latin-1") if draft["raw"] else letters
        known = {str(question): str(choice) for question, choice in given.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    if found:
        draw(found)
    if table:
        take(table, str(draft.get("called"))[:200], known)
    state.remember(_BACK, bool(table or found))
