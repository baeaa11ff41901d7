"""The 21 tables a warehouse gets, as views of the vendor's objects.

A parent is a row of a table; a child is an element of a list inside its parent.
The flat child carries the parent's key in a column of its own, as a warehouse needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.tables import Key, Record

Containers = Callable[["Record"], Iterable[tuple[list[Any], "Record"]]]
"""Parent to its lists of children, each with the foreign key columns of the children in it."""

Flatten = Callable[[Any, int], "Record | None"]
"""Element and its position to columns; None for an element that has no identity."""


@dataclass(frozen=True)
class Stream:
    """One of the 21 tables: where its rows are and what identifies them."""

    name: str
    table: str
    key: tuple[str, ...]
    containers: Containers | None = None
    flatten: Flatten | None = None

    def rows_of(self, record: Record) -> Iterator[Record]:
        """Yield the rows of this stream that *record* of `table` holds: itself or its children."""
        if self.containers is None or self.flatten is None:
            yield record
            return
        for container, parent in self.containers(record):
            for position, element in enumerate(container):
                columns = self.flatten(element, position)
                if columns is not None:
                    yield {**parent, **columns}

    def key_of(self, row: Record) -> Key:
        """Return the primary key values of a flat row."""
        return tuple(row[field] for field in self.key)


def _groups(product: Record) -> Iterator[tuple[list[Any], Record]]:
    yield product["groups"], {"product_id": product["external_product_id"]}


def _rules(product: Record) -> Iterator[tuple[list[Any], Record]]:
    yield product["product_selection_rules"], {"product_id": product["external_product_id"]}


def _elements(product: Record) -> Iterator[tuple[list[Any], Record]]:
    for rule in product["product_selection_rules"]:
        parent = {"product_id": product["external_product_id"]}
        parent["product_selection_rule_id"] = rule["public_id"]
        yield rule["product_selection_list_elements"], parent


def _offers(profile: Record) -> Iterator[tuple[list[Any], Record]]:
    yield profile["offers"], {"offer_profile_id": profile["public_id"]}


def _coupon_discounts(coupon: str) -> Containers:
    def containers(profile: Record) -> Iterator[tuple[list[Any], Record]]:
        if profile[coupon]:
            yield profile[coupon]["discounts"], {"offer_profile_id": profile["public_id"]}

    return containers


def _components(subscription: Record) -> Iterator[tuple[list[Any], Record]]:
    # Legacy bundles send product ids, as a list or as one comma-separated text.
    if isinstance(subscription["components"], list):
        yield subscription["components"], {"subscription_id": subscription["public_id"]}


def _discounts(subscription: Record) -> Iterator[tuple[list[Any], Record]]:
    parent = {"subscription_id": subscription["public_id"]}
    extra = subscription["extra_data"]
    top = subscription.get("discounts")
    nested = extra.get("discounts") if isinstance(extra, dict) else None
    if top or (top is not None and nested is None):
        yield top, parent
    elif nested is not None:
        yield nested, parent


def _as_sent(element: Any, _position: int) -> Record | None:
    return dict(element)


def _rule(element: Any, _position: int) -> Record | None:
    return {k: v for k, v in element.items() if k != "product_selection_list_elements"}


def _offer(element: Any, _position: int) -> Record | None:
    return {"offer_id": element}


def _component(element: Any, _position: int) -> Record | None:
    return dict(element) if isinstance(element, dict) else None


def _discount(element: Any, position: int) -> Record | None:
    columns = dict(element) if isinstance(element, dict) else {"title": element}
    return {"position": position, **columns}


_ID = ("public_id",)

STREAMS: dict[str, Stream] = {
    stream.name: stream
    for stream in (
        Stream("address", "addresses", _ID),
        Stream("customer", "customers", ("merchant_user_id",)),
        Stream("incentives", "one_time_incentives", _ID),
        Stream("item", "items", _ID),
        Stream("merchant_cancel_reason", "cancel_reasons", ("application", "cancel_reason")),
        Stream("offer_profile", "offer_profiles", _ID),
        Stream(
            "offer_profile_initial_coupon_discount",
            "offer_profiles",
            ("offer_profile_id", "public_id"),
            _coupon_discounts("initial_coupon"),
            _as_sent,
        ),
        Stream(
            "offer_profile_offer",
            "offer_profiles",
            ("offer_profile_id", "offer_id"),
            _offers,
            _offer,
        ),
        Stream(
            "offer_profile_recurring_coupon_discount",
            "offer_profiles",
            ("offer_profile_id", "public_id"),
            _coupon_discounts("recurring_coupon"),
            _as_sent,
        ),
        Stream("orders", "orders", _ID),
        Stream("payment", "payments", _ID),
        Stream("placement_log_responses", "placement_responses", _ID),
        Stream("product", "products", ("external_product_id",)),
        Stream(
            "product_group", "products", ("product_id", "group_type", "name"), _groups, _as_sent
        ),
        Stream(
            "product_relationships",
            "relationships",
            ("relationship_type", "from_product", "to_product"),
        ),
        Stream("product_selection_rule", "products", ("product_id", "public_id"), _rules, _rule),
        Stream(
            "product_selection_rule_element",
            "products",
            ("product_selection_rule_id", "public_id"),
            _elements,
            _as_sent,
        ),
        Stream("resources", "resources", _ID),
        Stream("subscription", "subscriptions", _ID),
        Stream(
            "subscription_component",
            "subscriptions",
            ("subscription_id", "public_id"),
            _components,
            _component,
        ),
        Stream(
            "subscription_discount",
            "subscriptions",
            ("subscription_id", "position"),
            _discounts,
            _discount,
        ),
    )
}

STREAMS_OF_TABLE: dict[str, tuple[Stream, ...]] = {
    table: tuple(stream for stream in STREAMS.values() if stream.table == table)
    for table in {stream.table for stream in STREAMS.values()}
}
