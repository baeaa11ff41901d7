"""Whatever is selected is right, and a family costs one walk of its endpoint."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from emulator.days import advance
from emulator.mutations import mutate
from emulator.streams import STREAMS
from integration_tests.harness import connector
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from emulator.server import Running

FAMILIES = {
    "products": (
        "product",
        "product_group",
        "product_selection_rule",
        "product_selection_rule_element",
        "product_relationships",
    ),
    "offer_profiles": (
        "offer_profile",
        "offer_profile_offer",
        "offer_profile_initial_coupon_discount",
        "offer_profile_recurring_coupon_discount",
    ),
    "subscriptions": ("subscription", "subscription_component", "subscription_discount"),
}
ENDPOINT = {
    "placement_responses": "placement_logs/responses",
    "cancel_reasons": "merchant/cancel_reason",
    "relationships": "products",
}
"""Where it is not called as the emulator's table."""


def test_exactly_the_21_streams_are_offered() -> None:
    """Both modes, a key and a cursor that the source defines."""
    offered = connector.streams()
    assert offered.keys() == STREAMS.keys()
    for stream in offered.values():
        assert stream["supported_sync_modes"] == ["full_refresh", "incremental"]
        assert stream["source_defined_cursor"] is True
        assert stream["default_cursor_field"] == ["_og_synced_at"]
        key = STREAMS[stream["name"]].key
        assert stream["source_defined_primary_key"] == [[column] for column in key]


@pytest.mark.parametrize("stream", STREAMS)
def test_one_stream_alone(emulator: Running, stream: str) -> None:
    """A child without its parent too: no other table, one walk, and deletions are found."""
    replica = Replica(emulator, [stream])
    replica.sync(exact=True)
    assert set(replica.destination.tables) == {stream}
    assert replica.table(stream).live
    assert walks(emulator) == {endpoint_of(stream): 1}

    advance(emulator.world, timedelta(days=4))
    output = replica.sync(exact=True)
    assert {record["stream"] for record in output.of("RECORD")} <= {stream}


def test_column_that_is_not_selected_does_not_arrive(emulator: Running) -> None:
    replica = Replica(emulator, ["customer"])
    (configured,) = replica.catalog["streams"]
    schema = configured["stream"]["json_schema"]
    columns = {name: kind for name, kind in schema["properties"].items() if name != "email"}
    configured["stream"] = {**configured["stream"], "json_schema": {"properties": columns}}

    rows = replica.sync().records("customer")

    assert {row["merchant_user_id"] for row in rows} == {
        row.key[0] for row in emulator.world["customers"].rows
    }
    assert [row for row in rows if "email" in row] == []


@pytest.mark.parametrize("endpoint", FAMILIES)
def test_children_without_their_parent(emulator: Running, endpoint: str) -> None:
    replica = Replica(emulator, FAMILIES[endpoint][1:])
    for _ in range(2):
        emulator.stage.log.clear()
        replica.sync(exact=True)
        assert walks(emulator) == {endpoint: 1}
        advance(emulator.world, timedelta(days=10))


@pytest.mark.parametrize("endpoint", FAMILIES)
@pytest.mark.parametrize("refreshed", [0, 1], ids=["parent_refreshed", "child_refreshed"])
def test_a_family_in_both_modes(emulator: Running, endpoint: str, refreshed: int) -> None:
    """One walk serves them: whole, because one member needs it whole; only the other has state."""
    family = FAMILIES[endpoint]
    replica = Replica(emulator, family, full_refresh=[family[refreshed]])
    replica.sync(exact=True)
    for _ in range(2):
        advance(emulator.world, timedelta(days=10))
        emulator.stage.log.clear()
        output = replica.sync(exact=True)
        assert walks(emulator) == {endpoint: 1}
        assert {name for name, _ in output.tombstones} <= {*family} - {family[refreshed]}


def test_a_stream_that_is_selected_later_starts_with_everything(emulator: Running) -> None:
    """Its sister's watermark and ledger are not its own."""
    streams = ["subscription", "subscription_component"]
    before = Replica(emulator, streams[:1])
    before.sync()
    mutate(emulator.world, "remove_component", {})
    emulator.world.clock.advance(timedelta(days=2))

    after = Replica(emulator, streams)
    after.destination.states = before.destination.states
    after.destination.tables["subscription"] = before.destination.tables["subscription"]
    after.sync(exact=True)
    mutate(emulator.world, "remove_component", {})
    assert [name for name, _ in after.sync(exact=True).tombstones] == ["subscription_component"]


def test_all_21_cost_one_walk_for_each_endpoint(emulator: Running) -> None:
    """And one more of the open orders and of the open items; the fan-out asks a product once."""
    products = len(emulator.world["products"])
    replica = Replica(emulator)
    for _ in range(2):
        emulator.stage.log.clear()
        replica.sync(exact=True)
        endpoints = {endpoint_of(stream) for stream in STREAMS}
        assert walks(emulator) == dict.fromkeys(endpoints, 1)
        asked = Counter(entry.endpoint for entry in emulator.stage.log.entries)
        assert asked["products/relationships"] == products
        assert len({e.path for e in emulator.stage.log.entries}) == products + len(endpoints)


def endpoint_of(stream: str) -> str:
    table = STREAMS[stream].table
    return ENDPOINT.get(table, table)


def walks(emulator: Running) -> dict[str, int]:
    """Count how often each list was begun, the lists of what is open aside."""
    begun = Counter(
        entry.endpoint
        for entry in emulator.stage.log.entries
        if not {"cursor", "status"} & set(dict(entry.query)) or entry.endpoint == "offer_profiles"
    )
    by_id = {"products/relationships", "orders/id", "items/id"}
    return {name: number for name, number in begun.items() if name not in by_id}
