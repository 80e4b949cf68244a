"""Points not seen: they have no part in what is learned, and the two slices are told apart."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.curvature.spectral_density import Spectrum
from lossviz.datasets import DATASETS, Data, Edits, HoldOut
from lossviz.findings import network_panels as findings
from lossviz.landscapes.planes import random
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.networks.pair import square
from lossviz.networks.validation import apart, evaluate
from lossviz.penalties import PENALTIES
from lossviz.problem.problem import Problem
from tests.sentences import numbers

NET = MODELS["residual_network"](width=3, blocks=2)
MOONS = Problem(DATASETS["moons"](n=40), NET, LOSSES["cross_entropy"]())
DIABETES = Problem(DATASETS["diabetes"](), NET, LOSSES["squared"]())
IRIS = Problem(DATASETS["iris"](), NET, LOSSES["softmax_cross_entropy"]())


@pytest.mark.parametrize("problem", [DIABETES, IRIS], ids=["regression", "classes"])
def test_every_row_is_learned_from_or_held_out_and_scaled_by_the_rows_learned_from(problem):
    parts = apart(problem, 0.3, seed=2)
    train, held = parts.learned.draw(), parts.held_out.draw()
    whole = replace(problem, dataset=replace(problem.dataset, standardise=False)).draw()
    assert not parts.fresh
    assert len(train) + len(held) == len(whole)
    assert len(held) == pytest.approx(0.3 * len(whole), abs=1)
    np.testing.assert_allclose(train.X.mean(0), 0, atol=1e-9)
    np.testing.assert_allclose(train.X.std(0), 1)
    assert np.abs(held.X.mean(0)).max() > 1e-3  # they have no say in the scale
    # the same table, moved and stretched: back in units every row is there once
    raw = HoldOut("train", 0.3, 2).apply(whole)
    back = [part.X * raw.X.std(0) + raw.X.mean(0) for part in (train, held)]
    rows = np.column_stack([np.concatenate(back), np.concatenate([train.y, held.y])])
    table = np.column_stack([whole.X, whole.y])
    np.testing.assert_allclose(
        rows[np.lexsort(rows.round(6).T)], table[np.lexsort(table.round(6).T)], atol=1e-8
    )
    if problem.draw().task != "regression":
        assert np.bincount(held.y.astype(int)) == pytest.approx([15] * 3, abs=1)


def test_made_up_points_are_drawn_anew_and_the_network_learns_from_all_it_had():
    problem = replace(MOONS, edits=Edits.parse("+3,3,1"), penalty=PENALTIES["l2"]())
    parts = apart(problem)
    assert parts.fresh
    assert parts.learned == problem
    assert parts.seen.draw().X.tolist() == problem.draw().X.tolist()
    fresh = parts.held_out.draw()
    assert len(fresh) == 200
    old = {tuple(row) for row in problem.draw().X}
    assert not old & {tuple(row) for row in fresh.X}
    assert parts.seen.penalty == parts.held_out.penalty == PENALTIES["none"]()
    assert apart(problem, seed=1).held_out.draw().X.tolist() != fresh.X.tolist()
    assert "without the edited points" in findings.split(parts, 41, 200)
    assert "without the penalty" in findings.split(parts, 41, 200)
    assert "edited" not in findings.split(apart(MOONS), 40, 200)


@settings(max_examples=15)
@given(seed=st.integers(0, 99), reach=st.floats(0.2, 2), which=st.sampled_from([MOONS, DIABETES]))
def test_what_is_said_of_two_slices_is_true(seed, reach, which):
    parts = apart(which, 0.4, seed)
    risks = [each.risk() for each in (parts.seen, parts.held_out)]
    theta = NET.start(risks[0].data.X.shape[1], 1, seed)
    plane = random(theta, risks[0].layout, seed, "raw")
    landscapes = tuple(square(risk, plane, reach, 11) for risk in risks)
    found = evaluate(parts, theta, landscapes)
    text = findings.held_out("It", found, landscapes)
    said = numbers(text)
    assert found.here == pytest.approx([float(risk.value(theta)) for risk in risks])
    assert said[:2] == pytest.approx(found.here, rel=0.01)
    for land, low in zip(landscapes, found.lows, strict=True):
        assert low.value == land.values.min()
        j, i = np.argwhere(land.values == low.value)[0]
        assert (land.a[i], land.b[j]) == (low.a, low.b)
    places = [plane.point(low.a, low.b) for low in found.lows]
    assert found.apart == pytest.approx(np.linalg.norm(places[1] - places[0]))
    assert ("at the same point" in text) == (found.apart == 0)
    ratio = found.here[1] / found.here[0]
    assert ("times as much" in text) == (ratio > 1.05)
    assert ("times less" in text) == (ratio < 0.95)
    if which is MOONS:
        answers = risks[1].model.predict(theta, risks[1].data.X) > 0
        assert found.right[1] == pytest.approx((answers == risks[1].data.y).mean())
        assert "accuracy" in text


def test_a_part_without_rows_is_refused():
    with pytest.raises(ValueError, match="at least one row on each side"):
        HoldOut("train", 0.001).apply(Data(np.ones((3, 1)), np.ones(3)))
    data = DIABETES.draw()
    assert HoldOut().apply(data) is data


@settings(max_examples=40)
@given(values=st.lists(st.floats(-50, 50), min_size=3, max_size=30), near=st.floats(0.01, 5))
def test_what_is_said_of_a_spectrum_is_true(values, near):
    values = np.sort(values)
    found = Spectrum(values[None], np.ones((1, len(values))), values[-1], values[0], True)
    text = findings.spectrum("It", found, near)
    down, level, up = (
        int(n) for n in re.search(
            r"\*\*(\d+)\*\* lies? below .*?, (\d+) nearer to zero than that, (\d+) above", text
        ).groups()
    )  # fmt: skip
    assert down == (values < -near).sum()
    assert down + level + up == len(values)
    assert ("indefinite" in text) == (values[0] < -near)
    assert ("lies below" in text) == (down == 1)


def test_an_estimate_says_how_sure_it_is_and_what_it_hardly_found():
    values = np.array([[-2.0, 0.0, 5.0], [-3.0, 0.0, 6.0]])
    counts = np.array([[8.0, 80.0, 0.01], [12.0, 77.0, 0.01]])
    text = findings.spectrum("It", Spectrum(values, counts, 6.0, -3.0, False), 1.0)
    assert "Estimated with 2 random vectors: of 88 eigenvalues" in text
    assert "**about 10 ± 6** lie below −1" in text  # two standard errors: 2 sqrt(20 / 2)
    assert "about 78 nearer" in text or "about 79 nearer" in text
    assert "hardly any above" in text


def test_ways_are_compared_as_they_are():
    assert "lower" in findings.detour(0.4, 0.1, 1.0)
    assert "no lower" in findings.detour(0.1, 0.4, 1.0)
