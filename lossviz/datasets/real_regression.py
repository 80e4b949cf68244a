"""Real regression datasets, from tables that scikit-learn ships."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lossviz.datasets.base import Dataset, measured
from lossviz.datasets.data import Data
from lossviz.recipes import choice

DIABETES = "Efron, Hastie, Johnstone and Tibshirani (2004), Least angle regression; scikit-learn"
LINNERUD = "Tenenhaus (1998), La régression PLS; scikit-learn"

# scikit-learn's names; the paper names the measurements, the units are the usual ones
MEASUREMENTS = {
    "age": "years",
    "sex": "",
    "bmi": "kg/m²",
    "bp": "mmHg",
    "s1": "mg/dL",
    "s2": "mg/dL",
    "s3": "mg/dL",
    "s4": "",
    "s5": "log mg/dL",
    "s6": "mg/dL",
}
EXERCISES = {"chins": "times", "situps": "times", "jumps": "times"}
BODY = {"weight": "lb", "waist": "in", "pulse": "beats/min"}


@lru_cache(maxsize=1)
def _diabetes() -> Data:
    from sklearn.datasets import load_diabetes

    X, y = load_diabetes(return_X_y=True, scaled=False)
    return Data(
        X,
        y,
        names=tuple(MEASUREMENTS),
        units=tuple(MEASUREMENTS.values()),
        target="disease progression",
        source=DIABETES,
    )


@dataclass(frozen=True)
class Diabetes(Dataset):
    """How far diabetes went in a year, from one measurement: 442 patients, a weak, honest link."""

    id, label, task, source = "diabetes", "Diabetes, one feature", "regression", DIABETES
    features, for_networks = 1, True
    feature: str = choice("bmi", MEASUREMENTS)
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        return measured(_diabetes(), (self.feature,), self.standardise)


@dataclass(frozen=True)
class DiabetesPair(Dataset):
    """How far diabetes went in a year, from two measurements: two weights make a whole surface."""

    id, label, task, source = "diabetes_pair", "Diabetes, two features", "regression", DIABETES
    features = 2
    feature_1: str = choice("bmi", MEASUREMENTS)
    feature_2: str = choice("s5", MEASUREMENTS)
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        return measured(_diabetes(), (self.feature_1, self.feature_2), self.standardise)

    def whole(self) -> Dataset:
        return DiabetesAll(standardise=self.standardise)


@dataclass(frozen=True)
class DiabetesAll(Dataset):
    """How far diabetes went in a year, from all ten measurements: some of them are needless."""

    id, label, task, source = "diabetes_all", "Diabetes, ten features", "regression", DIABETES
    features = 10
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        return measured(_diabetes(), tuple(MEASUREMENTS), self.standardise)


@lru_cache(maxsize=1)
def _linnerud() -> tuple[Data, ...]:
    """One table per measurement of the body, each with all three exercises."""
    from sklearn.datasets import load_linnerud

    exercises, bodies = load_linnerud(return_X_y=True)
    return tuple(
        Data(
            exercises,
            body,
            names=tuple(EXERCISES),
            units=tuple(EXERCISES.values()),
            target=name,
            target_unit=unit,
            source=LINNERUD,
        )
        for body, (name, unit) in zip(bodies.T, BODY.items(), strict=True)
    )


@dataclass(frozen=True)
class Linnerud(Dataset):
    """Twenty men of a fitness club: what an exercise says about the body, with few points."""

    id, label, task, source = "linnerud", "Linnerud, exercise and body", "regression", LINNERUD
    features = 1
    exercise: str = choice("situps", EXERCISES)
    measurement: str = choice("waist", BODY)
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        table = _linnerud()[list(BODY).index(self.measurement)]
        return measured(table, (self.exercise,), self.standardise)
