from lossviz.datasets.data import TASKS, Data

__all__ = ["TASKS", "Data"]
