"""A person comes with a file: what it looks like, and that it agrees with scikit-learn."""

import re
from base64 import b64encode

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from lossviz.landscapes import Landscape
from lossviz.landscapes.file import save_landscape
from lossviz.landscapes.planes import axes
from lossviz.ui.browser_store import _SHELF_SCRIPT
from tests.browser.conftest import (
    ROOT,
    drawn,
    figure,
    free_port,
    pixel,
    settled,
    shoot,
    started,
)
from tests.running import deep_but

pytestmark = pytest.mark.browser

MPG = """18.0   8   307.0      130.0      3504.      12.0   70  1\t"chevrolet chevelle malibu"
15.0   8   350.0      165.0      3693.      11.5   70  1\t"buick skylark 320"
25.0   4   98.00      ?          2046.      19.0   71  1\t"ford pinto"
24.0   4   113.0      95.00      2372.      15.0   70  3\t"toyota corona mark ii"
27.0   4   97.00      88.00      2130.      14.5   70  3\t"datsun pl510"
26.0   4   97.00      46.00      1835.      20.5   70  2\t"volkswagen 1131 deluxe sedan"
"""
# the file, its target and feature, and the rows that scikit-learn is given
FILES = {
    "semicolons.csv": (
        "Größe;Preis\n1,5;2,25\n2;3,5\n3,25;3,75\n4;6\n".encode("cp1252"), "Preis", "Größe",
        [(1.5, 2.25), (2, 3.5), (3.25, 3.75), (4, 6)],
    ),
    "utf16.txt": (
        "time\tspeed\n1\t2.5\n2\t3\n4\t7\n5\t7.5\n".encode("utf-16-le"), "speed", "time",
        [(1, 2.5), (2, 3), (4, 7), (5, 7.5)],
    ),
    "units.csv": (
        b"Run 7,,\ntime,speed,remark\ns,m/s,\n0,1,\n1,3.5,late\n2,4,\n3,8,\n", "speed", "time",
        [(0, 1), (1, 3.5), (2, 4), (3, 8)],
    ),
    "auto-mpg.data": (
        MPG.encode(), "column 1", "column 4", [(130, 18), (165, 15), (95, 24), (88, 27), (46, 26)],
    ),
}  # fmt: skip


def pick(page, title, name):
    """Choose an option of a menu by its title."""
    page.get_by_label(title, exact=True).first.click()
    page.get_by_role("option", name=name, exact=True).click()
    settled(page)


def upload(page, name, content):
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content}
    )
    page.get_by_role("button", name="Use these data").wait_for()
    settled(page)


@pytest.mark.parametrize("name", deep_but(FILES, "units.csv"))
def test_a_file_becomes_a_landscape_whose_minimum_is_scikit_learns(visit, app, name):
    content, target, feature, rows = FILES[name]
    page = visit(f"{app}/your_data")
    drawn(page, "yours-surface", "yours-fit")
    upload(page, name, content)
    if name == "auto-mpg.data":
        pick(page, "Target", target)
        box = page.get_by_label("Features", exact=True).first
        box.click()
        page.get_by_role("option", name=feature, exact=True).click()
        page.get_by_label("Remove column 2").click()
        page.keyboard.press("Escape")
        settled(page)
    page.get_by_role("button", name="Use these data").click()
    n = len(rows)
    page.wait_for_function(
        "n => document.querySelector('.st-key-yours-fit .stage-figure')?._fullData?.find("
        "t => t.name === 'data')?.y.length === n",
        arg=n,
    )
    settled(page)
    x, y = np.array(rows, float).T
    shown = [
        np.array(
            figure(page, "yours-fit", f"Array.from(gd._fullData.find(t => t.name==='data').{c})")
        )
        for c in "xy"
    ]
    np.testing.assert_allclose(shown, [x, y], rtol=1e-6)
    theirs = LinearRegression().fit(x[:, None], y)
    said = page.locator(".st-key-what-you-see").inner_text()
    found = re.search(r"intercept (−?[\d.,]+) and slope (−?[\d.,e−]+)", said)
    ours = [float(each.rstrip(".,").replace("−", "-").replace(",", "")) for each in found.groups()]
    np.testing.assert_allclose(ours, [theirs.intercept_, theirs.coef_[0]], rtol=2e-3)
    shoot(page, f"your-data-{name}")

    # the link holds the table: it opens elsewhere, and other pages have it
    other = visit(page.url.replace("your_data?", "outliers?data=yours&"))
    drawn(other, "outliers-data")
    same = figure(other, "outliers-data", "Array.from(gd._fullData.find(t => t.name==='data').y)")
    np.testing.assert_allclose(same, y, rtol=1e-6)


