"""What does a loss look like?"""

import streamlit as st

from lossviz.figures import landscapes as pictures
from lossviz.findings import landscapes as findings
from lossviz.landscapes.critical_points import minimum_marks
from lossviz.landscapes.fitted import fit
from lossviz.landscapes.gradient_field import downhill
from lossviz.landscapes.kinks import drawn_heights, kinks
from lossviz.landscapes.window import good_window, within_reach
from lossviz.problem.formula import statement
from lossviz.problem.script import of_surface
from lossviz.ui import cache, coarse, frame, stage
from lossviz.ui.data import fitted, live
from lossviz.ui.sharing import code, offers
from lossviz.ui.sidebar import controls, plane_menu, state
from lossviz.ui.sidebar.problem import Lens, pose

TASKS = [
    frame.Task(
        "**Kinks.** Squared error makes a quadratic surface. Predict what absolute error makes of "
        "the same points, then look for straight lines of kinks.",
        {"task": "regression", "data": "anscombe", "model": "line", "loss": "absolute",
         "height": "linear"},
    ),
    frame.Task(
        "**Local minima.** A sine wave has an amplitude and a frequency. Predict how many local "
        "minima its surface has in this window.",
        {"task": "regression", "data": "sine_wave", "model": "sine", "loss": "squared",
         "surface-a0": -2.2, "surface-a1": 2.2, "surface-b0": -6.0, "surface-b1": 6.0},
    ),
    frame.Task(
        "**Flat.** A constant loss is the same for every model. Predict its surface, and the "
        "direction of steepest descent.",
        {"task": "regression", "loss": "constant", "arrows": True},
    ),
]  # fmt: skip

problem, risk = pose(
    Lens(
        tasks=("regression", "binary"),
        # few points and one far off: the first drag visibly moves the surface
        first={"regression": ("linnerud", "line", "squared")},
    )
)
frame.heading(
    __doc__,
    "Every point of the surface is a model; its height is that model's loss on the data. Move "
    "over the surface or its map and the model follows; drag a data point and the surface changes.",
    statement(problem, len(risk.data)),
)
best = cache.minimum(problem)
shown = within_reach(risk, best)

# 1. Which surface, and how it is drawn -------------------------------------------------------
with controls.row():
    scale = controls.scale()
    plane = plane_menu.plane(risk, best)
    box = controls.window(good_window(risk, plane, shown), plane.names, "surface", problem)
    with state.fold("View", "view"):
        arrows = controls.switch("Steepest-descent arrows on the map", "arrows")
        cuts = controls.switch("Slices through the cursor", "slices")
        n = controls.resolution()

# 2. The stage: the surface, its map, the data -----------------------------------------------
a, b = controls.grid(box, n)
land = cache.progressive(problem, plane, a, b)
offers.surface("Surface", land)
code.offer(lambda: of_surface(__doc__, problem, plane, a, b))
height_axis = scale.height_axis(land.values)
marks = minimum_marks(risk, best, plane, (a, b))
kink_lines = kinks(risk, plane, (a, b)) if risk.layout.size > 1 else None
lowest = findings.lowest(risk, best)
at = plane.project(shown).tolist()
linked = {"group": "surface", "at": at}
readout = stage.reading(risk, plane, at)
how = live.options(problem, risk, plane)
rise, flat_rise = (
    live.landscape(how, height_axis, marks[0].name, lift=pictures.lift(height_axis), solid=solid)
    for solid in (True, False)
)
with frame.board():
    solid, flat = st.columns([2.3, 1], gap="small")
    if risk.layout.size == 1:
        with solid:
            curve = pictures.profile(land, height_axis, marks)
            stage.show(curve, key="curve", cursor="a", height="large", alt=lowest, readout=readout,
                       moves=flat_rise, **linked)  # fmt: skip
    else:
        with solid:
            scene = pictures.surface(land, height_axis, marks)
            if kink_lines is not None:
                pictures.folded(scene, kink_lines, drawn_heights(kink_lines, land, height_axis))
            stage.show(scene, key="surface", cursor="ab", height="large", alt=lowest,
                       moves=rise, **linked)  # fmt: skip
        with flat:
            steps = downhill(risk, plane, a, b) if arrows else None
            above = pictures.contour(land, height_axis, marks, steps)
            if kink_lines is not None:
                pictures.folded(above, kink_lines)
            text = "The same surface from above, as a contour map."
            stage.show(above, key="map", cursor="ab", height="half", alt=text, readout=readout,
                       moves=flat_rise, **linked)  # fmt: skip
    with flat:
        fitted.show(problem, fit(risk), plane, shown, (a, b), key="fit", group="surface",
                    height="half", more=live.curves(how, "minimum"))  # fmt: skip
    live.dial(how, problem, key="dial", group="surface")
coarse.finish()

if cuts and risk.layout.size > 1:
    for axis, (side, place) in enumerate(zip("ab", st.columns(2), strict=True)):
        with place:
            stage.show(
                pictures.cut(land, height_axis, axis),
                key=f"slice-{side}",
                group="surface",
                height="low",
                alt=f"The loss along {plane.names[axis]}, through the cursor.",
                moves=[stage.Slice("cut", along=side)],
            )

# 3. What that means ---------------------------------------------------------------------------
frame.lesson(cache.sentences(problem, land), TASKS, "surface")
frame.mathematics(
    r"""
The height over a point $\theta$ is the **empirical risk**: the mean loss over the data plus the
penalty on the weights,

$$L(\theta)=\frac1n\sum_{i=1}^n \ell\big(y_i,\,f_\theta(x_i)\big)+R(w).$$

For a model that is linear in its parameters and squared error, $L$ is exactly quadratic,
$L(\theta)=L(\theta^*)+\tfrac12(\theta-\theta^*)^\top H(\theta-\theta^*)$, whose principal axes are
the eigenvectors of $H=\tfrac2n X^\top X$ and whose widths go with one over the square root of its
eigenvalues. The ratio of the largest to the smallest eigenvalue is the condition number. Absolute
error is a mean of functions with one kink each: that of a point lies along the straight line of
parameters whose model passes exactly through it.

Boyd & Vandenberghe, *Convex Optimization* (2004), ch. 6 and 9 · Hastie, Tibshirani & Friedman,
*The Elements of Statistical Learning* (2009), ch. 2 and 10.
"""
)
frame.close()
