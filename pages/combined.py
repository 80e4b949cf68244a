"""What is a weight between two losses?"""

import streamlit as st

from lossviz.findings import combined as findings
from lossviz.ui import frame
from lossviz.ui.data import long_tables
from lossviz.ui.lenses.combined import pairs, parts
from lossviz.ui.lenses.combined.code import code as as_code
from lossviz.ui.sharing import code
from lossviz.ui.sidebar import state

TASKS = [
    frame.Task(
        "**Units are weights.** Both losses count alike (weight 0.5). Now the second is "
        "measured in a "
        "unit a hundred times smaller. Predict where the point on the front goes.",
        {"comb-scene": "bowls", "comb-weight": 0.5, "comb-factor": 100.0},
    ),
    frame.Task(
        "**Out of reach.** Both losses level out far away. Predict what the minimum of the sum "
        "does while the weight goes from 0 to 1, then play it.",
        {"comb-scene": "levelling", "comb-weight": 0.45, "comb-factor": 1.0},
    ),
    frame.Task(
        "**Automatic, and one-sided.** Half squared weights can reach 0, a misfit cannot. Predict "
        "where uncertainty weighting ends.",
        {"comb-scene": "prior", "comb-weight": 0.5, "comb-factor": 1.0},
    ),
    frame.Task(
        "**Your own two targets.** Two columns of one table, predicted from the same features. "
        "Predict whether one model can serve both: how long will the front be?",
        {"comb-scene": "own", "comb-weight": 0.5, "comb-factor": 1.0},
    ),
]

long_tables.recall()
state.arrive()
with st.sidebar:
    pair, weight, factor = pairs.ask(), parts.weight(), parts.factor()
if pair.dataset:
    code.own_table()
frame.heading(
    __doc__,
    "Two losses share their parameters. Drag or play the weight: the sum's minimum moves from one "
    "loss's minimum to the other's, and what it trades on the way is the Pareto front.",
    [r"L(w)=\lambda L_1(w)+(1-\lambda)\,c\,L_2(w)"],
    controls=False,
)

# The stage: both losses and their sum; the front they trade on; where they disagree -------------
found = parts.weighed(pair, factor)
step = parts.step_of(weight)
code.offer(lambda: as_code(__doc__, pair, found, step))
with frame.board():
    large, small, flat = st.columns([2.8, 1, 1.2], gap="small")
    parts.surfaces(found, step, (large, small))
    with flat:
        parts.maps(found, step)
    parts.play(found, step)

# A closer look: schemes that choose the weights themselves --------------------------------------
raced = parts.schemes(pair, found, step)

# What that means -------------------------------------------------------------------------------
frame.lesson([*findings.sentences(found, step), *raced], TASKS, "combined")
frame.link(
    "pages/losses.py",
    "A loss that learns its own shape (Barron 2019) has a normalising term for its "
    "width, from a likelihood, as uncertainty weighting has for a weight",
    ":material/sell:",
    {"panel-losses": "adaptive", "data": "line", "data-line-outliers": "0.1"},
)
frame.mathematics(
    r"""
**Weighted sum.** A minimum of $\lambda L_1+(1-\lambda)L_2$ has
$\lambda\nabla L_1=-(1-\lambda)\nabla L_2$: the gradients are opposite, and the front's slope is
$-\lambda/(1-\lambda)$. If both losses are convex, every point of the Pareto front is the minimum
for some $\lambda$; for quadratics
$w_\lambda=(\lambda A+(1-\lambda)B)^{-1}(\lambda Aa+(1-\lambda)Bb)$. Where the front is not convex
no $\lambda$ reaches it, while $\min_w\max_i\lambda_i(L_i-L_i^*)$ (Chebyshev) does. With the second
loss multiplied by $c$, weight $\lambda$ does what $\lambda/(\lambda+(1-\lambda)c)$ did before.

**Conflict.** $\cos\angle(\nabla L_1,\nabla L_2)<0$: a small step down one loss climbs the other.

**Schemes.** *Uncertainty weighting* minimises $\sum_i L_i/(2s_i^2)+\log s_i$, so $s_i^2=L_i$ and
what is left is $\tfrac12\sum_i\log L_i$: unbounded below if a loss can reach 0. *GradNorm* moves
$w_i$ until $w_i\lVert\nabla L_i\rVert$ is the mean norm times (relative loss)$^{3/2}$. *PCGrad*
takes out of each gradient its part against the other. *MGDA* steps along
$-\arg\min_{\gamma\in[0,1]}\lVert\gamma\nabla L_1+(1-\gamma)\nabla L_2\rVert$ and stops anywhere on
the front. Weights are told as shares of one; every scheme has the same learning rate.

Bowman (1976) · Das & Dennis, *A closer look at drawbacks of minimizing weighted sums* (1997) ·
Fonseca & Fleming (1995) · Désidéri (2012) · Kendall, Gal & Cipolla, 2018, arXiv:1705.07115 · Chen
et al., 2018, arXiv:1711.02257 · Sener & Koltun, 2018, arXiv:1810.04650 · Yu et al., 2020,
arXiv:2001.06782 · Barron, 2019, arXiv:1701.03077.
"""
)
frame.close()
