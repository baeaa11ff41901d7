r"""Text keys and the columns of fixed-width values that hold them.

A million Python strings of 32 characters take 90 MB; as 16 byte values in one numpy array, 16 MB.
So every key is held in the narrowest form that gives back exactly its text, and equal forms share
an array:

* an integer in canonical decimal (no sign, no leading zero, at most 19 digits): 8 bytes
* 32 lower-case hex digits: 16 bytes
* anything else: its UTF-8 bytes, one array for each length, in which a run of 32 hex digits and a
  dashed UUID shrink to a marker and 16 bytes (composite keys are made of them). UTF-8 never
  contains the marker bytes, so packing can be undone, lone surrogates included.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from source_ordergroove.ledger.errors import LedgerError

Column: TypeAlias = int
"""Which form: `INTEGER`, `HEX`, or for text the number of packed bytes (1 or more)."""
Values: TypeAlias = NDArray[Any]
"""One column's values: unsigned 64 bit integers, or byte strings of the column's width."""

INTEGER: Final = -2
HEX: Final = -1
HEX_BYTES: Final = 16

_is_integer = re.compile(r"0|[1-9][0-9]{0,18}").fullmatch
_is_hex = re.compile(r"[0-9a-f]{32}").fullmatch

_PLAIN, _DASHED, _EMPTY = b"\xff", b"\xfe", b"\xfd"
_RUNS = re.compile(rb"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PACKED_RUNS = re.compile(rb"([\xfe\xff])(.{16})", re.DOTALL)

_PART = re.compile(r"(?:[^|\\]|\\[|\\])*")
_ESCAPED = re.compile(r"\\(.)")


def join_key(parts: Sequence[str]) -> str:
    """Make one key of the parts of a primary key; a part that needs no escape stays as it is.

    Raises `ValueError` without parts: `()` could not be told from `("",)`.
    """
    if not parts:
        raise ValueError("A key needs at least one part.")
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def split_key(key: str) -> tuple[str, ...]:
    """Undo `join_key`; raises `LedgerError` for a text that it never makes."""
    parts, start = [], 0
    while True:
        end = _PART.match(key, start).end()  # type: ignore[union-attr]  # it matches "" at least
        parts.append(_ESCAPED.sub(r"\1", key[start:end]))
        if end == len(key):
            return tuple(parts)
        if key[end] != "|":
            raise LedgerError(f"The key {key!r} has a backslash that escapes nothing.")
        start = end + 1


def dtype_of(column: Column) -> np.dtype[Any]:
    """Give the numpy type that holds the values of a column."""
    if column == INTEGER:
        return np.dtype(np.uint64)
    return np.dtype(f"S{HEX_BYTES if column == HEX else column}")


def to_columns(keys: Sequence[str]) -> dict[Column, Values]:
    """Sort keys into columns, in their order and with their duplicates."""
    columns: dict[Column, Values] = {}
    integers = list(filter(_is_integer, keys))
    hexes = list(filter(_is_hex, keys))
    if integers:
        columns[INTEGER] = np.fromiter(map(int, integers), np.uint64, len(integers))
    if hexes:
        columns[HEX] = np.frombuffer(bytes.fromhex("".join(hexes)), dtype_of(HEX))
    if len(integers) + len(hexes) < len(keys):
        texts: defaultdict[Column, list[bytes]] = defaultdict(list)
        for key in keys:
            if not (_is_integer(key) or _is_hex(key)):
                packed = _pack(key)
                texts[len(packed)].append(packed)
        for width, rows in texts.items():
            columns[width] = np.frombuffer(b"".join(rows), dtype_of(width))
    return columns


def to_keys(column: Column, values: Values) -> Iterator[str]:
    """Give back the text of each value of one column."""
    if column == INTEGER:
        return map(str, values.tolist())
    # Slices of the whole, since numpy cuts trailing zero bytes off a single bytes item.
    raw = values.tobytes()
    if column == HEX:
        digits = raw.hex()
        return (digits[at : at + 32] for at in range(0, len(digits), 32))
    return (_unpack(raw[at : at + column]) for at in range(0, len(raw), column))


def in_blocks(values: Values, rows: int) -> Iterable[Values]:
    """Cut an array into views of at most `rows` items, so that temporary copies stay small."""
    return (values[at : at + rows] for at in range(0, len(values), rows))


def _pack(text: str) -> bytes:
    return _RUNS.sub(_pack_run, text.encode("utf-8", "surrogatepass")) or _EMPTY


def _pack_run(run: re.Match[bytes]) -> bytes:
    digits = run[0].decode()
    return (_DASHED if "-" in digits else _PLAIN) + bytes.fromhex(digits.replace("-", ""))


def _unpack(packed: bytes) -> str:
    if packed == _EMPTY:
        return ""
    return _PACKED_RUNS.sub(_unpack_run, packed).decode("utf-8", "surrogatepass")


def _unpack_run(run: re.Match[bytes]) -> bytes:
    digits = run[2].hex()
    if run[1] == _DASHED:
        digits = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return digits.encode()
