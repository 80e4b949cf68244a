"""What each page must show for the recipes of its link, computed by the core alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.metrics import accuracy_score

from lossviz.acting import ENVIRONMENTS
from lossviz.combined import SCENES, trade_off
from lossviz.datasets import Data, HoldOut
from lossviz.figures.theme import LIFT
from lossviz.landscapes.height_scale import SCALES
from lossviz.landscapes.planes import axes
from lossviz.landscapes.window import within_reach
from lossviz.losses import LOSSES
from lossviz.minima import minimize
from lossviz.models.activations import ACTIVATIONS
from lossviz.networks.near_identity import through
from lossviz.objectives import Risk
from lossviz.objectives.analytic import ANALYTIC
from lossviz.objectives.differential_equations import ExponentialTrial, ResidualLoss, decay
from lossviz.problem.link import problem_of
from lossviz.text import number
from tests.browser.seen import Seen, at_point, on, same, tip_of

Words = Mapping[str, str]


def plain(values: Any) -> Any:
    """Heights that are the values."""
    return values


def plane_of(risk: Risk, at: Any) -> Any:
    """The first two weights where there are more parameters than two, the others as at ``at``."""
    names = risk.names
    first = 0 if len(names) == 2 else sum(name.startswith("intercept") for name in names)
    return axes(at, first, first + 1, (names[first], names[first + 1]))


def over(objective: Any, plane: Any) -> Callable[[Any], Any]:
    """The objective on a plane, as a function of places (..., 2)."""
    return lambda places: objective(plane.point(places[..., 0], places[..., 1]))


def scatter(seen: Seen, key: str, data: Data) -> None:
    """The data as they are: one feature against the target, or two features by class."""
    if data.task == "regression" or data.X.shape[1] == 1:
        drawn = seen.trace(key, "data")
        same(drawn.x, data.X[:, 0], f"{key}: x of the data")
        same(drawn.y, data.y, f"{key}: y of the data")
        middle = len(data) // 2
        if "%{x" in (drawn.template or ""):
            told = seen.tooltip(key, "data", middle)
            near = [data.X[middle, 0], data.y[middle]]
            assert np.allclose(told[:2], near, rtol=1e-3, atol=1e-3), (key, told, near)
        return
    for label, name in enumerate(data.classes):
        rows = data.y == label
        drawn = seen.trace(key, name)
        same(drawn.x, data.X[rows, 0], f"{key}: {name}")
        same(drawn.y, data.X[rows, 1], f"{key}: {name}")


def line(seen: Seen, key: str, name: str, risk: Risk, theta: Any) -> None:
    """A model's line over one feature."""
    drawn = seen.trace(key, name)
    true = risk.model.predict(theta, np.asarray(drawn.x)[:, None])
    if risk.data.task == "binary":
        true = 1 / (1 + np.exp(-true))
    same(drawn.y, true, f"{key}: {name}")


def boundary(seen: Seen, key: str, risk: Risk, theta: Any) -> None:
    """The logit of a classifier over two features."""
    drawn = seen.trace(key, "boundary")
    places = np.stack(np.meshgrid(drawn.x, drawn.y), axis=-1).reshape(-1, 2)
    logit = risk.model.predict(theta, places).reshape(len(drawn.y), -1)
    sure = np.abs(drawn.z) < 4  # beyond that the picture may cut
    assert np.allclose(drawn.z[sure], logit[sure], rtol=1e-3, atol=1e-3), key


def losses(seen: Seen, words: Words) -> None:
    """Each loss and its derivative along the residual; the data, the fit, and the map of lines."""
    problem = problem_of(words)
    risk = problem.risk()
    best = minimize(risk)
    known = {each.label: each() for each in LOSSES.values() if each.task == problem.loss.task}
    known[problem.loss.label] = problem.loss
    y = float(words.get("truth", 4.0))
    for key in ("loss-curves", "slopes"):
        assert len(seen.pictures[key]) > 1
        for drawn in seen.pictures[key]:
            loss, way = known[drawn.name], -1.0
            if problem.loss.task == "binary":
                true = (np.ones_like(drawn.x), drawn.x)
                way = 1.0
            else:
                true = (np.full_like(drawn.x, y), y - drawn.x)
            values = loss.value(*true) if key == "loss-curves" else way * loss.derivative(*true)
            jumps = (
                0.0 if key == "loss-curves" else 0.02
            )  # single precision moves the sides of a kink
            same(drawn.y, values, f"{key} of {drawn.name}", loose=jumps)
    assert number(float(risk.value(best.theta))) in seen.words
    if risk.data.task == "binary":
        boundary(seen, "contributions", risk, best.theta)
        return
    scatter(seen, "residuals", risk.data)
    line(seen, "residuals", "fit", risk, best.theta)
    if "which-line" in seen.pictures:
        on(seen, "which-line", risk.value, plain)
        if best.kind == "point":
            at_point(seen, "which-line", "minimum", best.theta)


