"""Training: the steps of a descent, whenever it is left and taken up again."""

import numpy as np
import pytest

from lossviz.datasets import DATASETS
from lossviz.descent import descend
from lossviz.losses import LOSSES
from lossviz.models import Network
from lossviz.networks.training import Run, train
from lossviz.objectives import Risk
from lossviz.optimizers import OPTIMIZERS

RISK = Risk(DATASETS["moons"](n=40).draw(), Network(width=4, depth=2), LOSSES["cross_entropy"]())
START = RISK.model.start(2, 1, 3)


@pytest.mark.parametrize(("id", "batch"), [("adam", None), ("adam", 7), ("gd", None)])
def test_it_takes_the_steps_of_a_descent(id, batch):
    rule = OPTIMIZERS[id](lr=0.05)
    path = descend(RISK, rule, START, 230, batch_size=batch, seed=2)
    run = train(RISK, rule, START, 230, batch_size=batch, seed=2)
    assert len(run.steps) <= 101
    assert (run.steps[0], run.steps[-1]) == (0, 230)
    np.testing.assert_allclose(run.points, path.points[run.steps], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(run.values, path.values[run.steps], rtol=1e-9)
    assert "all of its 230 steps" in run.ending


class Left(Exception):
    """Nobody waits for the result any more."""


@pytest.mark.parametrize(("id", "batch"), [("adam", None), ("adam", 7), ("lbfgs", None)])
def test_it_tells_how_far_it_is_and_can_be_left_at_once(id, batch):
    rule, heard = OPTIMIZERS[id](lr=0.05), list[float]()
    told = train(RISK, rule, START, 90, batch, 2, progress=heard.append)
    np.testing.assert_array_equal(told.points, train(RISK, rule, START, 90, batch, 2).points)
    assert heard[-1] == 1
    assert all(0 <= share <= 1 for share in heard)
    if batch is None:  # not at the laps alone: L-BFGS takes all its steps in the first
        assert len(heard) > 20

    asked = 0

    def leave(fraction: float) -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise Left

    with pytest.raises(Left):
        train(RISK, rule, START, 90, batch, 2, progress=leave)
    assert asked == 3


def test_a_run_left_and_taken_up_again_is_the_same_run():
    rule = OPTIMIZERS["adam"](lr=0.05)
    run, whole = Run(RISK, rule, START, 60), train(RISK, rule, START, 60)
    run.advance(17)
    part = run.result()
    assert part.steps[-1] == 17
    assert part.ending == "Training was stopped after step 17 of 60."
    assert not run.done
    run.advance(1000)
    assert run.done
    np.testing.assert_array_equal(run.result().points, whole.points)


def test_a_rate_that_explodes_is_an_ending_and_every_point_kept_is_finite():
    risk = Risk(
        DATASETS["sine_wave"]().draw(), Network(width=4, activation="relu"), LOSSES["squared"]()
    )
    run = train(risk, OPTIMIZERS["gd"](lr=1e6), risk.model.start(1, 1, 0), 50)
    assert run.lost
    assert np.isfinite(run.points).all()
    assert np.isfinite(run.values).all()
    assert "diverged after step" in run.ending
    assert run.steps[-1] < 50


def test_a_search_that_finds_nothing_lower_has_finished():
    risk = Risk(DATASETS["line"]().draw(), Network(width=2, activation="identity"),
                LOSSES["squared"]())  # fmt: skip
    run = Run(risk, OPTIMIZERS["lbfgs"](), risk.model.start(1, 1, 0), 2000)
    run.advance(2000)
    assert run.done
    assert not run.lost
    assert "all of its" in run.result().ending


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"steps": 0}, "at least 1"),
        ({"steps": 10**9}, "at most 100,000 steps"),
        ({"batch_size": 0}, "at least 1"),
        ({"start": START[:-1]}, "one for each parameter"),
        ({"optimizer": OPTIMIZERS["lbfgs"](), "batch_size": 5}, "takes no mini-batches"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_a_sentence(change, says):
    wanted = {"optimizer": OPTIMIZERS["adam"](), "start": START, "steps": 5, **change}
    with pytest.raises(ValueError, match=says):
        Run(RISK, **wanted)


def test_newton_is_refused_on_a_network_too_large_for_its_matrix():
    wide = Network(width=32, depth=2)
    risk = Risk(RISK.data, wide, RISK.loss)
    with pytest.raises(ValueError, match="Newton's method needs the Hessian"):
        Run(risk, OPTIMIZERS["newton"](), wide.start(2, 1, 0), 5)
