"""The Lessons page, run as a session runs it; every scene's link opens without a warning."""

import pytest

from lossviz.lessons import course, read_lesson, right_answer
from lossviz.ui import browser_store
from tests.running import run, settled, text

SCENES = [
    (id, number, scene)
    for id, lesson in course().items()
    for number, scene in enumerate(lesson.scenes, 1)
]


def test_the_cards_open_a_lesson():
    at = run("lessons")
    next(b for b in at.button if b.key == "start-01-a-point-is-a-model").click()
    settled(at)
    assert at.query_params["lesson"] == "01-a-point-is-a-model"
    assert "Two weights, one line" in [each.value for each in at.subheader]


def test_a_right_and_a_wrong_answer_are_told_apart_with_the_number():
    at = run("lessons", lesson="02-squared-against-absolute", scene="2")
    question = course()["02-squared-against-absolute"].scenes[1].question
    wrong = next(o.label for o in question.options if not o.label.startswith("Only"))
    at.radio[0].set_value(wrong)
    at.button[0].click()
    settled(at)
    assert at.info[0].value.startswith("Not this.")
    at.radio[0].set_value("Only the least-squares line")
    at.button[0].click()
    settled(at)
    assert at.success[0].value.startswith("Yes.")
    assert "3.673 (squared) and 0.345 (absolute)" in at.success[0].value


def test_an_order_sent_before_it_is_whole_forgets_nothing():
    at = run("lessons", lesson="01-a-point-is-a-model", scene="5")
    question = course()["01-a-point-is-a-model"].scenes[4].question
    right = right_answer(question, course()["01-a-point-is-a-model"].scenes[4].scope())
    at.multiselect[0].set_value(right)
    at.button[0].click()
    settled(at)
    at.multiselect[0].set_value(right[:2])
    at.button[0].click()
    settled(at)
    assert "Choose or type an answer first." in text(at)
    assert at.success[0].value.startswith("Yes.")
    assert "Make it break" in text(at)


def test_all_answers_can_be_forgotten():
    at = run("lessons", lesson="02-squared-against-absolute", scene="2")
    at.radio[0].set_value("Only the least-squares line")
    at.button[0].click()
    settled(at)
    next(b for b in at.button if b.key == "scene-all").click()
    settled(at)
    cards = text(at)
    assert "1 of 6 questions answered" in cards
    next(b for b in at.button if b.key == "lessons-reset").click()
    settled(at)
    assert "1 of " not in text(at)
    assert "lessons-reset" not in [b.key for b in at.button]


def test_answers_that_the_browser_tells_late_move_nothing_that_is_being_typed():
    def places(at):
        return {type(block).__name__: place for place, block in at.main.children.items()}

    before = run("lessons")
    after = run("lessons", lesson="02-squared-against-absolute", scene="2")
    after.radio[0].set_value("Only the least-squares line")
    after.button[0].click()
    settled(after)
    next(b for b in after.button if b.key == "scene-all").click()
    settled(after)
    assert "lessons-reset" in [b.key for b in after.button]
    assert places(before)["Expander"] == places(after)["Expander"]


def test_a_lesson_of_ones_own_is_played_and_a_bad_one_is_told():
    at = run("lessons")
    box = next(each for each in at.text_area if each.key == "_lesson_text")
    box.set_value("nonsense")
    settled(at)
    assert "A lesson begins with" in at.error[0].value
    own = "---\ntitle: Mine\nminutes: 5\n---\n## One\nlink: surface?loss=absolute\nLook.\n"
    next(each for each in at.text_area if each.key == "_lesson_text").set_value(own)
    settled(at)
    next(b for b in at.button if "Mine" in b.label).click()
    settled(at)
    assert [each.value for each in at.subheader] == ["One"]


ORDERS = [each for each in SCENES if each[2].question and each[2].question.kind == "order"]


@pytest.mark.parametrize(("id", "number", "scene"), ORDERS, ids=lambda p: str(p)[:30])
def test_what_is_to_be_put_in_order_is_not_listed_in_it(id, number, scene):
    at = run("lessons", lesson=id, scene=str(number))
    right = right_answer(scene.question, scene.scope())
    assert sorted(at.multiselect[0].options) == sorted(right)
    assert at.multiselect[0].options != right


