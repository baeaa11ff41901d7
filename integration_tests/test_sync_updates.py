"""No update is lost: whenever a row changes, its last value arrives, in this sync or the next."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from emulator.days import advance
from emulator.mutations import mutate
from integration_tests.harness.moments import moments_of
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.server import Running
    from emulator.tables import Row
    from emulator.world import World

SUBSCRIPTIONS = ("subscription", "subscription_component", "subscription_discount")
FILTERED = ("orders", "item", *SUBSCRIPTIONS)
"""The streams that are read from a watermark on."""

PAGE = 12
"""Rows a page, so that a small merchant's orders fill a dozen."""


def test_every_one_of_the_21_tables_equals_the_world(emulator: Running) -> None:
    """First a copy of everything, then, nothing having changed, nothing that is filtered."""
    replica = Replica(emulator)
    assert len(replica.destination.tables) == 21
    replica.sync(exact=True)
    assert all(table.rows for table in replica.destination.tables.values())

    again = replica.sync(exact=True)
    assert [name for name in FILTERED if again.records(name)] == []
    assert again.tombstones == []


def test_what_changed_between_two_syncs_is_in_the_second(emulator: Running) -> None:
    replica = Replica(emulator)
    replica.sync()
    for days in (1, 9, 0.2):
        advance(emulator.world, timedelta(days=days))
        replica.sync(exact=True)


def test_a_row_that_changes_several_times_has_its_last_value(emulator: Running) -> None:
    world = emulator.world
    replica = Replica(emulator, FILTERED)
    order, subscription = open_order(world), world["subscriptions"].rows[0]
    replica.sync()
    for total in ("1.00", "2.00", "3.10"):
        world.clock.advance(timedelta(minutes=1))
        world.change("orders", order, total=total)
        world.change("subscriptions", subscription, price=total)
    output = replica.sync(exact=True)
    assert [row["total"] for row in output.records("orders")] == [Decimal("3.10")]

    world.change("orders", order, total="4.00")
    replica.sync(exact=True)


@pytest.mark.parametrize("stream", ["orders", "item", "subscription"])
def test_what_changes_during_a_sync_is_in_it_or_in_the_next(
    emulator: Running, small_pages: Callable[[int], None], stream: str
) -> None:
    """Pages already read, pages not yet read, and rows born before the page that is read.

    The walk takes six hours, so that an overlap cannot hide a watermark that is too late: the
    first change comes two hours into the walk, the last one, four hours later, at its end.
    """
    small_pages(PAGE)
    world = emulator.world
    table = {"orders": "orders", "item": "items", "subscription": "subscriptions"}[stream]
    replica = Replica(emulator, FILTERED)
    newest_first = world[table].rows[::-1]
    pages = len(newest_first) // PAGE
    read, unread = newest_first[3], newest_first[-3]

    def change(row: Row, quantity: int) -> None:
        if table == "items":
            world.change("items", row, quantity=quantity)
            row = the_order_of(world, row)
        world.change("orders" if table == "items" else table, row, tries=quantity)

    def two_hours_later() -> None:
        world.clock.advance(timedelta(hours=2))
        change(read, 91)
        change(unread, 91)
        mutate(world, "subscribe", {})

    def six_hours_later() -> None:
        world.clock.advance(timedelta(hours=4))
        change(unread, 92)

    moments = moments_of(emulator.stage)
    # With the open set read first, the list's own pages come last.
    last = pages if table == "subscriptions" else pages + open_pages(world, table)
    moments.before(table, last - 2, two_hours_later)
    moments.before(table, last - 1, six_hours_later)
    replica.sync()
    assert moments.outstanding == 0
    seen = replica.table(stream).live[unread.key]
    assert seen["quantity" if table == "items" else "tries"] == 92

    replica.sync(exact=True)


def test_rows_without_an_update_time_come_once_and_stay(emulator: Running) -> None:
    """No filter returns them, so they need the first read; later ones neither repeat nor flag them.

    With their first timestamp they come again.
    """
    world = emulator.world
    replica = Replica(emulator, ["orders", "item"])
    timeless = [row for row in world["orders"].rows if row["updated"] in (None, "", "null")]
    replica.sync(exact=True)
    assert {row.key for row in timeless} < replica.table("orders").live.keys()

    advance(world, timedelta(days=2))
    again = {row["public_id"] for row in replica.sync(exact=True).records("orders")}
    assert again
    assert again & {row.key[0] for row in timeless} == set()

    world.change("orders", timeless[0], tries=7)
    replica.sync(exact=True)


@pytest.mark.parametrize(
    "skew", [timedelta(minutes=10), timedelta(minutes=-10), timedelta(hours=5), timedelta(hours=-5)]
)
def test_a_clock_that_disagrees_with_the_vendors_loses_nothing(
    emulator: Running, skew: timedelta
) -> None:
    """Ahead, the connector's clock must not become the watermark; behind, it only reads more."""
    world = emulator.world
    replica = Replica(emulator, FILTERED)
    replica.skew = skew
    replica.sync()
    for minutes in (1, 30, 200):
        world.clock.advance(timedelta(minutes=minutes))
        for _ in range(3):
            mutate(world, "change_quantity", {})
            mutate(world, "change_subscription_quantity", {})
        replica.sync(exact=True)


def test_a_clock_that_is_set_back_never_sets_back_the_stamps(emulator: Running) -> None:
    """State remembers the newest stamp, so rows read later win although the clock says earlier."""
    replica = Replica(emulator)
    replica.sync()
    replica.skew = timedelta(days=-2)
    for table in ("customers", "addresses", "one_time_incentives"):
        advance(emulator.world, timedelta(hours=5))
        emulator.world.delete(table, emulator.world[table].rows[-1:])
        replica.sync(exact=True)


def test_the_filter_is_the_watermark_less_three_hours_on_chicagos_wall_clock(
    emulator: Running,
) -> None:
    """The watermark is the first sync's start by the vendor's clock, seven hours behind ours."""
    replica = Replica(emulator, FILTERED)
    replica.skew = timedelta(hours=7)
    replica.sync()
    began = emulator.world.clock.now()
    filters = {}
    for endpoint, stream, parameter in (
        ("orders", "orders", "updated_start"),
        ("items", "item", "order_updated_start"),
        ("subscriptions", "subscription", "updated_start"),
    ):
        state = replica.destination.states[stream]["stream"]["stream_state"]
        watermark = datetime.fromisoformat(state["watermark"])
        assert began - timedelta(minutes=1) < watermark <= began
        since = (watermark - timedelta(hours=3)).astimezone(ZoneInfo("America/Chicago"))
        filters[endpoint] = {parameter: since.strftime("%Y-%m-%dT%H:%M:%S"), "page_size": "100"}

    emulator.stage.log.clear()
    emulator.world.clock.advance(timedelta(days=1))
    replica.sync()
    asked = [(entry.endpoint, dict(entry.query)) for entry in emulator.stage.log.entries]
    assert {name: query for name, query in asked if "status" not in query} == filters


def open_order(world: World) -> Row:
    return world["orders"].find("status", 1)[0]


def the_order_of(world: World, item: Row) -> Row:
    order = world["orders"].get(item["order"])
    assert order is not None
    return order


def open_pages(world: World, table: str) -> int:
    rows = world["orders"].find("status", 1)
    if table == "items":
        return -(-sum(len(world["items"].find("order", row.key[0])) for row in rows) // PAGE)
    return -(-len(rows) // PAGE)
