"""Layouts: where each named block of parameters lives in the flat vector."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Block:
    """A named piece of the parameter vector.  Rows of a weight block are its filters.

    ``weight`` is False for biases and intercepts: they are never penalised and stay put in
    filter-normalised directions.  ``labels`` name single parameters where there are few.
    """

    name: str
    shape: tuple[int, ...]
    weight: bool = True
    labels: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many parameters the block holds."""
        return prod(self.shape)


@dataclass(frozen=True)
class Layout:
    """The blocks in order; nobody else counts offsets."""

    blocks: tuple[Block, ...]

    @cached_property
    def size(self) -> int:
        """p, the number of parameters."""
        return sum(block.size for block in self.blocks)

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """One slice of the flat vector per block."""
        stops = np.cumsum([block.size for block in self.blocks]).tolist()
        return tuple(slice(stop - b.size, stop) for stop, b in zip(stops, self.blocks, strict=True))

    @cached_property
    def weights(self) -> Array:
        """(p,) mask: 1 for weights, 0 for biases."""
        mask = np.concatenate([np.full(b.size, float(b.weight)) for b in self.blocks])
        mask.flags.writeable = False
        return mask

    @cached_property
    def filters(self) -> tuple[int, ...]:
        """Sizes of consecutive groups: the rows of each weight block, each other block whole."""
        rows = ((b, b.shape[0] if b.weight and b.shape else 1) for b in self.blocks)
        return tuple(b.size // count for b, count in rows for _ in range(count))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """One name per parameter: "slope", or "weights 2[3,1]" (counted from 1)."""
        return tuple(name for block in self.blocks for name in (block.labels or _counted(block)))

    def check(self, theta: Array) -> None:
        """Raises ValueError where theta (..., p) has another number of parameters."""
        if theta.shape[-1] != self.size:
            raise ValueError(
                f"This model has {self.size} parameters; theta has {theta.shape[-1]}. "
                "Build theta with layout.join, or check the model's width and the data's columns."
            )

    def split(self, theta: Array) -> list[Array]:
        """(..., p) to one (..., *shape) view per block.  Raises ValueError for another p."""
        self.check(theta)
        return [
            theta[..., where].reshape(theta.shape[:-1] + block.shape)
            for where, block in zip(self.slices, self.blocks, strict=True)
        ]

    def join(self, parts: list[Array]) -> Array:
        """One (..., *shape) array per block back to (..., p)."""
        batch = parts[0].shape[: parts[0].ndim - len(self.blocks[0].shape)]
        sized = zip(parts, self.blocks, strict=True)
        return np.concatenate([part.reshape((*batch, block.size)) for part, block in sized], -1)


def _counted(block: Block) -> list[str]:
    if not block.shape:
        return [block.name]
    return [f"{block.name}[{','.join(str(i + 1) for i in at)}]" for at in np.ndindex(*block.shape)]