KEPT = """async (text) => {
  const ask = indexedDB.open("lossviz", 1);
  const base = await new Promise((done) => { ask.onsuccess = () => done(ask.result); });
  const all = base.transaction("texts").objectStore("texts").getAll();
  await new Promise((done) => { all.onsuccess = done; });
  base.close();
  return all.result.some((each) => each.text.includes(text));
}"""


@pytest.mark.deep
def test_a_long_table_and_a_typed_cell_outlive_the_server_and_the_tab(reader):
    y = np.random.default_rng(0).normal(size=200)
    table = "x,y\n" + "\n".join(f"{x},{each!r}" for x, each in enumerate(y.tolist()))
    port = free_port()

    def shown(page):
        page.wait_for_function(
            "() => document.querySelector('.st-key-yours-fit .stage-figure')?._fullData?.find("
            "t => t.name === 'data')?.y.length === 200"
        )
        return figure(page, "yours-fit", "Array.from(gd._fullData.find(t => t.name === 'data').y)")

    server = started(ROOT / "app.py", port)
    try:
        page = reader.new_page()
        page.goto(f"http://127.0.0.1:{port}/your_data")
        upload(page, "long.csv", table.encode())
        page.get_by_role("button", name="Use these data").click()
        before = shown(page)
        np.testing.assert_allclose(before, y, rtol=1e-6)
        settled(page)
        link = page.url
        assert "sha-" in link
        page.get_by_text("In use: 200 rows").click()
        page.get_by_text("Type or edit", exact=True).click()
        cells = page.locator("[data-testid=stExpander] .dvn-scroller")
        cells.wait_for()
        settled(page)
        cells.dblclick(position={"x": 90, "y": 55})  # x of the first row
        page.locator("textarea.gdg-input").fill("-77.5")
        page.keyboard.press("Enter")
        page.get_by_text("what you typed: 200 rows").wait_for()
        page.wait_for_function(KEPT, arg="-77.5")
        page.close()
    finally:
        server.kill()
        server.wait(10)
    server = started(ROOT / "app.py", port)
    try:
        page = reader.new_page()
        page.goto(link)
        assert shown(page) == before
        page.get_by_text("You made this here earlier").wait_for()
        page.get_by_text("what you typed: 200 rows").wait_for()
        settled(page)
        page.get_by_role("button", name="Use these data").click()
        page.wait_for_function(
            "() => { const gd = document.querySelector('.st-key-yours-fit .stage-figure');"
            " const seen = gd?._fullData?.find(t => t.name === 'data');"
            " return seen && [...seen.x, ...seen.y].includes(-77.5); }"
        )
        page.close()
    finally:
        server.kill()
        server.wait(10)


def test_each_tab_has_a_place_for_its_draft_and_what_is_left_comes_back(browser):
    """The store's script alone, on an empty page: what several tabs keep, find and forget."""
    context = browser.new_context()
    context.route("http://drafts.test/", lambda route: route.fulfill(body="<p>", status=200))
    script = "data:text/javascript;base64," + b64encode(_SHELF_SCRIPT.encode()).decode()

    def tab():
        page = context.new_page()
        page.goto("http://drafts.test/")
        return page

    def told(page, text):
        """What the script answers to ``text``, or to None, which asks."""
        return page.evaluate(
            """([script, text]) => import(script).then(({ default: store }) => new Promise((done) =>
              store({ data: { name: "draft", text, quiet: false, own: true },
                      setStateValue: (_, answer) => done(answer), parentElement: {} })))""",
            [script, text],
        )

    first, second = tab(), tab()
    assert told(first, None) == ""
    assert told(first, "older") == "kept"
    assert told(second, None) == "older"  # brought back, and then another table is taken
    assert told(second, "newer") == "kept"
    assert (told(first, None), told(second, None)) == ("older", "newer")
    third = tab()
    assert told(third, None) == "newer"
    told(third, "newer")  # unchanged: it stays where it is
    told(third, "")  # used, or discarded
    assert told(third, None) == "older"
    assert (told(first, None), told(second, None)) == ("older", "older")
    told(second, "mine again")
    told(second, "")
    assert told(tab(), None) == "older"  # another tab's is not forgotten with one's own
    context.close()


