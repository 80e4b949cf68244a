"""Runs a page as a session would, without a browser."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.private_words import private

HOUSE = Path(__file__).parents[1]
WIDGETS = (
    "button", "checkbox", "multiselect", "number_input", "radio", "selectbox", "select_slider",
    "slider", "text_area", "text_input", "toggle", "button_group", "expander",
)  # fmt: skip
FOLDS = (
    "window", "view", "settings", "start", "shape", "outliers", "table", "its-settings", "network",
    "task", "mathematics", "edits", "gallery", "net-more", "agents", "penalty",
    *(kind + menu for kind in ("", "b", "m") for menu in ("data", "model", "model-many", "loss")),
)  # fmt: skip
READ = {"alt", "captions", "text", "hovertemplate", "label", "hint", "ticktext"}


def run(page: str, **link: str) -> AppTest:
    """The page after its first run with these words in its link; fails on an exception.

    The controls behind its buttons are shown: ``folded`` puts them away.
    """
    at = unfolded(AppTest.from_file(str(HOUSE / "pages" / f"{page}.py"), default_timeout=90))
    for key, value in link.items():
        at.query_params[key.replace("__", "-")] = value
    return settled(at)


def unfolded(at: AppTest, open: bool = True) -> AppTest:
    """Every button with controls behind it open, or closed, from the next run on."""
    for fold in FOLDS:
        at.session_state[f"fold-{fold}"] = open
    return at


def folded(at: AppTest) -> AppTest:
    """The page with every button closed that has controls behind it, as somebody meets it."""
    return settled(unfolded(at, False))


def settled(at: AppTest) -> AppTest:
    """Run, and fail if the page shows a traceback, or a word that only this house uses."""
    at.run()
    assert not at.exception, [e.message for e in at.exception]
    said = private(shown(at))
    assert not said, f"private words: {said}"
    return at


def shared(at: AppTest) -> AppTest:
    """The page with its panel Share open: before that nothing of it is drawn."""
    at.session_state["share-panel"] = True
    return settled(at)


def text(at: AppTest) -> str:
    """Everything the page says in words; where its lines may end is none of it."""
    said = "\n".join(
        e.value for kind in (at.markdown, at.error, at.warning, at.caption) for e in kind
    )
    return re.sub("\u00a0([=<>])\u00a0", r" \1 ", said)


def shown(at: AppTest) -> str:
    """All that a reader meets: text, labels, menus, help, and the pictures' titles and words."""
    said = [text(at)]
    for kind in ("title", "header", "subheader", "info", "success", "latex"):
        said += [str(each.value) for each in at.get(kind) if hasattr(each, "value")]
    for kind in WIDGETS:
        for each in at.get(kind):
            said += [each.label, getattr(each, "help", "") or ""]
            said += [str(option) for option in getattr(each, "options", ())]
    for each in messages(at):
        said += _words(each)
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
    return next(each for each in messages(at) if each.get("key") == key)


def size_of_pictures(at: AppTest) -> int:
    """Bytes of all that the stage's elements were sent."""
    return sum(len(each.proto.bytes) for each in at.get("bidi_component"))


def messages(at: AppTest) -> list[dict[str, Any]]:
    """What the stage's elements were sent, with arrays as Plotly's own figures write them."""
    grids = {}
    for each in at.get("bidi_component"):
        if each.proto.component_name == "lossviz.grid":
            text, _, content = each.proto.bytes.partition(b"\0")
            grids[json.loads(text)["grid"]] = content
    return [opened(each.proto.bytes, grids) for each in pictures(at) if each.proto.bytes]


def opened(data: bytes, grids: Mapping[str, bytes]) -> dict[str, Any]:
    """A message of the stage (``lossviz.ui.stage.parcel``); ``grids`` are the large arrays."""
    text, _, behind = data.partition(b"\0")

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(each) for each in value]
        if not isinstance(value, dict):
            return value
        found = {name: filled(each) for name, each in value.items()}
        if isinstance(place := found.get("bdata"), dict):
            at = place.get("at", 0)
            content = grids[place["grid"]] if "grid" in place else behind[at : at + place["size"]]
            found["bdata"] = base64.b64encode(content).decode()
        return found

    message: dict[str, Any] = filled(json.loads(text))
    return message


def deep_but(names: Iterable[str], *kept: str) -> list[Any]:
    """The parameters of a test: ``kept`` run in ``make test``, the others in ``make test-deep``."""
    found = [*names]
    assert set(kept) <= set(found)
    return [each if each in kept else pytest.param(each, marks=pytest.mark.deep) for each in found]


def numbers(sent: Any) -> np.ndarray:
    """Numbers of a message: a list, or bytes in base64 with their type and shape."""
    if not isinstance(sent, dict):
        return np.array(sent, float)
    flat = np.frombuffer(base64.b64decode(sent["bdata"]), sent["dtype"])
    return flat.reshape([int(n) for n in str(sent.get("shape", flat.size)).split(",")])
