"""From a deletion at the vendor over its webhook and the receiver to a tombstone.

The emulator signs and delivers, the receiver is a process of its own, the connector reads both.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from emulator.mutations import mutate
from emulator.streams import STREAMS
from integration_tests.harness import connector
from integration_tests.harness.replica import Replica
from integration_tests.webhook_receiver.receiver import WEBHOOKS, Receiver, read_log
from integration_tests.webhook_receiver.receiver import deliver as send
from unit_tests.webhook_receiver.builders import KEY, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emulator.server import Running

NOBODY = "http://127.0.0.1:9"
"""An address where nothing listens."""


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with Receiver.running(f"sqlite:///{tmp_path / 'webhooks.db'}") as running:
        yield running


@pytest.fixture
def replica(emulator: Running, receiver: Receiver) -> Replica:
    """Orders and items, read a day ago, with the receiver registered at the vendor."""
    emulator.stage.deliveries.register(f"{receiver.url}{WEBHOOKS}", [KEY])
    replica = Replica(emulator, ["orders", "item"], webhook_receiver=at(receiver.url))
    replica.sync(exact=True)
    emulator.world.clock.advance(timedelta(days=1))
    return replica


def at(url: str) -> dict[str, str]:
    return {"url": url, "token": TOKEN}


def sources(replica: Replica) -> dict[tuple[str, str], str]:
    """Return where each flagged row's deletion is known from."""
    return {
        (name, key[0]): row["_og_deletion_source"]
        for name, table in replica.destination.tables.items()
        for key, row in table.flagged.items()
    }


Deleted = dict[str, list[tuple[str, ...]]]


def skip(replica: Replica) -> Deleted:
    """Let a customer skip an order; return the keys of what the vendor deletes."""
    before = _keys_in(replica)
    mutate(replica.emulator.world, "skip", {})
    after = _keys_in(replica)
    return {name: sorted(before[name] - after[name]) for name in before}


def _keys_in(replica: Replica) -> dict[str, set[tuple[str, ...]]]:
    tables = replica.emulator.world.tables
    return {
        name: {row.key for row in tables[STREAMS[name].table].rows} for name in ("orders", "item")
    }


def deliver(replica: Replica, **modes: int) -> list[Any]:
    return replica.emulator.stage.deliveries.deliver(modes)


def keys(deleted: Deleted) -> set[tuple[str, str]]:
    return {(name, key) for name, gone in deleted.items() for (key,) in gone}


def test_a_delivered_deletion_is_a_tombstone_with_what_the_event_says(replica: Replica) -> None:
    """The row's fields as they were, and the time when it happened, not when it was noticed."""
    happened = replica.emulator.world.clock.now().astimezone(UTC)
    deleted = skip(replica)
    deliver(replica)
    replica.emulator.world.clock.advance(timedelta(hours=1))

    replica.sync(exact=True)

    assert sources(replica) == dict.fromkeys(keys(deleted), "webhook")
    (order,) = replica.table("orders").flagged.values()
    assert datetime.fromisoformat(order["_og_deleted_at"]) == happened.replace(microsecond=0)
    customers = replica.emulator.world.tables["customers"]
    assert customers.get(order["customer"])
    assert order["status"] == 1
    assert "_og_unparsed" not in order


@pytest.mark.parametrize("mode", ["twice", "out_of_order", "late", "both_keys", "legacy"])
def test_however_badly_it_is_delivered_each_row_is_flagged_once(
    replica: Replica, mode: str
) -> None:
    """Each key has one tombstone over all syncs, whatever the vendor repeats or holds back."""
    deleted = [skip(replica) for _ in range(3)]
    deliver(replica, **{mode: 1})
    first = replica.sync(exact=True)
    deliver(replica)
    second = replica.sync(exact=True)

    told = [(name, row["public_id"]) for name, row in first.tombstones + second.tombstones]
    assert sorted(told) == sorted(set().union(*map(keys, deleted)))


def test_a_lost_webhook_is_found_by_asking(replica: Replica) -> None:
    """Both channels together flag each row once."""
    lost = skip(replica)
    deliver(replica, lost=1)
    arrived = skip(replica)
    deliver(replica)

    replica.sync(exact=True)

    assert sources(replica) == {
        **dict.fromkeys(keys(lost), "open_orders"),
        **dict.fromkeys(keys(arrived), "webhook"),
    }


