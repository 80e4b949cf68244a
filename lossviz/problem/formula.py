"""The objective being minimised, written out with its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from lossviz.losses import Loss
from lossviz.models import Model
from lossviz.problem.problem import Problem
from lossviz.recipes import Recipe
from lossviz.text import latex

SYMBOLS = {
    "alpha": r"\alpha", "beta": r"\beta", "gamma": r"\gamma", "delta": r"\delta",
    "eps": r"\varepsilon", "epsilon": r"\varepsilon", "tau": r"\tau", "variance": r"\nu",
    "strength": r"\lambda", "value": "v", "l1_ratio": r"\rho",
}  # fmt: skip
LETTERS = {"regression": ("r",), "binary": ("p_t", "m")}
ARGUMENT = {
    "p_t": r"p_t = \text{probability of the true label}",
    "m": r"m = (2 y - 1)\,z,\; z = \text{the logit}",
    "r": r"r = y - \hat y",
}


def statement(problem: Problem, n: int) -> list[str]:
    """LaTeX pieces: the objective over ``n`` rows, what is in it, and the numbers in force."""
    loss, penalty = problem.loss, problem.penalty
    objective = rf"L(\theta) = \frac{{1}}{{{n}}} \sum_{{i=1}}^{{{n}}} {_grouped(loss.formula)}"
    if penalty.formula != "0":
        objective += f" + {penalty.formula}"
    letters = LETTERS.get(loss.task, ("p_t",))
    meaning = [ARGUMENT[letter] for letter in letters if _uses(loss.formula, letter)]
    model = problem.model.formula
    if loss.task != "regression":
        model = model.replace(r"\hat y", "z")  # classifiers predict logits, not targets
    return [objective, *meaning, model, *_numbers(loss), *_numbers(penalty)]


def comparison(losses: Sequence[Loss], model: Model, n: int) -> list[str]:
    """LaTeX pieces: one objective over ``n`` rows, the losses compared in it, the model."""
    formulas = r",\; ".join(_low(loss.formula) for loss in losses)
    return [
        rf"L(\theta) = \frac{{1}}{{{n}}} \sum_{{i=1}}^{{{n}}} \rho(r_i)",
        rf"\rho(r):\; {formulas}",
        r"r = y - \hat y",
        model.formula,
        *(text for loss in losses for text in _numbers(loss)),
    ]


def _low(formula: str) -> str:
    """A formula by cases, on little more than the height of a line."""
    opened = formula.replace(r"\begin{cases}", r"\left\{\begin{smallmatrix}")
    return opened.replace(r"\end{cases}", r"\end{smallmatrix}\right.")


def _grouped(formula: str) -> str:
    return rf"\left[{formula}\right]" if any(sign in formula for sign in "+-") else formula


def _uses(formula: str, letter: str) -> bool:
    bare = formula.replace(r"\max", "").replace(r"\tfrac", "").replace(r"\frac", "")
    for word in (r"\sqrt", r"\left", r"\right", r"\begin{cases}", r"\end{cases}", r"\rho", r"\text",
                 r"\gamma", r"\log", r"\cosh", r"\varepsilon", r"\sum", r"\min"):  # fmt: skip
        bare = bare.replace(word, "")
    return letter in bare


def _numbers(recipe: Recipe) -> list[str]:
    found = []
    for each in recipe.hyperparameters():
        value = getattr(recipe, each.name)
        if "domain" in each.metadata:
            found.append(f"{SYMBOLS.get(each.name, each.name)} = {latex(value)}")
    return found
