"""Parts that an embedding link leaves out: ``hide=sidebar,controls,tasks,share``.

``hide=findings,until-map`` hides the picture with the key "map" until a lesson's question is
answered (stage/embedded.js).
"""

from __future__ import annotations

import re

import streamlit as st

UNTIL = "until-"
_KEY = re.compile(r"[a-z][a-z0-9-]*")  # a key, and nothing that would end a selector
# what each word hides; Streamlit names the parts, ``frame`` and ``controls`` the containers
PARTS = {
    "sidebar": '[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"], '
    '[data-testid="stExpandSidebarButton"]',
    "controls": ".st-key-controls",
    "tasks": ".st-key-try-this, .st-key-next",
    "share": ".st-key-share",
    "title": '[data-testid="stHeader"], .st-key-title',
}
# what stands in the place of what is hidden, as a caption
VEIL = """content: "Shown after your answer."; visibility: visible; position: absolute; inset: 0;
  opacity: .6; font-size: .875rem"""
# without a title, which on a phone is no part of the pictures' height, they have more room
ROOM = """@media (min-width: 641px) {
:root:not(.stage-presenting) { --stage-room: max(20rem, 100dvh - 10rem) }
:root:not(.stage-presenting) .st-key-board:has(.stage-player) {
  --stage-room: max(18rem, 100dvh - 14.5rem) }
}"""


def style() -> str:
    """The style sheet that hides what the link names; words it does not know are left alone."""
    asked = st.query_params.get("hide", "").split(",")
    hidden = [selector for word, selector in PARTS.items() if word in asked]
    later = [word.removeprefix(UNTIL) for word in asked if word.startswith(UNTIL)]
    later = [f".st-key-{key}" for key in later if _KEY.fullmatch(key)]
    rules = [f"{', '.join(hidden)} {{ display: none !important }}"] if hidden else []
    if later:
        covered = ", ".join(later)
        inside = ", ".join(f"{each}, {each} *" for each in later)
        rules.append(f".stage-asked :is({inside}) {{ visibility: hidden !important }}")
        rules.append(f".stage-asked :is({covered}) {{ position: relative }}")
        rules.append(f".stage-asked :is({covered})::before {{ {VEIL} }}")
        # on a phone a player stands over what scrolls below it
        stuck = f".stage-asked :is({covered}):has(.stage-player) {{ display: none !important }}"
        rules.append(f"@media (max-width: 640px) {{ {stuck} }}")
    if "title" in asked:
        rules.append('[data-testid="stMainBlockContainer"] { padding-top: .5rem !important }')
        rules.append(ROOM)
    return f"<style>{' '.join(rules)}</style>" if rules else ""
