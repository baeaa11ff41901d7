"""What stays of a set of keys that is too large to be kept: enough to find the few that vanish.

Sized by the room there is, not by the number of keys. The capacity, 1 key for 1.5 cells, is spent
on every key that only one side has, so the caller leaves out of the current side what it knows to
be new.
"""

import struct
from dataclasses import dataclass
from typing import Final

from source_ordergroove.ledger.carrier import Carrier
from source_ordergroove.ledger.envelope import payload_within, seal, unseal
from source_ordergroove.ledger.hashing import CHECK_BYTES, HASHES
from source_ordergroove.ledger.keyset import KeySet
from source_ordergroove.ledger.table import Table

CELLS_PER_KEY: Final = 1.5
FEWEST_CELLS: Final = 16
"""In one partition. A smaller table fails too often to be worth its room."""

_KIND: Final = b"sketches"
_HEADER: Final = struct.Struct("<QQBB")  # keys, seed, width, columns
_COLUMN: Final = struct.Struct("<h")


@dataclass(frozen=True, eq=False)
class Difference:
    """The keys of the first set alone and of the second alone, unless they are too many."""

    gone: KeySet
    new: KeySet
    complete: bool
    estimate: int
    """How many keys are gone: exact if complete, else within some percent."""


@dataclass(frozen=True, eq=False)
class Sketch:
    """A table of keys with what is needed to compare another set with it."""

    carrier: Carrier
    size: int
    table: Table

    @classmethod
    def of(cls, keys: KeySet, characters: int, seed: int = 0) -> "Sketch | None":
        """Sketch a set into at most so many characters of text; `None` if they are too few.

        The set must not be empty and hold no text above `carrier.LONGEST` bytes.
        """
        carrier = Carrier.of(keys)
        room = payload_within(characters) - _HEADER.size - len(carrier.columns) * _COLUMN.size
        cells = room // (HASHES * (1 + CHECK_BYTES + carrier.width))
        if cells < FEWEST_CELLS:
            return None
        return cls(carrier, len(keys), _filled(carrier, keys, cells, seed))

    @classmethod
    def from_text(cls, text: str) -> "Sketch":
        """Undo `to_text`; raises `LedgerError` for an unknown version or any damage."""
        payload = unseal(text, _KIND)
        size, seed, width, columns = _HEADER.unpack_from(payload)
        start = _HEADER.size + columns * _COLUMN.size
        names = [name for (name,) in _COLUMN.iter_unpack(payload[_HEADER.size : start])]
        table = Table.from_bytes(payload[start:], width, seed)
        return cls(Carrier(tuple(names), width), size, table)

    def to_text(self) -> str:
        """Write the sketch as text."""
        columns = self.carrier.columns
        header = _HEADER.pack(self.size, self.table.seed, self.carrier.width, len(columns))
        names = b"".join(map(_COLUMN.pack, columns))
        return seal(header + names + self.table.to_bytes(self.carrier.width), _KIND)

    def __len__(self) -> int:
        return self.size

    @property
    def capacity(self) -> int:
        """How many differences it can tell."""
        return int(self.table.counts.size / CELLS_PER_KEY)

    def plus(self, keys: KeySet) -> "Sketch":
        """Add keys that its cells can carry and that are not among its own."""
        added = _filled(self.carrier, keys, self.table.cells, self.table.seed)
        return Sketch(self.carrier, self.size + len(keys), self.table.plus(added))

    def compared_with(self, current: KeySet) -> Difference:
        """Find the keys of the sketched set that are not in the current one, and the reverse."""
        theirs = _filled(self.carrier, current, self.table.cells, self.table.seed)
        rest = self.table.minus(theirs)
        net = self.size - self.carrier.count(current)
        # At least the surplus of one side; and no more can be gone than there were.
        total = max(abs(net), min(rest.differences(net), 2 * self.size - net))
        peeled = rest.peel()
        if peeled is not None:
            gone, new = map(self.carrier.unload, peeled)
            if gone is not None and new is not None and len(gone) - len(new) == net:
                return Difference(gone, new, complete=True, estimate=len(gone))
        return Difference(KeySet(), KeySet(), complete=False, estimate=(total + net) // 2)


def _filled(carrier: Carrier, keys: KeySet, cells: int, seed: int) -> Table:
    table = Table.empty(cells, carrier.words, seed)
    for block in carrier.load(keys):
        table.insert(block)
    return table
