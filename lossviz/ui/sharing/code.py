"""The page as code: a script and a notebook, written when somebody asks."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lossviz.problem.script import Code, notebook, script

Make = Callable[[], Code]
_KEY, _OWN = "_code", "_code-own-table"


def begin() -> None:
    """A page starts to run: what another one offered is no longer on the screen."""
    st.session_state.pop(_KEY, None)
    st.session_state.pop(_OWN, None)


def offer(make: Make) -> None:
    """Offer this page's numbers as code; a later offer takes the place of an earlier one."""
    st.session_state[_KEY] = make


def own_table() -> None:
    """The page shows somebody's own table: code may need it beside itself, if it is long."""
    st.session_state[_OWN] = True


def offered() -> Code | None:
    """The page's code, or None where it has none."""
    make: Make | None = st.session_state.get(_KEY)
    return None if make is None else make()


def buttons() -> None:
    """Script and notebook, and the files that they read; nothing where there is no code."""
    if st.session_state.get(_KEY) is None:
        return
    make: Make = st.session_state[_KEY]
    with st.container(horizontal=True, vertical_alignment="center", key="take-code"):
        st.markdown("The numbers as code")
        st.download_button(
            "Python script", lambda: script(make()), "lossviz.py", "text/x-python",
            key="take-script", on_click="ignore",
            help="Computes the numbers shown with lossviz and NumPy.",
        )  # fmt: skip
        st.download_button(
            "Notebook", lambda: notebook(make()), "lossviz.ipynb", "application/x-ipynb+json",
            key="take-notebook", on_click="ignore", help="The same for Jupyter.",
        )  # fmt: skip
        if not st.session_state.get(_OWN):
            return  # nothing but a table needs a file, and the code is not written to find out
        for name, write in make().files.items():
            st.download_button(
                name, write, name, "text/csv", key=f"take-{name}",
                on_click="ignore", help="The table that script and notebook read.",
            )  # fmt: skip
