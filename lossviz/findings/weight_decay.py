"""What can truly be said of one network trained without and with weight decay."""

from __future__ import annotations

from lossviz.regularization import Weighed
from lossviz.text import change, count, number


def sentences(
    without: Weighed, decayed: Weighed, strength: float, rule: str, unseen: int
) -> list[str]:
    """The weights, the losses, the curvature and the slice, from without decay to with it."""
    return [
        weights(without, decayed, strength),
        losses(without, decayed, unseen),
        curvature(without, decayed),
        slices(without, decayed),
        caveat(without, decayed, rule),
    ]


def weights(without: Weighed, decayed: Weighed, strength: float) -> str:
    """What decay did to the size of the weights."""
    return (
        f"With **λ = {number(strength, 3)}** the length of all weights together "
        f"{change(without.length, decayed.length, 3)}."
    )


def losses(without: Weighed, decayed: Weighed, unseen: int) -> str:
    """What it did to the loss on the points learned from and on others."""
    said = (
        f"The loss on the points learned from {change(without.train, decayed.train, 3)}; on "
        f"{count(unseen, 'point')} not seen it {change(without.unseen, decayed.unseen, 3)}"
    )
    dearer, better = decayed.train > without.train, decayed.unseen < without.unseen
    if dearer and better:
        return said + ": a worse fit to these points, a better one to others."
    if dearer and decayed.unseen > without.unseen:
        return said + ": this much decay costs more than it buys."
    return said + "."


def curvature(without: Weighed, decayed: Weighed) -> str:
    """What it did to the sharpest bend."""
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
        f"with it: the slice **{lower}** looks flatter."
    )


def caveat(without: Weighed, decayed: Weighed, rule: str) -> str:
    """What the rule of the directions does to that comparison."""
    if rule == "filter":
        return (
            "Filter-normalised directions are as long as the weights, unit by unit: a step of 1 is "
            f"{number(without.step, 3)} long without decay and {number(decayed.step, 3)} with it. "
            "That divides the size of the weights out; raw directions do not, and may turn the "
            "comparison round."
        )
    return (
        f"Raw directions are the same for both: a step of 1 is {number(without.step, 3)} long, "
        f"which is {_times(without)} the length of the weights without decay and "
        f"{_times(decayed)} with it. A network with small weights may look sharp in such steps "
        "because of their size alone."
    )


def _times(one: Weighed) -> str:
    return f"{number(one.step / one.length, 3)} times" if one.length else "endlessly many times"
