"""Curvature at trained networks: the Hessian spectrum, a rescaling, the edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.curvature.eigenpairs import top_eigenvalues
from lossviz.curvature.spectral_density import Spectrum, bars, bins, measure
from lossviz.figures import curvature as spectrum_pictures
from lossviz.figures import networks as pictures
from lossviz.figures.theme import GREY, ORANGE
from lossviz.findings import network_panels as panel_findings
from lossviz.findings import networks as findings
from lossviz.landscapes import evaluate_points
from lossviz.landscapes.planes import random
from lossviz.models import LayeredNetwork
from lossviz.networks.small import small
from lossviz.networks.symmetries import rescale
from lossviz.objectives import Risk
from lossviz.optimizers import OPTIMIZERS
from lossviz.problem.problem import Problem
from lossviz.text import as_markdown
from lossviz.ui import cache, stage
from lossviz.ui.bars import searched
from lossviz.ui.lenses.networks import pair
from lossviz.ui.lenses.networks.pair import Member
from lossviz.ui.lenses.networks.training import Setting, trained
from lossviz.ui.sidebar.widgets import slider

Array = NDArray[np.floating]
COLOURS = (pictures.PLAIN, pictures.SKIP)


def spectrum(members: Sequence[Member]) -> None:
    """Every eigenvalue of both Hessians where training ended, or an estimate of them."""
    st.markdown(
        "The Hessian of the loss where training ended: one curvature per parameter. Both axes "
        "count in decades, and the grey bar holds what is numerically indistinguishable from zero."
    )
    try:
        found = [_spectrum(cache.parts(member.problem), member.run.theta) for member in members]
        where = bins(found)
    except ValueError as error:
        st.warning(as_markdown(str(error)))
        return
    most = max(each.size for each in found)
    sides = zip(members, found, COLOURS, ("plain", "skip"), st.columns(2, gap="small"), strict=True)
    for member, each, colour, key, column in sides:
        with column:
            text = panel_findings.spectrum(member.name, each, where.near)
            stage.show(
                spectrum_pictures.spectrum(each, bars(each, where), where, colour, most),
                key=f"net-spectrum-{key}", height="panel", alt=text.replace("*", ""),
            )  # fmt: skip
            st.markdown(text)
    if not all(each.exact for each in found):
        st.caption(
            "With this many parameters and rows the whole matrix would take too long: the bars are "
            "an estimate by stochastic Lanczos quadrature (± is two standard errors over the "
            "random vectors); the two ends are the outermost values met. With few parameters every "
            "eigenvalue is computed."
        )


@searched("Measuring the spectrum …", 16)
def _spectrum(recipes: tuple[Any, ...], theta: Array) -> Spectrum:
    risk = Problem(*recipes).risk()
    return measure(risk, theta, len(risk.data))


def sharpness(problem: Problem, setting: Setting) -> None:
    """Dinh's rescaling on a small rectified network, and curvature against what a rate can bear."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**One function, two sharpnesses.** A ReLU network with two layers of 8.")
        factor = slider("Make layer 1 so many times larger", "net-factor", 4.0, 1.0, 20.0, log=True)
        rectified = small(problem, "relu")
        runs = trained([(rectified, pair.adam(setting))], "Training the small network")
        if runs is not None:
            with st.container(key="net-rescaled"):
                _rescaled(rectified.risk(), runs[0].theta, factor)
    with right:
        st.markdown("**The edge of stability.** Gradient descent on all the data, a tanh network.")
        rate = slider("Rate of gradient descent", "net-gd", 0.5, 0.01, 2.0, log=True)
        smooth = small(problem, "tanh")
        gd = Setting(OPTIMIZERS["gd"](lr=rate), 1000, 0, setting.seed)
        runs = trained([(smooth, gd)], "Training by gradient descent")
        if runs is not None:
            steps, tops = _tops(cache.parts(smooth), runs[0].points[::5], runs[0].steps[::5])
            text = findings.edge(rate, steps, tops)
            limit = [2 / rate] * 2
            lines = [
                ("largest curvature", ORANGE, steps, tops),
                ("2 / rate", GREY, [0, int(steps[-1])], limit),
            ]
            stage.show(
                pictures.curves(lines, "step", "λmax"), key="net-edge", height="panel", alt=text
            )
            st.markdown(text)


def _rescaled(risk: Risk, theta: Array, factor: float) -> None:
    model = risk.model
    assert isinstance(model, LayeredNetwork)
    moved = rescale(theta, model, risk.layout, 0, factor)
    change = np.abs(model.predict(moved, risk.data.X) - model.predict(theta, risk.data.X)).max()
    t = np.linspace(-1, 1, 61)
    places = [(theta, GREY, "before"), (moved, pictures.PLAIN, "after")]
    for column, rule, title in zip(
        st.columns(2, gap="small"),
        ("raw", "filter"),
        ("Raw slice", "Filter-normalised"),
        strict=True,
    ):
        lines = []
        for place, colour, name in places:
            plane = random(place, risk.layout, 0, rule)
            values = evaluate_points(risk, plane.point(t, np.zeros_like(t)))
            lines.append((name, colour, t, np.where(np.isfinite(values), values, np.nan)))
        with column:
            st.markdown(title)
            stage.show(
                pictures.curves(lines, "step along one direction", "loss"),
                key=f"net-dinh-{rule}", height="low",
                alt=f"{title}: the loss along one direction, before and after the rescaling.",
            )  # fmt: skip
    before, after = (float(top_eigenvalues(risk, place)[0]) for place in (theta, moved))
    st.markdown(findings.rescaled(before, after, factor, float(change)))


@searched("Measuring curvature …")
def _tops(recipes: tuple[Any, ...], points: Array, steps: Any) -> tuple[Any, Array]:
    risk = Problem(*recipes).risk()
    return steps, np.array([float(top_eigenvalues(risk, point)[0]) for point in points])