def surface(seen: Seen, words: Words) -> None:
    """The objective as a surface and a map, its minimum, the read-out, the data and the fit."""
    problem = problem_of(words)
    risk = problem.risk()
    best = minimize(risk)
    scale = SCALES[words.get("height", "linear")]()
    shown = within_reach(risk, best)
    if best.kind == "point":
        assert number(best.value) in seen.words
    if risk.layout.size == 1:
        drawn = seen.trace("curve", "surface")
        values = risk.value(np.asarray(drawn.x)[:, None])
        same(drawn.y, scale.height_axis(values)(values), "the curve")
    else:
        plane = plane_of(risk, best.theta)
        look = over(risk.value, plane)
        height_axis = lambda values: scale.height_axis(values)(values)  # noqa: E731
        a, b, true = on(seen, "surface", look, height_axis)
        on(seen, "map", look, height_axis)
        home = plane.project(best.theta)
        size = float(np.ptp(a)), float(np.ptp(b))
        if best.kind == "point":
            at_point(seen, "map", "minimum", home, of=size)
            drawn = scale.height_axis(true)
            low, high = drawn.range
            height = float(drawn(best.value)) + LIFT * (high - low)
            at_point(seen, "surface", "minimum", home, height, of=size)
            told = seen.readout("map").split("·")[-1]
            from_text = number(best.value).replace("−", "-")
            assert from_text in told.replace("−", "-"), (told, best.value)
        tip_of(seen, "surface", a, b, true)
    if risk.data.X.shape[1] == 1:
        scatter(seen, "fit", risk.data)
        if best.kind == "point":
            line(seen, "fit", "fit", risk, shown)
            line(seen, "fit", "minimum", risk, shown)
    elif risk.data.task == "binary" and risk.data.X.shape[1] == 2:
        scatter(seen, "fit", risk.data)
        boundary(seen, "fit", risk, shown)


def gradient_descent(seen: Seen, words: Words) -> None:
    """The ground, the path of plain gradient descent step by step, and its curves."""
    if "objective" in words:
        objective: Any = ANALYTIC[words["objective"]]
        value, gradient = objective.value, objective.gradient
        size = 2
    else:
        risk = problem_of(words).risk()
        value, gradient, size = risk.value, risk.gradient, risk.layout.size
    assert size == 2
    log = f"height-{words['objective']}" if "objective" in words else "height"
    drawn = seen.trace("descent-map", "surface")
    if words.get(log, "linear") == "linear":
        same(drawn.customdata, value(np.stack(np.meshgrid(drawn.x, drawn.y), axis=-1)), "the map")
        ground = seen.trace("descent-surface", "surface")
        places = np.stack(np.meshgrid(ground.x, ground.y), axis=-1)
        same(ground.customdata.T, value(places), "the surface")
    rate = float(words["rate-gd"])
    theta = np.array([float(words["start-a"]), float(words["start-b"])])
    at_point(seen, "descent-map", "start", theta)
    points = [theta]
    for _ in range(int(words["steps"])):
        points.append(points[-1] - rate * gradient(points[-1]))
    path = np.array(points)
    slider = seen.page.locator(".stage-player input[type=range]")
    slider.focus()
    slider.press("End")
    seen.page.wait_for_function(
        "(n) => document.querySelector('.st-key-descent-map .stage-figure')._fullData"
        ".find((t) => t.name === 'Gradient descent').x.length > n",
        arg=2,
    )
    seen.read()
    for key in ("descent-map", "descent-surface"):
        drawn = seen.trace(key, "Gradient descent")
        count = len(drawn.x)  # it stops where it has converged
        same(drawn.x, path[:count, 0], f"{key}: the path")
        same(drawn.y, path[:count, 1], f"{key}: the path")
    curve = seen.trace("descent-slope", "Gradient descent")
    norms = np.linalg.norm(gradient(path[: len(curve.x)]), axis=-1)
    same(np.log(curve.y[:-1]), np.log(norms[:-1]), "the gradient norms")
    told = seen.tooltip("descent-slope", "Gradient descent", 1)
    assert np.isclose(told[-1], norms[1], rtol=1e-3), (told, norms[1])


