"""A lesson in the browser: the picture keeps the answer until it is given, and hears the ring."""

import csv
from pathlib import Path

import pytest

from lossviz.lessons import course, read_lesson, right_answer
from lossviz.problem.link import read_link
from lossviz.text import number
from tests.browser.conftest import SMALL, eventually, option, settled, shoot

pytestmark = pytest.mark.browser
SEEN = "(plot) => plot._fullData.filter((t) => t.visible === true).map((t) => t.name)"
LESSON, SCENE = "01-a-point-is-a-model", 2
SHOWN = "(e) => getComputedStyle(e).visibility"
MARKS = """(plot) => plot._fullData.filter((t) => /^(minim|lowest)/.test(t.name))
    .map((t) => t.visible)"""


FAULTS = [f"Left out. Line {line}" for line in (25, 29, 49, 65)]
OWN = Path(__file__).with_name("own_lesson.md")
WITHIN = """(gd, points) => { const { xaxis, yaxis } = gd._fullLayout;
    const { left, top } = gd.getBoundingClientRect();
    return points.map(([a, b]) => [left + xaxis._offset + xaxis.d2p(a),
        top + yaxis._offset + yaxis.d2p(b)]); }"""


def same(found, expected):
    assert found == expected


def told(page, words):
    """The reply to an answer, once it says this."""
    reply = page.locator("[data-testid=stAlert]").filter(has_text=words)
    reply.wait_for()
    return reply


def answered(page, words):
    """The reply to the answer that is now sent."""
    page.get_by_role("button", name="Answer", exact=True).click()
    return told(page, words)


def places(page, key, *points):
    """Where points of a flat picture in the lesson's frame are on the screen."""
    frame = page.frame_locator(".st-key-lesson-stage iframe")
    frame.locator(f".st-key-{key} .stage[data-drawn]").wait_for()
    picture = frame.locator(f".st-key-{key} .stage-figure")
    picture.scroll_into_view_if_needed()
    box = page.locator(".st-key-lesson-stage iframe").bounding_box()
    found = picture.evaluate(WITHIN, [list(point) for point in points])
    return [(box["x"] + x, box["y"] + y) for x, y in found]


def ring_put(page, at):
    """Click a point of the map, and wait until the question has heard of the ring."""
    page.mouse.click(*places(page, "map", at)[0])
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stNumberInput] input')]"
        ".every((box) => box.value !== '')"
    )
    boxes = page.locator("[data-testid=stNumberInput] input")
    assert [float(box.input_value()) for box in boxes.all()] == pytest.approx(at, abs=0.12)


def dragged(page, key, start, end):
    """Drag a data point of the picture, and wait until the question has heard of it."""
    start, end = places(page, key, start, end)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()
    page.get_by_text("Moved. Answer when").wait_for()


def test_a_point_is_answered_by_the_ring_in_the_picture_and_then_the_findings_show(visit, app):
    page = visit(f"{app}/lessons?lesson={LESSON}&scene={SCENE}")
    frame = page.frame_locator(".st-key-lesson-stage iframe")
    frame.locator(".st-key-map .stage[data-drawn]").wait_for()
    lead, picture = frame.locator(".st-key-lead p"), frame.locator(".st-key-map .stage-figure")
    assert lead.evaluate(SHOWN) == "hidden"
    assert picture.evaluate(MARKS) == [False]
    frame.locator(".st-key-fit .stage[data-drawn]").wait_for()
    line = frame.locator(".st-key-fit .stage-figure")
    assert line.evaluate(SEEN) == ["data"]  # neither the best line nor that of a point yet
    boxes = page.locator("[data-testid=stNumberInput] input")
    assert [box.input_value() for box in boxes.all()] == ["", ""]

    best = course()[LESSON].scenes[SCENE - 1].scope()["minimum"]
    at = [best.part("intercept"), best.part("slope")]
    ring_put(page, at)
    eventually(page, lambda: same(line.evaluate(SEEN), ["data", "fit"]))
    reply = answered(page, "Yes. The lowest point").inner_text()
    page.wait_for_function(
        "() => { const inner = document.querySelector('.st-key-lesson-stage iframe')"
        ".contentDocument; return getComputedStyle(inner.querySelector('.st-key-lead p'))"
        ".visibility === 'visible'; }"
    )
    # what is told is where the picture marks it
    eventually(page, lambda: same(picture.evaluate(MARKS), [True]))
    place = picture.evaluate(
        "(gd) => (t => [t.x[0], t.y[0]])(gd._fullData.find(({ name }) => name === 'minimum'))"
    )
    assert f"intercept {number(place[0])} and the slope {number(place[1])}." in reply
    eventually(page, lambda: same(line.evaluate(SEEN), ["data", "minimum", "fit"]))
    shoot(page, "lesson")

    # what was answered is in the browser: a new visit knows it
    page.goto(f"{app}/lessons")
    settled(page)
    page.get_by_text("1 of 5 questions answered").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Answers as CSV").click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert [(row["lesson"], row["scene"], row["right"]) for row in rows] == [
        (LESSON, str(SCENE), "1")
    ]


