"""From an integer to a merchant with years of history."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from emulator import catalogue, people, purchases
from emulator.clock import wall
from emulator.purchases import Status
from emulator.tables import serialised
from emulator.variety import one_in, variant
from emulator.world import World

if TYPE_CHECKING:
    from emulator.clock import Clock
    from emulator.tables import Record

CUSTOMERS_PER_EVENT = 20
"""One event a day for this many customers, besides the nightly run."""

OUTCOMES = (
    *(Status.SUCCESS,) * 9,
    Status.REJECTED,
    *(Status.SUCCESS,) * 7,
    Status.CANCELLED,
    *(Status.SUCCESS,) * 5,
    Status.RESPONSE_PROCESSING_ERROR,
    Status.CREDIT_CARD_RETRY,
)
"""How placed orders ended, in turn."""


@dataclass(frozen=True)
class Size:
    """How much a merchant has: *history* is the number of placed orders a subscription has had."""

    customers: int
    products: int
    history: int


SIZES = {
    "empty": Size(0, 0, 0),
    "small": Size(60, 20, 2),
    "medium": Size(3_000, 80, 4),
    "large": Size(18_000, 200, 5),
}


def make_world(seed: int = 7, size: str = "small", clock: Clock | None = None) -> World:
    """Build the world of *seed*; the same seed, size and clock give the same bytes.

    Ages are relative to the clock: there are always orders of last month and of next month.
    """
    world = World(seed, clock)
    scale = SIZES[size]
    if not scale.customers:
        return world
    world.events_a_day = 1 + scale.customers // CUSTOMERS_PER_EVENT
    # A hundred thousand fresh dictionaries make the collector walk them all again and again.
    gc.disable()
    try:
        now = world.clock.now()
        world_start = wall(now - timedelta(days=1000))
        product_ids = catalogue.populate(world, scale.products, world_start)
        for number in range(scale.customers):
            _Biography(world, number, now, product_ids).write(scale.history)
        for table in world.tables.values():
            serialised(table.rows)
    finally:
        gc.enable()
    return world


class _Biography:
    """The past of one customer."""

    def __init__(self, world: World, number: int, now: datetime, product_ids: list[str]) -> None:
        self.world = world
        self.number = number
        self.now = now
        self.id = people.customer_id(number)
        self.products = (*product_ids, catalogue.ORPHAN_PRODUCT_ID)
        self.offer = world["offer_profiles"].rows[number % 3]["offers"][0]

    def write(self, history: int) -> None:
        """Add the customer, what belongs to them and up to *history* orders a subscription."""
        world, number = self.world, self.number
        joined = self.now - timedelta(days=world.rng.randrange(40, 900), seconds=number % 86_400)
        created = wall(joined)
        customer = people.customer(world, number, self.id, created)
        address = people.address(world, number, self.id, created)
        payment = people.payment(world, number, self.id, address["public_id"], created)
        if one_in(5, number):
            old = people.payment(world, number + 1, self.id, address["public_id"], created)
            world.insert("payments", old | {"live": False}, created)
        subscriptions = [
            self._subscription(number + 7 * n, payment, address, joined)
            for n in range(variant(number, (1, 1, 2, 1, 0, 1, 3)))
        ]
        upcoming: list[Record] = []
        for subscription in subscriptions:
            if one_in(6, number):
                self._cancel(subscription)
            self._orders(subscription, history, upcoming)
        customer["live"] = bool(upcoming)
        world.insert("customers", customer, created)
        world.insert("addresses", address, created)
        world.insert("payments", payment, created)
        for subscription in subscriptions:
            world.insert("subscriptions", subscription, subscription["created"])

    def _subscription(
        self, number: int, payment: Record, address: Record, created: datetime
    ) -> Record:
        return people.subscription(
            self.world,
            number,
            customer=self.id,
            product=variant(number * 7, self.products),
            payment=payment["public_id"],
            shipping_address=address["public_id"],
            offer=variant(number, (self.offer, self.offer, None)),
            weeks=variant(number, (4, 8, 6)),
            created=wall(created),
        )

    def _cancel(self, subscription: Record) -> None:
        when = wall(self.now - timedelta(days=1 + self.number % 30))
        code = variant(self.number // 6, ("4", 8, "22"))
        subscription |= {
            "live": False,
            "cancelled": when,
            "updated": when,
            "cancel_reason": f"{code}|Overstocked",
            "cancel_reason_code": code,
        }

    def _orders(self, subscription: Record, history: int, upcoming: list[Record]) -> None:
        """Add *history* sent orders, and the upcoming one if the subscription is live."""
        joined = datetime.fromisoformat(subscription["created"])
        step = timedelta(days=subscription["frequency_days"])
        today = datetime.fromisoformat(wall(self.now)).replace(hour=0, minute=0, second=0)
        place = today + timedelta(days=1 + self.world.rng.randrange(subscription["frequency_days"]))
        first = max(place - step * history, joined)
        while place - step > first:
            place -= step
        born = joined
        while place <= today:
            sent_at = place + timedelta(hours=3, seconds=self.number % 3000)
            self._placed(subscription, place, born, sent_at)
            born, place = sent_at, place + step
        if subscription["live"]:
            self._upcoming(subscription, place, born, upcoming)

    def _placed(
        self, subscription: Record, place: datetime, born: datetime, sent_at: datetime
    ) -> None:
        order = self._order(subscription, place, born)
        number = len(self.world["orders"])
        stamp = sent_at.isoformat(" ", "seconds")
        status = variant(number, OUTCOMES)
        sent = status == Status.SUCCESS
        order |= {"status": status, "tries": 1 if sent else 3, "updated": stamp}
        item = self._item(subscription, order)
        code = "000"
        if sent:
            order["order_merchant_id"] = f"#{number}"
            item["first_placed"] = stamp
        elif status == Status.CANCELLED:
            order["cancelled"] = stamp
            code = "140"
        else:
            code = variant(number, ("120", "140", "110"))
            order["rejected_message"] = purchases.rejection(code, number)
            order["rejected_error_code"] = variant(number, (code, int(code)))
        if one_in(11, number):
            order["updated"] = item["order_updated"] = variant(number // 11, (None, "", "null"))
        self.world.insert("orders", order | purchases.totals(order, [item]), order["created"])
        self.world.insert("items", item, order["created"])
        if sent_at > datetime.fromisoformat(wall(self.now - purchases.PLACEMENT_RETENTION)):
            response = purchases.placement_response(self.world, order, code, stamp)
            response["response_code"] = variant(number, (code, code, int(code)))
            self.world.insert("placement_responses", response, stamp)

    def _upcoming(
        self, subscription: Record, place: datetime, born: datetime, upcoming: list[Record]
    ) -> None:
        """Add the next order; a customer's subscriptions due within a week share one."""
        days = [datetime.fromisoformat(order["place"]) for order in upcoming]
        near = [n for n, day in enumerate(days) if abs(day - place) < timedelta(days=7)]
        if near:
            order = upcoming[near[0]]
        else:
            order = self._order(subscription, place, born)
            self.world.insert("orders", order, order["created"])
            upcoming.append(order)
        item = self._item(subscription, order)
        self.world.insert("items", item, order["created"])
        number = len(self.world["items"])
        if one_in(8, number):
            self.world.insert("items", self._item(None, order), order["created"])
        # Nothing is serialised yet, so the amounts can still be set in place.
        items = self.world["items"].find("order", order["public_id"])
        order |= purchases.totals(order, (row.data for row in items))
        if one_in(6, number):
            target = variant(number // 6, (None, item["public_id"]))
            count = len(self.world["one_time_incentives"])
            incentive = purchases.incentive(
                self.world, count, order=order, item=target, created=order["created"]
            )
            self.world.insert("one_time_incentives", incentive, order["created"])

    def _order(self, subscription: Record, place: datetime, born: datetime) -> Record:
        return purchases.order(
            self.world,
            len(self.world["orders"]),
            customer=self.id,
            payment=subscription["payment"],
            shipping_address=subscription["shipping_address"],
            place=place.date().isoformat(),
            created=born.isoformat(" ", "seconds"),
        )

    def _item(self, subscription: Record | None, order: Record) -> Record:
        number = len(self.world["items"])
        return purchases.item(
            self.world,
            number,
            order=order,
            subscription=subscription,
            product=subscription["product"] if subscription else variant(number, self.products),
            quantity=subscription["quantity"] if subscription else 1,
            price_cents=variant(number, (5285, 1299, 2000)),
        )
