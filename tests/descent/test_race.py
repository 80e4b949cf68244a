"""Surfaces, races on them, what is drawn of a race, and the same problem in other units."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.curvature import Curvature
from lossviz.datasets import DATASETS, Data
from lossviz.descent import descend, race, scaling
from lossviz.descent.setting import fitted_rate, of_analytic, of_problem
from lossviz.landscapes.planes import axes
from lossviz.landscapes.window import good_window, within_reach
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.objectives.analytic import ANALYTIC, ConvexQuadratic, Level
from lossviz.optimizers import OPTIMIZERS
from lossviz.problem.problem import Problem

FUNCTIONS = [*ANALYTIC.values(), ConvexQuadratic(), Level()]


def problem(data="diabetes", model="line", loss="squared", **more):
    return Problem(DATASETS[data](**more), MODELS[model](), LOSSES[loss]())


def surface_of(posed):
    risk = posed.risk()
    best, names = minimize(risk), risk.names
    plane = axes(2, 0, 1, names) if len(names) == 2 else axes(best.theta, 1, 2, names[1:3])
    return of_problem(risk, best, plane, good_window(risk, plane, best.theta))


def test_among_local_minima_the_first_path_stays_in_sight():
    posed = problem("sine_wave", "sine")
    risk = posed.risk()
    best = minimize(risk)
    plane = axes(2, 0, 1, risk.names)
    surface = of_problem(risk, best, plane, good_window(risk, plane, within_reach(risk, best)))
    ids = ("gd", "momentum", "adam")  # those of the page as it opens, at the rates it opens with
    rates = {id: fitted_rate(OPTIMIZERS[id], surface, surface.curvature()) for id in ids}
    racers = [OPTIMIZERS[id](lr=rate) for id, rate in rates.items()]
    for id, path in zip(ids, race.race(surface, racers, surface.home, 300), strict=True):
        for x, (low, high) in zip(path.points.T, surface.window, strict=True):
            assert low <= x.min(), id
            assert x.max() <= high, id
        assert path.values[-1] == pytest.approx(best.value, rel=1e-2), id


@pytest.mark.parametrize("analytic", FUNCTIONS, ids=lambda t: t.id)
def test_a_test_function_is_a_surface_with_its_critical_points_in_view(analytic):
    surface = of_analytic(analytic)
    (left, right), (low, high) = surface.window
    assert left <= surface.home[0] <= right
    assert low <= surface.home[1] <= high
    for point, kind in zip(surface.targets, surface.kinds, strict=True):
        assert np.linalg.norm(analytic.gradient(point)) < 1e-6 or analytic.special
        assert kind in ("minimum", "saddle", "maximum", "flat")
    marked = sum(len(mark.a) for mark in surface.marks)
    assert marked == sum(kind != "flat" for kind in surface.kinds)
    if len(surface.minima):
        assert analytic.value(surface.minima[0]) == pytest.approx(surface.infimum, abs=1e-9)
        assert surface.infimum <= analytic.value(surface.minima).min() + 1e-9


def test_a_start_outside_is_brought_into_view():
    surface = of_analytic(ConvexQuadratic()).including((50.0, -3.0))
    (left, right), side = surface.window
    assert left == -11
    assert right > 50
    assert side == (-11.0, 11.0)


@given(
    kappa=st.floats(1, 1e4), angle=st.floats(0, 90), scale=st.floats(0.01, 1000),
    id=st.sampled_from(["gd", "momentum", "nesterov", "proximal_gradient"]),
)  # fmt: skip
@settings(max_examples=30)
def test_fitted_rates_go_down_on_every_bowl(kappa, angle, scale, id):
    surface = of_analytic(ConvexQuadratic(kappa, angle, scale))
    rate = fitted_rate(OPTIMIZERS[id], surface, surface.curvature())
    (path,) = race.race(surface, [OPTIMIZERS[id](lr=rate)], surface.home, 200)
    assert not path.lost
    assert path.values[-1] < path.values[0]


@pytest.mark.parametrize(
    "analytic", [FUNCTIONS[i] for i in (0, 1, 3, 5, 12, 19)], ids=lambda t: t.id
)
@pytest.mark.parametrize("id", list(OPTIMIZERS))
def test_every_optimizer_on_every_function_leaves_drawable_numbers(analytic, id):
    surface = of_analytic(analytic)
    entry = OPTIMIZERS[id]
    rate = fitted_rate(entry, surface, surface.curvature())
    paths = race.race(surface, [entry(lr=rate), entry(lr=1e9)], surface.home, 40)
    for path, track in zip(paths, race.tracks(surface, paths), strict=True):
        shadow = np.stack([track.a, track.b], -1)
        low, high = np.array(surface.window).T
        assert np.isfinite(shadow).all()
        assert (np.abs(shadow - (low + high) / 2) <= 2.001 * (high - low)).all()
        assert not (track.excess <= 0).any()
        assert not (track.slope <= 0).any()
        np.testing.assert_array_equal(track.off, 0)
        for x, y in race.arrows(surface, path, track).values():
            assert x.shape == y.shape == (len(path.points), 2)
            assert np.isfinite(x).all()
            assert np.isfinite(y).all()


def test_the_step_arrow_ends_where_the_next_point_is():
    surface = of_analytic(ConvexQuadratic())
    (path,) = race.race(surface, [OPTIMIZERS["gd"](lr=0.01)], surface.home, 5)
    (track,) = race.tracks(surface, [path])
    x, y = race.arrows(surface, path, track)["step"]
    np.testing.assert_allclose(np.stack([x[:-1, 1], y[:-1, 1]], -1), path.points[1:])
    down_x, down_y = race.arrows(surface, path, track)["downhill"]
    slope = path.objective.gradient(path.points)
    along = (down_x[:, 1] - down_x[:, 0]) * slope[:, 0] + (down_y[:, 1] - down_y[:, 0]) * slope[
        :, 1
    ]
    assert (along < 0).all()


@pytest.mark.parametrize(
    "surface",
    [of_analytic(ConvexQuadratic(30, 25, 3)), of_analytic(ANALYTIC["booth"]),
     of_analytic(ANALYTIC["saddle"]), surface_of(problem())],
    ids=["bowl", "booth", "saddle", "diabetes"],
)  # fmt: skip
def test_a_bowl_is_the_objective(surface):
    quadratic = race.two_parameter_quadratic(surface)
    points = np.random.default_rng(0).normal(0, 20, (50, 2))
    away = points - quadratic.minimiser
    values = quadratic.floor + np.einsum("ni,ij,nj->n", away, quadratic.hessian, away) / 2
    np.testing.assert_allclose(values, surface.objective.value(points), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "surface", [of_analytic(ANALYTIC["himmelblau"]), of_analytic(Level()),
               surface_of(problem(loss="absolute")), surface_of(problem("diabetes_pair", "linear"))]
)  # fmt: skip
def test_other_surface_is_no_bowl(surface):
    assert race.two_parameter_quadratic(surface) is None


def test_a_sweep_ends_where_single_descents_end():
    surface = of_analytic(ConvexQuadratic())
    rules = [OPTIMIZERS[id]() for id in ("gd", "adam")]
    found = race.sweeps(surface, rules, {"gd": 0.01, "adam": 0.3}, surface.home, 50)
    for rule, each in zip(rules, found, strict=True):
        assert each.rates[-1] / each.rates[0] == pytest.approx(1e5)
        for k in (0, 20, 31, 60):
            alone = descend(
                surface.objective, type(rule)(lr=float(each.rates[k])), surface.home, 50
            )
            if each.lost[k]:
                assert alone.lost or alone.values[-1] > 1e3 * alone.values[0]
            else:
                assert each.excess[k] == pytest.approx(alone.values[-1], rel=1e-6)
    plain = found[0]  # lost is what lies clearly over 2/λmax = 0.02
    assert plain.lost[plain.rates > 0.0215].all()
    assert not plain.lost[plain.rates < 0.02].any()


def test_basins_of_newton_hold_a_hilltop_and_agree_with_single_starts():
    surface = of_analytic(ANALYTIC["himmelblau"])
    newton = OPTIMIZERS["newton"]()
    found = race.basins(surface, newton, 101, 50)
    assert found.where.shape == (101, 101)
    j, i = np.abs(found.b + 0.8).argmin(), np.abs(found.a).argmin()
    assert found.labels[int(found.where[j, i])].startswith("maximum")
    for j, i in np.random.default_rng(1).integers(0, 101, (20, 2)):
        path = descend(surface.objective, newton, (found.a[i], found.b[j]), 50)
        gaps = np.linalg.norm(surface.targets - path.points[-1], axis=-1)
        wanted = gaps.argmin() if gaps.min() < 0.05 else -1
        assert found.where[j, i] in (wanted, -2)


def test_a_survey_of_basins_tells_how_far_it_is_and_can_be_left():
    surface, rule = of_analytic(ANALYTIC["himmelblau"]), OPTIMIZERS["gd"](lr=0.01)
    told: list[float] = []
    found = race.basins(surface, rule, 101, 500, progress=told.append)
    assert len(told) > 3
    assert told == sorted(told)
    assert told[-1] == 1
    np.testing.assert_array_equal(found.where, race.basins(surface, rule, 101, 500).where)

    def left(fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        race.basins(surface, rule, 101, 500, progress=left)


def test_shares_of_basins_are_counted_and_the_largest_comes_first():
    where = np.array([[0, 0, 2], [-1, 2, 2]])
    labels = {0: "minimum 1", 2: "minimum 3", -1: "elsewhere"}
    steps = np.array([[1, 2, 9], [np.nan, 4, 6]])
    found = race.BasinMap(np.arange(3.0), np.arange(2.0), where, steps, labels)
    assert found.shares == [("minimum 3", 0.5), ("minimum 1", 2 / 6), ("elsewhere", 1 / 6)]
    assert found.median_steps == 4
    assert found._replace(steps=np.full((2, 3), np.nan)).median_steps is None


def test_basins_say_who_left():
    surface = of_analytic(ConvexQuadratic())
    assert (race.basins(surface, OPTIMIZERS["gd"](lr=1.0), 10, 100).where == -2).all()
    kept = race.basins(surface, OPTIMIZERS["gd"](lr=0.0198), 11, 1000)
    assert (kept.where == 0).all()
    assert np.isfinite(kept.steps).all()


def test_engel_raw_and_standardised_are_one_problem_in_two_shapes():
    raw, even = scaling.sides(problem("engel"), np.array([100.0, 500.0]))
    assert raw.curvature.condition_number == pytest.approx(5669639, rel=1e-6)  # mathematics.md, Y01
    assert raw.curvature.safe_rate == pytest.approx(8.1e-7, rel=0.01)
    assert raw.curvature.steps_to_shrink(100, 1 / raw.curvature.steepest) == pytest.approx(
        26e6, rel=0.01
    )
    assert even.curvature.condition_number == pytest.approx(1)
    assert even.curvature.steps_to_shrink(100, 0.5) == 1
    heights = [s.risk.value(s.surface.theta(s.start)) for s in (raw, even)]
    assert heights[0] == pytest.approx(heights[1], rel=1e-9)
    (path,) = race.race(even.surface, [OPTIMIZERS["gd"](lr=0.5)], even.start, 1)
    assert path.values[-1] == pytest.approx(minimize(raw.risk).value, rel=1e-9)


def test_hand_made_points_are_taken_as_they_stand():
    from lossviz.datasets import Edits

    posed = Problem(DATASETS["engel"](), MODELS["line"](), LOSSES["squared"](),
                    edits=Edits().add(0.5, 700.0))  # fmt: skip
    raw, even = scaling.sides(posed, np.array([100.0, 500.0]))
    assert len(raw.risk.data) == len(even.risk.data) == 236
    np.testing.assert_allclose(even.risk.data.X.mean(0), 0, atol=1e-12)
    assert Curvature.of(even.risk, even.risk.layout.size * [0.0]).condition_number < 1 + 1e-9


@pytest.mark.parametrize("step", [1e3, 1.0])
@pytest.mark.parametrize("loss", ["squared", "absolute"])
def test_the_usual_start_is_in_the_window_over_timestamps(loss, step):
    """Four digits of an intercept of 1e9 are worth more than the window is wide."""
    i = np.arange(20.0)
    data = Data(1.7e12 + step * i[:, None], 3 * i + np.sin(5 * i))
    risk = Risk(data, MODELS["line"](), LOSSES[loss]())
    best, plane = minimize(risk), axes(2)
    surface = of_problem(risk, best, plane, good_window(risk, plane, best.theta))
    for x, (low, high) in zip(surface.home, surface.window, strict=True):
        assert low < x < high
    for x, at, (low, high) in zip(surface.home, best.theta, surface.window, strict=True):
        assert abs(x - at) > 0.1 * (high - low)
