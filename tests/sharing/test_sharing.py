"""Share: QR codes, who may frame the app, what a page offers, what a link hides."""

import asyncio
import io
import re
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import numpy as np
import pytest
import segno
from starlette.applications import Starlette

from lossviz.landscapes.file import load_landscape
from lossviz.ui.sharing import qr
from lossviz.ui.stage import assets
from tests.running import run, settled, shared


def get(path, **query):
    """(status, headers, text) of the app's own server."""
    app = Starlette(routes=assets.routes(), middleware=assets.middleware())
    scope = {"type": "http", "method": "GET", "path": path, "headers": [],
             "query_string": urlencode(query).encode()}  # fmt: skip
    sent = []

    async def ask():
        async def receive():
            return {"type": "http.request"}

        async def send(message):
            sent.append(message)

        await app(scope, receive, send)

    with ThreadPoolExecutor(
        1
    ) as thread:  # a browser test's driver keeps a loop running in this one
        thread.submit(lambda: asyncio.run(ask())).result()
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(each.get("body", b"") for each in sent).decode()


def dark(svg, border=4):
    """The dark modules (column, row) of a code drawn as strokes: "M4 4.5h7m1 0h3m-11 1h1"."""
    found, x, y = set(), 0.0, 0.0
    for path in (each.attrib for each in ET.fromstring(svg) if "stroke" in each.attrib):
        for word, numbers in re.findall(r"([Mmh])([-\d. ]+)", path["d"]):
            values = [float(each) for each in numbers.split()]
            if word == "M":
                x, y = values
            elif word == "m":
                x, y = x + values[0], y + values[1]
            else:
                found |= {(int(x) + k - border, int(y) - border) for k in range(int(values[0]))}
                x += values[0]
    return found


def test_a_code_is_the_picture_of_the_links_matrix():
    link = "http://class.example:8501/surface?data=anscombe&view=c.surface*1.25_-1_0.5"
    status, headers, text = get(f"/{assets.QR}", link=link)
    assert status == 200
    assert headers["content-type"].startswith("image/svg+xml")
    matrix = segno.make(link, error="l", micro=False).matrix
    wanted = {(x, y) for y, row in enumerate(matrix) for x, on in enumerate(row) if on}
    assert dark(text) == wanted


@pytest.mark.parametrize("link", ["", "http://x.example/?t=" + "a" * 3000, "é" * 1500])
def test_a_link_that_makes_no_code_is_told_in_a_sentence(link):
    status, _, text = get(f"/{assets.QR}", link=link)
    assert status == 400
    assert text.endswith((".", ")."))
    assert "QR code" in text


def test_the_longest_link_that_fits_makes_a_code():
    assert qr.code("a" * qr.MOST).startswith("<svg")
    with pytest.raises(ValueError, match="2,954"):
        qr.code("a" * (qr.MOST + 1))


def files(at):
    """What the page offers: name of a file -> its bytes, made as for a click."""
    made = at.session_state["_offers"]
    return {label: make() for label, make in made.items()}


PAGES = {  # a page, words of its link, what it offers
    "home": ({}, ["Surface"]),
    "losses": ({}, ["Data", "Surface, mean loss of every line"]),
    "your_data": ({}, ["Data", "Surface"]),
    "gradient_descent": ({"opts": "gd"}, ["Data", "Surface", "Path of Gradient descent"]),
    "gradient_descent#himmelblau": ({"ground": "himmelblau", "opts": "gd"},
                                    ["Surface", "Path of Gradient descent"]),
    "outliers": ({}, ["Data", "Surface, Squared error", "Surface, Absolute error"]),
    "regularization": ({}, ["Data", "Surface, data loss", "Surface, penalty at λ = 1",
                            "Minima over λ"]),
    "classification": ({}, ["Data", "Surface, Cross-entropy",
                            "Surface, Squared error of the probability"]),
    "validation": ({}, ["Data", "Surface, training rows", "Surface, held-out rows"]),
    "acting": ({}, ["Surface, minus the return"]),
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_every_page_offers_the_numbers_it_shows(page):
    link, wanted = PAGES[page]
    found = files(run(page.split("#")[0], **link))
    assert list(found) == wanted
    for label, export in found.items():
        head, first, *rest = export.csv().decode().splitlines()
        assert head.count(",") == first.count(",") >= 1
        held = np.load(io.BytesIO(export.npz()), allow_pickle=False)
        if label.startswith("Surface"):
            assert len(rest) + 1 == held["values"].size
            assert np.isfinite(held["values"]).any()
            assert load_landscape(export.npz()).title == label


def test_a_page_offers_its_surface_and_data_and_writes_nothing_before_a_click(monkeypatch):
    from lossviz import exports

    written = []
    packed = exports.surface
    monkeypatch.setattr(exports, "surface", lambda *a: written.append(a) or packed(*a))
    at = run("surface", data="anscombe")
    assert not written
    found = files(at)
    assert list(found) == ["Data", "Surface"]
    assert len(written) == 1
    land = load_landscape(found["Surface"].npz())
    assert land.values.shape == (len(land.b), len(land.a))
    data = np.load(io.BytesIO(found["Data"].npz()))
    assert data["X"].shape == (11, 1)
    assert not at.get("download_button")  # nor drawn before somebody opens the panel
    buttons = [each.proto.label for each in shared(at).get("download_button")]
    assert buttons == [*("CSV", "NPZ") * 2, "Python script", "Notebook"]


def test_the_files_are_those_of_the_state_shown():
    at = run("surface", data="anscombe")
    first = files(at)["Data"].csv()
    at.session_state["data"] = "linnerud"
    assert files(settled(at))["Data"].csv() != first


def test_no_code_is_written_before_a_click(monkeypatch):
    from lossviz.problem import script

    written = []
    posed = script.posed
    monkeypatch.setattr(script, "posed", lambda *a: written.append(a) or posed(*a))
    at = shared(run("surface", data="anscombe"))
    assert "Python script" in [each.proto.label for each in at.get("download_button")]
    assert not written
