"""Answers: from a vendor path to the function that knows its response."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

import orjson

from emulator import errors, paging
from emulator.endpoints import ENDPOINTS, RELATIONSHIPS
from emulator.listing import answer_list
from emulator.request import Request
from emulator.settings import KEY_WITHOUT_BULK, Settings
from emulator.tables import serialised
from emulator.world import World

if TYPE_CHECKING:
    from emulator.endpoints import Endpoint
    from emulator.tables import Record

Answer = Callable[[World, Settings, Request], bytes]
"""Returns the body of a 200, or raises `errors.VendorError`."""


def resolve(path: str) -> tuple[str, Answer] | None:
    """Find what answers *path* and its name in logs, faults and settings; None for no such path."""
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
