"""What a lesson tells is what its picture shows, read from the pictures of every kind of page."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lossviz.lessons import course
from lossviz.lessons.expression import evaluate
from lossviz.lessons.lesson import Scene
from lossviz.problem.link import read_link
from lossviz.text import number
from tests.running import messages, numbers, opened, run, sent, shown

Reader = Callable[[AppTest], float]
COURSE = {id[:2]: lesson for id, lesson in course().items()}


def drawn(at: AppTest, key: str, name: str, axis: str, place: int = 0) -> np.ndarray:
    """The numbers of one trace; ``place`` counts those of the same name."""
    traces = [each for each in sent(at, key)["figure"]["data"] if each.get("name") == name]
    return numbers(traces[place][axis])


def mark(key: str, name: str, axis: str, k: int = 0) -> Reader:
    """Where a point of a picture stands."""
    return lambda at: float(np.ravel(drawn(at, key, name, axis))[k])


def slope(name: str) -> Reader:
    """The slope of a line over the data of Outliers."""

    def read(at: AppTest) -> float:
        x, y = (drawn(at, "outliers-data", name, axis) for axis in "xy")
        return float((y[-1] - y[0]) / (x[-1] - x[0]))

    return read


def cell(row: str, column: int) -> Reader:
    """A number of a table under the picture; the first column is 0."""

    def read(at: AppTest) -> float:
        lines = "\n".join(each.value for each in at.markdown).splitlines()
        rows = [line.replace(r"\vert", "")[1:-1].split(" | ") for line in lines if line[:1] == "|"]
        cells = next(each for each in reversed(rows) if each[0].strip().startswith(f"**{row}**"))
        return float(cells[column].split()[0].replace("−", "-").replace(",", ""))

    return read


def below(gap: float, name: str) -> Reader:
    """The first step at which the curve of losses is low enough."""

    def read(at: AppTest) -> float:
        steps, excess = (drawn(at, "descent-excess", name, axis) for axis in "xy")
        return float(steps[excess <= gap][0])

    return read


def height(a: float, b: float) -> Reader:
    """The map's own value between the places of its grid."""

    def read(at: AppTest) -> float:
        x, y, z = (drawn(at, "map", "surface", axis) for axis in "xyz")
        beside = [np.abs(axis - at_).argsort()[:4] for axis, at_ in ((x, a), (y, b))]
        # four places decide a cubic, and so the quadratic that this surface is
        row = [np.polyval(np.polyfit(x[beside[0]] - a, z[j, beside[0]], 3), 0) for j in beside[1]]
        return float(np.polyval(np.polyfit(y[beside[1]] - b, row, 3), 0))

    return read


def caption(start: str, what: str) -> Reader:
    """A number of the player's line that begins so."""

    def read(at: AppTest) -> float:
        lines = next(each for each in _captions(at) if any(line.startswith(start) for line in each))
        line = next(line for line in lines if line.startswith(start))
        found = re.search(rf"{what} ([−\d.,]+)", line)
        assert found, line
        return float(found[1].replace("−", "-").replace(",", ""))

    return read


def _captions(at: AppTest) -> list[list[str]]:
    return [each["captions"] for each in messages(at) if isinstance(each.get("captions"), list)]


def on_path(strength: float, name: str, count: Callable[[np.ndarray], float]) -> Reader:
    """What the path of the minimum over the strength shows at the nearest strength it has."""

    def read(at: AppTest) -> float:
        strengths = [float(line.split()[2].replace(",", "")) for line in _captions(at)[0]]
        k = int(np.abs(np.array(strengths) - strength).argmin())
        return count(np.array([drawn(at, "reg-map", name, axis)[k] for axis in "xy"]))

    return read


def curve(key: str, name: str, x: float) -> Reader:
    """A curve between its places."""

    def read(at: AppTest) -> float:
        found = drawn(at, key, name, "x"), drawn(at, key, name, "y")
        return float(np.interp(x, *found))

    return read


