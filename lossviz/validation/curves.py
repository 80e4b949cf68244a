"""The empirical risk against the risk: by number of rows, by degree, by fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from lossviz.datasets import Data, Dataset, Edits, FarOff
from lossviz.landscapes import Landscape, evaluate_plane
from lossviz.landscapes.engines.threads import Progress, part
from lossviz.landscapes.planes import Plane
from lossviz.minima import minimize
from lossviz.models import MODELS
from lossviz.objectives import Risk
from lossviz.penalties import L2, NoPenalty
from lossviz.problem.problem import Problem
from lossviz.text import count

Array = NDArray[np.floating]
LARGE = 20_000  # rows that stand for the whole law
AWAY = 5000  # seeds between what is learned from and what stands for the law
LEAST = 0.01  # of an L2 penalty for classes without one: some samples are separable
SIZES, SEEDS = 7, 8
MESHES = 8  # of a net along either axis
Net = tuple[Array, Array, Array]


@dataclass(frozen=True, eq=False)
class Learning:
    """Mean losses without the penalty, (seeds, sizes) each, of models fitted to ``sizes`` rows.

    ``train`` on those rows, ``held`` on the rows held out, ``risk`` on a fresh sample of
    ``sample`` rows from the dataset's own law, None where the law is not known.
    """

    sizes: NDArray[np.integer]
    train: Array
    held: Array
    risk: Array | None
    sample: int
    ridge: float


def learning_curve(
    train: Problem, held: Risk, seeds: int = SEEDS, progress: Progress | None = None
) -> Learning:
    """Models fitted to more and more of the rows, in ``seeds`` different orders.

    ``progress`` hears the share that is done.

    Raises ValueError where there are fewer than eight rows to learn from, or the model is not
    linear in its parameters: hundreds of fits have to be quick.
    """
    base = train.risk()
    data = base.data
    if base.model.design(data.X) is None:
        raise ValueError(
            f"Learning curves fit a hundred models; {base.model.label} takes too long for that. "
            "Choose a model that is linear in its parameters."
        )
    if len(data) < 8:
        raise ValueError(
            f"A learning curve needs at least 8 rows to learn from; there are {len(data)}. Hold "
            "out fewer, or take more data."
        )
    ridge = 0.0
    if data.task != "regression" and isinstance(base.penalty, NoPenalty):
        ridge = LEAST
        base = replace(base, penalty=L2(strength=LEAST))
    first = max(3 if data.task == "regression" else 6, data.outputs * 2)
    sizes = np.unique(np.geomspace(min(first, len(data) - 1), len(data), SIZES).astype(int))
    law = _law(train)
    judges = [held.data] + ([law] if law is not None else [])
    learned, held_out = np.empty((seeds, len(sizes))), np.empty((len(judges), seeds, len(sizes)))
    for seed in range(seeds):
        order = _order(data, seed)
        for column, size in enumerate(sizes):
            part = base.on(order[:size])
            theta = minimize(part).theta
            learned[seed, column] = part.data_value(theta)
            for row, judge in enumerate(judges):
                held_out[row, seed, column] = replace(base, data=judge).data_value(theta)
            if progress:
                progress((seed * len(sizes) + column + 1) / learned.size)
    risk = held_out[1] if law is not None else None
    return Learning(sizes, learned, held_out[0], risk, 0 if law is None else len(law), ridge)


def _order(data: Data, seed: int) -> Any:
    """A random order whose first rows hold one of every class."""
    order = np.random.default_rng([seed, AWAY]).permutation(len(data))
    if data.task == "regression":
        return order
    firsts = [order[data.y[order] == label][:1] for label in np.unique(data.y)]
    head = np.concatenate(firsts)
    return np.concatenate([head, order[~np.isin(order, head)]])


def _law(problem: Problem) -> Data | None:
    """A large fresh sample of the dataset's own law, or None where nobody knows it."""
    dataset: Any = problem.dataset
    changed = problem.edits != Edits() or problem.contamination != FarOff()
    if changed or not (hasattr(dataset, "seed") and hasattr(dataset, "n")):
        return None
    return replace(dataset, seed=(dataset.seed + AWAY) % 2**32, n=LARGE).draw()


