"""The cells of an invertible Bloom lookup table, over keys given as words.

Each key lies in four cells, one in each partition of the table; a cell holds the number of its keys
(modulo 256), the XOR of the keys and the XOR of their checksums. Taking another table away leaves
the keys that only one side has. A cell with one such key shows it, the key's other cells lose it,
and so on until the table is empty. Up to one key for 1.5 cells that succeeds (with four hashes it
does up to one for 1.30 in the limit); above, it stops early, and a table that is not empty at the
end has told nothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from source_ordergroove.ledger.carrier import WORD_BYTES, Words
from source_ordergroove.ledger.hashing import (
    CHECK_BYTES,
    HASHES,
    Numbers,
    checksums,
    fingerprints,
    positions,
)

_WRAP: Final = 256


@dataclass(frozen=True, eq=False)
class Table:
    """The cells as arrays, in which `p * cells + i` is cell `i` of partition `p`."""

    seed: int
    counts: NDArray[np.uint8]
    checks: Numbers
    words: Words

    @classmethod
    def empty(cls, cells: int, words: int, seed: int) -> "Table":
        """Make a table of four times `cells`, for keys of so many words."""
        size = HASHES * cells
        return cls(
            seed,
            np.zeros(size, np.uint8),
            np.zeros(size, np.uint64),
            np.zeros((words, size), np.uint64),
        )

    @classmethod
    def from_bytes(cls, raw: bytes, width: int, seed: int) -> "Table":
        """Undo `to_bytes`, for keys of `width` bytes."""
        rows = np.frombuffer(raw, np.uint8).reshape(1 + CHECK_BYTES + width, -1).T
        return cls(
            seed,
            rows[:, 0].copy(),
            _widened(rows[:, 1 : 1 + CHECK_BYTES])[0],
            _widened(rows[:, 1 + CHECK_BYTES :]),
        )

    def to_bytes(self, width: int) -> bytes:
        """Write the cells, of each key only the first `width` bytes: the others must be zero."""
        checks, words = _narrowed(self.checks[None], CHECK_BYTES), _narrowed(self.words, width)
        return np.column_stack((self.counts, checks, words)).T.tobytes()

    @property
    def cells(self) -> int:
        """The number of cells in one partition."""
        return self.counts.size // HASHES

    def insert(self, keys: Words) -> None:
        """Add keys."""
        self._toggle(keys, fingerprints(keys, self.seed), np.uint8(1))

    def minus(self, other: "Table") -> "Table":
        """Take away a table of the same size and seed."""
        return Table(
            self.seed,
            self.counts - other.counts,
            self.checks ^ other.checks,
            self.words ^ other.words,
        )

    def plus(self, other: "Table") -> "Table":
        """Put together two tables of the same size and seed."""
        return Table(
            self.seed,
            self.counts + other.counts,
            self.checks ^ other.checks,
            self.words ^ other.words,
        )

    def differences(self, net: int) -> int:
        """Estimate how many keys are left, given how many more this side has than the other.

        Each key adds or takes one in four random cells, so the counts spread around their known
        mean with a variance of the keys in a cell; good while that is below some hundreds, wherever
        the mean.
        """
        mean = net / self.cells
        centred = (self.counts.astype(float) - mean + _WRAP / 2) % _WRAP - _WRAP / 2
        return round(float(np.square(centred).mean()) * self.cells)

    def peel(self) -> tuple[Words, Words] | None:
        """Empty the table: keys of this side and of the other; `None` if that fails."""
        nothing = self.words[:, :0]
        ours, theirs = [nothing], [nothing]
        left = self.counts.size
        while left >= 0:
            pure = self._pure()
            if not pure.size:
                break
            keys, counts = self.words[:, pure], self.counts[pure]
            ours.append(keys[:, counts == 1])
            theirs.append(keys[:, counts != 1])
            self._toggle(keys, fingerprints(keys, self.seed), -counts)
            left -= pure.size  # a false key would go in circles
        if self.counts.any() or self.checks.any() or self.words.any():
            return None
        return np.concatenate(ours, axis=1), np.concatenate(theirs, axis=1)

    def _pure(self) -> NDArray[np.intp]:
        """Find cells with one key, and of those with the same key only one."""
        single = np.flatnonzero((self.counts == 1) | (self.counts == _WRAP - 1))
        prints = fingerprints(self.words[:, single], self.seed)
        # That the key belongs into this very cell is as good as log2(cells) more bits of checksum.
        partition, cell = np.divmod(single, self.cells)
        homes = positions(prints, self.cells)[partition, np.arange(single.size)]
        sound = (checksums(prints) == self.checks[single]) & (homes == cell)
        _, first = np.unique(prints[sound], return_index=True)
        return np.asarray(single[sound][first])

    def _toggle(self, keys: Words, prints: Numbers, amount: np.uint8 | NDArray[np.uint8]) -> None:
        checks = checksums(prints)
        for partition, homes in enumerate(positions(prints, self.cells)):
            at = homes + partition * self.cells
            np.add.at(self.counts, at, amount)
            np.bitwise_xor.at(self.checks, at, checks)
            for mixed, word in zip(self.words, keys, strict=True):
                np.bitwise_xor.at(mixed, at, word)


def _narrowed(words: Words, width: int) -> NDArray[np.uint8]:
    rows = np.ascontiguousarray(words.T, "<u8").view(np.uint8)
    return rows[:, :width]


def _widened(rows: NDArray[np.uint8]) -> Words:
    width = rows.shape[1]
    words = np.zeros((len(rows), -(-width // WORD_BYTES) * WORD_BYTES), np.uint8)
    words[:, :width] = rows
    return np.ascontiguousarray(words.view("<u8").T, np.uint64)
