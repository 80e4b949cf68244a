"""Every page by the Tab key alone, and points under a finger."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.browser.conftest import PATIENCE, drawn, eventually, figure, pixel, settled, watched
from tests.browser.test_layout import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.deep]

# What the focus is on: its name, and how it and what is around it look.
FOCUSED = """async () => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  window.walked ??= new Map();
  if (!window.walked.has(each)) window.walked.set(each, window.walked.size);
  const looks = (node) => ['', '::before', '::after'].map((part) => {
    const style = getComputedStyle(node, part || null);
    return ['outline', 'boxShadow', 'borderColor', 'backgroundColor', 'color', 'transform']
      .map((each) => style[each]).join();
  });
  window.looks = (node) => {
    const found = [];
    for (let k = 0; node && k < 8; k += 1, node = node.parentElement) found.push(...looks(node));
    return found.join('|');
  };
  // colours fade into each other
  window.rest = async (node) => {
    for (let k = 0; node && k < 8; k += 1, node = node.parentElement) {
      const fading = node.getAnimations().filter((one) => one.effect.getTiming().iterations < 9);
      await Promise.allSettled(fading.map((one) => one.finished));
    }
  };
  await window.rest(each);
  const labels = [...(each.labels ?? [])].map((label) => label.innerText).join(' ');
  const by = (each.getAttribute('aria-labelledby') ?? '').split(' ')
    .map((id) => document.getElementById(id)?.innerText ?? '').join(' ');
  const name = [each.ariaLabel, by, labels, each.innerText, each.title, each.placeholder]
    .find((text) => text?.trim()) ?? '';
  return { place: window.walked.get(each), name: name.trim(), look: window.looks(each),
    html: each.outerHTML.slice(0, 160) };
}"""
BLURRED = """async (place) => {
  const [each] = [...window.walked].find(([, number]) => number === place);
  await window.rest(each);
  return each.isConnected ? window.looks(each) : null;
}"""
# Controls that can be seen and that no Tab has come to; arrow keys walk on within a group of radio
# buttons.
MISSED = """() => {
  const walked = [...window.walked.keys()];
  const group = (e) => e.closest('[role=radiogroup]')
    ?? (e.type === 'radio' && e.name ? e.name : e);
  const groups = new Set(walked.map(group));
  return [...document.querySelectorAll(
    'button, a[href], input, select, textarea, summary, [tabindex="0"]')]
    .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: false })
      && !e.disabled && e.tabIndex >= 0 && !walked.includes(e)
      && !groups.has(group(e)) && !e.closest('.modebar, [inert]'))
    .map((e) => e.outerHTML.slice(0, 160));
}"""
MOST = 250  # stops of one page


@pytest.mark.parametrize("name", [*PAGES, "lessons"])
def test_the_tab_key_comes_to_every_control_and_out_again(visit, app, name):
    page = visit(f"{app}/{name}")
    if name in PAGES:
        drawn(page, PAGES[name])
    settled(page)
    nameless, unseen, before = [], [], None
    for _ in range(MOST):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        if before and page.evaluate(BLURRED, before["place"]) == before["look"]:
            unseen.append(before["html"])
        if now is None or (before and now["place"] == 0):
            break
        if not now["name"]:
            nameless.append(now["html"])
        before = now
    else:
        raise AssertionError(f"a trap: after {MOST} stops the focus is on {before['html']}")
    assert not nameless
    assert not unseen
    assert not page.evaluate(MISSED)


@pytest.fixture
def phone(browser, app):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(PATIENCE)
    page = watched(context.new_page(), app)
    page.goto(f"{app}/surface?data=anscombe&n=41")
    settled(page)
    drawn(page, "surface", "map", "fit")
    yield page
    problems = page.problems
    context.close()
    assert not problems, problems


def swipe(page, x, y, dx, dy, steps=8):
    """One finger from (x, y), as the browser's own gesture recognition sees it."""
    finger = page.context.new_cdp_session(page)
    send = lambda kind, *at: finger.send(  # noqa: E731
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}] if at else []},
    )
    send("touchStart", x, y)
    for k in range(1, steps + 1):
        send("touchMove", x + dx * k / steps, y + dy * k / steps)
    send("touchEnd")


