"""Engines whose commits are durable and whose statements end in time."""

from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event

IsolationLevel = Literal["READ COMMITTED", "REPEATABLE READ"]

STATEMENT_SECONDS = 3
"""Longest wait for a lock, a statement or a connection: inside the vendor's 5 seconds with time to
answer 503."""

_POSTGRESQL_LIMITS = {
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    # A replica that freezes between two statements must not hold the counter's row, or all others
    # stand still.
    "idle_in_transaction_session_timeout": f"{STATEMENT_SECONDS}s",
}


def engine_for_writing(url: URL) -> Engine:
    """Return an engine with one connection for commits and one for retention.

    It is apart from the one for reading, so that readers never take what an event waits for.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(
            url,
            # IMMEDIATE: a transaction that reads first and then writes would fail, not wait, when
            # another process writes in between.
            begin="BEGIN IMMEDIATE",
            # WAL lets readers read during a commit. FULL, not WAL's usual NORMAL: NORMAL may lose
            # the last commits at a power cut, after their 2xx.
            pragmas=("journal_mode = WAL", "synchronous = FULL"),
            pool_size=1,
            max_overflow=1,
        )
    # A writer that waited for the counter's row must then see what the one before it committed.
    return _postgresql(url, "READ COMMITTED", pool_size=1, max_overflow=1)


def engine_for_reading(url: URL) -> Engine:
    """Return an engine for `/events`, `/readyz` and the commands."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(
            url, begin="BEGIN", pragmas=("query_only = ON",), pool_size=4, max_overflow=0
        )
    # All statements of a page see the log at one moment, as in SQLite.
    return _postgresql(url, "REPEATABLE READ", pool_size=4, max_overflow=0)


def _sqlite(url: URL, *, begin: str, pragmas: tuple[str, ...], **pool: int) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": STATEMENT_SECONDS},
        hide_parameters=True,
        pool_timeout=STATEMENT_SECONDS,
        **pool,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        # Without this the driver decides by itself when a transaction begins.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgresql(url: URL, isolation_level: IsolationLevel, **pool: int) -> Engine:
    engine = create_engine(
        url,
        connect_args={"connect_timeout": STATEMENT_SECONDS},
        # Parameters are events: an exception's text must not carry them into the log.
        hide_parameters=True,
        isolation_level=isolation_level,
        pool_pre_ping=True,
        pool_timeout=STATEMENT_SECONDS,
        **pool,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            for name, value in _POSTGRESQL_LIMITS.items():
                cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
            # A server tuned for speed may confirm commits that are not on disk yet.
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'on', false)"
                " WHERE current_setting('synchronous_commit') = 'off'"
            )
        connection.commit()

    return engine
