"""A point of parameter space is a model: what is drawn over the data is that model."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from lossviz.datasets import DATASETS
from lossviz.landscapes.fitted import fit
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk


def risk(data: str, model: str, loss: str = "squared") -> Risk:
    return Risk(DATASETS[data]().draw(), MODELS[model](), LOSSES[loss]())


def test_a_curve_is_the_prediction_over_one_feature():
    view = fit(risk("anscombe", "polynomial"))
    theta = np.array([1.0, -2.0, 0.5])
    assert view.kind == "curve"
    np.testing.assert_allclose(view.heights(theta), 1 - 2 * view.x + 0.5 * view.x**2)
    np.testing.assert_allclose(view.basis @ theta, view.heights(theta))


def test_a_probability_goes_through_the_sigmoid():
    view = fit(risk("separable", "line", "cross_entropy"))
    assert (view.kind, view.link) == ("probability", "sigmoid")
    np.testing.assert_allclose(view.heights(np.array([0.0, 1.0])), 1 / (1 + np.exp(-view.x)))


def test_a_boundary_is_the_zero_line_of_the_logit_and_x_runs_along_columns():
    view = fit(risk("moons", "linear", "cross_entropy"))
    drawn = view.heights(np.array([0.5, 2.0, -3.0]))
    assert view.kind == "boundary"
    assert drawn.shape == (len(view.x2), len(view.x))
    assert drawn[3, 7] == pytest.approx(0.5 + 2 * view.x[7] - 3 * view.x2[3])


def test_more_features_are_drawn_as_predicted_against_observed():
    problem = risk("stackloss", "linear")
    view = fit(problem)
    theta = np.arange(4.0)
    assert view.kind == "agreement"
    np.testing.assert_allclose(view.heights(theta), problem.model.predict(theta, problem.data.X))


def test_a_bank_holds_the_drawing_at_every_point_of_the_window():
    view = fit(risk("sine_wave", "sine"))
    assert view.basis is None
    a, b = np.linspace(0, 2, 3), np.linspace(-1, 1, 4)
    bank = view.bank(axes(2), a, b)
    assert bank.shape == (4, 3, len(view.x))
    np.testing.assert_allclose(bank[3, 1], np.sin(view.x))


def between(view, plane, a, b, at):
    """The drawing at a point, from the bank on a and b, as the stage reads it."""
    bank = view.bank(plane, a, b)
    (i, s), (j, t) = (
        (k := min(int(np.searchsorted(line, value, "right")) - 1, len(line) - 2),
         (value - line[k]) / (line[k + 1] - line[k]))
        for line, value in zip((a, b), at, strict=True)
    )  # fmt: skip
    low = (1 - s) * bank[j, i] + s * bank[j, i + 1]
    return (1 - t) * low + t * ((1 - s) * bank[j + 1, i] + s * bank[j + 1, i + 1])


@pytest.mark.parametrize(
    ("model", "reach"),
    [("sine", 0.5), ("sine", 6.0), ("exponential", 6.0), ("neuron", 0.5), ("neuron", 3.0)],
)
def test_what_is_drawn_between_two_places_of_the_bank_is_the_model_there(model, reach):
    view, plane = fit(risk("sine_wave", model)), axes(2)
    line = np.linspace(-reach, reach, 101)
    a, b = view.mesh(plane, (line, line))
    assert (a[0], a[-1], b[0], b[-1]) == (-reach, reach, -reach, reach)
    spread = np.ptp(view.bank(plane, a, b))
    for at in np.random.default_rng(0).uniform(-reach, reach, (20, 2)):
        drawn = between(view, plane, a, b, at)
        np.testing.assert_allclose(drawn, view.heights(at), atol=0.01 * spread)


def test_a_model_that_is_linear_along_an_axis_needs_two_drawings_there():
    a, b = fit(risk("sine_wave", "sine")).mesh(axes(2), ([-2.0, 2.0], [-6.0, 6.0]))
    assert len(a) == 2
    assert len(b) > 100


def test_equal_inputs_still_leave_room_to_draw():
    problem = risk("few_numbers", "constant")
    assert np.ptp(fit(problem).x) > 0
    same = Risk(
        replace(problem.data, X=np.full_like(problem.data.X, 3.0)), problem.model, problem.loss
    )
    assert (fit(same).x[0], fit(same).x[-1]) == (2, 4)


def test_drawings_of_a_large_network_are_made_a_few_points_at_a_time():
    """All at once took 1.3 GB at the end of the slider of blocks."""
    large = Risk(
        DATASETS["diabetes"]().draw(), MODELS["residual_network"](blocks=20), LOSSES["squared"]()
    )
    theta = large.model.start(large.data.X.shape[1], 1, 0)
    view, plane = fit(large), axes(theta, 0, 1, large.names[:2])
    tracemalloc.start()
    try:
        drawn = view.bank(plane, np.linspace(-1, 1, 33), np.linspace(-1, 1, 33))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert drawn.shape == (33, 33, len(view.x))
    np.testing.assert_allclose(drawn[3, 5], view.heights(plane.point(-1 + 5 / 16, -1 + 3 / 16)))
    assert peak < 80e6
