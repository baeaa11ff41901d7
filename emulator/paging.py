"""Cursors and pages in the manner of Django REST framework, which the documented cursor shows.

The documentation's sample cursor decodes to `p=2024-04-10+10%3A21%3A01`: a creation time,
outside the window its request filters on. So lists are ordered by creation, and since a page
continues from a time and not from a count, rows born or gone in between neither repeat nor hide
another row.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import orjson

from emulator.errors import invalid_cursor, invalid_page
from emulator.tables import position_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emulator.tables import Position, Record, Row

    Predicate = Callable[[Record], bool]

SHAPES = ("cursor", "pages", "counted", "results_only", "array", "object")
"""Envelopes the documentation shows.

`cursor` next, previous, results (v2); `pages` also count, `?page=N` (v1); `counted` count with
cursors; `results_only` no links; `array` bare; `object` a bare object for one row, else `cursor`.
"""

_CREATED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: continue after *created*, or after row *number* of that second."""

    created: str
    number: int | None = None
    backwards: bool = False

    def encode(self) -> str:
        """Return the opaque text a client gets."""
        place = f"p={self.created.replace(' ', '+').replace(':', '%3A')}"
        if self.number is not None:
            place = f"o={self.number}&{place}"
        return b64encode((f"r=1&{place}" if self.backwards else place).encode()).decode()

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Read a cursor back; anything else is the vendor's 404."""
        try:
            parts = dict(parse_qsl(b64decode(text, validate=True).decode(), strict_parsing=True))
            cursor = cls(parts["p"], int(parts["o"]) if "o" in parts else None, "r" in parts)
        except (ValueError, KeyError):
            raise invalid_cursor() from None
        if not _CREATED.fullmatch(cursor.created):
            raise invalid_cursor()
        return cursor


@dataclass(frozen=True)
class Page:
    """A stretch of a list and the cursors to both sides of it."""

    rows: Sequence[Row]
    next: Cursor | None = None
    previous: Cursor | None = None


def cut(
    rows: Sequence[Row],
    size: int,
    *,
    cursor: Cursor | None = None,
    matches: Predicate | None = None,
    oldest_first: bool = False,
) -> Page:
    """Cut the page of *size* that follows *cursor* out of *rows*, which are oldest first."""
    backwards = cursor is not None and cursor.backwards
    upwards = oldest_first != backwards
    place = _place(rows, cursor, upwards=upwards)
    found = _take(rows, place, size + 1, matches, upwards=upwards)
    page, beyond = found[:size], found[size:]
    ahead = _between(page[-1], beyond[0]) if beyond else None
    behind = None
    if cursor is not None and page:
        before = _take(rows, place, 1, matches, upwards=not upwards)
        behind = _between(page[0], before[0], backwards=not backwards) if before else None
    if not backwards:
        return Page(page, ahead, behind)
    back = Cursor(ahead.created, ahead.number, backwards=True) if ahead else None
    return Page(page[::-1], behind, back)


def _place(rows: Sequence[Row], cursor: Cursor | None, *, upwards: bool) -> int:
    """Return the index of the first row above the cut."""
    if cursor is None:
        return 0 if upwards else len(rows)
    if upwards:
        above: Position = (cursor.created, inf if cursor.number is None else cursor.number)
        return bisect_right(rows, above, key=position_of)
    below: Position = (cursor.created, -inf if cursor.number is None else cursor.number)
    return bisect_left(rows, below, key=position_of)


def _take(
    rows: Sequence[Row], place: int, count: int, matches: Predicate | None, *, upwards: bool
) -> Sequence[Row]:
    """Return the first *count* matching rows above or below *place*, nearest first."""
    if matches is None:
        return rows[place : place + count] if upwards else rows[max(0, place - count) : place][::-1]
    # By index, not over a slice: a page must not copy what is left of a hundred thousand rows.
    indexes = range(place, len(rows)) if upwards else range(place - 1, -1, -1)
    walk = map(rows.__getitem__, indexes)
    return list(islice((row for row in walk if matches(row.data)), count))


def _between(last: Row, first: Row, *, backwards: bool = False) -> Cursor:
    """Return the cursor after *last*; the second tells unless *first* shares it."""
    created, number = last.position
    return Cursor(created, int(number) if first.position[0] == created else None, backwards)


def cut_numbered(
    rows: Sequence[Row], size: int, number: int, matches: Predicate | None
) -> tuple[Page, bool]:
    """Cut page *number* (from 1) of page-number paging, and say whether there are more.

    Rows born or gone between two requests shift the pages: they repeat or hide rows, as documented.
    """
    skipped = (number - 1) * size
    found = _take(rows, len(rows), skipped + size + 1, matches, upwards=False)[skipped:]
    if not found and number > 1:
        raise invalid_page()
    return Page(found[:size]), len(found) > size


def envelope(
    shape: str,
    results: list[bytes],
    links: tuple[str | None, str | None] = (None, None),
    count: int | None = None,
) -> bytes:
    """Write a page of serialised *results* in one of `SHAPES`, with its next and previous link."""
    joined = b",".join(results)
    if shape == "array":
        return b"[" + joined + b"]"
    if shape == "object" and len(results) == 1:
        return joined
    if shape == "results_only":
        return b'{"results":[' + joined + b"]}"
    following, previous = map(orjson.dumps, links)
    counted = b'"count":%d,' % count if count is not None else b""
    return b'{%b"next":%b,"previous":%b,"results":[%b]}' % (counted, following, previous, joined)
