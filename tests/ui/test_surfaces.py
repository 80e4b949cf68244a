"""Surfaces keep away from the floor and the roof of their box: there they flicker through it."""

from urllib.parse import parse_qsl

import numpy as np
import pytest

from tests.running import deep_but, messages, numbers, run

LINKS = (
    "acting", "classification", "combined", "gradient_descent", "home",
    "outliers?height=clipped&heights=common&third=1", "residuals?res-part=equation",
    "regularization?penalty=l2", "surface?height=log", "surface?height=clipped", "validation",
    "validation?task=binary", "your_data?height=clipped", "neural_networks",
)  # fmt: skip


@pytest.mark.parametrize("link", deep_but(LINKS, "residuals?res-part=equation", "combined"))
def test_no_surface_lies_on_the_floor_or_the_roof_of_its_box(link):
    page, _, query = link.partition("?")
    seen = 0
    for message in messages(run(page, **dict(parse_qsl(query)))):
        figure = message.get("figure") or {"data": []}
        for trace in figure["data"]:
            if trace["type"] != "surface":
                continue
            low, high = figure["layout"][trace.get("scene", "scene")]["zaxis"]["range"]
            z = numbers(trace["z"])
            z, margin = z[np.isfinite(z)], 0.005 * (high - low)
            # what goes on beyond the box is cut there, which needs no margin
            assert z.min() > low + margin or z.min() < low, message["key"]
            assert z.max() < high - margin or z.max() > high, message["key"]
            seen += 1
    assert seen
