"""How does a loss measure an error?"""

import streamlit as st

from lossviz.figures import losses as pictures
from lossviz.findings import losses as findings
from lossviz.losses.curves import ceiling, curve, steepness
from lossviz.problem.formula import statement
from lossviz.ui import cache, coarse, frame, stage
from lossviz.ui.lenses.losses import parts
from lossviz.ui.lenses.losses.code import code as as_code
from lossviz.ui.sharing import code
from lossviz.ui.sidebar import controls, loss_menu
from lossviz.ui.sidebar.problem import Lens, pose
from lossviz.ui.sidebar.widgets import slider

TASKS = [
    frame.Task(
        "**One residual.** A model predicts 1 where 4 was observed. Predict the squared, half "
        "squared, absolute and Huber loss.",
        {"task": "regression", "truth": 4.0, "said": 1.0, "loss": "squared",
         "panel-losses": "facts", "with": ["squared", "absolute", "half_squared", "huber"]},
    ),
    frame.Task(
        "**One outlier.** Ten points lie on a line and one far off it. Predict which share of "
        "the squared loss that one point contributes at the least-squares line.",
        {"task": "regression", "data": "anscombe", "data-anscombe-which": 3, "points": "",
         "model": "line", "penalty": "none", "loss": "squared", "place-a": None, "place-b": None},
    ),
    frame.Task(
        "**A bounded loss.** Predict the derivative of Tukey's loss at a large residual, then "
        "that of a constant loss.",
        {"task": "regression", "loss": "tukey_biweight", "with": ["squared", "absolute",
         "tukey_biweight", "constant"], "truth": 0.0, "said": 6.0, "reach": 8.0,
         "panel-losses": "facts"},
    ),
    frame.Task(
        "**A common claim.** “MSE takes small errors into account more than larger ones.” "
        "Decide, then "
        "move the two errors.",
        {"panel-losses": "said", "sentence": "small", "small": 0.5, "large": 3.0},
    ),
    frame.Task(
        "**A loss that adapts.** A tenth of the points are outliers. Predict which α fits the "
        "residuals best: 2 is squared error, 0 is Cauchy's loss.",
        {"task": "regression", "data": "line", "data-line-outliers": 0.1, "model": "line",
         "panel-losses": "adaptive"},
    ),
]  # fmt: skip

problem, risk = pose(Lens(tasks=("regression", "binary"), models=lambda e: e.affine))
two = risk.data.task == "binary"
frame.heading(
    __doc__,
    "A loss is a function of the error: of every point over the data, and with its derivative "
    "against the "
    + ("margin" if two else "residual, observed minus predicted")
    + ". Point anywhere.",
    statement(problem, len(risk.data)),
)
best = cache.minimum(problem)

# 1. Which losses, and one residual to look at ----------------------------------------------------
with controls.row():
    losses = loss_menu.compared(problem.loss, "bwith" if two else "with")
    if two:
        y, u = 1.0, slider("Margin of one example", "margin", -2.0, -10.0, 10.0)
    else:
        y = slider("Observed y", "truth", 4.0, -10.0, 10.0)
        u = y - slider("Predicted ŷ", "said", 1.0, -10.0, 10.0)
    reach = slider("Plot range", "reach", 4.0, 0.5, 50.0, log=True)

code.offer(lambda: as_code(__doc__, problem, losses, y, u if two else y - u))

# 2. The stage: residuals over the data, loss and derivative -----------------------------------
with frame.board():
    over, along = st.columns([1.05, 1], gap="small")
with over:
    theta = parts.over_data(problem, risk, best, losses)
with along:
    curves = [curve(loss, max(reach, abs(u)), y) for loss in losses]
    axis = "margin" if two else "residual r = y − ŷ (observed − predicted)"
    reads = stage.Readout(["margin m" if two else "residual r"], "loss", each=True)
    linked = {"group": "loss-curves", "cursor": "a"}
    stage.show(
        pictures.loss_curves(curves, ceiling(curves, max(reach, abs(u))), axis),
        key="loss-curves", height="half", at=[u], readout=reads, **linked,
        alt=f"Each loss against the {axis}.",
    )  # fmt: skip
    stage.show(
        pictures.loss_curves(curves, steepness(curves), axis, slope=True),
        key="slopes", height="half", readout=reads._replace(label="derivative"), **linked,
        alt=f"The derivative of each loss against the {axis}.",
    )  # fmt: skip
coarse.finish()

# 3. A closer look ----------------------------------------------------------------------------
panel = parts.choose()
if panel == "facts":
    with st.container(key="in-numbers"):
        if not two:
            st.markdown(findings.worked(losses, y, y - u))
        st.markdown(findings.table(losses, u, y))
elif panel == "said":
    parts.common_claim(losses, y, u)
elif panel == "own":
    parts.own(two)
else:
    parts.adaptive(problem)

# 4. What that means --------------------------------------------------------------------------
frame.lesson(findings.sentences(losses, risk, theta), TASKS, "losses")
frame.mathematics(
    r"""
With $r=y-\hat y$ the residual, observed minus predicted, a regression loss is a function
$\ell(r)$ and its derivative $\psi(r)=\ell'(r)$ is proportional to the *influence* of robust
statistics. (The gradient in the prediction has the other sign,
$\partial\ell/\partial\hat y=-\psi(r)$.) For two classes the argument is the margin
$m=(2y-1)z$ of the logit $z$. A loss is **convex** if no chord passes below the curve, **smooth** if
loss and derivative have no jump, a **bounded loss** if it has an upper bound, and has a **bounded
$\psi$** if its derivative has one: that bounds the influence of a residual, not that of a point's
features, since $\partial\ell/\partial\theta=-\psi(r)\,\partial\hat y/\partial\theta$. A
loss on a probability is **proper** if the true probability minimises its mean.

The general loss of Barron (2019), $\rho(r;\alpha,c)=\frac{b}{\alpha}\big((\tfrac{(r/c)^2}{b}+1)
^{\alpha/2}-1\big)$ with $b=|\alpha-2|$, is squared error at $\alpha=2$, Charbonnier's at 1,
Cauchy's at 0, Geman and McClure's at −2 and Welsch's at −∞. As a density
$p(r)=e^{-\rho}/(c\,Z(\alpha))$, $\alpha\ge 0$, it can be learned with the line: the normalising $Z$
grows as $\alpha$ falls, so $\alpha$ does not simply go to 0. $Z(2)=\sqrt{2\pi}$, $Z(0)=\pi\sqrt2$,
$Z(1)=2e\,K_1(1)$.

Huber, *Robust estimation of a location parameter* (1964) · Koenker & Bassett, *Regression
quantiles* (1978) · Beaton & Tukey (1974) · Barron, *A general and adaptive robust loss function*,
CVPR 2019, arXiv:1701.03077 · Hui & Belkin, *Evaluation of neural architectures trained with square
loss vs cross-entropy*, 2021, arXiv:2006.07322.
"""
)
frame.close()
