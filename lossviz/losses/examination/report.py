"""The report: every check in the order in which it is worth reading."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lossviz.losses.examination import checks
from lossviz.losses.examination.checks import Finding
from lossviz.losses.examination.line import Elementwise, Line
from lossviz.recipes import within


@dataclass(frozen=True)
class Report:
    """What was found about a loss: ``report["convex"].sentence``, ``report.holds("convex")``."""

    findings: tuple[Finding, ...]

    def __getitem__(self, name: str) -> Finding:
        for finding in self.findings:
            if finding.name == name:
                return finding
        known = ", ".join(finding.name for finding in self.findings)
        raise KeyError(f"Nothing was found about {name!r}; there are findings on {known}.")

    def holds(self, name: str) -> bool:
        """Whether a fact holds; False for what could not be examined."""
        return any(finding.name == name and finding.holds for finding in self.findings)


@lru_cache(maxsize=128)
def examine(loss: Elementwise) -> Report:
    """What the numbers say about a regression or two-class loss.

    Regression losses are tried along the residual r = y − prediction, at the target 0 (at 1
    where targets must be positive, or where the loss is not finite at 0); two-class losses
    along the logit, for both labels.
    Findings: defined, constant, non-negative, zero, convex, smooth, bounded, robust, lowest,
    symmetric; only "defined" where no loss is finite.  Raises ValueError for a multi-class
    loss, whose prediction is not one number.
    """
    if loss.task == "multiclass":
        raise ValueError(
            f"{loss.label} reads many logits at once; losses are examined of one "
            "prediction. Choose a regression or a two-class loss."
        )
    lines = _lines(loss)
    found = [checks.defined(lines)]
    if not all(len(line.runs) for line in lines):
        return Report(tuple(found))
    for check in checks.EACH:
        if check is checks.zero and loss.task == "binary":
            continue  # no logit is a perfect prediction
        findings = [check(line) for line in lines]
        found.append(next((each for each in findings if not each.holds), findings[0]))
    found.append(checks.symmetric(lines))
    return Report(tuple(found))


def _lines(loss: Elementwise) -> list[Line]:
    if loss.task == "binary":
        return [Line(loss, 1.0, "z"), Line(loss, 0.0, "z")]
    line = Line(loss, 0.0, "r")
    # exactly 0 keeps the digits of tiny residuals
    if not within(loss.targets, -1.0) or not line.runs:
        line = Line(loss, 1.0, "r")
    return [line]
