"""The two nights on which Chicago's wall clock jumps: the vendor's filters know no zone.

Rows change and syncs run every few minutes through both nights; after each sync the tables equal
the world.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import TYPE_CHECKING

import pytest

from emulator.clock import Clock
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from emulator.server import Running
    from emulator.world import World

FILTERED = ("orders", "item", "subscription", "subscription_component")

AUTUMN = datetime(2026, 11, 1, 7, tzinfo=UTC)
"""02:00 summer time becomes 01:00: an hour happens twice."""
SPRING = datetime(2026, 3, 8, 8, tzinfo=UTC)
"""02:00 winter time becomes 03:00: an hour is left out."""


@pytest.mark.parametrize(
    ("change", "shift"),
    [(AUTUMN, 0), (AUTUMN, 17), (SPRING, 9)],
    ids=["autumn", "a_bit_later", "spring"],
)
def test_syncs_through_the_night_lose_no_change(
    emulator: Running, change: datetime, shift: int
) -> None:
    """Rows change twice between two syncs, for five hours around the jump."""
    start = change - timedelta(hours=1, minutes=40 + shift)
    emulator.stage.populate(7, "small", Clock(start, frozen=True))
    world = emulator.world
    replica = Replica(emulator, FILTERED)
    replica.sync()
    steps = cycle((20, 40, 60, 30))
    number = 0
    while world.clock.now() < change + timedelta(hours=4):
        half = timedelta(minutes=next(steps) / 2)
        for _ in range(2):
            world.clock.advance(half)
            number += 1
            touch(world, number)
        replica.sync(exact=True)


def test_a_change_in_the_repeated_hour_is_not_mistaken_for_one_an_hour_ago(
    emulator: Running,
) -> None:
    """Read at 01:55 the first time round, changed at 01:05 the second: the text went backwards."""
    emulator.stage.populate(
        7, "small", Clock(AUTUMN - timedelta(minutes=5, seconds=1), frozen=True)
    )
    world = emulator.world
    replica = Replica(emulator, FILTERED)
    replica.sync()
    assert world.now() == "2026-11-01 01:55:00"
    world.clock.set(AUTUMN + timedelta(minutes=5), frozen=True)
    touch(world, 1)
    assert world["orders"].rows[1]["updated"] == "2026-11-01 01:05:00"
    output = replica.sync(exact=True)
    assert world["orders"].rows[1].key[0] in [row["public_id"] for row in output.records("orders")]


def touch(world: World, number: int) -> None:
    """Change an order, its items with it, and a subscription; each time others."""
    orders, subscriptions = world["orders"].rows, world["subscriptions"].rows
    world.change("orders", orders[number % len(orders)], tries=number)
    world.change("subscriptions", subscriptions[number % len(subscriptions)], quantity=number)
