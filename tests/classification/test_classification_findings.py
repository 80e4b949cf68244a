"""What the classification page says is true, on random problems."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.classification.label_noise import fit_clean_and_noisy
from lossviz.classification.separability import penalised_fits
from lossviz.datasets import DATASETS, Data
from lossviz.datasets.label_noise import FlippedLabels
from lossviz.findings import classification as findings
from lossviz.landscapes import Landscape, evaluate_plane
from lossviz.landscapes.planes import axes
from lossviz.landscapes.roughness import nonconvex_share_along_axes
from lossviz.landscapes.window import within_reach
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import PENALTIES
from lossviz.text import number
from tests.sentences import numbers

LINE, LINEAR = MODELS["line"](), MODELS["linear"]()
PLANE = axes(2, names=("intercept", "slope"))


def problem(seed: int, loss: str) -> Risk:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=12)
    y = (x + rng.normal(size=12) > 0).astype(float)
    y[:2] = 0, 1
    return Risk(Data(x[:, None], y, "binary"), LINE, LOSSES[loss]())


@settings(max_examples=25)
@given(seed=st.integers(0, 999), loss=st.sampled_from(["cross_entropy", "hinge", "squared_hinge"]))
def test_a_convex_loss_shows_no_dent(seed, loss):
    land = evaluate_plane(
        problem(seed, loss), PLANE, np.linspace(-4, 4, 21), np.linspace(-4, 4, 21)
    )
    assert nonconvex_share_along_axes(land) == 0


def test_a_dent_is_a_point_above_a_chord():
    a = np.linspace(-1, 1, 5)
    bowl = np.add.outer(a**2, a**2)

    def share(values):
        return nonconvex_share_along_axes(Landscape(PLANE, a, a, values))

    assert share(bowl) == 0
    assert share(-bowl) == 1
    bump = bowl.copy()
    bump[2, 2] = 5.0  # above its neighbours, which now lie below no chord but their own
    assert share(bump) >= 1 / 9


@settings(max_examples=15)
@given(seed=st.integers(0, 999))
def test_the_corner_is_as_much_steeper_as_the_sentence_says(seed):
    risks = problem(seed, "cross_entropy"), problem(seed, "mse_sigmoid")
    a = b = np.linspace(-6, 6, 41)
    land = evaluate_plane(risks[0], PLANE, a, b)
    j, i = np.unravel_index(land.values.argmax(), land.values.shape)
    step, theta = 1e-6, np.array([a[i], b[j]])
    one, two = (
        np.hypot(
            *[(r.value(theta + d) - r.value(theta - d)) / (2 * step) for d in step * np.eye(2)]
        )
        for r in risks
    )
    sentence = findings.plateau(risks, land)
    told = numbers(sentence.split(" has ")[-1])[0]
    np.testing.assert_allclose(told, max(one / two, two / one), rtol=0.02)


def test_what_is_said_of_separable_classes():
    risk = Risk(DATASETS["separable"]().draw(), LINE, LOSSES["cross_entropy"]())
    told = findings.separated(risk, minimize(risk), penalised_fits(risk))
    assert "no finite maximum-likelihood estimate" in told[0]
    assert "1.458" not in told[1]
    assert number(0.47210815268381906) in told[1]
    overlap = problem(1, "cross_entropy")
    assert "overlap" in findings.separated(overlap, minimize(overlap), penalised_fits(overlap))[0]


def test_who_lost_most_is_who_lost_most():
    data = DATASETS["blobs"](distance=6.0).draw()
    flips = FlippedLabels(share=0.2, kind="one_sided")
    losses = [LOSSES[id]() for id in ("cross_entropy", "mae_prob")]
    found = fit_clean_and_noisy(
        data, flips.apply(data), LINEAR, losses, PENALTIES["l2"](strength=0.01)
    )
    told = findings.noise(found, 40, 200)
    assert told[0] == "40 labels of 200 are wrong."
    lost = [each.accuracy[0] - each.accuracy[1] for each in found]
    assert lost[0] > lost[1]
    assert told[1].startswith("Cross-entropy loses ")
    assert f"loses {number(100 * lost[0], 3)} points of accuracy; " in told[1]
    table = findings.noise_table(found)
    assert table.count("\n") == 3


def test_theory_is_told_as_it_is():
    text = findings.theory([LOSSES[id]() for id in ("cross_entropy", "mae_prob", "hinge")], 0.3)
    assert "| **Cross-entropy** | 0.7 | not constant |" in text
    assert "1 (not attained) | always 1: symmetric" in text


def test_a_model_brought_within_reach_answers_the_same():
    data = DATASETS["separable"]().draw()
    risk = Risk(data, LINE, LOSSES["cross_entropy"]())
    best = minimize(risk)
    near = within_reach(risk, best)
    assert np.sqrt((LINE.predict(near, data.X) ** 2).mean()) <= 6 + 1e-9
    far = LINE.predict(best.theta, data.X)
    np.testing.assert_array_equal(np.sign(LINE.predict(near, data.X)), np.sign(far))


def test_a_minimum_that_is_attained_is_shown_itself_however_sure_its_model():
    data = DATASETS["iris_versicolor"]().draw()
    risk = Risk(data, LINEAR, LOSSES["cross_entropy"]())
    best = minimize(risk)
    assert np.sqrt((LINEAR.predict(best.theta, data.X) ** 2).mean()) > 6  # surer than usual
    np.testing.assert_array_equal(within_reach(risk, best), best.theta)
