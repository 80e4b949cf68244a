"""Sentences where they could be false: correlated, separable, one outlier, sine, imbalanced, a
constant feature, diverged."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from lossviz.classification.label_noise import imbalanced
from lossviz.classification.separability import penalised_fits
from lossviz.curvature import Curvature
from lossviz.datasets import DATASETS, Data
from lossviz.descent import descend
from lossviz.descent.endings import runs_on
from lossviz.findings import classification, landscapes, networks, regularization, residuals
from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.networks.pair import Roughness
from lossviz.networks.training import train
from lossviz.objectives import ANALYTIC, Risk
from lossviz.optimizers import OPTIMIZERS
from lossviz.penalties import PENALTIES
from lossviz.regularization import WeightsOnly, condition, scene
from lossviz.residuals.diagnostics import diagnose, dominant, serial, skew
from tests.sentences import numbers

RNG = np.random.default_rng(11)
X = np.linspace(-3, 3, 90)
NOISE = RNG.normal(size=90)


def line_fit(x, y):
    risk = Risk(Data(x[:, None], y), MODELS["line"](), LOSSES["squared"]())
    return diagnose(risk, minimize(risk).theta)


def two(name: str, **changes) -> Data:
    return DATASETS[name](**changes).draw()


# --- regularization -----------------------------------------------------------------------------


def constant_feature() -> Data:
    return Data(np.column_stack([X, np.full(90, 2.0)]), X + NOISE, names=("moves", "still"))


STATES = {
    "correlated": lambda: two("correlated_pair", correlation=0.98),
    "uncorrelated": lambda: two("correlated_pair", correlation=0.0),
    "diabetes": lambda: two("diabetes_pair"),
    "constant": constant_feature,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("penalty", ["l2", "l1", "elastic_net", "l0"])
def test_which_weight_is_zero_and_why(state, penalty):
    data = STATES[state]()
    reduced = WeightsOnly(Risk(data, MODELS["linear"](), LOSSES["squared"](), PENALTIES[penalty]()))
    shown = scene(reduced)
    told = regularization.zeros(reduced, shown)
    w = shown.path.weights
    if penalty == "l2":
        for k, name in enumerate(shown.names):
            turns = bool((w[:-1, k] * w[1:, k] < 0).any()) and np.ptp(data.X[:, k]) > 0
            assert (f"{name} changes sign" in told) == turns
            assert (f"{name} is 0 at every" in told) == (np.ptp(data.X[:, k]) == 0)
    for step in (0, 10, 30, len(w) - 1):
        said = regularization.effect(reduced, shown, step)
        assert ("held at 0" in said) == (
            penalty != "l2" and step > 0 and bool((w[step] == 0).any())
        )
        assert ("by the jump" in said) == ("held at 0" in said and penalty == "l0")


def test_with_correlated_features_a_weight_under_l2_passes_zero():
    reduced = WeightsOnly(
        Risk(STATES["correlated"](), MODELS["linear"](), LOSSES["squared"](), PENALTIES["l2"]())
    )
    assert "changes sign" in regularization.zeros(reduced, scene(reduced))


def test_a_weight_at_zero_under_l2_is_held_by_nothing_and_counts_in_the_condition_number():
    data = constant_feature()
    reduced = WeightsOnly(
        Risk(data, MODELS["linear"](), LOSSES["squared"](), PENALTIES["l2"](strength=0.5))
    )
    curvature = 2 * data.X[:, 0].var()
    held = condition(reduced, PENALTIES["l2"](strength=0.5), np.array([0.7, 0.0]))
    assert held == pytest.approx((curvature + 0.5) / 0.5)


# --- classification -----------------------------------------------------------------------------


def rare() -> Data:
    return imbalanced(two("blobs", distance=2.0), 0.1)


CLASSES = {
    "separable": lambda: two("separable"),
    "overlapping": lambda: two("blobs", distance=2.0),
    "imbalanced": rare,
    "xor": lambda: two("xor"),
}


@pytest.mark.parametrize("state", CLASSES)
@pytest.mark.parametrize("loss", ["cross_entropy", "squared_hinge"])
def test_a_smaller_penalty_is_said_to_enlarge_the_weights_only_where_it_does(state, loss):
    data = CLASSES[state]()
    model = MODELS["line" if data.X.shape[1] == 1 else "linear"]()
    risk = Risk(data, model, LOSSES[loss]())
    best, pulled = minimize(risk), penalised_fits(risk)
    first, second = classification.separated(risk, best, pulled)
    norms = [np.linalg.norm(each.best.theta * risk.layout.weights) for each in pulled]
    told = numbers(second)
    assert told[2] == pytest.approx(norms[0], rel=1e-3)
    assert told[5] == pytest.approx(norms[-1], rel=1e-3)
    assert ("the larger norm" in second) == (norms[-1] > norms[0] * (1 + 1e-7))
    assert ("Separable" in first) == (best.kind == "infinity")
    assert ("maximum-likelihood" in first) == (best.kind == "infinity" and loss == "cross_entropy")
    assert "far out" not in first + second


CONVEX = [id for id, each in LOSSES.items() if each.task == "binary" and each().convex]


@pytest.mark.parametrize("loss", CONVEX)
def test_classes_are_said_to_overlap_where_they_do(loss):
    """Hinge and label smoothing have a finite minimum on separable classes too."""
    line, linear = MODELS["line"](), MODELS["linear"]()
    touching = Data(np.array([[-1.0], [0], [0], [1]]), np.array([0.0, 0, 1, 1]), "binary")
    for data, model, word in (
        (two("separable"), line, "separable,"),
        (touching, line, "separable but for points on the boundary"),
        (two("blobs", distance=2.0), linear, "overlap"),
    ):
        risk = Risk(data, model, LOSSES[loss]())
        best = minimize(risk)
        said = classification.separated(risk, best, penalised_fits(risk, (1.0,)))[0]
        if best.kind == "infinity":
            assert word != "overlap"
            assert "overlap" not in said
        else:
            assert word in said
            assert ("overlap" in said) == (word == "overlap")


def test_a_piecewise_constant_loss_has_no_curvature_and_jumps():
    risk = Risk(CLASSES["overlapping"](), MODELS["linear"](), LOSSES["zero_one"]())
    plane = axes(3, 1, 2, ("x1", "x2"))
    a = np.linspace(-3, 3, 31)
    land = evaluate_plane(risk, plane, a, a)
    (one, two_) = classification.curvature((land, land), (risk.loss, risk.loss))
    assert "piecewise constant" in one
    assert "curvature" not in one + two_
    assert "jump" in landscapes.folds(risk, land)
    assert "kink" not in landscapes.folds(risk, land)


def test_equal_gradients_are_said_to_be_equal():
    risk = Risk(CLASSES["overlapping"](), MODELS["linear"](), LOSSES["cross_entropy"]())
    a = np.linspace(-3, 3, 11)
    land = evaluate_plane(risk, axes(3, 1, 2, ("x1", "x2")), a, a)
    assert "same norm" in classification.plateau((risk, risk), land)


def test_a_parameter_that_is_only_rounding_is_told_as_zero():
    y = np.append(2.0 * np.arange(11), -40.0)
    risk = Risk(Data(np.arange(12.0)[:, None], y), MODELS["line"](), LOSSES["absolute"]())
    best = minimize(risk)
    assert best.theta[0] == 0
    assert "at intercept 0 and slope 2" in landscapes.lowest(risk, best)
    # a small number that the loss depends on stays
    small = Risk(Data(np.arange(3.0)[:, None], np.array([1e-15, 2.0, 4.0])), risk.model, risk.loss)
    assert minimize(small).theta[0] != 0


# --- residuals ----------------------------------------------------------------------------------


def test_a_line_on_a_sine_wave_is_found_too_straight_though_no_square_helps():
    found = line_fit(X, np.sin(2 * X) + 0.1 * NOISE)
    assert serial(found).seen
    said = " ".join(residuals.patterns(found))
    assert "**Non-linearity.**" in said
    assert "No non-linearity" not in said


def test_one_outlier_is_named_instead_of_a_trend_or_a_spread():
    data = two("anscombe", which=3)
    found = line_fit(data.X[:, 0], data.y)
    row, share = dominant(found)
    squares = found.residual**2
    assert row == squares.argmax()
    assert share == pytest.approx(squares.max() / squares.sum())
    said = " ".join(residuals.patterns(found))
    assert "**One outlier.**" in said
    assert "Heteroscedasticity" not in said
    assert found.residual[row] > 0  # observed above predicted
    assert numbers(said)[0] == pytest.approx(found.residual[row], rel=1e-2)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_skewed_sample_is_called_skewed_and_to_its_side(side):
    found = line_fit(X, X + side * RNG.exponential(size=90))
    assert skew(found).seen
    said = residuals.normality(found)
    assert f"skewed to the {'right' if side > 0 else 'left'}" in said
    assert "tails" not in said


def test_heavy_and_light_tails_are_told_apart():
    heavy = line_fit(X, stats.t(2).ppf((np.arange(90) + 0.5) / 90)[RNG.permutation(90)])
    light = line_fit(X, np.sign(NOISE))
    assert "heavier tails" in residuals.normality(heavy)
    assert "lighter tails" in residuals.normality(light)


def test_nothing_is_claimed_of_calm_residuals_or_of_a_constant_fit():
    said = " ".join(residuals.patterns(line_fit(X, 2 * X + np.sort(NOISE)[RNG.permutation(90)])))
    assert "**Non-linearity.**" not in said
    assert "other shapes may escape" in said or "Weak evidence" in said
    risk = Risk(Data(np.ones((90, 1)), NOISE), MODELS["constant"](), LOSSES["squared"]())
    flat = " ".join(residuals.patterns(diagnose(risk, minimize(risk).theta)))
    assert "fitted value" not in flat
    assert "p = nan" not in flat


@pytest.mark.parametrize("p", [0.009, 0.011, 0.03, 0.06])
def test_how_sure_a_test_is_decides_what_is_said(p, monkeypatch):
    found = line_fit(X, X + NOISE)
    monkeypatch.setattr(residuals, "spread", lambda _: residuals.Sign(0.5, p))
    said = residuals.heteroscedasticity(found)
    assert ("**Heteroscedasticity.**" in said) == (p < 0.01)
    assert ("Weak evidence" in said) == (0.01 <= p < 0.05)
    assert ("detected" in said) == (p >= 0.05)


# --- descent and networks -----------------------------------------------------------------------


def test_a_path_that_used_its_whole_budget_is_not_said_to_have_converged_after_it():
    bowl = ANALYTIC["booth"]
    path = descend(bowl, OPTIMIZERS["gd"](lr=0.1), [0.0, 0.0], steps=400)
    assert path.ending.kind == "converged"
    assert "after all 400 steps" in path.ending.message
    assert "Converged after" not in path.ending.message


def apart() -> Risk:
    x = np.arange(6.0)
    return Risk(Data(x[:, None], (x > 2.5).astype(float), task="binary"), MODELS["line"](),
                LOSSES["cross_entropy"]())  # fmt: skip


def test_where_classes_are_apart_a_path_that_came_to_rest_is_at_no_minimum():
    wild = descend(apart(), OPTIMIZERS["gd"](lr=1000.0), [-16.87, 5.76], steps=100)
    assert wild.ending.kind == "converged"
    assert "this is no minimum" in wild.ending.message
    assert "local minimum" not in wild.ending.message


def test_at_a_minimum_no_step_of_newton_runs_on():
    for function in ANALYTIC.values():
        for each in function.minima:
            assert not runs_on(function, np.array(each.point) + 1e-5)
    mixed = Risk(CLASSES["overlapping"](), MODELS["linear"](), LOSSES["cross_entropy"]())
    assert not runs_on(mixed, minimize(mixed).theta)
    assert runs_on(apart(), np.array([-40.0, 16.0]))


def test_a_network_that_diverged_is_not_said_to_have_learned_nothing():
    model = MODELS["network"](width=16, depth=5, activation="relu")
    risk = Risk(two("sine_wave"), model, LOSSES["squared"]())
    start = model.start(1, 1, 0)
    wild = train(risk, OPTIMIZERS["adam"](lr=10.0), start, 60)
    calm = train(risk, OPTIMIZERS["adam"](lr=0.01), start, 60)
    assert wild.values[-1] > 10 * wild.values[0]
    assert "both diverged" in networks.final([wild, wild])
    assert "the one without skips **diverged**" in networks.final([wild, calm])
    assert "diverged" not in networks.final([calm, calm])


def test_the_deviation_over_seeds_is_that_of_a_sample():
    values = np.array([3.0, 5.0, 7.0, 9.0])
    pair = [Roughness(values, values, values), Roughness(values + 1, values, values)]
    assert f"± {np.std(values, ddof=1):.2g} local minima" in networks.rough(pair)


def test_a_condition_number_of_one_is_not_called_round():
    X2 = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    risk = Risk(Data(X2, X2 @ [1.0, 2.0]), MODELS["linear"](), LOSSES["squared"]())
    said = landscapes.shape(risk, minimize(risk))
    assert said.startswith("The condition number is 1:")
    assert "only when drawn at equal scales" in said


def test_a_local_fact_is_said_of_its_point():
    risk = Risk(two("sine_wave"), MODELS["sine"](), LOSSES["squared"]())
    assert "current point" not in Curvature.of(risk, minimize(risk).theta).sentence
