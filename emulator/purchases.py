"""Records of orders and what belongs to them, with the variance the documentation admits.

Fields and values: reference B.2, B.3, B.11 and B.14; types that vary: its section H.8.
Variance is by row number, so every variant occurs in every size of world.
"""

from __future__ import annotations

import json
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING

from emulator.variety import cents, money, one_in, variant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.tables import Record
    from emulator.world import World


class Status(IntEnum):
    """Order statuses that occur here (reference F)."""

    UNSENT = 1
    REJECTED = 3
    CANCELLED = 4
    SUCCESS = 5
    SEND_NOW = 6
    RESPONSE_PROCESSING_ERROR = 14
    MERGED = 17
    CREDIT_CARD_RETRY = 18


PLACEMENT_RETENTION = timedelta(days=90)
"""The admin shows placement responses for 90 days; assumed of the API as well."""

PLACEMENT_FAILURES = {
    "110": "Card number is invalid.",
    "120": "Expiration Date is in the past.",
    "140": "Card was declined.",
    "999": "Generic error.",
}


def order(
    world: World,
    number: int,
    *,
    customer: str,
    payment: str,
    shipping_address: str,
    place: str,
    created: str,
) -> Record:
    """Build an unsent order (status 1) to be placed on the day *place*, `YYYY-MM-DD`."""
    return {
        "merchant": world.merchant,
        "customer": customer,
        "payment": payment,
        "shipping_address": shipping_address,
        "public_id": world.new_id(),
        "sub_total": "0.00",
        "tax_total": "0.00",
        "shipping_total": variant(number, ("5.99", "0.00")),
        "discount_total": "0.00",
        "total": "0.00",
        "created": created,
        "updated": created,
        "place": f"{place} 00:00:00",
        "cancelled": variant(number, (None, None, "null")),
        "tries": 0,
        "generic_error_count": 0,
        "status": Status.UNSENT,
        "type": variant(number, (1, 1, 1, 1, "1")),
        "order_merchant_id": variant(number, (None, "")),
        "rejected_message": variant(number, (None, "")),
        "extra_data": variant(number, (None, {}, "", '{"source": "import"}', "{oops")),
        "locked": False,
        "oos_free_shipping": False,
        "currency_code": "USD",
    }


def item(
    world: World,
    number: int,
    *,
    order: Record,
    subscription: Record | None,
    product: str | None,
    quantity: int,
    price_cents: int,
) -> Record:
    """Build an item of *order*; one without a *subscription* is a one-time item."""
    components = subscription["components"] if subscription else []
    linked = subscription is not None and components and isinstance(components[0], dict)
    return {
        "order": order["public_id"],
        "offer": subscription["offer"] if subscription else None,
        "subscription": subscription["public_id"] if subscription else None,
        "product": product,
        "components": components if isinstance(components, list) and not linked else [],
        "subscription_component": components[0]["public_id"] if linked else None,
        "quantity": quantity,
        "public_id": world.new_id(),
        "product_attribute": None,
        "price": money(price_cents),
        "extra_cost": "0.00",
        "total_price": money(price_cents * quantity * 9 // 10),
        "one_time": subscription is None,
        "order_updated": order["updated"],
        "frozen": False,
        "first_placed": None,
        **({"show_original_price": True} if one_in(5, number) else {}),
    }


def totals(order: Record, items: Iterable[Record]) -> Record:
    """Return the amounts of *order* with these *items*; they are recalculated on every change."""
    full = sum(cents(item["price"]) * item["quantity"] for item in items)
    discount = full // 10
    return {
        "sub_total": money(full - discount),
        "discount_total": money(discount),
        "total": money(full - discount + cents(order["shipping_total"])),
    }


def incentive(
    world: World, number: int, *, order: Record, item: str | None, created: str
) -> Record:
    """Build a one-time incentive on *order*, or on one *item* of it."""
    nested = {
        "type": "Discount",
        "public_id": world.new_id(),
        "discount_type": variant(number, ("Discount Percent", "Discount Amount", "Flat Amount")),
        "target": "item" if item else "order",
        "field": "total_price" if item else "sub_total",
        "name": "awesome discount",
        "value": "10.00",
        "threshold_field": None,
        "threshold_value": variant(number, (None, "50.00")),
    }
    if one_in(4, number):
        nested |= {"type": "Gift", "discount_type": None, "product": "48398751430001"}
    return {
        "public_id": world.new_id(),
        "external_code": f"awesome_{number}",
        "description": "One-time Incentive",
        "merchant": world.merchant,
        "customer": order["customer"],
        "order": None if item else order["public_id"],
        **({"item": item} if item or number % 2 else {}),
        "created": created,
        "last_updated": created,
        **({"applied_at": None} if number % 3 else {}),
        "expires": f"{order['place'][:4]}-12-31 00:00:00",
        "stacking_type": variant(number, ("base", "additional")),
        "incentive": nested,
    }


def placement_response(world: World, order: Record, code: str, created: str) -> Record:
    """Build the log of one attempt to place *order*; `customer` and `created` are assumed names."""
    sent = code == "000"
    message = "" if sent else PLACEMENT_FAILURES[code]
    reply = (
        f"<code>SUCCESS</code><orderId>{order['order_merchant_id']}</orderId>"
        if sent
        else f"<code>ERROR</code><errorCode>{code}</errorCode><errorMsg>{message}</errorMsg>"
    )
    return {
        "public_id": world.new_id(),
        "order": order["public_id"],
        "customer": order["customer"],
        "response_code": code,
        "response_message": message,
        "response_order_id": order["order_merchant_id"] if sent else None,
        "response_payload": f'<?xml version="1.0"?><order>{reply}</order>',
        "transaction_response": '{"id": 1}' if sent else None,
        "created": created,
    }


def rejection(code: str, number: int) -> str:
    """Write a `rejected_message`: JSON in a text, in either key order."""
    parts = [("message", PLACEMENT_FAILURES[code]), ("code", code)]
    return json.dumps(dict(reversed(parts) if number % 2 else parts))