@pytest.mark.deep
def test_a_point_is_dragged_in_the_picture_and_the_state_it_leads_to_is_judged(visit, app):
    lesson, number = "02-squared-against-absolute", 4
    page = visit(f"{app}/lessons?lesson={lesson}&scene={number}")
    dragged(page, "outliers-data", (13, 100), (13, 26.5))
    answered(page, "Yes. You brought it to")
    shoot(page, "lesson-dragged")


@pytest.mark.deep
def test_on_a_phone_nothing_moves_under_the_press_on_answer(visit, app):
    page = visit(f"{app}/lessons?lesson={LESSON}&scene=5", width=390, height=844)
    assert page.locator(".st-key-lesson-stage iframe").bounding_box()["y"] < 260
    frame = page.frame_locator(".st-key-lesson-stage iframe")
    frame.locator(".st-key-loss-curves .stage[data-drawn]").wait_for(state="attached")
    answer = [frame.locator(".st-key-loss-curves canvas, .st-key-loss-curves .stage-plot").first,
              frame.locator(".st-key-in-numbers p").first]  # fmt: skip
    assert [each.evaluate(SHOWN) for each in answer] == ["hidden", "hidden"]
    question = course()[LESSON].scenes[4].question
    for each in right_answer(question, course()[LESSON].scenes[4].scope()):
        option(page, f"answer-{LESSON}-5-0", each).click()
    parts = [page.locator(f".st-key-lesson-text {each}").first for each in ("h3", "p:visible")]
    heading, words = [each.bounding_box() for each in parts]
    assert heading["y"] + heading["height"] <= words["y"]
    page.get_by_role("listbox").wait_for(state="detached")
    button = page.get_by_role("button", name="Answer", exact=True)
    before = button.bounding_box()
    settled(page)
    assert button.bounding_box() == before
    shoot(page, "lesson-390")
    answered(page, "Yes. They are 2.5, 3, 4.5")
    page.wait_for_function(
        "() => { const inner = document.querySelector('.st-key-lesson-stage iframe')"
        ".contentDocument; return getComputedStyle(inner.querySelector('.st-key-in-numbers p'))"
        ".visibility === 'visible'; }"
    )
    assert answer[0].evaluate(SHOWN) == "visible"


@pytest.mark.deep
def test_the_next_scene_begins_at_its_top_on_a_phone_and_all_can_be_pressed(visit, app):
    page = visit(f"{app}/lessons?lesson={LESSON}&scene=4", width=390, height=844)
    scrolled = "() => document.querySelector('[data-testid=stMain]').scrollTop"
    page.get_by_role("button", name="Next").scroll_into_view_if_needed()
    assert page.evaluate(scrolled) > 0
    page.get_by_role("button", name="Next").click()
    page.locator("h3").filter(has_text="Which convention?").wait_for()
    page.wait_for_function(f"() => ({scrolled})() === 0")
    frame = page.frame_locator(".st-key-lesson-stage iframe")
    frame.locator(".st-key-loss-curves .stage[data-drawn]").wait_for(state="attached")
    option(page, f"answer-{LESSON}-5-0", "Select all").click()
    page.get_by_role("listbox").wait_for(state="detached")  # empty, it would cover "Answer"
    assert not page.evaluate(SMALL)
    assert not frame.locator("body").evaluate(f"() => ({SMALL})()")
    page.goto(f"{app}/lessons")
    page.get_by_role("button", name="Start").first.wait_for()
    settled(page)
    assert not page.evaluate(SMALL)


FLASHES = """if (self === top) setInterval(() => {
    const inner = document.querySelector(".st-key-lesson-stage iframe");
    const parts = inner?.contentDocument?.querySelectorAll("[data-testid=stHeader], .st-key-title");
    if (!parts || getComputedStyle(inner).opacity === "0") return;
    window.flashed ||= [...parts].some((part) => part.checkVisibility());
}, 5)"""


@pytest.mark.deep
def test_what_the_frame_of_a_scene_hides_never_flashes(visit, app):
    page = visit(f"{app}/lessons")
    page.add_init_script(FLASHES)
    page.goto(f"{app}/lessons?lesson={LESSON}")
    frame = page.frame_locator(".st-key-lesson-stage iframe")
    inner = page.locator(".st-key-lesson-stage iframe")
    for _ in range(2):
        frame.locator(".stage[data-drawn]").first.wait_for()
        eventually(page, lambda: same(inner.evaluate("(e) => getComputedStyle(e).opacity"), "1"))
        assert not page.evaluate("window.flashed")
        page.get_by_role("button", name="Next").click()
        page.locator("h3").filter(has_text="The lowest point").wait_for()


