"""`reconcile_every`: between two complete walks only what changed is read, nothing is flagged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from emulator.mutations import mutate
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from emulator.server import Running
    from emulator.tables import Key

STREAMS = {"customer": "customers", "address": "addresses", "incentives": "one_time_incentives"}
"""The tables that the vendor can filter by update time, but that only a whole walk reconciles."""


def test_changes_come_with_every_sync_and_deletions_with_the_next_whole_walk(
    emulator: Running,
) -> None:
    world = emulator.world
    replica = Replica(emulator, [*STREAMS, "resources"], reconcile_every=2)
    replica.sync(exact=True)
    gone: dict[str, set[Key]] = {}
    for _ in range(3):
        world.clock.advance(timedelta(hours=14))
        for stream, table in STREAMS.items():
            row = world[table].rows[0]
            gone.setdefault(stream, set()).add(row.key)
            world.delete(table, [row])
        for change in ("change_customer", "change_address", "apply_incentive", "subscribe"):
            mutate(world, change, {})
        emulator.stage.log.clear()
        output = replica.sync()
        assert output.tombstones == []
        assert all(len(output.records(stream)) < 10 for stream in STREAMS)
        assert len(output.records("resources")) == len(world["resources"])
        replica.assert_exact(retained=gone)

    world.clock.advance(timedelta(hours=14))
    tombstones = replica.sync(exact=True).tombstones
    assert {(n, replica.table(n).key_of(row)) for n, row in tombstones} == {
        (stream, key) for stream, keys in gone.items() for key in keys
    }
