"""What the stage sends to the browser, and what its server hands out."""

from __future__ import annotations

import gzip
import json
import re
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from lossviz.datasets import Data
from lossviz.figures import drawing
from lossviz.landscapes.planes import Plane
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.ui import stage
from lossviz.ui.stage import assets
from lossviz.ui.stage.parcel import Parcel
from tests.running import messages, numbers, opened, pictures

ROOT = Path(__file__).parents[2]
RNG = np.random.default_rng(3)
PLANE = Plane(RNG.normal(size=4), RNG.normal(size=4), RNG.normal(size=4))
MODEL = MODELS["polynomial"](degree=3)
X = np.linspace(-1, 2, 15)[:, None]


def unpack(packed):
    """The reverse of the stage's packing, by NumPy."""
    flat = np.frombuffer(packed["bdata"], packed["dtype"])
    return flat.reshape([int(n) for n in packed["shape"].split(",") if n])


def test_a_fit_on_a_plane_is_the_model_at_the_cursor():
    sent = stage.Fit("fit", MODEL.design(X), PLANE).message()
    a, b = 0.3, -1.7
    drawn = unpack(sent["c"]) + a * unpack(sent["p"]) + b * unpack(sent["q"])
    np.testing.assert_allclose(drawn, MODEL.predict(PLANE.point(a, b), X), rtol=1e-12)


def test_a_quadratic_on_a_plane_is_the_risk():
    data = Data(X, np.sin(3 * X[:, 0]), task="regression")
    risk = Risk(data, MODEL, LOSSES["squared"]())
    assert risk.quadratic is not None
    root, minimiser, floor = risk.quadratic.along(PLANE.origin, PLANE.u, PLANE.v)
    for point in RNG.normal(size=(5, 2)):
        value = floor + ((root @ (point - minimiser)) ** 2).sum()
        assert value == pytest.approx(risk.value(PLANE.point(*point)), rel=1e-10)


def test_many_curves_travel_as_16_bits_to_less_than_a_pixel():
    x = np.linspace(0, 6, 121)
    curves = np.sin(x + np.linspace(0, 2, 40)[:, None]) * np.linspace(0, 5, 40)[:, None]
    curves[7, 3] = np.nan
    sent = stage.Rows("fit", curves).message()["values"]
    assert sent["dtype"] == "u2"
    whole, low, step = unpack(sent), unpack(sent["low"]), unpack(sent["step"])
    drawn = np.where(whole == 2**16 - 1, np.nan, low[:, None] + whole * step[:, None])
    span = np.ptp(np.nan_to_num(curves))
    np.testing.assert_allclose(drawn, curves, rtol=0, atol=span / 100_000)
    curves[5, 9] = 1e6  # what runs away would make the others coarse
    assert stage.Rows("fit", curves).message()["values"]["dtype"] == "f4"


def test_arrays_travel_as_float32_and_coordinates_as_float64():
    sent = stage.Rows("fit", RNG.normal(size=(3, 5))).message()["values"]
    assert sent["dtype"] == "f4"
    assert unpack(sent).shape == (3, 5)
    assert stage.Mix(0, X, X, [0.1]).message()["weights"]["dtype"] == "f8"


def page():
    """A page with one picture that hears clicks, and one without a figure."""
    import plotly.graph_objects as go
    import streamlit as st

    from lossviz.ui import stage

    def heard(event):
        st.session_state.heard = event

    figure = go.Figure(go.Scatter(x=[1.0, 2.0], y=[3.0, 4.0]))
    stage.show(figure, key="one", alt="Two points.", at=(1, 2), on_click=heard)
    stage.show(None, key="two", note="Nothing to see.")
    stage.player(steps=3, key="play", group="one", captions=["a", "b", "c"])


def test_a_page_sends_each_picture_with_what_it_asked_for():
    test = AppTest.from_function(page).run()
    assert not test.exception
    one, two, play = messages(test)
    assert one["figure"]["data"][0]["type"] == "scatter"
    assert one["events"] == ["click"]
    assert one["group"] == one["camera"] == one["key"] == "one"
    assert one["at"] == [1, 2]
    assert two["figure"] is None
    assert two["note"] == "Nothing to see."
    assert play["steps"] == 3
    assert play["captions"] == ["a", "b", "c"]
    # The code is not sent with the picture: only the few lines that fetch it.
    assert all(len(element.proto.js_content) < 700 for element in test.get("bidi_component"))


def test_every_message_carries_a_stamp_that_rises_with_its_content():
    test = AppTest.from_function(page).run()
    first = messages(test)
    assert [each["stamp"] for each in first] == [1, 2, 3]
    assert len({each["session"] for each in first}) == 1
    assert messages(test.run()) == first  # the same picture is not sent again
    other = messages(AppTest.from_function(page).run())
    assert other[0]["session"] != first[0]["session"]


def test_each_array_of_a_message_travels_once_as_bytes():
    figure = drawing.Figure()
    x, y = np.linspace(0, 1, 50), np.arange(50) ** 0.5
    for name in ("path", "halo"):
        figure.add_scatter(name=name, x=x, y=y)
    parcel = Parcel()
    data = parcel.sealed(figure.to_json(parcel.put))
    assert data.partition(b"\0")[2] == x.tobytes() + y.tobytes()
    assert opened(data, {}) == json.loads(figure.to_json())


