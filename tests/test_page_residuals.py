"""The residuals lens, run as a session runs it."""

import pytest
from running import pictures, run, text
from threadpoolctl import threadpool_limits

TINY = {"res__steps": "10", "res__depth": "1", "res__blocks": "4"}


@pytest.fixture(autouse=True)
def one_thread():
    """As app.py sets it: matrices here are small."""
    with threadpool_limits(1):
        yield


def test_it_runs_alone_and_asks_its_question():
    at = run("residuals")
    assert at.title[0].value == "What is left over?"
    assert len(pictures(at)) == 4
    assert "A bend is left" in text(at)


@pytest.mark.parametrize(
    ("part", "link"),
    [("skip", {}), ("equation", {}), ("equation", {"res__equation": "oscillator"}),
     ("equation", {"res__trial": "network"})],
)  # fmt: skip
def test_every_part(part, link):
    assert not run("residuals", **TINY, res__part=part, **link).error
