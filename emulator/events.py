"""Webhook events as Ordergroove words them (reference E.4 to E.6): from a record to a body."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from emulator.clock import CHICAGO
from emulator.purchases import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.tables import Record

STATUS_DISPLAY = {
    Status.UNSENT: "Unsent",
    Status.REJECTED: "Rejected",
    Status.CANCELLED: "Cancelled",
    Status.SUCCESS: "Success",
    Status.SEND_NOW: "Send Now",
    Status.RESPONSE_PROCESSING_ERROR: "Response Processing Error",
    Status.MERGED: "Merged",
    Status.CREDIT_CARD_RETRY: "Credit Card Retry",
}

LEGACY_ITEM = ("merchant", "public_id", "customer", "product", "order", "subscription")
"""All that items carried in the older API."""


def envelope(event_id: str, event_type: str, created: int, obj: Record, actor: Record) -> Record:
    """Wrap *obj* as the current API does; *created* is in Unix seconds."""
    return {
        "id": event_id,
        "type": event_type,
        "created": created,
        "data": {"object": obj},
        "context": {"actor": actor},
        "snapshot": {},
    }


def legacy_envelope(event: Record) -> Record:
    """Reduce *event* to what the older API sent: no context, no snapshot, short items."""
    obj = event["data"]["object"]
    if obj["type"] == "item":
        obj = {"type": "item", **{field: obj[field] for field in LEGACY_ITEM}}
    return {**{k: event[k] for k in ("id", "type", "created")}, "data": {"object": obj}}


def event_object(event_type: str, record: Record, customer: str | None, merchant: str) -> Record:
    """Return the `data.object` of an event that happened to *record*."""
    family = event_type.partition(".")[0]
    shaped = OBJECTS[family](record)
    return {
        "type": family,
        "merchant": merchant,
        **shaped,
        **({"customer": customer} if customer else {}),
    }


def unix(wall: Any) -> int | None:
    """Turn a vendor wall time into Unix seconds; None for an empty one."""
    if not wall or wall == "null":
        return None
    return int(datetime.fromisoformat(wall).replace(tzinfo=CHICAGO).timestamp())


def _order(order: Record) -> Record:
    fields = (
        "public_id",
        "payment",
        "shipping_address",
        "discount_total",
        "shipping_total",
        "sub_total",
        "tax_total",
        "total",
        "extra_data",
        "generic_error_count",
        "order_merchant_id",
    )
    return {
        **{field: order[field] for field in fields},
        "place": order["place"][:10],
        "rejected_message": order["rejected_message"],
        "status": order["status"],
        "status_display": STATUS_DISPLAY[order["status"]],
        "tries": order["tries"],
        "cancelled": unix(order["cancelled"]),
        "created": unix(order["created"]),
    }


def _item(item: Record) -> Record:
    fields = ("public_id", "product", "order", "subscription", "offer", "quantity")
    prices = ("price", "total_price", "first_placed", "components")
    return {field: item[field] for field in (*fields, *prices)}


def _subscription(subscription: Record) -> Record:
    dropped = {"discounts", "grantees", "queued_actions", "currency_code", "customer", "merchant"}
    periods = {1: "days", 2: "weeks", 3: "months", 4: "years"}
    return {
        **{k: v for k, v in subscription.items() if k not in dropped},
        "every_period_display": periods[subscription["every_period"]],
        "cancelled": unix(subscription["cancelled"]),
        "created": unix(subscription["created"]),
        "updated": unix(subscription["updated"]),
    }


def _subscriber(customer: Record) -> Record:
    fields = ("merchant_user_id", "session_id", "first_name", "last_name", "email", "phone_number")
    return {
        **{field: customer[field] for field in (*fields, "phone_type", "live", "extra_data")},
        "created": unix(customer["created"]),
        "last_updated": unix(customer["last_updated"]),
        "locale": 1,
        "locale_display": "en-us",
    }


OBJECTS: dict[str, Callable[[Record], Record]] = {
    "order": _order,
    "item": _item,
    "subscription": _subscription,
    "subscriber": _subscriber,
}
"""Event family to the shape of its object, without what every object has."""
