"""The light figure writes what Plotly's own would write, and Plotly knows every word of it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

from lossviz.figures import theme
from lossviz.figures.drawing import Figure, trace
from tests.running import messages, run, sent

PAGES = (
    "acting", "classification", "combined", "gradient_descent", "home", "losses",
    "neural_networks", "outliers", "regularization", "residuals", "surface", "validation",
)  # fmt: skip


def drawn(figure) -> None:
    """The same calls on either kind of figure."""
    z = np.arange(12.0, dtype="float32").reshape(3, 4)
    figure.add_surface(x=np.arange(4), y=np.linspace(0, 1, 3), z=z, contours_z_show=True)
    figure.add_scatter(
        x=np.array([1, 2, 300]),
        y=[1.0, float("nan"), 2.0],
        marker={"size": [1, 2, 3], "color": "red"},
        marker_line_width=2,
        text=np.array(["a", "b", "c"]),
        error_y={"array": np.array([0.1, np.inf, 0.3])},
        hovertemplate=None,
    )
    figure.update_layout(
        scene_camera={"eye": {"x": 1.0}}, plot_bgcolor="white", xaxis={"title": "x"}
    )
    figure.update_scenes(zaxis_title_text="height", camera_center={"x": 0.5})
    figure.update_xaxes(range=np.array([0, np.float64(2.5)]))
    figure.update_traces(showlegend=False)
    figure.add_hline(y=0.5, line={"width": 1})
    figure.add_vline(x=1.5, line_dash="dot")
    figure.add_annotation(x=1, y=2, text="here")


def test_it_writes_what_plotly_writes():
    ours, theirs = Figure(), go.Figure()
    theirs.layout.template = None
    drawn(ours)
    drawn(theirs)
    assert json.loads(ours.to_json()) == json.loads(theirs.to_json(validate=False))


def test_what_was_set_can_be_read_and_set_again():
    figure = Figure(yaxis={"title": "loss"})
    figure.add_traces([trace("scatter", x=[1], marker_size=3)])
    figure.data[0].marker.size = 5
    figure.data[0].name = "a"
    assert figure.data[0].marker == {"size": 5}
    assert figure.layout.yaxis.title.text == "loss"
    assert figure.data[0].mode is None
    with pytest.raises(AttributeError, match="a figure has no 'traces'"):
        figure.traces  # noqa: B018


def test_a_template_is_shared_and_never_changed():
    before = json.dumps(theme.TEMPLATE)
    figure = theme.blank(xaxis={"title": "x"})
    figure.update_xaxes(zeroline=True)
    assert json.dumps(theme.TEMPLATE) == before
    assert theme.blank().layout.template is theme.TEMPLATE


@pytest.mark.parametrize("page", PAGES)
def test_plotly_knows_every_word_of_a_page(page):
    figures = [each.get("figure") for each in messages(run(page))]
    for figure in filter(None, figures):
        go.Figure(figure)


@pytest.mark.parametrize(("height", "same"), [("linear", [0]), ("log", []), ("clipped", [])])
def test_heights_that_are_the_values_are_sent_once(height, same):
    page = run("surface", height=height)
    for key in ("surface", "map"):
        message = sent(page, key)
        assert message["same"] == same
        assert ("customdata" in message["figure"]["data"][0]) == (not same)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_points_of_a_dataset_are_seen_on_either_page(mode):
    """A contrast of 3, as WCAG asks of what a picture is understood by."""
    config = Path(__file__).parents[2] / ".streamlit" / "config.toml"
    paper = _rgb(tomllib.loads(config.read_text())["theme"][mode]["backgroundColor"])
    share = theme.POINT["opacity"]
    levels = [_luminance(rgb) for rgb in (share * _rgb(theme.DATA) + (1 - share) * paper, paper)]
    assert (max(levels) + 0.05) / (min(levels) + 0.05) > 3


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def _luminance(rgb: np.ndarray) -> float:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
