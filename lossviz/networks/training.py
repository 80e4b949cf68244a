"""Training a network: a run that can be left, stopped and taken up again, and what it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.descent.trajectory import checked_start, edge_of, epochs, whole
from lossviz.landscapes.engines.threads import Progress
from lossviz.objectives import Objective
from lossviz.optimizers import Optimizer
from lossviz.patience import waiting

Array = NDArray[np.floating]
KEEP = 101  # points kept of a run, the first and the last among them
NUMBERS = 4_000_000  # numbers those points may hold together
NEWTON = 300  # parameters up to which a Hessian matrix at every step is bearable
MOST_STEPS = 100_000
LAP = 20  # steps between two words to whoever wants to know how far it is


@dataclass(frozen=True, eq=False)
class Training:
    """What a run left: ``points`` (m, p) and true ``values`` (m,) at the ``steps`` (m,) kept.

    ``asked`` is how many steps were wanted; ``lost`` says that the run left the numbers after
    the last point kept, which is finite.
    """

    steps: NDArray[np.integer]
    points: Array
    values: Array
    asked: int
    lost: bool = False

    @property
    def theta(self) -> Array:
        """(p,) where the run ended."""
        end: Array = self.points[-1]
        return end

    @property
    def moved(self) -> bool:
        """Whether the run ended elsewhere than it began."""
        return bool((self.points[0] != self.theta).any())

    @property
    def ending(self) -> str:
        """How the run ended, as a sentence."""
        last = int(self.steps[-1])
        if self.lost:
            return (
                f"Training diverged after step {last:,}: the numbers overflow. Lower the learning "
                "rate, scale the branches or use fewer blocks."
            )
        if last < self.asked:
            return f"Training was stopped after step {last:,} of {self.asked:,}."
        return f"Training took all of its {last:,} steps."


class Run:
    """A training under way: ``advance`` takes some steps, ``result`` is what there is so far.

    The steps are those of ``trajectories.descend`` with the same arguments; of its points at most
    ``KEEP`` are kept, evenly apart, and the loss on all the data is known there.  Any objective
    can be trained; mini-batches need one with data.  Raises ValueError for a start that does not
    fit, steps outside 1 to 100,000, a batch size below 1, or an optimizer that cannot serve: one
    that searches along the loss takes no mini-batches, and Newton's method needs a matrix too
    large for a network.
    """

    def __init__(
        self,
        risk: Objective,
        optimizer: Optimizer,
        start: ArrayLike,
        steps: int = 400,
        batch_size: int | None = None,
        seed: int = 0,
    ) -> None:
        theta = checked_start(risk, start)
        self.asked = whole(steps, "steps", 1)
        if self.asked > MOST_STEPS:
            raise ValueError(f"Training takes at most {MOST_STEPS:,} steps; got {steps:,}.")
        if optimizer.uses_hessian and theta.size > NEWTON:
            raise ValueError(
                f"Newton's method needs the Hessian of {theta.size:,} parameters at every step; "
                f"it is offered up to {NEWTON}. Choose another optimizer or a smaller network."
            )
        if optimizer.line_search and batch_size is not None:
            raise ValueError(
                f"{optimizer.label} searches along the whole loss for its own step lengths, so it "
                "takes no mini-batches. Use all the data, or choose another optimizer."
            )
        self.risk, self.step, self.lost = risk, 0, False
        self._now = theta  # where the walk is, kept or not
        most = max(11, min(KEEP, NUMBERS // theta.size))
        self._every = -(-self.asked // (most - 1))
        self._edge = edge_of(theta)
        self._kept = [(0, theta, self._value(theta))]
        if not np.isfinite(self._kept[0][2]):
            raise ValueError(
                "The loss has no finite value where training would start: the network is too deep "
                "for its branch scale. Scale the branches, or use fewer blocks."
            )
        self._walk: Iterator[Array] = optimizer.walk(
            _batches(risk, batch_size, seed), theta, [1.0] * self.asked
        )

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do."""
        return self.lost or self.step >= self.asked

    @property
    def loss(self) -> float:
        """The true loss at the last point kept."""
        return self._kept[-1][2]

    def advance(self, steps: int) -> None:
        """Take at most so many steps more."""
        # leaving the map is an ending, not a warning; a walk left half way could not go on
        with np.errstate(all="ignore"), waiting(None):
            for _ in range(min(steps, self.asked - self.step)):
                theta = next(self._walk, None)
                if theta is None:  # a search that found nothing lower has finished
                    self.step = self.asked
                    return
                self.step, self._now = self.step + 1, theta
                if self.step % self._every and self.step < self.asked:
                    continue
                value = self._value(theta)
                if not (np.isfinite(value) and (np.abs(theta) < self._edge).all()):
                    self.lost = True
                    return
                self._kept.append((self.step, theta, value))

    def result(self) -> Training:
        """The points kept so far, as arrays; of a walk under way, where it is now as well."""
        kept = self._kept
        if not self.done and kept[-1][0] < self.step:
            kept = [*kept, (self.step, self._now, self._value(self._now))]
        steps, points, values = zip(*kept, strict=True)
        asked = int(steps[-1]) if self.done and not self.lost else self.asked
        return Training(np.array(steps), np.array(points), np.array(values), asked, self.lost)

    def _value(self, theta: Array) -> float:
        with np.errstate(all="ignore"):
            return float(self.risk.value(theta))


def train(
    risk: Objective,
    optimizer: Optimizer,
    start: ArrayLike,
    steps: int = 400,
    batch_size: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Training:
    """A whole run at once: see ``Run``.

    ``progress`` hears the share that is done, at every few steps and whenever the gradient is
    asked for; what it raises ends the training.
    """
    heard: Any = _Heard(risk, progress) if progress else risk
    run = Run(heard, optimizer, start, steps, batch_size, seed)
    while not run.done:
        run.advance(LAP)
        if progress:
            progress(run.step / run.asked)
    return run.result()


class _Heard:
    """An objective that tells of every gradient asked for: some rules take all steps at once."""

    def __init__(self, risk: Objective, progress: Progress) -> None:
        self._risk, self._progress = risk, progress

    def __getattr__(self, name: str) -> Any:
        return getattr(self._risk, name)

    def gradient(self, theta: Array) -> Array:
        self._progress(0.0)
        return self._risk.gradient(theta)


def _batches(risk: Any, batch_size: int | None, seed: int) -> Iterator[Any]:
    """What each step sees: all the data, or the next mini-batch."""
    if batch_size is None:
        return repeat(risk)
    size = whole(batch_size, "batch_size", 1)
    return (risk.on(rows) for rows in epochs(len(risk.data), size, seed))
