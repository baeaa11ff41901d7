"""The keys of a walk in progress."""

from collections.abc import Iterable, Mapping
from typing import Final

from source_ordergroove.ledger.keys import Column, Values, to_columns
from source_ordergroove.ledger.keyset import KeySet

_PENDING: Final = 16_384


class SeenKeys:
    """Grows by a page of keys at a time; duplicates are allowed and counted once.

    New keys wait as text and are packed 16,384 at a time, since numpy costs more by the call than
    by the key. Not safe for several threads at once: each walk owns one.
    """

    __slots__ = ("_pending", "_runs")

    def __init__(self) -> None:
        self._pending: list[str] = []
        self._runs: list[Mapping[Column, Values]] = []

    def add(self, keys: Iterable[str]) -> None:
        """Remember the keys of one page."""
        self._pending.extend(keys)
        if len(self._pending) >= _PENDING:
            self._runs.append(to_columns(self._pending))
            self._pending = []

    def __len__(self) -> int:
        """Count the distinct keys. Sorts them all, so ask at a checkpoint and not at every page."""
        return len(self.freeze())

    def freeze(self) -> KeySet:
        """Give the keys up to now; the walk may go on."""
        runs, self._runs = [*self._runs, to_columns(self._pending)], []
        self._pending = []
        # Handed over one by one: what is merged already is freed, which bounds the peak.
        frozen = KeySet(runs.pop() for _ in range(len(runs)))
        self._runs.append(frozen.columns)
        return frozen
