"""Holding deletions back, and telling the user so."""

from collections.abc import Mapping

from source_ordergroove.pipeline import messages
from source_ordergroove.pipeline.tracking import Found
from source_ordergroove.rules.guards import holds_back


def hold_back(percent: int, found: Mapping[str, tuple[int, int]]) -> bool:
    """Tell whether a walk's deletions need the user's word; say why in the log.

    *found* is (known, gone) by stream. The tables of one walk stand or fall together: the children
    of parents that are held back must not go without them.
    """
    suspects = {name: counts for name, counts in found.items() if holds_back(*counts, percent)}
    for name, (known, gone) in suspects.items():
        messages.LOG.warning(
            "Stream %s: %d of %d known rows are no longer there, more than max_deletion_percent "
            "(%d) allows at once. These deletions are held back and the next sync decides again; "
            "if they are real, set max_deletion_percent to 100 for one sync.",
            name,
            gone,
            known,
            percent,
        )
    return bool(suspects)


def warn_of_overflow(stream: str, found: Found) -> None:
    """Say that a compressed ledger could not name what is gone."""
    messages.LOG.warning(
        "Stream %s: about %d of %d known rows came or went at once, more than its compressed "
        "ledger can name. No deletion was emitted. Refresh the stream to bring the table in order, "
        "or set max_deletion_percent to 100 for one sync to accept the list as it is.",
        stream,
        found.estimate,
        found.known,
    )
