"""An immutable, exact set of keys in sorted numpy columns."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from source_ordergroove.ledger.keys import (
    Column,
    Values,
    dtype_of,
    in_blocks,
    to_columns,
    to_keys,
)

_BLOCK: Final = 65_536


class KeySet:
    """Distinct keys by column and value: 8 bytes an integer, 16 a hex id, else its packed text."""

    __slots__ = ("_columns",)

    def __init__(self, runs: Iterable[Mapping[Column, Values]] = ()) -> None:
        """Merge runs of columns, in any order and with duplicates, as `to_columns` makes them.

        The arrays are taken over, not copied where they are sorted already.
        """
        found: dict[Column, list[Values]] = {}
        for run in runs:
            for column, values in run.items():
                if len(values):
                    found.setdefault(column, []).append(values)
        self._columns = {column: _sorted(column, found.pop(column)) for column in sorted(found)}

    @classmethod
    def from_keys(cls, keys: Iterable[str]) -> "KeySet":
        """Hold the given keys; a generator of millions is consumed in blocks."""
        source = iter(keys)
        return cls(map(to_columns, iter(lambda: list(islice(source, _BLOCK)), [])))

    @property
    def columns(self) -> Mapping[Column, Values]:
        """The sorted, distinct, read-only values of each column that is not empty."""
        return MappingProxyType(self._columns)

    @property
    def nbytes(self) -> int:
        """The memory that the keys take, in bytes."""
        return sum(values.nbytes for values in self._columns.values())

    def __len__(self) -> int:
        return sum(map(len, self._columns.values()))

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            return False
        ((column, values),) = to_columns([key]).items()
        return column in self._columns and not _absent(values, self._columns[column]).any()

    def __iter__(self) -> Iterator[str]:
        for column, values in self._columns.items():
            for block in in_blocks(values, _BLOCK):
                yield from to_keys(column, block)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, KeySet):
            return NotImplemented
        return self._columns.keys() == other.columns.keys() and all(
            np.array_equal(values, other.columns[column])
            for column, values in self._columns.items()
        )

    def __hash__(self) -> int:
        return hash(tuple((column, len(values)) for column, values in self._columns.items()))

    def __repr__(self) -> str:
        return f"<KeySet of {len(self)} keys>"

    def minus(self, other: "KeySet") -> "KeySet":
        """Give the keys of this set that the other does not hold."""
        left = {}
        for column, values in self._columns.items():
            theirs = other.columns.get(column)
            left[column] = values if theirs is None else values[_absent(values, theirs)]
        return KeySet([left])

    def difference(self, other: "KeySet") -> list[str]:
        """List the keys of this set that the other does not hold, always in the same order."""
        return list(self.minus(other))

    def intersection(self, other: "KeySet") -> "KeySet":
        """Give the keys that are in both sets."""
        return self.minus(self.minus(other))

    def union(self, other: "KeySet") -> "KeySet":
        """Give the keys that are in either set."""
        return KeySet([self._columns, other.columns])

    def marked(self, marks: Mapping[Column, NDArray[np.bool_]], others: "KeySet") -> "KeySet":
        """Give the marked keys and those of *others*, which holds none of this set."""
        columns = dict(others.columns)
        for column, values in self._columns.items():
            more, mark = columns.get(column, values[:0]), marks[column]
            if mark.all() and not len(more):
                columns[column] = values
                continue
            # One array, filled in blocks: the keys of a large table are not to be there thrice.
            both, end = np.empty(np.count_nonzero(mark) + len(more), dtype_of(column)), len(more)
            both[:end] = more
            for block, chosen in zip(
                in_blocks(values, _BLOCK), in_blocks(mark, _BLOCK), strict=True
            ):
                found = block[chosen]
                both[end : end + len(found)] = found
                end += len(found)
            if len(more):
                both.sort()
            columns[column] = both
        return KeySet([columns])


def _sorted(column: Column, runs: list[Values]) -> Values:
    values = runs[0]
    if len(runs) > 1 or not _ascends(values):
        values = np.concatenate(runs, dtype=dtype_of(column))
        runs.clear()
        values.sort()  # in place: a stable sort is faster on sorted runs, but needs more memory
        if not _ascends(values):
            values = values[np.concatenate(([True], values[1:] != values[:-1]))]
    values.setflags(write=False)
    return values


def _ascends(values: Values) -> bool:
    return bool((values[1:] > values[:-1]).all())


def _absent(ours: Values, theirs: Values) -> NDArray[np.bool_]:
    """Mark each of our values that is not among theirs (sorted, not empty)."""
    marks = [np.zeros(0, np.bool_)]
    for block in in_blocks(ours, _BLOCK):
        at = np.searchsorted(theirs, block)
        at[at == len(theirs)] = 0
        marks.append(theirs[at] != block)
    return np.concatenate(marks)
