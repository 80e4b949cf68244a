"""Every claim about a race is true of the paths it speaks of."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.curvature import Curvature
from lossviz.descent import race, scaling
from lossviz.descent.outcomes import gradient_noise
from lossviz.descent.setting import fitted_rate, of_analytic
from lossviz.findings import descent as findings
from lossviz.findings import descent_step
from lossviz.objectives.analytic import ANALYTIC, ConvexQuadratic, Level
from lossviz.optimizers import OPTIMIZERS
from tests.descent.test_race import problem, surface_of
from tests.sentences import numbers

ARRAYS = Path(__file__).parents[2] / "lossviz" / "ui" / "stage" / "arrays.js"
IDS = ("gd", "momentum", "adam", "newton", "sign_sgd")
SURFACES = {
    "sine": surface_of(problem("sine_wave", "sine")),
    "absolute": surface_of(problem("line", "line", "absolute")),
    "logistic": surface_of(problem("breast_cancer", "linear", "cross_entropy")),
    "separable": surface_of(problem("separable", "linear", "cross_entropy")),
    "pair": surface_of(problem("diabetes_pair", "linear")),
    **{id: of_analytic(ANALYTIC[id]) for id in ("himmelblau", "saddle", "rastrigin")},
    "bowl": of_analytic(ConvexQuadratic()),
}
BENDS = {name: surface.curvature() for name, surface in SURFACES.items()}


@st.composite
def contests(draw):
    """A surface, its bend, paths and tracks, from a random start at random rates."""
    name = draw(st.sampled_from(list(SURFACES)))
    surface = SURFACES[name]
    share = np.array([draw(st.floats(0.0, 1.0)), draw(st.floats(0.0, 1.0))])
    low, high = np.array(surface.window).T
    factor = draw(st.sampled_from([0.1, 1.0, 3.0, 1e6]))
    ids = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True))
    rules = [
        OPTIMIZERS[id](lr=factor * fitted_rate(OPTIMIZERS[id], surface, BENDS[name])) for id in ids
    ]
    paths = race.race(surface, rules, low + share * (high - low), draw(st.integers(0, 60)))
    return surface, BENDS[name], paths, race.tracks(surface, paths)


@given(contests())
@settings(max_examples=60)
def test_every_sentence_of_a_race_is_true(contest):
    surface, curvature, paths, tracks = contest
    said = findings.sentences(surface, paths, tracks, curvature)
    assert all(line and "nan" not in line for line in said)
    told = findings.outcome(paths)
    for path in paths:
        assert f"**{path.optimizer.label}**" in told
        assert ("diverged" in told) == any(path.lost for path in paths)
    for path, line in zip(paths, findings.ends(paths), strict=True):
        assert path.optimizer.label in line

    who = findings.order(surface, paths)
    for label, k in re.findall(r"(?:: |, | and )([A-Z][\w -]*?) after (\d+) steps?", who):
        path = next(p for p in paths if p.optimizer.label == label)
        above = path.values - surface.infimum
        assert (above[int(k) :] <= 1e-6 * above[0]).all()
        assert int(k) == 0 or above[int(k) - 1] > 1e-6 * above[0]
    if "is lowest" in who:
        alive = [p for p in paths if not p.lost]
        best = min(alive, key=lambda p: p.values[-1])
        assert best.optimizer.label in who.split(" is lowest")[0]

    leaving = findings.outside(surface, paths)
    low, high = np.array(surface.window).T
    for path in paths:
        shadow = surface.plane.project(path.points)
        out = ((shadow < low) | (shadow > high)).any(-1)
        assert (f"{path.optimizer.label} (at step" in leaving) == bool(out.any())

    off = findings.off_plane(tracks)
    assert bool(off) == (max(t.off.max() for t in tracks) > 1e-9 * np.abs(tracks[0].a).max())


@given(contests())
@settings(max_examples=40)
def test_different_ends_are_different_places(contest):
    surface, _, paths, _ = contest
    said = findings.apart(surface, paths)
    if said:
        ends = [p.points[-1] for p in paths if not p.lost]
        assert max(np.linalg.norm(a - b) for a in ends for b in ends) > 0.01 * surface.reach


@given(factor=st.floats(0.05, 2.5), kappa=st.floats(1, 300))
@settings(max_examples=40)
def test_the_verdict_on_the_rate_is_what_happens(factor, kappa):
    surface = of_analytic(ConvexQuadratic(kappa))
    curvature = surface.curvature()
    rule = OPTIMIZERS["gd"](lr=factor * curvature.safe_rate)
    (path,) = race.race(surface, [rule], surface.home, 120)
    said = findings.why([path], curvature)
    if "times the limit" in said:
        assert np.abs(path.points[-1, 1]) > np.abs(path.points[0, 1])
    elif factor < 1:
        assert np.linalg.norm(path.points[-1]) <= np.linalg.norm(path.points[0])


def test_newton_on_himmelblau_walks_to_a_maximum():
    surface = SURFACES["himmelblau"]
    rules = [OPTIMIZERS["gd"](lr=0.01), OPTIMIZERS["adam"](lr=0.2), OPTIMIZERS["newton"]()]
    paths = race.race(surface, rules, (0.0, -0.8), 300)
    np.testing.assert_allclose(paths[2].points[-1], (-0.2708, -0.9230), atol=1e-3)
    said = findings.apart(surface, paths)
    assert "Newton at the maximum (−0.271, −0.923)" in said
    assert "Gradient descent at the minimum (3.58, −1.85)" in said


def test_a_turned_ravine_costs_adam_and_not_gradient_descent():
    counts = {}
    for angle in (0, 45):
        surface = of_analytic(ConvexQuadratic(100, angle))
        rules = [OPTIMIZERS["gd"](lr=0.0198), OPTIMIZERS["adam"](lr=0.3)]
        for path in race.race(surface, rules, surface.home, 600):
            below = np.flatnonzero(path.values < 1e-6)
            counts[path.optimizer.id, angle] = int(below[0])
    # mathematics.md, optimisers: 459 both ways, 157 against 217
    assert counts["gd", 0] == pytest.approx(459, abs=3)
    assert counts["gd", 45] == counts["gd", 0]
    assert counts["adam", 0] == pytest.approx(157, abs=1)
    assert counts["adam", 45] == pytest.approx(217, abs=1)


def test_absolute_error_never_lets_a_fixed_step_rest():
    surface = SURFACES["absolute"]
    (path,) = race.race(surface, [OPTIMIZERS["gd"](lr=0.4)], surface.home, 400)
    assert path.ending.kind == "kink"
    assert np.linalg.norm(np.diff(path.points[-20:], axis=0), axis=-1).min() > 1e-3


@pytest.mark.parametrize(
    "surface", [of_analytic(Level()), surface_of(problem("line", "line", "constant"))]
)
def test_where_nothing_moves_it_says_why(surface):
    paths = race.race(surface, [OPTIMIZERS["gd"](), OPTIMIZERS["adam"]()], surface.home, 50)
    assert "exactly zero" in findings.stillness(paths)
    assert (paths[0].points == paths[0].points[0]).all()
    assert not findings.stillness(race.race(SURFACES["bowl"], [OPTIMIZERS["gd"]()], (10, 1), 5))


@given(angle=st.floats(0, 90), rate=st.floats(0.001, 0.02))
@settings(max_examples=15)
def test_sentences_on_a_sweep_and_on_basins(angle, rate):
    surface = of_analytic(ConvexQuadratic(50, angle))
    rule = OPTIMIZERS["gd"](lr=rate)
    (swept,) = race.sweeps(surface, [rule], {"gd": 0.01}, surface.home, 60)
    (line,) = findings.sweeping([swept])
    best, edge = numbers(line)[:2]
    assert best == pytest.approx(swept.rates[np.nanargmin(swept.excess)], rel=0.06)
    assert edge == pytest.approx(swept.rates[swept.lost].min(), rel=0.06)
    found = race.basins(surface, rule, 15, 200)
    told = findings.basins(found)
    shares = [numbers(line)[0] for line in told if "%" in line]
    assert sum(shares) == pytest.approx(100, abs=2)


def test_the_words_on_noise_count_the_batches_that_point_uphill():
    cloud = np.array([[1.0, 0.0], [-1.0, 0.0], [2.0, 1.0], [-3.0, 1.0]])
    said = findings.noise(gradient_noise(cloud, np.array([0.5, 0.0])))
    assert "for 50\u00a0% of the batches a step against their gradient does not lower" in said
    assert "no noise" in findings.noise(
        gradient_noise(np.tile([1.0, 2.0], (5, 1)), np.array([1.0, 2.0]))
    )
    assert "is 0 here" in findings.noise(gradient_noise(cloud, np.zeros(2)))


def test_engel_takes_26_million_steps_raw_and_one_standardised():
    sides = scaling.sides(problem("engel"), np.array([100.0, 500.0]))
    said = []
    for side in sides:
        rate = findings.sensible_rate(side.curvature, 0.1)
        (path,) = race.race(side.surface, [OPTIMIZERS["gd"](lr=rate)], side.start, 50)
        said.append(findings.scaling(side, path))
    assert "5,670,000" in said[0] or "5,669,639" in said[0]
    assert "26 million steps" in said[0]
    assert "1 step " in said[1]
    assert "Converged" in said[1]


@pytest.mark.parametrize("id", list(OPTIMIZERS))
def test_the_captions_say_where_the_path_is_and_the_table_what_the_step_was(id):
    surface = SURFACES["pair"]
    (path,) = race.race(surface, [OPTIMIZERS[id]()], surface.home, 12, batch_size=16)
    shown = (1, 2)
    lines = descent_step.captions(path, shown).lines()
    assert len(lines) == len(path.points)
    rows, worked = descent_step.table(path, 3, shown)
    assert len(worked) == 2
    by_name = {row.name: row for row in rows}
    for i, text in zip(shown, by_name["Next parameter"].texts, strict=True):
        assert float(text.replace(",", "").replace("−", "-")) == pytest.approx(
            path.points[4, i], rel=1e-3, abs=1e-3
        )
    assert descent_step.table(path, len(path.points) - 1, shown) == ([], [])
    assert lines[-1].endswith("the end")


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_browser_writes_the_captions_that_the_server_would():
    surface, told = SURFACES["pair"], []
    for id in OPTIMIZERS:
        (path,) = race.race(surface, [OPTIMIZERS[id]()], surface.home, 6, batch_size=16)
        told.append(descent_step.captions(path, (1, 2)))
    steps = json.dumps(
        [{"words": each.words, "numbers": each.numbers, "text": each.end} for each in told]
    )
    code = (
        f"import {{ line }} from {json.dumps(ARRAYS.as_uri())};"
        f"console.log(JSON.stringify({steps}.map((told) =>"
        " [...told.numbers.keys(), told.numbers.length].map((k) => line(told, k)))));"
    )
    asked = ["node", "--input-type=module", "-e", code]
    ran = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [each.lines() for each in told]


def test_a_rate_of_zero_says_so():
    surface = SURFACES["bowl"]
    paths = race.race(surface, [OPTIMIZERS["gd"](lr=0.0)], surface.home, 10)
    assert "zero moves nothing" in findings.why(paths, Curvature.of(surface.objective, (0, 0)))
