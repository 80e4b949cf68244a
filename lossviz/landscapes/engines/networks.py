"""Networks on a plane: small matrix products in the cache, the first layer affine in (a, b).

Activations are feature-major, (points, units, rows), with a last unit that is always one, so
that a bias is one more column of its weights.  A tile of points and rows keeps its buffers in
the processor's cache; tiles are shared out to threads.  On a plane the first layer's sums are
s0 + a su + b sv: three products with the data serve every point.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lossviz.landscapes.engines.threads import LINE, Progress, part, scratch, share, spans
from lossviz.landscapes.planes import Plane
from lossviz.models import Layout
from lossviz.models.activations import ACTIVATIONS
from lossviz.models.networks import Network, ResidualNetwork
from lossviz.objectives import Risk

Array = NDArray[np.floating]

TILE_BYTES = 2**21
POINT_BYTES = 2**19  # at most, of a tile: a product of few points by three columns is slow
ROWS = 1024
STRETCH = 4  # parts of the rows that a tile goes through before the next tile
TASKS = 32  # a survey of a stretch of rows is shared out in about this many parts
LARGE = 1e8  # multiplications, about a tenth of a second in double precision
VERIFIED = 0.01  # of the points; the lowest and the highest besides
FEWEST = 8
SINGLE = 3e-6  # the relative error of single precision that passes for none in a picture


def surface(
    risk: Risk, plane: Plane, a: Array, b: Array, progress: Progress | None, double: bool
) -> Array:
    """(len(b), len(a)) of the mean loss.

    Large surfaces are computed in single precision, which is two to three times faster, and
    verified in double precision at some of their points; if one differs by more than 3e-6,
    relative, all are computed again in double precision.
    """
    where = np.stack([np.tile(a, len(b)), np.repeat(b, len(a))], axis=1)
    work = float(len(where)) * len(risk.data) * risk.layout.size
    values = None
    if work > LARGE and not double:
        values = _evaluate(risk, plane, where, progress, np.float32)
        if not _passes(values, risk, plane, where):
            values = None
    if values is None:
        values = _evaluate(risk, plane, where, progress, np.float64)
    return values.reshape(len(b), len(a))


def _passes(quick: Array, risk: Risk, plane: Plane, where: Array) -> bool:
    if not np.isfinite(quick).all():
        return False
    spread = np.linspace(0, len(quick) - 1, max(FEWEST, int(VERIFIED * len(quick)))).astype(int)
    some = np.unique([quick.argmin(), quick.argmax(), *spread])
    exact = _evaluate(risk, plane, where[some], None, np.float64)
    return bool((np.abs(quick[some] - exact) <= SINGLE * np.abs(exact)).all())


@dataclass(frozen=True)
class _Map:
    """W h + b as one matrix (out, in + 1), somewhere in a packed parameter vector."""

    where: slice
    out: int
    reads: int  # in + 1

    def of(self, packed: Array) -> Array:
        """(..., out, in + 1) from packed (..., p)."""
        return packed[..., self.where].reshape(*packed.shape[:-1], self.out, self.reads)


@dataclass(frozen=True)
class _Wiring:
    """How the maps follow each other, and how the flat vector is packed for them."""

    first: _Map
    middle: tuple[tuple[_Map, ...], ...]  # a layer, or the two maps of a block
    last: _Map
    order: NDArray[np.intp]
    scale: Array
    activate_first: bool
    skip: bool
    activate: Callable[[Array, Array], object]  # (units (m, w, r), zeros (w, r)), in place


def _evaluate(
    risk: Risk, plane: Plane, where: Array, progress: Progress | None, dtype: type
) -> Array:
    """(m,) mean losses at plane coordinates (m, 2)."""
    wiring = _wiring(risk)
    directions = np.stack([plane.origin, plane.u, plane.v])
    packed: Array = (directions[:, wiring.order] * wiring.scale).astype(dtype)
    count = len(where)
    coordinates: Array = np.column_stack([np.ones(count), where]).astype(dtype)
    X: Array = np.vstack([risk.data.X.T, np.ones(len(risk.data))]).astype(dtype)
    y: Array = risk.data.y.astype(dtype)
    values = np.zeros(count)
    row_bytes = (2 + wiring.skip) * (wiring.first.out + 1) * packed.itemsize
    most = min(ROWS, max(1, POINT_BYTES // row_bytes))
    stretches = _even(len(y), STRETCH * most)
    for number, stretch in enumerate(stretches):
        sums = _first_sums(wiring.first.of(packed), X[:, stretch], most)
        point_bytes = sums.shape[-1] * row_bytes + packed[0].nbytes
        tiles = _even(count, max(1, TILE_BYTES // point_bytes))
        fill = partial(_fill, values, risk, wiring, packed, coordinates, sums, y[stretch])
        tasks = [partial(fill, tiles[some]) for some in _even(len(tiles), -(-len(tiles) // TASKS))]
        share(tasks, part(progress, number, len(stretches)))
    return values / len(y)


def _first_sums(maps: Array, X: Array, most: int) -> Array:
    """(parts, 3, width, rows) of the first layer at the origin and along u and v.

    The rows of X (in + 1, n) are cut in parts of equal length, about ``most``; what the last
    one lacks is filled with zeros, and nobody asks for it.  A part is an odd number of cache
    lines long: then every unit begins on one, and units do not compete for a place in the cache.
    """
    line = LINE // X.itemsize
    rows = -(-X.shape[1] // -(-X.shape[1] // most))
    rows = (-(-rows // line) | 1) * line
    parts = -(-X.shape[1] // rows)
    padded = np.zeros((len(X), parts * rows), X.dtype)
    padded[:, : X.shape[1]] = X
    sums = (maps @ padded).reshape(*maps.shape[:2], parts, rows)
    return np.ascontiguousarray(np.moveaxis(sums, 2, 0))


def _even(total: int, most: int) -> list[slice]:
    """Consecutive slices of at most ``most``, as equal as they can be: a rest costs as a whole."""
    return spans(total, -(-total // -(-total // most)))


def _fill(
    values: Array,
    risk: Risk,
    wiring: _Wiring,
    packed: Array,
    coordinates: Array,
    sums: Array,
    y: Array,
    tiles: list[slice],
) -> None:
    """Add the losses of a stretch of rows, y (n,), to the values of some tiles of points.

    Its parts follow each other within a tile: its weights and its losses are worked out once.
    """
    (parts, _, width, rows), size = sums.shape, tiles[0].stop - tiles[0].start
    buffers, spare, zeros, weights, logits = scratch(
        "network",
        [
            (2, size, width + 1, rows),
            (wiring.skip * size, width, rows),
            (width, rows),
            (size, packed.shape[1]),
            (size, wiring.last.out, parts, rows),
        ],
        packed.dtype,
    )
    buffers[:, :, width] = 1
    zeros[:] = 0
    with np.errstate(over="ignore", invalid="ignore"):
        for tile in tiles:
            where = coordinates[tile]
            m = len(where)
            each = np.matmul(where, packed, out=weights[:m])
            for number, known in enumerate(sums):
                here, there = buffers[:, :m]
                flat = here.reshape(m, -1)[:, : width * rows]
                np.matmul(where, known.reshape(3, -1), out=flat)
                if wiring.activate_first:
                    wiring.activate(here[:, :width], zeros)
                top = _rise(wiring, each, here, there, spare[:m], zeros)
                np.matmul(wiring.last.of(each), top, out=logits[:m, :, number])
            answers = logits[:m].reshape(m, wiring.last.out, -1)[..., : len(y)]
            answer = answers[:, 0] if wiring.last.out == 1 else np.swapaxes(answers, 1, 2)
            values[tile] += risk.loss.value(y, answer).sum(-1)


def _rise(
    wiring: _Wiring, weights: Array, here: Array, there: Array, spare: Array, zeros: Array
) -> Array:
    """(m, width + 1, r) below the output from the first layer in ``here``, in one of the two."""
    for maps in wiring.middle:
        np.matmul(maps[0].of(weights), here, out=there[:, :-1])
        wiring.activate(there[:, :-1], zeros)
        if len(maps) == 1:
            here, there = there, here
        elif wiring.skip:
            np.matmul(maps[1].of(weights), there, out=spare)
            here[:, :-1] += spare
        else:
            np.matmul(maps[1].of(weights), there, out=here[:, :-1])
    return here


def _wiring(risk: Risk) -> _Wiring:
    model = risk.model
    assert isinstance(model, Network | ResidualNetwork)
    maps, order = _packing(risk.layout)
    scale = np.ones(len(order))
    activate = _in_place(ACTIVATIONS[model.activation].value)
    if isinstance(model, Network):
        layers = tuple((each,) for each in maps[1:-1])
        return _Wiring(maps[0], layers, maps[-1], order, scale, True, False, activate)
    blocks = tuple(zip(maps[1:-1:2], maps[2:-1:2], strict=True))
    for _, branch in blocks:
        scale[branch.where] = model.branch_scale
    return _Wiring(maps[0], blocks, maps[-1], order, scale, False, model.skip, activate)


def _packing(layout: Layout) -> tuple[list[_Map], NDArray[np.intp]]:
    """Each weight block with its bias as a last column, and where its numbers come from."""
    maps, order, at = [], [], 0
    numbers = np.arange(layout.size)
    for weight, bias in zip(layout.slices[::2], layout.slices[1::2], strict=True):
        out = bias.stop - bias.start
        W = numbers[weight].reshape(out, -1)
        reads = W.shape[1]
        order.append(np.column_stack([W, numbers[bias]]).ravel())
        maps.append(_Map(slice(at, at + out * (reads + 1)), out, reads + 1))
        at += out * (reads + 1)
    return maps, np.concatenate(order)


def _in_place(value: Callable[[Array], Array]) -> Callable[[Array, Array], object]:
    if isinstance(value, np.ufunc):
        return lambda z, zeros: value(z, out=z)
    if value is ACTIVATIONS["relu"].value:  # against an array three times faster than against 0
        return lambda z, zeros: np.maximum(z, zeros, out=z)
    return lambda z, zeros: np.copyto(z, value(z))
