"""A visitor without a browser: a session over Streamlit's websocket, as a browser holds it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

EARLY = ForwardMsg.FINISHED_EARLY_FOR_RERUN  # the page runs once more by itself
PATIENCE = 60.0  # seconds for an answer, on a busy machine


class Answer(NamedTuple):
    """What came back from one run of the page."""

    seconds: float
    size: int  # bytes before compression
    elements: int
    raised: list[str]
    link: str  # the address as the page left it, "" where it did not change it
    sessions: set[str]  # the marks of the sessions that the pictures were made for


class Visitor:
    """``async with Visitor(url, "surface", {"data": "anscombe"}) as visitor: await visitor.run()``.

    ``ids`` are the widgets met so far by their keys, ``options`` what their menus offer.  What
    was set once goes along with every later run, as a browser sends it; ``headers`` go with the
    request that opens the socket.
    """

    def __init__(
        self,
        url: str,
        page: str = "",
        link: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.url, self.page, self.query = url, page, urlencode(link or {})
        self.headers, self.patience = dict(headers or {}), patience
        self.ids: dict[str, str] = {}
        self.options: dict[str, list[str]] = {}
        self.session = ""
        self.fragments: dict[str, str] = {}  # key of a widget -> the fragment it stands in
        self._hash = ""
        self._chosen: dict[str, WidgetState] = {}
        self._known: set[str] = set()

    async def __aenter__(self) -> Visitor:
        self._socket: ClientConnection = await connect(
            f"{self.url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers=self.headers,
            max_size=None,
            open_timeout=self.patience,
            ping_interval=None,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def run(self, *pressed: str, fragment: str = "", **chosen: Any) -> Answer:
        """Run the page with widgets changed by their keys: ``run(**{"start-a": 1.0})``.

        The buttons with the keys ``pressed`` are pressed; of a ``fragment`` only that runs.
        """
        for key, value in chosen.items():
            state = _state(self.ids[key], value)
            self._chosen[state.id] = state
        asked = BackMsg()
        script = asked.rerun_script
        script.query_string, script.page_script_hash = self.query, self._hash
        script.page_name = "" if self._hash else self.page
        script.fragment_id = fragment
        script.widget_states.widgets.extend(self._chosen.values())
        for key in pressed:
            script.widget_states.widgets.append(WidgetState(id=self.ids[key], trigger_value=True))
        script.cached_message_hashes.extend(self._known)
        begun = time.perf_counter()
        await self._socket.send(asked.SerializeToString())
        return await self._heard(begun)

    async def _heard(self, begun: float) -> Answer:
        size, elements, raised, link, marks = 0, 0, list[str](), "", set[str]()
        while True:
            waited = asyncio.wait_for(self._socket.recv(decode=False), self.patience)
            data = await waited
            size += len(data)
            message = ForwardMsg.FromString(data)
            if message.metadata.cacheable:
                self._known.add(message.hash)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id
            elif kind == "navigation":
                self._hash = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self.query = link = message.page_info_changed.query_string
            elif kind == "delta" and message.delta.HasField("new_element"):
                elements += 1
                element = message.delta.new_element
                if element.HasField("exception"):
                    raised.append(element.exception.message)
                if element.HasField("bidi_component"):
                    marks.update(_marks(element.bidi_component.bytes))
                self._met(element, message.delta.fragment_id)
            elif kind == "delta" and message.delta.HasField("add_block"):
                self._met(message.delta.add_block, message.delta.fragment_id)
            elif kind == "script_finished" and message.script_finished != EARLY:
                spent = time.perf_counter() - begun
                return Answer(spent, size, elements, raised, link, marks)

    def _met(self, element: Any, fragment: str) -> None:
        """A widget's id ends in its key; some blocks are widgets."""
        kind = element.WhichOneof("type")
        inside = getattr(element, kind) if kind else None
        name = getattr(inside, "id", "")
        if isinstance(name, str) and name.startswith("$$ID-"):
            key = name.removeprefix("$$ID-").partition("-")[2]
            self.ids[key], self.fragments[key] = name, fragment
            if options := getattr(inside, "options", None):
                self.options[key] = [str(each) for each in options]


def _marks(data: bytes) -> Iterator[str]:
    """The session that a picture was made for; other components have none."""
    if data:
        said = json.loads(data.partition(b"\0")[0])
        if isinstance(said, dict) and "session" in said:
            yield said["session"]


def _state(name: str, value: Any) -> WidgetState:
    state = WidgetState(id=name)
    if isinstance(value, bool):
        state.bool_value = value
    elif isinstance(value, int):
        state.int_value = value
    elif isinstance(value, float):
        state.double_value = value
    elif isinstance(value, str):
        state.string_value = value
    elif all(isinstance(each, str) for each in value):
        state.string_array_value.data[:] = value
    else:
        state.double_array_value.data[:] = value
    return state
