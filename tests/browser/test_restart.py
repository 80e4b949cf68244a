"""A server that was killed and started again: the open page goes on, and no click is lost."""

from __future__ import annotations

import pytest

from tests.browser.conftest import ROOT, drawn, free_port, option, started

pytestmark = pytest.mark.browser


def linked(state: str) -> str:
    app = "document.querySelector('[data-testid=stApp]')"
    return f"() => {app}.dataset.testConnectionState {state}"


def choose(page):
    option(page, "loss", "Absolute error").click()


def press(page):
    page.get_by_role("button", name="Show me").first.click()  # a task: its callback must run


@pytest.mark.deep
@pytest.mark.parametrize("click", [choose, press])
def test_the_first_click_after_a_restart_counts(visit, click):
    port = free_port()
    server = started(ROOT / "app.py", port)
    try:
        link = "data=anscombe&n=25&surface-zoom=0.5"
        page = visit(f"http://127.0.0.1:{port}/surface?{link}", calm=False)
        drawn(page, "surface")
        server.kill()
        server.wait(10)
        page.wait_for_function(linked("!== 'CONNECTED'"))
        server = started(ROOT / "app.py", port)
        page.wait_for_function(linked("=== 'CONNECTED'"))
        click(page)
        page.wait_for_function("() => location.search.includes('loss=absolute')")
        menu = "() => document.querySelector('.st-key-loss input').value === 'Absolute error'"
        page.wait_for_function(menu)
        for word in link.split("&"):
            assert word in page.url
    finally:
        server.kill()
        server.wait(10)
