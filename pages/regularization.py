"""What does a penalty do to the loss surface?"""

import streamlit as st

from lossviz.findings import regularization as findings
from lossviz.problem.formula import statement
from lossviz.regularization import WeightsOnly, has_exact_intercept, has_exact_path, unit
from lossviz.ui import frame
from lossviz.ui.lenses.regularization import panels, stage
from lossviz.ui.lenses.regularization.code import code as as_code
from lossviz.ui.sharing import code
from lossviz.ui.sidebar import controls
from lossviz.ui.sidebar.problem import Lens, pose

TASKS = [
    frame.Task(
        "**Where exact zeros come from.** Slide λ up slowly with L1. Predict which weight reaches "
        "zero first, and whether it comes back. Then the same with L2.",
        {"task": "regression", "data": "diabetes_pair", "penalty": "l1",
         "penalty-l1-strength": 20.0, "reg-view": "penalty"},
    ),
    frame.Task(
        "**Correlated features.** Two features that are almost equal make the data loss nearly "
        "flat along one direction. Predict what L2 does to the two weights, and what L1 does.",
        {"task": "regression", "data": "correlated_pair",
         "data-correlated_pair-correlation": 0.98, "penalty": "l2", "penalty-l2-strength": 0.2},
    ),
    frame.Task(
        "**Separable data.** Two separable classes have no finite maximum-likelihood estimate. "
        "Predict what the smallest penalty changes.",
        {"task": "binary", "bdata": "blobs", "bdata-blobs-distance": 8.0, "penalty": "l2",
         "penalty-l2-strength": 0.01},
    ),
    frame.Task(
        "**Fewer points than features.** Train on eight patients with ten measurements. "
        "Predict whether the penalty lowers the loss on held-out patients.",
        {"task": "regression", "data": "diabetes_pair", "penalty": "l2", "reg-panel": "validation",
         "reg-learn": 8},
    ),
    frame.Task(
        "**Flat, or only small?** Train one network without and with weight decay. Predict which "
        "slice looks flatter, and whether its largest curvature is lower too; then look along raw "
        "directions.",
        {"task": "binary", "reg-panel": "network", "reg-net-decay": 0.003,
         "reg-net-plane": "filter", "reg-net-surface": "data"},
    ),
]  # fmt: skip

problem, risk = pose(
    Lens(
        tasks=("regression", "binary"),
        datasets=lambda entry: entry.fits(2, 2),
        inputs=(2, 2),
        models=lambda entry: entry.affine,
        losses=lambda entry: has_exact_intercept(entry()),
        penalties=lambda entry: has_exact_path(entry()),
        why="This page shows two weights under a penalty, with the intercept solved out exactly: "
        "two features, a linear model, squared error or cross-entropy.",
        first={
            "regression": ("diabetes_pair", "linear", "squared"),
            "binary": ("breast_cancer", "linear", "cross_entropy"),
        },
        search=False,
    )
)
try:
    reduced = WeightsOnly(risk)
except ValueError as error:
    st.title(__doc__, anchor=False)
    st.error(str(error))
    frame.close()
    st.stop()
if stage.opening(problem):
    st.rerun()
frame.heading(
    __doc__,
    "Play λ, or drag the minimum or the penalty's white level set: the data loss and λ times a "
    "penalty add up to the regularised objective. The marked minimum is exact.",
    statement(problem, len(risk.data)),
)

# 1. The stage: three surfaces that add up, their map, both weights over λ ---------------------
scene, step = stage.scene(problem)
code.offer(lambda: as_code(__doc__, problem, scene))
with controls.row():
    view = stage.view()
with frame.board():
    with stage.surfaces(problem, scene, kink=not unit(reduced.penalty).smooth):
        stage.above(problem, scene, view)
    stage.play(problem, scene, step)
    stage.weights(scene, step)
st.caption(
    "The intercept is not penalised and not shown: at every pair of weights it takes its best "
    "value"
    + (", which centring the data does exactly." if reduced.quadratic else ", found by Newton's "
       "method for each pair.")
    + " Heights are measured from the lowest data loss, on one scale."
)  # fmt: skip

# 2. A closer look ------------------------------------------------------------------------------
panels.panel(problem, reduced, scene, step)