class Degrees(NamedTuple):
    """By degree (m,): mean squared losses over redraws, and the parts of the loss on fresh rows.

    ``fresh`` = ``bias`` + ``variance``: the average model's squared error, noise included, and
    how far single models lie around it.
    """

    degrees: NDArray[np.integer]
    train: Array
    fresh: Array
    bias: Array
    variance: Array
    redraws: int
    drawn: bool  # from the law, or random halves of a table


def by_degree(
    problem: Problem, most: int = 9, redraws: int = 40, progress: Progress | None = None
) -> Degrees:
    """Polynomials fitted by least squares to one sample after another.

    ``progress`` hears the share that is done.

    Samples are redrawn from the dataset's law.  Where it is not known, half of the rows are judged
    on, and samples are random halves of the others.  Raises ValueError for other than one feature
    and a number to predict, or too few rows.
    """
    data = replace(problem, held=replace(problem.held, side="all")).draw()
    if data.task != "regression" or data.X.shape[1] != 1:
        raise ValueError(
            "Degrees belong to a curve through one feature: choose regression data with one, "
            "such as Noisy sine."
        )
    samples, judge, drawn = _samples(problem.dataset, data, redraws)
    distinct = min(len(np.unique(each.X)) for each in samples)
    degrees = np.arange(1, min(most, distinct - 1) + 1)
    if not len(degrees):
        raise ValueError("A line needs two rows that differ in x; take more data.")
    x, y = judge.X[:, 0], judge.y
    ends = [float(data.X.min()), float(data.X.max())]
    inside = (x >= ends[0]) & (x <= ends[1])  # beyond the data a polynomial says nothing
    x, y = x[inside], y[inside]
    found = []
    for degree in degrees:
        fits = [Polynomial.fit(s.X[:, 0], s.y, int(degree), domain=ends) for s in samples]
        answers = np.stack([fit(x) for fit in fits])
        middle = answers.mean(0)
        seen = [((fit(s.X[:, 0]) - s.y) ** 2).mean() for fit, s in zip(fits, samples, strict=True)]
        found.append(
            (
                float(np.mean(seen)),
                float(((answers - y) ** 2).mean()),
                float(((middle - y) ** 2).mean()),
                float(answers.var(0).mean()),
            )
        )
        if progress:
            progress(len(found) / len(degrees))
    train, fresh, bias, variance = np.array(found).T
    return Degrees(degrees, train, fresh, bias, variance, redraws, drawn)


