"""The Losses for acting page: the return as a landscape, agents on it, noise, horizon, bonus."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lossviz.acting import (
    DISCOUNT,
    ENVIRONMENTS,
    Cloud,
    Environment,
    Run,
    Tied,
    cloud,
    degrees_apart,
    steps_to,
    walks,
    worth_reaching,
)
from lossviz.figures import acting as pictures
from lossviz.figures.combined import colour_of
from lossviz.findings import acting as findings
from lossviz.landscapes import Landscape, evaluate_plane
from lossviz.landscapes.engines.threads import Progress, part
from lossviz.landscapes.height_scale import LinearScale
from lossviz.landscapes.planes import axes
from lossviz.minima import Minimum
from lossviz.text import as_markdown, number
from lossviz.ui import stage
from lossviz.ui.bars import kept
from lossviz.ui.sharing import offers
from lossviz.ui.sidebar import controls, state
from lossviz.ui.sidebar.widgets import select, slider

Array = NDArray[np.floating]
GROUP, GRID, MOST, SAMPLES = "acting", 81, 5000, 400
FAR, SHORT, NEARLY = 0.99, 0.05, 0.99


class Setting(NamedTuple):
    """An environment with its numbers, as caches know it."""

    id: str
    discount: float
    entropy: float
    rewards: tuple[float, ...]

    @property
    def environment(self) -> Environment:
        return ENVIRONMENTS[self.id]

    @property
    def objective(self) -> Tied:
        """Minus the return."""
        return self.environment.make(self.discount, self.entropy, self.rewards)

    def but(self, discount: float, entropy: float) -> Setting:
        """The same place and rewards, seen otherwise."""
        return self._replace(discount=discount, entropy=entropy)


class Choice(NamedTuple):
    """What the sidebar says."""

    setting: Setting
    start: tuple[float, float]
    rate: float
    steps: int
    episodes: int
    seed: int

    @property
    def environment(self) -> Environment:
        return self.setting.environment

    @property
    def objective(self) -> Tied:
        return self.setting.objective


def choose() -> Choice:
    """Environment, rewards, discount, entropy, start and agents, in the sidebar."""
    with st.sidebar:
        id = select(
            "Environment",
            {id: environment.label for id, environment in ENVIRONMENTS.items()},
            "act-world",
        )
        environment = ENVIRONMENTS[id]
        state.belong(id, "act-a", "act-b", "act-rewards")
        rewards = _rewards(environment)
        discount = 0.0
        if environment.lasting:
            discount = slider("Discount γ", "act-discount", DISCOUNT, 0.0, FAR, problem=_unbounded)
        entropy = slider("Entropy weight τ", "act-entropy", 0.0, 0.0, 1.0)
        rate = slider("Learning rate", "act-rate", 1.0, 0.01, 10.0, log=True)
        with state.fold("Agents", "agents", line=True):
            steps = slider("Steps", "act-steps", 60, 1, 200, whole=True)
            episodes = slider("Episodes per gradient", "act-episodes", 10, 1, 100, whole=True)
            seed = slider("Seed", "act-seed", 0, 0, 99, whole=True)
        setting = Setting(id, discount, entropy, rewards)
        names = setting.objective.names
        a = controls.typed(st.container(), f"Start: {names[0]}", "act-a", environment.start[0])
        b = controls.typed(st.container(), f"Start: {names[1]}", "act-b", environment.start[1])
    reach = 4 * environment.reach
    start = float(np.clip(a, -reach, reach)), float(np.clip(b, -reach, reach))
    if start != (a, b):
        st.sidebar.caption(f"The start is kept within ±{reach:g}.")
    return Choice(setting, start, rate, steps, episodes, seed)


def _rewards(environment: Environment) -> tuple[float, ...]:
    """The rewards as they are typed; the last ones that could be read, where these cannot."""
    text = state.bound(
        "act-rewards",
        environment.spelled(environment.rewards),
        state.TEXT,
        lambda: st.text_input(
            f"Rewards of {', '.join(environment.earned)}", key="act-rewards", max_chars=200
        ),
    )
    kept = f"_act-rewards-{environment.label}"
    try:
        rewards = environment.read_rewards(text)
    except ValueError as error:
        st.error(f"{as_markdown(str(error))}  The last rewards that could be read are used.")
        return state.get(kept) or environment.rewards
    state.remember(kept, rewards)
    return rewards


def _unbounded(discount: float) -> str:
    """What is wrong with a discount: the end of a sentence, or ""."""
    if 0 <= discount <= FAR:
        return ""
    why = ": without an end the return has no limit" if discount >= 1 else ""
    return f"lies outside 0 to {number(FAR)}{why}"


def placed(event: stage.Event) -> None:
    """A click on the map is a start."""
    if event.get("kind") == "place":
        _put(event)


def dragged(event: stage.Event) -> None:
    """A start let go of."""
    if event.get("done"):
        _put(event)


def _put(event: stage.Event) -> None:
    state.put("act-a", round(float(event["x"]), 3))
    state.put("act-b", round(float(event["y"]), 3))


@kept("Computing the return of every policy", 64)
def _values(progress: Progress, setting: Setting) -> Array:
    side = np.linspace(-setting.environment.reach, setting.environment.reach, GRID)
    objective = setting.objective
    return evaluate_plane(objective, axes(2, 0, 1, objective.names), side, side, progress).values


def land(setting: Setting) -> Landscape:
    """Minus the return over the window of an environment."""
    side = np.linspace(-setting.environment.reach, setting.environment.reach, GRID)
    return Landscape(axes(2, 0, 1, setting.objective.names), side, side, _values(setting))


@st.cache_data(max_entries=64, show_spinner=False)
def _best(setting: Setting) -> Minimum:
    return setting.objective.best()


@kept("Agents learn")
def _walks(
    progress: Progress, setting: Setting, start: tuple[float, float], rate: float, steps: int,
    episodes: int, seed: int,
) -> list[Run]:  # fmt: skip
    return walks(setting.objective, np.array(start), rate, steps, episodes, seed, progress)


@kept("Counting steps", 64)
def _counted(
    progress: Progress, setting: Setting, start: tuple[float, float], rate: float, goal: float
) -> tuple[int | None, int | None, int | None]:
    """Steps to a return: of both exact gradients from the start, of the first from the middle."""
    objective = setting.objective
    walks = (start, "exact"), (start, "natural"), ((0.0, 0.0), "exact")
    first, natural, middle = (
        steps_to(objective, np.array(at), rate, goal, way, MOST, part(progress, k, len(walks)))
        for k, (at, way) in enumerate(walks)
    )
    return first, natural, middle


@st.cache_data(max_entries=64, show_spinner=False)
def _cloud(setting: Setting, start: tuple[float, float], seed: int) -> Cloud:
    return cloud(setting.objective, np.array(start), SAMPLES, seed)


def agents(choice: Choice) -> list[Run]:
    """Every agent's path."""
    return _walks(*choice)