@pytest.mark.deep
def test_the_frame_of_a_scene_follows_the_readers_theme(visit, app):
    page = visit(f"{app}/lessons?lesson={LESSON}")
    frame = page.frame_locator(".st-key-lesson-stage iframe")
    for theme in ("dark", "light", "dark"):  # as the system's own theme does in the evening
        page.emulate_media(color_scheme=theme)
        eventually(page, lambda: same(_paper(frame), _paper(page)))
        frame.locator(".stage[data-drawn]").first.wait_for()
        assert page.locator("[data-testid=stException]").count() == 0


def _paper(page):
    """The colour of the paper: of the page itself or of a frame in it."""
    app = page.locator("[data-testid=stApp]").first
    return app.evaluate("(e) => getComputedStyle(e).backgroundColor")


@pytest.mark.deep
def test_on_a_phone_a_picture_and_its_question_are_on_one_screen(visit, app):
    page = visit(f"{app}/lessons?lesson=07-penalties-reshape-the-loss", width=390, height=844)
    frame = page.frame_locator(".st-key-lesson-stage iframe")
    picture = frame.locator(".stage[data-drawn]").first
    picture.wait_for()

    def end(part):
        box = part.bounding_box()
        return box["y"] + box["height"]

    inner = page.locator(".st-key-lesson-stage iframe")
    eventually(page, lambda: same(end(picture) <= end(inner), True))
    assert end(page.get_by_role("button", name="Answer", exact=True)) <= 844
    page.locator("[data-testid=stRadioOption]").first.click()
    low = inner.bounding_box()["height"]
    reply = answered(page, "Small, but not zero")
    frame.locator(".stage-player").wait_for()  # it stands over the picture, which has more room
    page.wait_for_function(
        "(low) => document.querySelector('.st-key-lesson-stage iframe').offsetHeight > low + 100",
        arg=low,
    )
    eventually(page, lambda: same(end(reply) < 845, True))
    assert reply.bounding_box()["y"] >= 0


@pytest.mark.deep
def test_a_lesson_written_from_the_documentation_plays_to_its_end(visit, app):
    """All kinds of question, from a file; each of its four faults is told, the rest plays."""
    page = visit(f"{app}/lessons")
    page.get_by_text("A lesson of your own").click()
    page.locator("[data-testid=stFileUploader] input").set_input_files(OWN)
    play = page.get_by_role("button", name="Play “From the documentation alone”")
    play.wait_for()
    own = read_lesson(OWN.read_text())
    faults = page.locator("[data-testid=stAlert]")
    assert [text.split(":")[0] for text in faults.all_inner_texts()] == FAULTS
    play.click()
    best = own.scenes[-3].scope()["minimum"]

    def title(text):
        page.locator(".st-key-lesson-text h3").filter(has_text=text).wait_for()
        settled(page)

    def following(text):
        page.get_by_role("button", name="Next").click()
        title(text)

    title("Which line follows?")
    page.get_by_text("Absolute error", exact=True).click()
    answered(page, "Not this. It counts sides")
    page.get_by_text("Squared error", exact=True).click()
    answered(page, "Yes. Its derivative")
    following("A number")
    page.get_by_label("Your answer").fill("1.25")
    page.get_by_label("Your answer").press("Tab")
    answered(page, "Yes. It is")
    following("A click")
    ring_put(page, [best.part("intercept"), best.part("slope")])
    answered(page, "Yes. At")
    following("A drag")
    dragged(page, "outliers-data", (13, 100), (13, 26.5))
    answered(page, "Yes. You brought it to")
    following("An order")
    for each in ("Absolute", "Half squared", "Squared"):
        option(page, "answer-own-5-0", each).click()
    page.get_by_role("listbox").wait_for(state="detached")
    answered(page, "Yes. They are 3, 4.5 and 9")
    page.get_by_text("Make it break.").wait_for()
    assert page.get_by_role("button", name="Next").is_disabled()
    shoot(page, "lesson-own")


@pytest.mark.deep
def test_a_lesson_fills_the_screen(visit, app):
    page = visit(f"{app}/lessons?lesson={LESSON}")
    page.frame_locator(".st-key-lesson-stage iframe").locator(".stage[data-drawn]").first.wait_for()
    page.locator("h1").click()
    page.keyboard.press("p")
    page.wait_for_selector(".stage-leave")
    page.wait_for_function("() => !document.querySelector('[data-testid=stHeader]').offsetHeight")
    assert page.locator(".st-key-lesson-stage iframe").bounding_box()["height"] > 800
    shoot(page, "lesson-presented")
    for key, title in (("ArrowRight", "The lowest point"), ("ArrowLeft", "Two weights, one line")):
        page.keyboard.press(key)
        page.locator("h3").filter(has_text=title).wait_for()
        assert page.locator(".stage-leave").is_visible()


