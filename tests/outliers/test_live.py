"""What the browser is told to solve while a point is dragged is the loss itself."""

import numpy as np
import pytest

from lossviz.losses import LOSSES
from lossviz.ui.data.live import solver

R = np.linspace(-6, 6, 241)  # errors, prediction - y


def as_in_the_browser(kind, scale=1.0, up=1.0, down=1.0, delta=1.0):
    """The losses of stage/lines.js."""
    size = np.abs(R)
    tails = np.where(size <= delta, R * R / 2, delta * (size - delta / 2))
    return scale * {"squared": R * R, "pinball": np.where(R > 0, up * R, -down * R),
                    "huber": tails}[kind]  # fmt: skip


@pytest.mark.parametrize(
    ("loss", "numbers"),
    [
        ("squared", {}), ("half_squared", {}), ("absolute", {}), ("quantile", {"tau": 0.8}),
        ("huber", {"delta": 0.3}), ("smooth_l1", {"beta": 0.3}), ("gaussian_nll", {"var": 1.0}),
    ],
)  # fmt: skip
def test_the_browser_solves_for_the_loss_itself(loss, numbers):
    recipe = LOSSES[loss](**numbers)
    told = solver(recipe)
    assert told is not None
    np.testing.assert_allclose(as_in_the_browser(**told), recipe.rho(R), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    "loss",
    [
        LOSSES["squared_epsilon_insensitive"](), LOSSES["epsilon_insensitive"](),
        LOSSES["pseudo_huber"](), LOSSES["constant"](), LOSSES["hinge"](),
        LOSSES["gaussian_nll"](var=2.0), LOSSES["cauchy"](),
    ],
    ids=lambda loss: loss.id,
)  # fmt: skip
def test_where_it_has_no_such_loss_it_solves_nothing(loss):
    assert solver(loss) is None
