"""Which known keys are gone after a walk.

A tracker is fed the keys that a walk sees. `find` says what is gone; `ledger` says what to
remember, and depends on whether those deletions were emitted or held back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from source_ordergroove.ledger import Baseline, KeySet, Reason


class NoRoomError(Exception):
    """What a walk must not forget does not fit into its checkpoint."""


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a comparison: *gone* keys among *known* ones.

    *complete* is False when the ledger could not name all of them: then it names none, *estimate*
    is about how many there are and *reason* says why.
    """

    gone: Sequence[str]
    known: int
    complete: bool = True
    estimate: int = 0
    reason: Reason | None = None


class Tracker(Protocol):
    """Keys of one stream over one walk."""

    def saw(self, keys: Iterable[str]) -> None:
        """Take note of keys that the vendor lists."""

    def find(self) -> Found:
        """Compare with the last complete walk; called once, after this one is complete."""

    def ledger(self, budget: int, *, held_back: bool) -> Baseline | None:
        """Return what the next sync compares with, None if it needs nothing."""

    def checkpoint(self, room: int) -> Baseline | None:
        """Return, in so many bytes of JSON, what a walk that is taken up again must know.

        None if it needs nothing; raises `NoRoomError` if it would not be enough.
        """

    def anew(self) -> None:
        """Forget what was seen: the walk starts again."""

    def distrust(self) -> None:
        """Compare with nothing: the last walk was of another account."""


class Untracked:
    """A table whose rows the vendor never deletes, or whose deletions were switched off."""

    def saw(self, keys: Iterable[str]) -> None:
        """Keys are of no interest."""

    def find(self) -> Found:
        """Return nothing: nothing was compared."""
        return Found([], 0)

    def ledger(self, budget: int, *, held_back: bool) -> Baseline | None:
        """Return nothing to remember."""
        return None

    def checkpoint(self, room: int) -> Baseline | None:
        """Return nothing to remember."""
        return None

    def anew(self) -> None:
        """There is nothing to forget."""

    def distrust(self) -> None:
        """There is nothing to compare with."""


def exact_keys(baseline: Baseline | None) -> KeySet | None:
    """Return the keys of a lossless ledger, None for a sketch and for a paused one."""
    if baseline is None or baseline.sketch is not None or baseline.paused is not None:
        return None
    return baseline.kept


def exact_ledger(keys: KeySet, budget: int) -> Baseline:
    """Return a ledger for uses that a sketch cannot serve: lossless, or paused if too large."""
    ledger = Baseline.of(keys, budget)
    return ledger if ledger.sketch is None else Baseline.of(keys, 0)


def continued(earlier: Baseline | None, keys: KeySet, budget: int) -> Baseline:
    """Return a ledger of *keys* and of what a killed run had put down before."""
    return Baseline.of(keys, budget) if earlier is None else earlier.plus(keys, budget)
