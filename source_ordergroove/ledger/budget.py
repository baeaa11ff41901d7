"""How much of the state each stream's ledger may take.

The platform sends all pending states in one request of at most 10 MB, and large states have cost
destinations their memory; 6 MB for all and 1 MB for one leave room for the rest.
"""

from collections.abc import Mapping
from typing import Final

# A thousandth is left for what else a state holds: 6 MB for all, 1 MB for one, not a byte more.
TOTAL_BYTES: Final = 5_994_000
STREAM_BYTES: Final = 999_000


def share(
    budget_total: int, sizes: Mapping[str, int], budget_stream: int = STREAM_BYTES
) -> dict[str, int]:
    """Split a total over streams by what each would take without loss, in bytes of JSON text.

    Max-min fair: whoever wants less than an equal share gets what it wants, and the others share
    the rest equally, each up to `budget_stream`. So small ledgers stay exact however large one
    becomes. More for one stream never means more than before for another, and a larger total means
    less for none. What a stream wants above `budget_stream` need not be exact: any number above
    says enough.
    """
    granted = {}
    left = max(0, budget_total)
    waiting = len(sizes)
    for stream, size in sorted(sizes.items(), key=lambda wanted: wanted[1]):
        granted[stream] = max(0, min(size, budget_stream, left // waiting))
        left -= granted[stream]
        waiting -= 1
    return {stream: granted[stream] for stream in sizes}
