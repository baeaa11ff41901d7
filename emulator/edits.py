"""Rows taken out and put back by key, in any of the 21 streams: a test's hand in the world."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from emulator.streams import STREAMS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emulator.streams import Stream
    from emulator.tables import Key, Record, Row
    from emulator.world import World


class Edits:
    """Deletes exactly the rows named, no more, and remembers them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows: dict[tuple[str, Key], Row] = {}
        self._children: dict[tuple[str, Key], tuple[Key, Record, int, Any]] = {}

    def delete(self, stream: Stream, keys: Iterable[Key], *, bump: bool = True) -> None:
        """Delete the rows with *keys*; children go from inside their parent.

        A parent's update time moves only with *bump*: whether the vendor moves it is unknown.
        """
        wanted = list(dict.fromkeys(keys))
        if stream.containers is not None:
            self._delete_children(stream, wanted, bump=bump)
            return
        rows = []
        for key in wanted:
            row = self._world[stream.table].get(*key)
            if row is None:
                raise _unknown(stream, key)
            rows.append(row)
            self._rows[stream.name, key] = row
        self._world.delete(stream.table, rows)

    def sample(self, stream: Stream, fraction: float) -> list[Key]:
        """Return the keys of a reproducible *fraction* (0 to 1) of the stream's rows."""
        keys = [stream.key_of(row) for row in self._world.truth(stream)]
        return self._world.rng.sample(keys, round(len(keys) * fraction))

    def restore(self, stream: Stream, keys: Iterable[Key] | None = None) -> list[Key]:
        """Bring deleted rows back, by default all of the stream; return their keys."""
        deleted = [key for name, key in (*self._rows, *self._children) if name == stream.name]
        wanted = deleted[::-1] if keys is None else list(keys)
        for key in wanted:
            if key not in deleted:
                raise _unknown(stream, key)
            if stream.containers is None:
                self._world.put_back(stream.table, self._rows.pop((stream.name, key)))
            else:
                self._restore_child(stream, key)
        return wanted

    def _delete_children(self, stream: Stream, keys: list[Key], *, bump: bool) -> None:
        left = set(keys)
        for row in list(self._world[stream.table].rows):
            if not left:
                return
            found = left.intersection(map(stream.key_of, stream.rows_of(row.data)))
            if found:
                self._take_out(stream, row, found, bump=bump)
                left -= found
        if left:
            raise _unknown(stream, next(key for key in keys if key in left))

    def _take_out(self, stream: Stream, row: Row, keys: set[Key], *, bump: bool) -> None:
        record = deepcopy(row.data)
        for container, parent in _containers(stream, record):
            # From the end: a position is part of some keys.
            for position in range(len(container) - 1, -1, -1):
                key = _key_at(stream, container, parent, position)
                if key in keys:
                    gone = container.pop(position)
                    self._children[stream.name, key] = (row.key, parent, position, gone)
        self._world.change(stream.table, row, bump=bump, **_difference(row.data, record))

    def _restore_child(self, stream: Stream, key: Key) -> None:
        parent_key, home, position, element = self._children[stream.name, key]
        row = self._world[stream.table].get(*parent_key)
        record = deepcopy(row.data) if row else {}
        for container, parent in _containers(stream, record) if row else ():
            if parent == home and row is not None:
                container.insert(position, element)
                self._world.change(stream.table, row, **_difference(row.data, record))
                del self._children[stream.name, key]
                return
        raise ValueError(
            f"The parent of {list(key)} in `{stream.name}` is gone; restore the parent first."
        )


def stream_named(name: str) -> Stream:
    """Return a stream by name, or say which there are."""
    if name not in STREAMS:
        raise ValueError(f"There is no stream `{name}`. Known: {', '.join(sorted(STREAMS))}.")
    return STREAMS[name]


def _containers(stream: Stream, record: Record) -> Iterable[tuple[list[Any], Record]]:
    return stream.containers(record) if stream.containers else ()


def _key_at(stream: Stream, container: list[Any], parent: Record, position: int) -> Key | None:
    columns = stream.flatten(container[position], position) if stream.flatten else None
    return None if columns is None else stream.key_of({**parent, **columns})


def _difference(before: Record, after: Record) -> Record:
    return {field: value for field, value in after.items() if before[field] != value}


def _unknown(stream: Stream, key: Key) -> ValueError:
    return ValueError(f"`{stream.name}` has no row {list(key)} to do this to.")
