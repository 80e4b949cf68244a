"""Tables too long for a link: the reader's own browser keeps them."""

from __future__ import annotations

import re

import streamlit as st

from lossviz.datasets import Data, yours
from lossviz.ui import browser_store

_NAME = re.compile(yours.NAMED + "[0-9a-f]{32}")
_WAITING = "_tables-to-keep"  # name -> text that the browser has not confirmed


def keep(name: str, data: Data) -> None:
    """Have the browser keep a table that a link only names."""
    if _NAME.fullmatch(name):
        st.session_state.setdefault(_WAITING, {})[name] = yours.whole(data)


def recall() -> None:
    """Before a page reads its link: bring the tables that the link names and the server lacks.

    The page waits until the browser has answered; what it does not have is told by the page.
    """
    waiting: dict[str, str] = st.session_state.get(_WAITING, {})
    with st.container():  # always one, so that what stands below is not made anew without them
        for name in list(waiting):
            if browser_store.shelve(name, waiting[name]):
                del waiting[name]
        for name in set(st.query_params.to_dict().values()):
            if _NAME.fullmatch(name) and not yours.held(name):
                _bring(name)


def _bring(name: str) -> None:
    text = browser_store.fetch(name)
    if text is None:
        st.info("Looking for your table in this browser …")
        st.stop()
    if text:
        try:
            yours.restore(name, text)
        except ValueError as error:
            st.error(str(error))
