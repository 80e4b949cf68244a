"""The scope of a lesson's expressions: facts of the state that a scene's link shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from lossviz.acting import DISCOUNT, ENVIRONMENTS
from lossviz.classification import label_noise
from lossviz.combined import SCENES
from lossviz.curvature import Curvature
from lossviz.curvature.eigenpairs import top_eigenvalues
from lossviz.datasets import Edits, HoldOut
from lossviz.descent import Trajectory, descend
from lossviz.descent.setting import Surface, of_analytic, of_problem
from lossviz.landscapes.planes import Plane, axes
from lossviz.landscapes.window import good_window
from lossviz.lessons.expression import Facts
from lossviz.losses import LOSSES
from lossviz.minima import Minimum, minimize, pareto_front
from lossviz.models import LayeredNetwork, ResidualNetwork
from lossviz.networks import near_identity
from lossviz.networks.small import small, train
from lossviz.networks.symmetries import rescale
from lossviz.objectives import ANALYTIC, Risk
from lossviz.objectives.analytic import ConvexQuadratic, Level
from lossviz.objectives.differential_equations import poisson
from lossviz.optimizers import OPTIMIZERS
from lossviz.penalties import PENALTIES, NoPenalty
from lossviz.problem.link import Link, problem_of, recipe
from lossviz.problem.problem import Problem
from lossviz.recipes import Recipe
from lossviz.text import number
from lossviz.validation.gap import parts as split_parts

LONG = 20_000  # steps that a question may ask for
FUNCTIONS = {ConvexQuadratic.id: ConvexQuadratic, Level.id: Level}


class WrongLink(ValueError):
    """The link does not name what an expression asks for, or names what there is not."""


class Scope(Mapping[str, Any]):
    """Names for expressions: facts of a problem or of a test function, computed when asked for.

    Of a problem: ``minimum`` (value, kind, zeros among the weights, training loss without the
    penalty, and one part for each parameter), ``data`` (n), ``minimum_for(loss, ...)``,
    ``minimum_with(penalty, strength, ...)``, ``minimum_when(...)`` of the dataset's own numbers,
    ``minimum_shifted(by)`` of every observed y, ``unedited(loss, ...)``, ``at(a, b)``,
    ``row(number)`` (x, y), ``share(row)``, ``accuracy()``, ``held_out_with(penalty, strength)``
    (training, loss: of the rows learned from and of the rows held out).  Of any loss:
    ``loss(id, observed, predicted, ...)`` and ``derivative(id, observed, predicted, ...)``.  Of a
    problem or a test function: ``curvature`` (largest, smallest, condition, safe_rate),
    ``steps_to(gap, optimizer, lr, ...)``, ``ends(optimizer, lr, steps)`` (a, b, value),
    ``diverges(optimizer, lr)``.  Of theory: ``noisy_probability(loss, share)``,
    ``signal(blocks, way)``, ``random_walk(component)``, ``slice(blocks, width)`` (parameters,
    share), ``equation_condition(modes)``, ``sharpness(factor)`` (before, after).  Of two losses
    of the Combined page: ``weighted(weight, factor)`` (first, second, at the minimum of the sum).
    Of an agent's environment: ``policy(a, b)`` (returns, gradient).
    """

    def __init__(self, link: Link) -> None:
        self.words = link.words
        self._answers: dict[Any, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in NAMES:
            raise KeyError(name)
        found = getattr(self, f"_{name}")
        return partial(self._once, name, found) if callable(found) else found

    def _once(self, name: str, ask: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """What ``ask`` answers; what was asked before is not computed again."""
        asked = (name, given, tuple(sorted(named.items())))
        if asked not in self._answers:
            self._answers[asked] = ask(*given, **named)
        return self._answers[asked]

    def coordinates(self) -> tuple[str, str]:
        """The names of the two axes on which a point of the picture is given."""
        first, second = self._surface.plane.names
        return first, second

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)

    @cached_property
    def _problem(self) -> Problem:
        try:
            return problem_of(self.words)
        except ValueError as error:
            raise WrongLink(str(error)) from error

    @cached_property
    def _best(self) -> Minimum:
        return minimize(self._problem.risk())

    @cached_property
    def _surface(self) -> Surface:
        id = self.words.get("objective", "problem")
        if id != "problem":
            known = {**{key: type(each) for key, each in ANALYTIC.items()}, **FUNCTIONS}
            shape = {k.replace("shape-", "objective-", 1): v for k, v in self.words.items()}
            return of_analytic(recipe(known, "objective", shape))
        risk, theta = self._problem.risk(), self._best.theta
        if risk.layout.size == 1:
            plane = Plane(np.zeros(1), np.ones(1), np.zeros(1), (risk.names[0], ""))
        elif risk.layout.size == 2:
            plane = axes(2, 0, 1, (risk.names[0], risk.names[1]))
        else:
            plane = axes(theta, 0, 1, (risk.names[0], risk.names[1]))
        return of_problem(risk, self._best, plane, good_window(risk, plane, theta))

    @cached_property
    def _minimum(self) -> Facts:
        return _facts(self._problem, self._best)

    @property
    def _data(self) -> Facts:
        return Facts(n=len(self._problem.draw()))

    @cached_property
    def _curvature(self) -> Facts:
        at = self._best.theta if "objective" not in self.words else self._surface.targets[0]
        curvature = Curvature.of(self._surface.objective, at)
        return Facts(
            largest=curvature.steepest,
            smallest=curvature.flattest,
            condition=curvature.condition_number,
            safe_rate=curvature.safe_rate,
        )

    def _minimum_for(self, loss: str, **numbers: float) -> Facts:
        return _fitted(replace(self._problem, loss=_made(LOSSES, loss, numbers)))

    def _minimum_with(self, penalty: str, strength: float, **numbers: float) -> Facts:
        chosen = _made(PENALTIES, penalty, {"strength": strength, **numbers})
        return _fitted(replace(self._problem, penalty=chosen))

    def _held_out_with(self, penalty: str, strength: float, **numbers: float) -> Facts:
        """Both losses, without the penalty, of the fit to the rows that are not held out."""
        usual = HoldOut()
        share = float(self.words.get("hold-share", usual.share))
        seed = int(self.words.get("hold-seed", usual.seed))
        both = split_parts(replace(self._problem, penalty=NoPenalty()), share, seed)
        chosen = _made(PENALTIES, penalty, {"strength": strength, **numbers})
        theta = minimize(replace(both.train, penalty=chosen).risk()).theta
        of = {"training": both.train, "loss": both.held}
        return Facts(**{name: float(part.risk().value(theta)) for name, part in of.items()})

    def _minimum_when(self, **numbers: float) -> Facts:
        """The minimum when the dataset is drawn with other numbers."""
        dataset = self._problem.dataset
        made = _made({dataset.id: type(dataset)}, dataset.id, {**_settings(dataset), **numbers})
        return _fitted(replace(self._problem, dataset=made))

    def _minimum_shifted(self, by: float) -> Facts:
        """The minimum when every observed y is ``by`` larger."""
        problem = self._problem
        data = problem.draw()
        risk = Risk(replace(data, y=data.y + by), problem.model, problem.loss, problem.penalty)
        best = minimize(risk)
        return Facts(value=best.value, kind=best.kind, **_parts(risk, best))

    def _unedited(self, loss: str, **numbers: float) -> Facts:
        chosen = _made(LOSSES, loss, numbers)
        return _fitted(replace(self._problem, loss=chosen, edits=Edits()))

    def _at(self, a: float, b: float) -> float:
        return float(self._surface.objective.value(self._surface.theta((a, b))))

    def _row(self, number: float) -> Facts:
        """A data point, counted from 0: its first feature and what was observed."""
        data = self._problem.draw()
        row = _place(number, len(data))
        return Facts(x=float(data.X[row, 0]), y=float(data.y[row]))

    def _share(self, row: float) -> float:
        """The share of the total loss that one row holds at the minimum."""
        risk = self._problem.risk()
        prediction = risk.model.predict(self._best.theta, risk.data.X)
        each = risk.loss.value(risk.data.y, prediction)
        return float(each[_place(row, len(each))] / each.sum())

    def _loss(self, id: str, observed: float, predicted: float, **numbers: float) -> float:
        return float(_made(LOSSES, id, numbers).value(np.array(observed), np.array(predicted)))

    def _derivative(self, id: str, observed: float, predicted: float, **numbers: float) -> float:
        chosen = _made(LOSSES, id, numbers)
        return float(chosen.derivative(np.array(observed), np.array(predicted)))

    def _path(self, optimizer: str, lr: float, steps: float, numbers: Any) -> Trajectory:
        start = self._surface.home
        a, b = (float(self.words.get(key, home)) for key, home in
                zip(("start-a", "start-b"), start, strict=True))  # fmt: skip
        rule = _made(OPTIMIZERS, optimizer, {"lr": lr, **numbers})
        return descend(
            self._surface.objective, rule, self._surface.theta((a, b)), min(int(steps), LONG)
        )

    def _steps_to(self, gap: float, optimizer: str, lr: float, **numbers: float) -> float:
        """The first step whose loss is at most ``gap`` above the lowest; infinity if none is."""
        for steps in (1000, LONG):  # most paths are short, and the long one takes a second
            values = self._path(optimizer, lr, steps, numbers).values
            there = np.flatnonzero(values - (self._surface.infimum or 0.0) <= gap)
            if len(there):
                return float(there[0])
        return np.inf

    def _steps_to_when(self, gap: float, optimizer: str, lr: float, **numbers: float) -> float:
        """The same on the test function with other numbers of its own."""
        shape = f"shape-{self.words.get('objective', '')}-"
        words = {**self.words, **{f"{shape}{name}": str(value) for name, value in numbers.items()}}
        return Scope(Link("gradient_descent", words))._steps_to(gap, optimizer, lr)

    def _ends(self, optimizer: str, lr: float, steps: float = 1000, **numbers: float) -> Facts:
        path = self._path(optimizer, lr, steps, numbers)
        a, b = self._surface.plane.project(path.points[-1])
        return Facts(a=float(a), b=float(b), value=float(path.values[-1]))

    def _diverges(self, optimizer: str, lr: float, **numbers: float) -> bool:
        values = self._path(optimizer, lr, 2000, numbers).values
        return bool(not np.isfinite(values[-1]) or values[-1] > 10 * abs(values[0]) + 1)

    def _accuracy(self) -> float:
        """The share of labels that the minimum gets right."""
        problem = self._problem
        return label_noise.accuracy(problem.draw(), problem.model, self._best.theta)

    def _noisy_probability(self, loss: str, share: float) -> float:
        """The risk-minimising probability of a label that is wrong with chance ``share``."""
        return label_noise.population(_made(LOSSES, loss, {}), share).p

    def _signal(self, blocks: float, way: str) -> float:
        """|dL/dh| before the first block over that after the last, at random weights."""
        sizes = near_identity.through(int(blocks), "tanh", 0)
        if way not in sizes:
            raise ValueError(f"{way!r} is not one of {', '.join(sizes)}.")
        return float(sizes[way][0] / sizes[way][-1])

    def _random_walk(self, component: float) -> float:
        """The share of variance on one principal component of a long random walk in many
        dimensions: 6 / (pi k)^2 (Antognini & Sohl-Dickstein 2018, arXiv:1806.08805)."""
        return float(6 / (np.pi * component) ** 2)

    def _slice(self, blocks: float, width: float) -> Facts:
        """How many parameters a network with skips has, for two features and two classes, and
        which share of a direction's squared length lies on a random plane, on average."""
        size = ResidualNetwork(width=int(width), blocks=int(blocks)).layout(2, 1).size
        return Facts(parameters=size, share=2 / size)

    def _equation_condition(self, modes: float) -> float:
        """The condition number of -u'' = f's residual loss in so many sines."""
        return poisson(int(modes)).residual_condition

    def _sharpness(self, factor: float) -> Facts:
        """The largest curvatures of the small ReLU network of the panel Sharpness, before and
        after one layer is multiplied by ``factor`` and the next divided by it."""
        usual = {"task": "binary", "bloss": "cross_entropy", "bmodel": "network"}
        problem = small(problem_of({**usual, **self.words}), "relu")
        risk, theta = problem.risk(), train(problem).theta
        assert isinstance(risk.model, LayeredNetwork)
        moved = rescale(theta, risk.model, risk.layout, 0, factor)
        before, after = (float(top_eigenvalues(risk, each, 1)[0]) for each in (theta, moved))
        return Facts(before=before, after=after)

    def _weighted(self, weight: float, factor: float = 1) -> Facts:
        """Both losses where weight x first + (1 - weight) x factor x second is lowest."""
        name = self.words.get("comb-scene", next(iter(SCENES)))
        if name not in SCENES:
            raise ValueError(
                f"weighted speaks of the pairs {', '.join(SCENES)}; this scene shows {name!r}."
            )
        _, scene = SCENES[name]
        two = scene()
        share = weight / (weight + (1 - weight) * factor)
        (theta,) = pareto_front(two.first, two.second, np.array([share]))
        return Facts(first=float(two.first.value(theta)), second=float(two.second.value(theta)))

    def _policy(self, a: float, b: float) -> Facts:
        """The return of two logits, and the norm of its gradient, in the link's environment."""
        environment = ENVIRONMENTS[self.words.get("act-world", next(iter(ENVIRONMENTS)))]
        discount = float(self.words.get("act-discount", DISCOUNT))
        typed = self.words.get("act-rewards")
        rewards = None if typed is None else environment.read_rewards(typed)
        made = environment.make(discount, float(self.words.get("act-entropy", 0)), rewards)
        at = np.array([a, b], float)
        return Facts(
            returns=float(made.returns(at)), gradient=float(np.linalg.norm(made.gradient(at)))
        )