def test_what_asking_found_is_not_flagged_again_when_its_webhook_comes(replica: Replica) -> None:
    """The vendor delivers minutes later: the sync in between has asked already."""
    deleted = skip(replica)
    replica.sync(exact=True)
    assert sources(replica) == dict.fromkeys(keys(deleted), "open_orders")
    deliver(replica)

    output = replica.sync(exact=True)

    assert output.tombstones == []
    assert sources(replica) == dict.fromkeys(keys(deleted), "open_orders")


def test_a_row_that_the_vendor_lists_is_alive_whatever_its_event_says(
    replica: Replica, receiver: Receiver
) -> None:
    """An order that came back after its deletion."""
    orders = replica.emulator.world.tables["orders"].rows
    alive = next(row for row in orders if row["status"] == 1)
    event = {
        "id": "an-event-of-an-order-that-came-back",
        "type": "order.delete",
        "created": int(replica.emulator.world.clock.now().timestamp()),
        "data": {"object": {"type": "order", "public_id": alive["public_id"]}},
    }
    assert send(receiver, orjson.dumps(event)) == [200]

    output = replica.sync(exact=True)

    assert (sources(replica), output.tombstones) == ({}, [])


def test_an_unreachable_receiver_fails_nothing_and_nothing_is_lost(
    replica: Replica, receiver: Receiver
) -> None:
    """Without asking by id, too: the offset stays, and the next sync catches up."""
    replica.settings["open_order_reconciliation"] = False
    replica.sync()
    deleted = skip(replica)
    deliver(replica)
    replica.settings["webhook_receiver"] = at(NOBODY)

    output = replica.sync()

    assert sources(replica) == {}
    assert len(output.warnings("webhook receiver could not be read")) == 1
    replica.settings["webhook_receiver"] = at(receiver.url)
    replica.sync(exact=True)
    assert sources(replica) == dict.fromkeys(keys(deleted), "webhook")


def test_a_wrong_token_is_a_warning_that_names_the_setting(replica: Replica) -> None:
    replica.settings["webhook_receiver"] = {
        **replica.settings["webhook_receiver"],
        "token": "not-the-token-of-this-receiver",
    }
    (warning,) = replica.sync(exact=True).warnings("webhook")
    assert "webhook_receiver" in warning


def test_events_before_the_first_sync_flag_nothing(emulator: Running, receiver: Receiver) -> None:
    """Rows deleted before the table began were never in it."""
    emulator.stage.deliveries.register(f"{receiver.url}{WEBHOOKS}", [KEY])
    mutate(emulator.world, "skip", {})
    emulator.stage.deliveries.deliver({})
    replica = Replica(emulator, ["orders", "item"], webhook_receiver=at(receiver.url))

    replica.sync(exact=True)
    output = replica.sync(exact=True)

    assert (sources(replica), output.tombstones) == ({}, [])


def test_the_log_itself_is_a_stream(replica: Replica, receiver: Receiver) -> None:
    """Every event once, in the order of arrival, and only the new ones next time."""
    settings = {**replica.config}
    (catalog,) = connector.run("discover", config=settings).of("CATALOG")
    (log,) = [s for s in catalog["streams"] if s["name"] == "webhook_event"]
    selected = {
        "streams": [
            {"stream": log, "sync_mode": "incremental", "destination_sync_mode": "append_dedup"}
        ]
    }
    skip(replica)
    deliver(replica)
    arrivals = [event["arrival"] for event in read_log(receiver)]

    first = connector.run("read", config=settings, catalog=selected)
    skip(replica)
    deliver(replica)
    second = connector.run(
        "read",
        config=settings,
        catalog=selected,
        state=[m["state"] for m in first.messages if m["type"] == "STATE"][-1:],
    )

    assert [row["arrival"] for row in first.records("webhook_event")] == arrivals
    everything = [event["arrival"] for event in read_log(receiver)]
    assert [row["arrival"] for row in second.records("webhook_event")] == everything[
        len(arrivals) :
    ]
    assert {row["id"] for row in second.records("webhook_event")} <= {
        event["id"] for event in read_log(receiver)
    }


def test_neither_side_sees_the_others_secret(replica: Replica) -> None:
    """The vendor never gets the receiver's token (the other way round: `PinnedApiKey`'s tests)."""
    replica.emulator.stage.log.clear()
    deliver(replica)
    replica.sync(exact=True)
    headers = [str(entry.headers) for entry in replica.emulator.stage.log.entries]
    assert headers
    assert not [text for text in headers if TOKEN in text or "uthorization" in text]
