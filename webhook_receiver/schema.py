"""The two tables, the same in both databases."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    select,
    text,
)
from sqlalchemy.types import TypeDecorator

from webhook_receiver.events import LONGEST_NAME

_SCHEMA_LOCK = 0x0_9D_E2_9A_00_7E
"""Any number no other program in the same PostgreSQL is likely to lock."""


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC: `timestamptz` in PostgreSQL, the wall clock of UTC in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC on the way in."""
        del dialect
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Name the zone on the way out; PostgreSQL answers in the zone of its session."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

events = Table(
    "webhook_event",
    metadata,
    # Only `INTEGER` makes SQLite use it as the row's own number, so that reading in order needs no
    # second index.
    Column(
        "arrival",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("event_id", String(LONGEST_NAME), nullable=False, unique=True),
    Column("type", String(LONGEST_NAME), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("late", Boolean, nullable=False),
    # Bytes, not JSON: what was signed, unchanged, whatever the database's encoding.
    Column("body", LargeBinary, nullable=False),
)

counter = Table(
    "webhook_last_arrival",
    metadata,
    Column("arrival", BigInteger, nullable=False),
)
"""One row: the highest arrival number given out. Not `max(arrival)`: retention may delete that
row."""


def create(connection: Connection) -> None:
    """Create what is missing, in the transaction of *connection*; replicas may do so at once."""
    if connection.dialect.name == "postgresql":
        # `CREATE TABLE IF NOT EXISTS` alone fails when two sessions run it together. In SQLite the
        # write lock of the transaction does the same.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SCHEMA_LOCK})
    metadata.create_all(connection)
    if connection.execute(select(counter.c.arrival)).first() is None:
        connection.execute(insert(counter).values(arrival=0))
