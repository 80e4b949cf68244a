"""What reaches the eye is what the core computed: pictures, tooltips, read-outs and sentences.

``links.txt`` names every page and every kind of picture.  ``SEEN`` random links more are drawn from
``SEED`` (``make test-deep`` takes a hundred, from a fresh one).
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest

from tests.browser.conftest import eventually, option, settled
from tests.browser.expected import PAGES
from tests.browser.seen import Seen
from tests.running import deep_but

pytestmark = pytest.mark.browser

SEED = os.environ.get("SEED", "0")
LINKS = (Path(__file__).parent / "links.txt").read_text().split()
# of every page the first link runs in ``make test``, and one whose pictures are of another kind
OTHERS = ("res-part=equation",)
FIRST = {link.partition("?")[0]: link for link in reversed(LINKS)}
USUAL = {*FIRST.values(), *(link for link in LINKS if any(word in link for word in OTHERS))}


def anything(rng: random.Random) -> str:
    """A link to a page that shows the objective of a problem, all of it drawn at random."""
    page = rng.choice(["surface", "surface", "outliers", "residuals", "losses"])
    data = rng.choice(["anscombe", "line", "engel", "linnerud", "diabetes", "leverage"])
    words = {"data": data, "model": "line"}
    words["loss"] = rng.choice(["squared", "absolute", "huber", "log_cosh", "quantile"])
    if page == "outliers":
        words["loss"] = rng.choice(["huber", "quantile", "log_cosh", "tukey_biweight"])
    if data == "anscombe":
        words["data-anscombe-which"] = str(rng.randint(1, 4))
    if rng.random() < 0.5 and data != "diabetes":
        words["points"] = f"{rng.randint(0, 5)}:{rng.uniform(-9, 9):.3f},{rng.uniform(-9, 9):.3f}"
    if page == "surface":
        words["n"] = str(rng.randint(25, 60))
        words["height"] = rng.choice(["linear", "log", "clipped"])
        if rng.random() < 0.4:
            words |= {"penalty": "l2", "penalty-l2-strength": f"{10 ** rng.uniform(-3, 2):.4g}"}
    return f"{page}?{urlencode(words)}"


RNG = random.Random(SEED)
RANDOM = [anything(RNG) for _ in range(int(os.environ.get("SEEN", "1")))]


def words_of(link: str) -> tuple[str, dict[str, str]]:
    page, _, query = link.partition("?")
    return page, dict(parse_qsl(query))


@pytest.mark.parametrize("link", [*deep_but(LINKS, *USUAL), *RANDOM])
def test_a_page_shows_what_the_core_computes_for_its_link(visit, app, link):
    page, words = words_of(link)
    PAGES[page](Seen(visit(f"{app}/{link}")), words)


def in_time(page, name: str, words: dict[str, str]) -> None:
    """The page comes to show what these words say: a change takes its time to be drawn."""
    eventually(page, lambda: PAGES[name](Seen(page), words))


@pytest.mark.parametrize("acts", [True, False], ids=["after a click", "before any"])
def test_a_link_written_before_the_path_of_its_page_is_no_stop_on_the_way_back(visit, app, acts):
    """Streamlit sometimes writes the next page's link under the path of the one that is left."""
    page = visit(f"{app}/losses?truth=3")
    settled(page)
    page.wait_for_selector(".stage[data-drawn]")  # the stage's scripts are there
    left, there, back = page.evaluate(
        """async (acts) => {
          const write = (link) => history.pushState(history.state, "", link);
          const here = () => location.pathname + location.search;
          for (const link of ["/residuals", "/residuals?point=2"]) write(link); // as Streamlit does
          const left = here();
          if (acts) dispatchEvent(new KeyboardEvent("keydown"));
          for (const link of ["/residuals?n=25", "/outliers?n=25"]) write(link);
          const there = here();
          const back = new Promise((done) => addEventListener("popstate", () => done(here())));
          history.back();
          return [left, there, await back];
        }""",
        acts,
    )
    assert (left, there) == ("/residuals?point=2", "/outliers?n=25")
    assert back == left


@pytest.mark.parametrize(
    ("link", "key", "choice", "word"),
    [
        ("surface?data=anscombe&model=line&loss=absolute&n=25", "loss", "Huber", "huber"),
        pytest.param(
            "residuals?data=anscombe&model=line&loss=absolute",
            "loss",
            "Huber",
            "huber",
            marks=pytest.mark.deep,
        ),
    ],
)
def test_after_a_reload_a_change_a_walk_and_back_a_page_shows_its_link(
    visit, app, link, key, choice, word
):
    name, words = words_of(link)
    page = visit(f"{app}/{link}")
    in_time(page, name, words)
    page.reload()
    in_time(page, name, words)
    changed = {**words, key: word}
    option(page, key, choice).click()
    page.wait_for_url(f"**{key}={word}*")
    in_time(page, name, changed)
    page.get_by_test_id("stTopNavSection").filter(has_text="Losses").click()
    page.get_by_role("menuitem", name="Outliers", exact=False).first.click()
    page.mouse.move(0, 0)  # a pointer over a picture moves its cursor
    page.wait_for_url("**/outliers*")  # what a page has as its default is not in its link
    in_time(page, "outliers", {**changed, "n": ""})
    page.go_back()
    page.wait_for_url(f"**/{name}?*")
    in_time(page, name, changed)
    page.go_back()
    page.wait_for_url(lambda url: f"{key}={word}" not in url)
    in_time(page, name, words)


# Streamlit may hand over a message after its successor: here it does so on purpose.
LATE = """
const early = new Map();
window.late = { hold: false, held: 0, told: 0 };
const hand = (real) => (component) => {
  const { key } = JSON.parse(new TextDecoder().decode(component.data).split("\\0")[0]);
  const before = early.get(key);
  if (window.late.hold && !before) {
    early.set(key, component);
    window.late.held += 1;
    return () => {};
  }
  const unmount = real(component);
  if (window.late.hold && before && before !== true) {
    early.set(key, true);
    setTimeout(() => { real(before); window.late.told += 1; }, 200);
  }
  return unmount;
};
export const picture = hand(onTime);
"""


def test_a_message_that_comes_after_its_successor_is_dropped(visit, app, reader):
    def overtaken(route):
        source = route.fetch().text()
        real = "export const picture"
        assert real in source
        body = source.replace(real, "const onTime") + LATE
        route.fulfill(body=body, content_type="text/javascript")

    reader.route("**/stage.js", overtaken)
    try:
        link = "surface?data=anscombe&model=line&loss=squared&n=25"
        name, words = words_of(link)
        page = visit(f"{app}/{link}")
        in_time(page, name, words)
        page.evaluate("() => { window.late.hold = true; }")
        option(page, "loss", "Absolute error").click()
        page.wait_for_function("() => window.late.held >= 3")
        option(page, "loss", "Huber").click()
        page.wait_for_function("() => window.late.told >= 3")
        in_time(page, name, {**words, "loss": "huber"})
    finally:
        reader.unroute("**/stage.js")