def outliers(seen: Seen, words: Words) -> None:
    """Two or three grounds with their minima, a line per loss, and each point's shares."""
    problem = problem_of(words)
    each = [LOSSES["squared"](), LOSSES["absolute"](), problem.loss]
    for place, loss in zip(("squared", "absolute", "third"), each, strict=True):
        risk = replace(problem, loss=loss).risk()
        best = minimize(risk)
        key = f"outliers-{place}"
        if key in seen.pictures and risk.layout.size == 2:
            a, b, _ = on(seen, key, risk.value, plain)
            assert number(best.value) in seen.words
            if best.kind == "point":
                at_point(seen, key, "minimum", best.theta, of=(np.ptp(a), np.ptp(b)))
        if best.kind != "point":
            continue
        line(seen, "outliers-data", loss.label, risk, best.theta)
        rest = risk.data.y - risk.model.predict(best.theta, risk.data.X)
        price = loss.value(risk.data.y, risk.data.y - rest)
        bars = seen.trace("outliers-shares", loss.label)
        rows = [int(row) for row in bars.x]
        share = 100 * price / price.sum()
        same(bars.y, share[rows], f"shares of {loss.label}")
        if rest.std() > 1e-9 and "outliers-influence" in seen.pictures:
            dots = seen.trace("outliers-influence", f"{loss.label}, the points")
            same(dots.x, rest, f"residuals under {loss.label}")
            pull = -loss.derivative(risk.data.y, risk.data.y - rest)
            settled = np.abs(rest) > 1e-9 * np.abs(rest).max()  # on the line itself is a kink
            same(dots.y[settled], pull[settled], f"influence under {loss.label}")
    scatter(seen, "outliers-data", problem.risk().data)


def regularization(seen: Seen, words: Words) -> None:
    """Data loss, penalty and their sum over two weights; the minimum of this strength."""
    problem = problem_of(words)
    risk = problem.risk()
    X, y, n = risk.data.X, risk.data.y, len(risk.data)
    kind = words["penalty"]
    strength = float(words[f"penalty-{kind}-strength"])
    price = {"l1": lambda w: np.abs(w).sum(-1), "l2": lambda w: 0.5 * np.square(w).sum(-1)}[kind]
    if risk.data.task == "binary":
        C = 1 / (n * strength)
        solver = {"l1": "liblinear", "l2": "lbfgs"}[kind]
        model = LogisticRegression(C=C, solver=solver, tol=1e-10, max_iter=5000)
        best = model.fit(X, y).coef_[0]
    else:
        centred = X - X.mean(0), y - y.mean()
        lowest = float(np.square(centred[1] - centred[0] @ np.linalg.lstsq(*centred)[0]).mean())

        def data(w: Any) -> Any:
            rest = centred[1] - w @ centred[0].T
            return np.square(rest).mean(-1) - lowest

        on(seen, "reg-data", data, plain)
        on(seen, "reg-sum", lambda w: data(w) + strength * price(w), plain)
        model = {"l1": Lasso(alpha=strength / 2, tol=1e-12, max_iter=100000),
                 "l2": Ridge(alpha=n * strength / 2)}[kind]  # fmt: skip
        best = model.fit(X, y).coef_
    on(seen, "reg-penalty", lambda w: strength * price(w), plain)
    for key in ("reg-map", "reg-sum", "reg-data"):
        mark = seen.trace(key, "minimum")
        assert np.allclose([mark.x[0], mark.y[0]], best, rtol=1e-4, atol=1e-4 * np.abs(best).max())


def classification(seen: Seen, words: Words) -> None:
    """Two losses of one classifier under one camera, the classes and the boundary."""
    problem = problem_of(words)
    risk = problem.risk()
    best = minimize(risk)
    middle = within_reach(risk, best)
    plane = plane_of(risk, middle)
    beside = replace(problem, loss=LOSSES[words.get("bbeside", "mse_sigmoid")]()).risk()
    scale = SCALES[words.get("height", "linear")]()
    height_axis = lambda values: scale.height_axis(values)(values)  # noqa: E731
    a, b, true = on(seen, "first", over(risk.value, plane), height_axis)
    on(seen, "second", over(beside.value, plane), height_axis)
    tip_of(seen, "first", a, b, true)
    if best.kind == "point":
        at_point(seen, "first", "minimum", plane.project(best.theta), of=(np.ptp(a), np.ptp(b)))
        assert number(best.value) in seen.words
    if risk.data.X.shape[1] == 2:
        scatter(seen, "classes", risk.data)
        boundary(seen, "classes", risk, middle)


