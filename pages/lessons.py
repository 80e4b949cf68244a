"""What will you be able to see?"""

from lossviz.ui import frame
from lossviz.ui.lenses.lessons import player
from lossviz.ui.sidebar import state

state.arrive()
frame.heading(
    __doc__,
    "Ten short lessons: predict, then look, then understand. Every number is computed from the "
    "state on screen.",
)
chosen = player.choose()
if chosen is None:
    player.cards()
else:
    player.play(*chosen)
frame.close()
