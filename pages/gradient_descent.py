"""How do optimizers find a minimum?"""

import streamlit as st

from lossviz.findings import descent as findings
from lossviz.problem.formula import statement
from lossviz.ui import cache as work
from lossviz.ui import coarse, frame
from lossviz.ui.lenses.descent import cache, panels
from lossviz.ui.lenses.descent import controls as racers
from lossviz.ui.lenses.descent import stage as raceview
from lossviz.ui.lenses.descent.code import code as as_code
from lossviz.ui.sharing import code
from lossviz.ui.sidebar import controls, plane_menu, state
from lossviz.ui.sidebar.problem import Lens, pose

TASKS = [
    frame.Task(
        "**Newton climbs.** Himmelblau's function has four minima and a maximum between them; "
        "start "
        "near that. Newton's method is said to be gradient descent, only faster. Predict where it "
        "ends.",
        {"objective": "himmelblau", "opts": ["gd", "adam", "newton"],
         "rate": None, "rate-gd": None, "rate-adam": None, "rate-newton": None,
         "start-a": 0.0, "start-b": -0.8, "steps": 200,
         "focus": "newton", "panel": "basins"},
    ),
    frame.Task(
        "**Turn the ravine.** Adam scales each parameter by itself. This ill-conditioned quadratic "
        "is turned by 45° against the axes. Read the steps of gradient descent and Adam under "
        "*What you see*, then set the *Angle* (under *Shape*) to 0: which of the two numbers "
        "changes?",
        {"objective": "quadratic", "shape-quadratic-kappa": 100.0, "shape-quadratic-angle": 45.0,
         "shape-quadratic-scale": 1.0, "rate": None,
         "opts": ["gd", "adam"], "rate-gd": 0.0198, "rate-adam": 0.3,
         "start-a": None, "start-b": None, "steps": 500, "focus": "adam", "panel": "step"},
    ),
    frame.Task(
        "**26 million steps.** Food spending against income, in francs. Predict how many steps "
        "gradient descent needs in raw units, and how many on standardised inputs.",
        {"objective": "problem", "task": "regression", "data": "engel", "model": "line",
         "loss": "squared", "penalty": "none", "panel": "scaling", "scaling-rate": "own",
         "opts": ["gd"], "rate": None, "rate-gd": None, "start-a": None,
         "start-b": None},
    ),
    frame.Task(
        "**Never at rest.** Absolute error has kinks at its minimum. Predict what a fixed step "
        "does when it gets there, and what a decreasing rate changes (*Settings*).",
        {"objective": "problem", "task": "regression", "data": "line", "model": "line",
         "loss": "absolute", "penalty": "none", "opts": ["gd"], "rate": 0.4,
         "rate-gd": None, "steps": 200,
         "focus": "gd", "sched": "constant", "start-a": None,
         "start-b": None, "panel": "step"},
    ),
    frame.Task(
        "**No gradient.** A constant loss is the same for every model. Predict the paths.",
        {"objective": "problem", "task": "regression", "loss": "constant", "opts": ["gd", "adam"],
         "start-a": None, "start-b": None, "panel": "step"},
    ),
]  # fmt: skip

problem, risk = pose(
    Lens(
        tasks=("regression", "binary"),
        first={"regression": ("sine_wave", "sine", "squared")},
    )
)
top, row = st.container(), st.container()
with frame.board():
    stage = st.container()
    player, beside = st.columns([2.2, 1], vertical_alignment="top")

# 1. On which surface, which optimizers, from where --------------------------------------------
with row, controls.row():
    analytic = racers.surface()
    if analytic is None:
        formula = statement(problem, len(risk.data))
        best = work.minimum(problem)
        plane = plane_menu.plane(risk, best)
        scene = cache.Scene(cache.around(problem, plane), work.parts(problem), problem)
    else:
        formula = [f"f(x, y) = {analytic.formula}"]
        scene = racers.analytic(analytic)
        st.sidebar.caption("These menus have no effect while a test function is shown.")
    curvature = cache.curvature(scene)
    optimizers, setting = racers.runners(scene, curvature)
with beside, controls.beside():
    focus = racers.focus(optimizers)
    start = racers.start(scene)
    with state.fold("View", "view"):
        scale = racers.height(scene)
        scene = racers.window(scene, start)
with top:
    frame.heading(
        __doc__,
        "Click anywhere to start there, or drag the white ring; then play, and step back. Every "
        "optimizer sees only the local gradient.",
        formula,
    )

# 2. The stage: the surface, the map, the data; the player; the same steps as curves -----------
setting = setting._replace(start=start)
run = cache.race(scene, optimizers, setting)
land, height_axis = raceview.land(scene, scale, run.tracks)
code.offer(lambda: as_code(__doc__, scene, optimizers, setting, land))
with stage:
    raceview.pictures_of(scene, optimizers, run, setting, focus, land, height_axis)
coarse.finish()
with player:
    step = raceview.play(scene, optimizers[focus], run, setting, focus)
raceview.charts(run)

# 3. A closer look -------------------------------------------------------------------------------
path, panel = run.paths[focus], panels.choose()
if panel == "step":
    panels.step(path, step, scene.surface.names, raceview.shown(scene))
elif panel == "rates":
    panels.rates(scene, optimizers, setting, curvature, cache.here(scene, path, step))
elif panel == "basins":
    panels.basins(scene, optimizers[focus], setting)
elif panel == "batches":
    panels.batches(scene, optimizers[focus], setting, path, step, land, height_axis)
else:
    panels.scaling(scene, setting, racers.plain(scene, optimizers), scale)

# 4. What that means -----------------------------------------------------------------------------
sentences = findings.sentences(scene.surface, run.paths, run.tracks, curvature)
frame.lesson(sentences, TASKS, "descent", lead=findings.outcome(run.paths))
frame.mathematics(
    r"""
Gradient descent steps against the gradient, $\theta_{t+1}=\theta_t-\eta\,\nabla L(\theta_t)$. On a
quadratic with curvatures $\lambda_1\le\dots\le\lambda_p$ (the eigenvalues of the Hessian) each
step multiplies the error along direction $i$ by $1-\eta\lambda_i$. So it shrinks everywhere
exactly when $\eta<2/\lambda_{\max}$, fastest at $\eta=2/(\lambda_{\min}+\lambda_{\max})$,
where a step multiplies the error by $(\kappa-1)/(\kappa+1)$, with
$\kappa=\lambda_{\max}/\lambda_{\min}$. Polyak's heavy ball with the
best momentum has the factor $(\sqrt\kappa-1)/(\sqrt\kappa+1)$.

Where the loss is not quadratic this holds near the point where the curvature was taken only.
Newton's method jumps to the critical point of the local quadratic, be it a minimum, a saddle or a
maximum. Rules that divide by the size of past gradients (Adam and its relatives) are invariant to a
scaling of the loss, but not to a rotation of the parameters. Where the derivative jumps instead of
fading, no fixed step ever comes to rest.

Polyak, *Some methods of speeding up the convergence of iteration methods* (1964) · Nesterov,
*Lectures on Convex Optimization* (2018) · Kingma & Ba, *Adam* (2015) · Boyd & Vandenberghe,
*Convex Optimization* (2004), ch. 9 · Bottou, Curtis & Nocedal, *Optimization Methods for
Large-Scale Machine Learning* (2018).
"""
)
frame.close()
