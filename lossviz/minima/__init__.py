"""Minima of objectives: exact where that can be had, and told as searched where not.

``minimize`` looks at the structure of the problem, never at names: piecewise convex losses on a
model that is linear in its parameters are solved exactly, smooth convex ones by Newton's method
to rounding, separable data are recognised, and everything else is searched from many starts.
"""

from lossviz.minima.certificate import certificate
from lossviz.minima.dispatch import minimize
from lossviz.minima.minimum import Minimum
from lossviz.minima.pareto import pareto_front

__all__ = ["Minimum", "certificate", "minimize", "pareto_front"]
