"""The longest test: a merchant with a hundred thousand orders, killed in the middle of the walks.

It takes most of a minute: the emulator's world has to be made, and half of it read twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from emulator.clock import Clock
from emulator.mutations import mutate
from emulator.server import running
from integration_tests.conftest import PRESENT
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.server import Running

LISTS = {"orders": "orders", "item": "items", "customer": "customers"}
"""The three largest walks; the others go on by the same code."""

Page = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture(scope="module")
def large() -> Iterator[Running]:
    with running(size="large", clock=Clock(PRESENT, frozen=True)) as server:
        yield server


@pytest.mark.timeout(300)
def test_killed_half_way_it_reads_less_than_a_tenth_of_its_pages_again(large: Running) -> None:
    """Counted over the walks that were under way: a complete table is read anew by any sync."""
    world, log = large.world, large.stage.log
    replica = Replica(large, LISTS)
    open_lists = (len(world["orders"].find("status", 1)) * 9 // 4) // 100
    half = (sum(len(world[endpoint]) for endpoint in LISTS.values()) // 100 + open_lists) // 2
    killed = replica.killed_sync(lambda _number, _line: len(log.entries) >= half)
    under_way = {LISTS[name] for name, status in killed.statuses.items() if status == "RUNNING"}
    assert {"orders", "items"} <= under_way
    before = pages(large, under_way)
    assert len(before) > 900

    mutate(world, "skip", {})
    log.clear()
    replica.sync()
    again = pages(large, under_way) & before
    assert len(again) < len(before) / 10
    assert {entry.endpoint for entry in log.entries} == set(LISTS.values())

    world.clock.advance(timedelta(hours=1))
    replica.sync()
    replica.assert_exact(every=50)


def pages(emulator: Running, endpoints: set[str]) -> set[Page]:
    """Return the pages of some lists that were read."""
    return {
        (entry.path, tuple(entry.query))
        for entry in emulator.stage.log.entries
        if entry.endpoint in endpoints
    }
