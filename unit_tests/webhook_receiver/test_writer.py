"""Group commit: who shares a transaction, and when each is answered."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from unit_tests.webhook_receiver.builders import NOW
from webhook_receiver.errors import StorageUnavailableError
from webhook_receiver.events import Event
from webhook_receiver.metrics import Metrics
from webhook_receiver.writer import MOST_EVENTS_IN_A_COMMIT, Writer

PATIENCE = 20


def event(name: str) -> Event:
    return Event(name, "order.delete", b"{}", NOW, late=False)


class Database:
    """Remembers its batches; each commit waits until `gate` lets it through.

    Not for ever: a test that fails before it opens the gate would hang instead.
    """

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun = threading.Semaphore(0)
        self.gate = threading.Semaphore(0)
        self.error: Exception | None = None

    def append(self, events: Sequence[Event]) -> list[bool]:
        self.batches.append([event.id for event in events])
        self.begun.release()
        assert self.gate.acquire(timeout=PATIENCE)
        if self.error is not None:
            raise self.error
        return [not event.id.startswith("known") for event in events]

    async def commit_begins(self) -> None:
        assert await asyncio.to_thread(self.begun.acquire, timeout=PATIENCE)


def test_requests_that_arrive_during_a_commit_share_the_next() -> None:
    """And nobody is answered before the commit that holds its own event."""

    async def scenario() -> None:
        database = Database()
        writer = Writer(database.append, Metrics())
        async with writer.running():
            first = asyncio.create_task(writer.store(event("first")))
            await database.commit_begins()
            others = [asyncio.create_task(writer.store(event(n))) for n in ("known", "third")]
            await asyncio.sleep(0)
            assert not first.done()

            database.gate.release()
            assert await first is True
            await database.commit_begins()
            assert [task.done() for task in others] == [False, False]

            database.gate.release()
            assert await asyncio.gather(*others) == [False, True]
        assert database.batches == [["first"], ["known", "third"]]

    asyncio.run(scenario())


def test_rush_is_cut_into_batches_in_order() -> None:
    async def scenario() -> None:
        database = Database()
        writer = Writer(database.append, Metrics())
        names = [str(n) for n in range(2 * MOST_EVENTS_IN_A_COMMIT + 1)]
        tasks = [asyncio.create_task(writer.store(event(name))) for name in names]
        await asyncio.sleep(0)
        database.gate.release(3)
        async with writer.running():
            assert await asyncio.gather(*tasks) == [True] * len(names)
        size = MOST_EVENTS_IN_A_COMMIT
        assert database.batches == [names[:size], names[size : 2 * size], names[2 * size :]]

    asyncio.run(scenario())


@pytest.mark.parametrize("error", [StorageUnavailableError("gone"), RuntimeError("a defect")])
def test_failed_commit_fails_its_own_requests_alone(error: Exception) -> None:
    """The writer goes on with the next batch, whatever went wrong."""

    async def scenario() -> None:
        database = Database()
        database.gate.release(2)
        writer = Writer(database.append, Metrics())
        async with writer.running():
            database.error = error
            failed = await asyncio.gather(
                writer.store(event("a")), writer.store(event("b")), return_exceptions=True
            )
            database.error = None
            assert await writer.store(event("c")) is True
        assert [type(each) for each in failed] == [StorageUnavailableError] * 2
        assert database.batches == [["a", "b"], ["c"]]

    asyncio.run(scenario())


def test_stuck_database_is_answered_before_the_vendor_hangs_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was refused meanwhile is not stored after all: it will be sent again."""

    async def scenario() -> None:
        database = Database()
        writer = Writer(database.append, Metrics())
        async with writer.running():
            stuck = asyncio.create_task(writer.store(event("stuck")))
            await database.commit_begins()
            monkeypatch.setattr("webhook_receiver.writer.ANSWER_SECONDS", 0)
            with pytest.raises(StorageUnavailableError):
                await writer.store(event("behind"))
            database.gate.release(2)
            assert await stuck is True
        assert database.batches == [["stuck"]]

    asyncio.run(scenario())


def test_stopping_commits_what_still_waits() -> None:
    async def scenario() -> None:
        database = Database()
        database.gate.release(2)
        writer = Writer(database.append, Metrics())
        async with writer.running():
            tasks = [asyncio.create_task(writer.store(event(name))) for name in ("a", "b")]
            await asyncio.sleep(0)
        assert [task.result() for task in tasks if task.done()] == [True, True]
        assert database.batches == [["a", "b"]]

    asyncio.run(scenario())
