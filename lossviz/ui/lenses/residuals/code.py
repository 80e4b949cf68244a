"""The residuals page as code: of a fit, in a network, of an equation."""

from __future__ import annotations

from lossviz.landscapes import Landscape
from lossviz.objectives.differential_equations import Equation, NetworkTrial, Trial
from lossviz.problem.problem import Problem
from lossviz.problem.script import Cell, Code, array, heights, line, literal, lowest, posed, window


def of_fit(title: str, problem: Problem) -> Code:
    """The minimum and its residuals."""
    cells, files = posed(problem)
    cells += [
        lowest(),
        Cell(
            "The residuals, observed minus predicted.",
            "residual = data.y - model.predict(best.theta, data.X)\n"
            'print("residuals from", residual.min(), "to", residual.max(), '
            '"standard deviation", residual.std())',
        ),
    ]
    return Code(title, tuple(cells), files)


def in_network(title: str, slope: float, wave: float, depth: int, steps: int, seed: int) -> Code:
    """One network learning the target whole, and one learning the difference."""
    asked = f"{literal(slope)}, {literal(wave)}, {depth}, {steps}, {seed}"
    return Code(
        title,
        (
            Cell(
                "A target close to the identity, learned as h(x) and as x + f(x).",
                f"found = learn({asked})\n"
                'print("h(x): loss", found.whole.values[-1])\n'
                'print("x + f(x): loss", found.correction.values[-1])',
            ),
        ),
    )


def of_equation(
    title: str,
    rule: Equation,
    trial: Trial,
    seed: int,
    span: float,
    places: int,
    weight: float,
    landscapes: dict[str, Landscape],
) -> Code:
    """The trained trial, and the landscapes of both terms and of their sum."""
    numbers = ", ".join(literal(getattr(rule, name)) for name in ("a2", "a1", "a0", "u0", "slope0"))
    network = isinstance(trial, NetworkTrial)
    tried = (
        f"NetworkTrial({trial.units})" if isinstance(trial, NetworkTrial) else "ExponentialTrial()"
    )
    start = f"trial.start({seed}, {literal(span)})" if network else array([0.5, 1.0])
    land = next(iter(landscapes.values()))
    plane = (
        Cell(
            "The plane of the picture and its window.",
            f'plane = random(run.theta, trial.layout, {seed}, "layer")\n'
            f"a = {line(land.a)}\nb = {line(land.b)}",
        )
        if network
        else window(land.plane, land.a, land.b)
    )
    cells = [
        Cell(
            "The equation a2 u'' + a1 u' + a0 u = 0, a trial, and where they are compared.",
            f"equation = Equation({numbers})\ntrial = {tried}\n"
            f"t = np.linspace(0, {literal(span)}, {places})",
        ),
        Cell(
            "Training makes the residual small.",
            f"loss = ResidualLoss(equation, trial, t, {literal(weight)})\n"
            f'run = train(loss, OPTIMIZERS["lbfgs"](), {start}, 500)\n'
            'print("loss", run.values[-1])',
        ),
        plane,
    ]
    cells += [
        Cell(
            f"The landscape of one term: {term}.",
            "land = evaluate_plane(\n"
            f"    ResidualLoss(equation, trial, t, {literal(weight)}, {term!r}), plane, a, b\n"
            ")\n" + heights("land", term),
        )
        for term in landscapes
    ]
    return Code(title, tuple(cells))
