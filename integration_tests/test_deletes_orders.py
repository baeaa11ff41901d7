"""Orders and items: what happens between the open list, the changed list and the confirmation.

`orders` and `items` are each asked twice in a sync (what is open, then what changed), then one row
at a time under `orders/id` and `items/id`.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from emulator.edits import Edits
from emulator.mutations import mutate
from emulator.streams import STREAMS
from integration_tests.harness.moments import moments_of
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.server import Running
    from emulator.tables import Row

pytestmark = pytest.mark.usefixtures("ledgers")

OPEN, CHANGED = 1, 2
"""The requests for each of the two lists; a small merchant's are one page each."""


@pytest.fixture
def replica(emulator: Running) -> Replica:
    """Orders and items, read a day ago."""
    replica = Replica(emulator, ["orders", "item"])
    replica.sync(exact=True)
    emulator.world.clock.advance(timedelta(days=1))
    emulator.stage.log.clear()
    return replica


def test_a_skipped_order_and_its_items_are_confirmed_by_id_and_flagged(replica: Replica) -> None:
    """One question for each row that vanished, and none for others."""
    order, items = an_order(replica)
    mutate(replica.emulator.world, "skip", {"order": order.key[0]})
    assert flagged(replica) == {("orders", order.key[0]), *(("item", i.key[0]) for i in items)}
    assert asked_by_id(replica) == {"orders/id": 1, "items/id": len(items)}
    assert flagged(replica) == set()


def test_an_emptied_order_that_stays_is_not_flagged(replica: Replica) -> None:
    """Seen with a live merchant: the items go, the order remains open without any."""
    order, items = an_order(replica)
    mutate(replica.emulator.world, "skip", {"order": order.key[0], "leave_order": True})
    assert flagged(replica) == {("item", item.key[0]) for item in items}


@pytest.mark.parametrize("request_number", [OPEN, CHANGED])
@pytest.mark.parametrize("event", ["place", "fail_placement", "send_now", "merge_orders"])
def test_an_order_that_leaves_the_open_ones_while_they_are_read_is_not_flagged(
    replica: Replica, event: str, request_number: int
) -> None:
    """Sent, rejected, brought forward or merged: it lives on, with another status."""
    world = replica.emulator.world
    moments = moments_of(replica.emulator.stage)
    moments.before("orders", request_number, lambda: mutate(world, event, {}))
    assert flagged(replica, exact=False) == set()
    assert moments.outstanding == 0
    assert flagged(replica) == set()


@pytest.mark.parametrize("request_number", [OPEN, CHANGED])
@pytest.mark.parametrize("event", ["skip", "delay"])
def test_an_order_that_is_deleted_while_they_are_read_is_flagged_in_this_sync_or_the_next(
    replica: Replica, event: str, request_number: int
) -> None:
    world = replica.emulator.world
    order, items = an_order(replica)
    moments = moments_of(replica.emulator.stage)
    moments.before("orders", request_number, lambda: mutate(world, event, {"order": order.key[0]}))
    gone = {("orders", order.key[0]), *(("item", item.key[0]) for item in items)}
    assert flagged(replica, exact=False) | flagged(replica) == gone


def test_an_order_born_and_deleted_between_the_two_lists_leaves_no_trace(replica: Replica) -> None:
    world = replica.emulator.world
    before = {row.key for row in world["orders"].rows}
    mutate(world, "subscribe", {})
    (born,) = {row.key for row in world["orders"].rows} - before
    moments = moments_of(replica.emulator.stage)
    moments.before("orders", CHANGED, lambda: mutate(world, "delay", {"order": born[0], "days": 3}))
    replica.sync()
    replica.sync(exact=True)


def test_an_order_born_during_a_sync_and_deleted_after_it_is_flagged(replica: Replica) -> None:
    """It was in no list of open ones: what is read as open counts as well."""
    world = replica.emulator.world
    before = {row.key for row in world["orders"].rows}
    moments = moments_of(replica.emulator.stage)
    moments.before("orders", CHANGED, lambda: mutate(world, "subscribe", {}))
    replica.sync()
    (born,) = {row.key for row in world["orders"].rows} - before
    assert born in replica.table("orders").live
    mutate(world, "skip", {"order": born[0]})
    assert ("orders", born[0]) in flagged(replica)


