"""Lines of kinks: on each of them the slope of the loss jumps, and nowhere else."""

import numpy as np
import pytest
from scipy.interpolate import LinearNDInterpolator

from lossviz.datasets import Data
from lossviz.figures.landscapes import folded, surface
from lossviz.landscapes import Landscape
from lossviz.landscapes import kinks as kinks_module
from lossviz.landscapes.height_scale import LinearScale
from lossviz.landscapes.kinks import drawn_heights, kinks
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk

X = np.array([[-2.0], [-1.0], [0.5], [1.0], [3.0]])
Y = np.array([0.3, -1.2, 2.0, 0.1, -0.4])
WINDOW = (np.linspace(-3, 3, 7), np.linspace(-2, 2, 7))


def found(loss):
    risk = Risk(Data(X, Y, task="regression"), MODELS["line"](), loss)
    return risk, kinks(risk, axes(2), WINDOW)


@pytest.mark.parametrize(
    ("loss", "residuals"),
    [
        (LOSSES["absolute"](), [0.0]),
        (LOSSES["quantile"](tau=0.2), [0.0]),
        (LOSSES["epsilon_insensitive"](eps=0.4), [-0.4, 0.4]),
    ],
)
def test_on_every_line_one_residual_sits_at_a_kink(loss, residuals):
    risk, lines = found(loss)
    drawn = np.isfinite(lines.a)
    theta = np.stack([lines.a[drawn], lines.b[drawn]], axis=1)
    off = np.abs(risk.model.predict(theta, X) - Y)
    away = np.abs(off[..., None] - np.abs(residuals)).min(axis=(1, 2))
    np.testing.assert_allclose(away, 0, atol=1e-12)
    np.testing.assert_allclose(lines.values[drawn], risk.value(theta), rtol=1e-12)
    assert (np.abs(theta) <= np.array([3, 2]) + 1e-6).all()
    assert np.isnan(lines.a).sum() == len(residuals) * len(X)  # every line crosses this window


@pytest.mark.parametrize("loss", ["squared", "huber", "log_cosh"])
def test_smooth_surface_has_none(loss):
    assert found(LOSSES[loss]())[1] is None


def test_lines_of_kinks_are_drawn_above_the_facets_of_the_surface():
    """A line at its exact height sinks into facets that span it: it was drawn dashed."""
    risk, _ = found(LOSSES["absolute"]())
    a, b = np.linspace(-3, 3, 21), np.linspace(-2, 2, 21)
    mesh = np.stack(np.meshgrid(a, b), axis=-1)
    land = Landscape(axes(2), a, b, risk.value(mesh))
    scale = LinearScale().height_axis(land.values)
    lines = kinks(risk, axes(2), (a, b))
    figure = folded(surface(land, scale), lines, drawn_heights(lines, land, scale))
    drawn = next(trace for trace in figure.data if trace.name == "kinks")
    inside = np.isfinite(lines.a)
    at = np.clip(np.stack([lines.a, lines.b], axis=1)[inside], [-3, -2], [3, 2])
    facets = LinearNDInterpolator(mesh.reshape(-1, 2), land.values.ravel())
    span = np.ptp(land.values)
    assert (np.asarray(drawn.z)[inside] > facets(at)).all()
    np.testing.assert_allclose(np.asarray(drawn.z)[inside], lines.values[inside], atol=0.1 * span)


def test_of_many_rows_only_those_whose_lines_come_near_are_looked_at(monkeypatch):
    """200,000 rows took half a minute, one line at a time."""
    looked = []
    across = kinks_module._across
    monkeypatch.setattr(kinks_module, "_across", lambda *at: looked.append(at) or across(*at))
    far = np.linspace(100, 200, 1000)
    x = np.concatenate([X[:, 0], np.zeros(1000)])[:, None]
    risk = Risk(Data(x, np.concatenate([Y, far])), MODELS["line"](), LOSSES["absolute"]())
    some = kinks(risk, axes(2), WINDOW)
    np.testing.assert_array_equal(some.a, found(LOSSES["absolute"]())[1].a)
    assert len(looked) == 2 * len(X)  # once more by ``found``
    looked.clear()
    near = Risk(Data(x, np.zeros(len(x))), MODELS["line"](), LOSSES["absolute"]())
    assert kinks(near, axes(2), WINDOW) is None
    assert len(looked) == kinks_module.MOST + 1, "too many are known as soon as they are"
