"""The old import path of ``lossviz.objectives.differential_equations``, kept for one release."""

from lossviz.objectives.differential_equations import *  # noqa: F403
