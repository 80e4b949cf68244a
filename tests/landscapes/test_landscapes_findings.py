"""What the surface page says is true, on random problems."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.datasets import DATASETS, Data
from lossviz.findings import landscapes as findings
from lossviz.landscapes import Landscape, evaluate_plane
from lossviz.landscapes.critical_points import minimum_marks
from lossviz.landscapes.gradient_field import downhill
from lossviz.landscapes.kinks import kinks_in_window
from lossviz.landscapes.local_minima import local_minima
from lossviz.landscapes.planes import Plane, axes, profile
from lossviz.landscapes.roughness import strict_minima
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import ANALYTIC, Risk
from lossviz.penalties import PENALTIES
from lossviz.text import number

LINE = MODELS["line"]()
PLANE = axes(2, names=("intercept", "slope"))


def problem(seed: int, loss: str = "squared", n: int = 20) -> Risk:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return Risk(Data(x[:, None], 2 * x + rng.normal(size=n)), LINE, LOSSES[loss]())


def survey(risk: Risk, a=(-3, 4, 31), b=(-2, 5, 27)) -> Landscape:
    return evaluate_plane(risk, PLANE, np.linspace(*a), np.linspace(*b))


@settings(max_examples=25)
@given(seed=st.integers(0, 999))
def test_the_lowest_point_named_is_lower_than_the_whole_grid(seed):
    risk = problem(seed, "absolute")
    best = minimize(risk)
    sentence = findings.lowest(risk, best)
    assert number(best.value) in sentence
    assert best.value <= survey(risk).values.min() + 1e-12


@settings(max_examples=25)
@given(seed=st.integers(0, 999))
def test_the_bowl_is_as_long_for_its_width_as_its_hessian_says(seed):
    risk = problem(seed)
    x = np.column_stack([np.ones(len(risk.data)), risk.data.X])
    low, high = np.linalg.svd(x, compute_uv=False)[::-1]  # axes of the bowl go with 1 / these
    sentence = findings.shape(risk, minimize(risk))
    if high / low < 1.05:
        assert "leads straight to the minimum" in sentence
    else:
        assert f"{number(high / low, 3)} times as long" in sentence


@settings(max_examples=20)
@given(seed=st.integers(0, 999))
def test_creases_are_counted_by_the_residuals_that_change_sign(seed):
    risk = problem(seed, "absolute", n=8)
    land = survey(risk)
    corners = [(a, b) for a in (-3, 4) for b in (-2, 5)]
    residuals = np.array([a + b * risk.data.X[:, 0] - risk.data.y for a, b in corners])
    changes = int(((residuals.min(0) < 0) & (residuals.max(0) > 0)).sum())
    assert kinks_in_window(risk, land) == (changes, changes)
    assert "plane facets" in findings.folds(risk, land)


def test_a_smooth_loss_has_no_kinks():
    assert findings.folds(problem(1), survey(problem(1))) == ""
    assert findings.folds(problem(1, "huber"), survey(problem(1, "huber"))) == ""


def on_grid(objective, a, b) -> Landscape:
    return evaluate_plane(objective, PLANE, np.linspace(*a, 31), np.linspace(*b, 31))


@pytest.mark.parametrize("name", ["himmelblau", "rosenbrock", "beale", "rastrigin"])
def test_the_local_minima_of_a_window_are_those_of_the_surface(name):
    surface = ANALYTIC[name]
    (left, right), (low, high) = surface.window
    land = evaluate_plane(surface, PLANE, np.linspace(left, right, 51), np.linspace(low, high, 51))
    nodes, found = strict_minima(land), local_minima(surface, land)
    if name in ("rosenbrock", "beale"):  # curved valleys, which the grid meets at many nodes
        assert len(nodes) > len(surface.minima) == 1
    known = np.array([each.point for each in surface.minima])
    in_order = (sorted(map(tuple, places.round(3))) for places in (found, known))
    np.testing.assert_allclose(*in_order, atol=2e-3)


def test_minima_outside_the_window_are_not_in_it():
    land = on_grid(ANALYTIC["himmelblau"], (0, 5), (-5, 5))  # two of four
    np.testing.assert_allclose(
        sorted(map(tuple, local_minima(ANALYTIC["himmelblau"], land))),
        [(3, 2), (3.584, -1.848)], atol=1e-3,
    )  # fmt: skip
    # the valley of this one leaves the window before its lowest place
    land = on_grid(ANALYTIC["rosenbrock"], (-1.5, 0.5), (-0.5, 2.5))
    assert len(strict_minima(land)) > 1
    assert not len(local_minima(ANALYTIC["rosenbrock"], land))


def test_local_minima_are_told_where_there_are_several():
    def told(loss, where):
        risk = Risk(DATASETS[where]().draw(), LINE, LOSSES[loss]())
        return findings.valleys(risk, on_grid(risk, (-9.1, 9.1), (-0.1, 2.1)))

    assert "shows 2 local minima" in told("tukey_biweight", "leverage")
    assert told("barron_general", "leverage") == ""  # four nodes of one valley
    assert findings.valleys(problem(1, "tukey_biweight"), survey(problem(1))) == ""


def all_at_one(loss: str) -> tuple[Risk, Landscape]:
    """Where all x are the same, a slanted line of minima meets the grid at separate nodes."""
    risk = Risk(Data(np.ones((3, 1)), np.array([1.0, 2.0, 6.0])), LINE, LOSSES[loss]())
    land = on_grid(risk, (-2, 5), (-1.7, 1.9))
    assert len(strict_minima(land)) > 10
    return risk, land


@pytest.mark.parametrize("loss", ["absolute", "squared", "tukey_biweight", "cauchy"])
def test_a_valley_across_the_grid_is_not_told_as_many_minima(loss):
    risk, land = all_at_one(loss)
    assert findings.valleys(risk, land) == ""
    assert len(local_minima(risk, land)) == 1


def test_where_the_objective_is_convex_no_other_minimum_is_looked_for(monkeypatch):
    monkeypatch.setattr(findings, "local_minima", lambda *_: np.zeros((2, 2)))
    for loss, penalty, told in (
        ("absolute", "none", False),
        ("huber", "l1", False),
        ("cauchy", "none", True),
        ("huber", "l0", True),
    ):
        risk = replace(problem(1, loss), penalty=PENALTIES[penalty]())
        assert bool(findings.valleys(risk, survey(risk))) is told
    curved = Risk(problem(1).data, MODELS["exponential"](), LOSSES["squared"]())
    assert findings.valleys(curved, survey(curved))


def test_two_valleys_across_the_grid_are_two():
    """The third point is let go, or it alone is held."""
    risk, land = all_at_one("welsch")
    held = local_minima(risk, land).sum(1)
    assert sorted(held) == pytest.approx([1.5, 6], abs=0.05)
    assert "2 local minima" in findings.valleys(risk, land)


def test_half_the_loss_is_held_by_as_few_points_as_the_sentence_says():
    data = Data(np.zeros((5, 1)), np.array([0.0, 0.0, 0.0, 0.0, 10.0]))
    risk = Risk(data, MODELS["constant"](), LOSSES["squared"]())
    # mean 2: the far point pays 64 of 80
    said = findings.burden(risk, minimize(risk))
    assert "the largest error makes half of the loss (20\u00a0% of 5 points)" in said


def test_marks_are_what_the_minimum_is():
    window = (np.linspace(-1, 5, 5), np.linspace(-1, 1, 5))
    flat = Data(np.arange(4.0)[:, None], np.array([1.0, 2.0, 3.0, 10.0]))
    risk = Risk(flat, MODELS["constant"](), LOSSES["absolute"]())
    line = Plane([0.0], [1.0], [0.0], ("t", ""))
    (mark,) = minimum_marks(risk, minimize(risk), line, window)
    assert mark.shape == "outline"
    assert {round(float(v), 9) for v in mark.a} == {2.0, 3.0}

    split = Data(np.array([[-2.0], [-1.0], [1.0], [2.0]]), np.array([0.0, 0, 1, 1]), "binary")
    risk = Risk(split, LINE, LOSSES["cross_entropy"]())
    (mark,) = minimum_marks(risk, minimize(risk), PLANE, window)
    assert mark.shape == "arrow"
    assert (np.diff(mark.values) < 0).all()


@settings(max_examples=20)
@given(seed=st.integers(0, 999))
def test_arrows_point_downhill_and_stay_in_their_cells(seed):
    risk = problem(seed)
    a, b = np.linspace(-3, 4, 5), np.linspace(-2, 5, 9)
    steps = downhill(risk, PLANE, a, b)
    before = risk.value(PLANE.point(steps.a, steps.b))
    after = risk.value(PLANE.point(steps.a + 1e-4 * steps.da, steps.b + 1e-4 * steps.db))
    assert (after < before).all()
    assert (np.hypot(steps.da / 7, steps.db / 7) <= 0.6 / 11 + 1e-12).all()


def test_a_constant_loss_has_no_arrows():
    risk = Risk(problem(0).data, LINE, LOSSES["constant"]())
    assert len(downhill(risk, PLANE, np.linspace(0, 1, 3), np.linspace(0, 1, 3)).a) == 0


@pytest.mark.parametrize("penalty", ["none", "l2"])
def test_the_profile_plane_holds_the_best_others(penalty):
    rng = np.random.default_rng(5)
    data = Data(rng.normal(size=(30, 4)) @ rng.normal(size=(4, 4)), rng.normal(size=30))
    risk = Risk(data, MODELS["linear"](), LOSSES["squared"](), PENALTIES[penalty]())
    best = minimize(risk).theta
    plane = profile(best, risk.hessian(best), 1, 3)
    theta = plane.point(0.7, -1.1)
    np.testing.assert_allclose(theta[[1, 3]], [0.7, -1.1])
    np.testing.assert_allclose(risk.gradient(theta)[[0, 2, 4]], 0, atol=1e-9)
