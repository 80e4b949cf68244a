"""The words that pages do not say, because the field has a term: each with what to say instead."""

from __future__ import annotations

import re

INSTEAD = {
    r"grounds?": "loss surface, landscape",
    r"bowls?": "quadratic, positive-definite Hessian",
    r"(?<!–)(?<!& )priced?|prices|pricing|pays?|paid|charge[sd]?": "loss, contributes",
    r"dear(?:est|er)": "largest contribution",
    r"miss(?:es|ed)?": "residual, error",
    r"pull(?:s|ed)?": "influence",
    r"bends?": "curvature, non-linearity",
    r"prediction − truth|the truth": "residual: observed − predicted",
    r"with a ceiling|lets? go|letting go": "bounded loss, redescending",
    r"bounc(?:es|ing)|gave up": "oscillates; the line search failed",
    r"a hair|sure of itself|thinned out": "a small move; deterministic; rows left out",
    r"odd points?": "outlier",
    r"under (?:its|one's|your) feet": "local gradient",
    r"(?:leaves?|left) the map": "diverges",
    r"gradient's length|length of the gradient": "gradient norm",
    r"above the lowest": "loss − minimum",
    r"takes? away": "reduces the error by … % per step",
    r"fitted to each|numbers of:?$": "automatic, per optimizer; show details for",
    r"bad points?|in spreads|spoil\w*|how far off": "contaminated, in standard deviations",
    r"changed by hand": "edited points",
    r"slopes? on all sides": "the optimality conditions hold",
    r"fence": "constrained form",
    r"creases?": "kink (of the penalty)",
    r"twins?": "correlated features; plain and residual network",
    r"ways? between": "paths between minima, mode connectivity",
    r"low points?": "local minima of the grid",
    r"not seen": "held-out data, validation data",
    r"heap|fan": "histogram, heteroscedasticity",
    r"cheapest": "risk-minimising",
    r"(?:no|one) best model|endless": "separable data: no finite maximum-likelihood estimate",
    r"rightly": "accuracy",
    r"what is minimised": "regularised objective",
    r"start term|^beside it$": "initial condition; compare with",
    r"slope or prox": "subgradient or proximal gradient",
    r"often said|look closer|write your own": "common claims; details; custom loss",
    r"wiggly|level ground|lower for ever": "polynomial; flat region; no finite minimum",
}
PRIVATE = re.compile("|".join(rf"\b(?:{each})\b" for each in INSTEAD), re.IGNORECASE | re.MULTILINE)
FORMULA = re.compile(r"\$[^$]*\$|`[^`]*`|:material/\w+:|https?://\S+")


def private(text: str) -> list[str]:
    """The private words of a text, each with what stands around it; formulas and code aside."""
    plain = FORMULA.sub(" ", text)
    return [
        plain[max(0, found.start() - 30) : found.end() + 30].replace("\n", " ")
        for found in PRIVATE.finditer(plain)
    ]
