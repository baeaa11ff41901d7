"""Which orders or items are open, which were, and what that says of those in neither list."""

from collections.abc import Iterable

from source_ordergroove.ledger import KeySet, SeenKeys


class OpenSet:
    """The bookkeeping of one walk over the open list and the list of changes.

    *known* are the open rows that earlier syncs emitted, None if no ledger says so. Without one,
    *trusts_list* says that whatever is listed as open was emitted by earlier syncs (they read
    everything); otherwise only rows that this walk emits are remembered: a tombstone for a row
    that the destination never had would be one too many.

    A walk that is taken up again gets what its checkpoint holds: *listed*, the open rows that it
    had not emitted yet, and *carried*, those that it had. The latter are not compared again, as
    they will not be listed again; the next sync compares them.
    """

    def __init__(
        self,
        known: KeySet | None,
        *,
        trusts_list: bool = False,
        listed: KeySet | None = None,
        carried: KeySet | None = None,
    ) -> None:
        """Start a walk, or take one up."""
        self.known = KeySet() if known is None else known
        self._has_ledger = known is not None
        self._trusts_list = trusts_list and known is None
        self._listed = SeenKeys()
        self._listed.add(listed or ())
        self._read = SeenKeys()
        self._open: set[str] = set()
        self._carried = carried or KeySet()

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

    def unread(self) -> tuple[KeySet, KeySet]:
        """Return what is left of the known and of the listed rows in the middle of the walk."""
        read = self._read.freeze()
        return self.known.minus(read), self._listed.freeze().minus(read)

    def carried(self) -> KeySet:
        """Return the rows that this walk emitted as open.

        One that is deleted before the walk is taken up again would otherwise be in no ledger.
        """
        listed, read = self._listed.freeze(), self._read.freeze()
        emitted = listed.minus(listed.minus(read))
        return self._carried.union(emitted).union(KeySet.from_keys(self._open))

    def ledger(self, kept: Iterable[str]) -> KeySet:
        """Return what is open after the walk, and *kept*: rows whose fate is not decided."""
        listed = self._listed.freeze()
        if not self._trusts_list:
            listed = listed.minus(listed.minus(self.known.union(self._read.freeze())))
        return listed.union(self._carried).union(KeySet.from_keys([*self._open, *kept]))
