"""After a failure, a strange state or another setting the next syncs put everything right."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from emulator.clock import wall
from emulator.days import advance
from emulator.mutations import mutate
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.server import Running
    from emulator.world import World

Json = dict[str, Any]
Blob = dict[str, Any]

STREAMS = ("orders", "item", "subscription", "subscription_component", "customer")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [({"fault": "server_error"}, "transient_error"), ({"fault": "key_revoked"}, "config_error")],
    ids=["outage", "revoked_key"],
)
def test_what_changed_around_a_failure_half_way_arrives_afterwards(
    emulator: Running, small_pages: Callable[[int], None], fault: Json, kind: str
) -> None:
    """Changes before, at and after the failure; every list fails in its second half."""
    small_pages(20)
    world = emulator.world
    replica = Replica(emulator, STREAMS)
    replica.sync()
    for number in range(2):
        advance(world, timedelta(days=30))
        emulator.stage.faults.replace([{**fault, "path": "cursor=", "after": 3 + number}])
        output = replica.failing_sync()
        failed = {name for name, status in output.statuses.items() if status == "INCOMPLETE"}
        assert failed
        assert {t for name in failed for t, _ in output.failures(name)} == {kind}
    emulator.stage.faults.replace([])
    advance(world, timedelta(minutes=30))
    replica.sync()
    # A list that was taken up where it had stopped saw the deletions behind that place no more.
    replica.sync(exact=True)


def test_a_first_sync_that_fails_half_way_is_completed_by_the_next(
    emulator: Running, small_pages: Callable[[int], None]
) -> None:
    small_pages(20)
    replica = Replica(emulator)
    emulator.stage.faults.replace([{"fault": "server_error", "path": "cursor=", "after": 4}])
    replica.failing_sync()
    emulator.stage.faults.replace([])
    replica.sync(exact=True)


def _unknown_version(blob: Blob) -> Blob:
    return {**blob, "version": 99}


def _no_version(blob: Blob) -> Blob:
    return {name: value for name, value in blob.items() if name != "version"}


def _of_another_connector(_blob: Blob) -> Blob:
    return {"updated_at": "2026-01-01T00:00:00Z", "use_global_cursor": False}


def _wrong_types(blob: Blob) -> Blob:
    return {**blob, "watermark": 17, "synced_at": ["2026"]}


def _damaged_ledger(blob: Blob) -> Blob:
    known = blob.get("known")
    return {**blob, "known": {**known, "keys": known["keys"][:-9]}} if known else _no_version(blob)


def _ledger_of_another_version(blob: Blob) -> Blob:
    known = blob.get("known")
    return {**blob, "known": {"v": 99, "rows": 17}} if known else _no_version(blob)


@pytest.mark.parametrize(
    "damage",
    [
        _unknown_version,
        _no_version,
        _of_another_connector,
        _wrong_types,
        _damaged_ledger,
        _ledger_of_another_version,
    ],
)
def test_a_state_it_does_not_know_means_start_again_without_tombstones(
    emulator: Running, damage: Callable[[Blob], Blob]
) -> None:
    """A warning names each stream; what vanished meanwhile stays, what goes later is flagged."""
    world = emulator.world
    replica = Replica(emulator, STREAMS)
    replica.sync()
    for state in replica.destination.states.values():
        state["stream"]["stream_state"] = damage(state["stream"]["stream_state"])
    gone = delete_some(world)

    output = replica.sync()
    assert output.tombstones == []
    for stream in STREAMS:
        assert output.warnings(f"Stream {stream} ", "again"), f"no word about {stream}"
    replica.assert_exact(retained=gone)

    later = delete_some(world)
    flagged = {(stream, key) for stream, keys in later.items() for key in keys}
    found = replica.sync().tombstones
    assert {(stream, replica.table(stream).key_of(row)) for stream, row in found} == flagged
    replica.assert_exact(retained=gone)


def test_a_start_date_limits_orders_items_and_subscriptions_and_nothing_else(
    emulator: Running,
) -> None:
    start = "2026-04-01T05:00:00Z"
    replica = Replica(emulator, STREAMS[:3] + STREAMS[4:], start_date=start)
    replica.sync()
    where = since(start)
    replica.assert_exact(where=where)
    assert 0 < len(replica.table("orders").live) < len(emulator.world["orders"])

    advance(emulator.world, timedelta(days=3))
    replica.sync()
    flagged = {name: set(replica.table(name).flagged) for name in replica.destination.tables}
    assert flagged["orders"]
    replica.assert_exact(where=where)


def test_what_was_never_read_leaves_no_tombstone(emulator: Running) -> None:
    """An open order from before the start date is not in the table, so nothing there can go."""
    world = emulator.world
    start = (world.clock.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    replica = Replica(emulator, ["orders", "item"], start_date=start)
    replica.sync()
    assert replica.table("orders").rows == {}
    mutate(world, "skip", {})
    replica.sync()
    replica.assert_exact(where=since(start))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026-04-01T05:00:00Z", "2026-03-01T06:00:00Z"),
        ("2026-03-01T06:00:00Z", "2026-04-01T05:00:00Z"),
        (None, "2026-04-01T05:00:00Z"),
        ("2026-04-01T05:00:00Z", None),
    ],
    ids=["earlier", "later", "set", "removed"],
)
def test_another_start_date_starts_again_without_tombstones(
    emulator: Running, first: str | None, second: str | None
) -> None:
    """What the earlier of the two dates brought stays; what vanished meanwhile is not flagged."""
    world = emulator.world
    streams = ["orders", "item", "subscription"]
    replica = Replica(emulator, streams)
    earliest = None if None in {first, second} else min(first or "", second or "")
    where = since(earliest) if earliest else {}
    replica.settings = {"start_date": first} if first else {}
    replica.sync()
    gone = delete_some(world, among=replica)
    replica.settings = {"start_date": second} if second else {}
    assert replica.sync().tombstones == []
    replica.assert_exact(where=where, retained=gone)

    later = delete_some(world, among=replica)
    tombstones = replica.sync().tombstones
    assert {(n, r["public_id"]) for n, r in tombstones} == {
        (name, key) for name, keys in later.items() for (key,) in keys
    }
    replica.assert_exact(where=where, retained=gone)


def since(start: str) -> dict[str, Callable[[Json], bool]]:
    """Return which rows a start date lets through: the others' update is older, or has no time."""
    text = wall(datetime.fromisoformat(start))

    def updated(column: str) -> Callable[[Json], bool]:
        return lambda row: row[column] not in {None, "", "null"} and row[column] >= text

    return {
        "orders": updated("updated"),
        "item": updated("order_updated"),
        "subscription": updated("updated"),
    }


def delete_some(world: World, among: Replica | None = None) -> dict[str, set[tuple[Any, ...]]]:
    """Skip an order that is in the tables, and take a component and a customer if they are read."""
    read = among.destination.tables if among else None
    orders = [
        row
        for row in world["orders"].find("status", 1)
        if among is None or read is None or row.key in read["orders"].live
    ]
    order = orders[0]
    items = world["items"].find("order", order.key[0])
    gone: dict[str, set[tuple[Any, ...]]] = {
        "orders": {order.key},
        "item": {row.key for row in items},
    }
    mutate(world, "skip", {"order": order.key[0]})
    if among is None:
        customer = world["customers"].rows[0]
        world.delete("customers", [customer])
        gone["customer"] = {customer.key}
        subscription = next(
            row
            for row in world["subscriptions"].rows
            if isinstance(row["components"], list)
            and row["components"]
            and isinstance(row["components"][0], dict)
        )
        first, *rest = subscription["components"]
        world.change("subscriptions", subscription, components=rest)
        gone["subscription_component"] = {(subscription.key[0], first["public_id"])}
    return gone
