"""Planes: the two-dimensional slices of parameter space that are drawn."""

from lossviz.landscapes.planes.directions import hessian, normalized, principal, random
from lossviz.landscapes.planes.plane import Plane, axes, through
from lossviz.landscapes.planes.profile import profile

__all__ = ["Plane", "axes", "hessian", "normalized", "principal", "profile", "random", "through"]
