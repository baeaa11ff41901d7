"""Remember which primary keys of a stream were known, inside the connector's state.

A walk collects its keys in `SeenKeys`, frozen into a `KeySet`; the `Baseline` of the last complete
walk says which of its keys are `Missing` from this one. While all keys fit the budget the baseline
is lossless: sorted, difference coded, deflated (`encode`/`decode`). Above it, it is a sketch: an
invertible Bloom lookup table, whose size depends on how many keys may vanish between two walks and
not on how many there are. Subtracting the current keys leaves the differences alone in its cells,
and those are read back one by one (Eppstein, Goodrich, Uyeda, Varghese: "What's the Difference?
Efficient Set Reconciliation without Prior Context", SIGCOMM 2011). Too many differences are always
noticed and then yield no key at all. `share` splits the state's budget over the streams.

Pure: numpy and the standard library, no I/O, no clock, no randomness. Anything unreadable is a
`LedgerError`.
"""

from source_ordergroove.ledger.baseline import Baseline, Missing, Reason
from source_ordergroove.ledger.budget import STREAM_BYTES, TOTAL_BYTES, share
from source_ordergroove.ledger.codec import decode, encode, encode_within
from source_ordergroove.ledger.errors import LedgerError
from source_ordergroove.ledger.keys import join_key, split_key
from source_ordergroove.ledger.keyset import KeySet
from source_ordergroove.ledger.seen import SeenKeys

__all__ = [
    "STREAM_BYTES",
    "TOTAL_BYTES",
    "Baseline",
    "KeySet",
    "LedgerError",
    "Missing",
    "Reason",
    "SeenKeys",
    "decode",
    "encode",
    "encode_within",
    "join_key",
    "share",
    "split_key",
]
