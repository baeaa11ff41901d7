"""How much state the ledgers may take.

Airbyte's server accepts requests of 10 MB and all pending states travel in one
(`max-request-size` of airbyte-server); a platform's proxy may allow less.
"""

from collections.abc import Mapping
from typing import Any

from source_ordergroove.ledger import Baseline
from source_ordergroove.pipeline import messages

#: Bytes of JSON that all ledgers together may take.
TOTAL = 6_000_000
#: Bytes of JSON that one ledger may take.
PER_STREAM = 1_000_000
#: Bytes of JSON that one walk's checkpoint may take; five walks are under way at a time.
PER_CHECKPOINT = 600_000


class LedgerBudget:
    """Gives each stream its share, counting what the others hold already."""

    def __init__(self, total: int = TOTAL, per_stream: int = PER_STREAM) -> None:
        """Take the limits in bytes of JSON text."""
        self._total = total
        self._per_stream = per_stream
        self._held: dict[str, int] = {}

    def hold(self, stream: str, ledger: Baseline | None) -> None:
        """Count the ledger that a stream came with."""
        self._held[stream] = ledger.json_bytes if ledger else 0

    def of(self, stream: str) -> int:
        """Return how many bytes a stream's ledger may take now."""
        others = sum(size for name, size in self._held.items() if name != stream)
        return max(0, min(self._per_stream, self._total - others))

    @staticmethod
    def allows(checkpoint: Mapping[str, Any]) -> bool:
        """Tell whether a checkpoint is small enough to be written.

        A walk of a table with more keys than fit cannot be taken up half-way: it starts anew.
        """
        return sum(len(str(value)) for value in checkpoint.values()) <= PER_CHECKPOINT

    def spend(self, stream: str, ledger: Baseline | None) -> Baseline | None:
        """Return a ledger and count it.

        A ledger too large even for a sketch is paused: the next sync finds no deletions of the
        stream. The rows themselves are not affected.
        """
        if ledger is None:
            return None
        if ledger.paused:
            messages.LOG.warning(
                "Stream %s: deletions are not looked for until its ledger fits the state again "
                "(%d known keys, %d bytes allowed, %s).",
                stream,
                len(ledger),
                self.of(stream),
                ledger.paused.value,
            )
        self._held[stream] = ledger.json_bytes
        return ledger
