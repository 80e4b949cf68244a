"""Widgets that look their value up cost as much as one value, and find what they found before."""

from __future__ import annotations

from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from lossviz.ui import lookups


def page():
    import streamlit as st

    for k in range(30):
        st.session_state.setdefault(f"n{k}", float(k))
        st.number_input(f"Number {k}", key=f"n{k}")
    st.session_state["none"] = None
    st.selectbox("Menu", ["a", "b"], key="none")
    st.session_state.seen = sorted(st.session_state.to_dict().items(), key=str)


def run(monkeypatch) -> tuple[AppTest, int]:
    """The page after a change, and how often a value of the session was fetched in that run."""
    at = AppTest.from_function(page, default_timeout=60).run()
    fetched = []
    get = SessionState.__getitem__

    def counted(self, key):
        fetched.append(key)
        return get(self, key)

    at.number_input(key="n3").set_value(33.0)
    with monkeypatch.context() as within:
        within.setattr(SessionState, "__getitem__", counted)
        at.run()
    assert not at.exception
    return at, len(fetched)


def test_a_widget_does_not_fetch_the_values_of_all_others(monkeypatch):
    plain, many = run(monkeypatch)
    monkeypatch.setattr(SafeSessionState, "filtered_state", property(lookups.Lookup))
    quick, few = run(monkeypatch)
    assert few < many / 3
    assert quick.session_state["seen"] == plain.session_state["seen"]
    assert quick.selectbox(key="none").value is plain.selectbox(key="none").value is None
    assert quick.number_input(key="n3").value == 33.0


def test_streamlit_still_makes_the_dictionary_that_is_not_needed():
    """Where this fails Streamlit has changed, and the module has lost its purpose."""
    assert lookups._whole is not None


def test_a_streamlit_without_the_dictionary_is_left_alone(monkeypatch):
    made = SafeSessionState.__dict__["filtered_state"]
    monkeypatch.setattr(lookups, "_whole", None)
    lookups.install()
    assert SafeSessionState.__dict__["filtered_state"] is made


def test_what_nobody_has_set_is_not_there():
    seen = lookups.Lookup(SafeSessionState(SessionState(), lambda: None))
    assert "a" not in seen
    assert dict(seen) == {}
