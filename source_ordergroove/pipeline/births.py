"""Which rows of a list of changes were not open at the last walk."""

from collections.abc import Iterable, Mapping
from typing import Any

from source_ordergroove.ledger import KeySet, SeenKeys


class Births:
    """A guess that spares a compressed ledger work, from the rows' own times.

    A sketch tells only so many differences, and each sync brings orders that were sent since the
    last one and orders born since. Which changed row was in the ledger and which was not shows
    mostly in when it was created and changed. A wrong guess takes the room of one difference; what
    is deleted is decided by the ledger and by asking for the row.
    """

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._born = SeenKeys()
        self._unchanged = SeenKeys()
        self._undated = SeenKeys()

    def read(
        self, keys: Iterable[str], rows: Iterable[Mapping[str, Any]], since: str, changed: str
    ) -> None:
        """Take note of rows; *since* is the last walk's start as wall-clock time.

        *changed* is the column with the time of the last change.
        """
        born, unchanged, undated = [], [], []
        for key, row in zip(keys, rows, strict=True):
            created = row.get("created") or ""
            if created >= since:
                born.append(key)
            elif (row.get(changed) or since) < since:
                unchanged.append(key)
            elif not created:
                undated.append(key)
        self._born.add(born)
        self._unchanged.add(unchanged)
        self._undated.add(undated)

    def since_last_walk(self, still_open: KeySet) -> KeySet:
        """Return the rows that were not open at the last walk, given those that are open now.

        A row that did not change since is as it was then. One of unknown age that did change was
        sent if it is no longer open, and born if it is: items have no creation time.
        """
        unchanged, undated = self._unchanged.freeze(), self._undated.freeze()
        return (
            self._born.freeze()
            .union(unchanged.minus(still_open))
            .union(undated.intersection(still_open))
        )
