from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from unit_tests.webhook_receiver import builders
from unit_tests.webhook_receiver.builders import FlakyStore, StandingClock
from webhook_receiver.app import create_app
from webhook_receiver.settings import Settings


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return builders.settings(tmp_path / "webhooks.db", MAX_BODY_BYTES="4096")


@pytest.fixture
def store(settings: Settings, clock: StandingClock) -> Iterator[FlakyStore]:
    with FlakyStore.open(settings.database_url, clock) as store:
        yield store


@pytest.fixture
def client(settings: Settings, store: FlakyStore, clock: StandingClock) -> Iterator[TestClient]:
    """The running application over `store`, at the time of `clock`."""
    with TestClient(create_app(settings, store, clock)) as client:
        yield client
