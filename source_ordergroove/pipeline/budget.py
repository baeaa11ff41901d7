"""How much state the ledgers of a sync may take."""

from source_ordergroove.ledger import STREAM_BYTES, TOTAL_BYTES, Baseline, share
from source_ordergroove.pipeline import messages
from source_ordergroove.pipeline.state import Checkpoint

#: Bytes that a table with few rows may grow by between two syncs, whatever it was.
_SOME = 16_000


class LedgerBudget:
    """Gives each stream its share, in whatever order the streams end.

    Those that ended hold what they hold; those still to come are taken to want twice what they came
    with, or the most if that is nothing yet. So none finds the room gone because others were first.
    """

    def __init__(self, total: int = TOTAL_BYTES, per_stream: int = STREAM_BYTES) -> None:
        """Take the limits in bytes of JSON text."""
        self._total = total
        self._per_stream = per_stream
        self._came: dict[str, int] = {}
        self._ended: dict[str, int] = {}
        self._underway: dict[str, int] = {}

    def hold(self, stream: str, ledger: Baseline | None) -> None:
        """Count the ledger that a stream came with."""
        self._came[stream] = _size(ledger)

    def of(self, stream: str) -> int:
        """Return how many bytes a stream's ledger may take now."""
        wanted = {
            name: 2 * size + _SOME if size else self._per_stream
            for name, size in ({stream: 0} | self._came).items()
            if name == stream or name not in self._ended
        }
        left = self._total - sum(size for name, size in self._ended.items() if name != stream)
        granted = share(left, wanted, self._per_stream)
        unwanted = left - sum(granted.values())
        return max(0, min(self._per_stream, granted[stream] + unwanted))

    def room(self, stream: str) -> int:
        """Return how many bytes a checkpoint may take beside the ledger that its stream came with.

        What all streams hold in the middle of their walks stays within the same limits.
        """
        own = self._came.get(stream, 0)
        others = sum(size for name, size in self._underway.items() if name != stream)
        left = self._total - sum((self._came | self._ended).values()) - others
        return max(0, min(self.of(stream) - own, left))

    def put_down(self, stream: str, checkpoint: Checkpoint | None) -> None:
        """Count what a checkpoint holds until its walk ends."""
        self._underway[stream] = _size(checkpoint.seen if checkpoint else None)

    def spend(self, stream: str, ledger: Baseline | None) -> Baseline | None:
        """Return a ledger and count it.

        A ledger too large even for a sketch is paused: the next sync finds no deletions of the
        stream. The rows themselves are not affected.
        """
        self._underway.pop(stream, None)
        self._ended[stream] = _size(ledger)
        if ledger is not None and ledger.paused:
            messages.LOG.warning(
                "Stream %s: deletions are not looked for until its ledger fits the state again "
                "(%d known keys, %d bytes allowed, %s).",
                stream,
                len(ledger),
                self.of(stream),
                ledger.paused.value,
            )
        return ledger


def _size(ledger: Baseline | None) -> int:
    return 0 if ledger is None else ledger.json_bytes
