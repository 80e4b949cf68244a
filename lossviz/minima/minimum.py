"""The result of a minimisation: the point, its value, its kind, and how it is known."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lossviz.text import count, number

Array = NDArray[np.floating]

ITS_VALUE = "{value}"  # in a message: the minimum's value, in the units it is told in
READ_OFF = " and read off exactly"  # the end of a method's name, only where that was certified


def unproved(method: str) -> str:
    """The method's name without the claim that its result is exact."""
    return method.removesuffix(READ_OFF)


def others_in_words(many: int) -> str:
    """ "1 other local minimum was found", "2 other local minima were found"."""
    found = count(many, "other local minimum", "other local minima")
    return f"{found} {'was' if many == 1 else 'were'} found"


@dataclass(frozen=True, eq=False)
class Minimum:
    """Where an objective is smallest, and what kind of place that is.

    ``kind`` is "point" (one minimiser), "set" (a flat floor: ``theta`` is a representative, its
    middle where it has one), "infinity" (no minimiser is attained: ``value`` is the infimum and
    ``theta`` a point far along ``direction``, or, without one, close to where it is approached)
    or "local" (the best of several starts).
    ``exact`` says whether it is proved: closed form, or certified to 1e-9 by the optimality
    condition.  ``method`` and ``message`` are words for the page.

    ``vertices`` (m, p) are the extent of a set: two ends, or the corners in order; where the set
    never ends they are cut far out.  ``directions`` (q, p) are orthonormal and span the lines
    along which nothing changes at all, such as two columns that say the same.
    ``direction`` (p,) is the unit vector towards infinity.
    ``others`` (m, p) are the other local minima found, best first, and ``other_values`` (m,).
    """

    theta: Array
    value: float
    kind: str
    exact: bool
    method: str
    message: str
    vertices: Array | None = None
    directions: Array | None = None
    direction: Array | None = None
    others: Array | None = None
    other_values: Array | None = None

    def worded(self) -> Minimum:
        """The same, its value written out where the message speaks of it."""
        if ITS_VALUE not in self.message:
            return self
        return replace(self, message=self.message.replace(ITS_VALUE, number(self.value)))

    def padded(self, keep: NDArray[np.bool_]) -> Minimum:
        """The same where the parameters not in ``keep`` (p,) are held at zero."""

        def whole(part: Array | None) -> Array | None:
            if part is None:
                return None
            full = np.zeros((*part.shape[:-1], len(keep)))
            full[..., keep] = part
            return full

        return replace(
            self, theta=np.asarray(whole(self.theta)), vertices=whole(self.vertices),
            directions=whole(self.directions), direction=whole(self.direction),
            others=whole(self.others),
        )  # fmt: skip
