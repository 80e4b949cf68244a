"""Sentences about returns, policies and the gradients that climb them."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.acting import Cloud, Environment, Run, Tied, best_actions, first_reward
from lossviz.minima import Minimum
from lossviz.text import number


def best(environment: Environment, found: Minimum, objective: Tied) -> str:
    """What the best policy is, and whether a softmax gets there."""
    top = number(-found.value)
    if found.kind == "infinity":
        acts = [environment.actions[action] for action in best_actions(objective)]
        where = zip(environment.places, acts, strict=True)
        what = acts[0] if len(acts) == 1 else ", ".join(f"{act} in {at}" for at, act in where)
        return (
            f"The best policy is deterministic: {what}. A softmax only approaches its return, "
            f"{top}, as the logits grow without bound: the minimum lies at infinity, and the "
            "corners of "
            "the map are flat."
        )
    if found.kind == "local":
        return (
            f"The best return found is {top}. All cells share their logits, and need "
            "different actions: the best policy is stochastic."
        )
    if found.exact and objective.states.entropy:
        policy = objective.policy(found.theta)
        chances = "; ".join(
            ", ".join(
                f"{action} {number(chance, 3)}"
                for action, chance in zip(environment.actions, row, strict=True)
            )
            + ("" if len(policy) == 1 else f" in {place}")
            for place, row in zip(environment.places, policy, strict=True)
        )
        return (
            "With the entropy bonus the best policy is not at a corner of the map: "
            f"{chances}. Return and bonus "
            f"together are {top} there."
        )
    return f"Every policy has the same return, {top}: there is nothing to learn."


def plateau(norm: float, steps: int | None, natural: int | None, middle: int | None,
            goal: float, most: int) -> str:  # fmt: skip
    """How flat the start is, and how long the exact gradients take to leave."""

    def needed(count: int | None) -> str:
        return f"more than {most:,}" if count is None else f"{count:,}"

    return (
        f"At the start the gradient's norm is {number(norm, 3)}. Exact policy gradient needs "
        f"{needed(steps)} steps to a return of {number(goal, 3)}, the natural gradient "
        f"{needed(natural)}; from the middle of the map policy gradient needs "
        f"{needed(middle)} steps."
    )


def noise(cloud: Cloud) -> str:
    """What a baseline does to the noise of sampled gradients, and not to their mean."""
    plain, baseline = cloud.variances
    if cloud.off:
        x, y = (number(float(each), 3) for each in cloud.plain.mean(0))
        return (
            f"{len(cloud.plain)} gradients sampled at the start, one episode each, are all the "
            f"same, ({x}, {y}): every episode took the same actions, and the rare one that makes "
            f"the exact gradient ({number(cloud.exact[0], 3)}, {number(cloud.exact[1], 3)}) was "
            "never sampled."
        )
    return (
        f"{len(cloud.plain)} gradients sampled at the start, one episode each: their variance is "
        f"{number(plain, 3)} without a baseline and {number(baseline, 3)} with the state's value "
        "as baseline, around the same exact gradient "
        f"({number(cloud.exact[0], 3)}, {number(cloud.exact[1], 3)})."
    )


def ended(runs: Sequence[Run]) -> str:
    """The return of every agent at its last step."""
    each = "; ".join(f"{run.label} {number(run.returns[-1], 3)}" for run in runs)
    return f"After {len(runs[0].points) - 1} steps from a return of " + (
        f"{number(runs[0].returns[0], 3)}: {each}."
    )


def horizon(environment: Environment, soon: Tied, late: Tied, discount: float) -> str:
    """What the best actions are when only the next reward counts, and when later ones do."""
    now, then = best_actions(soon), best_actions(late)
    rewards = first_reward(soon)
    tied = [int((row == row.max()).sum()) > 1 for row in rewards]
    rows = zip(environment.places, now, then, tied, strict=True)
    changed = [place for place, one, two, open_ in rows if one != two and not open_]
    if not changed and any(tied):
        return (
            f"With discount 0 only the next reward counts, and in {sum(tied)} of {len(tied)} "
            "places several actions have the best reward at once: what discount "
            f"{number(discount, 3)} adds "
            "is the reason to go anywhere."
        )
    if not changed:
        return (
            f"Discount 0 and discount {number(discount, 3)} ask for the same actions everywhere: "
            "what is rewarded at once is rewarded later too."
        )
    place = environment.places.index(changed[0])
    return (
        f"With discount 0 only the next reward counts, and the best action in {changed[0]} is "
        f"{environment.actions[now[place]]}; with discount {number(discount, 3)} it is "
        f"{environment.actions[then[place]]}. The two surfaces fall in different directions."
    )


def bonus(corner: Sequence[float], before: float, after: float, entropy: float) -> str:
    """How far the entropy bonus brings the gradient back where the policy is sure."""
    return (
        f"In the corner ({number(corner[0], 3)}, {number(corner[1], 3)}) the policy is nearly "
        f"sure, and the gradient's norm is {number(before, 2)} without a bonus and "
        f"{number(after, 2)} with an entropy weight of {number(entropy, 3)}: the bonus pushes "
        "away from determinism."
    )
