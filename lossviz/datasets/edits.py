"""Changes made by hand: points moved, added and deleted, short enough to live in a link.

Written as ``3:1.2,4.5;+2,3;-7``: row 3 moved to (1.2, 4.5), a point added at (2, 3), row 7
deleted.  Rows are numbered from 0 as in the unedited data.  A point is (x, y) for regression on
one feature and (x1, x2) or (x1, x2, label) for classification on two.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from lossviz.datasets.data import LARGEST, Data
from lossviz.text import exact

Point = tuple[float, ...]

MOST = 500
NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
ROW = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Edits:
    """Points moved, added and deleted by hand.

    ``moves`` are (row, point), ``added`` points in order, ``deleted`` rows; rows are those of the
    unedited data.  Numbers are kept and written to their last digit, so that the link, the table
    and the picture hold the same number.

    Raises ValueError when a row is edited twice, a number is not finite, or there are more than
    500 edits.
    """

    moves: tuple[tuple[int, Point], ...] = ()
    added: tuple[Point, ...] = ()
    deleted: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        moves = tuple(sorted((int(row), _point(point)) for row, point in self.moves))
        deleted = tuple(sorted(int(row) for row in self.deleted))
        rows = [row for row, _ in moves] + list(deleted)
        if len(set(rows)) < len(rows):
            twice = next(row for row in rows if rows.count(row) > 1)
            raise ValueError(f"Row {twice} is edited twice; keep one of the two edits.")
        if min(rows, default=0) < 0:
            raise ValueError(f"Rows are numbered from 0; got {min(rows)}.")
        if len(rows) + len(self.added) > MOST:
            raise ValueError(
                f"At most {MOST} edits fit into a link; got {len(rows) + len(self.added)}. "
                "Undo some of them first."
            )
        object.__setattr__(self, "moves", moves)
        object.__setattr__(self, "added", tuple(map(_point, self.added)))
        object.__setattr__(self, "deleted", deleted)

    def __bool__(self) -> bool:
        return bool(self.moves or self.added or self.deleted)

    def __str__(self) -> str:
        pieces = [f"{row}:{_written(point)}" for row, point in self.moves]
        pieces += [f"+{_written(point)}" for point in self.added]
        pieces += [f"-{row}" for row in self.deleted]
        return ";".join(pieces)

    @classmethod
    def parse(cls, text: str) -> Edits:
        """The edits written in ``text``.

        Raises ValueError, quoting the piece, where one cannot be read, or where there are too many.
        """
        pieces = text.split(";", MOST) if text.strip() else []
        if len(pieces) > MOST:
            raise ValueError(f"At most {MOST} edits fit into a link; this one has more.")
        moves, added, deleted = [], [], []
        for piece in map(str.strip, pieces):
            row, colon, point = piece.partition(":")
            if colon:
                moves.append((_row(row, piece), _numbers(point, piece)))
            elif "," in piece:
                # a link may turn the + into a space, and it is not needed to tell
                added.append(_numbers(piece.removeprefix("+"), piece))
            elif piece.startswith("-"):
                deleted.append(_row(piece[1:], piece))
            else:
                raise _unreadable(piece)
        return cls(tuple(moves), tuple(added), tuple(deleted))

    def apply(self, data: Data) -> Data:
        """The edited data: rows that stay in their order, then the added points in theirs.

        An added point without a label is of class 0.  Raises ValueError when a row does not
        exist, a label is no class, no row is left, or the data are not edited by hand at all.
        """
        if not self:
            return data
        self._check(data)
        table = np.column_stack([data.X, data.y])
        for row, point in self.moves:
            table[row, : len(point)] = point
        new = [point + (0.0,) * (table.shape[1] - len(point)) for point in self.added]
        kept = np.delete(table, list(self.deleted), axis=0)
        table = np.concatenate([kept, np.reshape(new, (-1, table.shape[1]))])
        if not len(table):
            raise ValueError("All points are deleted; add one, or bring one back.")
        return replace(data, X=table[:, :-1], y=table[:, -1])

    def rows(self, n: int) -> list[int]:
        """Where each edited row comes from: a row below ``n``, or n + i for added point i."""
        gone = set(self.deleted)
        return [row for row in range(n) if row not in gone] + [
            n + i for i in range(len(self.added))
        ]

    def move(self, n: int, row: int, *point: float) -> Edits:
        """Row ``row`` of the edited picture moved to ``point``; n rows are in the unedited data.

        A label given earlier stays when ``point`` has none.
        """
        origin = self._origin(n, row)
        if origin >= n:
            added = list(self.added)
            added[origin - n] = point + added[origin - n][len(point) :]
            return replace(self, added=tuple(added))
        moves = dict(self.moves)
        moves[origin] = point + moves.get(origin, ())[len(point) :]
        return replace(self, moves=tuple(moves.items()))

    def add(self, *point: float) -> Edits:
        """One more point, after all others."""
        return replace(self, added=(*self.added, point))

    def delete(self, n: int, row: int) -> Edits:
        """Without row ``row`` of the edited picture; n rows are in the unedited data."""
        origin = self._origin(n, row)
        if origin >= n:
            i = origin - n
            return replace(self, added=self.added[:i] + self.added[i + 1 :])
        return replace(
            self,
            moves=tuple(each for each in self.moves if each[0] != origin),
            deleted=(*self.deleted, origin),
        )

    def _origin(self, n: int, row: int) -> int:
        origins = self.rows(n)
        if not 0 <= row < len(origins):
            raise ValueError(_no_row(row, len(origins)))
        return origins[row]

    def _check(self, data: Data) -> None:
        d = data.X.shape[1]
        if d != (1 if data.task == "regression" else 2):
            raise ValueError(
                "Points are edited by hand where a picture shows all of them: regression on one "
                f"feature or classification on two. These are {data.task} data with {d}."
            )
        for row in [row for row, _ in self.moves] + list(self.deleted):
            if row >= len(data):
                raise ValueError(_no_row(row, len(data)))
        classes = 0 if data.task == "regression" else max(data.outputs, 2)
        for point in [point for _, point in self.moves] + list(self.added):
            if len(point) not in ((2, 3) if classes else (2,)):
                raise ValueError(
                    f"A point of these data is {'x1, x2 or x1, x2, label' if classes else 'x, y'}; "
                    f"got {_written(point)}."
                )
            if len(point) == 3 and point[2] not in range(classes):
                raise ValueError(
                    f"A label of these data is a whole number from 0 to {classes - 1}; "
                    f"got {point[2]:g} in {_written(point)}."
                )


def _point(numbers: Iterable[float]) -> Point:
    # + 0.0 makes -0 and 0 one number
    point = tuple(float(number) + 0.0 for number in numbers)
    if not all(math.isfinite(number) and abs(number) <= LARGEST for number in point):
        raise ValueError(
            f"A point needs finite numbers up to {LARGEST:g} in size; got {_written(point)}."
        )
    return point


def _written(point: Point) -> str:
    return ",".join(map(exact, point))


def _numbers(text: str, piece: str) -> Point:
    numbers = [number.strip() for number in text.split(",")]
    if len(numbers) not in (2, 3) or not all(map(NUMBER.fullmatch, numbers)):
        raise _unreadable(piece)
    return tuple(map(float, numbers))


def _row(text: str, piece: str) -> int:
    if not ROW.fullmatch(text):
        raise _unreadable(piece)
    return int(text)


def _unreadable(piece: str) -> ValueError:
    shown = piece if len(piece) <= 40 else piece[:40] + "…"
    return ValueError(
        f"The edit {shown!r} cannot be read. Write 3:1.2,4.5 to move row 3, +2,3 to add a point, "
        "-7 to delete row 7, with a semicolon between them."
    )


def _no_row(row: int, n: int) -> str:
    return f"There is no row {row}: the {n} rows are numbered 0 to {n - 1}."
