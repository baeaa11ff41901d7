"""Only a page is a page: what is taken for one without being one would end a walk in silence."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.rules.pages import PageBody, PageError, read_object, read_page

NEXT = "https://restapi.ordergroove.com/orders/?cursor=cD0y"
EMAIL = "jane.doe@example.com"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
rows = st.lists(st.dictionaries(st.text(max_size=8), json_values, max_size=4), max_size=5)
links = st.none() | st.text(min_size=1)


def body(document: object) -> bytes:
    return json.dumps(document).encode()


@given(rows, links, st.none() | st.integers(0, 2**31))
def test_envelope(found: list[dict[str, Any]], link: str | None, total: int | None) -> None:
    """With and without the total that the older one counts: rows and link as sent."""
    counted = {} if total is None else {"count": total}
    document = {**counted, "next": link, "previous": NEXT, "results": found}

    assert read_page(body(document)) == PageBody(found, link, total)


@pytest.mark.parametrize("found", [[], [{"public_id": "0"}, {"public_id": "1", "extra": [None]}]])
def test_list_without_links_is_whole(found: list[dict[str, Any]]) -> None:
    """An envelope of results alone, and the bare array."""
    assert read_page(body({"results": found})) == PageBody(found, None)
    assert read_page(body(found)) == PageBody(found, None)


@given(st.dictionaries(st.text(), json_values))
def test_single_object_is_a_list_of_one(fields: dict[str, Any]) -> None:
    row = {**fields, "public_id": "01234567"}
    for name in ("results", "next", "previous", "count"):
        row.pop(name, None)

    assert read_page(body(row)) == PageBody([row], None)
    assert read_object(body(row)) == PageBody([row], None)


@given(rows, links, st.data())
def test_cut_page_is_never_accepted(
    found: list[dict[str, Any]], link: str | None, data: st.DataObject
) -> None:
    """A connection that ends early leaves no shorter page, wherever it ends."""
    whole = body({"next": link, "previous": None, "results": found})
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]

    with pytest.raises(PageError):
        read_page(cut)


HTML = f"\n <!doctype html><h1>{EMAIL}</h1>".encode()

REFUSED_EVERYWHERE = [
    (HTML, f"it is HTML or XML, not JSON ({len(HTML)} bytes)"),
    (b'<?xml version="1.0"?><order/>', "it is HTML or XML, not JSON (29 bytes)"),
    (b"", "it is empty"),
    (b" \r\n ", "it is empty"),
    (b'{"results": [', "it is no complete JSON (13 bytes, broken at 13)"),
    (b"\xff\xfe", "it is no complete JSON (2 bytes, broken at 0)"),
    (body([]) + body([]), "it is no complete JSON (4 bytes, broken at 2)"),
    (b"null", "it is null, not a page"),
    (b"true", "it is a boolean, not a page"),
    (b"0", "it is a number, not a page"),
    (body(EMAIL), "it is text, not a page"),
    (b"{}", "it is an empty object"),
    (body({"next": None}), "it is an envelope without `results`"),
    (body({"count": 0, "next": None, "previous": None}), "it is an envelope without `results`"),
    (body({"detail": EMAIL}), "it is an error message"),
    (body({"error": {"email": EMAIL}}), "it is an error message"),
    (body({"errors": [EMAIL], "code": 1, "status": 500}), "it is an error message"),
    (body({"message": EMAIL}), "it is an error message"),
]
REFUSED_AS_LIST = [
    (body({"results": None}), "`results` is null, not a list"),
    (body({"results": {"email": EMAIL}}), "`results` is an object, not a list"),
    (body({"results": EMAIL}), "`results` is text, not a list"),
    (body({"results": [{}, EMAIL]}), "a row is text, not an object"),
    (body({"results": [None]}), "a row is null, not an object"),
    (body([[{"email": EMAIL}]]), "a row is a list, not an object"),
    (body({"results": [], "next": ""}), "`next` is text, neither a link nor null"),
    (body({"results": [], "next": 7}), "`next` is a number, neither a link nor null"),
    (body({"results": [], "next": False}), "`next` is a boolean, neither a link nor null"),
    (body({"results": [], "next": [NEXT]}), "`next` is a list, neither a link nor null"),
]
REFUSED_AS_OBJECT = [
    (body([{"email": EMAIL}]), "a list came where one object was asked for"),
    (body({"results": [], "next": None}), "it is an envelope without `results`"),
]


@pytest.mark.parametrize(("answer", "reason"), [*REFUSED_EVERYWHERE, *REFUSED_AS_LIST])
def test_list_that_is_none(answer: bytes, reason: str) -> None:
    """The reason says what came instead and quotes nothing of it."""
    with pytest.raises(PageError) as refusal:
        read_page(answer)

    assert str(refusal.value) == reason
    assert EMAIL not in str(refusal.value)


@pytest.mark.parametrize(("answer", "reason"), [*REFUSED_EVERYWHERE, *REFUSED_AS_OBJECT])
def test_object_that_is_none(answer: bytes, reason: str) -> None:
    with pytest.raises(PageError) as refusal:
        read_object(answer)

    assert str(refusal.value) == reason


@given(st.binary())
def test_bytes_nobody_meant_are_refused_and_nothing_worse(answer: bytes) -> None:
    try:
        found = read_page(answer)
    except PageError:
        return
    assert all(isinstance(row, dict) for row in found.rows)