# 3. What that means ----------------------------------------------------------------------------
seen = [*findings.sentences(reduced, scene, step), panels.held_out(problem)]
frame.lesson([sentence for sentence in seen if sentence], TASKS, "regularization")
frame.mathematics(
    r"""
The penalised problem $\min_w L(w)+\lambda R(w)$ and the constrained one $\min_w L(w)$ with
$R(w)\le t$ have the same minima where both are convex: the budget is $t=R(w_\lambda)$, and
$\lambda$ is its Lagrange multiplier, $\lambda=-\mathrm{d}L/\mathrm{d}t$. At the
minimum the level set of the data loss touches that of the penalty. The diamond of L1 has corners
on the axes, where the level sets touch for a whole range of gradients: weight $j$ is exactly zero
when $|\partial L/\partial w_j|\le\lambda$. For one weight with $L=\tfrac12(w-z)^2$ the answers are
the soft threshold $\operatorname{sign}(z)\max(|z|-\lambda,0)$ for L1, the shrinkage
$z/(1+\lambda)$ for L2, and keeping $z$ if $z^2>2\lambda$ for L0.

**Factors.** Squared error here is a mean without the half. So L1 with $\lambda$ is
`Lasso(alpha=λ/2)`, L2 with $\tfrac\lambda2\sum w^2$ is `Ridge(alpha=nλ/2)`, and for cross-entropy
`LogisticRegression(C=1/(nλ))`. The intercept is never penalised.

**The Bayesian reading.** With Gaussian noise of variance $\sigma^2$ the penalised minimum is the
most probable $w$: L2 says $w_j\sim N(0,\tau^2)$ beforehand, with
$\lambda=2\sigma^2/(n\tau^2)$ for the mean squared error; L1 says that $w_j$ has a Laplace
density $\propto e^{-|w_j|/b}$, with $\lambda=2\sigma^2/(nb)$. The most probable
$w$ of a Laplace prior has exact zeros; its average
has none.

**Ridge as more data.** Adding one row $\sqrt{n\lambda/2}\,e_j$ with target 0 per weight, to centred
data, gives the ridge by plain least squares; so does, on average, adding noise of variance
$\lambda/2$ to every feature.

**Early stopping.** Gradient descent from zero with rate $\eta$ on a quadratic reaches, after $k$
steps, the share $1-(1-\eta h)^k$ of the minimum along a direction of curvature $h$; ridge keeps
$h/(h+\lambda)$. With $\lambda\approx1/(\eta k)$ the two shrink alike: strongly along directions of
low curvature, hardly along those of high curvature.

**Weight decay** adds $\tfrac\lambda2\sum w^2$ over all weights of a network, biases not. A slice
$L(\theta+a\,d_1+b\,d_2)$ along filter-normalised directions has $\lVert d\rVert=\lVert w\rVert$
unit by unit, so networks with weights of different sizes are seen at their own scale; along raw
directions the same step changes a network with smaller weights more. Neither slice is
the curvature: that is an eigenvalue of the Hessian, and depends on the scale as well.

**Degrees of freedom** are $\operatorname{tr} H(H+\lambda\nabla^2R)^{-1}$ over the weights that are
not zero: their number for L1, $\sum s_j^2/(s_j^2+\alpha)$ for a ridge. For L0 the search itself
uses more, which is not counted.

Hoerl & Kennard, *Ridge regression* (1970) · Tibshirani, *Regression shrinkage and selection via
the lasso* (1996) · Efron, Hastie, Johnstone & Tibshirani, *Least angle regression* (2004) · Zou &
Hastie, *Elastic net* (2005) · Yuan & Lin (2006) · Zou, Hastie & Tibshirani, *Degrees of freedom of
the lasso* (2007) · Bishop, *Training with noise is equivalent to Tikhonov regularization* (1995) ·
Krogh & Hertz, *A simple weight decay can improve generalization* (1992) · Li et al., *Visualizing
the loss landscape of neural nets* (2018), arXiv:1712.09913 · Hastie, Tibshirani & Friedman, *The
Elements of Statistical Learning* (2009), ch. 3 and 7.
"""
)
frame.close()
