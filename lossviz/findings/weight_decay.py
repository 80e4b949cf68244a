"""Sentences about one network trained without and with weight decay."""

from __future__ import annotations

from lossviz.regularization import Weighed
from lossviz.text import change, count, number


def sentences(
    without: Weighed, decayed: Weighed, strength: float, rule: str, held_out: int
) -> list[str]:
    """The weights, the losses, the curvature and the slice, from without decay to with it."""
    return [
        weights(without, decayed, strength),
        losses(without, decayed, held_out),
        curvature(without, decayed),
        slices(without, decayed),
        caveat(without, decayed, rule),
    ]


def weights(without: Weighed, decayed: Weighed, strength: float) -> str:
    """What decay did to the size of the weights."""
    return (
        f"With **λ = {number(strength, 3)}** the norm of all weights "
        f"{change(without.length, decayed.length, 3)}."
    )


def losses(without: Weighed, decayed: Weighed, held_out: int) -> str:
    """What it did to the training loss and to the loss on held-out points."""
    text = (
        f"The training loss {change(without.train, decayed.train, 3)}; on "
        f"{count(held_out, 'held-out point')} the loss "
        f"{change(without.held_out, decayed.held_out, 3)}"
    )
    worse, better = decayed.train > without.train, decayed.held_out < without.held_out
    if worse and better:
        return text + ": a worse fit to the training data, a better one to held-out data."
    if worse and decayed.held_out > without.held_out:
        return text + ": with this much decay both are worse."
    return text + "."


def curvature(without: Weighed, decayed: Weighed) -> str:
    """What it did to the largest curvature."""
    return (
        "The largest curvature of the data loss at the trained point "
        f"{change(without.sharpness, decayed.sharpness, 3)}."
    )


def slices(without: Weighed, decayed: Weighed) -> str:
    """How steeply the two slices rise."""
    lower = "with decay" if decayed.rise < without.rise else "without decay"
    return (
        "Half-way to the edge of these pictures the data loss lies on average "
        f"{number(without.rise, 3)} above the middle without decay and {number(decayed.rise, 3)} "
        f"with it: the slice **{lower}** rises less."
    )


def caveat(without: Weighed, decayed: Weighed, rule: str) -> str:
    """What the rule of the directions does to that comparison."""
    if rule == "filter":
        return (
            "Filter-normalised directions have the norm of the weights, unit by unit: a step of "
            "1 has "
            f"length {number(without.step, 3)} without decay and {number(decayed.step, 3)} with "
            "it. "
            "That divides the scale of the weights out; raw directions do not, and may reverse the "
            "comparison."
        )
    return (
        "Raw directions are the same for both: a step of 1 has length "
        f"{number(without.step, 3)}, which is {_times(without)} the norm of the weights without "
        f"decay and "
        f"{_times(decayed)} with it. A network with small weights may look sharp in such steps "
        "because of their size alone."
    )


def _times(one: Weighed) -> str:
    return f"{number(one.step / one.length, 3)} times" if one.length else "infinitely many times"
