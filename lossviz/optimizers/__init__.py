"""The optimizers and the schedules: ``OPTIMIZERS`` and ``SCHEDULES`` are id -> class."""

from lossviz.optimizers.adam import Adam, AdamMax, AdamW, AMSGrad, NAdam
from lossviz.optimizers.adaptive import AdaDelta, AdaGrad, RMSProp
from lossviz.optimizers.base import Optimizer, Quantity
from lossviz.optimizers.curved import LBFGS, Newton, ProximalGradient
from lossviz.optimizers.plain import (
    GradientDescent,
    Lion,
    Momentum,
    Nesterov,
    SignDescent,
    StochasticGradientDescent,
)
from lossviz.optimizers.schedules import SCHEDULES, Schedule
from lossviz.recipes import catalogue

OPTIMIZERS: dict[str, type[Optimizer]] = catalogue(
    GradientDescent,
    StochasticGradientDescent,
    Momentum,
    Nesterov,
    AdaGrad,
    RMSProp,
    AdaDelta,
    Adam,
    AMSGrad,
    AdamMax,
    NAdam,
    AdamW,
    Lion,
    SignDescent,
    Newton,
    LBFGS,
    ProximalGradient,
)

__all__ = ["OPTIMIZERS", "SCHEDULES", "Optimizer", "Quantity", "Schedule"]
