"""The panel Share, beside the title of every page.

Links, pictures, films and saved states are made in the browser, by the modules beside this file;
the server draws QR codes and writes tables of numbers, both only when somebody asks.
"""

from __future__ import annotations

import json
import re
from typing import Any

import streamlit as st

from lossviz.ui.sharing import code, offers
from lossviz.ui.stage import assets

KINDS = {"csv": "text/csv", "npz": "application/octet-stream"}


def panel() -> None:
    """The button beside a page's title, with what the page has offered so far.

    What is behind it, some thirty elements, is drawn once it is open: until then no change of
    the page pays for it.
    """
    share = st.popover("Share", icon=":material/share:", key="share-panel", on_change="rerun")
    if not share.open:
        return
    with share:
        link, files, saved, lesson = st.tabs(["Link", "Files", "Saved states", "Lesson"])
        with link:
            _mount("link", qr=f"../../{assets.QR}", framed_by=assets.frame_ancestors())
        with files:
            _mount("files")
            _numbers()
            code.buttons()
        with saved:
            _mount("saved")
        with lesson:
            _mount("lesson", words=offers.words())


def _numbers() -> None:
    """Buttons for the page's numbers; each file is written when its button is clicked."""
    for place, (label, make) in enumerate(offers.all().items()):
        name = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
        with st.container(horizontal=True, vertical_alignment="center", key=f"take-{place}"):
            st.markdown(label)
            for kind, mime in KINDS.items():
                st.download_button(
                    kind.upper(), _writer(make, kind), f"{name}.{kind}", mime,
                    key=f"take-{place}-{kind}", on_click="ignore", help=f"{label}: {kind}",
                )  # fmt: skip


def _writer(make: offers.Make, kind: str) -> Any:
    return lambda: getattr(make(), kind)()


def _mount(entry: str, **message: Any) -> None:
    text = json.dumps({"key": f"share-{entry}", **message})
    _PANELS[entry](key=f"share-{entry}", data=text.encode())


_PANELS = assets.components("share", ("link", "files", "saved", "lesson"), "share.")
