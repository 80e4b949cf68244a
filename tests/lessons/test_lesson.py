"""Lesson files: read whole, refused by line, and judged by what is computed."""

import re

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error

from lossviz.datasets import DATASETS
from lossviz.datasets.holdout import held_rows
from lossviz.lessons import course, judge, read_lesson, right_answer, writing
from lossviz.lessons import scope as scopes
from lossviz.lessons.lesson import filled
from lossviz.lessons.reading import HIDEABLE, WORDS, check
from lossviz.problem.link import read_link

HEAD = "---\ntitle: A test\nminutes: 5\naims: See.\n---\n"
GOOD = """## Slope
link: surface?data=anscombe&data-anscombe-which=3&model=line&loss=squared
The slope is {minimum.slope : 2}.

? Which slope?
= minimum.slope within 0.01
reply: It is {minimum.slope}.
"""


def scene(answers: str, link: str = "surface?data=anscombe&model=line&loss=squared") -> str:
    return f"## Bad\nlink: {link}\nText.\n\n? What?\n{answers}\n"


def test_a_scene_is_read_and_its_numbers_are_computed():
    lesson = read_lesson(HEAD + GOOD)
    (only,) = lesson.scenes
    X, y = (lambda d: (d.X[:, 0], d.y))(DATASETS["anscombe"](which=3).draw())
    slope = np.polyfit(X, y, 1)[0]
    assert right_answer(only.question, only.scope()) == pytest.approx(slope, rel=1e-9)
    assert judge(only.question, only.scope(), slope + 0.0099).right
    assert not judge(only.question, only.scope(), slope + 0.0101).right
    assert judge(only.question, only.scope(), 3.0).reply == f"It is {slope:.4f}."
    assert filled(only.text, only.scope()) == "The slope is 0.5."


def test_a_scene_names_the_pictures_that_would_tell_the_answer():
    (only,) = read_lesson(HEAD + GOOD.replace("squared\n", "squared\nhide: map fit\n", 1)).scenes
    assert only.hides == ("map", "fit")
    assert only.text == "The slope is {minimum.slope : 2}."


DESCENT = re.compile(r'(?:steps_to\([^,]+, |ends\()"(\w+)", ([\d.]+)')


def test_the_descents_that_a_lesson_tells_of_are_those_of_its_picture():
    told = 0
    for id in ("04-rolling-downhill", "05-momentum-adam-newton"):
        for scene in course()[id].scenes:
            words = read_link(scene.link).words
            heard = " ".join(line.text for line in scene.lines)
            heard += " ".join(option.expression for option in scene.question.options)
            for optimizer, rate in DESCENT.findall(heard):
                assert float(words[f"rate-{optimizer}"]) == float(rate), (id, scene.title)
                assert optimizer in words["opts"].split(".")
                told += 1
    assert told > 10


@pytest.mark.parametrize(
    ("bad", "line", "why"),
    [
        (scene("- A :: 1 == 1\n- B :: 2 == 2"), 12, "exactly one right answer; 2 of 2"),
        (scene("- A :: 1 == 2\n- B :: 2 == 1"), 10, "exactly one right answer; 0 of 2"),
        (scene("- A :: 1 == 1"), 10, "two answers or more"),
        (scene("- A\n- B :: 1 == 1"), 11, "label :: expression"),
        (scene("= 1"), 11, "one line = expression"),
        (scene("= minimum.nothing within 1"), 11, "There is no 'nothing'"),
        (scene("= __import__('os') within 1"), 11, "not known here"),
        (scene("> A :: 1\n> B :: 1"), 12, "two of these are equal"),
        (scene("@ 1 within 1"), 11, "one line @"),
        (scene("@ 1 ; 1 within 1 ; 1 ; 1"), 11, "one line @"),
        (scene("- A :: 1 == 1\n- B :: minimum.nothing > 1"), 12, "There is no 'nothing'"),
        (scene("- A :: 1 == 1 :: {nothing}\n- B :: 1 > 1"), 11, "not known here"),
        (scene("= 1 within 1\nreply: Yes.\nreply: {nothing}"), 13, "not known here"),
        ("## Bad\nlink: surface?data=nowhere\nLook.\n", 7, "data=nowhere"),
        (scene("= 1 within 1\n- A :: 1 == 1"), 12, "answers of one kind"),
        (scene("= data.n within 1", "surface?data=nowhere"), 7, "data=nowhere"),
        (scene("= minimum.slope within 1", "surface?loss=squared"), 7, "does not say data"),
        (scene("= 1 within 1", "?loss=squared"), 7, "A link names a page"),
        (scene("= 1 within 1\nmore text"), 12, "is no answer"),
        (scene("~ minimum.slope within 1"), 11, "one line ~"),
        (scene("~ minimum.slope = minimum.slope within 0.1"), 11, "right already"),
        (scene("= row(99).y within 1"), 11, "There is no row 99"),
        (scene("= share(0.5) within 1"), 11, "There is no row 0.5"),
        (scene("= weighted(0.5).first within 1", "combined?comb-scene=own"), 11, "shows 'own'"),
        (scene("= 1 within 1\nbreak: {nothing}"), 12, "not known here"),
        (scene("= 1 within 1").replace("? What?", "? What is {nothing}?"), 10, "not known here"),
        ("## Long\nlink: surface\n" + "word " * (WORDS + 1) + "\n", 6, f"at most {WORDS} words"),
        ("## No link\nText.\n", 6, "needs a line such as link"),
        (
            "## Bad\nlink: surface?loss=squared\nhide: fit mapp\nText.\n",
            8,
            "no 'mapp' to hide; there",
        ),
    ],
)
def test_a_bad_scene_is_told_by_the_line_of_its_fault_and_the_rest_still_plays(bad, line, why):
    lesson = read_lesson(HEAD + bad + GOOD)
    assert [each.title for each in lesson.scenes] == ["Slope"]
    (complaint,) = lesson.complaints
    assert complaint.startswith(f"Line {line}: ")
    assert why in complaint


