"""Messages to the one component in the browser: numbered, with their arrays as bytes."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import streamlit as st

from lossviz.figures import drawing
from lossviz.ui.sidebar import state
from lossviz.ui.stage import assets
from lossviz.ui.stage.parcel import Parcel

COMPONENTS = assets.components("stage", ("picture", "player", "dial"))


class Figure(Protocol):
    """A Plotly figure."""

    def to_json(self) -> str | None: ...


def send(
    entry: str,
    key: str,
    message: Mapping[str, Any],
    callbacks: Mapping[str, Callable[[Any], None] | None],
    figure: Figure | None = None,
) -> None:
    """Send a message to the browser; each callback is called with the value of its event."""
    parcel = Parcel()
    text = json.dumps(message, default=parcel.put, allow_nan=False, ensure_ascii=False)
    if entry == "picture":
        if figure is None:
            spec = "null"
        elif isinstance(figure, drawing.Figure):
            spec = figure.to_json(parcel.put)
        else:
            spec = figure.to_json() or "null"
        text = f'{text[:-1]}, "figure": {spec}}}'
    if grids := parcel.mount():
        text = f'{{"grids": {json.dumps(grids)}, {text[1:]}'
    data = parcel.sealed(text)
    head = json.dumps(_stamp(key, data))
    data = f"{head[:-1]}, ".encode() + data[1:]

    def caller(name: str, act: Callable[[Any], None]) -> Callable[[], None]:
        def call() -> None:
            state.touch()
            value = st.session_state[key][name]
            if value is not None:
                act(value)

        return call

    heard: dict[str, Any] = {
        f"on_{name}_change": caller(name, act) for name, act in callbacks.items() if act
    }
    COMPONENTS[entry](key=key, data=data, **heard)


def _stamp(key: str, data: bytes) -> dict[str, Any]:
    """A number that rises with every new message of this session; the same bytes keep their own.

    Messages can overtake each other on their way into the page: the stage drops the older one.
    """
    sent = st.session_state.setdefault("_lossviz_sent", {})
    session, count = sent.setdefault("", (secrets.token_hex(4), 0))
    digest = hashlib.blake2b(data, digest_size=16).digest()
    if key not in sent or sent[key][0] != digest:
        sent[""], sent[key] = (session, count + 1), (digest, count + 1)
    return {"session": session, "stamp": sent[key][1]}
