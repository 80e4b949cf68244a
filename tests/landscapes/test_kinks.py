"""Lines of kinks: on each of them the slope of the loss jumps, and nowhere else."""

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.landscapes.kinks import kinks
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
