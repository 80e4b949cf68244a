"""Parcels for a component: a text, and behind it the bytes of its arrays, each once.

In the text an array reads ``{"dtype": "f4", "shape": "2, 3", "bdata": {"at": 0, "size": 24}}``:
where its bytes stand among those that follow the text and a NUL.  A large array travels in an
element of its own, which pictures name by its digest: ``"bdata": {"grid": "3f9c…"}``.  So the
surface and its map share one grid, and Streamlit, which sends no large element again that has
not changed, sends no grid again for another path on it.  stage/parcel.js opens both.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import Any

from streamlit.errors import StreamlitDuplicateElementKey
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lossviz.ui.stage import assets

LARGE = 10_000  # bytes of an array: Streamlit keeps elements from 10 kB on in the browser

_KEY = "stage-grid-"
_GRID = assets.components("parcel", ("grid",))["grid"]


class Parcel:
    """The arrays of one message: ``json.dumps(message, default=parcel.put)`` fills it."""

    def __init__(self) -> None:
        self._behind = bytearray()
        self._known: dict[bytes, dict[str, Any]] = {}
        self._grids: dict[str, bytes] = {}

    def put(self, value: object) -> dict[str, Any]:
        """Where the bytes of an array are found; raises TypeError for anything else."""
        if not isinstance(value, bytes):
            raise TypeError(f"a message holds numbers, texts and bytes, not {type(value).__name__}")
        if value not in self._known:
            self._known[value] = self._place(value)
        return self._known[value]

    def _place(self, value: bytes) -> dict[str, Any]:
        if len(value) >= LARGE:
            name = hashlib.blake2b(value, digest_size=16).hexdigest()
            self._grids[name] = value
            return {"grid": name}
        self._behind += value
        return {"at": len(self._behind) - len(value), "size": len(value)}

    def mount(self) -> list[str]:
        """Put the large arrays on the page, each once in a run; their names."""
        for name, value in self._grids.items():
            with contextlib.suppress(StreamlitDuplicateElementKey):  # another picture has it too
                _GRID(key=f"{_KEY}{name}", data=_joined(json.dumps({"grid": name}), value))
        return list(self._grids)

    def sealed(self, text: str) -> bytes:
        """The text and the bytes that travel with it."""
        return _joined(text, self._behind)


def forget() -> None:
    """Let go of what Streamlit keeps of large arrays that are on no page any more.

    A session keeps a description of every element it ever had by its key, some four kilobytes for
    each surface; only its state goes with the element.  Called before a page runs.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    state = context.session_state._state
    known, keys = state._new_widget_state.widget_metadata, state._key_id_mapper
    for id in [id for id in known if _KEY in id and id not in state]:
        del known[id]
    for key in [key for id, key in keys.id_key_mapping.items() if _KEY in id and id not in known]:
        keys.delete(key)


def _joined(text: str, behind: bytes | bytearray) -> bytes:
    return text.encode() + b"\0" + behind if behind else text.encode()
