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


@pytest.fixture
def live() -> Iterator[Running]:
    with running(size="small", clock=Clock(NOON, frozen=True)) as emulator:
        yield emulator
