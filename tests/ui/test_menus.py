"""Menus ask facts of the recipes: what is like an entry of a menu is on that menu too.

Every dataset, model, loss, penalty, optimizer, schedule and metric gets a copy, the same recipe
under another name, as a newcomer would add it.  Wherever a page offers the one, it offers the
other; a menu made of a list of names would not.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from lossviz.datasets import DATASETS, Data, Yours
from lossviz.datasets.yours import pack
from lossviz.losses import LOSSES
from lossviz.metrics import METRICS
from lossviz.models import MODELS
from lossviz.optimizers import OPTIMIZERS, SCHEDULES
from lossviz.penalties import PENALTIES, NoPenalty
from tests.running import deep_but, pictures, run, sent

CATALOGUES = (DATASETS, MODELS, LOSSES, PENALTIES, OPTIMIZERS, SCHEDULES, METRICS)
MENUS = ("selectbox", "multiselect", "radio", "button_group")
OTHER = {"Height", "Show details for"}  # a scale called linear; what was chosen above
STATES = [
    ("surface", {}),
    ("surface", {"data": "engel", "model": "line"}),
    ("surface", {"task": "binary"}),
    ("surface", {"task": "multiclass"}),
    ("losses", {}),
    ("losses", {"task": "binary"}),
    ("gradient_descent", {"sched": "cosine"}),
    ("outliers", {}),
    ("classification", {}),
    ("classification", {"task": "multiclass"}),
    ("regularization", {}),
    ("regularization", {"task": "binary"}),
    ("validation", {"panel__validation": "penalty"}),
    ("validation", {"task": "binary"}),
    ("residuals", {}),
    ("neural_networks", {"net__steps": "1", "net__blocks": "2"}),
    ("neural_networks", {"net__steps": "1", "net__blocks": "2", "task": "regression"}),
]  # fmt: skip


def again(entry):
    """The same recipe with another id and label."""
    made = type(f"{entry.__name__}Again", (entry,), {
        "id": f"{entry.id}_again", "label": f"{entry.label}, again", "__module__": __name__,
        "__annotations__": {},
    })  # fmt: skip
    globals()[made.__name__] = made  # where pickle looks for it
    return dataclass(frozen=True)(made)


@pytest.fixture
def copies(monkeypatch):
    """{label of an entry: label of its copy}, all of them in their catalogues."""
    found = {}
    for catalogue in CATALOGUES:
        for entry in list(catalogue.values()):
            # a table of one's own and no penalty at all are the only ones of their kind
            if not issubclass(entry, Yours | NoPenalty):
                other = again(entry)
                monkeypatch.setitem(catalogue, other.id, other)
                found[entry.label] = other.label
    return found


@pytest.mark.parametrize(("page", "link"), STATES, ids=str)
def test_what_is_like_an_entry_of_a_menu_is_on_that_menu(copies, page, link):
    at = run(page, **link)
    seen = 0
    for kind in MENUS:
        for menu in (each for each in at.get(kind) if each.label not in OTHER):
            options = [str(getattr(each, "content", each)) for each in menu.options]
            for label in set(options) & set(copies):
                seen += 1
                assert copies[label] in options, f"{menu.label}: {label} is there, its copy is not"
    assert seen > 3


SHOWN = (
    "surface", "losses", "gradient_descent", "outliers", "classification", "regularization",
    "validation", "residuals", "your_data",
)  # fmt: skip


@pytest.mark.parametrize("task", deep_but(("regression", "binary", "multiclass"), "multiclass"))
@pytest.mark.parametrize("page", deep_but(SHOWN, "your_data", "validation"))
def test_every_task_of_a_page_is_shown_over_its_data(page, task):
    """Where a page has no such task, it opens with one that it has."""
    at = run(page, task=task)
    assert pictures(at)
    assert not at.error


@pytest.mark.parametrize("features", [1, 2, 3])
def test_a_table_with_many_classes_is_shown_with_their_regions(features):
    X = np.arange(12.0 * features).reshape(12, features) % 7
    data = Data(X, np.arange(12.0) % 3, task="multiclass")
    at = run("your_data", task="multiclass", mdata="yours_multiclass",
             **{"mdata-yours_multiclass-table": pack(data)})  # fmt: skip
    assert sent(at, "yours-surface")
    if features == 2:
        figure = sent(at, "yours-fit")["figure"]
        assert len([each for each in figure["data"] if each["name"].startswith("lead")]) == 3
    else:
        assert any("over two features" in each.value for each in at.caption)
