"""A faster look-up of a widget's own value in Streamlit's session state.

Streamlit's widgets look their value up in a dictionary of the whole session, which is made anew
for each of them: with a hundred widgets on a page that was a quarter of a rerun's CPU.  The
dictionary is Streamlit's own affair and may go: then widgets look up as Streamlit lets them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState

_whole: Any = getattr(SafeSessionState.__dict__.get("filtered_state"), "fget", None)


class Lookup(Mapping[str, Any]):
    """The session's values by their keys, each fetched when it is asked for."""

    def __init__(self, state: SafeSessionState) -> None:
        self._state = state

    def __getitem__(self, key: str) -> Any:
        return self._state[key]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key in self._state

    def __iter__(self) -> Iterator[str]:
        return iter(_whole(self._state))

    def __len__(self) -> int:
        return len(_whole(self._state))

    def __repr__(self) -> str:
        return repr(_whole(self._state))


def install() -> None:
    """Let Streamlit's widgets use it, where Streamlit makes the dictionary of the whole session."""
    if _whole:
        SafeSessionState.filtered_state = property(Lookup)  # type: ignore[assignment, method-assign]
