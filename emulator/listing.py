"""A list endpoint's answer: permission, filters, page, envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import orjson

from emulator import errors, paging
from emulator.queries import compile_filters, whole_number
from emulator.settings import KEY_WITHOUT_BULK
from emulator.tables import serialised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emulator.endpoints import Endpoint, Presentation
    from emulator.paging import Cursor, Page, Predicate
    from emulator.queries import Query
    from emulator.request import Request
    from emulator.settings import Settings
    from emulator.tables import Row
    from emulator.world import World

DEFAULT_PAGE_SIZE = 10

Links = tuple[str | None, str | None]
"""The URLs of the next and the previous page."""


def answer_list(world: World, settings: Settings, request: Request, endpoint: Endpoint) -> bytes:
    """Answer a list endpoint with a page in its envelope."""
    query = request.query
    if (
        request.key == KEY_WITHOUT_BULK
        and endpoint.personal
        and not endpoint.narrowing & set(query)
    ):
        raise errors.no_bulk_permission()
    matches = _all_of(compile_filters(world, endpoint.filters, query) + endpoint.hidden(query))
    shape = _shape(settings, request, endpoint)
    rows = world[endpoint.table].rows
    count = None
    if shape in {"pages", "counted"}:
        count = len(rows) if matches is None else sum(matches(row.data) for row in rows)
    if shape == "pages":
        page, links = _numbered(settings, request, endpoint, rows, matches)
    elif shape in {"array", "results_only"}:
        page, links = paging.cut(rows, len(rows), matches=matches), (None, None)
    else:
        page, links = _by_cursor(settings, request, endpoint, rows, matches)
    return paging.envelope(shape, _presented(page.rows, endpoint.present(query)), links, count)


def page_size(query: Query, largest: int) -> int:
    """Return the number of rows asked for; nonsense means the default, too many the cap."""
    return min(whole_number(query.get("page_size", [""])[-1]) or DEFAULT_PAGE_SIZE, largest)


def _shape(settings: Settings, request: Request, endpoint: Endpoint) -> str:
    shape = settings.shapes.get(endpoint.path, endpoint.shape)
    if shape in {"cursor", "counted"} and request.version != "2" and not endpoint.always_cursors:
        return "pages"
    return shape


def _numbered(
    settings: Settings,
    request: Request,
    endpoint: Endpoint,
    rows: Sequence[Row],
    matches: Predicate | None,
) -> tuple[Page, Links]:
    """Cut a page of the deprecated v1 paging, `?page=N`."""
    number = whole_number(request.query.get("page", ["1"])[-1])
    if not number:
        raise errors.invalid_page()
    size = page_size(request.query, endpoint.largest_page)
    page, more = paging.cut_numbered(rows, size, number, matches)
    following = _link(settings, request, "page", str(number + 1)) if more else None
    previous = _link(settings, request, "page", str(number - 1)) if number > 1 else None
    return page, (following, previous)


def _by_cursor(
    settings: Settings,
    request: Request,
    endpoint: Endpoint,
    rows: Sequence[Row],
    matches: Predicate | None,
) -> tuple[Page, Links]:
    text = request.query.get("cursor", [""])[-1]
    page = paging.cut(
        rows,
        page_size(request.query, endpoint.largest_page),
        cursor=paging.Cursor.decode(text) if text else None,
        matches=matches,
        oldest_first=endpoint.oldest_first,
    )

    def link(cursor: Cursor | None) -> str | None:
        return None if cursor is None else _link(settings, request, "cursor", cursor.encode())

    return page, (link(page.next), link(page.previous))


def _all_of(predicates: list[Predicate]) -> Predicate | None:
    if len(predicates) <= 1:
        return predicates[0] if predicates else None
    return lambda record: all(matches(record) for matches in predicates)


def _presented(rows: Sequence[Row], present: Presentation | None) -> list[bytes]:
    if present is None:
        return serialised(rows)
    return [orjson.dumps(present(row.data)) for row in rows]


def _link(settings: Settings, request: Request, name: str, value: str) -> str:
    """Return the absolute URL of another page: the same filters as sent, sorted, and the place."""
    dropped = {"cursor", "page"} | (set() if settings.next_keeps_page_size else {"page_size"})
    sent = request.query_string.split("&") if request.query_string else []
    kept = [part for part in sent if part.partition("=")[0] not in dropped]
    query = "&".join(sorted([*kept, f"{name}={quote(value, safe='')}"]))
    return f"{request.base_url}{request.path}?{query}"
