"""Planes: where a many-dimensional landscape is cut to be drawn."""

from lossviz.planes.directions import hessian, normalized, principal, random
from lossviz.planes.plane import Plane, axes, through
from lossviz.planes.profiled import profile

__all__ = ["Plane", "axes", "hessian", "normalized", "principal", "profile", "random", "through"]
