"""Runs a page as a session would, without a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.private_words import private

HOUSE = Path(__file__).parents[1]
WIDGETS = (
    "button", "checkbox", "multiselect", "number_input", "radio", "selectbox", "select_slider",
    "slider", "text_area", "text_input", "toggle", "button_group", "expander",
)  # fmt: skip
READ = {"alt", "captions", "text", "hovertemplate", "label", "hint", "ticktext"}


def run(page: str, **link: str) -> AppTest:
    """The page after its first run with these words in its link; fails on an exception."""
    at = AppTest.from_file(str(HOUSE / "pages" / f"{page}.py"), default_timeout=90)
    for key, value in link.items():
        at.query_params[key.replace("__", "-")] = value
    return settled(at)


def settled(at: AppTest) -> AppTest:
    """Run, and fail if the page shows a traceback, or a word that only this house uses."""
    at.run()
    assert not at.exception, [e.message for e in at.exception]
    said = private(shown(at))
    assert not said, f"private words: {said}"
    return at


def text(at: AppTest) -> str:
    """Everything the page says in words."""
    return "\n".join(
        e.value for kind in (at.markdown, at.error, at.warning, at.caption) for e in kind
    )


def shown(at: AppTest) -> str:
    """All that a reader meets: text, labels, menus, help, and the pictures' titles and words."""
    said = [text(at)]
    for kind in ("title", "header", "subheader", "info", "success", "latex"):
        said += [str(each.value) for each in at.get(kind) if hasattr(each, "value")]
    for kind in WIDGETS:
        for each in at.get(kind):
            said += [each.label, getattr(each, "help", "") or ""]
            said += [str(option) for option in getattr(each, "options", ())]
    for each in pictures(at):
        if each.proto.bytes:
            said += _words(json.loads(each.proto.bytes))
    return "\n".join(said)


def _words(message: Any, name: str = "") -> list[str]:
    """The texts of a picture's message that are read: alt, captions, titles, tooltips."""
    if isinstance(message, dict):
        return [word for key, value in message.items() for word in _words(value, key)]
    if isinstance(message, list):
        return [word for value in message for word in _words(value, name)]
    return [message] if isinstance(message, str) and name in READ else []


def pictures(at: AppTest) -> list:
    """The stage's elements."""
    parts = ("lossviz.picture", "lossviz.player")
    return [each for each in at.get("bidi_component") if each.proto.component_name in parts]


def sent(at: AppTest, key: str) -> dict[str, Any]:
    """What one of the stage's pictures was sent."""
    messages = (json.loads(each.proto.bytes) for each in pictures(at))
    return next(message for message in messages if message.get("key") == key)