def ratio(key: str, name: str, first: int, last: int) -> Reader:
    """One point of a curve, or bar, over another."""

    def read(at: AppTest) -> float:
        y = drawn(at, key, name, "y")
        return float(y[first] / y[last])

    return read


def written(pattern: str) -> Reader:
    """A number in the words of the page."""

    def read(at: AppTest) -> float:
        found = re.search(pattern, shown(at))
        assert found, pattern
        return float(found[1].replace("−", "-").replace(",", ""))

    return read


def _zeros(weights: np.ndarray) -> float:
    return float((weights == 0).sum())


# lesson-scene -> what is told, and where its picture shows it
PICTURED: dict[str, dict[str, Reader]] = {
    "01-2": {
        "minimum.intercept": mark("map", "minimum", "x"),
        "minimum.slope": mark("map", "minimum", "y"),
    },
    "01-3": {"at(4, 0.5)": height(4, 0.5), "at(3, 0.5)": height(3, 0.5)},
    "01-4": {"minimum.intercept": mark("map", "minimum", "x")},
    "01-5": {
        'loss("huber", 4, 1, delta=1)': cell("Huber", 1),
        'loss("absolute", 4, 1)': cell("Absolute error", 1),
        'loss("half_squared", 4, 1)': cell("Half squared error", 1),
        'loss("squared", 4, 1)': cell("Squared error", 1),
    },
    "02-1": {"100 * share(2)": mark("outliers-shares", "Squared error", "y", 2)},
    "02-2": {
        "minimum.slope": slope("Squared error"),
        'minimum_for("absolute").slope': slope("Absolute error"),
    },
    "02-3": {"minimum.slope": mark("outliers-squared", "minimum", "y")},
    "02-4": {"minimum.slope": mark("outliers-squared", "minimum", "y")},
    "02-5": {"minimum.slope": slope("Absolute error")},
    "02-6": {"minimum.value": mark("outliers-absolute", "minimum", "y")},
    "03-1": {
        "minimum.slope": slope("Huber"),
        'minimum_for("squared").slope': slope("Squared error"),
    },
    "03-2": {'derivative("tukey_biweight", 0, 6, c=4.685)': cell("Tukey biweight", 2)},
    "03-3": {"minimum.slope": slope("Welsch")},
    "03-4": {
        'minimum_for("quantile", tau=0.9).slope': slope("Quantile"),
        'minimum_for("quantile", tau=0.5).slope': slope("Absolute error"),
    },
    "04-2": {'steps_to(1e-6, "gd", 0.0198)': below(1e-6, "Gradient descent")},
    "04-3": {
        'steps_to(1e-6, "gd", 0.0198)': below(1e-6, "Gradient descent"),
        'steps_to(1e-6, "momentum", 0.0331, momentum=0.669)': below(1e-6, "Momentum"),
    },
    "05-1": {
        'ends("newton", 1).a': mark("descent-map", "Newton", "x", -1),
        'ends("newton", 1).b': mark("descent-map", "Newton", "y", -1),
        'ends("gd", 0.01).a': mark("descent-map", "Gradient descent", "x", -1),
        'ends("gd", 0.01).b': mark("descent-map", "Gradient descent", "y", -1),
    },
    "05-2": {'ends("adam", 0.1).a': mark("descent-map", "Adam", "x", -1)},
    "05-3": {'steps_to(1e-6, "adam", 0.3)': below(1e-6, "Adam")},
    "05-4": {
        'steps_to(1e-6, "adam", 0.3)': below(1e-6, "Adam"),
        'steps_to(1e-6, "gd", 0.0198)': below(1e-6, "Gradient descent"),
    },
    "05-5": {
        'ends("adamw", 0.1, 50, weight_decay=0.1).a': mark("descent-map", "AdamW", "x", -1),
        'ends("adam", 0.1, 50).a': mark("descent-map", "Adam", "x", -1),
    },
    "06-1": {
        'derivative("cross_entropy", 1, -8)': cell("Cross-entropy", 2),
        'derivative("mse_sigmoid", 1, -8)': cell("Squared error of the probability", 2),
    },
    "06-2": {
        f'loss("{id}", 1, 0.5)': cell(row, 1)
        for id, row in (("zero_one", "Zero-one"), ("cross_entropy", "Cross-entropy"),
                        ("hinge", "Hinge"), ("exponential", "Exponential"))
    },
    "06-4": {"minimum.slope": mark("first", "minimum", "y")},
    "07-1": {
        "minimum.weight_of_bmi": on_path(1, "minimum", lambda at: at[0]),
        "minimum.weight_of_s5": on_path(1, "minimum", lambda at: at[1]),
    },
    "07-2": {
        "minimum.zeros": on_path(20, "minimum", _zeros),
        'minimum_with("l1", 44).zeros': on_path(44, "minimum", _zeros),
        'minimum_with("l1", 46).zeros': on_path(50, "minimum", _zeros),
    },
    "07-3": {'minimum_with("l2", 0).training': caption("λ = 0 ", "data loss")},
    "07-4": {
        'held_out_with("l2", 0.1).loss': curve("strengths", "held out", 0.1),
        'held_out_with("l2", 1).loss': curve("strengths", "held out", 1),
        'held_out_with("l2", 0).loss': written(r"held-out loss there is \*\*([\d,]+)"),
        'held_out_with("l2", 0).training': written(r"training loss is \*\*([\d,]+)"),
    },
    "08-1": {'noisy_probability("cross_entropy", 0.1)': cell("Cross-entropy", 1)},
    "08-2": {
        'noisy_probability("focal", 0.1)': cell("Focal", 1),
        'noisy_probability("mae_prob", 0.1)': cell("Absolute error of the probability", 1),
    },
    "08-4": {
        "weighted(0.5).first": mark("comb-front", "chosen", "x", 100),
        "weighted(0.5).second": mark("comb-front", "chosen", "y", 100),
    },
    "09-3": {
        f'signal(20, "{way}")': ratio("res-depths", way, 0, -1)
        for way in ("plain", "skips / blocks", "skips, unscaled")
    },
    "10-2": {"equation_condition(3)": ratio("res-condition", "residual of the equation", -1, 0)},
    "10-3": {
        "policy(-8, 0).gradient": lambda at: float(
            np.hypot(*(drawn(at, "act-clouds", "exact gradient", axis)[0] for axis in "xy"))
        )
    },
}  # fmt: skip
# what stands in the words of the page, at "#", with so many digits
WRITTEN: dict[str, dict[str, tuple[str, int]]] = {
    "04-1": {"curvature.safe_rate": ("#", 3)},
    "04-4": {"curvature.condition": ("#", 3)},
    "04-5": {"curvature.condition": ("#", 3)},
    "09-1": {"slice(20, 8).parameters": ("A 2-D slice of a #-dimensional surface", 4)},
    "09-2": {
        "sharpness(5).before": ("the largest curvature goes from # to", 3),
        "sharpness(5).after": ("to #. The largest Hessian eigenvalue", 3),
    },
    "09-4": {
        "100 * random_walk(1)": ("in many dimensions shows # % and", 2),
        "100 * random_walk(2)": ("% and # % and a smooth curve", 2),
    },
}
# scenes that tell no number, and those whose numbers are of no picture, and why
ELSEWHERE = {
    "01-1": "how many points there are",
    "06-3": "no number",
    "06-5": "what the read-out tells under the cursor at the minimum, in the browser alone",
    "08-3": "a population with other labels than those drawn",
    "10-1": "no number",
    "10-4": "a loss at an error of 100, beyond every picture",
}


