"""What is said of networks and of what is left over is true of what is shown."""

import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.datasets import DATASETS
from lossviz.figures.networks import seeds
from lossviz.findings import networks as findings
from lossviz.findings import residuals as leftover_words
from lossviz.landscapes.roughness import local_minima_count
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS, ResidualNetwork
from lossviz.networks.near_identity import learn, through
from lossviz.networks.pair import Roughness, look, plain, scaled, shadow, square
from lossviz.networks.training import train
from lossviz.objectives import Risk
from lossviz.objectives.differential_equations import (
    NetworkTrial,
    ResidualLoss,
    decay,
    oscillator,
    poisson,
)
from lossviz.optimizers import OPTIMIZERS
from lossviz.residuals.diagnostics import diagnose
from tests.sentences import numbers


@settings(max_examples=8)
@given(
    blocks=st.integers(1, 6), seed=st.integers(0, 9),
    scale=st.sampled_from(["one", "root", "each"]),
    lr=st.sampled_from([0.01, 0.3, 1e4]), rule=st.sampled_from(["filter", "raw"]),
)  # fmt: skip
def test_sentences_of_the_pair_are_true(blocks, seed, scale, lr, rule):
    data = DATASETS["moons"](n=24).draw()
    skip = scaled(ResidualNetwork(width=3, blocks=blocks), scale)
    risks = [Risk(data, model, LOSSES["cross_entropy"]()) for model in (plain(skip), skip)]
    rate = OPTIMIZERS["gd"](lr=lr)
    runs = [train(r, rate, r.model.start(2, 1, seed), 12) for r in risks]
    planes = [look(r, run, rule, seed) for r, run in zip(risks, runs, strict=True)]
    landscapes = [square(r, plane, 1.0, 9) for r, plane in zip(risks, planes, strict=True)]
    a, b = (float(run.values[-1]) for run in runs)

    final = findings.final(runs)
    gone = [run.lost or run.values[-1] > 10 * run.values[0] for run in runs]
    learned = any(run.values[-1] < run.values[0] for run in runs)
    assert ("**both diverged**" in final) == all(gone)
    assert ("skips **diverged**" in final) == (sum(gone) == 1)
    assert ("neither is lower" in final) == (not any(gone) and not learned)
    if "about the same" in final:
        assert a == pytest.approx(b, rel=6e-3)
    elif learned and not any(gone):
        assert ("lower **without** skips" in final) == (a < b)
    assert ("the numbers overflow" in final) == any(run.lost for run in runs)

    counted = [local_minima_count(land) for land in landscapes]
    assert numbers(findings.low_points(landscapes))[:2] == counted

    for risk, run in zip(risks, runs, strict=True):
        answers = risk.model.predict(run.theta, data.X)
        said = findings.alike("it", risk, run)
        assert bool(said) == (np.ptp(answers) <= 0.02)

    off = findings.off(runs, planes)
    assert bool(off) == all(np.any(run.points[0] != run.theta) for run in runs)
    for risk, run, plane in zip(risks, runs, planes, strict=True):
        path = shadow(risk, run, plane)
        first = numbers(findings.hidden(path))
        assert path.off[run.steps == first[0]] == pytest.approx(first[1], rel=0.01, abs=1e-9)


def test_seeds_are_told_apart_only_where_they_are():
    def rough(*minima):
        values = np.array(minima, float)
        return Roughness(values, values, values)

    assert "Every slice with skips has fewer" in findings.rough([rough(9, 8, 7), rough(1, 2, 3)])
    assert "Every slice without skips" in findings.rough([rough(1, 2), rough(5, 9)])
    assert "overlap" in findings.rough([rough(9, 2, 7), rough(1, 2, 3)])


def test_the_error_bar_is_the_deviation_that_the_sentence_says():
    found = [Roughness(*(np.array(v, float) for v in ([9, 8, 4], [1, 2, 3], [1, 2, 3])))] * 2
    bars = seeds(found, ("plain", "skips"), "minima", "Local minima").data[1::2]
    for bar in bars:
        assert bar.y[0] == pytest.approx(7)
        assert bar.error_y.array[0] == pytest.approx(statistics.stdev([9, 8, 4]))
    assert "7 ± 2.6 local" in findings.rough(found)


