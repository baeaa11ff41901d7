"""When a row that is not listed is not taken for deleted."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from emulator.mutations import mutate
from integration_tests.harness import connector
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.server import Running
    from emulator.tables import Row

pytestmark = pytest.mark.usefixtures("ledgers")

RELEASE = {"max_deletion_percent": 100}
OTHER_KEY = "og-emulator-key-that-replaced-the-first"

MERCHANTS = ("customer", "address", "orders", "item", "product", "product_group", "resources")
"""Rows of some say whose they are; addresses, items and groups do not."""


def test_neither_first_sync_nor_reset_has_tombstones(emulator: Running) -> None:
    replica = Replica(emulator)
    assert replica.sync(exact=True).tombstones == []
    for table in ("addresses", "customers", "payments"):
        emulator.world.delete(table, emulator.world[table].rows[::2])
    replica.forget_tables()
    output = replica.sync(exact=True)
    assert output.tombstones == []
    assert output.warnings() == []


def test_a_full_refresh_has_no_tombstones_and_uses_no_state(emulator: Running) -> None:
    """What is gone is simply not in the new table."""
    streams = ["customer", "orders", "subscription", "subscription_component", "product_group"]
    replica = Replica(emulator, streams, full_refresh=streams)
    for _ in range(2):
        output = replica.sync(exact=True)
        assert output.tombstones == []
        mutate(emulator.world, "skip", {})
        emulator.world.delete("customers", emulator.world["customers"].rows[:3])
    queries = [dict(entry.query) for entry in emulator.stage.log.entries]
    assert [query for query in queries if {"updated_start", "status"} & set(query)] == []


@pytest.mark.parametrize(
    ("gone", "percent", "passes"),
    [
        (10, 15, True),
        (11, 15, False),
        (15, 20, False),
        (15, 21, True),
        (72, 99, False),
        (72, 100, True),
    ],
)
def test_more_than_the_percentage_and_more_than_ten_are_held_back(
    emulator: Running, gone: int, percent: int, *, passes: bool
) -> None:
    """Of 72 payments: 10 are few in any case, 11 are 15.3 percent, 15 are 20.8."""
    replica = Replica(emulator, ["payment"], max_deletion_percent=percent)
    assert len(replica.sync().records("payment")) == 72
    rows = emulator.world["payments"].rows[:gone]
    emulator.world.delete("payments", rows)
    output = replica.sync(exact=passes)
    assert len(output.tombstones) == (gone if passes else 0)
    assert len(output.warnings()) == (0 if passes else 1)
    assert len(replica.table("payment").live) == (72 - gone if passes else 72)


def test_what_was_held_back_is_decided_again_by_each_sync_until_the_user_releases_it(
    emulator: Running,
) -> None:
    """Meanwhile listed rows arrive as usual, and the warning names numbers and setting."""
    world = emulator.world
    replica = Replica(emulator, ["customer"])
    replica.sync()
    gone = [row.key for row in world["customers"].rows[::2]]
    world.delete("customers", world["customers"].rows[::2])
    for number in range(3):
        world.change("customers", world["customers"].rows[number], first_name=f"New {number}")
        mutate(world, "subscribe", {})
        output = replica.sync()
        assert output.tombstones == []
        (warning,) = output.warnings()
        assert "Stream customer: 30 of 6" in warning
        assert "max_deletion_percent (15)" in warning
        assert "set max_deletion_percent to 100" in warning
        replica.assert_exact(retained={"customer": set(gone)})
    replica.settings |= RELEASE
    output = replica.sync(exact=True)
    assert len(output.tombstones) == 30
    assert output.warnings() == []


def test_what_was_held_back_and_returns_was_never_gone(emulator: Running) -> None:
    replica = Replica(emulator, ["customer"])
    replica.sync()
    rows = emulator.world["customers"].rows[:30]
    emulator.world.delete("customers", rows)
    assert len(replica.sync().warnings()) == 1
    for row in rows:
        emulator.world.put_back("customers", row)
    output = replica.sync(exact=True)
    assert (output.tombstones, output.warnings()) == ([], [])


@pytest.mark.parametrize(
    ("stream", "endpoint", "rows"),
    [("customer", "customers", 60), ("resources", "resources", 14)],
)
def test_an_empty_list_over_a_known_table_is_held_back(
    emulator: Running, stream: str, endpoint: str, rows: int
) -> None:
    """The vendor may be wrong; if it is not, the user says so."""
    replica = Replica(emulator, [stream])
    replica.sync()
    emulator.stage.faults.replace([{"fault": "empty_list", "path": endpoint}])
    output = replica.sync()
    assert output.tombstones == []
    assert f"{rows} of {rows} known rows" in output.warnings()[0]
    emulator.stage.faults.replace([])
    assert replica.sync(exact=True).tombstones == []

    table = emulator.world[endpoint]
    emulator.world.delete(endpoint, list(table.rows))
    replica.settings |= RELEASE
    assert len(replica.sync(exact=True).tombstones) == rows


def test_a_list_that_ends_early_with_an_explicit_end_is_held_back(
    emulator: Running, small_pages: Callable[[int], None]
) -> None:
    """Nothing tells an empty last page from a wrong one, but 40 of 60 customers at once do."""
    small_pages(10)
    replica = Replica(emulator, ["customer"])
    replica.sync()
    emulator.stage.faults.replace([{"fault": "empty_list", "path": "customers", "after": 2}])
    output = replica.sync()
    assert output.tombstones == []
    assert "40 of 60 known rows" in output.warnings()[0]
    emulator.stage.faults.replace([])
    assert replica.sync(exact=True).tombstones == []


def test_a_small_table_may_lose_all_its_rows(emulator: Running) -> None:
    """Of up to ten rows a share says nothing."""
    replica = Replica(emulator, ["incentives"])
    replica.sync()
    rows = list(emulator.world["one_time_incentives"].rows)
    assert 0 < len(rows) <= 10
    emulator.world.delete("one_time_incentives", rows)
    assert len(replica.sync(exact=True).tombstones) == len(rows)


def test_children_are_held_back_with_their_parents(emulator: Running) -> None:
    """A product that may still be there must not lose its groups."""
    family = ["product", "product_group", "product_selection_rule_element"]
    replica = Replica(emulator, family)
    replica.sync()
    emulator.world.delete("products", emulator.world["products"].rows[::2])
    output = replica.sync()
    assert output.tombstones == []
    assert len(output.warnings("Stream product:", "12 of 24")) == 1
    replica.settings |= RELEASE
    flagged = {stream for stream, _ in replica.sync(exact=True).tombstones}
    assert flagged == set(family)


def test_what_ages_out_of_the_vendors_retention_is_not_deleted(emulator: Running) -> None:
    """The oldest placement responses go; a younger one that goes with them was deleted."""
    world = emulator.world
    replica = Replica(emulator, ["placement_log_responses"])
    replica.sync()
    oldest = [row.key for row in world["placement_responses"].rows[:20]]
    mutate(world, "age_out_responses", {"count": 20})
    output = replica.sync()
    assert (output.tombstones, output.warnings()) == ([], [])
    replica.assert_exact(retained={"placement_log_responses": set(oldest)})

    younger: Row = world["placement_responses"].rows[10]
    world.delete("placement_responses", [younger])
    mutate(world, "age_out_responses", {"count": 5})
    ((_, tombstone),) = replica.sync().tombstones
    assert tombstone["public_id"] == younger.key[0]


@pytest.mark.parametrize(
    ("streams", "lose"),
    [
        (["customer"], False),
        (["orders"], True),
        (["product", "product_group", "product_relationships"], True),
        (["subscription", "subscription_component"], False),
    ],
    ids=["customer", "orders", "product", "subscription"],
)
def test_a_crash_between_tombstones_and_state_repeats_them_and_loses_none(
    emulator: Running, streams: list[str], *, lose: bool
) -> None:
    """The state that accounts for a tombstone comes after it, whether the tombstone arrived or not.

    The connector dies after the first and then after the second of them.
    """
    world = emulator.world
    replica = Replica(emulator, streams)
    replica.sync()
    world.delete("customers", world["customers"].rows[:3])
    for _ in range(3):
        mutate(world, "skip", {})
        mutate(world, "remove_component", {})
    mutate(world, "remove_product", {"product": "SKU 1/2"})

    accounted: set[str] = set()
    for number in (1, 2):
        output = replica.killed_sync(at_tombstone(number), lose_uncommitted=lose)
        assert len(output.tombstones) == number
        ended = {state["stream"]["stream_descriptor"]["name"] for state in output.of("STATE")}
        assert output.tombstones[-1][0] not in ended
        accounted |= ended
    output = replica.sync(exact=True)
    assert {(name, replica.table(name).key_of(row)) for name, row in output.tombstones} == {
        (name, key) for name in set(streams) - accounted for key in replica.table(name).flagged
    }
    assert output.tombstones
    assert replica.sync(exact=True).tombstones == []


def at_tombstone(number: int) -> connector.Stop:
    """Return what says yes to the *number*-th tombstone."""
    left = count(1)
    return lambda _number, line: '"_og_deleted":true' in line and next(left) == number
