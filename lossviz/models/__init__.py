"""The models: ``MODELS`` is id -> class, in menu order."""

from lossviz.models.base import Model
from lossviz.models.curves import DeepLinear, ExponentialCurve, Neuron, Sine
from lossviz.models.formula import FormulaModel
from lossviz.models.layered import LayeredNetwork, Symmetry
from lossviz.models.layout import Block, Layout
from lossviz.models.linear import Constant, Line, Linear, LinearInParameters, Polynomial
from lossviz.models.networks import Network, ResidualNetwork
from lossviz.recipes import catalogue

MODELS: dict[str, type[Model]] = catalogue(
    Line,
    Linear,
    Polynomial,
    Constant,
    Sine,
    ExponentialCurve,
    Neuron,
    DeepLinear,
    Network,
    ResidualNetwork,
    FormulaModel,
)

__all__ = [
    "MODELS",
    "Block",
    "LayeredNetwork",
    "Layout",
    "LinearInParameters",
    "Model",
    "Symmetry",
]