def validation(seen: Seen, words: Words) -> None:
    """The training loss, and the accuracy or the loss on rows nothing is learned from."""
    problem = problem_of(words)
    standard = bool(getattr(problem.dataset, "standardise", False))
    fields = {each.name: each.default for each in HoldOut.hyperparameters()}
    share = float(words.get("hold-share", fields["share"]))
    held = HoldOut("train", share, int(words.get("hold-seed", fields["seed"])), standard)
    risk = replace(problem, held=held).risk()
    held_out = replace(problem, held=replace(held, side="held_out")).risk()
    best = minimize(risk)
    middle = within_reach(risk, best)
    plane = plane_of(risk, middle)
    a, b, true = on(seen, "validation-0", over(risk.value, plane), plain)
    tip_of(seen, "validation-0", a, b, true)
    if best.kind == "point":
        home = plane.project(best.theta)
        at_point(seen, "validation-0", "lowest training loss", home, of=(np.ptp(a), np.ptp(b)))
    judge = words.get("bjudge" if risk.data.task == "binary" else "judge", "loss")
    if judge == "loss":
        on(seen, "validation-1", over(held_out.data_value, plane), plain)
        return
    assert judge == "accuracy"

    def accuracy(theta: Any) -> Any:
        flat = theta.reshape(-1, theta.shape[-1])
        named = held_out.model.predict(flat[:, None], held_out.data.X)
        named = named.reshape(len(flat), -1) >= 0
        scores = [accuracy_score(held_out.data.y, row) for row in named]
        return np.reshape(scores, theta.shape[:-1])

    # at a step of a count, single precision may stand on the other side
    on(seen, "validation-1", over(accuracy, plane), plain, loose=0.004)


def residuals(seen: Seen, words: Words) -> None:
    """Residuals of a fit; gradients through blocks; the terms of an equation."""
    part = words.get("res-part", "fit")
    if part == "fit":
        risk = problem_of(words).risk()
        theta = minimize(risk).theta
        fitted = risk.model.predict(theta, risk.data.X)
        rest = risk.data.y - fitted
        drawn = seen.trace("res-against", "residuals")
        same(drawn.x, fitted, "fitted values")
        same(drawn.y, rest, "residuals")
        told = seen.tooltip("res-against", "residuals", 1)
        near = [fitted[1], rest[1]]
        assert np.allclose(told[-2:], near, rtol=1e-3, atol=1e-3 * np.abs(rest).max()), told
        same(seen.trace("res-histogram", "residuals").x, rest, "the histogram")
        order = seen.trace("res-quantiles", "residuals")
        same(order.y, np.sort((rest - rest.mean()) / rest.std()), "sorted residuals")
        assert np.all(np.diff(order.x) >= 0)
        if risk.data.X.shape[1] == 1:
            scatter(seen, "res-residuals", risk.data)
            line(seen, "res-residuals", "fit", risk, theta)
    elif part == "skip":
        learning = seen.pictures["res-learning"]
        assert {each.name for each in learning} >= {"h(x)", "x + f(x)"}
        bend = words.get("res-activation", "relu")
        assert bend in ACTIVATIONS
        sizes = through(int(words.get("res-blocks", 100)), bend, int(words.get("res-seed", 0)))
        for name, values in sizes.items():
            drawn = seen.trace("res-depths", name)
            kept = np.where((values > 0) & np.isfinite(values), values, np.nan)
            same(np.log(drawn.y), np.log(kept), f"gradients, {name}")
    else:
        weight = float(words.get("res-weight", 1.0))
        places = np.linspace(0, 3.0, 40)
        terms = {
            term: ResidualLoss(decay(), ExponentialTrial(), places, weight, term)
            for term in ("equation", "start", "total")
        }
        grids = {term: seen.trace(f"res-term-{term}", "surface") for term in terms}
        every = [grids[t].customdata.T for t in terms]
        height_axis = SCALES["log"]().height_axis(*every)
        for term, loss in terms.items():
            on(seen, f"res-term-{term}", loss.value, height_axis)
        t = seen.trace("res-solution", "exact")
        same(t.y, np.exp(-2 * t.x), "the exact solution")


