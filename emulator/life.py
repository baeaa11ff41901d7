"""What the nightly run and customers do to orders and items (reference E.5 and G).

Every mutation draws the rows it is not told, and is one thing of the vendor's: a test can let
exactly one happen.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from emulator import purchases
from emulator.clock import day, wall
from emulator.mutations import mutation, pick
from emulator.purchases import Status
from emulator.upcoming import (
    OPEN,
    add_item,
    order_for,
    remove_item,
    remove_order,
    reprice,
    schedule,
    successors,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.tables import Row
    from emulator.world import World


@mutation
def place(world: World, order: str | None = None) -> None:
    """Send an order: the next one is created first, then this one succeeds and is logged."""
    row = _open_order(world, order)
    for subscription, due in successors(world, row):
        schedule(world, subscription, due)
    stamp = world.now()
    for item in world["items"].find("order", row.key[0]):
        world.change("items", item, first_placed=stamp)
        _apply_incentives(world, "item", item.key[0])
    _apply_incentives(world, "order", row.key[0])
    world.change(
        "orders",
        row,
        status=Status.SUCCESS,
        tries=row["tries"] + 1,
        order_merchant_id=f"#{10_000 + world['placement_responses'].issued}",
    )
    _log_placement(world, row, "000")
    world.emit("order.success", row.data)
    for item in world["items"].find("order", row.key[0]):
        world.emit("item.successfully_placed", item.data)


@mutation
def fail_placement(world: World, order: str | None = None, code: str = "120") -> None:
    """Try to send an order in vain: it is rejected with *code*, and the next one exists."""
    if code not in purchases.PLACEMENT_FAILURES:
        raise ValueError(f"`code` is one of {', '.join(purchases.PLACEMENT_FAILURES)}.")
    row = _open_order(world, order)
    for subscription, due in successors(world, row):
        schedule(world, subscription, due)
    world.change(
        "orders",
        row,
        status=Status.REJECTED,
        tries=row["tries"] + 1,
        rejected_message=purchases.rejection(code, world["placement_responses"].issued),
    )
    _log_placement(world, row, code)
    world.emit("order.reject", row.data)


@mutation
def skip(world: World, order: str | None = None, *, leave_order: bool = False) -> None:
    """Skip an order: it and its items are deleted, its subscriptions get a later one.

    With *leave_order* only the items go and the emptied order stays, as was seen live once.
    """
    row = _open_order(world, order)
    due_again = successors(world, row)
    world.emit("order.skip_order", row.data)
    if leave_order:
        for item in world["items"].find("order", row.key[0]):
            remove_item(world, item, leave_order=True)
    else:
        remove_order(world, row)
    for subscription, due in due_again:
        schedule(world, subscription, due)


@mutation
def delay(world: World, order: str | None = None, days: int = 7) -> None:
    """Move the next order date: order and items are deleted and others take their place."""
    row = _open_order(world, order)
    due_again = successors(world, row, days)
    world.emit("order.change_next_order_date", row.data)
    remove_order(world, row)
    for subscription, due in due_again:
        schedule(world, subscription, due)


@mutation
def send_now(world: World, order: str | None = None) -> None:
    """Ask for an order today: it leaves status 1 and goes with the next run."""
    row = pick(world, "orders", order, _is_unsent, _unsent(world))
    today = day(world.clock.now())
    world.change("orders", row, status=Status.SEND_NOW, place=f"{today} 00:00:00")
    world.emit("order.send_now", row.data)


@mutation
def move_item(world: World, item: str | None = None, order: str | None = None) -> None:
    """Move an item to another unsent order of its customer, by default one a week later."""

    def movable(row: Row) -> bool:
        held_by = world["orders"].get(row["order"])
        subscribed = world["subscriptions"].get(row["subscription"]) is not None
        return subscribed and held_by is not None and _is_unsent(held_by)

    row = pick(world, "items", item, movable)
    source = pick(world, "orders", row["order"])
    if order is None:
        subscription = pick(world, "subscriptions", row["subscription"])
        later = date.fromisoformat(source["place"][:10]) + timedelta(days=7)
        target = order_for(world, subscription.data, later)
    else:
        target = pick(world, "orders", order, lambda o: _is_unsent(o) and o is not source)
    world.change("items", row, order=target.key[0])
    world.emit("item.change_order", row.data)
    reprice(world, target)
    if world["items"].find("order", source.key[0]):
        reprice(world, source)
    else:
        remove_order(world, source)


@mutation
def merge_orders(world: World, order: str | None = None, into: str | None = None) -> None:
    """Merge an unsent order into another of its customer: it keeps existing, with status 17."""

    def others(row: Row) -> list[Row]:
        found = world["orders"].find("customer", row["customer"])
        return [other for other in found if other is not row and _is_unsent(other)]

    source = pick(
        world, "orders", order, lambda row: _is_unsent(row) and bool(others(row)), _unsent(world)
    )
    target = pick(world, "orders", into, lambda row: row in others(source), lambda: others(source))
    for item in world["items"].find("order", source.key[0]):
        world.change("items", item, order=target.key[0])
        world.emit("item.change_order", item.data)
    merged = {"merged_order_id": target.key[0]}
    world.change("orders", source, status=Status.MERGED, extra_data=merged)
    reprice(world, target)


@mutation
def change_quantity(world: World, item: str | None = None, quantity: int | None = None) -> None:
    """Change how many of an unsent item are ordered; its order is recalculated."""
    order_of = world["orders"].get
    row = pick(world, "items", item, lambda r: _is_unsent(order_of(r["order"])))
    world.change("items", row, quantity=row["quantity"] + 1 if quantity is None else quantity)
    world.emit("item.change_quantity", row.data)
    reprice(world, pick(world, "orders", row["order"]))


@mutation
def add_one_time_item(world: World, order: str | None = None, product: str | None = None) -> None:
    """Add an item without a subscription to an unsent order."""
    row = pick(world, "orders", order, _is_unsent, _unsent(world))
    add_item(world, row, None, pick(world, "products", product)["external_product_id"])


@mutation
def apply_incentive(world: World, order: str | None = None, *, item_level: bool = False) -> None:
    """Attach a one-time incentive to an unsent order, or to its first item."""
    row = pick(world, "orders", order, _is_unsent, _unsent(world))
    items = world["items"].find("order", row.key[0])
    record = purchases.incentive(
        world,
        world["one_time_incentives"].issued,
        order=row.data,
        item=items[0].key[0] if item_level and items else None,
        created=world.now(),
    )
    world.insert("one_time_incentives", record)


@mutation
def delete_incentive(world: World, incentive: str | None = None) -> None:
    """Delete a one-time incentive that was not applied yet."""
    row = pick(world, "one_time_incentives", incentive, lambda r: not r.data.get("applied_at"))
    world.delete("one_time_incentives", [row])


@mutation
def age_out_responses(world: World, count: int | None = None) -> None:
    """Drop the oldest *count* placement responses, by default those past the retention."""
    rows = world["placement_responses"].rows
    if count is None:
        limit = wall(world.clock.now() - purchases.PLACEMENT_RETENTION)
        rows = [row for row in rows if row["created"] < limit]
    world.delete("placement_responses", list(rows[:count]))


def open_orders(world: World) -> list[Row]:
    """Return the orders that are still to be placed."""
    return [row for status in OPEN for row in world["orders"].find("status", status)]


def _unsent(world: World) -> Callable[[], list[Row]]:
    return lambda: world["orders"].find("status", Status.UNSENT)


def _is_unsent(order: Row | None) -> bool:
    return order is not None and bool(order["status"] == Status.UNSENT)


def _open_order(world: World, order: str | None) -> Row:
    return pick(
        world, "orders", order, lambda row: row["status"] in OPEN, lambda: open_orders(world)
    )


def _apply_incentives(world: World, level: str, key: str) -> None:
    for incentive in world["one_time_incentives"].find(level, key):
        world.change("one_time_incentives", incentive, applied_at=world.now())


def _log_placement(world: World, order: Row, code: str) -> None:
    response = purchases.placement_response(world, order.data, code, world.now())
    world.insert("placement_responses", response)
