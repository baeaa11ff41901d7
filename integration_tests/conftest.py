"""What the tests of whole syncs share."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emulator.clock import Clock
from emulator.endpoints import ENDPOINTS
from emulator.request_log import RequestLog
from emulator.server import Running, running
from emulator.settings import Settings
from integration_tests.harness import postgres
from source_ordergroove.ledger import Baseline, KeySet, baseline, encode
from source_ordergroove.pipeline import open_set, per_parent, plan
from source_ordergroove.pipeline.budget import LedgerBudget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from integration_tests.harness.postgres import Cluster

REPOSITORY = Path(__file__).parents[1]

PRESENT = datetime(2026, 5, 13, 16, 30, tzinfo=UTC)
"""Where the emulators' clocks stand still: the worlds are the same, byte for byte, in every run."""


@pytest.fixture(scope="session")
def _server() -> Iterator[Running]:
    with running(size="empty") as server:
        yield server


@pytest.fixture
def emulator(_server: Running) -> Running:
    """A small merchant of the test's own, in this process, at `PRESENT`.

    The server is the session's: to start and stop one takes longer than to make a merchant.
    """
    stage = _server.stage
    stage.settings, stage.log = Settings(), RequestLog()
    stage.faults.replace([])
    stage.deliveries.clear()
    stage.populate(7, "small", Clock(PRESENT, frozen=True))
    return _server


@pytest.fixture(scope="module")
def shared_emulator() -> Iterator[Running]:
    """A small merchant for a module of tests that change nothing, or reset it."""
    with running(clock=Clock(PRESENT, frozen=True)) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A real PostgreSQL, started once. Never skipped: without it half is untested."""
    with postgres.running(durable=False) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder with what `make demo` leaves there, and what it said."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "demo.duckdb").write_text("what an earlier, interrupted demo left behind")
    ran = subprocess.run(
        [sys.executable, "-m", "demo", "--folder", str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return folder, ran.stdout


@pytest.fixture
def config(emulator: Running) -> dict[str, str]:
    """A configuration that reaches the test's emulator."""
    return {"api_url": emulator.url, "api_key": emulator.api_key}


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """A function that makes the emulator's pages no larger than so many rows: many from few."""

    def limit(size: int) -> None:
        for path, endpoint in ENDPOINTS.items():
            monkeypatch.setitem(ENDPOINTS, path, replace(endpoint, largest_page=size))

    return limit


@pytest.fixture(params=["exact", "sketched"])
def ledgers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once with all known keys in the state, once with sketches of them, as of large tables."""
    if request.param == "exact":
        return

    def exactly(keys: KeySet, _budget: int) -> Baseline:
        return Baseline.from_state({"v": 1, "n": len(keys), "keys": encode(keys)})

    monkeypatch.setattr(
        baseline, "encode_within", lambda keys, _: None if len(keys) else encode(keys)
    )
    monkeypatch.setattr(baseline, "_divided", lambda keys, _: (KeySet(), keys))
    # Children of subscriptions have no sketch; small ones are as good as large ones here.
    for user in (per_parent, open_set):
        monkeypatch.setattr(user, "exact_ledger", exactly)
    monkeypatch.setattr(plan, "LedgerBudget", partial(LedgerBudget, 1_200_000, 60_000))
