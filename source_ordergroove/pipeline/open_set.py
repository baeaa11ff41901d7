"""Which orders or items are open, which were, and what that says of those in neither list."""

from collections.abc import Iterable

from source_ordergroove.ledger import KeySet, SeenKeys


class OpenSet:
    """The bookkeeping of one walk over the open list and the list of changes.

    *known* are the open rows that earlier syncs emitted, None if no ledger says so. Without one,
    *trusts_list* says that whatever is listed as open was emitted by earlier syncs (they read
    everything); otherwise only rows that this walk emits are remembered: a tombstone for a row
    that the destination never had would be one too many.
    """

    def __init__(self, known: KeySet | None, *, trusts_list: bool) -> None:
        """Start a walk."""
        self.known = KeySet() if known is None else known
        self._has_ledger = known is not None
        self._trusts_list = trusts_list and known is None
        self._listed = SeenKeys()
        self._read = SeenKeys()
        self._open: set[str] = set()

    def listed(self, keys: Iterable[str]) -> None:
        """Take note of rows in the open list; they are not emitted."""
        self._listed.add(keys)

    def emitted(self, keys: list[str], open_keys: Iterable[str]) -> None:
        """Take note of rows that were emitted, and which of them are open."""
        self._read.add(keys)
        self._open.difference_update(keys)
        self._open.update(open_keys)

    def vanished(self) -> list[str]:
        """Return rows that were open and are in neither list now."""
        return self.known.difference(self._listed.freeze().union(self._read.freeze()))

    def overlooked(self) -> list[str]:
        """Return open rows that no sync has emitted: those that no filter returns.

        Asked for only where a ledger says what was emitted, else it would be every open row.
        """
        if not self._has_ledger:
            return []
        return self._listed.freeze().difference(self.known.union(self._read.freeze()))

    def pending(self) -> KeySet:
        """Return what to remember in the middle of the walk.

        A row that this run read as open and that is deleted before the next run goes on would
        otherwise be in no ledger.
        """
        return self.known.minus(self._read.freeze()).union(KeySet.from_keys(self._open))

    def ledger(self, kept: Iterable[str]) -> KeySet:
        """Return what is open after the walk, and *kept*: rows whose fate is not decided."""
        listed = self._listed.freeze()
        if not self._trusts_list:
            listed = listed.minus(listed.minus(self.known.union(self._read.freeze())))
        return listed.union(KeySet.from_keys([*self._open, *kept]))
