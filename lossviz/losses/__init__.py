"""Losses of a residual, of a margin, of a probability.

Adding one is a class in the file of its kind and its name in ``LOSSES``; the order there is the
order of the menus.
"""

from lossviz.losses.base import Loss, MarginLoss, Pieces, ResidualLoss
from lossviz.losses.binary import (
    CrossEntropy,
    Focal,
    GeneralisedCrossEntropy,
    LabelSmoothing,
    Poly1,
    ProbabilityError,
    SigmoidSquaredError,
    SymmetricCrossEntropy,
)
from lossviz.losses.formula import FormulaLoss, MarginFormulaLoss
from lossviz.losses.huber import Huber, LogCosh, PseudoHuber, SmoothL1
from lossviz.losses.margin import (
    ExponentialLoss,
    Hinge,
    ModifiedHuber,
    PerceptronLoss,
    SquaredHinge,
    ZeroOne,
)
from lossviz.losses.multiclass import (
    SoftmaxAbsoluteError,
    SoftmaxBrier,
    SoftmaxCrossEntropy,
    SoftmaxFocal,
    SoftmaxGeneralisedCrossEntropy,
    SoftmaxLabelSmoothing,
    SoftmaxPoly1,
    SoftmaxSymmetricCrossEntropy,
)
from lossviz.losses.positive import (
    GammaDeviance,
    PercentageError,
    PoissonDeviance,
    PoissonNLL,
    SquaredLogError,
    TweedieDeviance,
)
from lossviz.losses.regression import (
    AbsoluteError,
    ConstantLoss,
    EpsilonInsensitive,
    GaussianNLL,
    HalfSquaredError,
    QuantileLoss,
    SquaredEpsilonInsensitive,
    SquaredError,
)
from lossviz.losses.robust import (
    BarronGeneral,
    Cauchy,
    Charbonnier,
    GemanMcClure,
    TukeyBiweight,
    Welsch,
)
from lossviz.recipes import catalogue

LOSSES: dict[str, type[Loss]] = catalogue(
    SquaredError,
    AbsoluteError,
    Huber,
    HalfSquaredError,
    PseudoHuber,
    SmoothL1,
    LogCosh,
    QuantileLoss,
    BarronGeneral,
    Cauchy,
    GemanMcClure,
    Welsch,
    Charbonnier,
    TukeyBiweight,
    EpsilonInsensitive,
    SquaredEpsilonInsensitive,
    GaussianNLL,
    SquaredLogError,
    PercentageError,
    PoissonDeviance,
    PoissonNLL,
    GammaDeviance,
    TweedieDeviance,
    ConstantLoss,
    FormulaLoss,
    CrossEntropy,
    SigmoidSquaredError,
    ProbabilityError,
    Hinge,
    SquaredHinge,
    ModifiedHuber,
    PerceptronLoss,
    ExponentialLoss,
    ZeroOne,
    Focal,
    GeneralisedCrossEntropy,
    SymmetricCrossEntropy,
    LabelSmoothing,
    Poly1,
    MarginFormulaLoss,
    SoftmaxCrossEntropy,
    SoftmaxAbsoluteError,
    SoftmaxBrier,
    SoftmaxFocal,
    SoftmaxGeneralisedCrossEntropy,
    SoftmaxSymmetricCrossEntropy,
    SoftmaxLabelSmoothing,
    SoftmaxPoly1,
)

__all__ = ["LOSSES", "Loss", "MarginLoss", "Pieces", "ResidualLoss"]
