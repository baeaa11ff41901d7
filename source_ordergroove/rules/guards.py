"""When deletions are held back although a walk found them."""

#: Below this number a share says nothing: two of ten customers may well leave on one day.
ALWAYS_PLAUSIBLE = 10

#: The value of `max_deletion_percent` with which the user lets everything through.
RELEASED = 100


def holds_back(known: int, gone: int, max_percent: int) -> bool:
    """Tell whether so many deletions at once need the user's word (`max_deletion_percent`).

    *known* counts the rows the stream was known to have, *gone* those about to become tombstones.
    An empty list over a known table is the extreme of it. 100 percent releases everything.
    """
    return gone > ALWAYS_PLAUSIBLE and gone * 100 > max_percent * known


def aged_out(created: str, oldest_listed: str | None) -> bool:
    """Tell whether a row left the vendor's retention rather than being deleted.

    A log that is kept for a time loses its oldest rows: only a row younger than the oldest one
    still listed was deleted. *oldest_listed* is None for an empty list, which says nothing.
    """
    return oldest_listed is None or created <= oldest_listed
