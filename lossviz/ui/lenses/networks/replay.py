"""The training once more, step by step: what a film of it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.figures import networks as pictures
from lossviz.finite_differences import in_chunks
from lossviz.landscapes.fitted import BOUNDARY, Fit, fit
from lossviz.text import listing, number
from lossviz.ui import cache, stage
from lossviz.ui.bars import searched
from lossviz.ui.data import fitted
from lossviz.ui.lenses.networks.pair import Member, over

GROUP = "training"
AT_ONCE = 4_000_000  # numbers held while the answers are made


def replay(members: Sequence[Member], colours: Sequence[str]) -> None:
    """Both losses against the step, and what each network says of the data at that step."""
    steps = max((member.run.steps for member in members), key=len)
    now = [f"{member.name} now" for member in members]
    stage.show(
        pictures.learned([(t.name, hue, t.run) for t, hue in zip(members, colours, strict=True)]),
        key="net-learned", height="strip", group=GROUP, moves=[stage.Pick(name) for name in now],
        alt="The training losses of both networks against the step.",
    )  # fmt: skip
    data = members[0].risk.data  # both are trained on them
    if data.task == "multiclass":
        st.caption(
            f"The data have {data.outputs} classes: one boundary cannot show what a network says "
            "of them, so that the data are not drawn here."
        )
    shown = () if data.task == "multiclass" else zip(
        members, st.columns(2, gap="small"), ("plain", "skip"), strict=True
    )  # fmt: skip
    for member, column, key in shown:
        with column:
            st.markdown(f"**{member.name}**")
            drawn = fit(member.risk)
            answers = _answers(cache.parts(member.problem), member.run.points, drawn)
            part: stage.Attribute = "z" if drawn.kind == BOUNDARY else "y"
            names = ("fit", "boundary") if drawn.kind == BOUNDARY else ("fit",)
            stage.show(
                over(member, drawn, answers[-1]), key=f"net-replay-{key}", height="low",
                group=GROUP,
                moves=[stage.Rows(name, answers.reshape(len(answers), -1), part) for name in names],
                alt=f"{member.name}: the data and the predictions at the player's step.",
            )  # fmt: skip
    stage.player(steps=len(steps), key="net-play", group=GROUP, label="picture",
                 captions=_captions(members, steps))  # fmt: skip
    st.caption(
        "Play it, or take one of these pictures along as a film: *Share*, *Files*, the picture, "
        "*Film of the player's steps*."
    )


def _captions(members: Sequence[Member], steps: NDArray[np.integer]) -> list[str]:
    """The losses at every step kept; a run that diverged stays where it was last finite."""
    return [
        f"After {int(step):,} steps: "
        + listing(
            [f"{t.name} {number(float(t.run.values[min(k, len(t.run.values) - 1)]), 3)}"
             for t in members]
        )
        for k, step in enumerate(steps)
    ]  # fmt: skip


@searched("Drawing every step …", 8)
def _answers(recipes: Any, points: NDArray[np.floating], _drawn: Fit) -> NDArray[np.floating]:
    """(steps, ...): what is drawn over the data at every point (steps, p) of a run."""
    rows = max(1, AT_ONCE // (points.shape[1] + 16 * len(_drawn.inputs)))
    with np.errstate(over="ignore", invalid="ignore"):
        found = in_chunks(_drawn.heights, points, rows)
    most = fitted.LOGITS if _drawn.kind == BOUNDARY else 1e6
    return np.clip(np.nan_to_num(found, nan=0.0), -most, most)
