"""The page Your data, without a browser."""

import numpy as np
import pytest

from lossviz.datasets import read_table
from lossviz.datasets.yours import pack
from lossviz.landscapes import Landscape
from lossviz.landscapes.file import save_landscape
from lossviz.landscapes.planes import axes
from lossviz.text import TIMES
from lossviz.ui import browser_store
from tests.running import pictures, run, sent, settled, text


def brought(content: str, **link: str):
    at = run("your_data", way="paste", **link)
    at.text_area[0].set_value(content)
    next(b for b in at.button if b.label == "Read it").click()
    return settled(at)


def use(at):
    next(b for b in at.button if b.label == "Use these data").click()
    return settled(at)


def test_it_opens_with_an_example_and_says_so():
    at = run("your_data")
    assert "six points stand in" in text(at)
    assert len(pictures(at)) == 2


def test_a_pasted_table_is_read_shown_and_used():
    at = brought("n;x;y\na;1,5;2\nb;2;4\na;3;5\n")
    assert "3 rows and 3 columns" in text(at)
    at = use(at)
    assert "3 rows predict y, a number, from x." in text(at)
    assert sent(at, "yours-fit")


def test_the_link_of_a_table_in_use_names_it_for_every_page():
    link = use(brought("x,y\n1,2\n2,4\n3,5\n5,9\n")).session_state["_lossviz"].link
    words = {key: link[key] for key in ("data", "data-yours-table")}
    assert "4 rows, y from x" in text(run("surface", **words)).replace("\\", "")


def test_labels_are_two_classes():
    at = use(brought("x,c\n1,no\n2,yes\n3,no\n4,yes\n"))
    assert "one of 2 classes" in text(at)


def test_an_index_beside_the_rows_is_not_the_feature_to_begin_with():
    at = use(brought(",x,y\n0,1,2\n1,2,4\n2,3,5\n3,5,9\n"))
    assert "4 rows predict y, a number, from x." in text(at)


def test_a_question_is_asked_and_its_answer_taken():
    at = brought("x;y\n1,200;5\n950;6\n2,500;9\n")
    assert "1 question is open" in text(at)
    menu = next(box for box in at.selectbox if box.label == "Answer 1")
    assert "may be a decimal mark" in text(at)
    menu.set_value("thousands")
    at = use(settled(at))
    assert "1,200" in text(at) or "3 rows predict y" in text(at)


@pytest.mark.parametrize(
    "content", ["", "x\n1\n", "a,b\n1,2,3\n4\n", '"', "x,y\n", "a;a\n1;2\n3;4\n"]
)
def test_what_cannot_be_used_is_a_sentence(content):
    at = brought(content)
    assert not any(b.label == "Use these data" for b in at.button)


@pytest.mark.parametrize("page", ["surface", "gradient_descent", "outliers", "losses", "residuals"])
def test_a_link_with_a_table_opens_on_other_pages(page):
    token = pack(read_table("x,y\n1,2.5\n2,3\n4,7\n6,8\n").data(["x"], "y"))
    at = run(page, data="yours", **{"data-yours-table": token})
    assert "4 rows, y from x" in text(at).replace("\\", "")
    assert not at.error


@pytest.mark.parametrize("page", ["outliers", "classification", "surface"])
def test_a_table_with_more_features_than_a_page_draws_is_a_sentence(page):
    rows = np.random.default_rng(0).normal(size=(8, 3))
    words = "a,b,c,y\n" + "".join(
        f"{x:.3f},{y:.3f},{z:.3f},{i % 2}\n" for i, (x, y, z) in enumerate(rows)
    )
    kind = "binary" if page == "classification" else "regression"
    token = pack(read_table(words).data(["a", "b", "c"], "y", kind))
    id = "yours_binary" if kind == "binary" else "yours"
    key = "bdata" if kind == "binary" else "data"
    at = run(page, task=kind, **{key: id, f"{key}-{id}-table": token})
    assert bool(at.error) == (page != "surface")


def test_a_link_to_a_table_that_is_gone_is_a_sentence():
    at = run("surface", data="yours", **{"data-yours-table": "sha-00"})
    assert "no longer here" in text(at)


def landscape_file(tmp_path, bump=0.0, points=(21, 17)):
    a, b = (np.linspace(-end, end, count) for end, count in zip((1, 2), points, strict=True))
    values = a**2 + b[:, None] ** 2 + bump * np.cos(8 * a)
    plane = axes(2)
    save_landscape(Landscape(plane, a, b, values), tmp_path / "l.npz", title=f"bump {bump}")
    return (tmp_path / "l.npz").read_bytes()


def test_landscape_files_open_alone_and_side_by_side(tmp_path):
    at = run("your_data", way="landscape")
    files = {"one.npz": landscape_file(tmp_path), "two.npz": landscape_file(tmp_path, 0.5)}
    store = at.session_state["_lossviz"]
    store.kept["_your-landscapes"] = {"one.npz": files["one.npz"]}
    at = settled(at)
    assert f"bump 0.0: 21{TIMES}17 heights from 0, at (0, 0), to 5" in text(at)
    assert "not convex at 0\u00a0%" in text(at)
    assert len(pictures(at)) == 4
    store.kept["_your-landscapes"] = files
    at = settled(at)
    assert "bump 0.5 is the lower one" in text(at)
    assert len(pictures(at)) == 8
    store.kept["_your-landscapes"] = {"large.npz": landscape_file(tmp_path, points=(401, 401))}
    settled(at)
    assert f"large\\.npz holds 401{TIMES}401 points; shown are 201{TIMES}201 of them" in text(at)
    assert sent(at, "file-map-0")["figure"]["data"][0]["z"]["shape"] == "201, 201"
    store.kept["_your-landscapes"] = {"bad.npz": b"PK nonsense"}
    at = settled(at)
    assert "not a landscape file" in text(at)


