"""Reading of one's own table: from the text or the bytes of a file to Data."""

from lossviz.datasets.reading.cells import Column
from lossviz.datasets.reading.questions import Question
from lossviz.datasets.reading.table import Table, read_csv, read_table

__all__ = ["Column", "Question", "Table", "read_csv", "read_table"]
