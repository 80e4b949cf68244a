"""Networks: layers of units, plain, or in blocks with residual connections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lossviz.models.activations import ACTIVATIONS
from lossviz.models.layered import (
    LayeredNetwork,
    Step,
    Symmetry,
    Way,
    affine,
    around,
    back_turn,
    linear,
    slopes,
    slopes_turn,
    spread_for,
    steady,
)
from lossviz.models.layout import Array, Block
from lossviz.recipes import choice, hyperparameter


@dataclass(frozen=True)
class Network(LayeredNetwork):
    """Layers of units: each layer is a weighted sum of the one below, bent by an activation."""

    id, label = "network", "Network"
    formula = r"h_l = \varphi(W_l h_{l-1} + b_l),\quad \hat y = W h_D + b"
    depth: int = hyperparameter(2, 1, 10, domain="[1, 100]")
    activation: str = choice("tanh", ACTIVATIONS)

    def steps(self, outputs: int) -> list[Step]:
        layer: list[Step] = [("affine", self.width), ("activate", self.activation)]
        return [*layer * self.depth, ("affine", outputs)]

    def symmetries(self) -> tuple[Symmetry, ...]:
        act = ACTIVATIONS[self.activation]
        return tuple(
            Symmetry(f"layer {i + 1}", around(2 * i, 2 * i + 2), act.odd, act.homogeneous)
            for i in range(self.depth)
        )

    def _blocks(self, inputs: int) -> list[Block]:
        sizes = [inputs] + [self.width] * self.depth
        return [
            block
            for i in range(self.depth)
            for block in linear(f"W{i + 1}", f"b{i + 1}", sizes[i + 1], sizes[i])
        ]

    def _grouped(self, parts: list[Array]) -> list[list[Array]]:
        return [parts[i : i + 2] for i in range(0, len(parts), 2)]

    def _spread(self, block: Block) -> float:
        if block.name == f"W{self.depth + 1}":
            return steady(block)
        return spread_for(block, ACTIVATIONS[self.activation])

    def _up(self, stage: list[Array], h: Array) -> tuple[Array, tuple[Array, ...]]:
        W, b = stage
        z = affine(W, b, h)
        a = ACTIVATIONS[self.activation].value(z)
        return a, (z, a)

    def _down(
        self, stage: list[Array], h: Array, kept: tuple[Array, ...], g: Array, to_h: bool
    ) -> tuple[list[Array], Array]:
        g = g * ACTIVATIONS[self.activation].slope(*kept)
        return slopes(g, h), np.swapaxes(stage[0], -1, -2) @ g if to_h else g

    def _up_turn(
        self, stage: list[Array], rate: list[Array], h: Array, dh: Array, kept: tuple[Array, ...]
    ) -> tuple[Array, tuple[Array, ...]]:
        dz = affine(rate[0], rate[1], h) + stage[0] @ dh
        return ACTIVATIONS[self.activation].slope(*kept) * dz, (dz,)

    def _down_turn(self, way: Way, g: Array, dg: Array) -> tuple[list[Array], Array]:
        act = ACTIVATIONS[self.activation]
        slope = act.slope(*way.kept)
        dg = dg * slope + g * act.second(*way.kept) * way.dkept[0]
        g = g * slope
        _, dback = back_turn(way.stage[0], way.rate[0], g, dg)
        return slopes_turn(g, dg, way.h, way.dh), dback


@dataclass(frozen=True)
class ResidualNetwork(LayeredNetwork):
    """Blocks that each add a correction to what they were given; one switch takes the skips away.

    h_0 = W_in x + b_in, then per block h <- s h + c (W2 phi(W1 h + b1) + b2) with s = 1 (``skip``)
    or 0 and c = ``branch_scale``, then a linear output.  Both settings of ``skip`` have the same
    parameters.  Skips alone do not tame a deep network: each unscaled block adds to the size of
    the signal, so c = 1/sqrt(blocks), 1/blocks, or branches that start at zero are what trains
    (He et al. 2016; De & Smith 2020, arXiv:2002.10444; Zhang et al. 2019, arXiv:1901.09321).
    ``branch_start`` "zero" starts every W2 at 0.
    """

    id, label = "residual_network", "Residual network"
    formula = r"h \leftarrow s\,h + c\,(W_2\,\varphi(W_1 h + b_1) + b_2),\quad \hat y = W h + b"
    blocks: int = hyperparameter(3, 1, 50, domain="[1, 100]")
    activation: str = choice("relu", ACTIVATIONS)
    skip: bool = choice(True, (True, False), label="skip connections")
    branch_scale: float = hyperparameter(1.0, 0.0, 1.0, domain="[0, 10]")
    branch_start: str = choice("standard", ("standard", "zero"))

    _entries = 1

    def steps(self, outputs: int) -> list[Step]:
        w = self.width
        block: list[Step] = [
            ("keep",), ("affine", w), ("activate", self.activation), ("affine", w),
            ("join", float(self.skip), self.branch_scale),
        ]  # fmt: skip
        return [("affine", w), *block * self.blocks, ("affine", outputs)]

    def symmetries(self) -> tuple[Symmetry, ...]:
        """Inner units of each block; and the units of the stream, which all blocks share."""
        act = ACTIVATIONS[self.activation]
        firsts = [2 + 4 * i for i in range(self.blocks)]
        inner = tuple(
            Symmetry(f"block {i + 1}", around(at, at + 2), act.odd, act.homogeneous)
            for i, at in enumerate(firsts)
        )
        enters, leaves = [0, *(at + 2 for at in firsts)], [*firsts, 2 + 4 * self.blocks]
        if self.skip:
            places = tuple(p for pair in zip(enters, leaves, strict=True) for p in around(*pair))
            return (Symmetry("stream", places, True, True), *inner)
        streams = tuple(
            Symmetry(f"stream {i}", around(*pair), True, True)
            for i, pair in enumerate(zip(enters, leaves, strict=True))
        )
        return (*streams, *inner)

    def _blocks(self, inputs: int) -> list[Block]:
        w = self.width
        names = [(f"W{j}_{i + 1}", f"b{j}_{i + 1}") for i in range(self.blocks) for j in (1, 2)]
        first = linear("W_in", "b_in", w, inputs)
        return [*first, *(block for pair in names for block in linear(*pair, w, w))]

    def _grouped(self, parts: list[Array]) -> list[list[Array]]:
        return [parts[:2], *(parts[i : i + 4] for i in range(2, len(parts), 4))]

    def _spread(self, block: Block) -> float:
        if block.name.startswith("W1_"):
            return spread_for(block, ACTIVATIONS[self.activation])
        if block.name.startswith("W2_") and self.branch_start == "zero":
            return 0.0
        return steady(block)

    def _up(self, stage: list[Array], h: Array) -> tuple[Array, tuple[Array, ...]]:
        if len(stage) == 2:
            W, b = stage
            return affine(W, b, h), ()
        W1, b1, W2, b2 = stage
        z = affine(W1, b1, h)
        a = ACTIVATIONS[self.activation].value(z)
        out = affine(self.branch_scale * W2, self.branch_scale * b2, a)
        if self.skip:
            out += h
        return out, (z, a)

    def _down(
        self, stage: list[Array], h: Array, kept: tuple[Array, ...], g: Array, to_h: bool
    ) -> tuple[list[Array], Array]:
        if len(stage) == 2:
            return slopes(g, h), np.swapaxes(stage[0], -1, -2) @ g if to_h else g
        branch = self.branch_scale * g
        inner = np.swapaxes(stage[2], -1, -2) @ branch
        inner *= ACTIVATIONS[self.activation].slope(*kept)
        back = np.swapaxes(stage[0], -1, -2) @ inner
        if self.skip:
            back += g
        return [*slopes(inner, h), *slopes(branch, kept[1])], back

    def _up_turn(
        self, stage: list[Array], rate: list[Array], h: Array, dh: Array, kept: tuple[Array, ...]
    ) -> tuple[Array, tuple[Array, ...]]:
        if len(stage) == 2:
            return affine(rate[0], rate[1], h) + stage[0] @ dh, ()
        z, a = kept
        dz = affine(rate[0], rate[1], h) + stage[0] @ dh
        da = ACTIVATIONS[self.activation].slope(z, a) * dz
        out = self.branch_scale * (affine(rate[2], rate[3], a) + stage[2] @ da)
        return out + dh if self.skip else out, (dz, da)

    def _down_turn(self, way: Way, g: Array, dg: Array) -> tuple[list[Array], Array]:
        if len(way.stage) == 2:
            _, dback = back_turn(way.stage[0], way.rate[0], g, dg)
            return slopes_turn(g, dg, way.h, way.dh), dback
        act, (dz, da) = ACTIVATIONS[self.activation], way.dkept
        branch, dbranch = self.branch_scale * g, self.branch_scale * dg
        inner, dinner = back_turn(way.stage[2], way.rate[2], branch, dbranch)
        slope = act.slope(*way.kept)
        dinner = dinner * slope + inner * act.second(*way.kept) * dz
        inner = inner * slope
        _, dback = back_turn(way.stage[0], way.rate[0], inner, dinner)
        turns = slopes_turn(inner, dinner, way.h, way.dh)
        turns += slopes_turn(branch, dbranch, way.kept[1], da)
        return turns, dback + dg if self.skip else dback
