"""What will you be able to see?"""

import streamlit as st

from lossviz.ui import frame
from lossviz.ui.lenses.lessons import player
from lossviz.ui.sidebar import state

state.arrive()
head = st.container()
chosen = player.choose()
with head:
    if chosen is None:
        frame.heading(
            __doc__,
            "Ten short lessons: predict, then look, then understand. Every number is computed from "
            "the state on screen.",
            pictures=False,
        )
    else:
        frame.heading(chosen.lesson.title, chosen.lesson.aims)
if chosen is None:
    player.cards()
else:
    player.play(chosen)
frame.close()
