"""*Show me*: every task of every page brings its pictures into view and plays what can play."""

import pytest

from tests.browser.conftest import PATIENCE, settled

pytestmark = pytest.mark.browser

PAGES = (
    "acting", "classification", "combined", "gradient_descent", "losses", "neural_networks",
    "outliers", "regularization", "residuals", "surface", "validation", "your_data",
)  # fmt: skip
WATCH = """() => {
  window.played = false;
  window.watching ??= new MutationObserver((seen) => {
    window.played ||= seen.some(({ target }) => target.ariaPressed === "true"
      && target.matches(".stage-player [data-act=play]"));
  });
  window.watching.observe(document.body, { attributes: true, subtree: true,
    attributeFilter: ["aria-pressed"] });
}"""
# as much of the board as fits, or nearly: it may be larger than the window; while a network is
# trained for it there is none
SEEN = """() => {
  const box = document.querySelector('.st-key-board')?.getBoundingClientRect();
  if (!box) return false;
  const shown = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
  return shown > 0.7 * Math.min(box.height, innerHeight);
}"""


@pytest.mark.deep
@pytest.mark.parametrize("name", PAGES)
def test_every_task_brings_the_pictures_into_view_and_plays(visit, app, name):
    page = visit(f"{app}/{name}")
    page.emulate_media(reduced_motion="no-preference")
    tasks = page.locator(".st-key-try-this button")
    tasks.first.wait_for()
    for number in range(tasks.count()):
        settled(page)
        page.evaluate(WATCH)
        tasks.nth(number).scroll_into_view_if_needed()
        tasks.nth(number).click()
        settled(page)
        where = f"task {number + 1} of {tasks.count()}"
        try:
            page.wait_for_function(SEEN, timeout=PATIENCE / 2)
        except Exception as error:
            raise AssertionError(f"{where}: the pictures are out of view") from error
        if page.locator(".stage-player").count():
            try:
                page.wait_for_function("() => window.played", timeout=PATIENCE / 2)
            except Exception as error:
                raise AssertionError(f"{where}: nothing plays") from error