def combined(seen: Seen, words: Words) -> None:
    """Both losses, their weighted sum, the front, and the angle between their gradients."""
    scene = SCENES[words.get("comb-scene", "bowls")][1]()
    weight = float(words.get("comb-weight", 0.5))
    factor = float(words.get("comb-factor", 1.0))
    first, second = scene.first.value, scene.second.value
    on(seen, "comb-term-0", first, lambda v: v)
    on(seen, "comb-term-1", lambda w: factor * second(w), plain)
    a, b, _ = on(
        seen, "comb-term-2", lambda w: weight * first(w) + (1 - weight) * factor * second(w), plain
    )
    found = trade_off(scene, [weight], factor)
    theta = found.thetas[0]
    size = float(np.ptp(a)), float(np.ptp(b))
    at_point(seen, "comb-angles", "chosen", theta, of=size)
    at_point(seen, "comb-front", "chosen", [float(first(theta)), float(second(theta))])
    drawn = seen.trace("comb-angles", "cosine")
    places = np.stack(np.meshgrid(drawn.x, drawn.y), axis=-1)
    one, two = scene.first.gradient(places), scene.second.gradient(places)
    lengths = np.linalg.norm(one, axis=-1) * np.linalg.norm(two, axis=-1)
    whole = lengths > 1e-6 * lengths.max()
    cosine = (one * two).sum(-1) / np.where(whole, lengths, 1)
    assert np.allclose(drawn.z[whole], cosine[whole], atol=2e-3)
    share = weight * first(theta) + (1 - weight) * factor * second(theta)
    lower = weight * first(places) + (1 - weight) * factor * second(places)
    assert share <= lower.min() + 1e-9 * np.ptp(lower)  # the chosen point is lowest of all
    for name in ("Fixed weights", "PCGrad", "MGDA"):
        path, prices = seen.trace("comb-paths", name), seen.trace("comb-paths-losses", name)
        walked = np.stack([path.x, path.y], axis=-1)
        same(prices.x, first(walked), f"{name}: the first loss on its path")
        same(prices.y, second(walked), f"{name}: the second loss on its path")


def acting(seen: Seen, words: Words) -> None:
    """Minus the return over two logits, the agents' returns, the policy at their end."""
    environment = ENVIRONMENTS[words.get("act-world", "two_states")]
    discount = float(words.get("act-discount", 0.9)) if environment.lasting else 0.0
    typed = words.get("act-rewards")
    rewards = None if typed is None else environment.read_rewards(typed)
    made = environment.make(discount, float(words.get("act-entropy", 0.0)), rewards)
    a, b, true = on(seen, "act-surface", made.value, plain)
    on(seen, "act-map", made.value, plain)
    tip_of(seen, "act-surface", a, b, true)
    names = [each.name for each in seen.pictures["act-returns"] if not each.name.endswith(" now")]
    assert len(names) == 4
    for name in names:
        path, told = seen.trace("act-map", name), seen.trace("act-returns", name)
        walked = np.stack([path.x, path.y], axis=-1)
        same(told.y[: len(walked)], -made.value(walked), f"{name}: returns on its path")
    if "act-policy" not in seen.pictures:  # an environment of many cells is a map of their values
        return
    path = seen.trace("act-map", names[0])
    policy = made.policy(np.array([path.x[-1], path.y[-1]]))
    for k, action in enumerate(environment.actions):
        same(seen.trace("act-policy", action).y, policy[:, k], f"chance of {action}")
    bars = seen.page.locator(".st-key-act-policy .bars .point path")
    assert bars.count() == policy.size
    names_below = seen.page.locator(".st-key-act-policy .xtick text").all_text_contents()
    assert names_below == list(environment.places)


def neural_networks(seen: Seen, words: Words) -> None:
    """The middle of each slice is the trained network: its loss is the loss that is told."""
    for key in ("net-plain", "net-skip"):
        drawn = seen.trace(key, "surface")
        middle = len(drawn.y) // 2, len(drawn.x) // 2
        assert abs(drawn.x[middle[1]]) < 1e-9
        assert abs(drawn.y[middle[0]]) < 1e-9
        value = float(drawn.customdata.T[middle])
        assert f"loss {number(value, 3)} after" in seen.words, (key, value)
        low, high = np.nanmin(drawn.customdata), np.nanmax(drawn.customdata)
        assert low <= value <= high


def home(seen: Seen, words: Words) -> None:
    """The turning surface: a sine wave fitted to points."""
    problem = problem_of({"data": "sine_wave", "model": "sine", "loss": "squared"})
    on(seen, "hero", problem.risk().value, plain)


PAGES: dict[str, Callable[[Seen, Words], None]] = {
    "": home,
    "losses": losses,
    "surface": surface,
    "gradient_descent": gradient_descent,
    "outliers": outliers,
    "regularization": regularization,
    "classification": classification,
    "validation": validation,
    "residuals": residuals,
    "combined": combined,
    "acting": acting,
    "neural_networks": neural_networks,
}
