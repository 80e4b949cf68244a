"""What can truly be said of two networks on points not seen, of their bends and of their ways."""

from __future__ import annotations

import numpy as np

from lossviz.curvature.spectral_density import Share, Spectrum
from lossviz.landscapes import Landscape
from lossviz.networks.validation import Apart, Judged
from lossviz.text import count, number, percent


def parted(parts: Apart, learned: int, unseen: int) -> str:
    """How the points not seen came about."""
    bare = "" if parts.learned.penalty.id == "none" else " Both losses are without the penalty."
    if parts.fresh:
        by_hand = parts.learned.edits or parts.learned.spoil.share
        changed = ", without the changes made by hand" if by_hand else ""
        return (
            "These points are made up, so there are always more: the networks of the stage "
            f"learned from all {learned:,}, and are judged on {unseen:,} fresh ones from the same "
            f"recipe with another seed{changed}.{bare}"
        )
    scaled = ""
    if parts.learned.held.standardise:
        scaled = ", and the features are scaled by those rows alone"
    return (
        f"These points were measured, so there are no more: {unseen:,} of {learned + unseen:,} "
        f"rows are held out. Both networks are trained anew, on the other {learned:,} "
        f"alone{scaled}.{bare}"
    )


def judged(name: str, found: Judged, lands: tuple[Landscape, Landscape]) -> str:
    """The two losses where training ended, and how far apart the two slices are lowest."""
    seen, unseen = found.here
    text = (
        f"**{name}.** Where training ended, the loss is **{number(seen, 3)}** on the points "
        f"learned from and **{number(unseen, 3)}** on points not seen{_times(seen, unseen)}."
    )
    if found.right is not None:
        text += (
            f" It names {percent(found.right[0])} and {percent(found.right[1])} of them rightly."
        )
    n, (first, second) = len(lands[0].a), found.lows
    if any(np.ptp(land.values) == 0 for land in lands):
        return text + " A slice is level, so it is lowest nowhere in particular."
    if found.apart == 0:
        return text + (
            f" On this slice ({n} × {n} points) both are lowest at the same point: "
            f"{number(first.value, 3)} and {number(second.value, 3)}."
        )
    return text + (
        f" On this slice ({n} × {n} points) the loss on the points learned from is "
        f"lowest at "
        f"({number(first.a, 2)}, {number(first.b, 2)}), the loss on points not seen at "
        f"({number(second.a, 2)}, {number(second.b, 2)}), where it is {number(second.value, 3)}: "
        f"{number(found.apart, 3)} away, and the parameters together are {number(found.length, 3)} "
        "long."
    )


def _times(seen: float, unseen: float) -> str:
    if not (seen > 0 and unseen > 0):
        return ""
    ratio = unseen / seen
    if ratio > 1.05:
        return f", {number(ratio, 2)} times as much"
    if ratio < 0.95:
        return f", {number(1 / ratio, 2)} times less"
    return ", about the same"


def spectrum(name: str, found: Spectrum, near: float) -> str:
    """How many directions bend down, hardly, and up; and the two ends."""
    shares = [found.between(*ends) for ends in ((-np.inf, -near), (-near, near), (near, np.inf))]
    down, up = (_counted(share, found.exact) for share in (shares[0], shares[2]))
    level = f"{'' if found.exact else 'about '}{shares[1].number:,.0f}"
    how = (
        f"Of all {found.size:,} eigenvalues"
        if found.exact
        else f"Estimated with {count(len(found.values), 'random vector')}: of {found.size:,} "
        "eigenvalues"
    )
    text = (
        f"**{name}.** {how}, **{down}** {_lie(shares[0])} below −{number(near, 2)} (the ground "
        f"bends down), {level} nearer to zero than that, {up} above. The largest is "
        f"**{number(found.largest, 3)}**, the smallest {number(found.smallest, 3)}."
    )
    if found.smallest < -near:
        return text + " Training ended on no bowl: there are ways that bend downwards."
    return text + " No way bends downwards by more than that."


def _lie(share: Share) -> str:
    return "lies" if share.number == 1 and not share.error else "lie"


def _counted(share: Share, exact: bool) -> str:
    if exact:
        return f"{share.number:,.0f}"
    if share.number < 0.05:
        return "hardly any"
    spread = 2 * share.error
    digits = 1 if share.number < 10 else 0
    return f"about {share.number:,.{digits}f} ± {spread:,.{digits}f}"


def detour(straight: float, curve: float, control: float) -> str:
    """The highest loss met by both ways on the plane, and the loss at the control point."""
    verdict = "lower" if curve < straight else "no lower"
    return (
        f"On this plane the straight line climbs to **{number(straight, 3)}** and the curve to "
        f"**{number(curve, 3)}**: {verdict}. The curve starts and ends in the direction of its "
        f"control point, where the loss is {number(control, 3)}, and does not pass through it."
    )
