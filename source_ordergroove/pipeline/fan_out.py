"""A family with a table that costs one request per parent: product relationships."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove.pipeline.family import Family
from source_ordergroove.pipeline.table import Row, Table
from source_ordergroove.walk import Leg, Page


class FanOutFamily(Family):
    """After the list, asks for each parent's rows, one parent at a time.

    Both sides of a relation list it, so each row is emitted once. A parent that was deleted since
    the list (404) has none. If one request fails, that table fails and the others do not.
    """

    FAN_OUT = "fan_out"
    # The parents' keys come from the list's pages: a list taken up half-way lacks some.
    resumable = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Find the table that needs the requests."""
        super().__init__(*args, **kwargs)
        (self._table,) = [table for table in self.tables if table.rules.per_parent_path]
        self._parents: dict[str, None] = {}
        self._emitted: set[str] = set()

    def _checkpoint(self, link: str) -> Iterator[AirbyteMessage]:
        yield from ()

    def emit(self, rows: list[Row]) -> Iterator[AirbyteMessage]:
        """Emit the list's rows and remember whom to ask."""
        yield from super().emit(rows)
        self._parents.update(dict.fromkeys(self.parent.keys(rows)))

    def page(self, page: Page) -> Iterator[AirbyteMessage]:
        """Emit the list's rows, or one parent's."""
        if page.leg.name != self.FAN_OUT:
            yield from super().page(page)
            return
        table = self._table
        table.normalise(page.rows)
        fresh = {
            key: row
            for key, row in zip(table.keys(page.rows), page.rows, strict=True)
            if key not in self._emitted
        }
        self._emitted.update(fresh)
        table.tracker.saw(fresh)
        yield from table.live(list(fresh.values()), self.shared.stamps.next())

    def after(self, leg: Leg) -> Sequence[Leg]:
        """Return the next parent's leg."""
        return self._next() if leg.name in (self.LIST, self.FAN_OUT) else super().after(leg)

    def absent(self, leg: Leg) -> Sequence[Leg]:
        """Go on when a parent is gone."""
        if leg.name != self.FAN_OUT:
            return super().absent(leg)
        self.effort.requests += 1
        self.effort.attempts += 1
        return self._next()

    def failed(self, leg: Leg, error: AirbyteTracedException) -> Sequence[Leg]:
        """Give up this table; what it lacks is unknown, not gone."""
        if leg.name != self.FAN_OUT:
            return super().failed(leg, error)
        self._table.error = error
        return []

    def survives(self, table: Table) -> bool:
        """The list's tables do not need the parents' answers."""
        return table is self._table

    def _next(self) -> Sequence[Leg]:
        if not self._parents:
            return []
        key = next(iter(self._parents))
        del self._parents[key]
        path = (self._table.rules.per_parent_path or "").format(key=quote(key, safe=""))
        return [Leg(self.FAN_OUT, path=path, isolated=True, key=key)]
