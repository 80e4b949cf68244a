"""What does the loss of your own data look like?"""

import streamlit as st

from lossviz.findings import your_data as table_findings
from lossviz.landscapes.window import good_window, within_reach
from lossviz.problem.formula import statement
from lossviz.problem.script import of_surface
from lossviz.ui import cache, coarse, frame
from lossviz.ui.lenses.your_data import draft, landscape_files, parts
from lossviz.ui.sharing import code, offers
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

parts.hold_tables()
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
above, settings, board = st.container(), controls.row(), frame.board()
solid, flat = board.columns([2.6, 1], gap="small")
with above if landscape_files.kept() else flat, parts.place(problem.dataset):
    way = parts.bring(problem.dataset)
with above, parts.place_reading():
    table = parts.reading() if way != "landscape" else None
    data = parts.choose(table) if table else None
    if data is not None:
        parts.use(data)
files = landscape_files.opened() if way == "landscape" else {}

# 2. The stage: the surface of the data in use, or the landscapes of the files ---------------------
best = cache.minimum(problem)
shown = within_reach(risk, best)
with settings:
    scale = controls.scale()
    if not files:
        plane = plane_menu.plane(risk, best)
        box = controls.window(good_window(risk, plane, shown), plane.names, "yours", problem)
if files:
    with board:
        sentences = landscape_files.show(files, scale)
else:
    a, b = controls.grid(box, 101)
    land = cache.progressive(problem, plane, a, b)
    offers.surface("Surface", land)
    code.offer(lambda: of_surface(__doc__, problem, plane, a, b))
    parts.show(problem, risk, best, shown, land, scale, (solid, flat))
    coarse.finish()
    sentences = [*table_findings.used(risk.data), *cache.sentences(problem, land)]

# 3. What that means -------------------------------------------------------------------------------
frame.lesson(sentences, TASKS, "yours")
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
draft.keep()
frame.close()
