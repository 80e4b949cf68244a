"""Landscapes of PyTorch modules: computed in chunks, saved as a file that the app opens.

PyTorch is an extra, ``pip install "lossviz[torch]"``; the app never needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.landscapes import Landscape
from lossviz.landscapes.file import SavedLandscape, save_landscape
from lossviz.landscapes.planes import Plane, hessian, principal, random
from lossviz.models import Block, Layout

Array = NDArray[np.floating]


Loss = Callable[[Callable[..., Any]], Any]


def export_landscape(
    module: Any,
    loss: Loss,
    path: str | Path,
    a: ArrayLike | None = None,
    b: ArrayLike | None = None,
    *,
    plane: Plane | Literal["random", "hessian", "principal"] = "random",
    walk: ArrayLike | None = None,
    normalize: str = "filter",
    seed: int = 0,
    chunk: int = 16,
    title: str = "",
    progress: Callable[[float], None] | None = None,
) -> SavedLandscape:
    """Survey the loss of a ``torch.nn.Module`` around its present weights and save the picture.

    ``loss`` takes a network to call in the module's place and returns a scalar tensor;
    ``mean_loss`` makes one of a loss function and a DataLoader::

        export_landscape(net, lambda net: cross_entropy(net(X), y), "net.npz")

    The plane is "random" (``lossviz.landscapes.planes.random``: filter-normalised,
    one-dimensional tensors stay, Li et al. 2018), "hessian" (the two directions of largest
    curvature), "principal" (the first two principal components of ``walk``), or any Plane over
    ``parameter_layout(module)``.  ``walk`` (t, p) holds parameter vectors of a training, as
    ``parameters`` returns them: its shadow on the plane goes into the file.  ``a`` and ``b`` are
    the coordinates, by default 51 from -1 to 1, or far enough for the walk.

    The module is evaluated in eval mode without gradients and left as it was.  ``chunk``
    parameter vectors go through ``torch.func.vmap`` at once; 1 calls the module plainly, for
    modules that vmap cannot take.  Where the loss overflows the file holds inf.  ``progress`` is
    called with the fraction done.  Raises ValueError for a plane or walk of other parameters and
    a loss that is no single number.
    """
    torch = _torch()
    layout = parameter_layout(module)
    points = None if walk is None else np.asarray(walk, float)
    if points is not None and (points.ndim != 2 or points.shape[1] != layout.size):
        raise ValueError(
            f"This module has {layout.size} parameters, so its walk is (t, {layout.size}); "
            f"got shape {points.shape}."
        )
    plane, made = _plane(module, loss, plane, points, normalize, seed)
    if len(plane.origin) != layout.size:
        raise ValueError(
            f"This module has {layout.size} parameters; the plane has {len(plane.origin)}."
        )
    shadow = None if points is None else plane.project(points)
    a, b = (
        _window(shadow, axis) if c is None else np.asarray(c, float)
        for axis, c in enumerate((a, b))
    )
    tensors = dict(module.named_parameters())

    def one(weights: dict[str, Any]) -> Any:
        return loss(lambda *x, **more: torch.func.functional_call(module, weights, x, more))

    many = (
        torch.func.vmap(one, randomness="same")  # a DataLoader draws a seed at every pass
        if chunk > 1
        else lambda stacked: one({name: each[0] for name, each in stacked.items()}).reshape(1)
    )
    A, B = (grid.ravel() for grid in np.meshgrid(a, b))
    if shadow is not None:
        A, B = np.append(A, shadow[:, 0]), np.append(B, shadow[:, 1])
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
    count = len(a) * len(b)
    land = Landscape(plane, a, b, values[:count].reshape(len(b), len(a)))
    walked = None if shadow is None else np.column_stack([shadow, values[count:]])
    if walked is not None:
        walked = walked[np.isfinite(walked).all(axis=1)]
    name = type(module).__name__
    note = f"{name} with {layout.size:,} parameters, {made}."
    return save_landscape(land, path, title or name, note, walked)


def _plane(
    module: Any, loss: Loss, wanted: Plane | str, walk: Array | None, normalize: str, seed: int
) -> tuple[Plane, str]:
    """The plane asked for, and how it was made."""
    if isinstance(wanted, Plane):
        return wanted, "in a plane of the author's choice"
    if wanted == "random":
        plane = random(parameters(module), parameter_layout(module), seed, normalize)
        return plane, f"two random directions, {normalize} normalisation, seed {seed}"
    if wanted == "hessian":
        plane = hessian(ModuleObjective(module, loss), parameters(module), seed)
        return plane, f"{plane.names[0]} and {plane.names[1]}"
    if wanted == "principal" and walk is not None:
        return principal(walk, parameters(module)), "two principal directions of its training"
    raise ValueError(
        'A plane is "random", "hessian", "principal" (which needs a walk), or a Plane; '
        f"got {wanted!r}."
    )


def _window(shadow: Array | None, axis: int) -> Array:
    """51 coordinates from -1 to 1, or a little further than the walk."""
    low, high = -1.0, 1.0
    if shadow is not None:
        line = np.append(shadow[:, axis], 0.0)
        low, high = line.min(), line.max()
        margin = 0.2 * (high - low) or 1.0
        low, high = low - margin, high + margin
    return np.linspace(low, high, 51)


def mean_loss(loss: Callable[[Any, Any], Any], loader: Iterable[tuple[Any, Any]]) -> Loss:
    """The mean of ``loss(network(x), y)`` over the batches of a DataLoader, each by its size.

    ``loss`` is a mean over its batch, such as ``cross_entropy``.  The batches must be the same at
    every pass (no random augmentation) and lie where the network does.
    """

    def mean(network: Callable[..., Any]) -> Any:
        total, count = 0.0, 0
        for x, y in loader:
            total = total + loss(network(x), y) * len(y)
            count += len(y)
        if not count:
            raise ValueError("The loader gave no batch, so there is no loss to average.")
        return total / count

    return mean


class ModuleObjective:
    """The loss of a module as a function of its parameters (p,), with exact derivatives.

    All batches of a loss are held in memory for a derivative.
    """

    def __init__(self, module: Any, loss: Loss) -> None:
        self.module, self.loss = module, loss
        self.layout = parameter_layout(module)

    def gradient(self, theta: ArrayLike) -> Array:
        """(..., p) the gradient at theta (..., p)."""
        rows = np.asarray(theta, float)
        found = [self._slopes(each, None) for each in rows.reshape(-1, self.layout.size)]
        return np.array(found).reshape(rows.shape)

    def hessian_vector(self, theta: ArrayLike, v: ArrayLike) -> Array:
        """(..., p) the Hessian at theta (p,) times v (..., p)."""
        here, rows = np.asarray(theta, float), np.asarray(v, float)
        found = [self._slopes(here, each) for each in rows.reshape(-1, self.layout.size)]
        return np.array(found).reshape(rows.shape)

    def _slopes(self, theta: Array, along: Array | None) -> Array:
        torch = _torch()
        weights = {
            name: tensor.requires_grad_() for name, tensor in self._tensors(torch, theta).items()
        }
        inputs = list(weights.values())
        with torch.enable_grad(), _evaluating(self.module):
            value = self.loss(
                lambda *x, **more: torch.func.functional_call(self.module, weights, x, more)
            )
            slopes = torch.autograd.grad(
                value, inputs, create_graph=along is not None, materialize_grads=True
            )
            if along is not None:
                ways = self._tensors(torch, along).values()
                rise = sum((s * w).sum() for s, w in zip(slopes, ways, strict=True))
                # a loss without curvature has slopes that depend on nothing
                slopes = (
                    torch.autograd.grad(rise, inputs, materialize_grads=True)
                    if rise.requires_grad
                    else [torch.zeros_like(each) for each in inputs]
                )
        return np.concatenate([each.detach().cpu().double().numpy().ravel() for each in slopes])

    def _tensors(self, torch: Any, theta: Array) -> dict[str, Any]:
        parts = self.layout.split(theta)
        return {
            name: torch.as_tensor(part).to(tensor, copy=True)
            for (name, tensor), part in zip(self.module.named_parameters(), parts, strict=True)
        }


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
