"""See the ground a loss makes, and walk on it"""

import streamlit as st

from lossviz.datasets import DATASETS
from lossviz.figures import landscape as pictures
from lossviz.heights import SCALES
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.problems import Problem
from lossviz.ui import controls, frame, ground, stage, state, work
from lossviz.ui.contents import LENSES
from lossviz.ui.examples import FAMOUS

state.arrive()
frame.heading(
    __doc__,
    "Pick a dataset, a model and a loss: lossviz shows the landscape they make, live, and what "
    "every point of it means for the data.",
)
# A sine wave fitted to points: two parameters, many valleys, one deepest.
problem = Problem(DATASETS["sine_wave"](), MODELS["sine"](), LOSSES["squared"]())
risk, best = problem.risk(), work.minimum(problem)
hero, course = st.columns([1.35, 1], gap="large", vertical_alignment="center")
with hero:
    plane = ground.plane(risk, best)
    a, b = controls.grid(((-2.2, 2.2), (-3.4, 3.4)), 121)
    land = work.landscape(problem, plane, a, b)
    ruler = SCALES["linear"]().ruler(land.values)
    stage.show(
        pictures.surface(land, ruler),
        key="hero",
        cursor="ab",
        height=500,
        alt="The loss of a sine wave over its amplitude and frequency: ridges, valleys, and two "
        "deepest points that are the same wave.",
    )
with course:
    st.subheader("Three famous pictures", anchor=False)
    for example in FAMOUS:
        st.page_link(
            example.file, label=example.title, icon=example.icon, query_params=example.query
        )
    st.subheader("The course", anchor=False)
    for number, lens in enumerate(LENSES, 1):
        st.page_link(lens.file, label=f"{number}. {lens.title}", icon=lens.icon)
        st.caption(lens.says)
frame.close()
