from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integration_tests.webhook_receiver import postgres
from integration_tests.webhook_receiver.postgres import Cluster


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A real PostgreSQL, started once. Never skipped: without it half is untested."""
    with postgres.running(durable=False) as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: each test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'webhooks.db'}"
    create: Callable[[], str] = request.getfixturevalue("postgresql").create_database
    return create()
