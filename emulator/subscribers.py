"""What customers do to their subscriptions and belongings (reference E.5 and G)."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import TYPE_CHECKING

from emulator import people
from emulator.clock import day
from emulator.mutations import mutation, pick
from emulator.upcoming import remove_item, reprice, schedule, upcoming_items

if TYPE_CHECKING:
    from emulator.tables import Record, Row
    from emulator.world import World


@mutation
def subscribe(world: World, customer: str | None = None, product: str | None = None) -> None:
    """Start a subscription of *customer*, by default a new one, with its first upcoming order."""
    bought = pick(world, "products", product)["external_product_id"]
    buyer = _new_customer(world) if customer is None else pick(world, "customers", customer)
    owner = buyer.key[0]
    record = people.subscription(
        world,
        world["subscriptions"].issued,
        customer=owner,
        product=bought,
        payment=world["payments"].find("customer", owner)[-1]["public_id"],
        shipping_address=world["addresses"].find("customer", owner)[-1]["public_id"],
        offer=None,
        weeks=4,
        created=world.now(),
    )
    subscription = world.insert("subscriptions", record)
    world.emit("subscription.create", subscription.data, _by(owner))
    schedule(world, subscription.data, _today(world) + timedelta(days=28))
    _refresh_live(world, owner)


@mutation
def cancel_subscription(world: World, subscription: str | None = None) -> None:
    """Cancel a subscription: it stays, not live; its upcoming item is deleted."""
    row = pick(world, "subscriptions", subscription, lambda r: bool(r["live"]))
    code = world.rng.choice(("4", 8, "22"))
    world.change(
        "subscriptions",
        row,
        live=False,
        cancelled=world.now(),
        cancel_reason=f"{code}|Overstocked",
        cancel_reason_code=code,
    )
    for item in upcoming_items(world, row.key[0]):
        remove_item(world, item)
    world.emit("subscription.cancel", row.data, _by(row["customer"]))
    _refresh_live(world, row["customer"])


@mutation
def reactivate_subscription(world: World, subscription: str | None = None) -> None:
    """Bring a cancelled subscription back to life, with an upcoming item."""
    row = pick(world, "subscriptions", subscription, lambda r: not r["live"])
    reasons: Record = {"cancel_reason": None, "cancel_reason_code": None}
    world.change("subscriptions", row, live=True, cancelled=None, **reasons)
    schedule(world, row.data, _today(world) + timedelta(days=row["frequency_days"]))
    world.emit("subscription.reactivate", row.data, _by(row["customer"]))
    _refresh_live(world, row["customer"])


@mutation
def change_subscription_quantity(
    world: World, subscription: str | None = None, quantity: int | None = None
) -> None:
    """Change a subscription's quantity, which its upcoming item takes over."""
    row = pick(world, "subscriptions", subscription, lambda r: bool(r["live"]))
    wanted = row["quantity"] + 1 if quantity is None else quantity
    world.change("subscriptions", row, quantity=wanted)
    world.emit("subscription.change_quantity", row.data, _by(row["customer"]))
    for item in upcoming_items(world, row.key[0]):
        world.change("items", item, quantity=wanted)
        reprice(world, pick(world, "orders", item["order"]))


@mutation
def add_component(world: World, subscription: str | None = None, *, bump: bool = True) -> None:
    """Add a component to a subscription that has them as objects, or none."""
    row = pick(world, "subscriptions", subscription, _has_object_components)
    component = {"public_id": world.new_id(), "quantity": 1, "product": row["product"]}
    _set_components(world, row, [*row["components"], component], bump=bump)


@mutation
def remove_component(world: World, subscription: str | None = None, *, bump: bool = True) -> None:
    """Remove the first component of a subscription."""
    row = pick(
        world,
        "subscriptions",
        subscription,
        lambda r: bool(r["components"]) and _has_object_components(r),
    )
    _set_components(world, row, row["components"][1:], bump=bump)