def a_surface_and_its_map():
    import numpy as np

    from lossviz.figures import drawing
    from lossviz.ui import stage

    z = np.arange(60.0 * 60).reshape(60, 60).astype(np.float32)
    for kind in ("surface", "contour"):
        figure = drawing.Figure()
        figure.add_traces([drawing.trace(kind, z=z)])
        stage.show(figure, key=kind, moves=[stage.Mix(0, None, z, [1.0])])


def other_surfaces_at_every_run():
    import numpy as np
    import streamlit as st

    from lossviz.figures import drawing
    from lossviz.ui import stage
    from lossviz.ui.stage import parcel

    parcel.forget()
    runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    z = runs + np.arange(60.0 * 60).reshape(60, 60)
    for each in ("first", "second"):
        figure = drawing.Figure()
        figure.add_traces([drawing.trace("surface", z=z if each == "first" else -z)])
        stage.show(figure, key=each)


def test_a_session_keeps_nothing_of_the_surfaces_that_are_gone():
    test = AppTest.from_function(other_surfaces_at_every_run).run()
    state = test.session_state._state._state  # Streamlit's own, in two wrappers

    def kept():
        grids = [id for id in state._new_widget_state.widget_metadata if "stage-grid-" in id]
        return len(grids), len(state._key_id_mapper.id_key_mapping)

    test.run()
    begun = kept()
    for _ in range(5):
        test.run()
    assert kept() == begun
    assert begun[0] >= 2  # of the surfaces that are on the page


def test_a_large_array_is_on_the_page_once_whatever_shows_it():
    test = AppTest.from_function(a_surface_and_its_map).run()
    assert not test.exception
    grids = [e for e in test.get("bidi_component") if e.proto.component_name == "lossviz.grid"]
    assert len(grids) == 1
    assert all(len(each.proto.bytes) < 2000 for each in pictures(test))
    for message in messages(test):
        packed = message["figure"]["data"][0]["z"]
        assert numbers(packed).ravel().tolist() == list(range(3600))
        assert message["moves"][0]["other"]["bdata"] == packed["bdata"]


def answer(address, **headers):
    """What the app's own routes say to one request."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": address,
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), v.encode()) for name, v in headers.items()],
    }
    for route in assets.routes():
        match, found = route.matches(scope)
        if match.value:
            return route.endpoint(Request({**scope, **found}))
    return None


def test_the_library_is_the_installed_one_packed_once_and_kept_for_ever():
    import plotly

    packed = answer(f"/{assets.library()}", accept_encoding="gzip, br")
    assert plotly.__version__ in assets.library()
    assert "immutable" in packed.headers["cache-control"]
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.media_type == "text/javascript"
    assert len(packed.body) < 2e6
    plain = answer(f"/{assets.library()}")
    assert gzip.decompress(packed.body) == plain.body
    assert "content-encoding" not in plain.headers


def test_every_file_of_the_stage_is_served_and_nothing_else():
    paths = [each for room in assets.ROOMS for each in room.iterdir()]
    paths = [path for path in paths if path.suffix in (".js", ".css")]
    names = [path.name for path in paths]
    assert {"stage.js", "stage.css", "lines.js", "share.js"} <= set(names)
    assert len(set(names)) == len(names)  # the rooms' modules stand side by side
    for path in paths:
        assert answer(f"/{assets.folder()}/{path.name}").body == path.read_bytes()
    assert answer(f"/{assets.folder()}/stage.css").media_type == "text/css"
    for name in ("..", "assets.py", "%2e%2e%2fstage.py", "no.js"):
        assert answer(f"/{assets.folder()}/{name}").status_code == 404
    assert answer(f"/{assets.folder()}/../stage.py") is None


def test_the_app_is_a_server_when_imported_and_a_page_when_run():
    import importlib.util

    spec = importlib.util.spec_from_file_location("app", ROOT / "app.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    paths = [route.path for route in module.app._user_routes]
    assert paths == [route.path for route in assets.routes()]
    assert len(module.app._user_middleware) == 1
    assert Starlette(routes=assets.routes(), middleware=assets.middleware())


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/javascript"])
def test_a_page_names_what_it_will_ask_for_and_nothing_else_does(kind):
    async def app(scope, receive, send):
        headers = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def send(message):
        sent.append(dict(message["headers"]))

    (layer,), sent = assets.middleware(), []
    with suppress(StopIteration):  # nothing in it waits
        layer.cls(app, **layer.kwargs)({"type": "http"}, None, send).send(None)
    named = re.findall(r"<(.*?)>; rel=(\w+)", sent[0].get(b"link", b"").decode())
    if "html" not in kind:
        assert named == []
        return
    assert (assets.library(), "preload") in named
    modules = {each.rpartition("/")[2] for each, _ in named if each.startswith(assets.folder())}
    assert {"stage.js", "parcel.js", "picture.js", "flat.js"} <= modules
    theirs = [each for each, _ in named if each.startswith("static/")]
    assert len(named) == 1 + len(modules) + len(theirs)
    assert len(theirs) == len(assets.PARTS), "Streamlit has named its files anew"
    assert len(sent[0][b"link"]) < 3000, "a proxy reads headers of 4 kB at most"
    for name in modules:  # and what they import is among them
        text = answer(f"/{assets.folder()}/{name}").body.decode()
        assert set(re.findall(r'from "\./(\w+\.js)"', text)) <= modules, name


def test_modules_of_the_stage_stay_small():
    """A module is one idea that fits on a page."""
    for path in (path for room in assets.ROOMS for path in room.glob("*.js")):
        assert len(path.read_text().splitlines()) < 260, path.name
