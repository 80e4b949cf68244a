"""Examination of a loss: what its numbers say, each finding with its witness.

A loss is tried on some thousands of residuals (or logits), near and far.  What is found wrong
is certain, for there is a witness; what is found right is right as far as was looked, and the
sentence says how far that was.
"""

from lossviz.losses.examination.report import Finding, Report, examine

__all__ = ["Finding", "Report", "examine"]
