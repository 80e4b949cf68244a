"""When is a classifier wrong?"""

from dataclasses import replace

import streamlit as st

from lossviz.findings import classification as findings
from lossviz.landscapes.window import good_window, within_reach
from lossviz.problem.formula import statement
from lossviz.ui import cache, coarse, frame
from lossviz.ui.data import fitted
from lossviz.ui.lenses.classification import parts
from lossviz.ui.lenses.classification.code import code as as_code
from lossviz.ui.sharing import code, offers
from lossviz.ui.sidebar import controls, plane_menu, state
from lossviz.ui.sidebar.problem import Lens, pose

TASKS = [
    frame.Task(
        "**Plateaus.** Both surfaces are losses of the same classifiers. Predict which of them is "
        "flat where a model is confidently wrong.",
        {"task": "binary", "bdata": "iris_versicolor", "bloss": "cross_entropy",
         "bbeside": "mse_sigmoid", "penalty": "none"},
    ),
    frame.Task(
        "**Separable data.** Four points, two on either side. Predict where the minimum of "
        "cross-entropy is, and what a penalty changes.",
        {"task": "binary", "bdata": "separable", "bloss": "cross_entropy", "penalty": "none",
         "panel-classes": "far"},
    ),
    frame.Task(
        "**Label noise.** A fifth of all labels is flipped, all from one class. Predict which loss "
        "then has the lowest accuracy on the clean labels.",
        {"task": "binary", "bdata": "blobs", "bloss": "cross_entropy", "penalty": "none",
         "bdata-blobs-distance": 6.0, "panel-classes": "noise", "flip-share": 0.2,
         "flip-kind": "one_sided"},
    ),
]  # fmt: skip

problem, risk = pose(
    Lens(
        tasks=("binary", "multiclass"),
        models=lambda e: e.affine,
        datasets=lambda entry: entry.fits(1, 2),
        inputs=(1, 2),
        why="This page draws classes over one or two features.",
    )
)
frame.heading(
    __doc__,
    "Two losses of the same classifiers, under one camera. Point at a surface: the decision "
    "boundary is that of the model under the pointer.",
    statement(problem, len(risk.data)),
)
best = cache.minimum(problem)

# 1. Which two losses, on which plane --------------------------------------------------------
with controls.row():
    other = parts.second(problem)
    middle = within_reach(risk, best)
    plane = parts.short(plane_menu.plane(risk, replace(best, theta=middle)))
    box = controls.window(good_window(risk, plane, middle), plane.names, "classes", problem)
    with state.fold("View", "view"):
        scale = controls.scale()
        together = controls.switch("One scale for both", "one-scale")
beside = replace(problem, loss=other)

# 2. The stage: two surfaces under one camera, and the classes ---------------------------------
a, b = controls.grid(box, 61)
first, second = cache.landscapes([cache.Asked(each, plane, a, b) for each in (problem, beside)])
landscapes = first, second
for each, land in zip((problem, beside), landscapes, strict=True):
    offers.surface(f"Surface, {each.loss.label}", land)
code.offer(lambda: as_code(__doc__, problem, other, landscapes[0]))
height_axes = parts.height_axes(scale, landscapes, together)
with frame.board():
    left, right = st.columns(2, gap="small")
    eye = parts.facing(landscapes[1])
    with left:
        parts.surface(landscapes[0], height_axes[0], risk, best, middle, key="first", eye=eye)
    with right:
        parts.surface(
            landscapes[1], height_axes[1], beside.risk(), None, middle, key="second", eye=eye
        )
    fitted.of_model(
        problem, risk, plane, middle, (a, b), key="classes", group="classes", height="third"
    )
coarse.finish()

# 3. A closer look ----------------------------------------------------------------------------
panel = parts.choose()
if panel == "margins":
    parts.margins(problem)
elif panel == "noise":
    parts.noise(problem, risk)
elif panel == "far":
    parts.far(problem)
else:
    parts.rare(problem, risk)

# 4. What that means --------------------------------------------------------------------------
sentences = findings.sentences((risk, beside.risk()), best, (landscapes[0], landscapes[1]))
frame.lesson(sentences, TASKS, "classes")
frame.mathematics(
    r"""
A linear classifier gives a logit $z=b+w^\top x$ and, through the sigmoid, a probability
$p=\sigma(z)=1/(1+e^{-z})$ of class 1; with several classes a softmax gives
$p_k\propto e^{z_k}$. With the margin $m=(2y-1)z$, cross-entropy is $\log(1+e^{-m})$: its derivative
$-(1-p_t)$ in $m$ stays near −1 however wrong the model is, and its curvature $p_t(1-p_t)$ is never
negative, so the mean over the data is convex. The squared error of the probability has the
derivative $-2p_t(1-p_t)^2$, which vanishes where the model is confidently wrong, and negative
curvature for $p_t<\tfrac13$.

If a line $b+w^\top x=0$ separates the classes, scaling $(b,w)$ up, along the normal $w$ of the
line, always lowers the cross-entropy and no minimum is attained; any penalty
$\tfrac\lambda2\|w\|^2$ brings one back. If labels are flipped at random with probability
$\eta<\tfrac12$, the risk-minimising probability under cross-entropy is $1-\eta$; a **symmetric**
loss, $\ell(z,1)+\ell(z,0)=c$, keeps all its minimisers, for its noisy risk is $(1-2\eta)R+\eta c$.
One-sided flips have no such guarantee.

Cox, *The regression analysis of binary sequences* (1958) · Albert & Anderson, *On the existence of
maximum likelihood estimates in logistic regression models* (1984) · Ghosh, Kumar & Sastry (2017),
arXiv:1712.09482 · Zhang & Sabuncu (2018), arXiv:1805.07836 · Wang et al. (2019), arXiv:1908.06112 ·
Lin et al., *Focal loss* (2017), arXiv:1708.02002 · Szegedy et al. (2016), arXiv:1512.00567.
"""
)
frame.close()
