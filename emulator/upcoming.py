"""Rules of unsent orders that several mutations share.

A live subscription has exactly one upcoming item; one order may hold those of several
subscriptions of a customer. Orders left without items are deleted for real.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from emulator import purchases
from emulator.purchases import Status
from emulator.variety import variant

if TYPE_CHECKING:
    from emulator.tables import Record, Row
    from emulator.world import World

OPEN = (Status.UNSENT, Status.SEND_NOW)


def upcoming_items(world: World, subscription: str) -> list[Row]:
    """Return the items of a subscription on unsent orders: one while it is live, else none."""
    items = world["items"].find("subscription", subscription)
    return [item for item in items if _order(world, item)["status"] in OPEN]


def schedule(world: World, subscription: Record, place: date) -> Row:
    """Create the upcoming item of *subscription*, on an order to be placed on *place*."""
    return add_item(world, order_for(world, subscription, place), subscription)


def add_item(world: World, order: Row, subscription: Record | None, product: str = "") -> Row:
    """Add an item to an unsent *order*: a subscription's, or a one-time one of *product*."""
    number = world["items"].issued
    record = purchases.item(
        world,
        number,
        order=order.data,
        subscription=subscription,
        product=subscription["product"] if subscription else product,
        quantity=subscription["quantity"] if subscription else 1,
        price_cents=variant(number, (5285, 1299, 2000)),
    )
    item = world.insert("items", record)
    world.emit("item.create", item.data)
    reprice(world, order)
    return item


def successors(world: World, order: Row, days: int | None = None) -> list[tuple[Record, date]]:
    """Return each live subscription on *order* and its next day, by default a period later."""
    place = date.fromisoformat(order["place"][:10])
    found = []
    for item in world["items"].find("order", order["public_id"]):
        subscription = world["subscriptions"].get(item["subscription"])
        if subscription is not None and subscription["live"]:
            step = subscription["frequency_days"] if days is None else days
            found.append((subscription.data, place + timedelta(days=step)))
    return found


def reprice(world: World, order: Row) -> None:
    """Recalculate *order*, which moves its update time and that of its items."""
    items = world["items"].find("order", order["public_id"])
    world.change("orders", order, **purchases.totals(order.data, (item.data for item in items)))


def remove_item(world: World, item: Row, *, leave_order: bool = False) -> None:
    """Delete an unsent *item* with its incentives; its emptied order too unless *leave_order*."""
    order = _order(world, item)
    world.delete("one_time_incentives", world["one_time_incentives"].find("item", item.key[0]))
    world.delete("items", [item])
    if leave_order or world["items"].find("order", order.key[0]):
        reprice(world, order)
    else:
        remove_order(world, order)


def remove_order(world: World, order: Row) -> None:
    """Delete an unsent *order* with everything on it."""
    incentives = world["one_time_incentives"].find("order", order.key[0])
    items = world["items"].find("order", order.key[0])
    for item in items:
        incentives += world["one_time_incentives"].find("item", item.key[0])
    world.delete("one_time_incentives", incentives)
    world.delete("items", items)
    world.delete("orders", [order])


def _order(world: World, item: Row) -> Row:
    order = world["orders"].get(item["order"])
    if order is None:
        raise ValueError(f"The order of item {item.key[0]} was deleted without it.")
    return order


def order_for(world: World, subscription: Record, place: date) -> Row:
    """Find the customer's unsent order for that day, address and payment, or create it."""
    wanted = {
        "customer": subscription["customer"],
        "payment": subscription["payment"],
        "shipping_address": subscription["shipping_address"],
    }
    for order in world["orders"].find("customer", subscription["customer"]):
        same = all(order[field] == value for field, value in wanted.items())
        if same and order["status"] == Status.UNSENT and order["place"][:10] == place.isoformat():
            return order
    created = world.now()
    record = purchases.order(
        world, world["orders"].issued, **wanted, place=place.isoformat(), created=created
    )
    order = world.insert("orders", record, created)
    world.emit("order.create", order.data)
    return order
