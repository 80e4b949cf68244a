"""The surface of a descent: an objective, its plane and window, its critical points, a start."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossviz.curvature import Curvature
from lossviz.curvature.eigenpairs import top_eigenpairs
from lossviz.descent.trajectory import descend
from lossviz.landscapes.critical_points import Mark, minimum_marks
from lossviz.landscapes.planes import Plane, axes
from lossviz.minima import Minimum
from lossviz.objectives import Objective, Risk
from lossviz.objectives.analytic import AnalyticFunction
from lossviz.optimizers import OPTIMIZERS, Optimizer

Array = NDArray[np.floating]
Window = tuple[tuple[float, float], tuple[float, float]]
PLURAL = {"minimum": "minima", "saddle": "saddles", "maximum": "maxima"}

MANY = 64  # parameters beyond which a whole Hessian is not worth the wait

CORNER = (0.12, 0.82)  # shares of the window's width and height
NEARER = (1.0, 0.8, 0.6)  # shares of the way from the middle to the corner
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
        return replace(self, window=window)

    def begun_at(self, home: ArrayLike) -> Surface:
        """The same surface with another usual start (2,), in short."""
        return replace(self, home=in_short(self.window, home))

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
    surface = Surface(
        risk,
        plane,
        window,
        risk.names,
        targets,
        ("minimum",) * len(targets),
        best.value,
        attained,
        marks,
        _corner(window),
    )
    return _begun(surface, best)


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
    at = [low + share * (high - low) for share, (low, high) in zip(CORNER, window, strict=True)]
    return in_short(window, at)


def in_short(window: Window, at: ArrayLike, digits: int = 4) -> tuple[float, float]:
    """A place (2,) in the window to so many digits, and as many more as it lies far from zero."""
    sides = np.ptp(np.array(window), axis=1)
    far = np.log10(np.maximum(np.abs(at) / sides, 1.0)).astype(int)
    a, b = (
        float(f"{x:.{digits + more}g}") for x, more in zip(np.asarray(at, float), far, strict=True)
    )
    return a, b


def _begun(surface: Surface, best: Minimum) -> Surface:
    """Begun in a corner of the window, or from there towards the minimum where the loss exists.

    Where there may be several local minima: where paths downhill stay in sight, a heavy ball's too.
    """
    value, plane = surface.objective.value, surface.plane
    middle = np.array(surface.window).mean(1)
    out = np.array(surface.home) - middle
    with np.errstate(all="ignore"):
        if best.kind == "local":
            for share in NEARER:
                for sign in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
                    begun = surface.begun_at(middle + share * out * sign)
                    if _stays(begun) and _rolls(begun):
                        return begun
        for share in (1.0, 0.6, 0.3, 0.1):
            begun = surface.begun_at(middle + share * out)
            if np.isfinite(value(begun.theta(begun.home))):
                return begun
    return surface.begun_at(plane.project(best.theta))


def _stays(surface: Surface) -> bool:
    """Whether steps of one length against the gradient rise before they leave the window."""
    low, high = np.array(surface.window).T
    at, plane, objective = np.array(surface.home), surface.plane, surface.objective
    pace, value = PACE * float((high - low).min()), np.inf
    for _ in range(LONGEST):
        theta = plane.point(*at)
        now, gradient = float(objective.value(theta)), objective.gradient(theta)
        across = np.array([gradient @ plane.u, gradient @ plane.v])
        size = np.linalg.norm(across)
        if not now < value or not size > 0:
            return bool(np.isfinite(now))
        at, value = at - pace * across / size, now
        if (at < low).any() or (at > high).any():
            return False
    return True


def _rolls(surface: Surface) -> bool:
    """Whether momentum at its usual rate keeps to the window; not asked of many parameters."""
    if len(surface.plane.origin) > MANY:
        return True
    ball = OPTIMIZERS["momentum"]
    rate = fitted_rate(ball, surface, surface.curvature())
    path = descend(surface.objective, ball(lr=rate), surface.theta(surface.home), LONGEST)
    low, high = np.array(surface.window).T
    seen = surface.plane.project(path.points)
    return bool((seen >= low).all() and (seen <= high).all())


def fitted_rate(entry: type[Optimizer], surface: Surface, curvature: Curvature) -> float:
    """A learning rate worth starting from on this surface, to two digits.

    Rules that follow the slope get a share of the limit 2/λmax; where the surface is not curved
    up, a first step of a fiftieth of the window; rules that step by a length of their own get a
    share of the window.
    """
    default = float(entry().lr)
    if entry.suits is None:
        return default
    measure, share = entry.suits
    rate = share * (surface.reach if measure == "window" else _limit(surface, curvature))
    return float(f"{rate:.1e}") if np.isfinite(rate) and 0 < rate < 1e12 else default


def _limit(surface: Surface, curvature: Curvature) -> float:
    """2 over the steepest curvature met at the lowest point and at the start of the books."""
    home = surface.theta(surface.home)
    with np.errstate(all="ignore"):
        start = surface.curvature_at(home)
        limit = min(curvature.safe_rate, start.safe_rate)
        if np.isfinite(limit):
            return limit
        slope = float(np.linalg.norm(surface.objective.gradient(home)))
        return 0.05 * surface.reach / slope if slope > 0 else np.inf


def _reaching(side: tuple[float, float], x: float) -> tuple[float, float]:
    low, high = side
    margin = 0.05 * (max(high, x) - min(low, x))
    return (x - margin if x < low else low), (x + margin if x > high else high)
