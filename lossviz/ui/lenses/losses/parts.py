"""The parts of the losses page: losses over the data, common claims, a loss that adapts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.figures import landscapes
from lossviz.figures import losses as pictures
from lossviz.findings import losses as findings
from lossviz.landscapes.critical_points import minimum_marks
from lossviz.landscapes.fitted import BOUNDARY, fit
from lossviz.landscapes.height_scale import LinearScale
from lossviz.landscapes.planes import Plane, axes
from lossviz.landscapes.window import good_window
from lossviz.losses import LOSSES, ConstantLoss, Loss
from lossviz.losses.curves import ceiling, curve
from lossviz.losses.examination import examine
from lossviz.minima import Minimum
from lossviz.objectives import Risk
from lossviz.outliers.adaptive_loss import Learned, learn
from lossviz.outliers.residual_shapes import is_line, residual_shapes
from lossviz.problem.problem import Problem
from lossviz.text import number
from lossviz.ui import cache, frame, stage
from lossviz.ui.bars import searched
from lossviz.ui.sharing import offers
from lossviz.ui.sidebar import controls, state
from lossviz.ui.sidebar.widgets import select, slider, tune

Array = NDArray[np.floating]
PANELS = {
    "facts": "In numbers",
    "said": "Common claims",
    "adaptive": "Adaptive loss",
    "own": "Custom loss",
}
SENTENCES = {
    "small": "“MSE takes small errors into account more than larger ones.”",
    "faster": "“Cross-entropy learns faster than MSE but is more sensitive to label noise.”",
    "smooth": "“A loss should be smooth and differentiable.”",
    "pays": "“Predicting 1 for a target of 4 has a loss of 9 under L2.”",
    "constant": "“A constant loss is meaningless.”",
}


def choose() -> str:
    """Which panel is open; the others cost nothing."""
    return select("Details", PANELS, "panel-losses", draw=st.segmented_control)


def over_data(problem: Problem, risk: Risk, best: Minimum, losses: Sequence[Loss]) -> Array:
    """The losses drawn over the data, and the parameters (p,) they are drawn for.

    A line over one feature follows the pointer on its map, and typed numbers.  The first of the
    ``losses`` compared is the one that is minimised; it has the same colour here as beside them.
    """
    colour = pictures.colours_of([loss.id for loss in losses])[0]
    if risk.data.task == "binary":
        _contributions(risk, best.theta)
        return best.theta
    if not is_line(risk):
        _missed(risk, best.theta, colour)
        return best.theta
    state.belong(problem.dataset.id, "place-a", "place-b")
    plane = axes(2, 0, 1, (risk.names[0], risk.names[1]))
    window = good_window(risk, plane, best.theta)
    a, b = controls.grid(window, 61)
    fitted = plane.project(best.theta)
    drawn, typed = st.container(), st.container()
    with typed:
        row = controls.beside()
    at = [
        controls.typed(row, name, f"place-{side}", float(value))
        for side, name, value in zip("ab", plane.names, fitted, strict=True)
    ]
    row.button("Back to the minimum", on_click=_back)
    theta = plane.point(*np.array(at))
    found, outline = residual_shapes(risk, theta), fit(risk)
    across, up, coarse_a, coarse_b = found.bank(plane, a, b)
    moves: list[stage.Move] = [
        stage.Table("residuals", across, coarse_a, coarse_b, attribute="x"),
        stage.Table("residuals", up, coarse_a, coarse_b),
    ]
    if outline.basis is not None:
        moves.append(stage.Fit("fit", outline.basis, plane))
    with drawn:
        _missed(risk, theta, colour, moves)
        _map(problem, risk, best, plane, (a, b), at)
    return theta


def _map(
    problem: Problem,
    risk: Risk,
    best: Minimum,
    plane: Plane,
    window: tuple[Array, Array],
    at: Sequence[float],
) -> None:
    """Every line there is, as a map with the pointer on one of them."""
    a, b = window
    land = cache.progressive(problem, plane, a, b)
    offers.surface("Surface, mean loss of every line", land)
    stage.show(
        landscapes.contour(
            land, LinearScale().height_axis(land.values), minimum_marks(risk, best, plane, (a, b))
        ),
        key="which-line",
        group="residuals",
        cursor="ab",
        at=at,
        height="third",
        alt="Every point of this map is a line; its colour is the mean loss.",
        readout=stage.reading(risk, plane, at, label="mean loss"),
        on_click=_placed,
    )


def _missed(risk: Risk, theta: Array, colour: str, moves: Sequence[stage.Move] = ()) -> None:
    found, outline = residual_shapes(risk, theta), fit(risk)
    text = findings.drawn(found, theta)
    stage.show(
        pictures.residual_drawings(
            outline, outline.heights(theta), found.outlines(theta), found, colour
        ),
        key="residuals",
        group="residuals",
        height="half" if moves else "large",
        alt=text,
        moves=moves,
    )
    st.caption(text)


def _contributions(risk: Risk, theta: Array) -> None:
    contribution = risk.loss.value(risk.data.y, risk.model.predict(theta, risk.data.X))
    top = float(contribution.max())
    outline = fit(risk)
    figure = pictures.contributions(
        outline, outline.heights(theta), contribution / top if top > 0 else contribution
    )
    text = "The larger the loss of a point at the minimum, the larger it is drawn."
    if outline.kind != BOUNDARY:
        text = "The two classes and the predictions at the minimum."
    stage.show(figure, key="contributions", height="large", alt=text)
    st.caption(text)


def _placed(event: stage.Event) -> None:
    if event["kind"] == "place":
        state.put("place-a", float(event["x"]))
        state.put("place-b", float(event["y"]))


def _back() -> None:
    state.put("place-a", None)
    state.put("place-b", None)


def common_claim(losses: Sequence[Loss], y: float, u: float) -> None:
    """One common claim, judged with numbers the reader can move."""
    which = select("Claim", SENTENCES, "sentence")
    text, seen = st.columns([1.1, 1], gap="large")
    with text:
        if which == "small":
            small = slider("A small error", "small", 0.5, 0.0, 10.0)
            large = slider("A large error", "large", 3.0, 0.0, 10.0)
            st.markdown(findings.attention(small, large))
            shown, at, reach = ["squared", "absolute"], large, max(small, large, 1.0)
        elif which == "faster":
            at = slider("Margin of one example", "margin-said", -4.0, -10.0, 10.0)
            st.markdown(findings.faster(at))
            shown, reach = ["cross_entropy", "mse_sigmoid"], max(abs(at), 4.0)
        elif which == "smooth":
            st.markdown(findings.smoothness(losses))
            shown, at, reach = [], u, max(abs(u), 2.0)
        elif which == "pays":
            st.markdown(
                findings.worked_example(y, y - u)
                if losses[0].task == "regression"
                else findings.worked_example(4, 1)
            )
            shown, at, reach = ["squared", "half_squared", "absolute", "huber"], u, max(abs(u), 3.0)
        else:
            value = slider("The constant", "level", 5.0, -10.0, 10.0)
            st.markdown(findings.constant(value))
            shown, at, reach = ["constant"], u, 4.0
    chosen = [LOSSES[id]() for id in shown] or list(losses)
    if which == "constant":
        chosen = [ConstantLoss(value=value)]
    two = chosen[0].task == "binary"
    curves = [curve(loss, reach, y) for loss in chosen]
    slope = which in ("small", "faster")
    heights = ceiling(curves, reach)
    if slope:
        tops = [float(np.nanmax(np.abs(each.slope))) for each in curves]
        heights = -1.05 * max(tops), 1.05 * max(tops)
    with seen:
        stage.show(
            pictures.loss_curves(
                curves, heights, "margin m" if two else "residual r = y − ŷ", slope=slope
            ),
            key="said-curves",
            group="said",
            cursor="a",
            at=[at],
            height="panel",
            alt="The losses that the claim is about.",
            readout=stage.Readout(["margin m" if two else "residual r"], "", each=True),
        )
        if slope:
            st.caption("The derivative ψ of each loss.")


def own(two: bool) -> None:
    """A typed loss: its formula, its derivative, and the facts that are found of it."""
    id, prefix = ("formula_binary", "b") if two else ("formula", "")
    loss = state.get(f"_{prefix}loss-{id}")
    chosen = state.get(f"{prefix}loss") == id or id in state.get(f"{prefix}with", [])
    words, seen = st.columns([1, 1.2], gap="large")
    with words:
        if chosen:
            st.markdown(
                "Your formula is typed where the losses are chosen: in the sidebar if it is the "
                "one being minimised, else under *Settings*."
            )
            loss = loss or LOSSES[id]()
        else:
            variables = (
                "`m` (the margin), `p` (the logit z)"
                if two
                else "`r` = y − p (the residual), `p` (the prediction ŷ)"
            )
            st.markdown(
                f"In {variables} and `y`; other letters become sliders. Choose *Your formula* as "
                "the "
                "loss to see its surface."
            )
            loss = tune(LOSSES[id], f"{prefix}loss-{id}")
        st.latex(loss.formula)
        slope = loss.slope_formula
        if slope:
            st.latex(rf"\frac{{\partial\ell}}{{\partial p}} = {slope}")
    with seen:
        st.markdown("\n".join(f"- {each.sentence}" for each in examine(loss).findings))
        st.caption("Found numerically, at thousands of values from small to very large.")


def adaptive(problem: Problem) -> None:
    """Alpha and c learned with the line: the data, and the path of both."""
    if type(problem.dataset).task != "regression":
        st.markdown("The shape is learned from residuals: choose *Regression* in the sidebar.")
        return
    with controls.beside():
        start = slider("α at the start", "alpha-start", 1.0, 0.1, 1.9)
    st.caption(
        "Barron's family has a shape parameter α. Here line, α and scale c are found together by "
        "maximum likelihood. Add outliers to the data and watch α fall."
    )
    frame.link(
        "pages/combined.py",
        "The likelihood adds log c, which keeps the scale from growing: uncertainty weighting adds "
        "the same term for every weight between losses",
        ":material/balance:",
        {"comb-scene": "prior"},
    )
    found = _learned(cache.parts(problem), start)
    risk = problem.risk()
    outline = fit(risk)
    left, right = st.columns(2, gap="small")
    steps = len(found.alpha)
    with left:
        moves = [] if outline.basis is None else [
            stage.Model("fit", outline.basis, found.theta)
        ]  # fmt: skip
        stage.show(
            pictures.learned(
                outline, outline.heights(found.theta[-1]), outline.heights(found.theta[0])
            ),
            key="adaptive-fit",
            group="adaptive",
            height="panel",
            alt="The line that learned its own loss, and the least-squares line.",
            moves=moves,
        )
    with right:
        stage.show(
            pictures.shape_path(found),
            key="adaptive-path",
            group="adaptive",
            height="panel",
            alt=f"α went from {number(found.alpha[0], 3)} to {number(found.alpha[-1], 3)}.",
            moves=[stage.Cut("α"), stage.Cut("c")],
        )
    stage.player(
        steps=steps,
        key="adaptive-play",
        group="adaptive",
        captions=[
            f"α {number(a, 3)} · c {number(c, 3)} · negative log-likelihood {number(v)}"
            for a, c, v in zip(found.alpha, found.c, found.nll, strict=True)
        ],
    )
    st.markdown("\n".join(f"- {each}" for each in findings.shape(found, risk.names)))


@searched("Learning the loss")
def _learned(recipes: tuple[object, ...], start: float) -> Learned:
    return learn(Problem(*recipes).risk(), start)  # type: ignore[arg-type]
