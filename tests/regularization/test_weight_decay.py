"""One network without and with weight decay: its numbers and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.datasets import DATASETS
from lossviz.findings import weight_decay as findings
from lossviz.landscapes.planes import random
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.networks.training import train
from lossviz.objectives import Risk
from lossviz.optimizers import OPTIMIZERS
from lossviz.penalties import PENALTIES
from lossviz.regularization import Weighed, fresh, name_heights, weigh
from lossviz.text import change, number


def trained(strength: float, task: str = "binary") -> Risk:
    data, loss = {"binary": ("moons", "cross_entropy"), "regression": ("sine_wave", "squared")}[
        task
    ]
    penalty = PENALTIES["l2"](strength=strength) if strength else PENALTIES["none"]()
    model = MODELS["network"](width=6, depth=2, activation="tanh")
    return Risk(DATASETS[data](n=30, noise=0.3).draw(), model, LOSSES[loss](), penalty)


@pytest.mark.parametrize("task", ["binary", "regression"])
@pytest.mark.parametrize("rule", ["filter", "raw"])
def test_the_numbers_are_those_of_the_network(task, rule):
    risk = trained(0.01, task)
    start = risk.model.start(risk.data.X.shape[1], 1, 0)
    theta = train(risk, OPTIMIZERS["adam"](lr=0.02), start, 150).theta
    plane = random(theta, risk.layout, 1, rule)
    held_out = fresh(DATASETS["moons" if task == "binary" else "sine_wave"](n=30, noise=0.3)).draw()
    found = weigh(risk, held_out, plane)
    bare = replace(risk, penalty=PENALTIES["none"]())
    weights = theta[risk.layout.weights > 0]
    assert found.length == pytest.approx(np.sqrt((weights**2).sum()))
    assert found.train == pytest.approx(float(bare.value(theta)))
    prediction = risk.model.predict(theta, held_out.X)
    assert found.held_out == pytest.approx(risk.loss.value(held_out.y, prediction).mean())
    H = bare.hessian(theta)
    assert found.sharpness == pytest.approx(np.linalg.eigvalsh((H + H.T) / 2)[-1], rel=1e-4)
    turns = np.linspace(0, 2 * np.pi, 2000)
    ring = bare.value(plane.point(0.5 * np.cos(turns), 0.5 * np.sin(turns))).mean()
    assert found.rise == pytest.approx(ring - found.train, rel=0.05)
    # filter-normalised, the step is as long as the weights; raw, it does not know them
    assert (found.step == pytest.approx(found.length)) == (rule == "filter")


def test_decay_shortens_the_weights_and_costs_on_the_points_learned_from():
    ends = []
    for strength in (0.0, 0.01):
        risk = trained(strength)
        theta = train(risk, OPTIMIZERS["adam"](lr=0.01), risk.model.start(2, 1, 0), 600).theta
        held_out = fresh(DATASETS["moons"](n=30, noise=0.3)).draw()
        ends.append(weigh(risk, held_out, random(theta, risk.layout, 0)))
    without, decayed = ends
    assert decayed.length < 0.6 * without.length
    assert decayed.train > without.train
    assert decayed.held_out < without.held_out


def test_fresh_points_are_of_the_same_kind_and_others():
    drawn = DATASETS["moons"](n=40, noise=0.3, seed=2)
    again = fresh(drawn)
    assert (again.noise, again.n) == (0.3, 1000)
    assert not set(map(tuple, drawn.draw().X)) & set(map(tuple, again.draw().X))
    with pytest.raises(ValueError, match="is a table"):
        fresh(DATASETS["anscombe"]())


size = st.floats(1e-3, 1e3)
weighed = st.builds(Weighed, size, size, size, size, st.floats(-1, 100), size)


@settings(max_examples=60)
@given(without=weighed, decayed=weighed, rule=st.sampled_from(["filter", "raw"]))
def test_every_sentence_says_which_way_it_went(without, decayed, rule):
    said = findings.sentences(without, decayed, 0.01, rule, 1000)
    assert len(said) == 5
    assert change(without.length, decayed.length, 3) in said[0]
    assert change(without.train, decayed.train, 3) in said[1]
    assert change(without.held_out, decayed.held_out, 3) in said[1]
    better = decayed.held_out < without.held_out and decayed.train > without.train
    assert ("a better one to held-out data" in said[1]) == better
    worse = decayed.held_out > without.held_out and decayed.train > without.train
    assert ("both are worse" in said[1]) == worse
    assert change(without.sharpness, decayed.sharpness, 3) in said[2]
    flatter = "with decay" if decayed.rise < without.rise else "without decay"
    assert f"**{flatter}** rises less" in said[3]
    ratio = number(decayed.step / decayed.length, 3)
    assert (f"{ratio} times with it" in said[4]) == (rule == "raw")
    assert ("divides the scale of the weights out" in said[4]) == (rule == "filter")


@settings(max_examples=40)
@given(seed=st.integers(0, 999), p=st.integers(1, 30), lines=st.integers(14, 40))
def test_names_stay_in_order_and_apart_and_within_the_picture(seed, p, lines):
    curves = np.random.default_rng(seed).normal(size=(12, p))
    curves[0] = np.nan
    found = name_heights(curves, lines)
    gap = (np.nanmax(curves) - np.nanmin(curves)) / lines
    order = np.argsort(curves[1])
    assert (np.diff(found[order]) >= gap * (1 - 1e-9)).all()
    if p <= lines:
        assert found.max() <= np.nanmax(curves) + 1e-9
        assert found.min() >= np.nanmin(curves) - 1e-9
    assert (name_heights(np.full((3, 2), np.nan), 14) == 0).all()
