"""What can truly be said of prices: of one miss, of whole curves, and of common sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lossviz.classification.label_noise import population
from lossviz.losses import LOSSES, ConstantLoss, Loss
from lossviz.losses.curves import FACTS, at, facts, target
from lossviz.objectives import Risk
from lossviz.outliers.adaptive_loss import Learned
from lossviz.outliers.residual_shapes import Misses
from lossviz.text import count, listing, number, percent

Array = NDArray[np.floating]
SAYS = {True: "yes", False: "no", None: "–"}


def drawn(misses: Misses, theta: Array) -> str:
    """What the drawing over the data means, and whose miss is drawn."""
    loss, n, m = misses.risk.loss, len(misses.risk.data), len(misses.rows)
    if loss.id == "squared":
        shape, says = "a true square", "its area is the price"
    elif loss.id == "absolute":
        shape, says = "a bar", "its length is the price"
    elif misses.area:
        shape, says = "a rectangle", "as high as the miss, its area is the price"
    else:
        shape, says = "a bar", "its height is the price, read on the target's axis"
    who = f"Each of {count(n, 'point')} has its miss drawn as {shape}"
    if n == 1:
        who = f"The one point has its miss drawn as {shape}"
    if m < n:
        who = (
            f"{m} of {count(n, 'point')}, spread from the lowest target to the highest, have "
            f"their miss drawn as {shape}"
        )
    told = f"{who}: {says}."
    if misses.area:
        told += " None is drawn wider than half the picture."
    if lost := misses.unpriced(theta):
        told += f" {count(lost, 'price')} below 0, or no number at all: there nothing is drawn."
    return told


def worked(losses: Sequence[Loss], y: float, prediction: float) -> str:
    """The price of one prediction under each loss, in a sentence."""
    told = []
    for loss in losses:
        if target(loss, y) != y and loss.task != "binary":
            told.append(f"{loss.name} cannot price a target of {number(y)}")
            continue
        price = float(at(loss, prediction - y, y)[0])
        told.append(f"{loss.name} charges {number(price)}")
    where = f"A model says {number(prediction)}, the truth is {number(y)}"
    return f"**{where}:** {listing(told)}."


def table(losses: Sequence[Loss], u: float, y: float) -> str:
    """A Markdown table: price, slope and facts of each loss at the residual or margin u."""
    letter = "m" if losses[0].task == "binary" else "r"
    there = f"{letter} = {number(u)}"
    lines = [
        f"| Loss | price at {there} | slope there | {' | '.join(FACTS)} |",
        "|---|---:|---:|" + ":---:|" * len(FACTS),
    ]
    for loss in losses:
        price, slope = (float(v) for v in at(loss, u, target(loss, y)))
        cells = [SAYS[v] for v in facts(loss).values()]
        formula = "$" + loss.formula.replace("|", r"\vert ") + "$"  # a bar would end the cell
        lines.append(
            f"| **{loss.label}** {formula} | {number(price)} | {number(slope)} | "
            f"{' | '.join(cells)} |"
        )
    return "\n".join(lines)


def sentences(losses: Sequence[Loss], risk: Risk, theta: Array) -> list[str]:
    """What the curves shown say together, and who pays at the line shown."""
    found = [_pulls(losses), *(_constant(loss) for loss in losses), _payer(risk, theta)]
    return [each for each in found if each]


def _pulls(losses: Sequence[Loss]) -> str:
    """Which losses let one row pull without limit, and which let go of it."""
    free = [loss.name for loss in losses if not loss.robust]
    held = [loss.name for loss in losses if loss.robust and not loss.bounded]
    lets = [loss.name for loss in losses if loss.bounded and loss.id != "constant"]
    told = []
    if free:
        told.append(f"no limit to how hard one miss can pull under {listing(free)}")
    if held:
        told.append(f"a pull with a ceiling under {listing(held)}")
    if lets:
        told.append(f"a price with a ceiling, so that far misses are let go, under {listing(lets)}")
    return f"There is {listing(told)}." if told else ""


def _constant(loss: Loss) -> str:
    if loss.id != "constant":
        return ""
    return (
        "The constant loss has slope zero everywhere: every model costs the same, every model is "
        "a minimum, and there is nothing to learn."
    )


def _payer(risk: Risk, theta: Array) -> str:
    """The share of the total price the dearest row pays."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        price = np.asarray(
            risk.loss.value(risk.data.y, risk.model.predict(theta, risk.data.X)), float
        )
    if risk.data.task == "multiclass" or not np.isfinite(price).all() or price.min() < 0:
        return ""
    total, n = float(price.sum()), len(price)
    if total <= 0 or np.ptp(price) <= 1e-9 * price.max():
        return ""
    share = float(price.max()) / total
    row, data = int(price.argmax()), risk.data
    place = ""
    if data.X.shape[1] == 1 and data.task == "regression":
        place = f", at ({number(data.X[row, 0])}, {number(data.y[row])}),"
    return (
        f"At the model shown, {risk.loss.name} is {number(total / n)} on average; the "
        f"dearest of {count(n, 'point')}{place} pays {percent(share)} of the total, "
        f"{number(share * n, 3)} times its equal share."
    )