@pytest.mark.parametrize(("sizes", "says"), [
    ([1e-6, 1e-3, 1.0], "1,000,000 times smaller"),
    ([50.0, 1.0], "50 times as large"),
    ([1.2, 1.0], "about as large"),
    ([0.0, 1.0], "no finite gradient"),
    ([np.inf, 1.0], "no finite gradient"),
])  # fmt: skip
def test_what_arrives_at_the_first_layer(sizes, says):
    assert says in findings.layers("It", np.array(sizes))


@pytest.mark.parametrize(("last", "side"), [(5.0, "above"), (3.0, "below")])
def test_the_edge_is_where_the_rate_puts_it(last, side):
    text = findings.edge(0.5, np.array([0, 10]), np.array([1.0, last]))
    assert ("1.25 times that limit" in text) == (side == "above")
    assert "2/rate = 4" in text


@settings(max_examples=20)
@given(seed=st.integers(0, 99), nonlinear=st.sampled_from([0.0, 0.6]), shift=st.floats(-3, 3))
def test_what_is_said_of_residuals_is_true(seed, nonlinear, shift):
    data = DATASETS["line"](n=50, seed=seed).draw()
    x = data.X[:, 0]
    y = data.y + nonlinear * (x - x.mean()) ** 2
    risk = Risk(type(data)(data.X, y), MODELS["line"](), LOSSES["squared"]())
    theta = minimize(risk).theta + np.array([shift, 0])
    found = diagnose(risk, theta)
    mean = leftover_words.mean(found)
    if abs(shift) < 1e-9:
        assert "mean of the residuals is 0" in mean
    elif abs(shift) > 1e-3:
        assert ("too high" in mean) == (shift > 0)
        assert numbers(mean)[0] == pytest.approx(-shift, rel=0.01)
    few = int(numbers(leftover_words.largest(found))[0])
    squares = np.sort(found.residual**2)[::-1]
    assert squares[:few].sum() >= squares.sum() / 2 * (1 - 1e-9)
    assert squares[: few - 1].sum() < squares.sum() / 2
    said = " ".join(leftover_words.patterns(found))
    left = x**2 - np.polyval(np.polyfit(x, x**2, 1), x)
    strength = abs(np.corrcoef(left, found.residual)[0, 1])
    if strength > 0.6:
        assert "quadratic trend" in said or "One outlier" in said
    if strength < 0.15:
        assert "quadratic trend" not in said


@pytest.mark.parametrize("slope", [1.0, -1.0])
def test_who_starts_and_ends_lower_is_who_does(slope):
    found = learn(slope, 0.2, 2, 25, 1)
    start, end, rest = leftover_words.learned(found)
    for text, at in ((start, 0), (end, -1)):
        whole, correction = found.whole.values[at], found.correction.values[at]
        if "x + f(x) is lower" in text:
            assert correction < whole
        elif ": h(x) is lower" in text:
            assert whole < correction
        else:
            assert whole == pytest.approx(correction, rel=0.03)
    idle = ((found.data.y - found.data.X[:, 0]) ** 2).mean()
    assert any(n == pytest.approx(idle, rel=0.01) for n in numbers(rest))


def test_what_arrives_through_the_blocks_is_told_for_every_way():
    sizes = through(8, "tanh", 0)
    for text, (name, values) in zip(leftover_words.depth(sizes), sizes.items(), strict=True):
        assert text.startswith(f"**{name}**")
        assert numbers(text)[-2] == pytest.approx(values[0] / values[-1], rel=0.01)


def test_what_is_said_of_an_equation_is_what_its_terms_say():
    said, zero = leftover_words.equation((0.25, 0.5), 3.0, 0.125)
    assert numbers(said) == [0.25, 3, 0.5, 0.125]
    t = np.linspace(0, 1, 5)
    for rule in (decay(), oscillator()):  # u = 0 breaks no rule but the start
        loss = ResidualLoss(rule, NetworkTrial(2), t)
        assert loss.equation_term(np.zeros(7)) == 0
        assert loss.start_term(np.zeros(7)) == 1
    assert "u = 0" in zero


@pytest.mark.parametrize("modes", [1, 3, 10])
def test_how_hard_an_operator_makes_it(modes):
    bowl, ladder = leftover_words.hard(poisson(modes), (1.0, 5.0, 9.0), [0.5, 0.75, 0.25])
    assert numbers(bowl) == pytest.approx([modes, modes**4, 1])
    assert numbers(ladder) == [3, 0.75, 5, 1, 0.5]
