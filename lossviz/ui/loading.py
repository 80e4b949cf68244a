"""Loading: everything a page needs is imported before the first visitor comes.

Sessions are threads.  A module that two of them import at once may be met half loaded by a
library that looks it up in ``sys.modules``: Plotly does so with pandas, and the page breaks.
"""

from __future__ import annotations

import gc
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from threadpoolctl import threadpool_limits

import lossviz
from lossviz.ui import lookups

# what our own modules, Plotly and Streamlit import only once they need it
LATER = (
    "pandas",
    "plotly.animation",
    "plotly.io",
    "plotly.offline",
    "pyarrow.pandas_compat",
    "scipy.io",
    "sklearn.datasets",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.svm",
    "sympy",
)


def load() -> None:
    """Import every module of the house and what it asks for later.

    Garbage collection need not look at them again.  Matrices here are small: a second BLAS
    thread costs more in waking than it saves.
    """
    for name in LATER:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(lossviz.__path__, "lossviz."):
        importlib.import_module(module.name)
    lookups.install()
    threadpool_limits(1)
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def loaded(app: object) -> AsyncIterator[None]:
    """The server's life: it answers nobody until everything is loaded."""
    load()
    yield