def test_a_lesson_with_faults_is_told_by_line_and_the_rest_plays():
    at = run("lessons")
    scene = "## {}\nlink: {}\nLook.\n\n? What of {{data.n}}?\n{}\n"
    right = "surface?data=anscombe&model=line&loss=squared"
    own = "---\ntitle: Mine\nminutes: 5\n---\n" + "".join(
        scene.format(*each)
        for each in (
            ("Nowhere", "surface?data=nowhere&model=line&loss=squared", "= data.n within 1"),
            ("Unknown", right, "= minimum.nothing within 1"),
            ("Two right", right, "- A :: 1 == 1\n- B :: 1 < 2"),
            ("Good", right, "= data.n within 0"),
        )
    )
    next(each for each in at.text_area if each.key == "_lesson_text").set_value(own)
    settled(at)
    told = [each.value.replace("\\", "") for each in at.warning]
    for line, why in ((6, "data=nowhere"), (16, "'nothing'"), (23, "2 of 2 are right")):
        assert any(f"Line {line}: " in each and why in each for each in told), told
    next(b for b in at.button if "Mine" in b.label).click()
    settled(at)
    assert [each.value for each in at.subheader] == ["Good"]
    assert len(at.warning) == 3
    assert "**What of 11?**" in [each.value for each in at.markdown]
    at.number_input[0].set_value(11)
    at.button[0].click()
    settled(at)
    assert at.success[0].value.startswith("Yes.")


def test_two_browsers_in_one_room_are_counted_live_and_without_names():
    place = {"lesson": "02-squared-against-absolute", "scene": "2"}
    first = run("lessons", **place)
    next(b for b in first.button if b.label == "Open a room").click()
    settled(first)
    code = first.query_params["room"]
    code = code[0] if isinstance(code, list) else code
    second = run("lessons", **place, room=code)
    for at, answer in ((first, "Only the least-squares line"), (second, "Neither")):
        at.radio[0].set_value(answer)
        at.button[0].click()
        settled(at)
    toggle = next(each for each in first.toggle if each.key.startswith("tally-"))
    assert not toggle.value  # nobody is shown what others said before the lecturer asks
    toggle.set_value(True)
    settled(first)
    assert "2 browsers answered." in text(first)
    bars = [each.proto.text.replace("\\", "") for each in first.get("progress")]
    assert bars == [
        "Only the least-squares line: 1", "Both lines, about equally: 0", "Neither: 1",
    ]  # fmt: skip
    stranger = run("lessons", **place, room="ZZZZZ")
    assert "No room with this code" in stranger.warning[0].value


def test_reset_gives_the_scene_as_it_was_at_first():
    at = run("lessons", lesson="02-squared-against-absolute", scene="2")
    at.radio[0].set_value("Neither")
    at.button[0].click()
    settled(at)
    assert at.info
    next(b for b in at.button if b.key == "scene-reset").click()
    settled(at)
    assert not at.info
    assert at.radio[0].value is None


@pytest.mark.parametrize(
    "page", ["surface", "outliers", "classification", "regularization", "validation", "losses"]
)
def test_the_state_a_page_adds_to_a_lesson_has_what_expressions_ask_for(page):
    at = run(page)
    words = at.session_state["_shown_problem"]
    menus = {each.key: each.value for each in at.selectbox if each.key in words}
    assert len(menus) >= 3
    assert {key: words[key] for key in menus} == menus
    link = f"{page}?" + "&".join(f"{key}={value}" for key, value in words.items())
    lesson = read_lesson(
        f"---\ntitle: Mine\nminutes: 5\n---\n## One\nlink: {link}\nIt is {{minimum.value}}.\n"
    )
    assert not lesson.complaints


@pytest.mark.parametrize(("id", "number", "scene"), SCENES, ids=lambda p: str(p)[:30])
def test_every_scene_is_shown_without_a_warning(id, number, scene):
    at = run("lessons", lesson=id, scene=str(number))
    assert not at.warning
    assert scene.title in text(at) or scene.title in [each.value for each in at.subheader]
    assert scene.question is None or right_answer(scene.question, scene.scope()) is not None


def test_a_lesson_is_found_by_the_name_it_had(monkeypatch):
    told = '{"07-bending-the-bowl": {"1": {"answer": "No", "right": true}}}'
    monkeypatch.setattr(browser_store, "known", lambda name: told if name == "lessons" else None)
    at = run("lessons", lesson="07-bending-the-bowl")
    assert at.query_params["lesson"] == "07-penalties-reshape-the-loss"
    next(b for b in at.button if b.key == "scene-all").click()
    settled(at)
    assert "1 of 4 questions answered" in text(at)
