"""The app, but a page that was run before is not run again: what it sent then is sent once more.

``benchmarks.lenses`` races every page against itself like this: what a choice costs beyond it is
work of the page, what it costs here are Streamlit, the wire and the browser.
"""

from functools import wraps
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lossviz.ui.stage import assets

usual = StreamlitPage.run
kept: dict[Any, tuple[list, frozenset]] = {}  # page and widgets' values -> messages, widgets


@wraps(usual)
def recorded(page: StreamlitPage) -> None:
    """Run the page and keep what it sends, or send what was kept for these values."""
    ctx: Any = get_script_run_ctx()
    values = (each.SerializeToString() for each in ctx.session_state.get_widget_states())
    state = page.url_path, ctx.query_string, frozenset(values)
    if state in kept:
        messages, widgets = kept[state]
        for each in widgets:
            ctx.widget_ids_this_run.check_and_add(each)
        for each in messages:
            ctx.enqueue(each)
        return
    send, messages = ctx._enqueue, []
    ctx._enqueue = lambda message: (messages.append(message), send(message))
    usual(page)
    ctx._enqueue = send
    kept[state] = messages, ctx.widget_ids_this_run.snapshot()


StreamlitPage.run = recorded
app = st.App(
    Path(__file__).parent.parent / "app.py", routes=assets.routes(), middleware=assets.middleware()
)
