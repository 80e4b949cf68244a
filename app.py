"""The table of contents.

``streamlit run app.py`` and ``uvicorn app:app`` both import this file as a module to find
``app``, the server with its own routes; then every session runs it as a script.
"""

import streamlit as st

from lossviz.ui import turns
from lossviz.ui.frame.contents import pages
from lossviz.ui.stage import assets, parcel

SIDEBAR = 292  # pixels: the widest menu entry, and no more

if __name__ == "__main__":
    st.set_page_config(
        page_title="lossviz", page_icon=assets.ICON, layout="wide", initial_sidebar_state=SIDEBAR
    )
    st.logo(assets.WORDMARK, icon_image=assets.WORDMARK)
    page = st.navigation(pages(), position="top", expanded=True)
    with turns.page():
        parcel.forget()
        page.run()
else:
    from streamlit.runtime.pages_manager import PagesManager

    from lossviz.ui.loading import loaded

    # Until some session has called st.navigation, Streamlit would serve pages/ by itself and the
    # first visitor with a deep link would get a page without this file.
    PagesManager.uses_pages_directory = False
    app = st.App(__file__, routes=assets.routes(), middleware=assets.middleware(), lifespan=loaded)
