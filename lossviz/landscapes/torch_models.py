"""Bring a real model: the landscape of any PyTorch module, as a file the app opens.

PyTorch is an extra, ``pip install "lossviz[torch]"``; the app never needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.landscapes import Landscape
from lossviz.landscapes.file import SavedLandscape, save_landscape
from lossviz.landscapes.planes import Plane, random
from lossviz.models import Block, Layout

Array = NDArray[np.floating]


def export_landscape(
    module: Any,
    loss: Callable[[Callable[..., Any]], Any],
    path: str | Path,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    plane: Plane | None = None,
    normalize: str = "filter",
    seed: int = 0,
    chunk: int = 16,
    title: str = "",
    progress: Callable[[float], None] | None = None,
) -> SavedLandscape:
    """Survey the loss of a ``torch.nn.Module`` around its present weights and save the picture.

    ``loss`` takes a network to call in the module's place and returns a scalar tensor::

        export_landscape(net, lambda net: cross_entropy(net(X), y), "net.npz")

    ``a`` and ``b`` are the coordinates, by default 51 from -1 to 1.  The plane is the random one
    of ``lossviz.landscapes.planes.random`` (filter-normalised, one-dimensional tensors stay:
    Li et al. 2018) over ``parameter_layout(module)``, or the ``plane`` given.  The module is
    evaluated in eval mode without gradients and left as it was.  ``chunk`` parameter vectors go
    through ``torch.func.vmap`` at once; 1 calls the module plainly, for modules that vmap cannot
    take.  Where the loss overflows the file holds inf.  ``progress`` is called with the fraction
    done.
    """
    torch = _torch()
    layout, center = parameter_layout(module), parameters(module)
    made = "in a plane of the author's choice"
    if plane is None:
        plane = random(center, layout, seed, normalize)
        made = f"two random directions, {normalize} normalisation, seed {seed}"
    elif len(plane.origin) != layout.size:
        raise ValueError(
            f"This module has {layout.size} parameters; the plane has {len(plane.origin)}."
        )
    a, b = (np.linspace(-1, 1, 51) if c is None else np.asarray(c, float) for c in (a, b))
    tensors = dict(module.named_parameters())

    def one(weights: dict[str, Any]) -> Any:
        return loss(lambda *x, **more: torch.func.functional_call(module, weights, x, more))

    many = (
        torch.func.vmap(one)
        if chunk > 1
        else lambda stacked: one({name: each[0] for name, each in stacked.items()}).reshape(1)
    )
    A, B = (grid.ravel() for grid in np.meshgrid(a, b))
    values = np.empty(len(A))
    with torch.no_grad(), _evaluating(module):
        for start in range(0, len(A), chunk):
            here = slice(start, start + chunk)
            parts = layout.split(plane.point(A[here], B[here]))
            stacked = {
                name: torch.as_tensor(part).to(tensor)
                for (name, tensor), part in zip(tensors.items(), parts, strict=True)
            }
            found = many(stacked)
            if found.shape != values[here].shape:
                raise ValueError(
                    "The loss must return one number (a scalar tensor); for each network it "
                    f"returned {tuple(found.shape[1:])}. Take its mean."
                )
            values[here] = found.cpu().double().numpy()
            if progress:
                progress(min(start + chunk, len(A)) / len(A))
    values[~np.isfinite(values)] = np.inf
    land = Landscape(plane, a, b, values.reshape(len(b), len(a)))
    name = type(module).__name__
    note = f"{name} with {layout.size:,} parameters, {made}."
    return save_landscape(land, path, title or name, note)


def parameter_layout(module: Any) -> Layout:
    """The module's parameters as blocks, in the order of ``named_parameters``.

    Tensors of two or more dimensions are weights, and their first index counts filters; the rest
    (biases, the scales and shifts of batch normalisation) stay put in normalised directions.
    """
    blocks = tuple(
        Block(name, tuple(tensor.shape), weight=tensor.ndim > 1)
        for name, tensor in module.named_parameters()
    )
    if not blocks:
        raise ValueError("This module has no parameters, so it has no loss landscape.")
    return Layout(blocks)


def parameters(module: Any) -> Array:
    """(p,) the module's present parameters as one flat vector, in the order of the layout."""
    return np.concatenate(
        [tensor.detach().cpu().double().numpy().ravel() for tensor in module.parameters()]
    )


@contextmanager
def _evaluating(module: Any) -> Iterator[None]:
    """Every part in eval mode, and afterwards each as it was."""
    before = {part: part.training for part in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for part, training in before.items():
            part.training = training


def _torch() -> Any:
    try:
        return import_module("torch")
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            'export_landscape needs PyTorch: pip install "lossviz[torch]".'
        ) from missing
