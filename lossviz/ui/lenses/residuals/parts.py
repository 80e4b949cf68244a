"""The three lives of a residual: of a fit, in a connection, of an equation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.figures import losses as over_data
from lossviz.figures import residuals as pictures
from lossviz.figures.landscapes import surface
from lossviz.figures.theme import colour_of
from lossviz.findings import residuals as findings
from lossviz.landscapes import Landscape, evaluate_plane
from lossviz.landscapes.engines.threads import Progress, part
from lossviz.landscapes.fitted import fit
from lossviz.landscapes.height_scale import LogScale
from lossviz.landscapes.planes import Plane, axes, random
from lossviz.models.activations import ACTIVATIONS
from lossviz.networks.near_identity import Learned, learn, through
from lossviz.networks.training import train
from lossviz.objectives import Risk
from lossviz.objectives.differential_equations import (
    Equation,
    ExponentialTrial,
    NetworkTrial,
    ResidualLoss,
    Trial,
    decay,
    oscillator,
    poisson,
)
from lossviz.optimizers import OPTIMIZERS
from lossviz.outliers.residual_shapes import residual_shapes
from lossviz.problem.problem import Problem
from lossviz.residuals.diagnostics import diagnose
from lossviz.text import number
from lossviz.ui import cache, frame, stage
from lossviz.ui.bars import kept
from lossviz.ui.lenses.residuals import code as written
from lossviz.ui.sharing import code, offers
from lossviz.ui.sidebar import controls
from lossviz.ui.sidebar.widgets import select, slider

Array = NDArray[np.floating]
PARTS = {
    "fit": "Of a fit",
    "skip": "In a network",
    "equation": "Of an equation",
}
SPAN, POINTS, UNITS, GRID = 3.0, 40, 10, 61
TERMS = {"equation": "The equation", "start": "Initial condition", "total": "Weighted sum"}
FREQUENCIES = (1.0, 2.0, 4.0, 6.0, 8.0, 10.0)


# -- of a fit ---------------------------------------------------------------------------------


def of_fit(problem: Problem, risk: Risk) -> list[str]:
    """Squares over the data, residual against fitted value, histogram, Q-Q; what they hold."""
    code.offer(lambda: written.of_fit(PARTS["fit"], problem))
    theta = cache.minimum(problem).theta
    found, drawn = diagnose(risk, theta), residual_shapes(risk, theta)
    outline = fit(risk)
    unit = risk.data.target_unit
    sentences = findings.patterns(found)
    with frame.board():
        left, right = st.columns([1.1, 1], gap="small")
    with left:
        st.markdown("**Residuals.** " + ("The area of a square is the loss." if drawn.area else
                                          "The length of a bar is the loss."))  # fmt: skip
        figure = over_data.residual_drawings(
            outline,
            outline.heights(theta),
            drawn.outlines(theta),
            drawn,
            colour_of(problem.loss.id),
        )
        figure.update_layout(showlegend=False)
        stage.show(figure, key="res-residuals", height="half",
                   alt="The data, the fit, and each residual drawn as its loss.")  # fmt: skip
        st.markdown("**Histogram** of the residuals.")
        stage.show(pictures.histogram(found, unit), key="res-histogram", height="half",
                   alt=f"The histogram of {len(found.residual)} residuals.")  # fmt: skip
    with right:
        # one line, as over the picture beside it
        st.markdown("**Residuals against fitted values.** No structure if the model is right.")
        stage.show(
            pictures.against(found, unit), key="res-against", height="half", alt=sentences[0]
        )
        st.markdown("**Q–Q plot.** On the dashed line if the residuals are a normal sample.")
        stage.show(pictures.quantiles(found), key="res-quantiles", height="half",
                   alt="Sorted residuals against normal quantiles.")  # fmt: skip
    return sentences


# -- in a network -----------------------------------------------------------------------------


def in_network() -> list[str]:
    """A near-identity target learned whole and as a correction; gradients through many blocks."""
    with controls.row():
        slope = slider("Slope of the target", "res-slope", 1.0, -2.0, 2.0)
        wave = slider("Amplitude of the wave", "res-wave", 0.2, 0.0, 1.0)
        depth = slider("Hidden layers", "res-depth", 3, 1, 8, whole=True)
        steps = slider("Steps", "res-steps", 300, 10, 2000, whole=True)
        seed = slider("Seed", "res-seed", 0, 0, 99, whole=True)
    found = _learned(slope, wave, depth, steps, seed)
    code.offer(lambda: written.in_network(PARTS["skip"], slope, wave, depth, steps, seed))
    with frame.board():
        left, right = st.columns(2, gap="small")
        below = st.container()
    with left:
        stage.show(
            pictures.answers(found), key="res-answers", group="identity", height="most",
            alt="The target, and the predictions of both networks at the step shown.",
            moves=[stage.Rows("h(x)", found.whole_curves),
                   stage.Rows("x + f(x)", found.correction_curves)],
        )  # fmt: skip
    with right:
        stage.show(
            pictures.learning(found), key="res-learning", group="identity", height="most",
            alt=findings.learned(found)[1],
            moves=[stage.Pick("h(x) now"), stage.Pick("x + f(x) now")],
        )  # fmt: skip
    kept = min(len(found.whole.steps), len(found.correction.steps))
    lines = [f"step {step:,}" for step in found.whole.steps[:kept]]
    with below:
        stage.player(steps=kept, key="res-play", group="identity", label="picture",
                     captions=lines)  # fmt: skip
    st.markdown("**Backpropagated gradient**, before any training.")
    with controls.beside():
        blocks = slider("Blocks", "res-blocks", 100, 1, 100, whole=True)
        names = {id: {"relu": "ReLU", "gelu": "GELU"}.get(id, id) for id in ACTIVATIONS}
        chosen_activation = select("Activation", names, "res-activation", default="relu")
    sizes = _through(blocks, chosen_activation, seed)
    sentences = findings.depth(sizes)
    stage.show(pictures.depths(sizes), key="res-depths", height="panel", alt=" ".join(sentences))
    return [*findings.learned(found), *sentences]


@kept("Training")
def _learned(
    progress: Progress, slope: float, wave: float, depth: int, steps: int, seed: int
) -> Learned:
    return learn(slope, wave, depth, steps, seed, progress)


@st.cache_data(max_entries=32, show_spinner=False)
def _through(blocks: int, activation: str, seed: int) -> dict[str, Array]:
    return through(blocks, activation, seed)


# -- of an equation ---------------------------------------------------------------------------


class Solved(NamedTuple):
    """A trained trial: its end (p,), the plane through it, and three landscapes."""

    theta: Array
    plane: Plane
    landscapes: list[Landscape]
    terms: tuple[float, float]


def of_equation() -> list[str]:
    """The terms of equation and initial condition and their sum, as surfaces under one camera."""
    with controls.row():
        names = {"decay": "u′ + 2u = 0", "oscillator": "Damped oscillator"}
        kind = select("Equation", names, "res-equation", draw=st.segmented_control)
        trials = {"network": "tanh network"}
        if kind == "decay":
            trials = {"exponential": "a·exp(−b t)", **trials}
        family = select("Trial", trials, "res-trial", known=("exponential", "network"),
                        draw=st.segmented_control)  # fmt: skip
        frequency = 4.0
        if kind == "oscillator":
            frequency = slider("Frequency", "res-frequency", 4.0, 0.5, 12.0)
        weight = slider("Weight of the initial condition", "res-weight", 1.0, 0.01, 100.0, log=True)
        seed = slider("Seed", "res-pinn-seed", 0, 0, 99, whole=True)
    rule = decay() if kind == "decay" else oscillator(frequency)
    trial: Trial = ExponentialTrial() if family == "exponential" else NetworkTrial(UNITS)
    found = _solved(rule, trial, weight, seed)
    landscapes = dict(zip(TERMS, found.landscapes, strict=True))
    code.offer(
        lambda: written.of_equation(
            PARTS["equation"], rule, trial, seed, SPAN, POINTS, weight, landscapes
        )
    )
    height_axis = LogScale().height_axis(*(land.values for land in found.landscapes))
    with frame.board():
        columns = st.columns(3, gap="small")
    for (key, title), land, column in zip(TERMS.items(), found.landscapes, columns, strict=True):
        offers.surface(f"Surface, {title}", land)
        with column:
            shown = (
                f"The equation + {number(weight, 3)} × initial condition"
                if key == "total"
                else title
            )
            st.markdown(f"**{shown}**")
            figure = surface(land, height_axis)
            figure.update_scenes(zaxis_nticks=4)
            stage.show(figure, key=f"res-term-{key}", camera="equation", group="equation",
                       cursor="ab", at=tuple(found.plane.project(found.theta)), height="most",
                       alt=f"{shown}: as a surface over a plane of parameters.")  # fmt: skip
    t = np.linspace(0, SPAN, 121)
    exact, answer = rule.exact(t), trial.jet(found.theta, t).u
    error = float(np.abs(answer - exact).max())
    left, right = st.columns(2, gap="small")
    with left:
        stage.show(
            pictures.solution(t, exact, answer, _places()), key="res-solution", height="low",
            alt=f"The exact solution and the trained one, at most {number(error, 3)} apart.",
        )  # fmt: skip
    with right:
        modes = slider("Sines in −u″ = f", "res-modes", 6, 1, 15, whole=True)
        condition = poisson(modes)
        bars = pictures.bars(condition.residual.tolist(), condition.data.tolist())
        stage.show(bars, key="res-condition",
                   height="low", alt="Curvature along each sine, on a log scale.")  # fmt: skip
    errors = _frequency_errors(weight, seed)
    st.markdown(
        "**Higher frequencies**: a tanh network on the damped oscillator; only its frequency rises."
    )
    stage.show(pictures.errors(FREQUENCIES, errors), key="res-frequencies", height="low",
               alt="The error of the trained network against the frequency.")  # fmt: skip
    return [
        *findings.equation(found.terms, weight, error),
        *findings.hard(condition, FREQUENCIES, errors),
    ]


def _places() -> Array:
    return np.linspace(0, SPAN, POINTS)


def _end(
    progress: Progress | None, rule: Equation, trial: Trial, weight: float, seed: int
) -> Array:
    start = trial.start(seed, SPAN) if isinstance(trial, NetworkTrial) else np.array([0.5, 1.0])
    loss = ResidualLoss(rule, trial, _places(), weight)
    return train(loss, OPTIMIZERS["lbfgs"](), start, 500, progress=progress).theta


@kept("Solving")
def _solved(progress: Progress, rule: Equation, trial: Trial, weight: float, seed: int) -> Solved:
    theta = _end(part(progress, 0, 2), rule, trial, weight, seed)
    if isinstance(trial, ExponentialTrial):
        plane = axes(2, 0, 1, ("a", "b"))
        a, b = np.linspace(-0.8, 2.2, GRID), np.linspace(-0.5, 5.0, GRID)
    else:
        plane = random(theta, trial.layout, seed, "layer")
        a = b = np.linspace(-1, 1, GRID)
    landscapes = [
        evaluate_plane(
            ResidualLoss(rule, trial, _places(), weight, term),
            plane,
            a,
            b,
            part(progress, 3 + k, 6),
        )
        for k, term in enumerate(TERMS)
    ]
    whole = ResidualLoss(rule, trial, _places(), weight)
    terms = float(whole.equation_term(theta)), float(whole.start_term(theta))
    return Solved(theta, plane, landscapes, terms)


@kept("Raising the frequency")
def _frequency_errors(progress: Progress, weight: float, seed: int) -> list[float]:
    t, trial, found = np.linspace(0, SPAN, 121), NetworkTrial(UNITS), []
    for k, frequency in enumerate(FREQUENCIES):
        rule = oscillator(frequency)
        theta = _end(part(progress, k, len(FREQUENCIES)), rule, trial, weight, seed)
        found.append(float(np.abs(trial.jet(theta, t).u - rule.exact(t)).max()))
    return found
