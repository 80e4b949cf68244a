"""Sentences about returns, policies and the gradients that climb them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lossviz.acting import Cloud, Environment, Run, Tied, best_actions, needs_differ
from lossviz.minima import Minimum
from lossviz.text import number

SURE, RARE = 0.9995, 0.001  # a chance that is written as 1, and one that is not written


def best(environment: Environment, found: Minimum, objective: Tied) -> str:
    """What the best policy is, and whether a softmax gets there."""
    top, policy = number(-found.value), objective.policy(found.theta)
    if objective.flat:
        return f"Every policy has the same return, {top}: there is nothing to learn."
    if environment.cells:
        return _best_of_cells(environment, objective, top, policy[0].tolist())
    if found.kind == "infinity":
        choices = best_actions(objective)
        return (
            f"{_deterministic(environment, choices)} A softmax only approaches "
            f"{'its' if all(len(acts) == 1 for acts in choices) else 'their'} return, "
            f"{top}, as the logits grow without bound: the minimum lies at infinity, and the "
            "map flattens where the policy is sure."
        )
    rows = zip(environment.places, policy.tolist(), strict=True)
    chances = "; ".join(
        _chances(environment, row) + ("" if len(policy) == 1 else f" in {place}")
        for place, row in rows
    )
    if policy.max(-1).min() > SURE:
        return (
            "The rewards outweigh the entropy bonus: the best policy is all but deterministic, "
            f"{chances}. Return and bonus together are {top} there."
        )
    return (
        "With the entropy bonus the best policy is not at a corner of the map: "
        f"{chances}. Return and bonus together are {top} there."
    )


def _deterministic(environment: Environment, choices: list[list[int]]) -> str:
    """What the best policies do in every place, where they do not mix all actions."""
    named = [_either(environment, acts) for acts in choices]
    one = all(len(acts) == 1 for acts in choices)
    what = named[0]
    if len(named) > 1:
        what = ", ".join(
            f"{act} in {at}" for at, act in zip(environment.places, named, strict=True)
        )
    if one:
        return f"The best policy is deterministic: {what}."
    return f"Several policies are best, and so is any mixture of them: {what}."


def _best_of_cells(
    environment: Environment, objective: Tied, top: str, chances: list[float]
) -> str:
    """The best policy found where all cells share their logits."""
    bonus = objective.states.entropy > 0
    earned = "The best return and bonus found are" if bonus else "The best return found is"
    opening = f"{earned} {top}, with {_chances(environment, chances)} in every cell"
    if max(chances) > SURE:
        return f"{opening}: the best policy found is all but deterministic."
    if not bonus and needs_differ(objective):
        return (
            f"{opening}. All cells share their logits, and need different actions: "
            "the best policy found is stochastic."
        )
    return f"{opening}: the best policy found is stochastic."


def _either(environment: Environment, acts: Iterable[int]) -> str:
    return " or ".join(environment.actions[action] for action in sorted(acts))


def _chances(environment: Environment, row: list[float]) -> str:
    return ", ".join(
        f"{action} {'below 0.001' if 0 < chance < RARE else number(chance, 3)}"
        for action, chance in zip(environment.actions, row, strict=True)
    )


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
    exact = ", ".join(number(each, 3, beside=cloud.size) for each in cloud.exact.tolist())
    if cloud.off:
        x, y = (number(float(each), 3) for each in cloud.plain.mean(0))
        return (
            f"{len(cloud.plain)} gradients sampled at the start, one episode each, are all the "
            f"same, ({x}, {y}): the rare action that makes the exact gradient ({exact}) was never "
            "sampled."
        )
    return (
        f"{len(cloud.plain)} gradients sampled at the start, one episode each: their variance is "
        f"{number(plain, 3)} without a baseline and {number(baseline, 3)} with the state's value "
        f"as baseline, around the same exact gradient ({exact})."
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
    everything = len(environment.actions)
    if all(len(acts) == everything for acts in (*now, *then)):
        return "No discount makes a difference: all actions are equally good everywhere."
    places = list(zip(environment.places, map(set, now), map(set, then), strict=True))
    moved = [each for each in places if each[1] != each[2]]
    narrowed = [each for each in moved if each[2] < each[1]]
    other = [each for each in moved if not each[1] & each[2]] or (moved if not narrowed else [])
    if other:
        place, one, two = other[0]
        return (
            f"With discount 0 only the next reward counts, and the best action in {place} is "
            f"{_either(environment, one)}; with discount {number(discount, 3)} it is "
            f"{_either(environment, two)}."
        )
    if narrowed:
        return (
            f"With discount 0 only the next reward counts, and in {len(narrowed)} of {len(now)} "
            "places several actions have the best reward at once: what discount "
            f"{number(discount, 3)} adds is the reason to choose among them."
        )
    return (
        f"Discount 0 and discount {number(discount, 3)} ask for the same actions everywhere: "
        "what is rewarded at once is rewarded later too."
    )


def apart(degrees: float | None) -> str:
    """In how different directions the surfaces of near and far sight fall."""
    if degrees is None:
        return "In the middle of the map at least one of the two surfaces is level."
    return f"From the middle of the map the two surfaces fall {number(degrees, 2)}° apart."


def bonus(corner: Sequence[float], before: float, after: float, entropy: float) -> str:
    """How far the entropy bonus brings the gradient back where the policy is sure."""
    return (
        f"In the corner ({number(corner[0], 3)}, {number(corner[1], 3)}) the policy is nearly "
        f"sure, and the gradient's norm is {number(before, 2)} without a bonus and "
        f"{number(after, 2)} with an entropy weight of {number(entropy, 3)}: the bonus pushes "
        "away from determinism."
    )
