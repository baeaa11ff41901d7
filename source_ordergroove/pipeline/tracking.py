"""Which known keys are gone after a walk.

A tracker is fed the keys that a walk sees. `find` says what is gone; `ledger` says what to
remember, and depends on whether those deletions were emitted or held back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from source_ordergroove.ledger import (
    Baseline,
    KeySet,
    Reason,
    SeenKeys,
    join_key,
    split_key,
)
from source_ordergroove.rules.guards import aged_out


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


class WholeTable:
    """A table that every sync reads completely: what is no longer listed is gone."""

    def __init__(
        self, baseline: Baseline | None, resumed: Baseline | None, *, log_kept_for_a_time: bool
    ) -> None:
        """Start from the last walk's *baseline* (None: nothing to compare) and a checkpoint.

        With *log_kept_for_a_time* keys begin with the row's creation time and rows older than the
        oldest one listed are taken to have aged out.
        """
        self._baseline = baseline
        self._ages = log_kept_for_a_time
        #: Set for a walk that lists only what changed: nothing can be missing from it.
        self.partial = False
        #: What a killed run had seen of a table too large to keep its keys.
        self._earlier: Baseline | None = None
        self.anew()
        exact = exact_keys(resumed)
        if exact is None:
            self._earlier = resumed
        else:
            self.saw(exact)

    def anew(self) -> None:
        """Forget what was seen."""
        self._seen = SeenKeys()
        self._oldest: str | None = None
        self._current: KeySet | None = None
        self._new: list[str] = []
        self._earlier = None

    def saw(self, keys: Iterable[str]) -> None:
        """Take note of keys that the vendor lists."""
        if self._ages:
            keys = list(keys)
            created = [age for key in keys if (age := split_key(key)[0])]
            self._oldest = min([*created, self._oldest] if self._oldest else created, default=None)
        self._seen.add(keys)

    @property
    def baseline_size(self) -> int:
        """How many keys the last complete walk knew."""
        return 0 if self._baseline is None else len(self._baseline)

    @property
    def compressed(self) -> bool:
        """Whether the ledger is a sketch, which new keys would fill up."""
        return self._baseline is not None and self._baseline.sketch is not None

    def saw_new(self, keys: Iterable[str]) -> None:
        """Take note of keys created since the last walk began: they are no difference."""
        self._new.extend(keys)

    def find(self) -> Found:
        """Return the keys of the baseline that this walk did not see."""
        current = self._freeze()
        if self._baseline is None or self.partial:
            return Found([], 0)
        missing = self._baseline.missing(current, KeySet.from_keys(self._new))
        gone = missing.keys
        if self._ages:
            gone = [key for key in gone if not aged_out(split_key(key)[0], self._oldest)]
        return Found(gone, len(self._baseline), missing.complete, missing.estimate, missing.reason)

    def ledger(self, budget: int, *, held_back: bool) -> Baseline | None:
        """Return the keys of this walk, and the old ones too if their deletion is held back."""
        current = self._freeze()
        if self._baseline is None or not (held_back or self.partial):
            return self._all(current, budget)
        known = exact_keys(self._baseline)
        return self._baseline if known is None else Baseline.of(known.union(current), budget)

    def checkpoint(self, room: int) -> Baseline:
        """Return the keys seen so far.

        A first walk compares them with nothing, so that a sketch will do: what the rest of the walk
        sees is added to it.
        """
        seen = self._all(self._seen.freeze(), room)
        if seen.paused or (seen.sketch is not None and self._baseline is not None):
            raise NoRoomError
        return seen

    def distrust(self) -> None:
        """Compare with nothing."""
        self._baseline = None

    def _all(self, current: KeySet, budget: int) -> Baseline:
        return continued(self._earlier, current, budget)

    def _freeze(self) -> KeySet:
        if self._current is None:
            self._current = self._seen.freeze()
        return self._current


class PerParent:
    """Children of the parents that were read; those of other parents stay as they are known.

    Keys are (parent, child...); a parent that was read is noted as the key of itself alone, so
    that one whose last child left is not mistaken for one that was not read.

    The children of parents that nobody reads cannot be told from a sketch, which is compared as a
    whole. A ledger that does not fit without loss is paused, and stays so: what the children of
    parents read from then on were says nothing about the others.
    """

    def __init__(self, baseline: Baseline | None, resumed: Baseline | None) -> None:
        """Start from what was known and, after a killed run, from what it had read."""
        self._known = exact_keys(baseline)
        self._paused = baseline if baseline is not None and baseline.paused else None
        self.anew()
        seen = exact_keys(resumed)
        if seen is None:
            self._paused = self._paused or resumed
        for key in seen or ():
            (self._parents if len(split_key(key)) == 1 else self._seen).add([key])

    def anew(self) -> None:
        """Forget what was read."""
        self._parents = SeenKeys()
        self._seen = SeenKeys()

    def saw(self, keys: Iterable[str]) -> None:
        """Take note of children that the vendor lists."""
        self._seen.add(keys)

    def read_parents(self, parents: Iterable[str]) -> None:
        """Take note of parents whose children are all listed now."""
        if self._known is not None:
            self._parents.add(map(_alone, parents))

    def find(self) -> Found:
        """Return the known children that their parent no longer has."""
        if self._known is None:
            return Found([], 0)
        return Found(self._replaced.difference(self._seen.freeze()), len(self._known))

    def ledger(self, budget: int, *, held_back: bool) -> Baseline | None:
        """Return the children known now."""
        seen = self._seen.freeze()
        if self._paused is not None:
            return self._paused.plus(seen, budget)
        known = self._known or KeySet()
        kept = known if held_back or self._known is None else known.minus(self._replaced)
        return exact_ledger(kept.union(seen), budget)

    def checkpoint(self, room: int) -> Baseline:
        """Return the children and the parents read so far.

        A first walk looks for no deletions; where its keys are too many, its ledger will be paused
        at the end and may be so now.
        """
        seen = self._seen.freeze().union(self._parents.freeze())
        if self._paused is not None:
            return self._paused.plus(seen, room)
        ledger = exact_ledger(seen, room)
        if ledger.paused and self._known is not None:
            raise NoRoomError
        return ledger

    def distrust(self) -> None:
        """Compare with nothing."""
        self._known = self._paused = None

    @cached_property
    def _replaced(self) -> KeySet:
        """The known children of the parents that were read."""
        parents = set(self._parents.freeze())
        return KeySet.from_keys(
            key for key in self._known or () if _alone(split_key(key)[0]) in parents
        )


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


def _alone(parent: str) -> str:
    return join_key((parent,))


def continued(earlier: Baseline | None, keys: KeySet, budget: int) -> Baseline:
    """Return a ledger of *keys* and of what a killed run had put down before."""
    return Baseline.of(keys, budget) if earlier is None else earlier.plus(keys, budget)
