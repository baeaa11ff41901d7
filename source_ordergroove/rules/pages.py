"""What counts as a page.

Ordergroove's documentation shows three envelopes: an object with `results`, a bare array and a
single object. Anything else is no page: taken for an empty one it would end the walk, and every
row after it would look deleted.
"""

from typing import Any, NamedTuple

import orjson


class PageError(ValueError):
    """The body is no page. The message says what it is instead, without quoting it."""


class PageBody(NamedTuple):
    """The rows of a page and the link to the next one (None: this was the last).

    *total* is the number of rows that the older envelope names.
    """

    rows: list[dict[str, Any]]
    next: str | None
    total: int | None = None


def read_page(body: bytes) -> PageBody:
    """Read a list page; raise `PageError` for anything that is not one.

    A single object counts as one row (some of the vendor's examples show lists so), unless it
    looks like an error or like an envelope that lost its rows.
    """
    document = _parse(body)
    if isinstance(document, list):
        return PageBody(_rows(document), None)
    if "results" in document:
        if not isinstance(document["results"], list):
            msg = f"`results` is {_kind(document['results'])}, not a list"
            raise PageError(msg)
        count = document.get("count")
        total = count if isinstance(count, int) else None
        return PageBody(_rows(document["results"]), _next(document), total)
    _refuse_error_or_envelope(document)
    return PageBody([document], None)


def read_object(body: bytes) -> PageBody:
    """Read the answer to a request for one object by its id."""
    document = _parse(body)
    if isinstance(document, list):
        msg = "a list came where one object was asked for"
        raise PageError(msg)
    _refuse_error_or_envelope(document)
    return PageBody([document], None)


def _parse(body: bytes) -> dict[str, Any] | list[Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if body.lstrip()[:1] == b"<":
            msg = f"it is HTML or XML, not JSON ({len(body)} bytes)"
        elif not body.strip():
            msg = "it is empty"
        else:
            msg = f"it is no complete JSON ({len(body)} bytes, broken at {error.pos})"
        raise PageError(msg) from None
    if not isinstance(document, dict | list):
        msg = f"it is {_kind(document)}, not a page"
        raise PageError(msg)
    return document


def _rows(results: list[Any]) -> list[dict[str, Any]]:
    for row in results:
        if not isinstance(row, dict):
            msg = f"a row is {_kind(row)}, not an object"
            raise PageError(msg)
    return results


def _next(envelope: dict[str, Any]) -> str | None:
    link = envelope.get("next")
    if link is None:
        return None
    if not isinstance(link, str) or not link:
        msg = f"`next` is {_kind(link)}, neither a link nor null"
        raise PageError(msg)
    return link


def _refuse_error_or_envelope(document: dict[str, Any]) -> None:
    if not document:
        msg = "it is an empty object"
        raise PageError(msg)
    if document.keys() & {"next", "previous", "count", "results"}:
        msg = "it is an envelope without `results`"
        raise PageError(msg)
    if document.keys() <= {"detail", "error", "errors", "message", "code", "status"}:
        msg = "it is an error message"
        raise PageError(msg)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
