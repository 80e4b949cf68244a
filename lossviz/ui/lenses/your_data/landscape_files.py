"""Landscapes made elsewhere, opened from their files: one closely, or two under one camera."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import streamlit as st

from lossviz.figures import landscapes as pictures
from lossviz.findings import landscape_files as findings
from lossviz.landscapes.critical_points import Mark
from lossviz.landscapes.file import FORMAT, SavedLandscape, load_landscape, thinned
from lossviz.landscapes.foreign import load_foreign
from lossviz.landscapes.height_scale import Scale
from lossviz.text import TIMES, as_markdown
from lossviz.ui import stage
from lossviz.ui.sidebar import state

KEPT = "_your-landscapes"  # name -> bytes
MOST = 2


def bring() -> None:
    """The uploader of landscape files, and what such a file is."""
    st.file_uploader(
        f"One landscape file, or two to compare, at most 5 MB: .npz in the format {FORMAT}, the "
        "HDF5 surface (.h5) of Li's loss-landscape, or the array (.npy) of De Bernardi's "
        "loss-landscapes.",
        type=["npz", "h5", "hdf5", "npy"], accept_multiple_files=True, key="your-landscape",
        on_change=_uploaded,
    )  # fmt: skip
    with st.expander("The format, and how to write such a file"):
        st.markdown(
            "A NumPy archive with `format` (the text `lossviz-landscape/1`), `a` (k,) and `b` (m,) "
            "increasing, `values` (m, k) with `values[j, i]` the loss at (a[i], b[j]); `names`, "
            "`title`, `note` and `path` (t, 3: a, b and loss of each step) may be left out. It "
            "holds no weights and no data, and nothing in it is run. Of an HDF5 surface "
            "`xcoordinates`, `ycoordinates` and `train_loss` are read (or `test_loss`)."
        )
        st.code(
            "import numpy as np\n"
            "a, b = np.linspace(-1, 1, 51), np.linspace(-2, 2, 41)\n"
            'np.savez_compressed("landscape.npz", format="lossviz-landscape/1", a=a, b=b,\n'
            "                    values=a**2 + b[:, None] ** 2)\n\n"
            "# or of any torch.nn.Module: pip install lossviz[torch]\n"
            "from lossviz.landscapes.torch_models import export_landscape, mean_loss\n"
            'export_landscape(net, mean_loss(cross_entropy, loader), "landscape.npz")',
            language="python",
        )


def _uploaded() -> None:
    files = st.session_state.get("your-landscape") or []
    state.remember(KEPT, {file.name: file.getvalue() for file in files[-MOST:]})


@st.cache_data(max_entries=4, show_spinner=False)
def _load(held: bytes) -> SavedLandscape | str:
    try:
        return load_foreign(held) or load_landscape(held)
    except ValueError as error:
        return str(error)


def kept() -> bool:
    """Whether files are held that were opened here: they take the whole width."""
    return bool(state.get(KEPT)) and state.get("way") == "landscape"


def opened() -> dict[str, SavedLandscape]:
    """The landscapes of the files that could be read, by the name of the file."""
    found = {}
    for name, held in (state.get(KEPT) or {}).items():
        land = _load(held)
        if isinstance(land, str):
            st.error(as_markdown(f"{name}: {land}"))
        else:
            found[land.title or name] = shown = thinned(land)
            if shown.values.shape != land.values.shape:
                k, m = len(land.a), len(land.b)
                st.caption(
                    f"{as_markdown(name)} holds {k:,}{TIMES}{m:,} points; shown are "
                    f"{len(shown.a)}{TIMES}{len(shown.b)} of them, the lowest included."
                )
    return found


def show(landscapes: dict[str, SavedLandscape], scale: Scale) -> list[str]:
    """Surfaces, maps and, of a single one, cuts through the cursor; what is seen in sentences."""
    # one scale of heights for both, or two files could not be compared
    height_axis = scale.height_axis(
        np.concatenate([land.values.ravel() for land in landscapes.values()])
    )
    sentences = findings.sentences(list(landscapes.values()), list(landscapes))
    alone = len(landscapes) == 1
    for i, (column, (name, land)) in enumerate(
        zip(st.columns(max(len(landscapes), 1)), landscapes.items(), strict=True)
    ):
        linked: dict[str, Any] = {"group": f"file-{i}", "cursor": "ab", "at": land.lowest[:2]}
        readout = stage.Readout(list(land.plane.names), "loss")
        marks = _marks(land)
        with column:
            if not alone:
                st.markdown(f"**{as_markdown(name)}**")
            solid = pictures.surface(land, height_axis, marks)
            stage.show(
                solid, key=f"file-surface-{i}", camera="files", alt=sentences[-1],
                height="large" if alone else "most", **linked,
            )  # fmt: skip
            stage.show(
                pictures.contour(land, height_axis, marks), key=f"file-map-{i}", height="panel",
                alt=f"{name} from above, as a contour map.", readout=readout, **linked,
            )  # fmt: skip
            sides: tuple[Literal["a", "b"], ...] = ("a", "b")
            for axis, side in enumerate(sides):
                stage.show(
                    pictures.cut(land, height_axis, axis), key=f"file-cut-{i}-{side}",
                    group=f"file-{i}", height="low",
                    alt=f"The loss along {land.plane.names[axis]}, through the cursor.",
                    moves=[stage.Slice("cut", along=side)],
                )  # fmt: skip
    return sentences


def _marks(land: SavedLandscape) -> list[Mark]:
    a, b, value = land.lowest
    lowest = Mark("lowest height", "point", np.array([a]), np.array([b]), np.array([value]))
    walk = [Mark("path", "arrow", *land.path.T)] if len(land.path) else []
    return [*walk, lowest]
