"""Which loss are you judged by?"""

from dataclasses import replace

import streamlit as st

from lossviz.figures.data import class_names
from lossviz.findings import validation as findings
from lossviz.landscapes.window import good_window, within_reach
from lossviz.models.linear import LinearInParameters
from lossviz.problem.formula import statement
from lossviz.text import as_markdown
from lossviz.ui import cache, coarse, frame
from lossviz.ui.lenses.validation import comparison, parts
from lossviz.ui.lenses.validation.code import code as as_code
from lossviz.ui.sharing import code, offers
from lossviz.ui.sidebar import controls, plane_menu, state
from lossviz.ui.sidebar.problem import Lens, pose
from lossviz.validation.gap import parts as split_parts

TASKS = [
    frame.Task(
        "**Two minima.** A quarter of the patients are for training, the others for "
        "validation. Predict whether both "
        "surfaces are lowest at the same place, and what a ridge does to the distance.",
        {"task": "regression", "data": "diabetes_pair", "model-many": "linear", "loss": "squared",
         "judge": "loss", "hold-share": 0.75, "panel-validation": "penalty",
         "validation-form": "l2", "validation-zoom": 8.0},
    ),
    frame.Task(
        "**No gradient.** Accuracy beside cross-entropy. Predict on what share of the plane the "
        "gradient of accuracy is exactly zero.",
        {"task": "binary", "bdata": "breast_cancer", "bloss": "cross_entropy",
         "bjudge": "accuracy", "panel-validation": "stairs"},
    ),
    frame.Task(
        "**Overfitting.** Polynomials of degree 1 to 9 through a noisy sine. Predict the degree at "
        "which the loss on fresh points is lowest, and what grows beyond it.",
        {"task": "regression", "data": "sine_wave", "model": "polynomial", "loss": "squared",
         "judge": "loss", "panel-validation": "degree"},
    ),
]  # fmt: skip

problem, risk = pose(
    Lens(
        tasks=("binary", "regression", "multiclass"),
        models=lambda e: issubclass(e, LinearInParameters) and e.id != "constant",
        datasets=lambda entry: entry.fits(1, 30),
        why="This page fits hundreds of models: those that are linear in their parameters.",
        holds=True,
    )
)
both = split_parts(problem)
best = cache.minimum(both.train)
middle = within_reach(risk, best)
frame.heading(
    __doc__,
    "First the training loss, then how it is evaluated, on rows held out. The blue "
    "dot is the lowest training loss, the pink one the best score on the rows held out. Point at a "
    "surface: every picture shows the model under the pointer.",
    statement(problem, len(risk.data)),
)

# 1. What judges, and on which plane -------------------------------------------------------------
with controls.row():
    metric = comparison.ask(problem)
    plane = parts.short(plane_menu.plane(risk, replace(best, theta=middle)))
    box = controls.window(good_window(risk, plane, middle), plane.names, "validation", problem)
    with state.fold("View", "view"):
        scale = controls.scale()
        together = controls.switch("One scale for both losses", "one-scale")
window = controls.grid(box, 81)
try:
    scene = comparison.scene(both, metric, best, middle, plane, window)
except ValueError as error:
    st.error(f"{as_markdown(str(error))}  The picture shows the held-out loss.")
    scene = comparison.scene(both, None, best, middle, plane, window)

for side, land in zip(("training", "held-out"), scene.landscapes, strict=True):
    offers.surface(f"Surface, {side} rows", land)

# 2. The stage: two surfaces under one camera, and what lies between -----------------------------
code.offer(lambda: as_code(__doc__, scene))
board, below = frame.board(), st.container()
with below:
    panel = parts.choose()
    form = parts.form() if panel == "penalty" else ""
    patience = parts.patience() if panel == "stop" else 1
with board:
    parts.surfaces(scene, scale, together, panel, form, patience)
coarse.finish()

# 3. A closer look -------------------------------------------------------------------------------
with below:
    parts.closer(scene, panel, form, patience)

# 4. What that means -----------------------------------------------------------------------------
rows = len(scene.train.data), len(scene.held.data)
sentences = findings.gap_sentences(
    scene.gap, scene.metric, rows, best.kind != "infinity", scene.train.penalty.id != "none"
)
if scene.metric is not None:
    names = tuple(map(as_markdown, class_names(scene.held.data)))
    sentences += filter(None, [findings.zero_division(scene.metric, *scene.undefined, names)])
frame.lesson(sentences, TASKS, "validation")
frame.mathematics(
    r"""
What is descended is the **empirical risk** $\hat L(\theta)=\tfrac1n\sum_i\ell(y_i,f_\theta(x_i))$,
plus a penalty. What one is judged by is the **risk** $L(\theta)=\mathbb E\,\ell(y,f_\theta(x))$ on
new points, estimated by the mean over rows held out. At a fixed $\theta$ the two agree on
average; at $\hat\theta=\arg\min\hat L$ they do not, since $\hat\theta$ was chosen to make $\hat L$
small: $\mathbb E\,\hat L(\hat\theta)\le\min_\theta L(\theta)\le\mathbb E\,L(\hat\theta)$. The
difference $L(\hat\theta)-\hat L(\hat\theta)$ is the **generalisation gap**. For squared error
$\mathbb E\,(y-\hat f(x))^2=\text{noise}+\text{bias}^2+\text{variance}$.

A **metric** such as accuracy counts rows: as a function of $\theta$ it is constant between the
places where a row changes sides, so its gradient is zero wherever it exists and descent does not
move. That is why one descends a loss. A loss of a probability is **proper** if reporting the true
one has the lowest expected loss: log-loss and the Brier score are, accuracy is only as far as the
side of the threshold. ROC AUC is the chance that a row of class 1 gets a higher score than one of
class 0, $P(p_+>p_-)+\tfrac12P(p_+=p_-)$: any increasing transform of the scores leaves it as it is.

**Early stopping** ends training when the held-out loss has not improved for some steps, and keeps
the best. Whatever is chosen on held-out rows, a step, $\lambda$, a threshold, has learned from
them: judging that choice takes a third part.

Stone, *Cross-validatory choice and assessment of statistical predictions* (1974) · Vapnik,
*Principles of risk minimization for learning theory* (1991) · Geman, Bienenstock & Doursat, *Neural
networks and the bias/variance dilemma* (1992) · Prechelt, *Early stopping, but when?* (1998) ·
Gneiting & Raftery, *Strictly proper scoring rules, prediction, and estimation* (2007) · Fawcett,
*An introduction to ROC analysis* (2006) · Niculescu-Mizil & Caruana, *Predicting good probabilities
with supervised learning* (2005) · Hastie, Tibshirani & Friedman, *The Elements of Statistical
Learning* (2009), chapter 7.
"""
)
frame.close()
