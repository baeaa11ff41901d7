"""Answers: from a vendor request to the bytes of its response.

One rule per step: path, key, permission, filters, page, envelope. No HTTP here beyond the values
of a request, so that a test can ask without a socket.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode

import orjson

from emulator import errors, paging
from emulator.endpoints import ENDPOINTS, RELATIONSHIPS
from emulator.queries import compile_filters
from emulator.tables import serialised

if TYPE_CHECKING:
    from emulator.endpoints import Endpoint, Presentation
    from emulator.paging import Cursor, Predicate
    from emulator.queries import Query
    from emulator.tables import Record, Row
    from emulator.world import World

DEFAULT_PAGE_SIZE = 10
DEFAULT_KEY = "og-emulator-key-with-bulk-permission"
KEY_WITHOUT_BULK = "og-emulator-key-without-bulk-permission"
"""Long on purpose: output filters mask every occurrence of a key, so a key must be no word."""


@dataclass
class Settings:
    """How this stand-in behaves where the documentation leaves it open."""

    api_key: str = DEFAULT_KEY
    bad_key_status: int = 403
    slashless: str = "not_found"
    """`not_found`, or `redirect` to the path with a slash."""
    next_keeps_page_size: bool = True
    requests_per_minute: int | None = None
    latency: float = 0.0
    """Seconds before each answer."""
    shapes: dict[str, str] = field(default_factory=dict)
    """Endpoint to one of `paging.SHAPES`, where it differs from the default."""


@dataclass(frozen=True)
class Request:
    """What of an HTTP request matters here. *path* is still percent-encoded."""

    method: str
    path: str
    pairs: list[tuple[str, str]]
    query_string: str
    base_url: str
    key: str | None
    version: str | None

    @property
    def query(self) -> Query:
        """The parameters, each with its values in order."""
        query: Query = {}
        for name, value in self.pairs:
            query.setdefault(name, []).append(value)
        return query


Answer = Callable[["World", Settings, Request], bytes]


def parse_query(text: str) -> list[tuple[str, str]]:
    """Split a query string."""
    return parse_qsl(text, keep_blank_values=True)


def resolve(path: str) -> tuple[str, Answer] | None:
    """Find what answers *path*, with its endpoint's name; None for no such path."""
    segments = [unquote(segment) for segment in path.strip("/").split("/")]
    listed = ENDPOINTS.get("/".join(segments))
    if listed is not None:
        return listed.path, lambda world, settings, request: answer_list(
            world, settings, request, listed
        )
    match segments:
        case ["products", product_id, "relationships"]:
            return RELATIONSHIPS, lambda world, _settings, request: answer_relationships(
                world, request, product_id
            )
        case ["subscriptions", "components", component_id]:
            return "subscriptions/components", lambda world, _settings, _request: answer_component(
                world, component_id
            )
        case [name, key] if name in ENDPOINTS and ENDPOINTS[name].retrieve:
            return f"{name}/id", lambda world, _settings, request: answer_single(
                world, request, ENDPOINTS[name], key
            )
    return None


def authenticate(settings: Settings, request: Request) -> None:
    """Refuse a request whose key is not one of the two this merchant has."""
    if request.key not in {settings.api_key, KEY_WITHOUT_BULK}:
        raise errors.bad_key(settings.bad_key_status)


