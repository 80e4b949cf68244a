"""Runs a page as a session would, without a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

HOUSE = Path(__file__).parents[1]


def run(page: str, **link: str) -> AppTest:
    """The page after its first run with these words in its link; fails on an exception."""
    at = AppTest.from_file(str(HOUSE / "pages" / f"{page}.py"), default_timeout=90)
    for key, value in link.items():
        at.query_params[key.replace("__", "-")] = value
    return settled(at)


def settled(at: AppTest) -> AppTest:
    """Run, and fail if the page shows a traceback or an exception."""
    at.run()
    assert not at.exception, [e.message for e in at.exception]
    return at


def text(at: AppTest) -> str:
    """Everything the page says in words."""
    return "\n".join(
        e.value for kind in (at.markdown, at.error, at.warning, at.caption) for e in kind
    )


def pictures(at: AppTest) -> list:
    """The stage's elements."""
    return list(at.get("bidi_component"))


def sent(at: AppTest, key: str) -> dict[str, Any]:
    """What one of the stage's pictures was sent."""
    messages = (json.loads(each.proto.bytes) for each in pictures(at))
    return next(message for message in messages if message.get("key") == key)
