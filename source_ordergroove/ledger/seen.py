"""The keys of a walk in progress."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from source_ordergroove.ledger.keys import Column, Values, to_columns
from source_ordergroove.ledger.keyset import KeySet

_PENDING: Final = 16_384


class SeenKeys:
    """Grows by a page of keys at a time; duplicates are allowed and counted once.

    New keys wait as text and are packed 16,384 at a time, since numpy costs more by the call than
    by the key. A key of *known* ones takes a mark there, a byte. Not safe for several threads at
    once: each walk owns one.
    """

    __slots__ = ("_known", "_marks", "_pending", "_runs")

    def __init__(self, known: KeySet | None = None) -> None:
        """Start with no key seen."""
        self._known = known or KeySet()
        self._marks = {
            column: np.zeros(len(values), np.bool_)
            for column, values in self._known.columns.items()
        }
        self._pending: list[str] = []
        self._runs: list[Mapping[Column, Values]] = []

    def add(self, keys: Iterable[str]) -> None:
        """Remember the keys of one page."""
        self._pending.extend(keys)
        if len(self._pending) >= _PENDING:
            self._pack()

    def __len__(self) -> int:
        """Count the distinct keys. Sorts them all, so ask at a checkpoint and not at every page."""
        return len(self.freeze())

    def freeze(self) -> KeySet:
        """Give the keys up to now; the walk may go on."""
        self._pack()
        runs, self._runs = self._runs, []
        # Handed over one by one: what is merged already is freed, which bounds the peak.
        others = KeySet(runs.pop() for _ in range(len(runs)))
        self._runs.append(others.columns)
        return self._known.marked(self._marks, others)

    def _pack(self) -> None:
        columns, self._pending = to_columns(self._pending), []
        for column, marks in self._marks.items():
            if column in columns:
                columns[column] = self._mark(columns[column], self._known.columns[column], marks)
        self._runs.append(columns)

    @staticmethod
    def _mark(values: Values, known: Values, marks: NDArray[np.bool_]) -> Values:
        """Mark what is known; return the other values."""
        at = np.searchsorted(known, values)
        at[at == len(known)] = 0
        found = known[at] == values
        marks[at[found]] = True
        others: Values = values[~found]
        return others
