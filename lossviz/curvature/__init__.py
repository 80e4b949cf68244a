"""Second derivatives: Hessians, eigenpairs from gradients alone, spectral densities."""

from lossviz.curvature.hessian import Curvature, HeavyBall, hessian, is_exact, is_quadratic

__all__ = ["Curvature", "HeavyBall", "hessian", "is_exact", "is_quadratic"]