def legend(runs: list[Run]) -> None:
    """Who walks in which colour."""
    names = [
        f'<span><span style="color:{colour_of(place)}">&#9679;</span> {run.label}</span>'
        for place, run in enumerate(runs)
    ]
    with st.container(key="legend"):
        st.html(f'<div class="runners">{"".join(names)}</div>')


def surfaces(choice: Choice, runs: list[Run]) -> None:
    """Minus the return, as a surface and as a map, with the agents' paths; the returns."""
    landscape = land(choice.setting)
    offers.surface("Surface, minus the return", landscape)
    height_axis = LinearScale().height_axis(landscape.values)
    moves = [
        move for run in runs for move in (stage.Cut(run.label), stage.Pick(f"{run.label} now"))
    ]
    left, right = st.columns([3.3, 1], gap="small")
    text = findings.ended(runs)
    with left:
        legend(runs)
        stage.show(
            pictures.solid(landscape, height_axis, runs), key="act-surface",
            group=GROUP, camera=GROUP,
            height="large", cursor="ab", moves=moves, on_click=placed,
            alt=f"Minus the return over two logits, with every agent's path. {text}",
        )  # fmt: skip
    with right:
        stage.show(
            pictures.flat(landscape, height_axis, runs, choice.start), key="act-map", group=GROUP,
            height="half", cursor="ab", moves=moves, on_click=placed, on_drag=dragged,
            drag=stage.Drag("start"),
            readout=stage.Readout(choice.objective.names, "minus the return"),
            alt=f"The same from above, with the start that can be dragged. {text}",
        )  # fmt: skip
        stage.show(
            pictures.returns(runs, -_best(choice.setting).value), key="act-returns", group=GROUP,
            height="half", moves=[stage.Pick(f"{run.label} now") for run in runs], alt=text,
        )  # fmt: skip