@mutation
def add_discount(
    world: World,
    subscription: str | None = None,
    title: str = "Anniversary",
    *,
    in_extra_data: bool = False,
    bump: bool = True,
) -> None:
    """Add a discount where a subscription has its others, else where *in_extra_data* says."""

    def fits(row: Row) -> bool:
        return not in_extra_data or isinstance(row["extra_data"], dict)

    row = pick(world, "subscriptions", subscription, fits)
    _edit_discounts(
        world,
        row,
        [*_discounts(row.data), {"title": title}],
        in_extra_data=in_extra_data,
        bump=bump,
    )


@mutation
def remove_discount(world: World, subscription: str | None = None, *, bump: bool = True) -> None:
    """Remove the last discount of a subscription."""
    row = pick(world, "subscriptions", subscription, lambda r: bool(_discounts(r.data)))
    _edit_discounts(world, row, _discounts(row.data)[:-1], bump=bump)


@mutation
def deactivate_payment(world: World, payment: str | None = None) -> None:
    """Deactivate a payment record; the vendor never deletes one."""
    row = pick(world, "payments", payment, lambda r: bool(r["live"]))
    world.change("payments", row, live=False)


@mutation
def change_address(world: World, address: str | None = None, *, bump: bool = True) -> None:
    """Correct an address."""
    row = pick(world, "addresses", address)
    world.change("addresses", row, bump=bump, address2=f"Floor {world.rng.randrange(2, 60)}")


@mutation
def change_customer(world: World, customer: str | None = None, *, bump: bool = True) -> None:
    """Change a customer's telephone number."""
    row = pick(world, "customers", customer)
    number = f"+1555555{world.rng.randrange(10_000):04d}"
    world.change("customers", row, bump=bump, phone_number=number)


@mutation
def delete_customer(world: World, customer: str | None = None) -> None:
    """Erase a person: customer, addresses, payments and all that is unsent vanish.

    Subscriptions (cancelled) and placed orders stay, as the vendor never deletes those.
    """
    row = pick(world, "customers", customer)
    owner = row.key[0]
    for subscription in world["subscriptions"].find("customer", owner):
        if subscription["live"]:
            cancel_subscription(world, subscription.key[0])
    for table in ("addresses", "payments"):
        world.delete(table, world[table].find("customer", owner))
    world.delete("customers", [row])


def _new_customer(world: World) -> Row:
    number, now = world["customers"].issued, world.now()
    owner = people.customer_id(number)
    address = world.insert("addresses", people.address(world, number, owner, now))
    payment = people.payment(world, number, owner, address["public_id"], now)
    world.insert("payments", payment)
    return world.insert("customers", people.customer(world, number, owner, now))


def _refresh_live(world: World, owner: str) -> None:
    """Keep a customer live exactly while a subscription of theirs is."""
    row = world["customers"].get(owner)
    live = any(bool(r["live"]) for r in world["subscriptions"].find("customer", owner))
    if row is not None and row["live"] != live:
        world.change("customers", row, live=live)
        world.emit("subscriber.create" if live else "subscriber.cancel", row.data, _by(owner))


def _has_object_components(row: Row) -> bool:
    components = row["components"]
    return isinstance(components, list) and all(isinstance(c, dict) for c in components)


def _set_components(world: World, row: Row, components: list[Record], *, bump: bool) -> None:
    world.change("subscriptions", row, bump=bump, components=components)
    world.emit("subscription.change_components", row.data, _by(row["customer"]))


def _discounts(subscription: Record) -> list[object]:
    extra = subscription["extra_data"]
    nested = extra.get("discounts", []) if isinstance(extra, dict) else []
    return list(subscription.get("discounts") or nested)


def _edit_discounts(
    world: World, row: Row, discounts: list[object], *, in_extra_data: bool = False, bump: bool
) -> None:
    """Write a subscription's discounts back where they are, or to the place asked for."""
    extra = deepcopy(row["extra_data"])
    nested = isinstance(extra, dict) and "discounts" in extra
    if row.data.get("discounts") or not (nested or in_extra_data):
        world.change("subscriptions", row, bump=bump, discounts=discounts)
    else:
        world.change("subscriptions", row, bump=bump, extra_data={**extra, "discounts": discounts})


def _today(world: World) -> date:
    return date.fromisoformat(day(world.clock.now()))


def _by(customer: str) -> Record:
    return {"type": "customer", "customer": {"merchant_user_id": customer}}
