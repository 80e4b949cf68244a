"""The combined-losses page as code: the front of weighted sums, and the chosen point on it."""

from __future__ import annotations

from lossviz.combined import TradeOff
from lossviz.combined.trade_off import EDGE
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.problem.problem import Problem
from lossviz.problem.script import Cell, Code, Writer, drawing, literal, window
from lossviz.ui.lenses.combined.pairs import OWN, Pair


def code(title: str, pair: Pair, found: TradeOff, step: int) -> Code:
    """Both losses of a pair, the minima of their weighted sums, and the landscapes."""
    land = found.first
    cells, files = _losses(pair)
    return Code(
        title,
        (
            *cells,
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
        files,
    )


def _losses(pair: Pair) -> tuple[list[Cell], dict[str, Writer]]:
    """The cells that make ``first`` and ``second``, and the files that they read."""
    made = f"SCENES[{pair.id!r}][1]()"
    cells: list[Cell] = []
    files: dict[str, Writer] = {}
    if pair.id == OWN:
        targets, features = map(literal, (pair.targets, pair.features))
        made = f"two_targets(data, *{targets}, {features})"
        if pair.dataset:
            drawn, files = drawing(Problem(pair.dataset, MODELS["linear"](), LOSSES["squared"]()))
            cells.append(drawn)
        else:
            cells.append(Cell("The data.", "data = linnerud()"))
    text = "Two losses of the same two parameters."
    return [*cells, Cell(text, f"scene = {made}\nfirst, second = scene.first, scene.second")], files
