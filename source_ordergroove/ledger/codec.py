"""A set of keys as one text, without loss.

Columns are cut into segments that are coded on their own: temporary copies stay at a few megabytes
whatever the number of keys, and a set that turns out too large for its budget is given up after the
first segments.
"""

import struct
from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from source_ordergroove.ledger import coding
from source_ordergroove.ledger.envelope import seal, sealed_length, unseal
from source_ordergroove.ledger.keys import (
    HEX,
    HEX_BYTES,
    INTEGER,
    Column,
    Values,
    dtype_of,
    in_blocks,
)
from source_ordergroove.ledger.keyset import KeySet

_Order: TypeAlias = int

_KIND: Final = b"keys"
_HEADER: Final = struct.Struct("<iQB")  # column, number of keys, byte order
_LENGTH: Final = struct.Struct("<I")  # bytes of one segment
_SEGMENT_BYTES: Final = 1 << 20
_SAMPLE: Final = 8_192

# The vendor's ids are mostly UUIDs of version 1: time (low, middle, high), clock sequence, node. As
# they are written the fast bytes of the clock come first and neighbours share nothing; sorted by
# node and then by time they are a few dense sequences. Where each process has its own clock
# sequence that goes before the time, where each id has one it goes after it.
_ORDERS: Final = (
    tuple(range(HEX_BYTES)),
    (10, 11, 12, 13, 14, 15, 8, 9, 6, 7, 4, 5, 0, 1, 2, 3),
    (10, 11, 12, 13, 14, 15, 6, 7, 4, 5, 0, 1, 2, 3, 8, 9),
)
_AS_WRITTEN: Final[_Order] = 0


def encode(keys: KeySet) -> str:
    """Write a set of keys as text (ASCII, nothing that JSON escapes)."""
    return seal(b"".join(_pieces(keys)), _KIND)


def encode_within(keys: KeySet, limit: int) -> str | None:
    """Write a set of keys as text of at most `limit` characters, or give up early."""
    pieces, size = [], 0
    for piece in _pieces(keys):
        pieces.append(piece)
        size += len(piece)
        if sealed_length(size) > limit:
            return None
    return seal(b"".join(pieces), _KIND) if sealed_length(size) <= limit else None


def decode(text: str) -> KeySet:
    """Read what `encode` wrote; raises `LedgerError` for an unknown version or any damage."""
    return KeySet([dict(_columns(unseal(text, _KIND)))])


def _pieces(keys: KeySet) -> Iterator[bytes]:
    for column, values in keys.columns.items():
        order = _best_order(values) if column == HEX else _AS_WRITTEN
        yield _HEADER.pack(column, len(values), order)
        for block in in_blocks(_ordered(values, order), _segment_rows(column)):
            segment = _pack(column, block)
            yield _LENGTH.pack(len(segment))
            yield segment


def _columns(payload: bytes) -> Iterator[tuple[Column, Values]]:
    at = 0
    while at < len(payload):
        column, count, order = _HEADER.unpack_from(payload, at)
        at += _HEADER.size
        values = np.empty(count, dtype_of(column))
        for block in in_blocks(values, _segment_rows(column)):
            (length,) = _LENGTH.unpack_from(payload, at)
            at += _LENGTH.size
            block[:] = _unpack(column, payload[at : at + length], len(block))
            at += length
        yield column, _unordered(values, order)


def _segment_rows(column: Column) -> int:
    return max(1, _SEGMENT_BYTES // dtype_of(column).itemsize)


def _pack(column: Column, values: Values) -> bytes:
    if column == INTEGER:
        return coding.pack_numbers(values[:, None])
    if column == HEX:
        return coding.pack_numbers(_bytes(values).view(">u8").astype(np.uint64))
    return coding.pack_rows(_bytes(values))


def _unpack(column: Column, segment: bytes, count: int) -> Values:
    if column == INTEGER:
        return coding.unpack_numbers(segment, count, 1)[:, 0]
    if column == HEX:
        rows = coding.unpack_numbers(segment, count, 2).astype(">u8")
    else:
        rows = coding.unpack_rows(segment, count, column)
    return rows.view(dtype_of(column))[:, 0]


def _best_order(values: Values) -> _Order:
    """Choose by an even sample: a sparser set makes all orders longer by the same bits."""
    sample = values[:: -(-len(values) // _SAMPLE)]
    lengths = [len(_pack(HEX, _ordered(sample, order))) for order in range(len(_ORDERS))]
    return lengths.index(min(lengths))


def _ordered(values: Values, order: _Order) -> Values:
    if order == _AS_WRITTEN:
        return values
    values = _permuted(values, _ORDERS[order])
    values.sort()
    return values


def _unordered(values: Values, order: _Order) -> Values:
    if order == _AS_WRITTEN:
        return values
    return _permuted(values, tuple(np.argsort(_ORDERS[order])))  # the set sorts them


def _permuted(values: Values, places: tuple[int, ...]) -> Values:
    permuted = np.empty_like(values)
    rows = _segment_rows(HEX)
    for target, block in zip(in_blocks(permuted, rows), in_blocks(values, rows), strict=True):
        _bytes(target)[:] = _bytes(block)[:, places]
    return permuted


def _bytes(values: Values) -> NDArray[np.uint8]:
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1)
