"""A text kept in the reader's own browser: a closed tab or a killed server loses nothing."""

from __future__ import annotations

import streamlit as st

# asks the browser's storage once when it is mounted, and writes whenever it is given a text
_SCRIPT = """
const asked = new WeakSet();  // roots of components that have asked
export default function ({ data, setStateValue, parentElement }) {
  const { name, write } = data;
  try {
    if (write !== null) localStorage.setItem(name, write);
    else if (!asked.has(parentElement)) setStateValue("held", localStorage.getItem(name) ?? "");
  } catch { if (write === null) setStateValue("held", ""); }  // a browser that keeps nothing
  asked.add(parentElement);
}
"""
_STORE = st.components.v2.component("lossviz.store", js=_SCRIPT)


def keep(name: str, write: str | None = None) -> str | None:
    """What the browser holds under ``name``: None until it has answered, "" where it has nothing.

    With ``write`` it is told to hold that text from now on.
    """
    result = _STORE(
        key=f"store-{name}",
        data={"name": f"lossviz.{name}", "write": write},
        on_held_change=lambda: None,
    )
    held: str | None = getattr(result, "held", None)
    return held
