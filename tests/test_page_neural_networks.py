"""The networks lens, run as a session runs it, on tiny networks."""

import pytest
from running import pictures, run, text

TINY = {"net__width": "3", "net__blocks": "2", "net__steps": "6", "bdata__moons__n": "30"}


def test_it_runs_alone_and_asks_its_question():
    at = run("neural_networks", **TINY)
    assert at.title[0].value == "Do skip connections smooth the ground?"
    assert len(pictures(at)) == 8  # two slices, two answers, two maps, two charts
    assert "A 2-D slice of a" in text(at)
    assert "Training took" not in text(at)


@pytest.mark.parametrize("panel", ["layers", "sharpness", "roughness", "between", "file"])
def test_every_panel(panel):
    at = run("neural_networks", **TINY, net__panel=panel)
    assert not at.error


@pytest.mark.parametrize("plane", ["layer", "raw", "pca", "hessian"])
def test_every_plane(plane):
    assert not run("neural_networks", **TINY, net__plane=plane).error