def attention(small: float, large: float) -> str:
    """ "MSE takes small errors into account more than larger ones": judged at two errors."""
    square, plain = LOSSES["squared"](), LOSSES["absolute"]()
    a, b = sorted((abs(small), abs(large)))
    pull = [abs(float(at(square, r, 0.0)[1])) for r in (a, b)]
    price = [float(at(square, r, 0.0)[0]) for r in (a, b)]
    same = [abs(float(at(plain, r, 0.0)[1])) for r in (a, b)]
    if a == b:
        return (
            f"**Wrong.** Both errors are {number(a)}, so they count the same; move them apart: "
            "under squared error the larger one always counts for more."
        )
    kinder = "shrinks" if b < 1 else "swells" if a > 1 else ""
    grain = (
        f"shrinks {number(a)} to {number(price[0])} and swells {number(b)} to {number(price[1])}"
        if not kinder and a != 1 and b != 1
        else f"{kinder or 'changes'} them to {number(price[0])} and {number(price[1])}"
    )
    return (
        f"**Wrong, it is the other way round.** An error of {number(b)} pulls with "
        f"{number(pull[1])}, an error of {number(a)} with {number(pull[0])}; absolute error pulls "
        f"with {number(same[0])} and {number(same[1])}. The grain of truth: squaring {grain}, and "
        "where 1 lies depends on the unit the target is measured in."
    )


def faster(margin: float) -> str:
    """ "Cross-entropy learns faster than MSE": judged at the margin of one example."""
    entropy, squared = LOSSES["cross_entropy"](), LOSSES["mse_sigmoid"]()
    one, two = (abs(float(at(loss, margin, 1.0)[1])) for loss in (entropy, squared))
    chance = float(1 - squared.price(np.array(margin)) ** 0.5)  # type: ignore[attr-defined]
    where = "wrong" if margin < 0 else "right" if margin > 0 else "undecided"
    return (
        f"**Loose.** At a margin of {number(margin)} (chance {number(chance, 3)} for the true "
        f"class: {where}) the slope of cross-entropy is {number(one)}, that of squared error "
        f"through a sigmoid {number(two)}: {number(one / two, 4)} times as steep. Steeper where "
        "the model is surely wrong, yes; but not a law: squared error on raw outputs, without a "
        "sigmoid, learns as well on many tasks. And noise: with a fifth of the labels flipped at "
        f"random the cheapest chance is {number(population(entropy, 0.2).p, 3)} under "
        f"cross-entropy and {number(population(squared, 0.2).p, 3)} under squared error, both on "
        "the right side of a half; one-sided flips do move the line (*Classification*, label "
        "noise)."
    )


def smoothness(losses: Sequence[Loss]) -> str:
    """ "A loss should be smooth": judged on the losses chosen."""
    kinked = [loss.name for loss in losses if not loss.smooth and _slopes(loss)]
    smooth = [loss.name for loss in losses if loss.smooth and _slopes(loss)]
    flat = [loss.name for loss in losses if not _slopes(loss)]
    told = []
    if smooth:
        told.append(f"{listing(smooth)} {_are(smooth)} smooth")
    if kinked:
        told.append(
            f"{listing(kinked)} {_have(kinked)} a kink or a step, and still a slope to follow"
        )
    if flat:
        told.append(
            f"{listing(flat)} {_have(flat)} slope zero wherever there is one: nothing to follow"
        )
    return (
        f"**Loose.** Of the losses shown, {'; '.join(told)}. What learning needs is a slope that "
        "tells almost everywhere where to go. A few kinks are fine (they give medians and exact "
        "zeros); flat steps are not."
    )


def pays(y: float, prediction: float) -> str:
    """ "A model that predicts 1 for a target of 4 pays 9 under L2": judged for any two numbers."""
    r = prediction - y
    names = ("squared", "half_squared", "absolute", "huber")
    prices = {id: float(at(LOSSES[id](), r, y)[0]) for id in names}
    return (
        f"**Right for squared error**: ({number(prediction)} − {number(y)})² = "
        f"{number(prices['squared'])}. Conventions differ: half the square is "
        f"{number(prices['half_squared'])}, absolute error and the L2 norm of this one miss are "
        f"{number(prices['absolute'])}, Huber's loss with δ = 1 is {number(prices['huber'])}. "
        "Name the one you mean."
    )


def constant(value: float) -> str:
    """ "A constant loss is meaningless": judged."""
    slope = float(at(ConstantLoss(value=value), 3.0, 4.0)[1])
    return (
        f"**Loose.** A loss that is always {number(value)} is perfectly defined, and useless: its "
        f"slope is {number(slope)} everywhere, every model is a minimum and an optimizer stays "
        "where it starts; weight decay alone would still shrink the weights. Added to another "
        "loss it changes no slope and no path."
    )


def shape(found: Learned, names: Sequence[str]) -> list[str]:
    """What the learned loss turned out to be, and what it did to the line."""
    a, c = float(found.alpha[-1]), float(found.c[-1])
    like = (
        "practically squared error: no point looks like an outlier"
        if a > 1.9
        else "between squared and absolute error"
        if a > 1.1
        else "about absolute error, round at the bottom"
        if a >= 0.9
        else "between absolute error and Cauchy's: far points are largely forgiven"
        if a > 0.1
        else "as forgiving as a density can be, Cauchy's"
    )
    moved = [
        f"{name} from {number(start)} to {number(end)}"
        for name, start, end in zip(names, found.theta[0], found.theta[-1], strict=True)
    ]
    return [
        f"**α = {number(a, 3)}, c = {number(c, 3)}**: {like}.",
        f"The line went from least squares to its own loss: {listing(moved[:3])}.",
        f"The mean negative log-likelihood fell from {number(found.nll[0])} to "
        f"{number(found.nll[-1])} in {count(len(found.nll) - 1, 'step')}.",
    ]


def _slopes(loss: Loss) -> bool:
    """Whether the loss has a slope that is not zero somewhere."""
    slope = at(loss, np.linspace(-3, 3, 61), target(loss, 4.0))[1]
    return bool((np.abs(slope[np.isfinite(slope)]) > 1e-12).any())


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _have(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"
