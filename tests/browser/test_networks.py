"""The networks lens, used as a person uses it."""

import re

import pytest

from tests.browser.conftest import drawn, figure, settled

pytestmark = pytest.mark.browser
TINY = "net-width=4&net-blocks=3&net-steps=40&bdata-moons-n=40"
PAIR = ("net-plain", "net-skip")


def eye(page, key):
    return figure(page, key, "gd._fullLayout.scene._scene.getCamera().eye")


def test_both_surfaces_share_ruler_and_camera_and_one_choice_moves_one_of_them(visit, app):
    page = visit(f"{app}/neural_networks?{TINY}")
    drawn(page, *PAIR, "net-fit-plain", "net-fit-skip")
    heights = [figure(page, key, "gd._fullLayout.scene.zaxis.range") for key in PAIR]
    assert heights[0] == pytest.approx(heights[1])

    before = eye(page, "net-skip")
    page.locator(".st-key-net-plain").get_by_role("button", name="From above").click(force=True)
    page.wait_for_timeout(1200)
    assert eye(page, "net-skip") == pytest.approx(eye(page, "net-plain"), abs=1e-2)
    assert eye(page, "net-skip") != pytest.approx(before, abs=1e-2)

    said = page.locator(".st-key-what-you-see").inner_text()
    page.goto(f"{app}/neural_networks?{TINY}&net-scale=zero")
    settled(page)
    drawn(page, *PAIR)
    after = page.locator(".st-key-what-you-see").inner_text()
    ends = [
        re.search(r"ended at ([\d.e−]+) without skips and at ([\d.e−]+)", t) for t in (said, after)
    ]
    assert ends[0].group(1) == ends[1].group(1)  # the plain twin is the same network
    assert ends[0].group(2) != ends[1].group(2)


def test_training_can_be_stopped_and_keeps_what_it_has(visit, app):
    page = visit(f"{app}/neural_networks?net-steps=300&{TINY.replace('net-steps=40&', '')}")
    drawn(page, *PAIR)
    page.goto(f"{app}/neural_networks?net-steps=5000&net-blocks=50&net-width=32&bdata-moons-n=900")
    main = page.get_by_test_id("stMainBlockContainer")
    main.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text(re.compile("Training was stopped at step")).wait_for()
    drawn(page, *PAIR)
    assert "of 5,000" in page.locator(".st-key-what-you-see").inner_text()