@pytest.mark.deep
def test_two_tabs_lose_nothing_of_each_other(visit, app):
    """A draft and answers given in one tab are still there after the other has added its own."""
    first, second = (visit(f"{app}/losses") for _ in range(2))
    for page, heading in ((first, "Left"), (second, "Right"), (first, "Left again")):
        page.bring_to_front()
        if page.get_by_label("Heading of the scene").count() == 0:
            page.get_by_role("button", name="Share").first.click()
            page.get_by_role("tab", name="Lesson").click()
        page.get_by_label("Heading of the scene").fill(heading)
        page.get_by_role("button", name="Add this state to the lesson").click()
        page.get_by_text("Added. Go to the next state").wait_for()
    draft = read_lesson(first.get_by_label("The draft").input_value())
    assert [scene.title for scene in draft.scenes] == ["Left", "Right", "Left again"]
    # written by hand here while the other tab adds: both versions are kept
    box = first.get_by_label("The draft")
    box.fill(f"{box.input_value()}\nby hand")
    second.bring_to_front()
    second.get_by_label("Heading of the scene").fill("Meanwhile")
    second.get_by_role("button", name="Add this state to the lesson").click()
    second.wait_for_function("() => localStorage['lossviz.lesson-draft'].includes('Meanwhile')")
    first.bring_to_front()
    with first.expect_download() as download:
        box.blur()
    assert "Meanwhile" in download.value.path().read_text()
    assert first.evaluate("localStorage['lossviz.lesson-draft']").endswith("by hand")

    def answer(page, choice, reply):
        page.bring_to_front()
        page.get_by_text(choice, exact=True).click()
        answered(page, reply)

    lesson = f"{app}/lessons?lesson=02-squared-against-absolute&scene="
    for page, scene in ((first, 2), (second, 5)):
        page.goto(lesson + str(scene))
        settled(page)
        page.get_by_role("button", name="Answer", exact=True).wait_for()
    answer(first, "Only the least-squares line", "Yes.")
    answer(second, "It leaves the nine points", "Yes.")
    kept = "(localStorage['lossviz.lessons'] ?? '')"
    second.wait_for_function(f"() => {kept}.includes('\"2\"') && {kept}.includes('\"5\"')")
    second.goto(f"{app}/lessons")
    settled(second)
    second.get_by_text("2 of 6 questions answered").wait_for()


@pytest.mark.deep
def test_states_added_on_pages_make_a_lesson_that_plays(visit, app):
    page = visit(f"{app}/surface?loss=absolute")
    settled(page)
    for place in ("surface?loss=absolute", "outliers"):
        if page.url.split("/")[-1].split("?")[0] != place.split("?")[0]:
            page.goto(f"{app}/{place}")
            settled(page)
        page.get_by_role("button", name="Share").first.click()
        page.get_by_role("tab", name="Lesson").click()
        page.get_by_label("Heading of the scene").fill(f"Scene {place[:8]}")
        page.get_by_role("button", name="Add this state to the lesson").click()
        page.get_by_text("Added. Go to the next state").wait_for()
    lesson = read_lesson(page.get_by_label("The draft").input_value())
    assert not lesson.complaints
    assert [scene.title for scene in lesson.scenes] == ["Scene surface?", "Scene outliers"]
    assert read_link(lesson.scenes[0].link).page == "surface"
    assert read_link(lesson.scenes[0].link).words["loss"] == "absolute"

    # the downloaded file is the draft; pasted it can be played, and opened it is
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").last.click()
    text = download.value.path().read_text()
    assert text.strip() == page.get_by_label("The draft").input_value().strip()
    play = page.get_by_role("button", name=f"Play “{lesson.title}”")
    for bring in ("paste", "open"):
        page.goto(f"{app}/lessons")
        settled(page)
        page.get_by_text("A lesson of your own").click()
        if bring == "paste":
            page.get_by_label("Or paste it").fill(text)
            page.get_by_label("Or paste it").blur()
        else:
            file = {"name": "mine.md", "mimeType": "text/markdown", "buffer": text.encode()}
            page.locator("[data-testid=stFileUploader] input").set_input_files(file)
        play.wait_for()
    play.click()
    frame = page.frame_locator(".st-key-lesson-stage iframe")
    for place, picture in ((1, "map"), (2, "outliers-data")):
        page.locator("h3").filter(has_text=lesson.scenes[place - 1].title).wait_for()
        frame.locator(f".st-key-{picture} .stage[data-drawn]").wait_for()
        if place == 1:
            page.get_by_role("button", name="Next").click()
