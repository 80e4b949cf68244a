"""Any lens without its work: the pictures of two states, recorded from the page itself.

``benchmarks.lenses`` races every page against this one, and has put what it shows into the folder
that LENSES names: ``?lens=surface`` is one of them.
"""

import json
import os
import pickle
from pathlib import Path

import streamlit as st

from lossviz.ui.stage import assets

if __name__ == "__main__":
    from lossviz.ui.stage import messages

    folder, lens = Path(os.environ["LENSES"]), st.query_params["lens"]

    @st.cache_resource(show_spinner=False)
    def recorded(lens: str) -> tuple:
        """The key and the labels of a menu, each state's messages, and the size of each picture."""
        key, states = pickle.loads((folder / f"{lens}.pickle").read_bytes())
        return key, states, json.loads((folder / f"{lens}.json").read_text())

    st.set_page_config(layout="wide")
    key, states, boxes = recorded(lens)
    with st.sidebar:
        label = st.selectbox("Menu", list(states), key=key)
    for name, (entry, message, figure) in states[label].items():
        width, height = boxes.get(name, (600, 0))
        with st.container(width=width):
            sized = {"height": height} if entry == "picture" else {}
            messages.send(entry, name, {**message, **sized}, {}, figure)
else:
    app = st.App(__file__, routes=assets.routes())
