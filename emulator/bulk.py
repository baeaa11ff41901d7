"""Rows by the hundred thousand, alike but for key and time: material for benchmarks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from emulator.seed import make_world

if TYPE_CHECKING:
    from emulator.streams import Stream
    from emulator.world import World

EPOCH = datetime(2015, 1, 1)  # noqa: DTZ001 - vendor times have no zone
"""Creation of the first bulk row; older than any seeded one, so seeded rows come first."""


def add_bulk(world: World, stream: Stream, count: int) -> None:
    """Add *count* rows to the table of *stream*, one second apart in creation and update.

    They are copies of a small world's first row and live as JSON only, at about 1 kB each.
    """
    if stream.containers is not None or len(stream.key) > 1:
        raise ValueError(
            f"`{stream.name}` has no rows with a single key of their own; name its parent."
        )
    template = dict(make_world(world.seed, "small")[stream.table].rows[0].data)
    id_field = stream.key[0]
    times = {"created", "updated", "last_updated", "last_update", "order_updated"} & set(template)
    template.update({id_field: "\x01"}, **dict.fromkeys(times, "\x02"))
    pattern = orjson.dumps(template)
    table = world[stream.table]
    first = len(table)
    for number in range(first, first + count):
        key = f"{10**31 + number:032d}"
        created = (EPOCH + timedelta(seconds=number)).isoformat(" ")
        json = pattern.replace(b"\\u0001", key.encode()).replace(b"\\u0002", created.encode())
        table.insert_json((key,), created, json)
