"""A connector that dies at any moment: what it wrote counts, what it did not write comes later.

Its successor goes on near where it stopped. A row that vanishes behind that place is found by the
sync after: so two syncs may be needed until the tables equal the world, and never more.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from emulator.days import advance
from emulator.server import running
from integration_tests.harness import connector
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.request_log import Entry
    from emulator.server import Running
    from integration_tests.harness.output import Output

WALKS = ("orders", "item", "subscription", "subscription_component", "customer", "product_group")
LISTS = {"orders": "orders", "item": "items", "subscription": "subscriptions"}


@pytest.mark.parametrize("seed", range(8))
def test_killed_again_and_again_nothing_is_lost(
    emulator: Running, small_pages: Callable[[int], None], seed: int
) -> None:
    """Up to five deaths at random messages, with life in between and records kept or lost."""
    chance = random.Random(seed)
    small_pages(chance.choice((3, 5, 9)))
    replica = Replica(emulator, WALKS, max_deletion_percent=100)
    if chance.random() < 0.5:
        replica.sync()
    for _ in range(chance.randrange(1, 6)):
        advance(emulator.world, timedelta(hours=chance.choice((0, 1, 30, 100))))
        replica.killed_sync(at(chance.randrange(1, 800)), lose_uncommitted=chance.random() < 0.5)
    replica.sync()
    advance(emulator.world, timedelta(hours=chance.choice((0, 1, 30))))
    replica.sync(exact=True)


@pytest.mark.parametrize("stream", LISTS)
def test_a_resumed_walk_goes_on_at_the_last_checkpoint(
    emulator: Running, small_pages: Callable[[int], None], stream: str
) -> None:
    """Its first page is the checkpoint's, none before that is read again, and all rows arrive."""
    small_pages(3)
    replica = Replica(emulator, [stream])
    stopped = replica.killed_sync(at_state(1))
    checkpoint = state_of(stopped)["checkpoint"]
    before = list_pages(emulator, stream)
    assert len(before) >= 10

    emulator.stage.log.clear()
    replica.sync(exact=True)
    again = list_pages(emulator, stream)
    assert again[0] == unquote(checkpoint["next"].partition("?")[2])
    # A page may have been asked for while the state was written.
    assert len(set(before) & set(again)) <= 5
    assert len({*before, *again}) == -(-len(replica.table(stream).rows) // 3)


@pytest.mark.parametrize("stream", ["orders", "item"])
def test_a_resumed_walk_asks_for_no_row_by_id(
    emulator: Running, small_pages: Callable[[int], None], stream: str
) -> None:
    """What was read before the death is not missing; the open list is read anew."""
    small_pages(3)
    replica = Replica(emulator, [stream])
    replica.killed_sync(at_state(1))
    emulator.stage.log.clear()
    replica.sync(exact=True)
    asked = Counter(entry.endpoint for entry in emulator.stage.log.entries)
    assert asked.keys() == {LISTS[stream]}
    assert {entry.path for entry in emulator.stage.log.entries} == {f"/{LISTS[stream]}/"}


def test_a_checkpoint_moves_no_watermark(
    emulator: Running, small_pages: Callable[[int], None]
) -> None:
    """Only a complete walk does, and then to its first run's start."""
    small_pages(3)
    world = emulator.world
    replica = Replica(emulator, ["orders"])
    began = world.clock.now()
    stopped = replica.killed_sync(at_state(1))
    assert "watermark" not in state_of(stopped)

    newest = world["orders"].rows[-1]
    world.clock.advance(timedelta(hours=9))
    world.change("orders", newest, tries=9)
    world.clock.advance(timedelta(hours=9))
    output = replica.sync()
    assert state_of(output)["watermark"] <= (began + timedelta(seconds=2)).isoformat()
    assert replica.table("orders").live[newest.key]["tries"] == 0
    replica.sync(exact=True)
    assert replica.table("orders").live[newest.key]["tries"] == 9


@pytest.mark.parametrize("stream", ["orders", "item", "customer"])
def test_a_row_that_vanishes_while_the_connector_is_dead_is_flagged(
    emulator: Running, small_pages: Callable[[int], None], stream: str
) -> None:
    """It was read before the death, so the resumed run does not miss it; the next one does."""
    small_pages(3)
    world = emulator.world
    replica = Replica(emulator, [stream])
    replica.killed_sync(at_state(1))
    read = replica.table(stream).accounted
    assert read
    table = {"orders": "orders", "item": "items", "customer": "customers"}[stream]
    orders = {row.key[0] for row in world["orders"].find("status", 1)}
    gone = next(
        row
        for row in world[table].rows
        if row.key in read
        and (table == "customers" or orders & {row.key[0], row.data.get("order")})
    )
    world.delete(table, [gone])
    replica.sync()
    replica.sync(exact=True)
    assert gone.key in replica.table(stream).flagged


@pytest.mark.parametrize("stream", LISTS)
def test_a_checkpoint_whose_place_is_forgotten_starts_the_list_anew(
    emulator: Running, small_pages: Callable[[int], None], stream: str
) -> None:
    small_pages(3)
    replica = Replica(emulator, [stream])
    replica.killed_sync(at_state(1))
    state = replica.destination.states[stream]["stream"]["stream_state"]
    state["checkpoint"]["next"] = f"{emulator.url}/{LISTS[stream]}/?cursor=forgotten&page_size=3"
    output = replica.sync(exact=True)
    assert len(output.warnings("lost the place")) == 1
    assert output.tombstones == []


@pytest.fixture(scope="module")
def medium() -> Iterator[Running]:
    with running(size="medium") as server:
        yield server


@pytest.mark.parametrize("seed", range(2))
def test_sigkill_of_the_real_process(medium: Running, seed: int) -> None:
    """The console script, thousands of rows, a signal that nobody can catch, then a successor."""
    chance = random.Random(seed)
    medium.stage.reset()
    replica = Replica(medium, ["orders", "subscription", "subscription_component"])
    process = connector.run_in_process_of_its_own(
        "read",
        kill_after=chance.randrange(4_000, 14_000),
        config=replica.config,
        catalog=replica.catalog,
        state=replica.state(),
    )
    assert process.exit_code is None
    assert len(process.lines) >= 4_000
    replica.destination.apply(process.messages, lose_uncommitted=bool(seed % 2))
    advance(medium.world, timedelta(hours=1))
    output = replica.sync()
    assert output.log("goes on where the last run stopped")
    replica.sync()
    replica.assert_exact(every=10)


def at(number: int) -> connector.Stop:
    """Return what says yes to the *number*-th message."""
    return lambda count, _line: count == number


def at_state(number: int) -> connector.Stop:
    """Return what says yes to the *number*-th state."""
    left = iter(range(number - 1, -1, -1))
    return lambda _count, line: '"type":"STATE"' in line and next(left) == 0


def state_of(output: Output) -> dict[str, Any]:
    """Return a single stream's last state."""
    state: dict[str, Any] = output.of("STATE")[-1]["stream"]["stream_state"]
    return state


def list_pages(emulator: Running, stream: str) -> list[str]:
    """Return the queries of a stream's list, in order; not those of the open rows."""

    def belongs(entry: Entry) -> bool:
        return entry.endpoint == LISTS[stream] and "status" not in dict(entry.query)

    entries = filter(belongs, emulator.stage.log.entries)
    return ["&".join(f"{name}={value}" for name, value in entry.query) for entry in entries]
