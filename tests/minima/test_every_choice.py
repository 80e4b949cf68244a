"""Every combination the menus offer has an objective with a lowest point, or a sentence why not.

Linear models and small ones are minimised for every loss; what is slow to minimise is opened: its
value and slope at the model's own start are numbers or infinite, never missing.
"""

import numpy as np
import pytest

from lossviz.datasets import DATASETS
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.penalties import PENALTIES
from lossviz.problem.problem import Problem

DEVIANCES = ("poisson_deviance", "gamma_deviance", "tweedie_deviance")


def pairs(task):
    """Datasets and models that the sidebar shows together."""
    for id, dataset in DATASETS.items():
        inputs = dataset().draw().X.shape[1]
        for name, model in MODELS.items():
            fits = task in model.tasks and inputs <= (model.most_inputs or inputs)
            if dataset.task == task and fits:
                yield id, name


def posed(problem):
    """The objective and "", or None and the sentence why there is none."""
    try:
        return problem.risk(), ""
    except ValueError as refusal:
        return None, str(refusal)


@pytest.mark.parametrize("task", ["regression", "binary", "multiclass"])
def test_every_choice_opens(task):
    for data, model in pairs(task):
        for id, loss in LOSSES.items():
            if loss.task != task:
                continue
            for penalty in ("none", "l2"):
                problem = Problem(DATASETS[data](), MODELS[model](), loss(), PENALTIES[penalty]())
                risk, refusal = posed(problem)
                if risk is None:
                    assert "needs" in refusal
                    continue
                start = risk.model.start(risk.data.X.shape[1], risk.data.outputs, 0)
                with np.errstate(all="ignore"):
                    value = risk.value(start)
                assert not np.isnan(value), (data, model, id, penalty)
                if np.isfinite(value):
                    assert np.isfinite(risk.gradient(start)).all(), (data, model, id, penalty)


@pytest.mark.parametrize("loss", DEVIANCES)
@pytest.mark.parametrize("model", ["neuron", "exponential", "polynomial"])
@pytest.mark.parametrize("data", ["leverage", "few_numbers", "stackloss"])
def test_a_loss_for_positive_targets_finds_a_start_with_positive_predictions(data, model, loss):
    if (data, model) not in set(pairs("regression")):
        return
    risk, refusal = posed(Problem(DATASETS[data](), MODELS[model](), LOSSES[loss]()))
    if risk is None:
        assert "needs positive targets" in refusal  # leverage has a target of 0
        return
    best = minimize(risk)
    assert np.isfinite(best.value)
    # a minimum on the edge of the domain is approached: its value is the limit
    assert best.value <= risk.value(best.theta) * (1 + 1e-9)


@pytest.mark.parametrize("model", ["deep_linear", "sine"])
def test_a_model_that_is_negative_somewhere_wherever_it_stands_is_refused_with_the_reason(model):
    risk = Problem(DATASETS["diabetes"](), MODELS[model](), LOSSES["poisson_deviance"]()).risk()
    with pytest.raises(ValueError, match="a model with an intercept"):
        minimize(risk)


def test_a_model_whose_predictions_do_not_move_takes_no_step():
    """The start of a saturated neuron: its Jacobian is zero, and nothing is left to solve for."""
    problem = Problem(DATASETS["linnerud"](), MODELS["neuron"](), LOSSES["absolute"]())
    best = minimize(problem.risk())
    assert best.value == pytest.approx(float(problem.risk().value(best.theta)), rel=1e-9)
