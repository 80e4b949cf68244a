"""Sentences about losses: at one residual, along whole curves, and common claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lossviz.classification.label_noise import population
from lossviz.losses import LOSSES, ConstantLoss, Loss
from lossviz.losses.curves import FACTS, at, facts, has_gradient, target
from lossviz.objectives import Risk
from lossviz.outliers.adaptive_loss import Learned
from lossviz.outliers.influence import largest_contribution
from lossviz.outliers.residual_shapes import ResidualShapes
from lossviz.text import count, listing, number, percent

HEADS = {"bounded": "bounded loss", "robust": "bounded ψ"}
ANSWERS = {True: "yes", False: "no", None: "–"}


def drawn(shapes: ResidualShapes, theta: Any) -> str:
    """What the drawing over the data means at theta (p,), and which residuals are drawn."""
    loss, n, m = shapes.risk.loss, len(shapes.risk.data), len(shapes.rows)
    if loss.id == "squared":
        shape, text = "a true square", "its area is the loss"
    elif loss.id == "absolute":
        shape, text = "a bar", "its length is the loss"
    elif shapes.area:
        shape, text = "a rectangle", "as high as the residual is large, its area is the loss"
    else:
        shape, text = "a bar", "its height is the loss, read on the target's axis"
    who = f"The residual of each of {count(n, 'point')} is drawn as {shape}"
    if n == 1:
        who = f"The residual of the one point is drawn as {shape}"
    if m < n:
        who = (
            f"The residuals of {m} of {count(n, 'point')}, from the lowest target to the highest, "
            f"are each drawn as {shape}"
        )
    sentence = f"{who}: {text}."
    if shapes.area:
        sentence += " None is drawn wider than half the picture."
    if lost := shapes.undefined(theta):
        few = count(lost, "loss", "losses")
        sentence += f" {few} below 0 or not finite: not drawn."
    return sentence


def worked(losses: Sequence[Loss], y: float, prediction: float) -> str:
    """The loss of one prediction under each loss function, in a sentence."""
    facts = []
    for loss in losses:
        if target(loss, y) != y and loss.task != "binary":
            facts.append(f"{loss.name} is not defined for a target of {number(y)}")
            continue
        facts.append(f"{loss.name} is {number(float(at(loss, y - prediction, y)[0]))}")
    where = f"Observed y = {number(y)}, predicted ŷ = {number(prediction)}"
    return f"**{where}, residual r = y − ŷ = {number(y - prediction)}:** {listing(facts)}."


def table(losses: Sequence[Loss], u: float, y: float) -> str:
    """A Markdown table: loss, derivative and facts of each loss at the residual or margin u."""
    letter = "m" if losses[0].task == "binary" else "r"
    there = f"{letter} = {number(u)}"
    heads = [HEADS.get(name, name) for name in FACTS]
    lines = [
        f"| Loss | loss at {there} | derivative ψ({letter}) | {' | '.join(heads)} |",
        "|---|---:|---:|" + ":---:|" * len(FACTS),
    ]
    for loss in losses:
        value, slope = (float(v) for v in at(loss, u, target(loss, y)))
        cells = [ANSWERS[v] for v in facts(loss).values()]
        formula = "$" + loss.formula.replace("|", r"\vert ") + "$"  # a bar would end the cell
        lines.append(
            f"| **{loss.label}** {formula} | {number(value)} | {number(slope)} | "
            f"{' | '.join(cells)} |"
        )
    return "\n".join(lines)


def sentences(losses: Sequence[Loss], risk: Risk, theta: Any) -> list[str]:
    """What the curves shown say together, and which point contributes most at theta (p,)."""
    found = [_influence(losses), *(_constant(loss) for loss in losses), _largest(risk, theta)]
    return [each for each in found if each]


def _influence(losses: Sequence[Loss]) -> str:
    """Which losses have an unbounded derivative, a bounded one, or are bounded themselves."""
    what = "margin" if losses[0].task == "binary" else "residual"
    free = [loss.name for loss in losses if not loss.robust]
    held = [loss.name for loss in losses if loss.robust and not loss.bounded]
    lets = [loss.name for loss in losses if loss.bounded and loss.id != "constant"]
    facts = []
    if free:
        facts.append(f"{listing(free)} {_have(free)} an unbounded derivative")
    if held:
        facts.append(f"{listing(held)} {_have(held)} a bounded derivative")
    if lets:
        facts.append(f"{listing(lets)} {_are(lets)} bounded")
    if not facts:
        return ""
    free_of = (
        ""
        if not (held or lets)
        else (
            f" A bounded derivative bounds the influence of a {what}, not that of a point's "
            "features: "
            "the gradient in θ is the derivative times ∂ŷ/∂θ."
        )
    )
    return f"{_capital('; '.join(facts))}.{free_of}"


def _constant(loss: Loss) -> str:
    if loss.id != "constant":
        return ""
    return (
        "The constant loss has derivative zero everywhere: every model has the same loss, every "
        "model is a minimum, and there is nothing to learn."
    )


def _largest(risk: Risk, theta: Any) -> str:
    """The share of the total loss that the row with the largest contribution makes."""
    found, data = largest_contribution(risk, theta), risk.data
    if found is None or data.task == "multiclass":
        return ""
    (row, share, mean), n, place = found, len(data), ""
    if data.X.shape[1] == 1 and data.task == "regression":
        place = f", at ({number(data.X[row, 0])}, {number(data.y[row])}),"
    return (
        f"At the model shown, {risk.loss.name} is {number(mean)} on average; the "
        f"largest contribution of {count(n, 'point')}{place} is {percent(share)} of the total, "
        f"{number(share * n, 3)} times the average."
    )


def attention(small: float, large: float) -> str:
    """ "MSE takes small errors into account more than larger ones": judged at two errors."""
    square, plain = LOSSES["squared"](), LOSSES["absolute"]()
    a, b = sorted((abs(small), abs(large)))
    steep = [abs(float(at(square, r, 0.0)[1])) for r in (a, b)]
    value = [float(at(square, r, 0.0)[0]) for r in (a, b)]
    same = [abs(float(at(plain, r, 0.0)[1])) for r in (a, b)]
    if a == b:
        return (
            f"**Wrong.** Both errors are {number(a)}, so they count the same; move them apart: "
            "under squared error the larger one always counts for more."
        )
    kinder = "shrinks" if b < 1 else "enlarges" if a > 1 else ""
    grain = (
        f"shrinks {number(a)} to {number(value[0])} and enlarges {number(b)} to {number(value[1])}"
        if not kinder and a != 1 and b != 1
        else f"{kinder or 'changes'} them to {number(value[0])} and {number(value[1])}"
    )
    return (
        "**Wrong, it is the other way round.** The derivative of squared error has size "
        f"{number(steep[1])} at an error of {number(b)} and {number(steep[0])} at {number(a)}; "
        "that "
        f"of absolute error {number(same[0])} at the smaller and {number(same[1])} at the larger. "
        f"What is true of it: squaring {grain}, and where 1 lies depends on the unit of the target."
    )


def faster(margin: float) -> str:
    """ "Cross-entropy learns faster than MSE": judged at the margin of one example."""
    entropy, squared = LOSSES["cross_entropy"](), LOSSES["mse_sigmoid"]()
    one, two = (abs(float(at(loss, margin, 1.0)[1])) for loss in (entropy, squared))
    chance = 1 - float(at(squared, margin, 1.0)[0]) ** 0.5
    where = "wrong" if margin < 0 else "right" if margin > 0 else "undecided"
    return (
        f"**Loose.** At a margin of {number(margin)} (probability {number(chance, 3)} for the true "
        f"class: {where}) the derivative of cross-entropy in the logit has size "
        f"{number(one)}, that of squared error through a sigmoid {number(two)}: "
        f"{number(one / two, 4)} times as large. Larger where the model is confidently wrong, "
        "yes; but not a law: squared error on raw outputs, without a sigmoid, learns as well on "
        "many tasks. And noise: with a fifth of the labels flipped at random the "
        f"risk-minimising probability is {number(population(entropy, 0.2).p, 3)} under "
        f"cross-entropy and {number(population(squared, 0.2).p, 3)} under squared error, both on "
        "the right side of a half; one-sided flips do move the line (*Classification*, label "
        "noise)."
    )


def smoothness(losses: Sequence[Loss]) -> str:
    """ "A loss should be smooth": judged on the losses chosen."""
    kinked = [loss.name for loss in losses if not loss.smooth and has_gradient(loss)]
    smooth = [loss.name for loss in losses if loss.smooth and has_gradient(loss)]
    flat = [loss.name for loss in losses if not has_gradient(loss)]
    facts = []
    if smooth:
        facts.append(f"{listing(smooth)} {_are(smooth)} smooth")
    if kinked:
        facts.append(
            f"{listing(kinked)} {_have(kinked)} a kink or a jump, and a gradient almost everywhere"
        )
    if flat:
        facts.append(
            f"{listing(flat)} {_have(flat)} derivative zero wherever it exists: no gradient to "
            "follow"
        )
    return (
        f"**Loose.** Of the losses shown, {'; '.join(facts)}. Gradient methods need a "
        "derivative that exists almost everywhere and is not zero. A few kinks are fine (they "
        "give medians and exact zeros); flat steps are not."
    )


def worked_example(y: float, prediction: float) -> str:
    """ "Predicting 1 for a target of 4 is a loss of 9 under L2": judged for any two numbers."""
    r = y - prediction
    names = ("squared", "half_squared", "absolute", "huber")
    values = {id: float(at(LOSSES[id](), r, y)[0]) for id in names}
    return (
        f"**Right for squared error**: r² = ({_bracketed(y)} − {_bracketed(prediction)})² = "
        f"{number(values['squared'])}. Conventions differ: half the square is "
        f"{number(values['half_squared'])}, absolute error and the L2 norm of this one residual "
        "are "
        f"{number(values['absolute'])}, Huber's loss with δ = 1 is {number(values['huber'])}. "
        "Name the one you mean."
    )


def constant(value: float) -> str:
    """ "A constant loss is meaningless": judged."""
    slope = float(at(ConstantLoss(value=value), 3.0, 4.0)[1])
    return (
        f"**Loose.** A loss that is always {number(value)} is well defined, and useless: its "
        f"derivative is {number(slope)} everywhere, every model is a minimum and an optimizer "
        "stays where it starts; weight decay alone would still shrink the weights. Added to "
        "another loss it changes no gradient and no path."
    )


def shape(found: Learned, names: Sequence[str]) -> list[str]:
    """What the learned loss turned out to be, and what it did to the line."""
    a, c = float(found.alpha[-1]), float(found.c[-1])
    like = (
        "practically squared error: no point looks like an outlier"
        if a > 1.9
        else "between squared and absolute error"
        if a > 1.1
        else "about absolute error, smooth at zero"
        if a >= 0.9
        else "between absolute error and Cauchy's: large residuals have little influence"
        if a > 0.1
        else "Cauchy's, the most robust one that belongs to a density"
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


def _bracketed(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _have(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"
