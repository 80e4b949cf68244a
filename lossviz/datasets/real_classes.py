"""Real classification datasets, from tables that scikit-learn ships."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from lossviz.datasets.base import Dataset, measured
from lossviz.datasets.data import Data
from lossviz.recipes import choice

BREAST_CANCER = "Street, Wolberg and Mangasarian (1993), UCI; scikit-learn"
IRIS = "Anderson (1935), Fisher (1936), UCI; scikit-learn"
WINE = "Forina et al. (1988), UCI; scikit-learn"
DIGITS = "Alpaydin and Kaynak (1998), UCI; scikit-learn"

SHAPES = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)
NUCLEUS = (
    *(f"mean {shape}" for shape in SHAPES),
    *(f"{shape} error" for shape in SHAPES),
    *(f"worst {shape}" for shape in SHAPES),
)
FLOWER = ("sepal length", "sepal width", "petal length", "petal width")
CHEMISTRY = (
    "alcohol",
    "malic acid",
    "ash",
    "alcalinity of ash",
    "magnesium",
    "total phenols",
    "flavanoids",
    "nonflavanoid phenols",
    "proanthocyanins",
    "color intensity",
    "hue",
    "od280/od315 of diluted wines",
    "proline",
)


@lru_cache(maxsize=1)
def _breast_cancer() -> Data:
    from sklearn.datasets import load_breast_cancer

    X, y = load_breast_cancer(return_X_y=True)
    # scikit-learn codes malignant as 0; here 1 is the finding one looks for
    return Data(
        X,
        1 - y,
        task="binary",
        names=NUCLEUS,
        target="diagnosis",
        classes=("benign", "malignant"),
        source=BREAST_CANCER,
    )


@dataclass(frozen=True)
class BreastCancer(Dataset):
    """Benign or malignant, from two of thirty measurements of cell nuclei: 569 tumours."""

    id, label, task, source = "breast_cancer", "Breast cancer", "binary", BREAST_CANCER
    features = 2
    feature_1: str = choice("mean radius", NUCLEUS)
    feature_2: str = choice("mean texture", NUCLEUS)
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        return measured(_breast_cancer(), (self.feature_1, self.feature_2), self.standardise)

    def whole(self) -> Dataset:
        return BreastCancerAll(standardise=self.standardise)


@dataclass(frozen=True)
class BreastCancerAll(Dataset):
    """Benign or malignant, from all thirty measurements: a plane tells all 569 tumours apart."""

    id, label, task = "breast_cancer_all", "Breast cancer, thirty features", "binary"
    source = BREAST_CANCER
    features = 30
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        return measured(_breast_cancer(), NUCLEUS, self.standardise)


@lru_cache(maxsize=1)
def _iris() -> Data:
    from sklearn.datasets import load_iris

    X, y = load_iris(return_X_y=True)
    return Data(
        X,
        y,
        task="multiclass",
        names=FLOWER,
        units=("cm",) * 4,
        target="species",
        classes=("setosa", "versicolor", "virginica"),
        source=IRIS,
    )


@dataclass(frozen=True)
class Iris(Dataset):
    """Three species of iris, fifty flowers each, from two lengths: one species stands apart."""

    id, label, task, source = "iris", "Iris, three species", "multiclass", IRIS
    features, for_networks = 2, True
    feature_1: str = choice("petal length", FLOWER)
    feature_2: str = choice("petal width", FLOWER)
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        return measured(_iris(), (self.feature_1, self.feature_2), self.standardise)


@dataclass(frozen=True)
class IrisVersicolor(Dataset):
    """Versicolor or virginica: the two species of iris that no straight line tells apart."""

    id, label, task, source = "iris_versicolor", "Iris, two species", "binary", IRIS
    features = 2
    feature_1: str = choice("petal length", FLOWER)
    feature_2: str = choice("petal width", FLOWER)
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        return measured(_two_species(), (self.feature_1, self.feature_2), self.standardise)

    def whole(self) -> Dataset:
        return IrisVersicolorAll(standardise=self.standardise)


@dataclass(frozen=True)
class IrisVersicolorAll(Dataset):
    """Versicolor or virginica, from all four lengths: still no plane tells them apart."""

    id, label, task = "iris_versicolor_all", "Iris, two species, four features", "binary"
    source = IRIS
    features = 4
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        return measured(_two_species(), FLOWER, self.standardise)


@lru_cache(maxsize=1)
def _two_species() -> Data:
    three = _iris()
    pair = three.y > 0
    return replace(
        three,
        X=three.X[pair],
        y=three.y[pair] - 1,
        task="binary",
        classes=three.classes[1:],
    )


@lru_cache(maxsize=1)
def _wine() -> Data:
    from sklearn.datasets import load_wine

    X, y = load_wine(return_X_y=True)
    return Data(
        X,
        y,
        task="multiclass",
        names=CHEMISTRY,
        target="cultivar",
        classes=("cultivar 1", "cultivar 2", "cultivar 3"),
        source=WINE,
    )


@dataclass(frozen=True)
class Wine(Dataset):
    """Which of three growers made the wine, from two of thirteen chemical measurements."""

    id, label, task, source = "wine", "Wine, three growers", "multiclass", WINE
    features = 2
    feature_1: str = choice("alcohol", CHEMISTRY)
    feature_2: str = choice("flavanoids", CHEMISTRY)
    standardise: bool = choice(True, (True, False))

    def draw(self) -> Data:
        return measured(_wine(), (self.feature_1, self.feature_2), self.standardise)


@lru_cache(maxsize=1)
def _digits() -> Data:
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return Data(
        X / 16,
        y,
        task="multiclass",
        names=tuple(f"pixel {row},{column}" for row in range(8) for column in range(8)),
        units=("ink",) * 64,
        target="digit",
        classes=tuple("0123456789"),
        source=DIGITS,
    )


@dataclass(frozen=True)
class Digits(Dataset):
    """Handwritten digits of 8 by 8 pixels, from 0 (paper) to 1 (ink): 1797 of them, ten classes."""

    id, label, task, source = "digits", "Digits, 8 by 8", "multiclass", DIGITS
    features, for_networks = 64, True

    def draw(self) -> Data:
        return _digits()
