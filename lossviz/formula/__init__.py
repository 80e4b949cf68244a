"""Typed expressions: text to a value and its derivatives, safely.

``parse`` reads the text into a tree (``reader.py``) of a closed list of operations (``tree.py``),
which is evaluated by NumPy and differentiated by SymPy (``calculus.py``).  Nothing typed is ever
executed.
"""

from lossviz.formula.formula import Curvature, Formula, Slopes, parse
from lossviz.formula.reader import FormulaError
from lossviz.formula.tree import FUNCTIONS, Call, Name, Node, Number, finite_share

__all__ = [
    "FUNCTIONS",
    "Call",
    "Curvature",
    "Formula",
    "FormulaError",
    "Name",
    "Node",
    "Number",
    "Slopes",
    "finite_share",
    "parse",
]
