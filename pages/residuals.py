"""What do residuals tell?"""

import streamlit as st

from lossviz.problem.formula import statement
from lossviz.ui import frame
from lossviz.ui.lenses.residuals import parts
from lossviz.ui.sidebar.problem import Lens, pose
from lossviz.ui.sidebar.widgets import select

TASKS = [
    frame.Task(
        "**Non-linearity.** A line is fitted to points on a curve. Predict the shape of the "
        "residuals over the fitted values, then choose a model that has the missing curvature.",
        {"res-part": "fit", "task": "regression", "data": "curve", "data-curve-n": 80,
         "data-curve-noise": 0.05, "model": "line", "loss": "squared"},
    ),
    frame.Task(
        "**Heteroscedasticity.** Rich households differ more in what they spend on food than "
        "poor ones. "
        "Predict the picture of residual against fitted value.",
        {"res-part": "fit", "task": "regression", "data": "engel", "model": "line",
         "loss": "squared"},
    ),
    frame.Task(
        "**When the identity is wrong.** The target is turned to slope −1. Predict whether "
        "x + f(x) still starts lower than h(x).",
        {"res-part": "skip", "res-slope": -1.0, "res-wave": 0.2},
    ),
    frame.Task(
        "**A trivial solution.** Predict where a·exp(−b t) satisfies the equation alone, apart "
        "from the true solution.",
        {"res-part": "equation", "res-equation": "decay", "res-trial": "exponential",
         "res-weight": 0.01},
    ),
]  # fmt: skip
LOOK = {
    "fit": "Residuals, observed minus predicted, may still hold a pattern that a better model "
    "would fit. Look for non-linearity, heteroscedasticity, or departures from normality.",
    "skip": "Where the target is nearly its input, it is easier to learn the difference f(x) = "
    "h(x) − x. And a connection past each block lets the gradient through.",
    "equation": "A function that solves a differential equation has the residual 0 in it. Training "
    "a network to make that residual small has a loss landscape of its own.",
}

problem, risk = pose(
    Lens(tasks=("regression",), first={"regression": ("curve", "line", "squared")})
)
top, middle = st.container(), st.container()
with middle:
    part = select("Residual", parts.PARTS, "res-part", draw=st.segmented_control)
with top:
    formula = statement(problem, len(risk.data)) if part == "fit" else []
    frame.heading(__doc__, LOOK[part], formula)

# The stage: one of the three meanings of the word ------------------------------------------------
if part == "fit":
    sentences = parts.of_fit(problem, risk)
else:
    st.sidebar.caption("These menus belong to the residuals of a fit; they have no effect here.")
    sentences = parts.in_network() if part == "skip" else parts.of_equation()

# What that means -------------------------------------------------------------------------------
frame.lesson(sentences, TASKS, "residuals")
frame.mathematics(
    r"""
**Of a fit.** $r_i=y_i-\hat y_i$, observed minus predicted. If the model is right and the variance
constant, $r$ is a band without structure around 0 over $\hat y$. Non-linearity is tested by the
$t$-test of a squared term in $\hat y$ and by Bartels' rank version of von Neumann's ratio (are
residuals of neighbouring $\hat y$ alike?), heteroscedasticity by the rank correlation of $|r|$ with
$\hat y$, normality by Shapiro and Wilk's test, with skewness and kurtosis to say what departs. A
departure is stated at the level of 1 %, a hint at 5 %; a test that rejects nothing proves nothing.

**In a network.** A block hands on $h+F(h)$: it learns the difference $F(h)=H(h)-h$ from what it was
given. If the wanted map is nearly the identity, weights near 0 are nearly right. In backpropagation
$\partial L/\partial h_l=\big(\prod_{m>l}(I+J_m)^\top\big)\,\partial L/\partial h_D$ keeps an
identity that no product of small matrices has; unscaled, it grows instead.

**Of an equation.** A trial $u_\theta(t)$ is put into $a_2u''+a_1u'+a_0u=0$ at points $t_i$; the
loss is $\frac1n\sum_i r(t_i)^2+\lambda\,[(u(0)-u_0)^2+(u'(0)-u_0')^2]$, the derivative at 0
only where there is a second derivative. The operator enters squared: along $\sin k\pi x$ the
curvature of the residual of $-u''=f$ is $(k\pi)^4$ times that of a fit to data, so its condition
number is $K^4$.

Tukey, *One degree of freedom for non-additivity* (1949) · Ramsey, *Tests for specification errors*
(1969) · Bartels (1982) · Shapiro & Wilk (1965) · He et al., *Deep residual learning*, 2016 ·
Raissi, Perdikaris & Karniadakis, *Physics-informed neural networks*, 2019 · Wang, Teng &
Perdikaris, 2021, arXiv:2001.04536.
"""
)
frame.close()