def play(choice: Choice) -> None:
    """The player over the agents' steps."""
    stage.player(steps=choice.steps + 1, key="act-player", group=GROUP)


def beside(choice: Choice, runs: list[Run]) -> None:
    """The exact agent's policy and state values at the step shown."""
    environment, objective, run = choice.environment, choice.objective, runs[0]
    policy, values = objective.policy(run.points), objective.state_values(run.points)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    margin = 0.05 * (high - low or 1.0)
    columns = st.columns(2, gap="small")
    with columns[0]:
        st.markdown("**Policy** of the exact policy gradient")
        stage.show(
            pictures.chances(policy[-1], environment.places, environment.actions), key="act-policy",
            group=GROUP, height="strip",
            moves=[
                stage.Rows(action, policy[:, :, k]) for k, action in enumerate(environment.actions)
            ],
            alt="The probability of every action at the step shown.",
        )  # fmt: skip
    with columns[1]:
        st.markdown("**Value of each state** under that policy")
        moves = [stage.Rows("value", values, "z" if environment.cells else "y")]
        if environment.cells:
            named = np.reshape(environment.places, environment.cells).tolist()
            figure = pictures.values_map(values[-1].reshape(environment.cells), named, (low, high))
        else:
            figure = pictures.values(values[-1], environment.places, (low - margin, high + margin))
        stage.show(
            figure, key="act-values", group=GROUP, height="strip", moves=moves,
            alt="The return from each state on, at the step shown.",
        )  # fmt: skip


def closer(choice: Choice) -> list[str]:
    """Clouds of sampled gradients, and two surfaces side by side; what they show."""
    environment, objective = choice.environment, choice.objective
    setting = choice.setting
    sampled = _cloud(setting, choice.start, choice.seed)
    sentences = [findings.noise(sampled)]
    columns = st.columns(3, gap="small")
    with columns[0]:
        st.markdown("**Sampled gradients** at the start")
        stage.show(pictures.clouds(sampled, objective.names), key="act-clouds", height="panel",
                   alt=sentences[0])  # fmt: skip
    tau = setting.entropy or 0.3
    if environment.lasting:
        pairs = [("discount 0", setting.but(0.0, setting.entropy)),
                 (f"discount {number(FAR, 3)}", setting.but(FAR, setting.entropy))]  # fmt: skip
        soon, late = (setting.but(each, 0.0).objective for each in (0.0, FAR))
        angle = degrees_apart(*(seen.objective for _, seen in pairs))
        sentence = f"{findings.horizon(environment, soon, late, FAR)} {findings.apart(angle)}"
    else:
        pairs = [("no bonus", setting.but(0.0, 0.0)),
                 (f"entropy weight {number(tau, 3)}", setting.but(0.0, tau))]  # fmt: skip
        sentence = findings.bonus(*_corner(*(seen for _, seen in pairs)), tau)
    sentences.append(sentence)
    for place, (title, other) in enumerate(pairs):
        landscape = land(other)
        with columns[place + 1]:
            st.markdown(f"**Minus the return, {title}**")
            stage.show(
                pictures.bare(landscape, LinearScale().height_axis(landscape.values)),
                key=f"act-pair-{place}",
                camera="acting-pair", height="panel",
                alt=f"Minus the return, {title}. {sentence}",
            )  # fmt: skip
    return sentences


def _corner(plain: Setting, soft: Setting) -> tuple[tuple[float, float], float, float]:
    """The corner where the policy is sure and the bonus changes the gradient most; both norms."""
    corners = plain.environment.reach * np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    corners = corners[plain.objective.policy(corners).max((1, 2)) > NEARLY]
    before, after = (
        np.linalg.norm(each.objective.gradient(corners), axis=1) for each in (plain, soft)
    )
    most = int((after / np.maximum(before, 1e-300)).argmax())
    a, b = corners[most].tolist()
    return (a, b), float(before[most]), float(after[most])


def seen(choice: Choice, runs: list[Run]) -> list[str]:
    """What the pictures show."""
    found, objective = _best(choice.setting), choice.objective
    sentences = [findings.best(choice.environment, found, objective)]
    if not objective.flat:
        goal = worth_reaching(-found.value, -float(_values(choice.setting).max()), SHORT)
        norm = float(np.linalg.norm(objective.gradient(np.array(choice.start))))
        counted = _counted(choice.setting, choice.start, choice.rate, goal)
        sentences.append(findings.plateau(norm, *counted, goal, MOST))
    return [*sentences, findings.ended(runs)]
