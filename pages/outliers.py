"""What does one outlier do to the best line?"""

from dataclasses import replace

import streamlit as st

from lossviz.findings import outliers as findings
from lossviz.outliers.influence import influences
from lossviz.problem.formula import comparison
from lossviz.ui import coarse, frame
from lossviz.ui.data import editing
from lossviz.ui.lenses.outliers import parts
from lossviz.ui.lenses.outliers.code import code as as_code
from lossviz.ui.sharing import code
from lossviz.ui.sidebar import controls, plane_menu, state
from lossviz.ui.sidebar.problem import Lens, pose
from lossviz.ui.sidebar.widgets import select

CLEAN = {"points": "", "bad-share": 0.0, "penalty": "none", "model": "line"}
TASKS = [
    frame.Task(
        "**One outlier.** The outlier of Anscombe's third set is moved up to y = 100. "
        "Predict how far each line follows it.",
        {**CLEAN, "data": "anscombe", "data-anscombe-which": 3, "points": "2:13,100",
         "point": "2", "loss": "huber"},
    ),
    frame.Task(
        "**Absolute error is not safe.** Nine points lie on y = x and one at (24, 0). Absolute "
        "error keeps y = x. Predict what one or two units further do; then set X to 25 and 26 "
        "in the sidebar.",
        {**CLEAN, "data": "leverage", "data-leverage-x": 24.0, "point": "9", "loss": "huber"},
    ),
    frame.Task(
        "**Which one number stands for 1, 2, 3 and 10?** The mean is 4. Predict where absolute "
        "error is lowest, and how many places are lowest.",
        {**CLEAN, "data": "few_numbers", "data-few_numbers-numbers": "1, 2, 3, 10",
         "model": "constant", "point": "3", "loss": "huber"},
    ),
    frame.Task(
        "**Between the two.** Huber's δ decides what counts as far. Predict its slope for δ = "
        "0.05 and δ = 5, then slide δ in the sidebar.",
        {**CLEAN, "data": "anscombe", "data-anscombe-which": 3, "loss": "huber",
         "loss-huber-delta": 0.05, "point": "2"},
    ),
    frame.Task(
        "**A line for the top tenth.** The quantile loss at τ = 0.9 weights a positive residual "
        "(a line too low) nine times as much as a negative one. Among Engel's households, in "
        "francs and not standardised, predict what "
        "share of one franc more that line spends on food; then slide τ.",
        {**CLEAN, "data": "engel", "data-engel-standardise": False, "loss": "quantile",
         "loss-quantile-tau": 0.9},
    ),
]  # fmt: skip

problem, _ = pose(
    Lens(
        tasks=("regression",),
        datasets=parts.one_feature,
        inputs=(1, 1),
        models=parts.straight,
        losses=parts.third,
        why="This page compares squared error and absolute error with a third loss, "
        "on data with one feature.",
        first={"regression": ("anscombe", "line", "huber")},
    )
)
these = parts.problems(problem)
frame.heading(
    __doc__,
    "Drag a point: each loss's line and its minimum follow. Click to add a point; shift-click, or "
    "the bin under the picture, deletes one. The menus choose the third loss.",
    comparison([each.loss for each in these], problem.model, len(problem.draw())),
)

# 1. Which point, how far off, how many ---------------------------------------------------------
with controls.row():
    with state.fold("Outliers", "outliers"):
        st.button("Add outlier in y", on_click=parts.add_outlier, args=(problem, "y"))
        st.button("Add outlier in x", on_click=parts.add_outlier, args=(problem, "x"))
        contamination = parts.many()
    problem = replace(problem, contamination=contamination)
    these = parts.problems(problem)
    sides = [parts.side(each) for each in these]
    data = sides[0].risk.data
    squared = sides[0]
    row = editing.chosen(
        problem, data, int(influences(squared.clean, squared.before.theta).share.argmax())
    )
    editing.push(problem, data, row, parts.clean_line(sides[1]))
    with state.fold("Table", "table") as seen:
        if seen:
            editing.table(problem, data)
    with state.fold("View", "view"):
        drawn = select("Drawn as", {"surfaces": "Surfaces", "maps": "Maps"}, "drawn",
                       draw=st.segmented_control)  # fmt: skip
        heights = select("Height scale", {"own": "Each its own", "common": "Common"}, "heights",
                         draw=st.segmented_control)  # fmt: skip
        scale = controls.scale()
    third = controls.switch("Third surface", "third")
    plane = plane_menu.plane(sides[0].risk, sides[0].best)
    box = controls.window(parts.window(sides, plane), plane.names, "outliers", problem)

code.offer(lambda: as_code(__doc__, these, plane, *controls.grid(box, 61)))

# 2. The stage: surfaces under one camera, the lines, the contributions ---------------------------
with frame.board():
    flat = parts.show_surfaces(
        these, sides, row, plane, controls.grid(box, 61), scale,
        common=heights == "common", solid=drawn == "surfaces", third=third,
    )  # fmt: skip
    lines, shares = st.columns([1.35, 1], gap="small")
    with lines:
        parts.show_data(problem, sides, row, plane, height="third")
    with shares:
        parts.show_shares(sides, height="third")
coarse.finish()

# 3. A closer look --------------------------------------------------------------------------------
panel = select(
    "Details", {"influence": "Influence curves", "breakdown": "Breakdown"}, "more",
    draw=st.segmented_control,
)  # fmt: skip
if panel == "influence":
    st.caption("The influence of a point on the line against its residual. A curve that stays "
               "constant or returns to 0 (redescending) bounds it.")  # fmt: skip
    parts.show_influence(sides, height="panel")
else:
    st.caption("More and more points are contaminated as set under *Outliers* (how far, in x or in "
               "y), from none to half. A robust fit resists; none beyond half.")  # fmt: skip
    parts.show_breakdown(these, contamination, height="panel")

# 4. What that means ------------------------------------------------------------------------------
frame.lesson([*findings.sentences(sides), *filter(None, [flat])], TASKS, "outliers")
frame.mathematics(
    r"""
For the residuals $r_i=y_i-\hat y_i$ of a line the mean loss $L(\theta)=\frac1n\sum_i\rho(r_i)$ is
lowest where $\sum_i\psi(r_i)\,(1,x_i)=0$ with $\psi=\rho'$ (for absolute error: where zero is among
the sums of its subgradients). The **influence** of a point on the fit is proportional to $\psi(r)$
and to its place in $x$: for squared error $\psi(r)=2r$ is unbounded, for absolute error
$|\psi|\le1$, for Huber's loss $|\psi|\le\delta$; Tukey's and Welsch's $\psi$ are redescending (they
return to zero), which makes several local minima possible.

A bounded $\psi$ bounds the influence of the residual, not of the position: the factor $x_i$ is
unbounded, so one point far out in $x$ can turn the absolute-error line, and its breakdown point,
the smallest share of contaminated points that can move the fit arbitrarily far, is $1/n$ for points
free in $x$. **Leverage** is the diagonal of the hat matrix $X(X^\top X)^{-1}X^\top$; its mean is
$p/n$ and twice that counts as high.

Huber, *Robust estimation of a location parameter* (1964) · Hampel, Ronchetti, Rousseeuw & Stahel,
*Robust Statistics* (1986) · Koenker & Bassett, *Regression quantiles* (1978) · Rousseeuw & Leroy,
*Robust Regression and Outlier Detection* (1987) · Hoaglin & Welsch, *The hat matrix in regression
and ANOVA* (1978) · Anscombe (1973).
"""
)
frame.close()
