"""The lenses in the order of the course: what the menu lists and Home's cards tell."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx


class Entry(NamedTuple):
    """A page file, its name in the menu, a Material icon, a sentence for its card, its group."""

    file: str
    title: str
    icon: str
    says: str
    group: str


# The groups of the menu on top, in its order: few enough that none hides under "more".
LOSS, TRAINING, MODEL = "Losses", "Training", "Models"
SEVERAL, OWN = "Several objectives", "Lessons and your data"
GROUPS = (LOSS, TRAINING, MODEL, SEVERAL, OWN)

HOME = Entry("pages/home.py", "Home", ":material/home:", "", "")
LENSES = (
    Entry(
        "pages/losses.py",
        "Losses",
        ":material/sell:",
        "A loss is a function of the error: compare any of them, or type a formula.",
        LOSS,
    ),
    Entry(
        "pages/surface.py",
        "Loss surface",
        ":material/landscape:",
        "Every point is a model. Move over the surface and watch the fit follow.",
        LOSS,
    ),
    Entry(
        "pages/gradient_descent.py",
        "Gradient descent",
        ":material/downhill_skiing:",
        "Race optimizers from any start, step back, and see why one converged and one diverged.",
        TRAINING,
    ),
    Entry(
        "pages/outliers.py",
        "Outliers",
        ":material/scatter_plot:",
        "Drag one point away: the least-squares line follows it, absolute error stays, jumps or "
        "has a whole set of minima.",
        LOSS,
    ),
    Entry(
        "pages/regularization.py",
        "Regularization",
        ":material/compress:",
        "Data loss plus λ times a penalty: watch the minimum move, and a weight become exactly 0.",
        TRAINING,
    ),
    Entry(
        "pages/classification.py",
        "Classification",
        ":material/call_split:",
        "Two losses, one classifier: plateaus, separable classes, label noise.",
        MODEL,
    ),
    Entry(
        "pages/validation.py",
        "Validation and metrics",
        ":material/balance:",
        "Train on one loss, be judged by another: held-out rows, accuracy without a slope, curves "
        "that part.",
        TRAINING,
    ),
    Entry(
        "pages/neural_networks.py",
        "Neural networks",
        ":material/hub:",
        "Train two networks in seconds, with and without skip connections, and see what a slice "
        "hides.",
        MODEL,
    ),
    Entry(
        "pages/residuals.py",
        "Residuals",
        ":material/difference:",
        "Residuals of a fit, residual connections, and the residual of a differential equation.",
        LOSS,
    ),
    Entry(
        "pages/combined.py",
        "Combined losses",
        ":material/tune:",
        "Two losses on one model: what a weight trades, where they conflict, who chooses it.",
        SEVERAL,
    ),
    Entry(
        "pages/acting.py",
        "Losses for acting",
        ":material/smart_toy:",
        "An agent's return is a landscape too: flat corners, noisy gradients, near and far sight.",
        SEVERAL,
    ),
    Entry(
        "pages/lessons.py",
        "Lessons",
        ":material/school:",
        "Lessons of five to ten minutes: predict, then look, then understand.",
        OWN,
    ),
    Entry(
        "pages/your_data.py",
        "Your data",
        ":material/upload_file:",
        "Upload, paste, type or draw a table, see how it was read, and see its loss landscape.",
        OWN,
    ),
)


def menu() -> dict[str, list[Entry]]:
    """The pages by their group; Home stands alone, and a group without pages is left out."""
    found = {"": [HOME]}
    for group in GROUPS:
        if pages := [entry for entry in LENSES if entry.group == group]:
            found[group] = pages
    return found


_made: dict[Path, dict[str, list[StreamlitPage]]] = {}  # by the folder of app.py


def pages() -> dict[str, list[StreamlitPage]]:
    """The menu as ``st.navigation`` takes it, in a run of app.py.

    Pages are made once, as Streamlit looks for the file of each on the disk.  Every run gets a copy
    of its own: Streamlit marks in it which one may be run.
    """
    context = get_script_run_ctx()
    assert context is not None
    folder = context.pages_manager.main_script_parent
    if folder not in _made:
        _made[folder] = {
            group: [
                st.Page(entry.file, title=entry.title, icon=entry.icon, default=entry is HOME)
                for entry in entries
            ]
            for group, entries in menu().items()
        }
    return {group: [copy.copy(page) for page in made] for group, made in _made[folder].items()}
