"""What does the loss of your own data look like?"""

import streamlit as st

from lossviz.figures import landscapes as pictures
from lossviz.findings import landscapes as findings
from lossviz.findings import your_data as told
from lossviz.landscapes.critical_points import landmarks
from lossviz.landscapes.fitted import fit
from lossviz.landscapes.window import good_window, within_reach
from lossviz.problem.formula import statement
from lossviz.ui import cache, frame, stage
from lossviz.ui.data import fitted
from lossviz.ui.lenses.your_data import parts
from lossviz.ui.sidebar import controls, plane_menu
from lossviz.ui.sidebar.problem import Lens, pose

TASKS = [
    frame.Task(
        "**Three clicks.** Draw three points that no line meets. Predict what absolute error's "
        "lowest point does with them, then use them and choose absolute error.",
        {"way": "draw", "task": "regression", "data": "yours", "loss": "absolute"},
    ),
    frame.Task(
        "**One wrong cell.** Edit your table: put a 10 times larger number into one cell of the "
        "target. Predict whose minimum moves further, squared or absolute error's.",
        {"way": "type", "task": "regression", "data": "yours", "loss": "squared"},
    ),
]  # fmt: skip

parts.keep()
problem, risk = pose(
    Lens(
        tasks=("regression", "binary", "multiclass"),
        datasets=lambda entry: entry.id.startswith("yours"),
        first={
            "regression": ("yours", "line", "squared"),
            "binary": ("yours_binary", "linear", "cross_entropy"),
            "multiclass": ("yours_multiclass", "linear", "softmax_cross_entropy"),
        },
        why="This page shows your own table; the other pages have the other data.",
    )
)
frame.heading(
    __doc__,
    "Bring a table, see how it was read, choose what predicts what, and use it: here and, as "
    "*Your data …* in the Dataset menu, on the other pages. Drag a point and the surface moves.",
    statement(problem, len(risk.data)),
)

# 1. The table: how it comes, how it was read, what predicts what --------------------------------
with parts.place(problem.dataset):
    parts.bring()
    table = parts.reading()
    data = parts.choose(table) if table else None
    if data is not None:
        parts.use(data)

# 2. The stage: the surface of the data in use ----------------------------------------------------
best = cache.minimum(problem)
shown = within_reach(risk, best)
with controls.row():
    scale = controls.scale()
    plane = plane_menu.plane(risk, best)
    box = controls.window(good_window(risk, plane, shown), plane.names, "yours", problem)
a, b = controls.grid(box, 101)
land = cache.landscape(problem, plane, a, b)
ruler = scale.ruler(land.values)
marks = landmarks(risk, best, plane, (a, b))
talk = {"group": "yours", "at": plane.project(shown)}
readout = stage.Readout([name for name in plane.names if name], "loss")
lowest = findings.lowest(risk, best)
with frame.board():
    solid, flat = st.columns([1.6, 1], gap="small")
    with solid:
        if risk.layout.size == 1:
            curve = pictures.profile(land, ruler, marks)
            stage.show(
                curve, key="yours-curve", cursor="a", height="large", alt=lowest, readout=readout,
                **talk,
            )  # fmt: skip
        else:
            stage.show(
                pictures.surface(land, ruler, marks), key="yours-surface", cursor="ab",
                height="large", alt=lowest, readout=readout, **talk,
            )  # fmt: skip
    with flat:
        fitted.show(
            problem, fit(risk), plane, shown, (a, b), key="yours-fit", group="yours",
            height="large",
        )  # fmt: skip

# 3. What that means -------------------------------------------------------------------------------
frame.lesson([*told.used(risk.data), *findings.sentences(risk, best, land)], TASKS, "yours")
frame.mathematics(
    r"""
A table is read in one way only where it can be read in one way. Numbers may have a decimal point
or comma, marks for thousands, a sign of money or percent, a unit, a minus sign of any kind or
Fortran's exponent; dates count as days since the first one; a feature of up to ten labels becomes
one column of 0 and 1 for each label (one-hot). Cells such as `NA`, `?` or `#DIV/0!` have no value:
rows without a value in a column that is used are left out, and the source says how many. Where
two readings are possible, such as 1,200, you are asked. Standardising a feature takes its mean
away and divides by its standard deviation: the loss at the minimum stays the same, the surface
becomes rounder, and the weights are per standard deviation.
"""
)
frame.close()
