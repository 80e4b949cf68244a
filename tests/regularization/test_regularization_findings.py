"""What the regularization page says is true, on random problems."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.datasets import DATASETS, Data
from lossviz.findings import regularization as findings
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from lossviz.regularization import (
    WeightsOnly,
    coefficient_path,
    condition,
    learning_split,
    minimum_path,
    penalised_paths,
    scene,
    validation_path,
    wiggles,
)
from lossviz.text import change, number


def reduced(seed: int, penalty: str = "l1") -> WeightsOnly:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(30, 2))
    data = Data(X, X @ rng.normal(size=2) * 3 + rng.normal(size=30), names=("left", "right"))
    return WeightsOnly(Risk(data, MODELS["linear"](), LOSSES["squared"](), PENALTIES[penalty]()))


@settings(max_examples=10)
@given(seed=st.integers(0, 999), step=st.integers(1, 55))
def test_how_far_it_moved_and_what_it_cost(seed, step):
    here = reduced(seed)
    shown = scene(here)
    said = findings.moved(shown, step)
    start, end = shown.path.weights[[0, step]]
    assert f"by {number(float(np.linalg.norm(end - start)), 3)}, which" in said
    told = change(float(here.data_value(start)), float(here.data_value(end)))
    assert f"The data loss there {told}." in said
    assert ("exactly 0" in said) == bool((end == 0).any())


@settings(max_examples=10)
@given(seed=st.integers(0, 999))
def test_the_weight_is_zero_from_there_on_and_not_before(seed):
    here = reduced(seed)
    said = findings.zeros(here, scene(here))
    for name, at in re.findall(r"weight of (\w+)\*\* is exactly 0 from λ = ([\d.,]+)", said):
        j, strength = here.names.index(name), float(at.rstrip(".,").replace(",", ""))
        before, after = minimum_path(here, [0.998 * strength, 1.002 * strength]).weights[:, j]
        assert before != 0
        assert after == 0
    assert said.count("is exactly 0 from") == 2


def test_a_round_penalty_never_makes_a_zero():
    here = reduced(0, "l2")
    assert "sets none to exactly 0 by itself" in findings.zeros(here, scene(here))


@settings(max_examples=10)
@given(seed=st.integers(0, 999), penalty=st.sampled_from(["l1", "l2", "elastic_net"]))
def test_the_condition_numbers_are_those_of_the_curvature(seed, penalty):
    here = reduced(seed, penalty)
    shown = scene(here)
    strength = float(shown.path.strengths[30])
    here = WeightsOnly(
        replace(here.risk, penalty=replace(here.risk.penalty, strength=strength))  # type: ignore
    )
    said, w = findings.effect(here, shown, 30), shown.path.weights[30]
    assert number(condition(here, PENALTIES["none"](), shown.path.weights[0]), 3) in said
    if (w != 0).all():
        H = here.hessian(w)
        assert number(np.linalg.cond(H), 3) in said
    else:
        assert "held" in said


def test_losses_on_points_not_seen_are_the_models_own():
    here = reduced(5, "l2")
    train, held = learning_split(here.risk.data, 15)
    strengths = scene(here).path.strengths
    found = validation_path(train, held, here.risk, strengths)
    said = findings.learned(found, 30, 2)
    theta = WeightsOnly(replace(here.risk, data=train))
    w = minimum_path(theta, strengths).weights[30]
    miss = held.y - theta.intercept(w) - held.X @ w
    assert number(float((miss**2).mean())) in said
    low = found.folds[found.best] + found.error[found.best]
    assert found.folds[found.simplest] <= low
    assert (found.folds[found.simplest + 1 :] > low).all()


def test_duplicates_constants_and_correlation_are_named():
    here = reduced(1)
    X = here.risk.data.X
    r = np.corrcoef(X.T)[0, 1]
    assert number(r, 3) in findings.correlation(here)
    for second, says in ((X[:, 0], "perfectly correlated"), (np.ones(30), "is constant")):
        data = replace(here.risk.data, X=np.column_stack([X[:, 0], second]))
        assert says in findings.correlation(WeightsOnly(replace(here.risk, data=data)))


@pytest.mark.parametrize("penalty", ["l1", "l2", "group_l2"])
def test_the_budget_said_is_the_penalty_at_strength_one(penalty):
    here = reduced(2, penalty)
    shown = scene(here)
    w = shown.path.weights[20]
    unit_penalty = {
        "l1": np.abs(w).sum(),
        "l2": (w**2).sum() / 2,
        "group_l2": np.linalg.norm(w),
    }[penalty]
    assert f"**{number(float(unit_penalty), 4)}**" in findings.correspondence(here, shown, 20)


def test_captions_one_per_step_and_the_rest():
    here = reduced(3)
    shown = scene(here)
    lines = findings.captions(shown)
    assert len(lines) == len(shown.path.strengths)
    assert lines[-1].count("exactly 0") == 2
    assert all("exactly 0" not in line for line in lines[:2])
    path = coefficient_path(here.risk, shown.path.strengths)
    assert "0 of 2 weights" in findings.fewer(path, len(lines) - 1)
    assert "L0 is not convex" in findings.correspondence(reduced(3, "l0"), shown, 3)
    found = wiggles(DATASETS["curve"](), 12, 15)
    assert number(found.on_validation[found.best], 3) in findings.calmed(found)


def test_who_lands_is_said():
    here = reduced(4)
    shown = scene(here)
    k = int(np.flatnonzero(shown.path.zeros == 1)[0])
    strength = float(shown.path.strengths[k])
    here = WeightsOnly(replace(here.risk, penalty=PENALTIES["l1"](strength=strength)))
    runs = penalised_paths(here, shown.path.weights[0] + 1, steps=300, share=0.4)
    gone = here.names[int(np.flatnonzero(shown.path.weights[k] == 0)[0])]
    assert f"has put {gone} at exactly 0" in findings.exact_zeros(here, runs, shown.path.weights[k])
