"""The layout of a panel: a picture with sentences beside it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lossviz.ui import stage

GROUP = "validation"


def beside(
    figure: Any, key: str, says: list[str], alt: str, height: stage.Height = "panel"
) -> None:
    """Draw a figure on the left and list the sentences on its right."""
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        stage.show(figure, key=f"validation-{key}", height=height, alt=alt)
    with right:
        st.markdown("\n".join(f"- {each}" for each in says))
