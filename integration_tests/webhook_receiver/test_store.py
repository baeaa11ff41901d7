"""The store's promises, on both databases."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from integration_tests.harness.postgres import Cluster
from unit_tests.webhook_receiver.builders import NOW, StandingClock, envelope
from unit_tests.webhook_receiver.builders import settings as settings_of
from webhook_receiver.database import engine_for_writing
from webhook_receiver.errors import StorageUnavailableError
from webhook_receiver.events import Event, StoredEvent
from webhook_receiver.store import Store

FIRST = int(NOW.timestamp() * 1000)


def event(name: str, body: bytes | None = None, *, late: bool = False) -> Event:
    return Event(name, "order.delete", body or envelope(name), NOW, late=late)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def store(database_url: str, clock: StandingClock) -> Iterator[Store]:
    with Store.open(settings_of(database_url).database_url, clock) as store:
        yield store


def ids(store: Store) -> list[str]:
    return [event.id for event in store.page(0, 1000).events]


def test_events_come_out_as_they_went_in(store: Store) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-6)))
    first = Event("a", "order.delete", b'{"x": "\xc3\xa9\\u0000"}', NOW, late=False)
    second = Event("b", "item.remove", b"\x00\xff", elsewhere, late=True)

    assert store.append([first, second]) == [True, True]

    assert store.page(0, 10).events == [
        StoredEvent("a", "order.delete", first.body, NOW, late=False, arrival=FIRST),
        StoredEvent("b", "item.remove", second.body, NOW, late=True, arrival=FIRST + 1),
    ]
    assert [e.received_at.tzinfo for e in store.page(0, 10).events] == [UTC, UTC]


def test_repeated_id_is_stored_once(store: Store) -> None:
    """In one batch, in a later one, and whatever else differs."""
    other = event("a", b'{"other": "body"}', late=True)

    assert store.append([event("a"), event("b"), event("a"), other]) == [True, True, False, False]
    assert store.append([other, event("c"), event("b")]) == [False, True, False]
    assert store.append([other]) == [False]

    assert [(e.id, e.late) for e in store.page(0, 10).events] == [
        ("a", False),
        ("b", False),
        ("c", False),
    ]


def test_number_is_the_time_or_one_more(store: Store, clock: StandingClock) -> None:
    """It only grows, where the clock stands and where it is set back."""
    for milliseconds in (0, 0, 5_000, -3_600_000):
        clock.advance(milliseconds=milliseconds)
        store.append([event(f"{milliseconds}{len(ids(store))}")])

    arrivals = [e.arrival for e in store.page(0, 10).events]
    assert arrivals == [FIRST, FIRST + 1, FIRST + 5_000, FIRST + 5_001]


def test_numbers_go_on_above_those_of_a_lost_database(
    database_url: str, clock: StandingClock
) -> None:
    """A reader's cursor from before must not hide what an empty database takes in."""
    url = settings_of(database_url).database_url
    with Store.open(url, clock) as store:
        store.append([event(str(n)) for n in range(100)])
        cursor = store.page(0, 100).events[-1].arrival
    engine = engine_for_writing(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE webhook_event"))
        connection.execute(text("DROP TABLE webhook_last_arrival"))
    engine.dispose()
    clock.advance(seconds=1)

    with Store.open(url, clock) as store:
        store.append([event("after the loss")])
        assert [e.id for e in store.page(cursor, 10).events] == ["after the loss"]


def test_pruning_deletes_the_old_and_never_renumbers(store: Store, clock: StandingClock) -> None:
    """Also when everything goes: the next event's number is still a new one."""
    store.append([event("old"), event("old too")])
    clock.advance(days=8)
    store.append([event("young")])
    [young] = store.page(FIRST + 1, 10).events

    assert store.prune(clock() - timedelta(days=7)) == 2
    assert store.page(0, 10).events == [young]
    assert store.prune(clock() - timedelta(days=7)) == 0

    clock.advance(milliseconds=1)
    assert store.prune(clock()) == 1
    clock.now = NOW
    store.append([event("next")])
    assert [e.arrival for e in store.page(0, 10).events] == [young.arrival + 1]


def test_pruning_works_through_more_than_one_transaction(
    store: Store, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webhook_receiver.store._PRUNED_AT_ONCE", 3)
    store.append([event(str(n)) for n in range(6)])
    clock.advance(days=1)
    store.append([event("young")])

    assert store.prune(clock()) == 6
    assert ids(store) == ["young"]


def test_opening_again_changes_nothing(database_url: str) -> None:
    url = settings_of(database_url).database_url
    with Store.open(url) as store:
        store.append([event("a")])
        before = store.page(0, 10)

    with Store.open(url) as store:
        assert store.page(0, 10) == before
        assert store.append([event("a")]) == [False]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1)),
    sizes=st.lists(st.integers(1, 4), min_size=1),
    page_size=st.integers(1, 7),
)
def test_any_batches_and_pages_keep_the_first_of_each_id_in_order(
    store: Store, names: list[str], sizes: list[int], page_size: int
) -> None:
    """However arrivals are cut into batches, and the log into pages."""
    start = max((e.arrival for e in store.page(0, 1000).events), default=0)
    known = set(ids(store))
    waiting = [event(name) for name in names]
    answers: list[bool] = []
    while waiting:
        size = sizes[len(answers) % len(sizes)]
        answers += store.append(waiting[:size])
        waiting = waiting[size:]

    read: list[StoredEvent] = []
    more, cursor = True, start
    while more:
        page = store.page(cursor, page_size)
        read += page.events
        more, cursor = page.more, page.events[-1].arrival if page.events else cursor

    fresh = [name for name in dict.fromkeys(names) if name not in known]
    assert [e.id for e in read] == fresh
    assert sum(answers) == len(fresh)
    store.prune(datetime.now(UTC) + timedelta(days=36_500))


def test_database_that_went_away_is_an_outage_and_comes_back(postgresql: Cluster) -> None:
    """Every connection cut at once, as by a restart of the server."""
    url = postgresql.create_database()
    with Store.open(settings_of(url).database_url) as store:
        store.append([event("before")])
        with psycopg.connect(postgresql.url(), autocommit=True) as administrator:
            administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname LIKE 'test_%' AND pid <> pg_backend_pid()"
            )
        assert store.append([event("after")]) == [True]
        assert ids(store) == ["before", "after"]


def test_missing_table_is_an_outage_without_a_row_in_its_words(store: Store) -> None:
    """The store's error goes into the log, so it must not quote what was to be stored."""
    engine = store._writes  # noqa: SLF001
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE webhook_event RENAME TO elsewhere"))

    with pytest.raises(StorageUnavailableError) as outage:
        store.append([event("a", b'{"email": "ann@example.com"}')])

    assert "webhook_event" in str(outage.value)
    assert json.dumps("ann@example.com") not in str(outage.value)


def test_sqlite_commits_reach_the_disk(tmp_path: object) -> None:
    """WAL's usual NORMAL may forget the last commits at a power cut."""
    engine = engine_for_writing(settings_of(f"sqlite:///{tmp_path}/webhooks.db").database_url)
    with engine.begin() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    engine.dispose()

    assert (mode, synchronous) == ("wal", 2)


def test_postgresql_commits_reach_the_disk(postgresql: Cluster) -> None:
    """Also where an administrator has set the server to confirm before that."""
    url = postgresql.create_database()
    with psycopg.connect(url, autocommit=True) as administrator:
        name = administrator.info.dbname
        administrator.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    engine = engine_for_writing(settings_of(url).database_url)
    with engine.begin() as connection:
        setting = connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
    engine.dispose()

    assert setting == "on"
