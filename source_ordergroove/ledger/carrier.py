"""Keys as fixed-width values, as the cells of a sketch carry them.

A cell mixes many keys with XOR, so all of them must have one width, the narrowest that holds every
key of the baseline: 1 to 8 bytes for integers alone, 16 for hex ids alone; several columns have a
tag that tells them apart. A key that does not fit was not in the baseline, and is left out of what
is compared with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from source_ordergroove.ledger.keys import (
    INTEGER,
    Column,
    Values,
    dtype_of,
    in_blocks,
)
from source_ordergroove.ledger.keyset import KeySet

Words = NDArray[np.uint64]
"""Keys as words: one row for each 64 bits of the width, one column for each key."""

WORD_BYTES: Final = 8
LONGEST: Final = 253
"""The longest text, in packed bytes, that a tag of one byte can name."""

_BLOCK: Final = 65_536
_TAG_OFFSET: Final = 2  # makes the first column 0


@dataclass(frozen=True)
class Carrier:
    """Turns the keys of the given columns to words of `width` bytes, and back."""

    columns: tuple[Column, ...]
    width: int

    @classmethod
    def of(cls, keys: KeySet) -> "Carrier":
        """Choose the narrowest for a set that is not empty and has no text above `LONGEST`."""
        columns = tuple(keys.columns)
        width = max(dtype_of(column).itemsize for column in columns)
        if columns == (INTEGER,):
            width = max(1, -(-int(keys.columns[INTEGER][-1]).bit_length() // 8))
        return cls(columns, width + (len(columns) > 1))

    @property
    def words(self) -> int:
        """How many 64 bit words a key takes."""
        return -(-self.width // WORD_BYTES)

    def fitting(self, keys: KeySet) -> KeySet:
        """Give the keys that fit."""
        return KeySet([{column: self._fitting(keys, column) for column in self.columns}])

    def count(self, keys: KeySet) -> int:
        """Count the keys that fit."""
        return sum(len(self._fitting(keys, column)) for column in self.columns)

    def load(self, keys: KeySet) -> Iterator[Words]:
        """Give the keys that fit as words, some tens of thousands at a time."""
        for column in self.columns:
            place, stored = self._place(column), _stored(column)
            for block in in_blocks(self._fitting(keys, column), _BLOCK):
                rows = np.zeros((len(block), self.words * WORD_BYTES), np.uint8)
                if self._tagged:
                    rows[:, 0] = _tag(column)
                rows[:, place] = (
                    np.ascontiguousarray(block, stored).view(np.uint8).reshape(len(block), -1)
                )
                yield np.ascontiguousarray(rows.view("<u8").T, np.uint64)

    def unload(self, words: Words) -> KeySet | None:
        """Give the keys that these words carry, or `None` if one of them carries no such key."""
        rows = np.ascontiguousarray(words.T, "<u8").view(np.uint8)
        left = len(rows)
        found: dict[Column, Values] = {}
        for column in self.columns:
            place = self._place(column)
            part = rows[rows[:, 0] == _tag(column)] if self._tagged else rows
            if part[:, place.stop :].any():
                return None
            values = np.ascontiguousarray(part[:, place]).view(_stored(column))[:, 0]
            found[column] = values.astype(dtype_of(column))
            left -= len(part)
        return None if left else KeySet([found])

    @property
    def _tagged(self) -> bool:
        return len(self.columns) > 1

    def _place(self, column: Column) -> slice:
        return slice(self._tagged, self._tagged + dtype_of(column).itemsize)

    def _fitting(self, keys: KeySet, column: Column) -> Values:
        values = keys.columns.get(column, np.empty(0, dtype_of(column)))
        if column == INTEGER and self.width < WORD_BYTES:
            return values[: np.searchsorted(values, np.uint64(1 << self.width * 8))]
        return values


def _tag(column: Column) -> int:
    return column + _TAG_OFFSET


def _stored(column: Column) -> np.dtype[Any]:
    return np.dtype("<u8") if column == INTEGER else dtype_of(column)
