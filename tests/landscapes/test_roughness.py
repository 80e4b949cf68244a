"""Numbers for roughness: what they count, and what they must not depend on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_moons

from lossviz.landscapes import Landscape
from lossviz.landscapes.planes import axes, random
from lossviz.landscapes.roughness import local_minima_count, nonconvex_share
from lossviz.models import MODELS
from tests.mean_loss import MeanLoss


def land(f, a=None, b=None) -> Landscape:
    a = np.linspace(-2, 2, 41) if a is None else a
    b = np.linspace(-1, 1, 31) if b is None else b
    return Landscape(axes(2), a, b, np.asarray(f(*np.meshgrid(a, b)), float))


def test_a_bowl_has_none_and_a_saddle_and_a_hill_are_all():
    assert nonconvex_share(land(lambda a, b: a**2 + 0.1 * b**2 + 3)) == 0
    assert nonconvex_share(land(lambda a, b: a**2 - b**2)) == 1
    assert nonconvex_share(land(lambda a, b: -(a**2) - b**2)) == 1
    assert nonconvex_share(land(lambda a, b: a * b)) == 1
    assert nonconvex_share(land(lambda a, b: a**2 + b**2 + 1.9 * a * b)) == 0
    assert nonconvex_share(land(lambda a, b: a**2 + b**2 + 2.1 * a * b)) == 1


def test_a_slope_and_a_plain_are_not_bent():
    assert nonconvex_share(land(lambda a, b: 0.3 * a + 7.1 * b + 5)) == 0
    noisy = land(lambda a, b: (0.3 * a + 7.1 * b + 5).astype(np.float32))
    assert nonconvex_share(noisy) == 0
    assert nonconvex_share(land(lambda a, b: 0 * a + 0.1)) == 0


def test_the_share_of_a_wave_is_where_its_sine_is_positive():
    a = np.linspace(0, 2 * np.pi, 402)
    share = nonconvex_share(land(lambda a, b: np.sin(a) + b**2, a=a))
    assert share == pytest.approx(0.5, abs=0.01)


@settings(max_examples=30)
@given(
    seed=st.integers(0, 999),
    height=st.floats(1e-3, 1e3),
    stretch=st.floats(1e-3, 1e3),
    flip=st.booleans(),
)
def test_units_do_not_matter(seed, height, stretch, flip):
    a, b = np.linspace(-1, 1, 12), np.linspace(0, 3, 9)
    values = np.random.default_rng(seed).uniform(1, 2, (9, 12))
    plain = Landscape(axes(2), a, b, values)
    other = Landscape(axes(2), a * stretch, b, height * values)
    if flip:
        other = Landscape(axes(2), b, a, values.T)
    assert nonconvex_share(other) == nonconvex_share(plain)
    assert local_minima_count(other) == local_minima_count(plain)


def test_minima_are_counted_inside_only():
    wavy = land(lambda a, b: np.cos(2 * np.pi * a) + b**2)
    assert local_minima_count(wavy) == 4  # at a = -1.5, -0.5, 0.5, 1.5
    assert local_minima_count(land(lambda a, b: a + b)) == 0
    assert local_minima_count(land(lambda a, b: a**2 + b**2)) == 1
    assert local_minima_count(land(lambda a, b: 0 * a)) == 39 * 29  # a level floor: all of it


def test_points_off_the_map_are_left_out():
    def f(a, b):
        return np.where(a > 1, np.inf, a**2 + b**2)

    assert nonconvex_share(land(f)) == 0
    assert local_minima_count(land(f)) == 1
    assert np.isnan(nonconvex_share(land(lambda a, b: np.full(a.shape, np.inf))))


def test_refusals_are_sentences():
    with pytest.raises(ValueError, match="at least 3 x 3 points; this one has 2 x 31"):
        local_minima_count(land(lambda a, b: a, a=np.array([0.0, 1.0])))
    with pytest.raises(ValueError, match="evenly spaced lines; a is not"):
        nonconvex_share(land(lambda a, b: a, a=np.array([0.0, 1.0, 3.0])))


def trained(model, objective, starts, steps=300, lr=0.01):
    """All starts at once by Adam."""
    theta, m, v = starts, 0.0, 0.0
    for k in range(1, steps + 1):
        g = objective.gradient(theta)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        theta = theta - lr * (m / (1 - 0.9**k)) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8)
    return theta


def test_deep_plain_networks_are_rough_and_scaled_residual_ones_are_not():
    X, y = make_moons(200, noise=0.2, random_state=0)
    X = (X - X.mean(0)) / X.std(0)
    a = np.linspace(-1, 1, 21)
    medians = {}
    for skip, scale in ((False, 1.0), (True, 1 / 20)):
        model = MODELS["residual_network"](8, 20, "relu", skip=skip, branch_scale=scale)
        objective = MeanLoss(model, X, y, logistic=True)
        starts = np.stack([model.start(2, seed=seed) for seed in range(3)])
        counts = []
        for seed, theta in enumerate(trained(model, objective, starts)):
            plane = random(theta, objective.layout, seed)
            rows = [objective.value(plane.point(a, np.full(21, b))) for b in a]
            counts.append(local_minima_count(Landscape(plane, a, a, np.stack(rows))))
        medians[skip] = np.median(counts)
    assert medians[False] >= 3 * medians[True]
