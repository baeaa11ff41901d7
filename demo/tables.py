"""What stands in the tables after a sync."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from demo.merchant import Key

SOURCES = {
    "reconciliation": "gone from the complete list",
    "open_orders": "gone from the open ones, and a request by id answered 404",
    "parent": "gone from inside the row that held it, or with it",
    "webhook": "Ordergroove said so at once",
}
"""Who can notice a deletion (`_og_deletion_source`), and how."""


@dataclass(frozen=True)
class Answer:
    """A query's columns and rows."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


class Tables:
    """The database file between two syncs; a connection is open for one question only."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def ask(self, sql: str) -> Answer:
        """Run a query."""
        with duckdb.connect(self._database) as connection:
            result = connection.execute(sql)
            columns = [column[0] for column in result.description or ()]
            return Answer(columns, result.fetchall())

    def live(self, streams: Iterable[str]) -> dict[str, int]:
        """Count the rows of each table that are not deleted."""
        union = " UNION ALL ".join(
            f"SELECT '{stream}', count(*) FROM {stream} WHERE NOT _og_deleted" for stream in streams
        )
        return dict(self.ask(union).rows)

    def deleted(self, streams: Iterable[str]) -> dict[str, Counter[str]]:
        """Count the deleted rows by who noticed, then by table."""
        union = " UNION ALL ".join(
            f"SELECT '{stream}', _og_deletion_source, count(*) FROM {stream} "
            "WHERE _og_deleted GROUP BY ALL"
            for stream in streams
        )
        found: dict[str, Counter[str]] = {}
        for stream, source, count in self.ask(union).rows:
            found.setdefault(source, Counter())[stream] = count
        return {s: found[s] for s in sorted(found, key=[*SOURCES, *sorted(found)].index)}

    def deleted_keys(self, stream: str, columns: Sequence[str]) -> set[Key]:
        """Return the primary keys of a table's deleted rows."""
        wanted = ", ".join(f'"{column}"' for column in columns)
        rows = self.ask(f"SELECT {wanted} FROM {stream} WHERE _og_deleted").rows
        return {tuple(map(str, row)) for row in rows}
