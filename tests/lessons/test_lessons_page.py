"""The Lessons page, run as a session runs it; every scene's link opens without a warning."""

import pytest

from lossviz.lessons import course, right_answer
from lossviz.problem.link import read_link
from tests.running import HOUSE, run, settled, text

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


def test_all_answers_can_be_forgotten():
    at = run("lessons", lesson="02-squared-against-absolute", scene="2")
    at.radio[0].set_value("Only the least-squares line")
    at.button[0].click()
    settled(at)
    next(b for b in at.button if b.key == "scene-all").click()
    settled(at)
    cards = text(at)
    assert "1 of 5 questions answered" in cards or "1 of 4 questions answered" in cards
    next(b for b in at.button if b.key == "lessons-reset").click()
    settled(at)
    assert "1 of " not in text(at)
    assert "lessons-reset" not in [b.key for b in at.button]


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


@pytest.mark.parametrize(("id", "number", "scene"), SCENES, ids=lambda p: str(p)[:30])
def test_every_scene_opens_without_a_warning(id, number, scene):
    at = run("lessons", lesson=id, scene=str(number))
    assert not at.warning
    assert scene.title in text(at) or scene.title in [each.value for each in at.subheader]
    page, words = read_link(scene.link)
    if (HOUSE / "pages" / f"{page}.py").exists() and page not in ("neural_networks",):
        shown = run(page, **words)
        assert not shown.warning, [each.value for each in shown.warning]
        assert not shown.error, [each.value for each in shown.error]
    assert scene.question is None or right_answer(scene.question, scene.scope()) is not None