def test_a_row_that_returns_before_it_is_confirmed_lives(replica: Replica) -> None:
    """Listed nowhere, but the answer to its id is a row: a live one, and no deletion."""
    world, edits = replica.emulator.world, Edits(replica.emulator.world)
    order, _ = an_order(replica)
    edits.delete(STREAMS["orders"], [order.key])
    moments = moments_of(replica.emulator.stage)
    moments.before("orders/id", 1, lambda: edits.restore(STREAMS["orders"]))
    output = replica.sync(exact=True)
    assert output.tombstones == []
    assert [row["public_id"] for row in output.records("orders")] == [order.key[0]]
    assert world["orders"].get(*order.key) is order


def test_an_order_that_is_closed_without_a_new_update_time_is_asked_for(replica: Replica) -> None:
    """Which changes move the update time is not documented; its new state arrives all the same."""
    world = replica.emulator.world
    order, _ = an_order(replica)
    world.change("orders", order, bump=False, status=17)
    assert flagged(replica) == set()
    assert replica.table("orders").live[order.key]["status"] == 17
    assert asked_by_id(replica)["orders/id"] == 1


def test_an_item_moves_to_another_order(replica: Replica) -> None:
    """The item lives; the order that it leaves empty is flagged."""
    world = replica.emulator.world
    order, (item,) = next(
        (order, items)
        for order, items in open_orders(replica)
        if len(items) == 1 and items[0]["subscription"]
    )
    mutate(world, "move_item", {"item": item.key[0]})
    assert flagged(replica) == {("orders", order.key[0])}
    assert replica.table("item").live[item.key]["order"] == item["order"] != order.key[0]


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "server_error"},
        {"fault": "key_revoked"},
        {"fault": "html"},
        {"fault": "error_object"},
        {"fault": "empty_list"},
        {"fault": "refuse"},
        {"fault": "redirect"},
    ],
    ids=lambda fault: fault["fault"],
)
def test_no_answer_to_an_id_decides_nothing(replica: Replica, fault: dict[str, Any]) -> None:
    """Only a 404 is a deletion. The next sync asks again."""
    emulator = replica.emulator
    order, items = an_order(replica)
    mutate(emulator.world, "skip", {"order": order.key[0]})
    emulator.stage.faults.replace([{**fault, "path": "orders/id"}])
    output = replica.sync()
    assert {stream for stream, _ in output.tombstones} == {"item"}
    assert len(output.warnings("Stream orders", "could not ask whether 1 rows")) == 1

    emulator.stage.faults.replace([])
    assert flagged(replica) == {("orders", order.key[0])}
    assert replica.table("item").flagged.keys() == {item.key for item in items}


def test_deletions_before_and_after_a_failed_sync_are_flagged_by_the_next(
    replica: Replica,
) -> None:
    world, stage = replica.emulator.world, replica.emulator.stage
    gone = set()
    for number in range(2):
        order, items = an_order(replica)
        gone |= {("orders", order.key[0]), *(("item", item.key[0]) for item in items)}
        mutate(world, "skip", {"order": order.key[0]})
        if number == 0:
            stage.faults.replace([{"fault": "server_error", "path": "orders|items"}])
            assert replica.failing_sync().tombstones == []
            stage.faults.replace([])
    assert flagged(replica) == gone


def test_a_night_in_which_all_open_orders_are_sent_is_no_mass_delete(replica: Replica) -> None:
    """The guard counts confirmed deletions, and there are none: all show among the changed."""
    world = replica.emulator.world
    orders = [order.key[0] for order, _ in open_orders(replica)]
    assert len(orders) > 40
    for order in orders:
        mutate(world, "place", {"order": order})
    output = replica.sync(exact=True)
    assert output.tombstones == []
    assert output.warnings() == []
    assert asked_by_id(replica) == {}