def scene_of(place: str) -> Scene:
    lesson, number_ = place.split("-")
    return COURSE[lesson].scenes[int(number_) - 1]


def test_every_scene_has_its_picture_read_or_says_why_not():
    assert sorted([*PICTURED, *WRITTEN, *ELSEWHERE]) == PLACES
    pages = {read_link(scene_of(place).link).page for place in PLACES}
    assert pages == {read_link(scene_of(place).link).page for place in (*PICTURED, *WRITTEN)}


PLACES = [f"{id}-{n}" for id, each in COURSE.items() for n in range(1, len(each.scenes) + 1)]
TOLD_LATER = ("lead", "what-you-see", "title", "next", "try-this", "share")  # hidden/page.css


def elements(block: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every element with the names of all that it stands in, and its own."""
    for child in block.children.values():
        name = str(getattr(child.proto, "id", "")) if hasattr(child, "proto") else ""
        if hasattr(child, "children"):
            yield from elements(child, (*names, name))
        else:
            yield " ".join((*names, name)), child


def open_to_the_reader(at: AppTest, hides: Collection[str]) -> str:
    """What is read before the answer: words, tables and numbers typed in, and players' lines."""
    later = [re.compile(rf"-{each}(?: |$)") for each in (*TOLD_LATER, *hides)]
    said = []
    for names, each in elements(at.main):
        if any(pattern.search(names) for pattern in later):
            continue
        said += [str(getattr(each, "value", "")), str(getattr(each, "label", ""))]
        if getattr(each.proto, "component_name", "") == "lossviz.player":
            lines = opened(each.proto.bytes, {})["captions"]
            said += lines if isinstance(lines, list) else []
    return "\n".join(said)


def answers(scene: Scene) -> set[str]:
    """The numbers that answer a question, as they would be written; short ones stand anywhere."""
    question, scope = scene.question, scene.scope()
    assert question is not None
    asked = [*question.right] if question.kind in ("number", "point") else []
    asked += [option.expression for option in question.options if question.kind == "order"]
    if question.kind == "choice":
        told = set(re.findall(r"\{([^{}:]+)", question.reply))
        asked = [each for each in told if each not in scene.text + question.prompt]
    values = [evaluate(each, scope) for each in asked]
    return {
        text
        for value in values
        if not isinstance(value, str)
        for text in (number(value, 3), number(value, 4))
        if sum(letter.isdigit() for letter in text.lstrip("−0.")) >= 3
    }


def shows_what_is_told(at: AppTest, place: str) -> None:
    """The numbers of a reveal are those of its picture, or of the page's words."""
    scope = scene_of(place).scope()
    for expression, read in PICTURED.get(place, {}).items():
        told = evaluate(expression, scope)
        assert read(at) == pytest.approx(told, rel=2e-3, abs=1e-6), expression
    for expression, (words, digits) in WRITTEN.get(place, {}).items():
        told = rf"(?<![\d.]){re.escape(number(evaluate(expression, scope), digits))}(?![\d]|\.\d)"
        assert re.search(re.escape(words).replace(r"\#", told), shown(at)), (expression, told)


def hides_its_answer(at: AppTest, place: str) -> None:
    """No number of the answer is read before it, and all that is hidden is there."""
    scene = scene_of(place)
    said = open_to_the_reader(at, scene.hides)
    for each in answers(scene):
        assert not re.search(rf"(?<![\d.,]){re.escape(each)}(?![\d]|[.,]\d)", said), each
    names = " ".join(names for names, _ in elements(at.main)) + " "
    for each in scene.hides:
        assert f"-{each} " in names, each


@pytest.mark.parametrize("place", PLACES)
def test_a_scene_opens_hides_its_answer_and_tells_what_its_picture_shows(place):
    scene = scene_of(place)
    page, words = read_link(scene.link)
    at = run(page, **words)
    assert not at.warning, [each.value for each in at.warning]
    assert not at.error, [each.value for each in at.error]
    shows_what_is_told(at, place)
    if scene.question:
        hides_its_answer(at, place)


def test_the_frame_of_a_question_about_the_minimum_is_asked_to_hide_its_model():
    for place, hidden in (("01-2", True), ("01-5", False), ("06-4", True), ("05-1", False)):
        assert scene_of(place).question.of_minimum == hidden
        lesson = next(id for id in course() if id.startswith(place[:2]))
        (frame,) = run("lessons", lesson=lesson, scene=place[3:]).get("iframe")
        words = parse_qs(urlsplit(frame.proto.src).query)["hide"][0].split(",")
        assert ("model" in words) == hidden
        assert {f"until-{each}" for each in scene_of(place).hides} <= set(words)