@pytest.mark.parametrize("text", ["", "no head", "---\ntitle: x\n---\n", HEAD, HEAD + "## x\n"])
def test_what_is_no_lesson_is_refused(text):
    with pytest.raises(ValueError, match="lesson"):
        read_lesson(text)


def test_a_point_and_an_order_are_judged():
    lesson = read_lesson(
        HEAD + scene("@ minimum.intercept ; minimum.slope within 0.1") + scene("> C :: 3\n> A :: 1")
    )
    point, order = lesson.scenes
    best = right_answer(point.question, point.scope())
    assert judge(point.question, point.scope(), (best[0], best[1] + 0.09)).right
    assert not judge(point.question, point.scope(), (best[0], best[1] + 0.11)).right
    assert not judge(point.question, point.scope(), (best[0] + 0.11, best[1])).right
    assert judge(order.question, order.scope(), ["A", "C"]).right
    assert not judge(order.question, order.scope(), ["C", "A"]).right


def test_a_point_has_a_tolerance_of_its_own_on_each_axis():
    (point,) = read_lesson(HEAD + scene("@ 3 ; 0.5 within 1 ; 0.1")).scenes
    for off, right in (((0.9, 0.09), True), ((1.1, 0), False), ((0, 0.11), False)):
        assert judge(point.question, point.scope(), (3 + off[0], 0.5 + off[1])).right is right


def test_a_page_that_is_not_there_is_told_by_its_link():
    text = HEAD + scene("= 1 within 1", "nowhere?loss=squared") + GOOD
    assert len(read_lesson(text).scenes) == 2  # nobody said which pages there are
    (complaint,) = read_lesson(text, pages=("surface", "outliers")).complaints
    assert complaint == "Line 7: There is no page 'nowhere'; there are surface, outliers."


def test_a_drag_is_judged_by_the_state_it_leads_to():
    lesson = read_lesson(
        HEAD
        + scene(
            "~ minimum.slope = 1 within 0.05\nreply: It was {minimum.slope : 2}.",
            "outliers?data=anscombe&data-anscombe-which=3&points=2:13,100&model=line&loss=squared",
        )
    )
    (only,) = lesson.scenes
    data = DATASETS["anscombe"](which=3).draw()
    for height in (12.74, 26.5, 60.0):
        y = data.y.copy()
        y[2] = height
        slope = np.polyfit(data.X[:, 0], y, 1)[0]
        after = only.dragged(f"data=anscombe&data-anscombe-which=3&points=2:13,{height}")
        assert after["row"](2).part("y") == height
        reached = after["minimum"].part("slope")
        assert reached == pytest.approx(slope, rel=1e-9)
        verdict = judge(only.question, only.scope(), reached)
        assert verdict.right == (abs(slope - 1) < 0.05)
        assert verdict.reply.endswith("It was 3.7.")
        assert f"You brought it to {slope:.4g}" in verdict.reply or height == 26.5
    # a point put back leaves no word in the link
    assert only.dragged("")["row"](2).part("y") == 12.74
    with pytest.raises(ValueError, match="too long"):
        only.dragged("x" * 200_000)