def test_what_is_asked_for_and_lives_is_no_mass_delete_either(replica: Replica) -> None:
    """All open orders were cancelled without a new update time: many questions, no deletion."""
    orders = [order for order, _ in open_orders(replica)]
    for order in orders:
        replica.emulator.world.change("orders", order, bump=False, status=4)
    output = replica.sync(exact=True)
    assert output.tombstones == []
    assert output.warnings() == []
    assert asked_by_id(replica)["orders/id"] == len(orders)


def test_more_confirmed_deletions_than_plausible_are_held_back_until_they_are_released(
    replica: Replica,
) -> None:
    """Each was asked for and is gone, but a third of all open orders at once is odd."""
    gone = [order for order, _ in open_orders(replica)][::3]
    assert len(gone) > 10
    Edits(replica.emulator.world).delete(STREAMS["orders"], [order.key for order in gone])
    known = len(replica.emulator.world["orders"].find("status", 1)) + len(gone)
    for _ in range(2):
        output = replica.sync()
        assert output.tombstones == []
        (warning,) = output.warnings("Stream orders", "max_deletion_percent")
        assert f"{len(gone)} of {known} known rows" in warning
    replica.settings["max_deletion_percent"] = 100
    assert flagged(replica) == {("orders", order.key[0]) for order in gone}


def test_an_order_to_be_sent_at_once_is_still_open(emulator: Running) -> None:
    """Until the night's run it is unprocessed, and what is unprocessed can be skipped."""
    replica = Replica(emulator, ["orders"])
    replica.sync()
    order, _ = an_order(replica)
    tombstones = []
    for event in ("send_now", "skip"):
        emulator.world.clock.advance(timedelta(hours=5))
        mutate(emulator.world, event, {"order": order.key[0]})
        tombstones.append(flagged(replica))
    assert tombstones == [set(), {("orders", order.key[0])}]


def test_switched_off_the_search_asks_nothing_and_flags_nothing(emulator: Running) -> None:
    """Without `open_order_reconciliation` only the changed rows are read."""
    replica = Replica(emulator, ["orders", "item"], open_order_reconciliation=False)
    replica.sync(exact=True)
    emulator.stage.log.clear()
    order, items = an_order(replica)
    mutate(emulator.world, "skip", {"order": order.key[0]})
    assert replica.sync().tombstones == []
    replica.assert_exact(retained={"orders": {order.key}, "item": {i.key for i in items}})
    assert Counter(entry.endpoint for entry in emulator.stage.log.entries) == {
        "orders": 1,
        "items": 1,
    }


def test_items_keep_their_prices_although_the_open_list_omits_them(
    replica: Replica, small_pages: Callable[[int], None]
) -> None:
    """That list only says what is open: its rows are not written."""
    small_pages(10)
    assert replica.sync(exact=True).records("item") == []
    prices = [row.get("price") for row in replica.table("item").live.values()]
    assert None not in prices


def open_orders(replica: Replica) -> list[tuple[Row, list[Row]]]:
    """Return the open orders in the table that the vendor still has, each with its items."""
    world = replica.emulator.world
    return [
        (row, world["items"].find("order", row.key[0]))
        for row in world["orders"].find("status", 1)
        if row.key in replica.table("orders").live
    ]


def an_order(replica: Replica) -> tuple[Row, list[Row]]:
    return open_orders(replica)[5]


def flagged(replica: Replica, *, exact: bool = True) -> set[tuple[str, str]]:
    """Sync, check the tables, and return which rows got a tombstone."""
    output = replica.sync(exact=exact)
    assert {row["_og_deletion_source"] for _, row in output.tombstones} <= {"open_orders"}
    return {(stream, row["public_id"]) for stream, row in output.tombstones}


def asked_by_id(replica: Replica) -> dict[str, int]:
    endpoints = (entry.endpoint for entry in replica.emulator.stage.log.entries)
    return dict(Counter(name for name in endpoints if name.endswith("/id")))
