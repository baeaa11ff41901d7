"""The durable log of events: appended to once per id, read in arrival order, pruned at its old end.

Arrival numbers. A reader remembers the last number it saw and asks for what is above it, so a
number must never become visible after a higher one. A database's own sequence breaks that: numbers
are taken when a transaction inserts, and become visible when it commits, in any order. Here a
transaction first locks the counter's single row and keeps it until its commit: commits happen one
after the other, in the order of their numbers. It costs parallel commits, which group commit
(writer.py) makes needless.

A number is the commit's time in Unix milliseconds, or the last number plus one where that is
higher. So it still only grows after the database was lost or restored from a backup, where a plain
count would start again below the readers' cursors and hide all that follows; and `after=` can be a
moment in time.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import URL, Engine, Row, Select, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from webhook_receiver import schema
from webhook_receiver.database import engine_for_reading, engine_for_writing
from webhook_receiver.errors import StorageUnavailableError
from webhook_receiver.events import Clock, Event, StoredEvent

LARGEST_PAGE_BYTES = 8 * 1024 * 1024
"""Bodies in one page: a page of large events ends early instead of filling the memory."""

_PRUNED_AT_ONCE = 1_000
"""Rows deleted per transaction: few enough that an event waiting to be stored does not notice."""


@dataclass(frozen=True, slots=True)
class Page:
    """Consecutive events of the log."""

    events: Sequence[StoredEvent]
    more: bool
    """Whether events followed the last of this page when it was read."""


@dataclass(frozen=True, slots=True)
class Summary:
    """An event without its content."""

    arrival: int
    id: str
    type: str
    received_at: datetime
    late: bool
    bytes: int


def _now() -> datetime:
    return datetime.now(UTC)


class Store:
    """One database, used from several threads.

    Every method raises `StorageUnavailableError` if the database does not do what it is asked.
    """

    def __init__(self, writes: Engine, reads: Engine, clock: Clock) -> None:
        self._writes = writes
        self._reads = reads
        self._clock = clock

    @classmethod
    @contextmanager
    def open(cls, url: URL, clock: Clock = _now) -> Iterator[Self]:
        """Open the database at *url*, creating its tables if needed, and close it at the end."""
        writes, reads = engine_for_writing(url), engine_for_reading(url)
        try:
            with _available(), writes.begin() as connection:
                schema.create(connection)
            yield cls(writes, reads, clock)
        finally:
            writes.dispose()
            reads.dispose()

    def append(self, events: Sequence[Event]) -> list[bool]:
        """Store *events* in their order, in one transaction, and return once it is durable.

        The answer says for each event whether it is new: a repeated id, here or earlier, is stored
        once.
        """
        first_of_id = {event.id: event for event in reversed(events)}
        table, counter = schema.events.c, schema.counter
        with _available(), self._writes.begin() as connection:
            last = connection.execute(select(counter.c.arrival).with_for_update()).scalar_one()
            known = set(
                connection.scalars(select(table.event_id).where(table.event_id.in_(first_of_id)))
            )
            new = [e.id not in known and first_of_id[e.id] is e for e in events]
            fresh = [event for event, is_new in zip(events, new, strict=True) if is_new]
            if fresh:
                first = max(last + 1, _milliseconds(self._clock()))
                connection.execute(
                    insert(schema.events),
                    [_row(event, arrival) for arrival, event in enumerate(fresh, first)],
                )
                connection.execute(update(counter).values(arrival=first + len(fresh) - 1))
        return new

    def page(self, after: int, size: int) -> Page:
        """Return up to *size* events above *after*; fewer if they are large, but at least one."""
        table = schema.events.c
        lengths = (
            select(table.arrival, func.length(table.body))
            .where(table.arrival > after)
            .order_by(table.arrival)
            .limit(size + 1)
        )
        with _available(), self._reads.begin() as connection:
            ahead = connection.execute(lengths).tuples().all()
            if not ahead:
                return Page((), more=False)
            count = _fitting([length for _, length in ahead[:size]])
            bounds = table.arrival > after, table.arrival <= ahead[count - 1][0]
            rows = connection.execute(
                select(schema.events).where(*bounds).order_by(table.arrival)
            ).all()
        return Page([_stored(row) for row in rows], more=count < len(ahead))

    def summaries(self, after: int | None, kind: str | None, limit: int) -> list[Summary]:
        """Return what is stored, without contents, in the order of arrival.

        The first *limit* events above *after*, or the last ones without it; *kind* is a type.
        """
        table = schema.events.c
        query = select(
            table.arrival,
            table.event_id,
            table.type,
            table.received_at,
            table.late,
            func.length(table.body),
        ).limit(limit)
        if kind is not None:
            query = query.where(table.type == kind)
        if after is None:
            query = query.order_by(table.arrival.desc())
        else:
            query = query.where(table.arrival > after).order_by(table.arrival)
        with _available(), self._reads.begin() as connection:
            found = [Summary(*row) for row in connection.execute(query).tuples()]
        return found[::-1] if after is None else found

    def prune(self, before: datetime) -> int:
        """Delete the events stored before *before* and return how many that were.

        The others keep their numbers. Asked by number, which is a time and already the order of the
        table; received_at would need an index of its own.
        """
        table = schema.events.c
        oldest: Select[tuple[int]] = (
            select(table.arrival)
            .where(table.arrival < _milliseconds(before))
            .order_by(table.arrival)
            .limit(_PRUNED_AT_ONCE)
        )
        total = 0
        while True:
            with _available(), self._writes.begin() as connection:
                deleted = connection.execute(
                    delete(schema.events).where(table.arrival.in_(oldest))
                ).rowcount
            total += deleted
            if deleted < _PRUNED_AT_ONCE:
                return total

    def ping(self) -> None:
        """Return if the database answers and holds the tables."""
        with _available(), self._reads.begin() as connection:
            connection.execute(select(schema.counter.c.arrival)).scalar_one()


@contextmanager
def _available() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        # Of the driver's message only the first line: the following ones may quote a row.
        reason = (str(error.orig).splitlines() or [""])[0]
        raise StorageUnavailableError(f"{type(error.orig).__name__}: {reason}") from error
    except SQLAlchemyError as error:
        raise StorageUnavailableError(f"{type(error).__name__}: {error}") from error


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _fitting(lengths: Sequence[int]) -> int:
    """Return how many of *lengths* fit into a page, at least one."""
    total = 0
    for count, length in enumerate(lengths):
        total += length
        if total > LARGEST_PAGE_BYTES and count:
            return count
    return len(lengths)


def _row(event: Event, arrival: int) -> dict[str, object]:
    return {
        "arrival": arrival,
        "event_id": event.id,
        "type": event.type,
        "received_at": event.received_at,
        "late": event.late,
        "body": event.body,
    }


def _stored(row: Row[tuple[int, str, str, datetime, bool, bytes]]) -> StoredEvent:
    arrival, event_id, kind, received_at, late, body = row
    return StoredEvent(event_id, kind, bytes(body), received_at, late, arrival)
