"""The contract's import path of ``lossviz.landscapes.planes``."""

from lossviz.landscapes.planes import (
    Plane,
    axes,
    hessian,
    normalized,
    principal,
    profile,
    random,
    through,
)

__all__ = ["Plane", "axes", "hessian", "normalized", "principal", "profile", "random", "through"]
