"""Which orders or items are open, which were, and what that says of those in neither list."""

from collections.abc import Iterable

from source_ordergroove.ledger import Baseline, KeySet, Reason, SeenKeys
from source_ordergroove.pipeline.births import Births
from source_ordergroove.pipeline.tracking import NoRoomError, continued, exact_keys, exact_ledger

#: Emitted rows of a first walk that wait to be compared with the open list.
_PENDING = 100_000


class OpenSet:
    """The bookkeeping of one walk over the open list and the list of changes.

    *baseline* holds the open rows that earlier syncs emitted; without one there is nothing to
    compare. Then *trusts_list* says that whatever is listed as open was emitted by earlier syncs
    (they read everything); otherwise only rows that this walk emits are remembered: a tombstone for
    a row that the destination never had would be one too many.

    A walk that is taken up again gets *carried* from its checkpoint: the open rows that it had
    emitted. They are not compared again, as they will not be listed again; the next sync compares
    them. The open list it reads anew, which costs less than to keep it.
    """

    def __init__(
        self,
        baseline: Baseline | None,
        *,
        trusts_list: bool = False,
        carried: Baseline | None = None,
    ) -> None:
        """Start a walk, or take one up."""
        # A paused ledger holds nothing: the list is where to start again.
        self._baseline = baseline if baseline is not None and not baseline.paused else None
        self._trusts_list = trusts_list and self._baseline is None
        self._carried = carried
        self._listed = SeenKeys()
        self._read = SeenKeys()
        self._unsorted = 0
        self._open = SeenKeys()
        self.births = Births()
        self._vanished = KeySet()
        self._unknown = KeySet()
        #: Why a compressed ledger could not name what vanished, and about how much that is.
        self.overflow: tuple[Reason, int] | None = None

    def __len__(self) -> int:
        """Count the rows that were known to be open."""
        return 0 if self._baseline is None else len(self._baseline)

    @property
    def compressed(self) -> bool:
        """Whether the ledger is a sketch, for which `births` spares room."""
        return self._baseline is not None and self._baseline.sketch is not None

    def anew(self) -> None:
        """Forget what a killed run had emitted: the list of changes starts again."""
        self._carried = None

    def listed(self, keys: Iterable[str]) -> None:
        """Take note of rows in the open list; they are not emitted."""
        self._listed.add(keys)

    def emitted(self, keys: list[str], open_keys: Iterable[str]) -> None:
        """Take note of rows that were emitted, and which of them look open."""
        self._read.add(keys)
        self._open.add(open_keys)
        self._unsorted += len(keys)
        if self._baseline is None and not self._trusts_list and self._unsorted > _PENDING:
            self._sort_out()

    def compare(self) -> None:
        """Find out which rows are in neither list and which are in the open one alone."""
        if self._baseline is None:
            return
        listed, read = self._listed.freeze(), self._read.freeze()
        current = listed.union(read)
        new = self.births.since_last_walk(listed.union(self._open.freeze()))
        missing = self._baseline.missing(current, new)
        if not missing.complete:
            self.overflow = (missing.reason or Reason.OVERFLOW, missing.estimate)
            return
        self._vanished = KeySet.from_keys(missing.keys)
        emitted = read.union(exact_keys(self._carried) or KeySet())
        self._unknown = self._baseline.unknown(current, missing).minus(emitted)

    def vanished(self) -> list[str]:
        """Return rows that were open and are in neither list now."""
        return list(self._vanished)

    def overlooked(self) -> list[str]:
        """Return open rows that no sync has emitted: those that no filter returns.

        Asked for only where a ledger says what was emitted, else it would be every open row.
        """
        return list(self._unknown)

    def had(self, key: str) -> bool:
        """Tell whether the row was known, and not merely asked for."""
        return key in self._vanished

    def remaining(self) -> Baseline | None:
        """Return the baseline for a walk that is taken up again: without the rows it has read.

        Raises `NoRoomError` where they cannot be taken out, or a list is trusted that the other
        run would read later.
        """
        if self._trusts_list:
            raise NoRoomError
        if self._baseline is None:
            return None
        known = exact_keys(self._baseline)
        if known is None:
            raise NoRoomError
        left = exact_ledger(known.minus(self._read.freeze()), self._baseline.json_bytes)
        if left.paused:
            raise NoRoomError
        return left

    def carried(self, room: int) -> Baseline:
        """Return the open rows that this walk emitted; raises `NoRoomError` if they do not fit.

        One that is deleted before the walk is taken up again would otherwise be in no ledger.
        """
        carried = self._emitted_open(room)
        if carried.paused or (carried.sketch is not None and self._baseline is not None):
            raise NoRoomError
        return carried

    def ledger(self, kept: list[str], budget: int, *, held_back: bool) -> Baseline:
        """Return what is open after the walk, and *kept*: rows whose fate is not decided.

        With *held_back* a baseline that could not be compared stays as it is.
        """
        if self.overflow and held_back and self._baseline is not None:
            return self._baseline
        if self._baseline is None and not self._trusts_list:
            return self._emitted_open(budget)
        unknown = self._unknown.minus(self._read.freeze())
        listed = self._listed.freeze().minus(unknown)
        carried = exact_keys(self._carried) or KeySet()
        undecided = KeySet.from_keys(kept)
        return Baseline.of(
            listed.union(carried).union(self._open.freeze()).union(undecided), budget
        )

    def _emitted_open(self, budget: int) -> Baseline:
        self._sort_out()
        emitted = self._open.freeze()
        if self._baseline is not None:
            emitted = emitted.union(self._listed.freeze().intersection(self._read.freeze()))
        return continued(self._carried, emitted, budget)

    def _sort_out(self) -> None:
        """Of a first walk's rows keep only the listed ones: there may be millions of others."""
        if self._baseline is None and not self._trusts_list:
            self._open.add(self._listed.freeze().intersection(self._read.freeze()))
            self._read = SeenKeys()
            self._unsorted = 0
