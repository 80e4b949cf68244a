"""The plane a lens shows: directions through parameter space and a window of it."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np

from lossviz.landscapes.planes import Plane, axes, hessian, profile, random
from lossviz.minima import Minimum
from lossviz.objectives import Risk
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.widgets import select, slider

KINDS = {
    "axes": "Two parameters, others fixed",
    "profile": "Two parameters, others refitted",
    "random": "Two random directions",
    "hessian": "Two top curvatures (Hessian)",
}
CAPTIONS = {
    "axes": "All other parameters stay at the minimum.",
    "profile": "For every pair shown, all other parameters take their best values "
    "(exactly for squared error, to first order for other losses).",
    "random": "Directions drawn at random, each block with the norm of the parameters' own block.",
    "hessian": "The two top eigenvectors of the Hessian at the minimum.",
}


def brief(name: str) -> str:
    """A parameter's name where there is little room: "w(mean radius)", "w₀(alcohol)"."""
    return _WEIGHT.sub(_brief, name)


_WEIGHT = re.compile(r"^weight of (.*?)(?: of class (\d+))?$")
_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _brief(found: re.Match[str]) -> str:
    name, label = found.groups()
    return f"w{(label or '').translate(_LOW)}({name})"


def plane(risk: Risk, best: Minimum) -> Plane:
    """The plane to look at, chosen where there are more than two parameters."""
    names = risk.names
    if len(names) == 1:
        return Plane(np.zeros(1), np.ones(1), np.zeros(1), (names[0], ""))
    if len(names) == 2:
        return axes(2, 0, 1, (names[0], names[1]))
    kind = select("Plane", KINDS, "plane", help="  \n".join(CAPTIONS.values()))
    if kind == "random":
        seed = slider("Directions seed", "plane-seed", 0, 0, 99, whole=True)
        return random(best.theta, risk.layout, seed=seed)
    if kind == "hessian":
        return hessian(risk, best.theta)
    pairs = {f"{i}-{j}": (i, j) for i, j in combinations(range(min(len(names), 30)), 2)}
    labels = {key: f"{brief(names[i])} × {brief(names[j])}" for key, (i, j) in pairs.items()}
    first = sum(name.startswith("intercept") for name in names)  # weights say more
    default = f"{first}-{first + 1}" if f"{first}-{first + 1}" in pairs else "0-1"
    key = f"pair-{len(names)}"
    state.belong(tuple(names), key)
    i, j = pairs[select("Parameters", labels, key, default=default)]
    if kind == "profile":
        return profile(best.theta, risk.hessian(best.theta), i, j, (names[i], names[j]))
    return axes(best.theta, i, j, (names[i], names[j]))
