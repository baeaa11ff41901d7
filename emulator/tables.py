"""Rows in creation order, each serialised once: what a page is cut from."""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Record = dict[str, Any]
"""A vendor-shaped object, as it is sent."""

Key = tuple[Any, ...]
"""Primary key values, in the order of the table's key fields."""

Position = tuple[str, float]
"""Creation time as the vendor writes it, then the row's number: unique, so a walk never ties."""

FEW = 100
"""Rows that are cheaper to take out one by one than to leave out of a new list."""

position_of = attrgetter("position")


class Row:
    """One object of the merchant's, as a record, as JSON, or both.

    A row made from JSON alone stays JSON until it is changed:
    millions of them fit in memory, where dictionaries would not.
    """

    __slots__ = ("_data", "_json", "key", "position")

    def __init__(
        self, key: Key, position: Position, data: Record | None, json: bytes = b""
    ) -> None:
        self.key = key
        self.position = position
        self._data = data
        self._json = json

    @property
    def data(self) -> Record:
        """The record; not to be edited in place, use `Table.change`."""
        return orjson.loads(self._json) if self._data is None else self._data

    @property
    def json(self) -> bytes:
        """The record as JSON, kept until the row changes."""
        if not self._json:
            # orjson's result keeps a grown buffer's slack, ten times its size in memory: copy it.
            self._json = bytes(memoryview(orjson.dumps(self._data)))
        return self._json

    def __getitem__(self, field: str) -> Any:
        """Return the value of one field."""
        return self.data[field]

    def _change(self, changes: Mapping[str, Any]) -> None:
        self._data = {**self.data, **changes}
        self._json = b""


class Table:
    """All rows behind one endpoint, ordered by creation.

    *indexed* fields can be looked up with `find`; others only by walking.
    """

    def __init__(self, name: str, key: tuple[str, ...], indexed: tuple[str, ...] = ()) -> None:
        self.name = name
        self.key_fields = key
        self._rows: list[Row] = []
        self._in_order = True
        self._by_key: dict[Key, Row] = {}
        self._indexes: dict[str, dict[Any, dict[Key, Row]]] = {field: {} for field in indexed}
        self._issued = 0

    @property
    def issued(self) -> int:
        """The number of rows there ever were: the next row's, for what varies by number."""
        return self._issued

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)

    @property
    def rows(self) -> list[Row]:
        """Every row, oldest first; not to be edited."""
        # Sorting on demand keeps seeding linear: inserting in place moved half the list each time.
        if not self._in_order:
            self._rows.sort(key=position_of)
            self._in_order = True
        return self._rows

    def get(self, *key: Any) -> Row | None:
        """Return the row with this primary key, if there is one."""
        return self._by_key.get(key)

    def find(self, field: str, value: Any) -> list[Row]:
        """Return the rows whose indexed *field* has *value*, oldest change of it first."""
        return list(self._indexes[field].get(value, {}).values())

    def insert(self, data: Record, created: str) -> Row:
        """Add a record created at *created* (vendor wall time); refuse a key that is taken."""
        return self._add(tuple(data[field] for field in self.key_fields), created, data, b"")

    def insert_json(self, key: Key, created: str, json: bytes) -> Row:
        """Add a record that is already serialised."""
        return self._add(key, created, None, json)

    def _add(self, key: Key, created: str, data: Record | None, json: bytes) -> Row:
        self._issued += 1
        row = Row(key, (created, self._issued), data, json)
        self.put_back(row)
        return row

    def put_back(self, row: Row) -> None:
        """Add *row* at its place; refuse a key that is taken."""
        if row.key in self._by_key:
            raise ValueError(f"`{self.name}` already holds {list(row.key)}.")
        if self._rows and row.position < self._rows[-1].position:
            self._in_order = False
        self._rows.append(row)
        self._by_key[row.key] = row
        self._index(row)

    def change(self, row: Row, changes: Mapping[str, Any]) -> None:
        """Give *row* new values; its key and place stay."""
        self._unindex(row)
        row._change(changes)  # noqa: SLF001 - a row is changed through its table only
        self._index(row)

    def remove(self, rows: Collection[Row]) -> None:
        """Take *rows* out."""
        for row in rows:
            del self._by_key[row.key]
            self._unindex(row)
        if len(rows) > FEW:
            self._rows = [row for row in self._rows if row.key in self._by_key]
            return
        ordered = self.rows
        for row in rows:
            del ordered[bisect_left(ordered, row.position, key=position_of)]

    def _index(self, row: Row) -> None:
        for field, index in self._indexes.items():
            index.setdefault(row.data.get(field), {})[row.key] = row

    def _unindex(self, row: Row) -> None:
        for field, index in self._indexes.items():
            del index[row.data.get(field)][row.key]


def serialised(rows: Iterable[Row]) -> list[bytes]:
    """Return the JSON of each of *rows*."""
    return [row._json or row.json for row in rows]  # noqa: SLF001 - saves a call a row
