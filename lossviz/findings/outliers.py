"""Sentences about the same points under several losses."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.outliers.displacement import Side
from lossviz.outliers.influence import FAR, influences, leverage
from lossviz.text import count, listing, number, percent

FLAT = 0.07  # of a height axis: between two of the level lines that are drawn
LEVEL = 1e-9  # of a length: displacements that differ by less are the same


def sentences(sides: Sequence[Side]) -> list[str]:
    """What moved, which point contributes most, whether the minimum is a set, and leverage.

    The first of ``sides`` is squared error, the second absolute error, the third of choice.
    """
    found = [
        few(sides),
        moved(sides),
        largest(sides),
        floor(sides[1]),
        far_out(sides),
        valleys(sides[2]),
    ]
    return [sentence for sentence in found if sentence]


def flattened(shares: Sequence[tuple[str, float]]) -> str:
    """Whose surface looks level on a common height axis, from (loss, share of the axis) each."""
    flat = [(name, share) for name, share in shares if share < FLAT]
    if not flat:
        return ""
    names = listing([f"**{name}** ({percent(share)} of the height)" for name, share in flat])
    their = "surface looks" if len(flat) == 1 else "surfaces look"
    return (
        f"On the common height axis the {their} flat for {names}: choose *Each its own* under "
        "*View* to see the shape."
    )


def few(sides: Sequence[Side]) -> str:
    """What cannot be compared: too few points, or all above one another."""
    data = sides[0].risk.data
    n = len(data)
    if n < 3:
        return f"There {'is' if n == 1 else 'are'} only {count(n, 'point')}: a line can pass " + (
            "through all of them, so all losses agree. Add a point."
        )
    if sides[0].one_position and len(sides[0].best.theta) > 1:
        return (
            f"All points share one {data.names[0]}, so the slope is not determined: every minimum "
            "is a line of equally good models, drawn across the window."
        )
    return ""


def moved(sides: Sequence[Side]) -> str:
    """Which minimum went furthest against the untouched data, and by how much."""
    trips = [side.displacement for side in sides]
    still = [not side.moved for side in sides]
    first = sides[0].clean.data
    if all(still):
        if sides[0].same_data:
            return f"No point has been moved yet: {_slopes(sides)}."
        return "Points were changed, and no minimum moved at all."
    lengths = [0.0 if rests else trip.length for rests, trip in zip(still, trips, strict=True)]
    order = sorted(range(len(sides)), key=lambda k: -lengths[k])
    top = order[0]
    names = sides[top].risk.names
    by = listing([f"{name} {_signed(v)}" for name, v in zip(names, trips[top].by, strict=True)])
    rest = [
        f"{sides[k].name}'s "
        + (
            "did not move"
            if still[k]
            else f"moved by {number(trips[k].length, 3)} ({_signed(trips[k].at_centre)} there)"
        )
        for k in order[1:]
    ]
    level = trips[order[1]].length >= trips[top].length * (1 - LEVEL)
    lead = f"{_capital(sides[top].name)}'s minimum moved " + (
        f"as far as {sides[order[1]].name}'s" if level else "furthest"
    )
    centre = f"{first.names[0]} {number(trips[top].centre)}"
    return (
        f"**{lead}** against the untouched data: {by}, a distance of "
        f"{number(trips[top].length, 3)}; its prediction at the data's centre "
        f"({centre}) changed by {_signed(trips[top].at_centre)}. "
        f"{_capital(listing(rest))}."
    )


def _slopes(sides: Sequence[Side]) -> str:
    """The last parameter at every minimum: a number, or from where to where a whole set goes."""
    name = sides[0].risk.names[-1]
    each = []
    for side in sides:
        value = number(side.best.theta[-1])
        if side.best.kind == "set" and side.best.vertices is not None:
            ends = side.best.vertices[:, -1]
            low, high = number(ends.min()), number(ends.max())
            value = value if low == high else f"anything from {low} to {high}"
        each.append(f"{side.name} gives {name} {value}")
    return listing(each)


def largest(sides: Sequence[Side]) -> str:
    """The point with the largest share of the squared loss, and its share of the others."""
    each = [influences(side.risk, side.best.theta).share for side in sides]
    if not each[0].any():
        return f"{_capital(sides[0].name)}'s fit passes through every point: the loss is zero."
    row = int(each[0].argmax())
    others = [
        f"{percent(float(share[row]))} of {side.name}'s"
        for side, share in zip(sides[1:], each[1:], strict=True)
    ]
    return (
        f"The point at {_place(sides[0], row)} contributes **{percent(float(each[0][row]))}** of "
        f"the squared loss, {listing(others)}, each at its own minimum."
    )


def floor(side: Side) -> str:
    """Whether the minimum of absolute error is a point or a set."""
    if side.best.kind == "set":
        return f"The minimum of {side.name} is **a set**. {side.best.message}"
    if not side.best.exact:
        return f"The minimum of {side.name}: {_small(side.best.message)}"
    return f"The minimum of {side.name} is **one point**. {side.best.message}"


def far_out(sides: Sequence[Side]) -> str:
    """Whether the point with the largest loss, or any other, has leverage."""
    risk = sides[0].risk
    if len(sides[0].best.theta) < 2 or sides[0].one_position:
        return ""
    lever, share = leverage(risk), influences(risk, sides[0].best.theta).share
    mean = float(lever.mean())
    if FAR * mean >= 1:  # so few points that none could count: no leverage is above 1
        return ""
    row, largest = int(lever.argmax()), int(share.argmax())
    if lever[row] > FAR * mean:
        who = "and has the largest loss too" if row == largest else "wherever it lies in y"
        return (
            f"The point at {_place(sides[0], row)} **has leverage** {number(lever[row], 3)} (the "
            f"mean is {number(mean, 3)}): it lies far out in {risk.data.names[0]}, {who}. "
            "Absolute error bounds the influence of a residual, but not that of a position in x."
        )
    which = "the one with the largest loss has"
    if not share.any():
        which, largest = "the highest is", row
    return (
        f"No point has high leverage: {which} {number(lever[largest], 3)}, where the mean is "
        f"{number(mean, 3)} and {FAR:g} times that counts as high."
    )


def valleys(side: Side) -> str:
    """That a minimum is only the best one found, where that is so."""
    if side.best.kind == "local":
        return f"{_capital(side.name)} may have several local minima: {_small(side.best.message)}"
    return ""


def _place(side: Side, row: int) -> str:
    data = side.risk.data
    return f"({number(data.X[row, 0])}, {number(data.y[row])})"


def _signed(value: float) -> str:
    text = number(value, 3)
    return text if value <= 0 else f"+{text}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
