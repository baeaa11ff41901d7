"""A reader that remembers the last number it saw misses nothing, however many write at once."""

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import event as listeners

from integration_tests.harness.postgres import Cluster
from unit_tests.webhook_receiver.builders import settings
from webhook_receiver import database
from webhook_receiver.errors import StorageUnavailableError
from webhook_receiver.events import Event, StoredEvent
from webhook_receiver.store import Store

WRITERS = 3
BATCHES = 40
SHARED = 15
"""Ids that every writer stores too: duplicates must neither appear twice nor hide a neighbour."""


def an_event(name: str) -> Event:
    return Event(name, "order.delete", b"{}", datetime.now(UTC), late=False)


@contextmanager
def opened(database_url: str) -> Iterator[Store]:
    with Store.open(settings(database_url).database_url) as store:
        yield store


def names_of(writer: int, batch: int) -> list[str]:
    """One to three events of the writer's own, and now and then one that all writers have."""
    own = [f"writer {writer} batch {batch} event {n}" for n in range(1 + batch % 3)]
    return [*own, f"shared {batch}"] if batch < SHARED else own


def write(database_url: str, writer: int) -> int:
    """Store all batches of *writer* in a process of its own; return how many events were new."""
    new = 0
    with opened(database_url) as store:
        for batch in range(BATCHES):
            while True:
                try:
                    new += sum(store.append([an_event(n) for n in names_of(writer, batch)]))
                    break
                except StorageUnavailableError:
                    # SQLite gives up waiting for the other processes; the vendor would send again.
                    continue
    return new


def test_reader_beside_several_writing_processes_ends_with_exactly_what_is_stored(
    database_url: str,
) -> None:
    """Read in small pages all the while, each starting above the last number seen."""
    read: list[StoredEvent] = []
    spawn = multiprocessing.get_context("spawn")
    with (
        opened(database_url) as store,
        ProcessPoolExecutor(WRITERS, mp_context=spawn) as processes,
    ):
        writers = [processes.submit(write, database_url, writer) for writer in range(WRITERS)]
        more = True
        while more:
            # Asked before reading: what is stored after the last page was empty must still be read.
            writing = not all(writer.done() for writer in writers)
            page = store.page(read[-1].arrival if read else 0, 7)
            read += page.events
            more = writing or bool(page.events)
        new = sum(writer.result() for writer in writers)
        stored = store.page(0, 10_000).events

    expected = {n for w in range(WRITERS) for b in range(BATCHES) for n in names_of(w, b)}
    assert sorted(event.id for event in read) == sorted(expected)
    assert new == len(expected)
    assert read == list(stored)


def wait_until_blocked(connection: "psycopg.Connection[tuple[int]]") -> None:
    """Return once a session of this database waits for a lock."""
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while connection.execute(query).fetchone() == (0,):
        pass


def test_commit_waits_for_those_with_lower_numbers(postgresql: Cluster) -> None:
    """The race itself: the second has its events ready while the first has not committed."""
    url = postgresql.create_database()
    reached, go_on = threading.Event(), threading.Event()
    with (
        opened(url) as first,
        opened(url) as second,
        opened(url) as reader,
        psycopg.connect(url, autocommit=True) as administrator,
        ThreadPoolExecutor(2) as threads,
    ):

        @listeners.listens_for(first._writes, "commit")  # noqa: SLF001
        def hold(_connection: object) -> None:
            reached.set()
            go_on.wait()

        slow = threads.submit(first.append, [an_event("slow")])
        reached.wait()
        quick = threads.submit(second.append, [an_event("quick")])
        wait_until_blocked(administrator)
        seen_meanwhile = reader.page(0, 10).events
        go_on.set()
        assert (slow.result(), quick.result()) == ([True], [True])
        seen_after = reader.page(0, 10).events

    assert seen_meanwhile == ()
    assert [event.id for event in seen_after] == ["slow", "quick"]


def test_replica_that_freezes_in_its_commit_stops_nobody(
    postgresql: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends its transaction; what it held is not stored and not acknowledged."""
    limit = "idle_in_transaction_session_timeout"
    url = postgresql.create_database()
    reached, go_on = threading.Event(), threading.Event()
    with opened(url) as other, ThreadPoolExecutor(1) as threads:
        monkeypatch.setitem(database._POSTGRESQL_LIMITS, limit, "100ms")  # noqa: SLF001
        with opened(url) as frozen:

            @listeners.listens_for(frozen._writes, "commit")  # noqa: SLF001
            def hold(_connection: object) -> None:
                reached.set()
                go_on.wait()

            held = threads.submit(frozen.append, [an_event("held")])
            reached.wait()
            assert other.append([an_event("other")]) == [True]
            go_on.set()
            with pytest.raises(StorageUnavailableError):
                held.result()

        assert [event.id for event in other.page(0, 10).events] == ["other"]