def answer_list(world: World, settings: Settings, request: Request, endpoint: Endpoint) -> bytes:
    """Answer a list endpoint."""
    query = request.query
    if endpoint.narrowing and request.key == KEY_WITHOUT_BULK and not endpoint.narrowing & set(query):
        raise errors.no_bulk_permission()
    matches = _all_of(compile_filters(world, endpoint.filters, query) + endpoint.hidden(query))
    version_2 = request.version == "2" or endpoint.oldest_first
    shape = settings.shapes.get(endpoint.path) or endpoint.shape or "cursor"
    if shape in {"cursor", "counted"} and not version_2:
        shape = "pages"
    rows = world[endpoint.table].rows
    if shape in {"array", "results_only"}:
        size = len(rows)
    else:
        size = page_size(query, endpoint.largest_page)
    links: tuple[str | None, str | None] = (None, None)
    count = None
    if shape in {"pages", "counted"}:
        count = len(rows) if matches is None else sum(matches(row.data) for row in rows)
    if shape == "pages":
        number = _page_number(query)
        page = paging.cut_numbered(rows, size, number, matches)
        links = (
            _link(settings, request, "page", str(number + 1)) if number * size < count else None,
            _link(settings, request, "page", str(number - 1)) if number > 1 else None,
        )
    else:
        text = query.get("cursor", [""])[-1]
        cursor = paging.Cursor.decode(text) if text else None
        page = paging.cut(
            rows, size, cursor=cursor, matches=matches, oldest_first=endpoint.oldest_first
        )
        links = (
            _cursor_link(settings, request, page.next),
            _cursor_link(settings, request, page.previous),
        )
    results = _presented(page.rows, endpoint.present(query))
    return paging.envelope(shape, results, links, count)


def answer_single(world: World, request: Request, endpoint: Endpoint, key: str) -> bytes:
    """Answer `/{endpoint}/{id}/`."""
    row = world[endpoint.table].get(key)
    if row is None or endpoint.retrieve is None:
        raise errors.not_found()
    present = endpoint.present(request.query) or (lambda record: record)
    return orjson.dumps(endpoint.retrieve(present(row.data)))


def answer_component(world: World, component_id: str) -> bytes:
    """Answer `/subscriptions/components/{id}/`; no list of components exists."""
    for row in world["subscriptions"].rows:
        for component in row["components"]:
            if isinstance(component, dict) and component["public_id"] == component_id:
                return orjson.dumps(component)
    raise errors.not_found()


def answer_relationships(world: World, request: Request, product_id: str) -> bytes:
    """Answer with every relationship that has the product on either side, as a bare array."""
    if world["products"].get(product_id) is None:
        raise errors.not_found()
    kinds = request.query.get("type")

    def concerns(relation: Record) -> bool:
        sides = (relation["from_product"], relation["to_product"])
        return product_id in sides and (not kinds or relation["relationship_type"] == kinds[-1])

    rows = [row for row in world["relationships"].rows if concerns(row.data)]
    return paging.envelope("array", serialised(rows))


def page_size(query: Query, largest: int) -> int:
    """Return the number of rows asked for; nonsense means the default, too many the cap."""
    text = query.get("page_size", [""])[-1]
    size = int(text) if text.isdecimal() else 0
    return min(size, largest) or DEFAULT_PAGE_SIZE


def _page_number(query: Query) -> int:
    text = query.get("page", ["1"])[-1]
    if not text.isdecimal():
        raise errors.invalid_page()
    return int(text)


def _all_of(predicates: list[Predicate]) -> Predicate | None:
    if len(predicates) <= 1:
        return predicates[0] if predicates else None
    return lambda record: all(matches(record) for matches in predicates)


def _presented(rows: list[Row], present: Presentation | None) -> list[bytes]:
    if present is None:
        return serialised(rows)
    return [orjson.dumps(present(row.data)) for row in rows]


def _cursor_link(settings: Settings, request: Request, cursor: Cursor | None) -> str | None:
    return None if cursor is None else _link(settings, request, "cursor", cursor.encode())


def _link(settings: Settings, request: Request, name: str, value: str) -> str:
    """Return the absolute URL of another page: the same filters, sorted, and the new place."""
    dropped = {"cursor", "page"} | (set() if settings.next_keeps_page_size else {"page_size"})
    kept = [(k, v) for k, v in request.pairs if k not in dropped]
    return f"{request.base_url}{request.path}?{urlencode(sorted([*kept, (name, value)]))}"
