"""Whose state it is: another merchant, another key, another host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator.mutations import mutate
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from emulator.server import Running

RELEASE = {"max_deletion_percent": 100}
OTHER_KEY = "og-emulator-key-that-replaced-the-first"

MERCHANTS = ("customer", "address", "orders", "item", "product", "product_group", "resources")
"""Rows of some say whose they are; addresses, items and groups do not."""


def test_another_merchants_key_flags_nothing_of_the_first(emulator: Running) -> None:
    """Every row of the first merchant is missing from the lists of the second."""
    replica = Replica(emulator, MERCHANTS)
    replica.sync()
    first = {name: set(table.rows) for name, table in replica.destination.tables.items()}
    swap_merchant(emulator)
    replica.settings |= RELEASE
    output = replica.sync()
    assert output.tombstones == []
    for stream in MERCHANTS:
        assert output.warnings(f"Stream {stream} ", "starts again"), stream
    replica.assert_exact(retained=first)

    skip_and_leave(emulator)
    assert {name for name, _ in replica.sync().tombstones} == {"customer", "orders", "item"}
    replica.assert_exact(retained=first)


@pytest.mark.parametrize("stream", ["address", "item", "merchant_cancel_reason", "payment"])
def test_a_new_key_of_unknown_owner_flags_nothing(emulator: Running, stream: str) -> None:
    """These rows name no merchant: a list of theirs alone cannot prove whose it is."""
    replica = Replica(emulator, [stream])
    replica.sync()
    first = {stream: set(replica.table(stream).rows)}
    swap_merchant(emulator)
    replica.settings |= RELEASE
    output = replica.sync()
    assert output.tombstones == []
    assert len(output.warnings(f"Stream {stream} ", "starts again", "key")) == 1
    replica.assert_exact(retained=first)


def test_a_rotated_key_of_the_same_merchant_changes_nothing(emulator: Running) -> None:
    """The rows say whose they are: what vanished is flagged, watermarks stay."""
    replica = Replica(emulator, ["customer", "orders", "subscription", "resources"])
    replica.sync()
    emulator.stage.settings.api_key = OTHER_KEY
    emulator.world.clock.set(emulator.world.clock.now().replace(month=7), frozen=True)
    skip_and_leave(emulator)
    output = replica.sync(exact=True)
    assert {name for name, _ in output.tombstones} == {"customer", "orders"}
    assert output.warnings() == []
    assert output.records("subscription") == []


@pytest.mark.parametrize(
    "setting",
    [{"environment": "staging"}, {"api_url": "http://localhost:{port}"}],
    ids=["environment", "host"],
)
def test_another_host_or_environment_starts_again_without_tombstones(
    emulator: Running, setting: dict[str, str]
) -> None:
    replica = Replica(emulator, ["customer", "orders"])
    replica.sync()
    port = emulator.url.rpartition(":")[2]
    replica.settings |= {name: value.format(port=port) for name, value in setting.items()}
    order = emulator.world["orders"].find("status", 1)[0]
    customer = emulator.world["customers"].rows[0]
    emulator.world.delete("orders", [order])
    emulator.world.delete("customers", [customer])
    output = replica.sync()
    assert output.tombstones == []
    assert len(output.warnings("starts again without looking for deletions")) == 2
    replica.assert_exact(retained={"customer": {customer.key}, "orders": {order.key}})


def swap_merchant(emulator: Running) -> None:
    """Put another merchant behind the same address, with a key of their own."""
    clock = emulator.world.clock
    emulator.stage.populate(8, "small", clock)
    emulator.stage.settings.api_key = OTHER_KEY


def skip_and_leave(emulator: Running) -> None:
    """Let an order with its items and a customer vanish."""
    mutate(emulator.world, "skip", {})
    emulator.world.delete("customers", emulator.world["customers"].rows[:1])