def points(page):
    return figure(
        page, "fit", "(t => [Array.from(t.x), Array.from(t.y)])"
        "(gd._fullData.find(t => t.name === 'data'))"
    )  # fmt: skip


def test_points_are_moved_added_and_deleted_by_touch(phone):
    (xs, ys) = points(phone)
    x, y = pixel(phone, "fit", xs[2], ys[2])
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    top = phone.evaluate(scrolled)
    swipe(phone, x, y, 0, -40)
    phone.wait_for_url("**points=2**")
    settled(phone)
    assert phone.evaluate(scrolled) == top  # a finger on a point drags it, and not the page
    assert points(phone)[1][2] > ys[2] + 0.5

    x, y = pixel(phone, "fit", 6.5, 10.0)
    phone.touchscreen.tap(x, y)
    count = "gd._fullData.find(t => t.name === 'data').x.length"
    shown = f"n => (gd => {count})(document.querySelector('.st-key-fit .stage-figure')) === n"
    phone.wait_for_function(shown, arg=len(xs) + 1)
    settled(phone)

    now = points(phone)
    x, y = pixel(phone, "fit", now[0][-1], now[1][-1])
    phone.touchscreen.tap(x, y)  # chosen
    phone.locator(".st-key-fit").get_by_label("Delete the chosen point").tap()
    phone.wait_for_function(shown, arg=len(xs))


def test_a_swipe_over_a_scene_scrolls_the_page_until_a_tap_has_made_it_active(phone):
    box = phone.locator(".st-key-surface .stage-plot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    eye = "Object.values(gd._fullLayout.scene._scene.getCamera().eye)"
    before = figure(phone, "surface", eye)
    swipe(phone, x, y, 0, -120)
    phone.wait_for_function(f"() => {scrolled} > 40")
    assert figure(phone, "surface", eye) == pytest.approx(before)

    phone.locator(".st-key-surface .stage-plot").scroll_into_view_if_needed()
    box = phone.locator(".st-key-surface .stage-plot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    phone.touchscreen.tap(x, y)
    phone.locator(".st-key-surface .stage-plot.stage-active").wait_for()
    top = phone.evaluate(scrolled)
    swipe(phone, x, y, 80, -60)
    phone.wait_for_function(
        f"was => (gd => {eye})(document.querySelector('.st-key-surface .stage-figure'))"
        ".some((each, i) => Math.abs(each - was[i]) > 0.05)",
        arg=before,
    )
    assert phone.evaluate(scrolled) == top


def test_full_screen_shows_the_whole_surface_which_a_finger_turns(phone):
    scene, button = (
        phone.locator(".st-key-surface .stage-figure"),
        phone.locator(".st-key-surface").get_by_label("Full screen"),
    )
    button.tap()
    phone.wait_for_function("() => document.fullscreenElement?.matches('.stage')")

    def nothing_is_cut_at_its_sides():
        rgb = np.asarray(Image.open(io.BytesIO(scene.screenshot())).convert("RGB")).astype(int)
        coloured = rgb.max(2) - rgb.min(2) > 45
        assert coloured.any()
        assert not coloured[:, [0, -1]].any()

    eventually(phone, nothing_is_cut_at_its_sides)
    eye = "Object.values(gd._fullLayout.scene._scene.getCamera().eye)"
    before, box = figure(phone, "surface", eye), scene.bounding_box()
    swipe(phone, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 80, -60)
    phone.wait_for_function(
        f"was => (gd => {eye})(document.querySelector('.st-key-surface .stage-figure'))"
        ".some((each, i) => Math.abs(each - was[i]) > 0.05)",
        arg=before,
    )
    button.tap()
    phone.wait_for_function("() => !document.fullscreenElement")


def test_show_me_brings_the_first_picture_into_view(phone):
    phone.locator(".st-key-try-this button").last.tap()
    phone.wait_for_url("**loss=constant**")
    settled(phone)
    top = "document.querySelector('.st-key-surface .stage-plot').getBoundingClientRect().top"
    phone.wait_for_function(f"() => {top} > 40 && {top} < 260")
