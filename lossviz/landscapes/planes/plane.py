"""Planes: a point of parameter space and two directions through it.

A model with two parameters and a network with two thousand go through the same code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Plane:
    """origin + a * u + b * v; all three are (p,), and ``names`` label the axes a and b.

    ``explained`` holds the share of the variance along each principal direction, largest first
    and starting with u and v, for a plane made from a path; it is empty for all others.

    Raises ValueError when the three differ in length or hold a number that is not finite.
    """

    origin: Array
    u: Array
    v: Array
    names: tuple[str, str] = ("a", "b")
    explained: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name in ("origin", "u", "v"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), float))
        if not self.origin.shape == self.u.shape == self.v.shape or self.origin.ndim != 1:
            raise ValueError(
                "A plane needs an origin and two directions of the same length (p,); got "
                f"{self.origin.shape}, {self.u.shape} and {self.v.shape}."
            )
        if not np.isfinite([self.origin, self.u, self.v]).all():
            raise ValueError(
                "A plane needs finite numbers; its origin or a direction holds NaN or infinity. "
                "Build it from a point where the numbers are finite."
            )

    def point(self, a: ArrayLike, b: ArrayLike) -> Array:
        """Parameters (..., p) at the coordinates a and b (...)."""
        return self.origin + np.multiply.outer(a, self.u) + np.multiply.outer(b, self.v)

    def project(self, points: Array) -> Array:
        """Least-squares coordinates (..., 2) of points (..., p).

        Raises ValueError for points of another p.
        """
        points = np.asarray(points, float)
        if points.shape[-1:] != self.origin.shape:
            raise ValueError(
                f"This plane lies among {len(self.origin)} parameters; the points have shape "
                f"{points.shape}. Give points as rows of {len(self.origin)} numbers."
            )
        basis = np.stack([self.u, self.v], axis=1)
        return (points - self.origin) @ np.linalg.pinv(basis).T

    def distance(self, points: Array) -> Array:
        """How far each point lies off the plane: (..., p) to (...), in parameter units.

        Raises ValueError for points of another p.
        """
        a, b = np.moveaxis(self.project(points), -1, 0)
        return np.linalg.norm(np.asarray(points) - self.point(a, b), axis=-1)


def axes(
    origin: ArrayLike | int, i: int = 0, j: int = 1, names: tuple[str, str] | None = None
) -> Plane:
    """The plane of parameters i and j through ``origin`` (p,), whose own i and j become 0.

    The coordinates are then the parameters themselves.  ``origin`` may be the number of
    parameters, which means zeros.  Raises ValueError when i equals j or is out of range.
    """
    start = np.zeros(origin) if isinstance(origin, int | np.integer) else np.array(origin, float)
    p = start.size
    if start.ndim != 1 or i == j or i not in range(p) or j not in range(p):
        raise ValueError(
            f"A plane needs two different parameters numbered 0 to {p - 1}; got {i} and {j}."
        )
    start[[i, j]] = 0
    along = np.zeros((2, p))  # not two rows of np.eye(p): a wide network's would take gigabytes
    along[0, i] = along[1, j] = 1
    return Plane(start, along[0], along[1], names or (f"parameter {i + 1}", f"parameter {j + 1}"))


def through(
    first: ArrayLike,
    second: ArrayLike,
    third: ArrayLike,
    names: tuple[str, str] = ("first to second", "first to third"),
) -> Plane:
    """The plane through three points (p,): they lie at (0, 0), (1, 0) and (0, 1).

    Raises ValueError when the three lie on one line, differ in length or are not finite.
    """
    origin, second, third = (np.asarray(point, float) for point in (first, second, third))
    if not origin.shape == second.shape == third.shape:
        raise ValueError(
            "A plane goes through three points of the same length (p,); got "
            f"{origin.shape}, {second.shape} and {third.shape}."
        )
    plane = Plane(origin, second - origin, third - origin, names)
    if np.linalg.matrix_rank(np.stack([plane.u, plane.v])) < 2:
        raise ValueError("The three points lie on one line; choose a third point off that line.")
    return plane
