"""What does an agent minimise?"""

from lossviz.ui import frame
from lossviz.ui.lenses.acting import parts
from lossviz.ui.lenses.acting.code import code as as_code
from lossviz.ui.sharing import code
from lossviz.ui.sidebar import state

TASKS = [
    frame.Task(
        "**Sure of the wrong arm.** The policy takes the worse arm with near certainty. Predict "
        "how many exact gradient steps it takes to leave: 10, 100, or thousands?",
        {"act-world": "two_arms", "act-rewards": "1, 0.5", "act-a": -8.0, "act-b": 0.0,
         "act-rate": 1.0, "act-entropy": 0.0, "act-steps": 60},
    ),
    frame.Task(
        "**Sooner or later.** Action 0 gives a small reward at once in state 1; action 1 leads "
        "to larger ones. Predict which way the surface falls when only the next reward counts.",
        {"act-world": "two_states", "act-rewards": "0.1, 0, 0, 1", "act-discount": 0.0,
         "act-entropy": 0.0, "act-a": 0.0, "act-b": 0.0, "act-rate": 1.0},
    ),
    frame.Task(
        "**A bonus for doubt.** Entropy is rewarded with weight 0.3. Predict what happens to the "
        "flat corners, and where the minimum goes.",
        {"act-world": "three_arms", "act-rewards": "1, 0.8, 0", "act-entropy": 0.3, "act-a": -4.0,
         "act-b": 4.0, "act-rate": 1.0},
    ),
]  # fmt: skip

state.arrive()
choice = parts.choose()
frame.heading(
    __doc__,
    "An agent's loss is minus its expected return, here computed exactly for every policy of two "
    "logits. Click or drag the start, then play: four agents climb the same return.",
    [r"L(\theta)=-\mathbb{E}\Big[\sum_t\gamma^t\,(r_t+\tau H(\pi_\theta))\Big]"],
    controls=False,
)

# The stage: the return as a landscape, the agents on it -----------------------------------------
runs = parts.agents(choice)
land = parts.land(choice.setting)
code.offer(lambda: as_code(__doc__, choice, land))
with frame.board():
    parts.surfaces(choice, runs)
    parts.play(choice)
parts.beside(choice, runs)

# A closer look: noise of sampled gradients, horizon or bonus ------------------------------------
closer = parts.closer(choice)

# What that means -------------------------------------------------------------------------------
frame.lesson([*parts.seen(choice, runs), *closer], TASKS, "acting")
frame.mathematics(
    r"""
**Return.** A softmax policy $\pi_\theta(a|s)$ moves by $P_\pi$ and earns $r_\pi$ per step, so
$J=\rho^\top(I-\gamma P_\pi)^{-1}r_\pi$: one linear system per policy, for a bandit
$J=\sum_a\pi_ar_a$. With the bonus, $r_\pi$ gains $\tau H(\pi(\cdot|s))$, and the best policy of a
bandit is $\pi\propto e^{r/\tau}$ with value $\tau\log\sum_ae^{r_a/\tau}$.

**Gradient.** $\partial J/\partial\theta_{s,a}=d(s)\,\pi(a|s)\,A(s,a)$ with the discounted visits
$d=\rho^\top(I-\gamma P_\pi)^{-1}$ and the advantage $A$. The factor $\pi$ makes corners flat: where
the policy is sure, the gradient vanishes, right or wrong. The *natural* gradient
$F^{+}\nabla J$ divides by the Fisher information and does not see how sure the policy is.

**REINFORCE** estimates $\nabla J$ from episodes:
$\sum_t\gamma^t\,\nabla\log\pi(a_t|s_t)\,(G_t-b(s_t))$. Any baseline $b$ leaves the mean as it is,
because $\mathbb E\,\nabla\log\pi=0$; the state's value takes out the noise of what all actions'
rewards have in common.

**Infinity.** Without a bonus some deterministic policy is best, and unless all are equally good
its logits are infinite: the infimum is approached but never attained. Where states share their
logits and need different actions there may be no such corner: the best policy is stochastic.

Williams, *Simple statistical gradient-following algorithms* (1992) · Sutton et al., *Policy
gradient methods* (2000) · Kakade, *A natural policy gradient* (2001) · Sutton & Barto,
*Reinforcement Learning* (2018), ch. 13 · Mei et al., 2020, arXiv:2005.06392.
"""
)
frame.close()