@pytest.mark.deep
def test_two_tabs_keep_a_table_each_that_is_not_in_use(visit, app):
    """Neither overwrites the other's: the newer comes back first, and then the older."""
    for name in ("older", "newer"):
        page = visit(f"{app}/your_data")
        settled(page)
        upload(page, f"{name}.csv", f"x,{name}\n1,2\n2,4\n3,5\n".encode())
        page.get_by_text(f"{name}.csv: 3 rows").wait_for()
        page.wait_for_function(KEPT, arg=f"x,{name}")
    for name in ("newer", "older"):
        page = visit(f"{app}/your_data")
        page.get_by_text(f"{name}.csv: 3 rows").wait_for()
        settled(page)
        page.get_by_role("button", name="Discard it").click()
        page.wait_for_function(f"async () => !(await ({KEPT})('x,{name}'))")


@pytest.mark.deep
def test_points_are_drawn_by_clicking(visit, app):
    page = visit(f"{app}/your_data?way=draw")
    drawn(page, "drawn-board")
    for count, (x, y) in enumerate([(1, 2), (4, 6), (8, 5)], 1):
        page.mouse.click(*pixel(page, "drawn-board", x, y))
        page.wait_for_function(
            "n => document.querySelector('.st-key-drawn-board .stage-figure')?._fullData?.[0]?.x"
            "?.length === n",
            arg=count,
        )
        settled(page)
    page.get_by_role("button", name="Use these data").click()
    page.wait_for_function(
        "() => document.querySelector('.st-key-yours-fit .stage-figure')?._fullData?.find("
        "t => t.name === 'data')?.y.length === 3"
    )
    settled(page)
    shoot(page, "your-data-drawn")


@pytest.mark.deep
def test_a_question_waits_for_its_answer(visit, app):
    page = visit(f"{app}/your_data")
    drawn(page, "yours-surface")
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(
        {"name": "t.csv", "mimeType": "text/plain", "buffer": b"x;y\n1,200;5\n950;6\n2,500;9\n"}
    )
    page.get_by_text("Row 2 of the file holds '1,200'").wait_for()
    menu = page.get_by_label("Answer 1", exact=True)
    assert page.get_by_role("button", name="Use these data").count() == 0
    menu.click()
    page.get_by_role("option", name="It parts thousands", exact=False).click()
    page.get_by_role("button", name="Use these data").click()
    page.wait_for_function(
        "() => document.querySelector('.st-key-yours-fit .stage-figure')?._fullData?.find("
        "t => t.name === 'data')?.x[0] === 1200"
    )


@pytest.mark.deep
def test_two_landscape_files_under_one_camera(visit, app, tmp_path):
    a, b = np.linspace(-1, 1, 31), np.linspace(-2, 2, 25)
    for name, bump in (("smooth", 0.0), ("rough", 0.5)):
        values = a**2 + b[:, None] ** 2 + bump * np.cos(8 * a)
        land = Landscape(axes(2), a, b, values)
        save_landscape(land, tmp_path / f"{name}.npz", title=name)
    page = visit(f"{app}/your_data?way=landscape")
    drawn(page, "yours-surface")
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(
        [str(tmp_path / "smooth.npz"), str(tmp_path / "rough.npz")]
    )
    drawn(page, "file-surface-0", "file-surface-1", "file-map-0", "file-cut-1-b")
    settled(page)
    assert "rough is the lower one" in page.locator(".st-key-lead").inner_text()
    heights = figure(page, "file-surface-1", "gd._fullData[0].z[12][15]")
    np.testing.assert_allclose(heights, 0.5, rtol=1e-5)
    shoot(page, "your-data-landscapes")
