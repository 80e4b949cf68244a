"""Fronts, conflict and weighting schemes, against K01, SciPy and what each scheme promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize as scipy_minimize

from lossviz.combined import SCENES, conflict, race, share_of, trade_off
from lossviz.combined.schemes import shortest
from lossviz.combined.trade_off import both
from lossviz.findings import combined as findings
from lossviz.objectives import Combined
from tests.combined.test_combined import central
from tests.oracles import case, check
from tests.sentences import numbers

K01 = case("K01_two_tasks")["expected"]
WEIGHTS = np.linspace(0, 1, 21)


def scene(id):
    return SCENES[id][1]()


def raced(id, weight=0.5, steps=3000):
    found = trade_off(scene(id), WEIGHTS)
    runs = race(found.scene, weight, np.array(found.scene.start or (0.3, 0.2)), found.best, steps)
    return found, {run.id: run for run in runs}


def test_the_bowls_are_k01s():
    found = trade_off(scene("bowls"), [0.25, 0.5, 0.75])
    front = K01["pareto_front"]
    check(found.thetas, {**front, "value": [row["w"] for row in front["value"][1:4]]})
    probes = K01["probes"]
    at = np.array([row["w"] for row in probes["value"]])
    entry = {**probes, "value": [row["cosine"] for row in probes["value"]]}
    check(conflict(found.scene, at), entry)


def test_a_unit_is_a_weight():
    entry = K01["equal_weights_after_multiplying_L2"]["value"]
    assert share_of(0.5, entry["factor"]) == pytest.approx(entry["same_as_lam"])
    found = trade_off(scene("bowls"), [0.5], factor=entry["factor"])
    assert found.thetas[0] == pytest.approx(entry["w"], rel=1e-9)
    text = findings.units(found, 0)
    assert "0.0099" in text
    assert "100" in text
    assert findings.units(trade_off(scene("bowls"), [0.5]), 0) == ""


@pytest.mark.parametrize("id", SCENES)
def test_gradients_are_opposite_on_the_front_and_derivatives_are_right(id):
    found = trade_off(scene(id), WEIGHTS)
    inner = found.thetas[1:-1]
    assert (conflict(found.scene, inner) < -0.99).all()
    for loss in (found.scene.first, found.scene.second):
        one = Combined([(1.0, loss)])
        at = np.random.default_rng(0).normal(size=(5, 2))
        np.testing.assert_allclose(one.gradient(at), central(one.value, at), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(one.hessian(at), central(one.gradient, at), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("id", [id for id in SCENES if id != "levelling"])
def test_the_line_of_equal_sums_touches_the_front(id):
    found = trade_off(scene(id), WEIGHTS)
    for step in (5, 10, 15):
        pulls = np.array([found.shares[step], 1 - found.shares[step]])
        x, y = (each[step] for each in found.levels)
        height = pulls @ found.losses[step]
        assert np.stack([x, y], 1) @ pulls == pytest.approx([height, height])
        assert (found.front @ pulls >= height - 1e-9).all()


def test_a_front_that_bends_inwards_is_missed_and_the_others_are_not():
    found = trade_off(scene("levelling"), np.linspace(0, 1, 201))
    assert 0.5 < found.missed < 0.95
    assert "is not convex" in findings.inward(found)
    assert trade_off(scene("bowls"), WEIGHTS).missed == 0
    # nothing dominates the front that is given
    for point in found.front[1:-1:8]:
        assert not ((found.reach < point - 1e-9).all(1)).any()


def test_fixed_weights_end_in_the_minimum_of_the_sum():
    found, runs = raced("bowls", 0.25)
    check(runs["fixed"].points[-1], {**K01["pareto_front"], "value": found.thetas[5]})


def test_uncertainty_weighting_ends_where_k01_says():
    _, runs = raced("bowls")
    check(runs["uncertainty"].points[-1], K01["uncertainty.w"])
    entry = {**K01["uncertainty.equivalent_lam"], "rtol": 1e-4}
    check(runs["uncertainty"].weights[-1, 0], entry)


def test_uncertainty_weighting_gives_up_the_other_loss_where_one_can_be_zero():
    found, runs = raced("prior")
    assert runs["uncertainty"].losses[-1, 1] < 1e-4
    said = findings.schemes(found, list(runs.values()))[1]
    assert "given up" in said
    # its weights go no further than a factor of three thousand
    assert "on the way to 1/L₁ against 1/L₂, a weight of " in said
    found, runs = raced("bowls")
    said = findings.schemes(found, list(runs.values()))[1]
    assert "given up" not in said
    assert ", near 1/L₁ against 1/L₂" in said
    one, two = runs["uncertainty"].losses[-1]
    assert numbers(said)[0] == pytest.approx(two / (one + two), rel=0.05)


def test_a_weight_below_one_is_not_told_as_one():
    found = trade_off(scene("bowls"), np.array([0.0, 0.98, 1.0]), 0.01)
    assert "turns weight 0.98 into 0.9998:" in findings.units(found, 1)
    assert "turns weight 1 into 1:" in findings.units(found, 2)
    assert "turns weight 0 into 0:" in findings.units(found, 0)


@pytest.mark.parametrize("id", ["bowls", "exercise", "levelling"])
def test_the_chebyshev_scheme_ends_where_scipy_does(id):
    found, runs = raced(id, 0.4)
    end = runs["chebyshev"].losses[-1] - found.best

    def height(w):
        return float(max([0.4, 0.6] * (both(found.scene, w) - found.best)))

    starts = [found.thetas[10], runs["mgda"].points[-1], runs["chebyshev"].points[-1]]
    best = min(scipy_minimize(height, start, method="Nelder-Mead").fun for start in starts)
    assert max([0.4, 0.6] * end) <= best * 1.02 + 1e-6


def test_mgda_and_pcgrad_stop_on_the_front():
    found, runs = raced("bowls")
    for id in ("mgda", "pcgrad"):
        assert conflict(found.scene, runs[id].points[-1]) == pytest.approx(-1, abs=1e-3)
    falls = np.diff(runs["mgda"].losses[:200], axis=0)
    assert (falls <= 1e-9).all()  # no loss ever rises


def test_gradnorm_evens_out_the_gradients():
    found, runs = raced("bowls")
    end, first = runs["gradnorm"], runs["gradnorm"].losses[0]
    pulls = np.stack([found.scene.first.gradient(end.points[-1]),
                      found.scene.second.gradient(end.points[-1])])  # fmt: skip
    norms = end.weights[-300:].mean(0) * np.linalg.norm(pulls, axis=1)
    rates = (end.losses[-1] / first) ** 1.5
    assert norms[0] / norms[1] == pytest.approx(rates[0] / rates[1], rel=0.1)
    assert np.ptp(end.weights[-300:, 0]) < 0.02  # a line in the picture, not a band


def test_the_shortest_combination_is_the_shortest():
    rng = np.random.default_rng(0)
    tried = np.linspace(0, 1, 1001)
    for _ in range(20):
        g = rng.normal(size=(2, 3)) * [[1.0], [5.0]]
        lengths = np.linalg.norm(tried[:, None] * g[0] + (1 - tried[:, None]) * g[1], axis=1)
        got = np.linalg.norm(shortest(g) @ g)
        assert got <= lengths.min() + 1e-12
    assert shortest(np.ones((2, 3))) == pytest.approx([0.5, 0.5])


def test_sentences_say_the_numbers_shown():
    found = trade_off(scene("bowls"), [0.0, 0.25, 0.5, 1.0])
    assert findings.chosen(found, 0).startswith("At weight 0, taken as 1\u00a0×\u00a010⁻⁶, the sum")
    assert "taken as" not in findings.chosen(found, 1)
    text = findings.chosen(found, 2)
    for part in ("weight 0.5", "0.4468", "1.319", "1.676", "3.249", "reach 0.5", "alone 2)"):
        assert part in text
    assert "about 0.333 units" in findings.exchange(found, 1)
    assert "about 1 unit of" in findings.exchange(found, 2)
    assert "weight 0" in findings.exchange(found, 0)
    none = replace(found, angles=np.ones((3, 3)))
    assert "Nowhere" in findings.conflict(none)
    share = float((found.angles < 0).mean())
    assert f"{100 * share:.3g}\u00a0%" in findings.conflict(found)