def _samples(dataset: Dataset, data: Data, redraws: int) -> tuple[list[Data], Data, bool]:
    """What the models learn from, what they are judged on, and whether the law is known."""
    law: Any = dataset
    if hasattr(law, "seed") and hasattr(law, "n"):
        seeds = [(law.seed + 1 + k) % 2**32 for k in range(redraws)]
        drawn = [replace(law, seed=seed).draw() for seed in seeds]
        return drawn, replace(law, seed=(law.seed + AWAY) % 2**32, n=2000).draw(), True
    # a fixed half to judge on, and random halves of the rest to learn from
    order = np.random.default_rng(AWAY).permutation(len(data))
    judge, rest = order[: len(data) // 2], order[len(data) // 2 :]
    if len(rest) < 4:
        raise ValueError(f"Redraws need at least 8 rows; these data have {len(data)}.")
    rng = np.random.default_rng(AWAY + 1)
    halves = [rng.choice(rest, max(2, len(rest) // 2), replace=False) for _ in range(redraws)]
    return [_rows(data, rows) for rows in halves], _rows(data, judge), False


def _rows(data: Data, rows: NDArray[np.integer]) -> Data:
    return replace(data, X=data.X[rows], y=data.y[rows])


@dataclass(frozen=True, eq=False)
class Folds:
    """Cross-validation on a plane.

    ``landscapes`` are the losses of the k folds over the plane and ``mean`` their mean; ``held``
    (k,) is the loss on each fold of the model fitted to all others, ``thetas`` (k, p) those models.
    """

    landscapes: tuple[Landscape, ...]
    mean: Landscape
    held: Array
    thetas: Array

    @property
    def nets(self) -> list[Net]:
        """Of each fold's surface some lines along either axis."""
        return [_net(land) for land in self.landscapes]


def _net(land: Landscape) -> Net:
    """Some lines of a grid along either axis as one line with gaps: a, b and values, each (n,)."""
    pieces = []
    a, b = np.meshgrid(land.a, land.b)
    for x, y, z in ((a, b, land.values), (a.T, b.T, land.values.T)):
        rows = np.linspace(0, len(x) - 1, MESHES + 1).round().astype(int)
        lines = np.stack([x[rows], y[rows], z[rows]])
        gaps = np.full((3, len(rows), 1), np.nan)
        pieces.append(np.concatenate([lines, gaps], axis=2).reshape(3, -1))
    along, across, values = np.concatenate(pieces, axis=1)
    return along, across, values


def fold_of(data: Data, k: int, seed: int = 0) -> NDArray[np.integer]:
    """(n,) which of k folds each row is in; every class is dealt out evenly.

    Raises ValueError for fewer than two folds, or fewer rows than folds, or fewer of some class.
    """
    if k < 2:
        raise ValueError(f"Cross-validation needs at least 2 folds; got {k}.")
    if k > len(data):
        raise ValueError(
            f"{k} folds need a row for each, and there are {count(len(data), 'row')} to learn "
            "from. Choose fewer folds, or more data."
        )
    order = np.random.default_rng(seed).permutation(len(data))
    if data.task != "regression":
        labels, sizes = np.unique(data.y, return_counts=True)
        if sizes.min() < k:
            rare = int(labels[sizes.argmin()])
            name = data.classes[rare] if data.classes else str(rare)
            raise ValueError(
                f"{k} folds need {k} rows of every class; class {name} has {sizes.min()}. Choose "
                "fewer folds, or more data."
            )
        order = order[np.argsort(data.y[order], kind="stable")]
    fold = np.empty(len(data), int)
    fold[order] = np.arange(len(data)) % k
    return fold


def fold_surfaces(
    risk: Risk, plane: Plane, a: Array, b: Array, k: int, seed: int = 0,
    progress: Progress | None = None,
) -> Folds:  # fmt: skip
    """The k folds of a risk's data as k surfaces, and the models fitted without each.

    ``progress`` hears the share that is done.
    """
    fold = fold_of(risk.data, k, seed)
    bare = replace(risk, penalty=NoPenalty())
    landscapes, held, thetas = [], [], []
    for number in range(k):
        theta = minimize(risk.on(fold != number)).theta
        judge = bare.on(fold == number)
        landscapes.append(evaluate_plane(judge, plane, a, b, part(progress, number, k)))
        held.append(float(judge.value(theta)))
        thetas.append(theta)
    mean = Landscape(
        plane, landscapes[0].a, landscapes[0].b, np.mean([each.values for each in landscapes], 0)
    )
    return Folds(tuple(landscapes), mean, np.array(held), np.array(thetas))


class Strengths(NamedTuple):
    """Models along a growing penalty: ``thetas`` (k, p), training and held-out loss (k,) each."""

    strengths: Array
    thetas: Array
    train: Array
    held: Array

    @property
    def best(self) -> int:
        """The step with the lowest held-out loss."""
        return int(np.nanargmin(self.held))


def weighted_sum(risk: Risk) -> Risk:
    """The same objective as a weighted sum of given columns: powers of x are features too.

    The parameters stay in their order, the intercept first.  Raises ValueError where the model is
    not linear in them or has no intercept.
    """
    design = risk.columns
    if design is None or not len(design) or not (design[:, 0] == 1).all():
        raise ValueError(
            "The path of a penalty is followed for two classes or a number, and a weighted sum "
            f"with an intercept; {risk.model.label} on {risk.data.task} data is another problem."
        )
    names = tuple(risk.names[1:])
    data = replace(risk.data, X=design[:, 1:], names=names, units=("",) * len(names))
    return replace(risk, data=data, model=MODELS["linear"]())


def validated_path(train: Risk, held: Data, strengths: Sequence[float], thetas: Array) -> Strengths:
    """A penalty's path judged on both parts, without the penalty."""
    with np.errstate(all="ignore"):
        return Strengths(
            np.asarray(strengths, float),
            thetas,
            train.data_value(thetas),
            replace(train, data=held).data_value(thetas),
        )