def test_a_curve_of_the_gallery_becomes_the_formula():
    at = run("surface", task="regression", data="growth", model="formula")
    next(b for b in at.button if b.key == "gallery-1").click()
    at = settled(at)
    assert at.text_input(key="model-formula-expression").value == "a/(1 + exp(-b*(x - c)))"


@pytest.mark.parametrize(
    ("page", "task", "features"),
    [
        ("regularization", "regression", "ab"),
        ("neural_networks", "regression", "a"),
        ("classification", "binary", "ab"),
    ],
)
def test_a_table_with_the_features_a_page_draws_is_drawn(page, task, features):
    rows = np.random.default_rng(0).normal(size=(12, 2))
    words = "a,b,y\n" + "".join(f"{x:.3f},{z:.3f},{i % 2}\n" for i, (x, z) in enumerate(rows))
    token = pack(read_table(words).data(list(features), "y", task))
    key, id = ("bdata", "yours_binary") if task == "binary" else ("data", "yours")
    at = run(page, task=task, **{key: id, f"{key}-{id}-table": token})
    assert not at.error
    assert "12 rows" in text(at)


def store(monkeypatch):
    """A browser that keeps texts, and answers the next page that asks."""
    held: dict[str, str] = {}
    monkeypatch.setattr(browser_store, "hand_over", held.__setitem__)
    monkeypatch.setattr(
        browser_store, "look_up", lambda name, then: held.get(name) and then(held[name])
    )
    return held


def test_what_is_not_in_use_is_kept_by_the_browser_and_comes_back(monkeypatch):
    held = store(monkeypatch)
    run("your_data")
    assert not held  # nothing was made
    at = brought("x;y\n1,200;5\n950;6\n2,500;9\n")
    next(box for box in at.selectbox if box.label == "Answer 1").set_value("thousands")
    settled(at)
    settled(at)
    again = run("your_data")  # another session: the browser answers, and the page runs again
    again = settled(again)
    assert "what you pasted: 3 rows and 2 columns" in text(again).replace("\\", "")
    assert "did not use it" in text(again)
    again = use(again)  # the answer came back as well
    assert "3 rows predict y" in text(again)
    assert held["draft"] == ""  # link and session have it from here on
    assert "did not use it" not in text(settled(run("your_data")))


def test_a_draft_can_be_discarded_and_nonsense_is_no_draft(monkeypatch):
    held = store(monkeypatch)
    settled(brought("x,y\n1,2\n2,4\n3,5\n"))
    at = settled(run("your_data"))
    next(b for b in at.button if b.label == "Discard it").click()
    at = settled(at)
    assert held["draft"] == ""
    assert "3 rows and 2 columns" not in text(at)
    for nonsense in (
        "[]",
        "{",
        '{"text": 1, "answers": {}, "points": [], "raw": false}',
        '{"text": "", "answers": {}, "points": [[1, "NaN"]], "raw": false}',
    ):
        held["draft"] = nonsense
        assert "did not use it" not in text(settled(run("your_data")))


def test_the_table_in_use_is_the_one_that_is_edited():
    token = pack(read_table("width,height\n1,2.5\n2,3\n4,7\n").data(["width"], "height"))
    at = run("your_data", way="type", data="yours", **{"data-yours-table": token})
    assert [list(each.value.columns) for each in at.dataframe] == [["width", "height"]]


def test_a_page_that_waits_for_a_long_table_has_heard_its_first_link(monkeypatch):
    """Else the click that came with the first run to a restarted server would be lost."""
    monkeypatch.setattr(browser_store, "fetch", lambda name: None)
    at = run("surface", data="yours", **{"data-yours-table": "sha-" + "0" * 32})
    assert "Looking for your table" in at.info[0].value
    assert at.session_state["_lossviz"].begun
    monkeypatch.setattr(browser_store, "fetch", lambda name: "")
    at = settled(at)
    assert "no longer here" in text(at)


def test_columns_that_cannot_be_told_apart_are_named_on_the_surface_page():
    rows = "".join(f"{2000 + i},{i},7,{(3 * i) % 8}\n" for i in range(12))
    table = read_table("year,since,site,y\n" + rows)
    token = pack(table.data(["year", "since", "site"], "y"))
    link = {"data": "yours", "data-yours-table": token, "model": "linear"}
    said = text(run("surface", **link)).replace("\\", "")
    assert "weight of site cannot be told from the intercept" in said
    assert "weight of year and weight of since cannot be told apart" in said


def test_a_table_that_the_browser_is_given_to_keep_moves_nothing_on_the_page():
    """What moves is made anew: pictures are drawn again, and what was being typed is lost."""
    at = run("surface")
    before = at.main.children.keys()
    at.session_state["_tables-to-keep"] = {"a-long-table": "x,y\n1,2\n"}
    settled(at)
    names = [each.proto.component_name for each in at.get("bidi_component")]
    assert "lossviz.shelf" in names
    assert at.main.children.keys() == before
