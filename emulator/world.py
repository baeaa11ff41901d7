"""The merchant's state: thirteen tables, a clock, and a journal of what changed."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.clock import Clock, wall
from emulator.streams import STREAMS, STREAMS_OF_TABLE
from emulator.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from emulator.streams import Stream
    from emulator.tables import Key, Record, Row

UPDATED_FIELD = {
    "addresses": "updated",
    "customers": "last_updated",
    "one_time_incentives": "last_updated",
    "orders": "updated",
    "payments": "last_updated",
    "products": "last_update",
    "resources": "last_updated",
    "subscriptions": "updated",
}
"""The field the vendor stamps when a row changes; other tables have none."""

DELETION_EVENT = {"items": "item.remove", "orders": "order.delete"}
"""The webhook event of a row that vanishes; other tables have none."""


@dataclass(frozen=True)
class Change:
    """One row of one of the 21 streams that was `created`, `changed` or `deleted`."""

    op: str
    stream: str
    key: Key


class World:
    """A merchant on Ordergroove.

    Deterministic: the same *seed*, clock and calls give the same rows, byte for byte.
    """

    def __init__(self, seed: int = 7, clock: Clock | None = None) -> None:
        self.seed = seed
        self.clock = clock or Clock()
        self.rng = random.Random(seed)
        self.merchant = self.new_id()
        self.tables = {
            table.name: table
            for table in (
                Table("addresses", ("public_id",), ("customer",)),
                Table("cancel_reasons", ("application", "cancel_reason")),
                Table("customers", ("merchant_user_id",)),
                Table("items", ("public_id",), ("order", "subscription")),
                Table("offer_profiles", ("public_id",)),
                Table("one_time_incentives", ("public_id",), ("order", "item")),
                Table("orders", ("public_id",), ("customer", "status")),
                Table("payments", ("public_id",), ("customer",)),
                Table("placement_responses", ("public_id",)),
                Table("product_groups", ("group_type", "name")),
                Table("products", ("external_product_id",)),
                Table("relationships", ("relationship_type", "from_product", "to_product")),
                Table("resources", ("public_id",)),
                Table("subscriptions", ("public_id",), ("customer",)),
            )
        }
        self.events_a_day = 1
        """How much happens on a day that passes, besides the nightly run."""
        self.listeners: list[Callable[[str, Record, Record], None]] = []
        self._journal: list[Change] | None = None

    def __getitem__(self, table: str) -> Table:
        """Return a table by name."""
        return self.tables[table]

    def new_id(self) -> str:
        """Return a fresh `public_id`, 32 hex digits."""
        return f"{self.rng.getrandbits(128):032x}"

    def now(self) -> str:
        """Return the present as the vendor writes it."""
        return wall(self.clock.now())

    # Every write goes through the next three, so that the journal misses nothing.

    def insert(self, table: str, record: Record, created: str | None = None) -> Row:
        """Add *record*; its place in lists is that of *created*, by default the present."""
        row = self[table].insert(record, created or self.now())
        self._note(table, {}, self._streams_in(table, record))
        return row

    def change(self, table: str, row: Row, *, bump: bool = True, **changes: Any) -> None:
        """Give *row* new values, and a new update time unless *bump* is false.

        The documentation leaves open which changes of nested lists move the update time.
        """
        before = self._streams_in(table, row.data)
        stamp = UPDATED_FIELD.get(table)
        if bump and stamp is not None:
            changes[stamp] = self.now()
        self[table].change(row, changes)
        self._note(table, before, self._streams_in(table, row.data))
        if table == "orders" and stamp in changes:
            # An item has no update time of its own; it repeats its order's.
            for item in self["items"].find("order", row["public_id"]):
                self.change("items", item, order_updated=row["updated"])

    def delete(self, table: str, rows: Sequence[Row]) -> None:
        """Take *rows* out for good, as the vendor does with unsent orders: no trace is left."""
        for row in rows:
            self._note(table, self._streams_in(table, row.data), {})
            if table in DELETION_EVENT:
                self.emit(DELETION_EVENT[table], row.data)
        self[table].remove(rows)

    def put_back(self, table: str, row: Row) -> None:
        """Bring a deleted *row* back, at its old place."""
        self[table].put_back(row)
        self._note(table, {}, self._streams_in(table, row.data))

    @contextmanager
    def journal(self) -> Iterator[list[Change]]:
        """Collect what changes inside the block."""
        outer, self._journal = self._journal, []
        try:
            yield self._journal
        finally:
            if outer is not None:
                outer.extend(self._journal)
            self._journal = outer

    def _streams_in(self, table: str, record: Record) -> dict[tuple[str, Key], Record]:
        """Return the flat rows *record* stands for, if anybody is listening."""
        if self._journal is None:
            return {}
        return {
            (stream.name, stream.key_of(flat)): flat
            for stream in STREAMS_OF_TABLE.get(table, ())
            for flat in stream.rows_of(record)
        }

    def _note(
        self,
        table: str,
        before: dict[tuple[str, Key], Record],
        after: dict[tuple[str, Key], Record],
    ) -> None:
        if self._journal is None or table not in STREAMS_OF_TABLE:
            return
        for where in before:
            if where not in after:
                self._journal.append(Change("deleted", *where))
        for where, flat in after.items():
            if where not in before:
                self._journal.append(Change("created", *where))
            elif before[where] != flat:
                self._journal.append(Change("changed", *where))

    def truth(self, stream: Stream) -> Iterator[Record]:
        """Yield every row of *stream*, oldest parent first: what a complete copy must hold."""
        for row in self[stream.table].rows:
            yield from stream.rows_of(row.data)

    def counts(self) -> dict[str, int]:
        """Return the number of live rows of each of the 21 streams."""
        return {
            name: len(self[stream.table])
            if stream.containers is None
            else sum(1 for _ in self.truth(stream))
            for name, stream in STREAMS.items()
        }

    def emit(self, event_type: str, obj: Record, actor: Record | None = None) -> None:
        """Tell the listeners that an event of the vendor's happened to *obj*."""
        for listener in self.listeners:
            listener(event_type, obj, actor or {"type": "og-system-process"})
