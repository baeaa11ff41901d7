import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from unit_tests.webhook_receiver.builders import NOW, FlakyStore, StandingClock, envelope
from webhook_receiver import retention
from webhook_receiver.errors import StorageUnavailableError
from webhook_receiver.events import Event
from webhook_receiver.metrics import Metrics
from webhook_receiver.settings import Settings

WEEK = timedelta(days=7)


class Watched(FlakyStore):
    """Tells what retention asked for; the first call fails if `fails` is set."""

    def __init__(self) -> None:
        self.asked: list[datetime] = []
        self.thrice = asyncio.Event()

    def prune(self, before: datetime) -> int:
        self.asked.append(before)
        if len(self.asked) == 3:
            self.thrice.set()
        if self.fails and len(self.asked) == 1:
            raise StorageUnavailableError("gone")
        return 5


async def no_thread(function: object, *arguments: object) -> object:
    assert callable(function)
    return function(*arguments)


@pytest.mark.parametrize(("fails", "pruned"), [(False, 15), (True, 10)])
def test_old_events_are_pruned_again_and_again(
    monkeypatch: pytest.MonkeyPatch, *, fails: bool, pruned: int
) -> None:
    """An outage puts it off, it does not end it."""
    monkeypatch.setattr("webhook_receiver.retention._PERIOD_SECONDS", 0)
    monkeypatch.setattr("webhook_receiver.retention.asyncio.to_thread", no_thread)
    metrics = Metrics()

    async def scenario() -> Sequence[datetime]:
        store = Watched()
        store.fails = fails
        async with retention.running(store, WEEK, metrics, StandingClock()):
            await store.thrice.wait()
        return store.asked

    assert asyncio.run(scenario()) == [NOW - WEEK] * 3
    assert metrics.registry.get_sample_value("webhook_receiver_pruned_events_total") == pruned


def test_without_a_retention_everything_stays(settings: Settings, clock: StandingClock) -> None:
    with FlakyStore.open(settings.database_url, clock) as store:
        store.append([Event("old", "order.delete", envelope("old"), NOW, late=False)])
        clock.advance(days=3650)

        async def scenario() -> None:
            async with retention.running(store, None, Metrics(), clock):
                await asyncio.sleep(0)

        asyncio.run(scenario())
        assert [event.id for event in store.page(0, 10).events] == ["old"]
