"""Data to learn from: the datasets of the menus, reading one's own table, changes to data."""

from lossviz.datasets.base import Dataset
from lossviz.datasets.classic import Anscombe, Engel, Spector, StackLoss
from lossviz.datasets.contamination import FarOff
from lossviz.datasets.data import TASKS, Data
from lossviz.datasets.edits import Edits
from lossviz.datasets.holdout import HoldOut
from lossviz.datasets.minimal import FewNumbers, FourCorners, Leverage, Separable
from lossviz.datasets.reading import Table, read_csv, read_table
from lossviz.datasets.real_classes import BreastCancer, Digits, Iris, IrisVersicolor, Wine
from lossviz.datasets.real_regression import Diabetes, DiabetesAll, DiabetesPair, Linnerud
from lossviz.datasets.synthetic_classes import Blobs, Circles, ManyBlobs, Moons, Spirals, Xor
from lossviz.datasets.synthetic_regression import (
    Bump,
    CorrelatedPair,
    Growth,
    NearIdentity,
    NoisyLine,
    NoisySine,
)
from lossviz.datasets.transforms import (
    select,
    split,
    standardised,
    with_label_noise,
    with_outliers,
)
from lossviz.datasets.yours import Yours, YoursBinary, YoursMulticlass
from lossviz.recipes import catalogue

__all__ = [
    "DATASETS",
    "TASKS",
    "Data",
    "Dataset",
    "Edits",
    "FarOff",
    "HoldOut",
    "Table",
    "Yours",
    "read_csv",
    "read_table",
    "select",
    "split",
    "standardised",
    "with_label_noise",
    "with_outliers",
]

DATASETS: dict[str, type[Dataset]] = catalogue(
    Diabetes,
    DiabetesPair,
    DiabetesAll,
    Engel,
    Linnerud,
    StackLoss,
    Anscombe,
    Leverage,
    FewNumbers,
    FourCorners,
    NoisyLine,
    Bump,
    NoisySine,
    Growth,
    NearIdentity,
    CorrelatedPair,
    BreastCancer,
    IrisVersicolor,
    Spector,
    Moons,
    Circles,
    Blobs,
    Xor,
    Spirals,
    Separable,
    Iris,
    Wine,
    Digits,
    ManyBlobs,
    Yours,
    YoursBinary,
    YoursMulticlass,
)
