"""A small app for the browser tests: the stage with a surface, a map, data and a path."""

import streamlit as st

from lossviz.ui.stage import assets

if __name__ == "__main__":
    from tests.browser import demo_pages

    st.set_page_config(page_title="stage", layout="wide")
    st.navigation(
        [
            st.Page(demo_pages.surface_page, title="Surface", url_path="surface", default=True),
            st.Page(demo_pages.play, title="Play", url_path="play"),
            st.Page(demo_pages.linked, title="Linked", url_path="linked"),
            st.Page(demo_pages.words, title="Words", url_path="words"),
        ]
    ).run()
else:
    app = st.App(__file__, routes=assets.routes(), middleware=assets.middleware())
