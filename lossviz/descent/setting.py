"""The surface of a descent: an objective, its plane and window, its critical points, a start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.curvature import Curvature
from lossviz.curvature.eigenpairs import top_eigenpairs
from lossviz.landscapes.critical_points import Mark, minimum_marks
from lossviz.landscapes.planes import Plane, axes
from lossviz.minima import Minimum
from lossviz.objectives import Objective, Risk
from lossviz.objectives.analytic import AnalyticFunction

Array = NDArray[np.floating]
Window = tuple[tuple[float, float], tuple[float, float]]
PLURAL = {"minimum": "minima", "saddle": "saddles", "maximum": "maxima"}

MANY = 64  # parameters beyond which a whole Hessian is not worth the wait

CORNER = (0.12, 0.82)  # shares of the window's width and height
PACE, LONGEST = 0.04, 80  # a first look downhill: steps as a share of the window, and how many


@dataclass(frozen=True, eq=False)
class Surface:
    """An objective on a plane, its critical points, and the lowest value known.

    ``targets`` (m, p) are the places a path may end at, with a kind ("minimum", "saddle" or
    "maximum") each; ``infimum`` is the lowest value there is, or None where nothing is known;
    ``attained`` says that it is a value of the objective and not only a limit.
    ``names`` has a word for each of the p parameters.
    """

    objective: Objective
    plane: Plane
    window: Window
    names: tuple[str, ...]
    targets: Array
    kinds: tuple[str, ...]
    infimum: float | None
    attained: bool
    marks: tuple[Mark, ...]
    home: tuple[float, float]

    def theta(self, start: ArrayLike) -> Array:
        """The parameters (p,) at plane coordinates (2,)."""
        a, b = np.asarray(start, float)
        return self.plane.point(a, b)

    def including(self, start: ArrayLike) -> Surface:
        """The same surface with a window wide enough for the point (2,) to be seen."""
        at = np.asarray(start, float).tolist()
        wide = tuple(_reaching(side, x) for side, x in zip(self.window, at, strict=True))
        return self.looked_at((wide[0], wide[1]))

    def looked_at(self, window: Window) -> Surface:
        """The same surface through another window."""
        changed = {f: getattr(self, f) for f in self.__dataclass_fields__}
        return Surface(**{**changed, "window": window})

    @property
    def reach(self) -> float:
        """Half of the window's longer side, in parameter units."""
        return max(high - low for low, high in self.window) / 2

    @property
    def minima(self) -> Array:
        """(m, p) the targets that are minima."""
        return self.targets[[kind == "minimum" for kind in self.kinds]]

    def curvature(self) -> Curvature:
        """The curvature at the lowest known point, or at home where none is known."""
        lowest = self.minima
        return self.curvature_at(lowest[0] if len(lowest) else self.theta(self.home))

    def curvature_at(self, theta: Array) -> Curvature:
        """The curvature at theta (p,); of many parameters, the two extreme eigenvalues only."""
        if len(theta) <= MANY:
            return Curvature.of(self.objective, theta)
        try:
            top, steepest = top_eigenpairs(self.objective, theta)
            low, flattest = top_eigenpairs(self.objective, theta, which="smallest")
            ends, vectors = np.concatenate([low, top]), np.concatenate([flattest, steepest]).T
        except ValueError:  # nothing that could be measured, and the curvature says so
            ends, vectors = np.zeros(2), np.zeros((len(theta), 2))
        return Curvature(theta, np.diag(ends), ends, vectors, exact=False, everywhere=False)


def of_problem(risk: Risk, best: Minimum, plane: Plane, window: Window) -> Surface:
    """The surface of a fitted problem: its minimum is known, exactly or as found."""
    sides = tuple(np.array(side) for side in window)
    marks = tuple(minimum_marks(risk, best, plane, (sides[0], sides[1])))
    attained = best.kind != "infinity"
    rest = best.others if best.others is not None else np.empty((0, len(best.theta)))
    targets = np.concatenate([best.theta[None], rest]) if attained else rest
    return Surface(
        risk,
        plane,
        window,
        risk.names,
        targets,
        ("minimum",) * len(targets),
        best.value,
        attained,
        marks,
        _inside(risk, plane, window, best),
    )


def of_analytic(analytic: AnalyticFunction) -> Surface:
    """A test function with its critical points, marked by kind."""
    plane = axes(2, names=("x", "y"))
    found = analytic.critical_points
    marks = []
    for kind, plural in PLURAL.items():
        some = [each for each in found if each.kind == kind]
        if some:
            a, b = np.array([each.point for each in some]).T
            name = kind if len(some) == 1 else plural
            marks.append(Mark(name, "point", a, b, np.array([each.value for each in some])))
    home = analytic.start or _corner(analytic.window)
    if hasattr(analytic, "turned"):
        home = tuple(analytic.turned(np.array(home)).round(6).tolist())
    return Surface(
        analytic,
        plane,
        analytic.window,
        ("x", "y"),
        np.array([each.point for each in found]).reshape(-1, 2),
        tuple(each.kind for each in found),
        analytic.minima[0].value if analytic.minima else None,
        bool(analytic.minima),
        tuple(marks),
        (home[0], home[1]),
    )


def _corner(window: Window) -> tuple[float, float]:
    a, b = (low + share * (high - low) for share, (low, high) in zip(CORNER, window, strict=True))
    return float(f"{a:.4g}"), float(f"{b:.4g}")


def _inside(risk: Risk, plane: Plane, window: Window, best: Minimum) -> tuple[float, float]:
    """A corner of the window, or a point from there towards the minimum where the loss exists.

    Where there may be several local minima, a corner from which a path downhill stays in sight.
    """
    corner, middle = np.array(_corner(window)), np.array(window).mean(1)
    out = corner - middle
    candidates = [middle + share * out for share in (1.0, 0.6, 0.3, 0.1)]
    candidates.append(plane.project(best.theta))
    with np.errstate(all="ignore"):
        if best.kind == "local":
            corners = [middle + out * sign for sign in ((1, 1), (-1, 1), (-1, -1), (1, -1))]
            candidates = [at for at in corners if _stays(risk, plane, window, at)] + candidates
        for a, b in candidates:
            if np.isfinite(risk.value(plane.point(a, b))):
                break
    return float(f"{a:.4g}"), float(f"{b:.4g}")


def _stays(risk: Risk, plane: Plane, window: Window, at: Array) -> bool:
    """Whether steps of one length against the gradient rise before they leave the window."""
    low, high = np.array([[side[0], side[-1]] for side in window]).T
    pace, value = PACE * float((high - low).min()), np.inf
    for _ in range(LONGEST):
        theta = plane.point(*at)
        now, gradient = float(risk.value(theta)), risk.gradient(theta)
        across = np.array([gradient @ plane.u, gradient @ plane.v])
        size = np.linalg.norm(across)
        if not now < value or not size > 0:
            return bool(np.isfinite(now))
        at, value = at - pace * across / size, now
        if (at < low).any() or (at > high).any():
            return False
    return True


def _reaching(side: tuple[float, float], x: float) -> tuple[float, float]:
    low, high = side
    margin = 0.05 * (max(high, x) - min(low, x))
    return (x - margin if x < low else low), (x + margin if x > high else high)
