"""Sentences about two networks: held-out loss, Hessian spectrum, mode connectivity."""

from __future__ import annotations

import math

from lossviz.curvature.spectral_density import Share, Spectrum
from lossviz.landscapes import Landscape
from lossviz.networks.validation import Apart, Evaluation
from lossviz.text import TIMES, count, number, percent


def split(parts: Apart, learned: int, held_out: int) -> str:
    """How the held-out data came about."""
    bare = "" if parts.learned.penalty.id == "none" else " Both losses are without the penalty."
    if parts.fresh:
        by_hand = parts.learned.edits or parts.learned.contamination.share
        changed = ", without the edited points" if by_hand else ""
        return (
            "These data are simulated, so more can be drawn: the networks shown were trained on "
            f"all {learned:,} points and are validated on {held_out:,} new ones drawn with another "
            f"seed{changed}.{bare}"
        )
    scaled = ""
    if parts.learned.held.standardise:
        scaled = ", and the features are scaled by those rows alone"
    return (
        f"These data were measured, so {held_out:,} of {learned + held_out:,} rows are held out "
        f"for validation. Both networks are trained anew, on the other {learned:,} "
        f"alone{scaled}.{bare}"
    )


def held_out(name: str, found: Evaluation, landscapes: tuple[Landscape, Landscape]) -> str:
    """Both losses where training ended, and how far apart the two slices are lowest."""
    seen, held_out = found.here
    text = (
        f"**{name}.** Where training ended, the training loss is **{number(seen, 3)}** and the "
        f"validation loss **{number(held_out, 3)}**{_times(seen, held_out)}."
    )
    if found.right is not None:
        text += f" The accuracy is {percent(found.right[0])} and {percent(found.right[1])}."
    n, (first, second) = len(landscapes[0].a), found.lows
    if any(land.constant for land in landscapes):
        return text + " A slice is constant, so it has no lowest point."
    if found.apart == 0:
        return text + (
            f" On this slice ({n}{TIMES}{n} points) both are lowest at the same point: "
            f"{number(first.value, 3)} and {number(second.value, 3)}."
        )
    return text + (
        f" On this slice ({n}{TIMES}{n} points) the training loss is lowest at "
        f"({number(first.a, 2)}, {number(first.b, 2)}), the validation loss at "
        f"({number(second.a, 2)}, {number(second.b, 2)}), where it is {number(second.value, 3)}: "
        f"the distance is {number(found.apart, 3)}, where the norm of all parameters is "
        f"{number(found.length, 3)}."
    )


def _times(seen: float, held_out: float) -> str:
    if not (seen > 0 and held_out > 0):
        return ""
    ratio = held_out / seen
    if ratio > 1.05:
        return f", {number(ratio, 2)} times as much"
    if ratio < 0.95:
        return f", {number(1 / ratio, 2)} times less"
    return ", about the same"


def spectrum(name: str, found: Spectrum, near: float) -> str:
    """How many eigenvalues are negative, near zero, and positive; and the two ends."""
    shares = [
        found.between(*ends) for ends in ((-math.inf, -near), (-near, near), (near, math.inf))
    ]
    down, up = (_counted(share, found.exact) for share in (shares[0], shares[2]))
    level = f"{'' if found.exact else 'about '}{shares[1].number:,.0f}"
    how = (
        f"Of all {found.size:,} eigenvalues"
        if found.exact
        else f"Estimated with {count(len(found.values), 'random vector')}: of {found.size:,} "
        "eigenvalues"
    )
    text = (
        f"**{name}.** {how}, **{down}** {_lie(shares[0])} below −{number(near, 2)} "
        f"(negative curvature), {level} nearer to zero than that, {up} above. The largest is "
        f"**{number(found.largest, 3)}**, the smallest {number(found.smallest, 3)}."
    )
    if found.smallest < -near:
        return text + " The Hessian is indefinite: training did not end at a local minimum."
    return text + " No direction has a more negative curvature than that."


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
    """The highest loss along both paths on the plane, and the loss at the control point."""
    verdict = "lower" if curve < straight else "no lower"
    return (
        f"On this plane the highest loss is **{number(straight, 3)}** along the straight line and "
        f"**{number(curve, 3)}** along the curve: {verdict}. The curve starts and ends in the "
        f"direction of its control point, where the loss is {number(control, 3)}, and does not "
        "pass through it."
    )
