"""A frozen small merchant, without a socket (`vendor`) and with one (`live`)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from emulator.clock import Clock
from emulator.server import Running, running
from emulator.stage import Stage
from unit_tests.emulator.vendor_client import VendorClient

NOON = datetime(2026, 3, 2, 18, 0, 0, tzinfo=UTC)
"""12:00 in Chicago, on winter time."""


@pytest.fixture
def stage() -> Stage:
    return Stage(seed=7, size="small", clock=Clock(NOON, frozen=True))


@pytest.fixture
def vendor(stage: Stage) -> VendorClient:
    return VendorClient(stage)


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    with running(size="small", clock=Clock(NOON, frozen=True)) as emulator:
        yield emulator


@pytest.fixture
def live(server: Running) -> Running:
    """The emulator on a socket, as good as new."""
    server.stage.reset()
    return server
