"""The combined-losses page as code: the front of weighted sums, and the chosen point on it."""

from __future__ import annotations

from lossviz.combined import Trade
from lossviz.combined.trade import EDGE
from lossviz.problem.script import Cell, Code, literal, window


def code(title: str, scene: str, found: Trade, step: int) -> Code:
    """Both losses of a scene, the minima of their weighted sums, and the landscapes."""
    land = found.first
    return Code(
        title,
        (
            Cell(
                "Two losses of the same two parameters.",
                f"scene = SCENES[{scene!r}][1]()\nfirst, second = scene.first, scene.second",
            ),
            Cell(
                "Weights of the first loss; the second is multiplied by a factor, its unit.",
                f"factor = {literal(found.factor)}\n"
                f"weights = np.linspace(0, 1, {len(found.weights)})\n"
                "shares = weights / (weights + (1 - weights) * factor)\n"
                f"thetas = pareto_front(first, second, np.clip(shares, {EDGE!r}, {1 - EDGE!r}))",
            ),
            Cell(
                "The chosen point on the front.",
                f"theta = thetas[{step}]\n"
                f'print("weight", weights[{step}], "minimum", theta.tolist())\n'
                'print("losses", float(first.value(theta)), float(second.value(theta)))',
            ),
            window(land.plane, land.a, land.b),
            Cell(
                "Both landscapes.",
                "x, y = np.meshgrid(a, b)\n"
                "for each in (first, second):\n"
                "    values = each.value(plane.point(x, y))\n"
                '    print("landscape", values.shape, "lowest", values.min(), "highest", '
                "values.max())",
            ),
        ),
    )
