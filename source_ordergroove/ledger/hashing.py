"""Where a key lies in a sketch, and its checksum: functions of the key's words and a seed.

SplitMix64's finaliser (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA
2014) over all words, since numpy has no hash and a cryptographic one costs a Python call for each
key. Keys are not secret and nobody gains by a collision, which is noticed anyway.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]

HASHES: Final = 4
CHECK_BYTES: Final = 6

_STEP: Final = 0x9E3779B97F4A7C15
_HALF: Final = np.uint64(32)
_LOW: Final = np.uint64(0xFFFFFFFF)
_CHECK: Final = np.uint64((1 << CHECK_BYTES * 8) - 1)


def fingerprints(words: Numbers, seed: int) -> Numbers:
    """Hash each key, a column of `words`, to 64 bits."""
    found = np.full(words.shape[1], seed, np.uint64)
    for word in words:
        found = _mixed(found ^ word)
        found += np.uint64(_STEP)
    return found


def positions(prints: Numbers, cells: int) -> NDArray[np.intp]:
    """Choose a cell of `cells` (below 2**32) for each key: a row for each of the partitions."""
    first, second = _mixed(prints + _multiple(1)), _mixed(prints + _multiple(2))
    halves = np.stack((first >> _HALF, first & _LOW, second >> _HALF, second & _LOW))
    return (halves * np.uint64(cells) >> _HALF).astype(np.intp)


def checksums(prints: Numbers) -> Numbers:
    """Give the checksum of each key, 48 bits that its positions say nothing about."""
    return _mixed(prints + _multiple(3)) & _CHECK


def _multiple(factor: int) -> np.uint64:
    return np.uint64(_STEP * factor % (1 << 64))


def _mixed(numbers: Numbers) -> Numbers:
    mixed = numbers ^ (numbers >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed
