"""Metrics over a plane against scikit-learn, called at every point."""

from __future__ import annotations

import numpy as np
from sklearn import metrics as sklearn

from benchmarks.timing import Contender, race
from lossviz.datasets import Data
from lossviz.landscapes.planes import axes
from lossviz.losses import LOSSES
from lossviz.losses.binary import sigmoid
from lossviz.metrics import METRICS, metric_surface
from lossviz.models import MODELS
from lossviz.objectives import Risk

ROWS, POINTS, CALLED = 1000, 101, 2  # of the rows of the plane, those scikit-learn does
JUDGES = {
    "accuracy": lambda y, p: sklearn.accuracy_score(y, p >= 0.5),
    "f1": lambda y, p: sklearn.f1_score(y, p >= 0.5, zero_division=0),
    "log_loss": lambda y, p: sklearn.log_loss(y, p, labels=[0, 1]),
    "roc_auc": sklearn.roc_auc_score,
}


def run() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(ROWS, 2))
    y = (X @ [1.0, -0.5] + rng.logistic(size=ROWS) > 0).astype(float)
    risk = Risk(Data(X, y, task="binary"), MODELS["linear"](), LOSSES["cross_entropy"]())
    plane, line = axes(3, 1, 2), np.linspace(-3, 3, POINTS)
    for id, judge in JUDGES.items():
        metric = METRICS[id]()

        def called(rows: int = POINTS, judge=judge) -> np.ndarray:
            at = plane.point(*np.meshgrid(line, line[:rows]))
            p = sigmoid(risk.model.predict(at, X)).reshape(-1, ROWS)
            return np.array([judge(y, each) for each in p])

        race(
            f"{metric.label}, n = {ROWS:,}, {POINTS} x {POINTS}",
            [
                Contender("lossviz", lambda metric=metric: metric_surface(
                    risk, metric, plane, line, line).values),
                Contender("scikit-learn at every point", called, CALLED / POINTS,
                          lambda called=called: called(CALLED)),
            ],
            rtol=1e-9,
        )  # fmt: skip
