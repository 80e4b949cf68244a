"""The area under the ROC curve by ranks, for many lists of scores at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lossviz.metrics.base import Array


def area(positive: NDArray[np.bool_], score: Array) -> Array:
    """(...) chances that a positive row scores above a negative one, ties half.

    ``positive`` (n,) flags, both kinds among them; ``score`` (..., n) from 0 up.  The bits of a
    float that is not negative order like the float, so the label rides along in place of its sign
    (a zero's sign goes too) and a plain sort, the fastest there is, carries it to its place.
    """
    count = int(positive.sum())
    pairs = count * (len(positive) - count)
    bits = np.ascontiguousarray(score, float).view(np.uint64) << np.uint64(1)
    label = positive.astype(np.uint64)
    keys = np.sort(bits | label, axis=-1)
    ahead = _negatives_below(keys, np.uint64(1), count)
    # a tie of both kinds is a step of the last bit alone; it counted as a whole win
    tied = ((keys[..., 1:] ^ keys[..., :-1]) == 1).any(-1)
    if tied.any():
        turned = np.sort(bits[tied] | (1 - label), axis=-1)
        ahead[tied] = (ahead[tied] + _negatives_below(turned, np.uint64(0), count)) / 2
    return ahead / pairs


def _negatives_below(keys: NDArray[np.uint64], positive: np.uint64, count: int) -> Array:
    """(...) pairs with the negative earlier in the list: ranks of the positives, less their own."""
    places = np.arange(keys.shape[-1], dtype=float)
    ranks = ((keys & np.uint64(1)) == positive).astype(float) @ places
    return np.asarray(ranks - count * (count - 1) / 2)
