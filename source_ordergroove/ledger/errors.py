"""What can be wrong with a ledger that comes back from the state."""


class LedgerError(Exception):
    """The remembered keys cannot be read: unknown version or shape, or damage.

    The remedy is always the same: begin a new baseline without a tombstone, and say so.
    """
