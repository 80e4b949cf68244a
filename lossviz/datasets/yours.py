"""The reader's own table as a recipe: the table itself where it is short, else its name.

A short table is packed into the recipe, so it lives in a link and needs nobody's memory.  A long
one is kept by this process under its digest, the longest unused going first; whoever shows it
holds it again, and whoever kept its text elsewhere restores it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np

from lossviz.datasets.base import Dataset
from lossviz.datasets.data import Data
from lossviz.datasets.transforms import standardised
from lossviz.recipes import choice

MOST = 2000  # characters that a link can carry
MOST_UNPACKED = 200_000
MOST_RESTORED = 400_000_000  # bytes of a long table's words: 200,000 rows of 100 numbers
MOST_HELD = 256_000_000  # bytes of long tables that a process keeps
NAMED = "sha-"
# letters that a picture or a sentence would take for markup
PLAIN = str.maketrans({"<": "‹", ">": "›", "$": "＄", "`": "'", "*": "∗", "[": "(", "]": ")"})
EXAMPLES = {  # what is shown until there is a table
    "regression": ((0.0, 1.0, 2.0, 3.0, 4.0, 5.0), (1.2, 1.9, 3.2, 3.8, 5.1, 5.8)),
    "binary": ((0.0, 1.0, 2.0, 3.0, 4.0, 5.0), (0.0, 0.0, 1.0, 0.0, 1.0, 1.0)),
    "multiclass": ((0.0, 1.0, 2.0, 3.0, 4.0, 5.0), (0.0, 0.0, 1.0, 1.0, 2.0, 2.0)),
}
BROKEN = (
    binascii.Error, zlib.error, UnicodeError, json.JSONDecodeError,
    KeyError, TypeError, RecursionError,
)  # fmt: skip
WORDS = ("task", "names", "units", "target", "target_unit", "classes", "source")
_held: OrderedDict[str, Data] = OrderedDict()
_lock = Lock()


def pack(data: Data) -> str:
    """The table as a short text, or, where that is too long for a link, the name it is held by."""
    words = _words(data)
    packed = _packed(words, 9)
    if len(packed) <= MOST:
        return packed
    name = _name(words)
    hold(name, data)
    return name


def whole(data: Data) -> str:
    """The table as a text of any length, which ``restore`` reads."""
    return _packed(_words(data), 6)


def restore(name: str, text: str) -> None:
    """Hold a long table again that somebody kept as ``whole`` wrote it.

    Raises ValueError when the text is not the table of that name.
    """
    try:
        words = zlib.decompressobj().decompress(_encoded(text), MOST_RESTORED)
        data = _read_words(words)
    except (ValueError, *BROKEN) as wrong:
        raise ValueError("The table that this browser kept cannot be read.") from wrong
    if _name(words) != name:
        raise ValueError("The table that this browser kept is not the one of this link.")
    hold(name, data)


def held(name: str) -> bool:
    """Whether a long table is at hand under this name."""
    with _lock:
        return name in _held


def _words(data: Data) -> bytes:
    words = {
        "X": data.X.tolist(),
        "y": data.y.tolist(),
        **{name: getattr(data, name) for name in WORDS},
    }
    return json.dumps(words, separators=(",", ":"), ensure_ascii=False).encode()


def _packed(words: bytes, level: int) -> str:
    return base64.urlsafe_b64encode(zlib.compress(words, level)).decode().rstrip("=")


def _encoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _name(words: bytes) -> str:
    return NAMED + hashlib.sha256(words).hexdigest()[:32]


def _read_words(words: bytes) -> Data:
    found: dict[str, Any] = json.loads(words)
    more: dict[str, Any] = {
        name: tuple(map(str, found[name])) if isinstance(found[name], list) else str(found[name])
        for name in WORDS
    }
    return Data(found["X"], found["y"], **more)


def hold(name: str, data: Data) -> None:
    """Keep a long table under its name, as the last to go."""
    with _lock:
        _held[name] = data
        _held.move_to_end(name)
        while sum(each.X.nbytes + each.y.nbytes for each in _held.values()) > MOST_HELD:
            _held.popitem(last=False)


def unpack(table: str) -> Data:
    """The data packed into a text or held under a name; ValueError, as a sentence, if neither."""
    if table.startswith(NAMED):
        with _lock:
            if table not in _held:
                raise ValueError(
                    "This table was too long for its link and is no longer here. Open Your data "
                    "and bring it again."
                )
            return _held[table]
    return _unpacked(table)


@lru_cache(maxsize=256)
def _unpacked(table: str) -> Data:
    try:
        return _read_words(zlib.decompressobj().decompress(_encoded(table), MOST_UNPACKED))
    except BROKEN as wrong:
        raise ValueError(
            "The table in this link cannot be read; a part of it is missing. Bring the file again."
        ) from wrong


@dataclass(frozen=True)
class Yours(Dataset):
    """Your own table, from a file, pasted, typed or drawn on the page Your data."""

    id, label, task = "yours", "Your data …", "regression"
    source = "your own table"
    for_networks = True
    # carried: set by the page Your data, kept and linked without a widget
    table: str = field(
        default="", metadata={"text": True, "most": MOST, "label": "table", "carried": True}
    )
    standardise: bool = choice(False, (True, False))

    def __post_init__(self) -> None:
        super().__post_init__()
        task = self._read().task
        if task != self.task:
            raise ValueError(f"This table is for {task}; the dataset is for {self.task}.")

    def _read(self) -> Data:
        if self.table:
            return unpack(self.table)
        x, y = EXAMPLES[self.task]
        classes = () if self.task == "regression" else tuple(f"{c:g}" for c in sorted(set(y)))
        return self.data(np.array(x)[:, None], np.array(y), classes=classes)

    def draw(self) -> Data:
        data = self._read()
        shown = replace(
            data,
            names=tuple(name.translate(PLAIN) for name in data.names),
            target=data.target.translate(PLAIN),
            classes=tuple(name.translate(PLAIN) for name in data.classes),
        )
        return standardised(shown) if self.standardise else shown


@dataclass(frozen=True)
class YoursBinary(Yours):
    """Your own table with two classes, from the page Your data."""

    id, label, task = "yours_binary", "Your data, two classes …", "binary"


@dataclass(frozen=True)
class YoursMulticlass(Yours):
    """Your own table with several classes, from the page Your data."""

    id, label, task = "yours_multiclass", "Your data, many classes …", "multiclass"
