"""See and explore loss landscapes"""

import streamlit as st

from lossviz.datasets import DATASETS
from lossviz.figures import landscapes as pictures
from lossviz.landscapes.height_scale import SCALES
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.problem.problem import Problem
from lossviz.problem.script import of_surface
from lossviz.ui import cache, frame, stage
from lossviz.ui.frame.contents import LENSES
from lossviz.ui.frame.examples import FAMOUS
from lossviz.ui.sharing import code, offers
from lossviz.ui.sidebar import controls, plane_menu, state

ROW = 5  # cards of lenses: thirteen leave none alone in its row

state.arrive()
frame.heading(
    __doc__,
    "Every point of a loss surface is a model, and its height is the loss of that model on the "
    "data. lossviz draws the surface for your data, model and loss, and lets you explore it.",
)
# A sine wave fitted to points: two parameters, many local minima, two global ones.
problem = Problem(DATASETS["sine_wave"](), MODELS["sine"](), LOSSES["squared"]())
risk, best = problem.risk(), cache.minimum(problem)
a, b = controls.grid(((-2.2, 2.2), (-3.4, 3.4)), 121)
land = cache.landscape(problem, plane_menu.plane(risk, best), a, b)
offers.surface("Surface", land)
code.offer(lambda: of_surface(__doc__, problem, land.plane, a, b))
with frame.board():
    hero, famous = st.columns([2, 1], gap="large", vertical_alignment="center")
with hero:
    stage.show(
        pictures.surface(land, SCALES["linear"]().height_axis(land.values)),
        key="hero",
        height="large",
        spin=True,
        alt="The loss of a sine wave over its amplitude a and frequency b: many local minima, and "
        "two global ones, (a, b) and (−a, −b), which are the same wave.",
    )
with famous:
    st.subheader("Three famous pictures", anchor=False)
    for example in FAMOUS:
        with st.container(border=True, key=f"example-{example.key}"):
            frame.link(example.file, example.title, example.icon, example.query)
            st.caption(example.says)

st.subheader("The course, one question a page", anchor=False)
for row in range(0, len(LENSES), ROW):
    for place, lens in zip(st.columns(ROW), LENSES[row : row + ROW], strict=False):
        with place.container(border=True, height="stretch", key=f"lens-{lens.title}"):
            frame.link(lens.file, f"**{lens.title}**", lens.icon)
            st.caption(lens.says)
frame.close()
