"""What the report says, from the tables and the two syncs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from demo.board import Board
from demo.effort import READ_WITH
from demo.questions import UPCOMING
from demo.tables import SOURCES, Tables

# A cancelled subscription stays in the table, so its whole life is there to be added up.
ACTIVE_SUBSCRIPTIONS = """
WITH changes AS (
    SELECT created::DATE AS day, 1 AS change FROM subscription
    WHERE NOT _og_deleted AND (live OR cancelled IS NOT NULL)
    UNION ALL
    SELECT cancelled::DATE, -1 FROM subscription
    WHERE NOT _og_deleted AND NOT live AND cancelled IS NOT NULL
)
SELECT day, sum(sum(change)) OVER (ORDER BY day)::INTEGER AS active
FROM changes GROUP BY day ORDER BY day
"""


@dataclass(frozen=True)
class Week:
    """The orders that will be sent in the week that begins on a Monday."""

    monday: date
    orders: int
    revenue: Decimal


@dataclass(frozen=True)
class Line:
    """A table: rows, those deleted by who noticed, and rows read and requests by sync.

    `requests` are None where a table is read inside another's rows.
    """

    name: str
    live: int
    gone: Counter[str]
    read: tuple[int, ...]
    requests: tuple[int, ...] | None

    @property
    def deleted(self) -> int:
        """Deleted rows, whoever noticed."""
        return self.gone.total()


@dataclass(frozen=True)
class Source:
    """Who noticed deletions, how, and of which tables' rows."""

    name: str
    how: str
    rows: Counter[str]


@dataclass(frozen=True)
class Figures:
    """Everything the page shows."""

    at: datetime
    lines: list[Line]
    requests: tuple[int, ...]
    seconds: tuple[float, ...]
    sources: list[Source]
    weeks: list[Week]
    active: list[tuple[date, int]]

    @property
    def live(self) -> int:
        """Rows of all tables that are not deleted."""
        return sum(line.live for line in self.lines)

    @property
    def deleted(self) -> int:
        """Rows of all tables that are deleted."""
        return sum(line.deleted for line in self.lines)


def figures(tables: Tables, streams: Sequence[str], boards: Sequence[Board]) -> Figures:
    """Collect what the report says; *boards* are the syncs, each with its outcome."""
    outcomes = [board.outcome for board in boards if board.outcome]
    deleted = tables.deleted(streams)

    def line(stream: str) -> Line:
        own = [o.efforts[stream] for o in outcomes] if stream not in READ_WITH else None
        return Line(
            name=stream,
            live=outcomes[-1].live[stream],
            gone=Counter({s: rows[stream] for s, rows in deleted.items() if rows[stream]}),
            read=tuple(board.rows_read[stream] for board in boards),
            requests=tuple(effort.requests for effort in own) if own else None,
        )

    return Figures(
        at=tables.ask(f"SELECT max(_og_synced_at) FROM {streams[0]}").rows[0][0],
        lines=[line(stream) for stream in streams],
        requests=tuple(outcome.total.requests for outcome in outcomes),
        seconds=tuple(outcome.total.seconds for outcome in outcomes),
        sources=[Source(name, SOURCES.get(name, ""), rows) for name, rows in deleted.items()],
        weeks=[Week(*row) for row in tables.ask(UPCOMING.sql).rows],
        active=[(day, active) for day, active in tables.ask(ACTIVE_SUBSCRIPTIONS).rows],
    )