NAMES = (
    *(
        "minimum",
        "data",
        "curvature",
        "minimum_for",
        "minimum_with",
        "minimum_when",
        "minimum_shifted",
        "held_out_with",
        "unedited",
        "at",
        "row",
        "share",
    ),
    *("loss", "derivative", "steps_to", "steps_to_when", "ends", "diverges", "accuracy"),
    *("noisy_probability", "signal", "random_walk", "slice", "equation_condition", "sharpness"),
    *("weighted", "policy"),
)


def _place(row: float, count: int) -> int:
    if not 0 <= row < count or row != int(row):
        raise ValueError(f"There is no row {number(row)}: rows are numbered from 0 to {count - 1}.")
    return int(row)


def _made(catalogue: Mapping[str, type[Any]], id: str, numbers: Mapping[str, float]) -> Any:
    if id not in catalogue:
        raise ValueError(f"{id!r} is not one of {', '.join(catalogue)}.")
    known = {each.name: each for each in catalogue[id].hyperparameters()}
    for name in numbers:
        if name not in known:
            raise ValueError(f"{id} has no {name}; it has {', '.join(known) or 'nothing to set'}.")
    whole = {n: int(v) if isinstance(known[n].default, int) else v for n, v in numbers.items()}
    return catalogue[id](**whole)


def _settings(made: Recipe) -> dict[str, Any]:
    return {each.name: getattr(made, each.name) for each in made.hyperparameters()}


def _fitted(problem: Problem) -> Facts:
    return _facts(problem, minimize(problem.risk()))


def _facts(problem: Problem, best: Minimum) -> Facts:
    parts = _parts(problem.risk(), best)
    bare = replace(problem, penalty=NoPenalty()).risk()
    zeros = int((best.theta[bare.layout.weights > 0] == 0).sum())
    training = float(bare.value(best.theta))
    return Facts(value=best.value, kind=best.kind, zeros=zeros, training=training, **parts)


def _parts(risk: Risk, best: Minimum) -> dict[str, float]:
    """Every parameter under its name, as an expression can write it."""
    names = [re.sub(r"\W+", "_", name).strip("_") for name in risk.names]
    return dict(zip(names, best.theta.tolist(), strict=True))
