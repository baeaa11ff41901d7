"""Pages: every row exactly once, whatever happens to other rows meanwhile."""

from base64 import b64encode
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.errors import VendorError
from emulator.paging import Cursor, Page, cut, cut_numbered, envelope
from emulator.tables import Row, Table

# Few seconds for many rows: ties are the hard case.
creations = st.lists(st.integers(0, 9), max_size=40)
sizes = st.integers(1, 12)


def a_table(seconds: list[int]) -> Table:
    table = Table("things", ("public_id",))
    for number, second in enumerate(seconds):
        table.insert({"public_id": f"id{number}"}, f"2026-03-02 12:00:0{second}")
    return table


def keys(page: Page) -> list[str]:
    return [row.key[0] for row in page.rows]


@given(seconds=creations, size=sizes, oldest_first=st.booleans())
def test_a_walk_sees_every_row_once_in_order_of_creation(
    seconds: list[int], size: int, *, oldest_first: bool
) -> None:
    table = a_table(seconds)
    seen: list[Row] = []
    cursor = None
    while True:
        page = cut(table.rows, size, cursor=cursor, oldest_first=oldest_first)
        seen += page.rows
        cursor = page.next
        if cursor is None:
            break
        assert len(page.rows) == size
        assert Cursor.decode(cursor.encode()) == cursor
    assert seen == (table.rows if oldest_first else table.rows[::-1])


@given(creations, sizes, st.data())
def test_a_row_that_stays_is_seen_once_while_others_come_and_go(
    seconds: list[int], size: int, data: st.DataObject
) -> None:
    table = a_table(seconds)
    staying = {row.key for row in table.rows}
    seen: list[tuple[str]] = []
    cursor = None
    while True:
        page = cut(table.rows, size, cursor=cursor)
        seen += [row.key for row in page.rows]
        if page.next is None:
            break
        cursor = Cursor.decode(page.next.encode())
        victim = data.draw(st.sampled_from(table.rows))
        table.remove([victim])
        staying.discard(victim.key)
        second = data.draw(st.integers(0, 9))
        table.insert({"public_id": f"new{len(seen)}"}, f"2026-03-02 12:00:0{second}")
    assert sorted(key for key in seen if key in staying) == sorted(staying)


@given(seconds=creations, size=sizes, oldest_first=st.booleans())
def test_previous_leads_back_through_the_same_pages(
    seconds: list[int], size: int, *, oldest_first: bool
) -> None:
    rows = a_table(seconds).rows
    pages = [cut(rows, size, oldest_first=oldest_first)]
    while pages[-1].next:
        pages.append(cut(rows, size, cursor=pages[-1].next, oldest_first=oldest_first))
    assert pages[0].previous is None
    for before, page in pairwise(pages):
        assert page.previous is not None
        back = cut(rows, size, cursor=page.previous, oldest_first=oldest_first)
        assert keys(back) == keys(before)


@given(creations, sizes)
def test_a_filter_hides_rows_and_nothing_else(seconds: list[int], size: int) -> None:
    rows = a_table(seconds).rows
    wanted = {row.key[0] for row in rows if int(row.key[0][2:]) % 3}
    seen = []
    cursor = None
    while True:
        page = cut(rows, size, cursor=cursor, matches=lambda r: r["public_id"] in wanted)
        seen += keys(page)
        cursor = page.next
        if cursor is None:
            break
    assert seen == [row.key[0] for row in reversed(rows) if row.key[0] in wanted]


@given(creations, sizes)
def test_numbered_pages_are_the_same_list_in_slices(seconds: list[int], size: int) -> None:
    rows = a_table(seconds).rows
    seen, number, more = [], 1, True
    while more:
        page, more = cut_numbered(rows, size, number, None)
        seen += keys(page)
        number += 1
    assert seen == [row.key[0] for row in reversed(rows)]
    with pytest.raises(VendorError, match="Invalid page"):
        cut_numbered(rows, size, number, None)


def test_the_documented_cursor_is_understood() -> None:
    """The sample of the pagination page is a creation time, urlencoded, in base64."""
    cursor = Cursor("2024-04-10 10:21:01")
    assert Cursor.decode("cD0yMDI0LTA0LTEwKzEwJTNBMjElM0EwMQ==") == cursor
    assert cursor.encode() == "cD0yMDI0LTA0LTEwKzEwJTNBMjElM0EwMQ=="


@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda raw: b64encode(raw).decode()))
def test_a_cursor_nobody_issued_is_the_vendors_404(text: str) -> None:
    with pytest.raises(VendorError) as refused:
        Cursor.decode(text)
    assert (refused.value.status, refused.value.body) == (404, {"detail": "Invalid cursor"})


@pytest.mark.parametrize(
    ("shape", "results", "expected"),
    [
        ("cursor", [b"1", b"2"], b'{"next":"n","previous":null,"results":[1,2]}'),
        ("pages", [b"1"], b'{"count":7,"next":"n","previous":null,"results":[1]}'),
        ("counted", [b"1"], b'{"count":7,"next":"n","previous":null,"results":[1]}'),
        ("results_only", [b"1"], b'{"results":[1]}'),
        ("array", [b"1", b"2"], b"[1,2]"),
        ("array", [], b"[]"),
        ("object", [b'{"a":1}'], b'{"a":1}'),
        ("object", [], b'{"next":"n","previous":null,"results":[]}'),
        ("object", [b"1", b"2"], b'{"next":"n","previous":null,"results":[1,2]}'),
    ],
)
def test_each_envelope_is_the_documented_one(
    shape: str, results: list[bytes], expected: bytes
) -> None:
    count = 7 if shape in {"pages", "counted"} else None
    assert envelope(shape, results, ("n", None), count) == expected
