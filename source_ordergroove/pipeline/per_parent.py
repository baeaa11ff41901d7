"""Deletions of children whose parents are read only when they changed."""

from collections.abc import Iterable
from functools import cached_property

from source_ordergroove.ledger import Baseline, KeySet, SeenKeys, join_key, split_key
from source_ordergroove.pipeline.tracking import Found, NoRoomError, exact_keys, exact_ledger


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


def _alone(parent: str) -> str:
    return join_key((parent,))
