"""The Combined losses page: the sum under the weight's hand, the front, conflict, schemes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from lossviz.combined import Run, TradeOff, race, trade_off
from lossviz.figures import combined as pictures
from lossviz.findings import combined as findings
from lossviz.landscapes import Landscape
from lossviz.landscapes.engines.threads import Progress
from lossviz.landscapes.height_scale import LinearScale
from lossviz.text import number
from lossviz.ui import stage
from lossviz.ui.bars import kept
from lossviz.ui.lenses.combined.pairs import Pair
from lossviz.ui.sharing import offers
from lossviz.ui.sidebar import state
from lossviz.ui.sidebar.widgets import slider

Array = NDArray[np.floating]
GROUP, RACE = "combined", "combined-race"
STOPS = 200  # weights 0 to 1
STEPS = 200
WEIGHT = "comb-weight"


def weight() -> float:
    """The weight of the first loss."""
    return slider("Weight of the first loss", WEIGHT, 0.5, 0.0, 1.0)


def factor() -> float:
    """What the second loss is multiplied by: its unit."""
    return slider("Second loss times", "comb-factor", 1.0, 0.01, 100.0, log=True)


@kept("Minimising at every weight")
def weighed(progress: Progress, pair: Pair, factor: float) -> TradeOff:
    """The minima of the weighted sum, from all weight on one loss to all on the other."""
    return trade_off(pair.scene(), np.linspace(0, 1, STOPS + 1), factor, progress)


def step_of(weight: float) -> int:
    """The stop nearest to a weight."""
    return int(np.clip(round(weight * STOPS), 0, STOPS))


def surfaces(found: TradeOff, step: int, places: Sequence[DeltaGenerator]) -> None:
    """Their weighted sum large, both losses beside it, under one camera and on one scale."""
    one, two = found.first, found.scaled
    height_axis = LinearScale().height_axis(one.values, two.values)
    first, second = found.scene.labels
    times = "" if found.factor == 1 else f"{number(found.factor, 3)} × "
    share = found.weights[:, None]
    losses = found.losses * np.array([1.0, found.factor])
    total = (np.concatenate([share, 1 - share], axis=1) * losses).sum(1)
    weight = float(found.weights[step])
    mixed = weight * one.values + (1 - weight) * two.values
    terms = (
        (first, one, losses[:, 0]),
        (times + second, two, losses[:, 1]),
        ("Weighted sum", Landscape(one.plane, one.a, one.b, mixed), total),
    )
    large, small = places
    for place, (title, land, heights) in enumerate(terms):
        moves: list[stage.Move] = [stage.Pick("chosen")]
        if place == 2:
            rise = one.values - two.values
            moves.append(stage.Mix("surface", two.values, rise, found.weights))
        offers.surface(f"Surface, {title}", land)
        figure = pictures.term(land, height_axis, found.thetas, heights, title)
        if place != 2:  # the small ones have the large one's axes and scale, and no room for names
            figure.update_scenes(
                xaxis_title_text="", yaxis_title_text="", zaxis_showticklabels=False
            )
        with large if place == 2 else small:
            st.markdown(f"**{title}**")
            stage.show(
                figure, key=f"comb-term-{place}", group=GROUP, camera=GROUP, moves=moves,
                height="large" if place == 2 else "half",
                alt=f"{title} over {found.scene.names[0]} and {found.scene.names[1]}, with the "
                "minima of the weighted sum as a line and the chosen one as a dot.",
            )  # fmt: skip


def play(found: TradeOff, step: int) -> None:
    """The player over weights; where it rests is the weight of the whole page."""

    def rested(k: int) -> None:
        if 0 <= k < len(found.weights):
            state.put(WEIGHT, float(found.weights[k]))

    stage.player(
        steps=len(found.weights), key="comb-player", group=GROUP, label="weight", at=step,
        captions=findings.captions(found), on_frame=rested,
    )  # fmt: skip


def maps(found: TradeOff, step: int) -> None:
    """The front in the plane of both losses, and the angle between the gradients."""
    x, y = found.levels

    def dragged(event: stage.Event) -> None:
        if event.get("done"):
            state.put(WEIGHT, nearest(found, float(event["x"]), float(event["y"])))

    st.markdown("**Pareto front.** Drag its point.")
    stage.show(
        pictures.front(found, step), key="comb-front", group=GROUP, height="half",
        moves=[stage.Pick("chosen"), stage.Rows("equal sum", x, "x"),
               stage.Rows("equal sum", y, "y")],
        drag=stage.Drag("chosen"), on_drag=dragged,
        alt=findings.chosen(found, step),
    )  # fmt: skip
    st.markdown("**Do the gradients agree?**")
    stage.show(
        pictures.angles(found), key="comb-angles", group=GROUP, height="half",
        moves=[stage.Pick("chosen")], alt=findings.conflict(found),
    )  # fmt: skip


def nearest(found: TradeOff, x: float, y: float) -> float:
    """The weight whose point lies closest to losses (x, y), each in units of the front's size."""
    size = np.maximum(np.ptp(found.front, axis=0), 1e-12)
    apart = ((found.losses - [x, y]) / size) ** 2
    return float(found.weights[apart.sum(1).argmin()])


@kept("Racing")
def _raced(
    progress: Progress, pair: Pair, weight: float, start: tuple[float, float], best: Array
) -> list[Run]:
    return race(pair.scene(), weight, np.array(start), best, STEPS, progress=progress)


def schemes(pair: Pair, found: TradeOff, step: int) -> list[str]:
    """Six ways to weigh both losses while they are minimised, from one start."""
    land, share = found.first, float(found.weights[step])
    start = found.scene.start or (float(land.a[6]), float(land.b[-12]))
    runs = _raced(pair, share, start, found.best)
    mixed = Landscape(
        land.plane, land.a, land.b, share * land.values + (1 - share) * found.second.values
    )
    height_axis = LinearScale().height_axis(mixed.values)
    st.markdown(
        "**Who chooses the weight?** Schemes that weigh both losses while they are minimised, "
        "from one start, in the losses' own units. Fixed weights and Chebyshev use the weight "
        "chosen above."
    )
    names = [
        f'<span><span style="color:{pictures.colour_of(place)}">&#9679;</span> {run.label}</span>'
        for place, run in enumerate(runs)
    ]
    st.html(
        '<div style="display:flex;flex-wrap:wrap;gap:0 1.2rem;font-size:.875rem">'
        f"{''.join(names)}</div>"
    )
    columns = st.columns([1.1, 1.1, 0.9], gap="small")
    moves = [
        move for run in runs for move in (stage.Cut(run.label), stage.Pick(f"{run.label} now"))
    ]
    sentences = findings.schemes(found, runs)
    with columns[0]:
        stage.show(
            pictures.paths(mixed, height_axis, found, runs), key="comb-paths", group=RACE,
            height="panel",
            moves=moves, alt="The schemes' paths over the parameters. " + sentences[0],
        )  # fmt: skip
    with columns[1]:
        stage.show(
            pictures.paths_in_losses(found, runs), key="comb-paths-losses", group=RACE,
            height="panel", moves=moves,
            alt="The same paths in the plane of both losses. " + sentences[0],
        )  # fmt: skip
    with columns[2]:
        stage.show(
            pictures.weights(runs, found.scene.labels[0]), key="comb-weights", group=RACE,
            height="panel", moves=[stage.Cut(run.label) for run in runs],
            alt="The weight each scheme gives to the first loss, against steps. " + sentences[1],
        )  # fmt: skip
    stage.player(steps=STEPS + 1, key="comb-race", group=RACE)
    return sentences
