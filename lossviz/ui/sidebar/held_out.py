"""Held-out results: loss and accuracy on validation rows, beside the stage of any page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.findings import validation as findings
from lossviz.metrics import METRICS, measure
from lossviz.objectives import Risk
from lossviz.problem.problem import Problem

Array = NDArray[np.floating]
_KEY = "_held-out"


def begin() -> None:
    """A page starts to run: what another one said is no longer true."""
    st.session_state[_KEY] = []


def add(sentence: str) -> None:
    """Have the page tell this under its first finding."""
    st.session_state.setdefault(_KEY, []).append(sentence)


def sentences() -> list[str]:
    """What is to be told, in order."""
    kept: list[str] = st.session_state.get(_KEY, [])
    return kept


def parts(problem: Problem) -> tuple[Risk, Risk]:
    """The objective on the rows learned from, and on those held out."""
    return tuple(
        replace(problem, held=replace(problem.held, side=side)).risk()
        for side in ("train", "held_out")
    )  # type: ignore[return-value]


def rows(problem: Problem) -> str:
    """How many rows there are of each."""
    learned, held = parts(problem)
    return findings.held_out((len(learned.data), len(held.data)))


def on_both(problem: Problem, theta: Array, whose: str = "the best model") -> str:
    """Loss and, of classes, accuracy at theta (p,) on both."""
    both = parts(problem)
    losses = float(both[0].data_value(theta)), float(both[1].data_value(theta))
    metric, scores = METRICS["accuracy"](), None
    if both[0].data.task in metric.tasks:
        scores = float(measure(both[0], metric, theta)), float(measure(both[1], metric, theta))
    return findings.on_both(losses, scores, whose)
