"""The vendor's list endpoints as data: what each filters on, hides, and how large its pages get.

Parameters are those of the reference's section B; a stream's table is the endpoint's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator import queries
from emulator.queries import equals, flag, is_true, on_day, one_of, since, times, until

if TYPE_CHECKING:
    from emulator.paging import Predicate
    from emulator.queries import Filter, Query
    from emulator.tables import Record
    from emulator.world import World

Presentation = Callable[["Record"], "Record"]
"""What a record looks like for certain query parameters."""


@dataclass(frozen=True)
class Endpoint:
    """A list of the vendor's, and the single objects below it if they are documented.

    A list of *personal* data needs bulk permission unless a *narrowing* parameter brings it into
    the scope of one customer; other lists are merchant configuration and open to every key.
    """

    path: str
    table: str
    filters: dict[str, Filter] = field(default_factory=dict)
    narrowing: frozenset[str] = frozenset()
    personal: bool = True
    hidden: Callable[[Query], list[Predicate]] = lambda _query: []
    present: Callable[[Query], Presentation | None] = lambda _query: None
    retrieve: Presentation | None = None
    largest_page: int = 100
    oldest_first: bool = False
    always_cursors: bool = False
    """Whether lists come with cursors without `X-OG-API-VERSION: 2` too."""
    shape: str = "cursor"
    """The envelope by default, one of `paging.SHAPES`."""


def _order_field(name: str) -> Callable[[World, Record], Any]:
    def read(world: World, item: Record) -> Any:
        order = world["orders"].get(item["order"])
        return None if order is None else order[name]

    return read


def _through_order(make: Filter, name: str) -> Filter:
    """Apply a filter on the order's field *name* to items."""
    read = _order_field(name)

    def build(world: World, values: list[str]) -> Predicate | None:
        matches = make(world, values)
        return None if matches is None else lambda item: matches({name: read(world, item)})

    return build


def _orders_of_subscription(world: World, values: list[str]) -> Predicate:
    orders = {item["order"] for item in world["items"].find("subscription", values[-1])}
    return lambda order: order["public_id"] in orders


def _searched(world: World, values: list[str]) -> Predicate:
    del world
    wanted = values[-1].lower()
    fields = ("name", "sku", "external_product_id")
    return lambda product: any(wanted in str(product[f]).lower() for f in fields)


def _in_group(name: str) -> Filter:
    def build(_world: World, values: list[str]) -> Predicate:
        return lambda product: any(group[name] == values[-1] for group in product["groups"])

    return build


def _hidden_products(query: Query) -> list[Predicate]:
    """Hide what a subscriber cannot order: the documented default of the list."""
    hidden: list[Predicate] = []
    autoship = query.get("autoship_enabled", ["true"])[-1].lower()
    if autoship != "all":
        hidden.append(lambda product: product["autoship_enabled"] is (autoship != "false"))
    discontinued = query.get("allow_discontinued", ["false"])[-1].lower()
    if discontinued != "true":
        hidden.append(lambda product: product["discontinued"] is (discontinued == "strict"))
    return hidden


def _hidden_profiles(query: Query) -> list[Predicate]:
    status = query.get("status", ["available"])[-1]
    return [] if status == "all" else [lambda profile: profile["status"] == status]


def _hidden_incentives(query: Query) -> list[Predicate]:
    if is_true(query.get("include_item_level")) or "item" in query:
        return []
    return [lambda incentive: incentive["order"] is not None]


def _without(*fields: str) -> Presentation:
    return lambda record: {k: v for k, v in record.items() if k not in fields}


def _present_item(query: Query) -> Presentation | None:
    if is_true(query.get("omit_price_calculation")):
        return _without("price", "total_price", "extra_cost")
    return None


def _present_order(query: Query) -> Presentation | None:
    if is_true(query.get("include_has_plan")):
        return lambda order: {**order, "has_plan": order["public_id"][0] in "0123"}
    return None


def _present_product(query: Query) -> Presentation | None:
    if is_true(query.get("include_product_selection_rules")):
        return None
    return _without("product_selection_rules")


