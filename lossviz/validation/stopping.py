"""Early stopping: when the held-out loss says enough, and what is lost by going on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Stop:
    """``best`` is the step with the lowest held-out loss up to ``at``, where patience ended.

    ``at`` is the last step where patience never ended, and ``ended`` is then False.  ``final`` is
    the held-out loss at the last step less that at ``best``: what not stopping costs.
    ``missed`` is what stopping costs: the loss at ``best`` less the lowest of the whole path.
    """

    best: int
    at: int
    ended: bool
    final: float
    missed: float


def early_stop(losses: ArrayLike, patience: int) -> Stop:
    """Stop at the first step with no new lowest loss for ``patience`` steps (Prechelt 1998).

    ``losses`` (t+1,) are held-out losses at steps 0 to t.  Raises ValueError for a patience below
    1, or no finite loss.
    """
    values = np.asarray(losses, float)
    if patience < 1:
        raise ValueError(f"Patience is a number of steps of at least 1; got {patience}.")
    if values.ndim != 1 or not np.isfinite(values).any():
        raise ValueError("Early stopping needs a list of held-out losses, one of them finite.")
    values = np.where(np.isfinite(values), values, np.inf)
    lowest = np.minimum.accumulate(values)
    steps = np.arange(len(values))
    fresh = np.concatenate([[True], values[1:] < lowest[:-1]])
    newest = np.maximum.accumulate(np.where(fresh, steps, 0))
    over = np.flatnonzero(steps - newest >= patience)
    ended = bool(len(over))
    at = int(over[0]) if ended else len(values) - 1
    best = int(newest[at])
    return Stop(best, at, ended, float(values[-1] - values[best]), float(values[best] - lowest[-1]))