def test_the_held_out_loss_is_that_of_the_fit_to_the_other_rows():
    scope = course()["07-penalties-reshape-the-loss"].scenes[3].scope()
    data = DATASETS["diabetes_pair"]().draw()
    held = held_rows(data, 0.75, 0)
    X, mean = data.X, data.X[~held].mean(axis=0)
    X = (X - mean) / data.X[~held].std(axis=0)
    fit = LinearRegression().fit(X[~held], data.y[~held])
    found = scope["held_out_with"]("l2", 0)
    assert found.part("training") == pytest.approx(
        mean_squared_error(data.y[~held], fit.predict(X[~held])), rel=1e-6
    )
    assert found.part("loss") == pytest.approx(
        mean_squared_error(data.y[held], fit.predict(X[held])), rel=1e-6
    )


def test_what_was_asked_is_not_computed_again():
    one, two = (course()["05-momentum-adam-newton"].scenes[3].scope() for _ in range(2))
    assert one is two
    assert one["ends"]("gd", 0.01) is two["ends"]("gd", 0.01)
    assert one["ends"]("gd", 0.01) is not two["ends"]("gd", 0.02)


@pytest.mark.parametrize("id", sorted(course()))
def test_every_lesson_plays_whole_and_its_answers_are_right(id):
    lesson = course()[id]
    assert lesson.complaints == ()
    assert 5 <= lesson.minutes <= 10
    assert any(each.question for each in lesson.scenes)
    for each in lesson.scenes:
        check(each)
        if each.question:
            answer = right_answer(each.question, each.scope())
            assert judge(each.question, each.scope(), answer).right


@pytest.mark.parametrize("id", sorted(course()))
def test_the_reply_to_a_wrong_choice_names_the_right_one_and_says_why(id):
    for each in course()[id].scenes:
        if each.question is None or each.question.kind != "choice":
            continue
        scope, answer = each.scope(), right_answer(each.question, each.scope())
        (best,) = (option for option in each.question.options if option.label == answer)
        assert f"The answer is: {answer}." not in judge(each.question, scope, answer).reply
        for option in each.question.options:
            if option.label != answer:
                reply = judge(each.question, scope, option.label).reply
                assert f"The answer is: {answer}. {filled(best.reply, scope)}" in reply
                assert reply.startswith(filled(option.reply, scope))


def test_the_course_has_its_ten_lessons_in_order():
    assert [int(id[:2]) for id in course()][:10] == list(range(1, 11))


def test_the_lesson_in_the_teachers_page_plays():
    lesson = read_lesson(writing().split("```")[1].strip())
    assert not lesson.complaints
    assert [scene.title for scene in lesson.scenes] == [
        "One outlier",
        "Which line moved?",
        "Level",
    ]
    assert right_answer(lesson.scenes[0].question, lesson.scenes[0].scope()) == pytest.approx(
        0.4997, abs=1e-4
    )
    right = right_answer(lesson.scenes[1].question, lesson.scenes[1].scope())
    assert right == "That of squared error"


@pytest.mark.parametrize("name", scopes.NAMES)
def test_the_teachers_page_names_what_an_expression_can_ask(name):
    assert re.search(rf"`{name}\b[.(]", writing()), name


def test_what_can_be_hidden_is_what_the_course_hides_and_so_is_there():
    used = {"surface": {"surface", "map", "fit"}}  # the course hides none of these three
    for lesson in course().values():
        for each in lesson.scenes:
            used.setdefault(read_link(each.link).page, set()).update(each.hides)
    assert {page: names for page, names in used.items() if names} == {
        page: set(names.split()) for page, names in HIDEABLE.items()
    }
    for page in HIDEABLE:
        assert f"| `{page}` | `{HIDEABLE[page].split()[0]}`" in writing()


def test_units_are_weights_is_computed_from_the_two_losses():
    scope = course()["08-bad-labels-several-goals"].scenes[3].scope()
    even, cents = scope["weighted"](0.5), scope["weighted"](0.5, 100)
    steep = scope["weighted"](1 / 101)  # the same sum: 1 x first + 100 x second
    assert cents.part("first") == pytest.approx(steep.part("first"), rel=1e-6)
    assert cents.part("second") < even.part("second")


def test_the_shifted_minimum_and_an_agents_slope():
    scope = course()["01-a-point-is-a-model"].scenes[0].scope()
    assert scope["minimum_shifted"](2).part("intercept") == pytest.approx(
        scope["minimum"].part("intercept") + 2, abs=1e-9
    )
    scope = course()["10-losses-without-labels-and-yours"].scenes[2].scope()
    p = 1 / (1 + np.exp(8))  # rewards 1 and 0.5: the slope is p (1 - p) / 2 in either logit
    assert scope["policy"](-8, 0).part("returns") == pytest.approx(0.5 + 0.5 * p, rel=1e-12)
    assert scope["policy"](-8, 0).part("gradient") == pytest.approx(
        2**0.5 * p * (1 - p) / 2, rel=1e-9
    )