def _retrieved_customer(customer: Record) -> Record:
    """Add what only the single object shows: a numeric id and the locale as a text."""
    return {**customer, "id": int(customer["merchant_user_id"]) % 10**6, "locale": "en-us"}


def _as_listed(record: Record) -> Record:
    return record


ENDPOINTS = {
    endpoint.path: endpoint
    for endpoint in (
        Endpoint(
            "subscriptions",
            "subscriptions",
            {
                "live": flag("live"),
                **{f: equals(f) for f in ("product", "shipping_address", "customer")},
                **times("created"),
                **times("updated"),
            },
            frozenset({"customer", "shipping_address"}),
            retrieve=_as_listed,
        ),
        Endpoint(
            "orders",
            "orders",
            {
                "status": queries.status(lambda _world, order: order["status"]),
                "subscription": _orders_of_subscription,
                "customer": equals("customer"),
                **times("place"),
                **times("created"),
                **times("updated"),
            },
            frozenset({"customer", "subscription"}),
            present=_present_order,
            retrieve=_as_listed,
        ),
        Endpoint(
            "items",
            "items",
            {
                **{f: equals(f) for f in ("order", "offer", "subscription", "product")},
                "one_time": flag("one_time"),
                "status": queries.status(_order_field("status")),
                "place": _through_order(on_day("place"), "place"),
                "place_start": _through_order(since("place"), "place"),
                "place_end": _through_order(until("place"), "place"),
                "order_updated_start": since("order_updated"),
                "order_updated_end": until("order_updated"),
            },
            frozenset({"order", "subscription"}),
            present=_present_item,
            retrieve=_as_listed,
        ),
        Endpoint(
            "customers",
            "customers",
            {
                "live": flag("live"),
                "email": equals("email"),
                **times("created"),
                **times("last_updated", "updated"),
            },
            frozenset({"email"}),
            retrieve=_retrieved_customer,
        ),
        Endpoint(
            "addresses",
            "addresses",
            {
                "customer": equals("customer"),
                "live": flag("live"),
                "updated_start": since("updated"),
                "updated_end": until("updated"),
            },
            frozenset({"customer"}),
            retrieve=_as_listed,
        ),
        Endpoint(
            "payments",
            "payments",
            {"customer": equals("customer")},
            frozenset({"customer"}),
            retrieve=_as_listed,
        ),
        Endpoint(
            "products",
            "products",
            {
                "search": _searched,
                "id_or_name": _searched,
                "group_name": _in_group("name"),
                "group_type": _in_group("group_type"),
                "autoship_by_default": flag("autoship_by_default"),
                "live": flag("live"),
                "external_product_ids[]": one_of("external_product_id"),
                "product_type": equals("product_type"),
            },
            personal=False,
            hidden=_hidden_products,
            present=_present_product,
            retrieve=_as_listed,
        ),
        Endpoint(
            "product_groups",
            "product_groups",
            {f: equals(f) for f in ("name", "group_type")},
            personal=False,
            shape="counted",
        ),
        Endpoint(
            "resources",
            "resources",
            {"external_resource_id": equals("external_resource_id")},
            personal=False,
            shape="counted",
        ),
        Endpoint("offer_profiles", "offer_profiles", personal=False, hidden=_hidden_profiles),
        Endpoint(
            "one_time_incentives",
            "one_time_incentives",
            {
                **{f: equals(f) for f in ("order", "customer", "external_code", "item")},
                **times("created"),
                **times("last_updated"),
                **times("applied_at"),
            },
            frozenset({"order", "customer", "item"}),
            hidden=_hidden_incentives,
        ),
        Endpoint(
            "merchant/cancel_reason",
            "cancel_reasons",
            {"application": equals("application")},
            personal=False,
        ),
        Endpoint(
            "placement_logs/responses",
            "placement_responses",
            {
                "start_date": queries.from_spaced("created"),
                "end_date": queries.before_spaced("created"),
            },
            personal=False,
            largest_page=1000,
            oldest_first=True,
            always_cursors=True,
        ),
    )
}
"""Every list endpoint, by its path without the slashes around it."""

RELATIONSHIPS = "products/relationships"
"""The name of `/products/{id}/relationships/` in logs, faults and settings."""
