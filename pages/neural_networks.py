"""Do skip connections smooth the loss surface?"""

import streamlit as st

from lossviz.findings import networks as findings
from lossviz.problem.formula import statement
from lossviz.ui import coarse, frame
from lossviz.ui.lenses.networks import pair as networks
from lossviz.ui.lenses.networks import panels, stage
from lossviz.ui.lenses.networks.code import code as as_code
from lossviz.ui.sharing import code, offers
from lossviz.ui.sidebar import controls
from lossviz.ui.sidebar.problem import pose

PAIR = {"task": "binary", "bdata": "moons", "bloss": "cross_entropy", "net-width": 8,
        "net-activation": "relu", "net-opt": "adam", "net-lr": 0.01, "net-steps": 400,
        "net-batch": 0, "net-plane": "filter", "penalty": "none"}  # fmt: skip
TASKS = [
    frame.Task(
        "**Shallow.** The famous picture shows deep networks. Predict how different the two "
        "slices are with 2 blocks, at full branch scale.",
        {**PAIR, "net-blocks": 2, "net-scale": "one"},
    ),
    frame.Task(
        "**Deep, unscaled.** Skips let every block add to the signal. Predict the loss of 40 "
        "blocks before the first step, then read it under *What you see*.",
        {**PAIR, "net-blocks": 40, "net-scale": "one"},
    ),
    frame.Task(
        "**Deep, scaled.** Divide every block's addition by the number of blocks. Predict which "
        "of the two networks reaches the lower loss.",
        {**PAIR, "net-blocks": 40, "net-scale": "each"},
    ),
    frame.Task(
        "**Too fast.** Predict what a learning rate of 10 does to each of them.",
        {**PAIR, "net-blocks": 20, "net-scale": "root", "net-opt": "gd", "net-lr": 10.0},
    ),
]

problem, risk = pose(networks.lens())
setting = networks.setting()
frame.heading(
    __doc__,
    "Two networks with the same weights at the start and the same training; one has skip "
    "connections. Each slice is taken around its trained network: point at it, and the predictions "
    "below follow.",
    statement(problem, len(risk.data)),
)

# 1. Which plane, how tall --------------------------------------------------------------------
with controls.row():
    view = networks.view()
    scale = networks.height()

# 2. The stage: two slices under one scale and one camera, and the predictions ------------
pair = networks.pair(problem, setting, view)
if pair is None:
    frame.close()
    st.stop()
members, course = pair
landscapes = networks.landscapes(members, view, course.under_way)
for member, land in zip(members, landscapes, strict=True):
    offers.surface(f"Surface, {member.name}", land)
    offers.path(f"Training path, {member.name}", member.run, member.risk.layout.names)
code.offer(lambda: as_code(__doc__, members, setting, view, landscapes))
if problem.held.side == "train" and not course.under_way:
    networks.validated(members)
with frame.board():
    stage.stage_pair(members, landscapes, scale, view, course.under_way)
course.go_on()
coarse.finish()
st.caption(
    f"{findings.honesty(risk, view.rule, view.reach, view.seed)}  {findings.wiring(risk.model)}  "
    + networks.blended(members)
)

# 3. A closer look ------------------------------------------------------------------------------
panels.show(members, landscapes, scale, setting, view)

# 4. What that means ----------------------------------------------------------------------------
frame.lesson(
    findings.sentences(
        [t.risk for t in members], [t.run for t in members], landscapes, [t.plane for t in members]
    ),
    TASKS,
    "networks",
)
frame.mathematics(
    r"""
A block takes $h$ and hands on $s\,h+c\,F(h)$ with $F(h)=W_2\,\varphi(W_1h+b_1)+b_2$. With skips,
$s=1$ and $c$ is the branch scale; the plain network has $s=0$ and $c=1$. Both have the same
parameters. In backpropagation the gradient is multiplied in each block by $s\,I+c\,J_F^\top$:
without $s$ a product of matrices that shrinks or grows, with $s$ an identity, plus what the
branches add. At full scale every branch adds to the size of the signal, so it grows exponentially
with depth; $c=1/\sqrt{\text{blocks}}$ keeps it of order one.

A **filter-normalised** slice shows $L(\theta+a\,d_1+b\,d_2)$ with random $d_1,d_2$ whose rows (one
unit's incoming weights) are as long as the rows of $\theta$; biases stay. **PCA** takes the two
directions in which the path varies most; a pure random walk would show 61 % and 15 % as well.

Roughness is told as the number of grid points not above any of their eight neighbours, and as the
share of points where the smaller eigenvalue of the 2 × 2 Hessian is negative. The second
separates the two networks weakly, and is 0 in a flat region: read them together.

The **spectrum** is that of the Hessian where training ended, from exact products
$Hv=\nabla(\nabla L\cdot v)$ (Pearlmutter 1994): every eigenvalue for small networks, else by
stochastic Lanczos quadrature, where a random $v$ of length 1 gives $p\,w_k^2$ eigenvalues at the
Ritz value $t_k$ ($w_k$ the first entry of its vector). At a kink of a rectifier there is no second
derivative; the products take the side they are on.

He et al., *Deep residual learning*, CVPR 2016 · Li et al., *Visualizing the loss landscape of
neural nets*, NeurIPS 2018, arXiv:1712.09913 · De & Smith 2020, arXiv:2002.10444 · Dinh et al.,
*Sharp minima can generalize*, ICML 2017, arXiv:1703.04933 · Cohen et al., *Gradient descent
typically occurs at the edge of stability*, ICLR 2021, arXiv:2103.00065 · Garipov et al. 2018,
arXiv:1802.10026 · Sagun et al. 2017, arXiv:1706.04454 · Ghorbani et al. 2019,
arXiv:1901.10159 · Ainsworth et al. 2023, arXiv:2209.04836 · Antognini & Sohl-Dickstein 2018,
arXiv:1806.08805.
"""
)
frame.close()
