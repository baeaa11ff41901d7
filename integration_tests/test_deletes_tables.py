"""Every table: what vanishes at the vendor is flagged in the next sync, exactly, and says how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emulator.edits import Edits
from emulator.mutations import mutate
from emulator.streams import STREAMS
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from emulator.server import Running
    from emulator.world import Change, World

pytestmark = pytest.mark.usefixtures("ledgers")

RECONCILED = (
    "address",
    "customer",
    "incentives",
    "merchant_cancel_reason",
    "offer_profile",
    "payment",
    "placement_log_responses",
    "product",
    "resources",
)
REPLACED = (
    "offer_profile_initial_coupon_discount",
    "offer_profile_offer",
    "offer_profile_recurring_coupon_discount",
    "product_group",
    "product_relationships",
    "product_selection_rule",
    "product_selection_rule_element",
    "subscription_component",
    "subscription_discount",
)
OPEN = ("orders", "item")
SOURCE = {
    **dict.fromkeys(RECONCILED, "reconciliation"),
    **dict.fromkeys(REPLACED, "parent"),
    **dict.fromkeys(OPEN, "open_orders"),
}
"""How the deletions of each table are found. The 21st, `subscription`, has none."""

Key = tuple[Any, ...]


def test_all_21_streams_have_a_way_to_be_deleted_or_none() -> None:
    assert len(SOURCE) == 20
    assert STREAMS.keys() - SOURCE.keys() == {"subscription"}


@pytest.mark.parametrize("streams", [(*RECONCILED, *OPEN), REPLACED], ids=["parents", "children"])
def test_what_vanishes_is_flagged_and_what_returns_is_live_again(
    emulator: Running, streams: tuple[str, ...]
) -> None:
    """Two rows of each table go: two tombstones. They come back: live rows win. One goes again."""
    world, edits = emulator.world, Edits(emulator.world)
    replica = Replica(emulator, streams)
    replica.sync(exact=True)
    gone = {stream: deletable(world, stream)[1:3] for stream in streams}
    if streams == REPLACED:
        # Of other rules than those that go as a whole.
        gone["product_selection_rule_element"] = deletable(world, "product_selection_rule_element")[
            6:8
        ]

    with world.journal() as changes:
        for stream, keys in gone.items():
            edits.delete(STREAMS[stream], keys)
    assert {stream for stream, _ in deleted(replica, changes)} == set(streams)
    assert tombstones(replica) == deleted(replica, changes)

    for stream, keys in gone.items():
        edits.restore(STREAMS[stream], keys)
    for row in world["orders"].rows:
        # The vendor's filter shows only what changed.
        world.change("orders", row, tries=1)
    assert tombstones(replica) == set()
    assert not any(table.flagged for table in replica.destination.tables.values())

    with world.journal() as changes:
        for stream, keys in gone.items():
            edits.delete(STREAMS[stream], keys[:1])
    assert tombstones(replica) == deleted(replica, changes)
    assert tombstones(replica) == set()


def test_rows_vanish_from_all_tables_at_once(emulator: Running) -> None:
    """One product, profile, customer's order and so on: each with what hangs on it."""
    world = emulator.world
    replica = Replica(emulator)
    replica.sync(exact=True)
    product = next(
        row for row in world["products"].rows if row["product_selection_rules"] and row["groups"]
    )
    mutate(world, "remove_product", {"product": product.key[0]})
    profile = next(row for row in world["offer_profiles"].rows if row["recurring_coupon"])
    world.delete("offer_profiles", [profile])
    for name in ("skip", "remove_component", "remove_discount", "delete_incentive"):
        mutate(world, name, {})
    for table in ("addresses", "cancel_reasons", "customers", "placement_responses", "resources"):
        world.delete(table, world[table].rows[-1:])
    for coupon in ("initial_coupon", "recurring_coupon"):
        mutate(world, "remove_coupon_discount", {"coupon": coupon})
    world.delete("payments", world["payments"].rows[:1])

    output = replica.sync(exact=True)
    sources = {(stream, row["_og_deletion_source"]) for stream, row in output.tombstones}
    assert sources == set(SOURCE.items())
    assert len(output.tombstones) == sum(
        len(t.flagged) for t in replica.destination.tables.values()
    )


def test_the_vendor_deletes_no_subscription_so_none_is_ever_flagged(emulator: Running) -> None:
    """Should one be missing all the same, nothing is made up about it."""
    replica = Replica(emulator, ["subscription", "subscription_component"])
    replica.sync()
    rows = emulator.world["subscriptions"].rows[:40]
    children = replica.table("subscription_component").live
    emulator.world.delete("subscriptions", rows)
    assert replica.sync().tombstones == []
    assert replica.table("subscription_component").live == children


def test_a_tombstone_of_deletion_mode_cdc_says_when(emulator: Running) -> None:
    """`_ab_cdc_deleted_at` is in every schema and on every tombstone, and on no live row."""
    streams = [stream for stream in SOURCE if STREAMS[stream].containers is None]
    replica = Replica(emulator, streams, deletion_mode="cdc")
    replica.sync(exact=True)
    for table in replica.destination.tables.values():
        assert table.schema["properties"]["_ab_cdc_deleted_at"]["format"] == "date-time"
    for stream in streams:
        gone = deletable(emulator.world, stream)[1:2]
        Edits(emulator.world).delete(STREAMS[stream], gone)
    output = replica.sync(exact=True)
    assert {stream for stream, _ in output.tombstones} == set(streams)
    for record in output.of("RECORD"):
        row = record["data"]
        when = row["_og_synced_at"] if row["_og_deleted"] else None
        assert row.get("_ab_cdc_deleted_at") == when


def test_deletion_mode_soft_has_no_cdc_column(emulator: Running) -> None:
    replica = Replica(emulator, ["resources"])
    replica.sync()
    assert "_ab_cdc_deleted_at" not in replica.table("resources").schema["properties"]
    Edits(emulator.world).delete(STREAMS["resources"], deletable(emulator.world, "resources")[:1])
    ((_, tombstone),) = replica.sync(exact=True).tombstones
    assert "_ab_cdc_deleted_at" not in tombstone


def tombstones(replica: Replica) -> set[tuple[str, Key]]:
    """Sync, check the tables and where each tombstone says it comes from; return their keys."""
    output = replica.sync(exact=True)
    assert all(SOURCE[stream] == row["_og_deletion_source"] for stream, row in output.tombstones)
    return {(stream, replica.table(stream).key_of(row)) for stream, row in output.tombstones}


def deleted(replica: Replica, changes: list[Change]) -> set[tuple[str, Key]]:
    """Return what a journal says was deleted from the tables of a replica."""
    return {
        (change.stream, replica.table(change.stream).spelled(change.key))
        for change in changes
        if change.op == "deleted" and change.stream in replica.destination.tables
    }


def deletable(world: World, name: str) -> list[Key]:
    """Return keys of rows that the vendor may delete, one a parent where there is one.

    A list's last element: the positions of those before it are part of some keys. Not the oldest
    placement responses: an oldest row that goes may have aged out.
    """
    stream = STREAMS[name]
    if name in OPEN:
        orders = {row.key[0] for row in world["orders"].find("status", 1)}
        field = {"orders": "public_id", "item": "order"}[name]
        return [row.key for row in world[stream.table].rows if row[field] in orders]
    last: dict[object, Key] = {}
    for row in world.truth(stream):
        key = stream.key_of(row)
        last[key[0] if stream.containers else key] = key
    return list(last.values())
