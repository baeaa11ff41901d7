"""Answers that come late, limits on the rate, and hosts where nobody answers."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from airbyte_cdk.sources.streams.call_rate import MovingWindowCallRatePolicy
from requests.adapters import HTTPAdapter

from integration_tests.harness import connector
from integration_tests.harness.clocks import without_waiting
from integration_tests.harness.replica import Replica, catalog
from integration_tests.striking import CUSTOMERS, STREAMS, errors, fired, states, strike

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.server import Running

AGAIN = "did not answer for stream {stream}, in several attempts"


@pytest.fixture
def replica(emulator: Running, small_pages: Callable[[int], None]) -> Replica:
    small_pages(20)
    return Replica(emulator, STREAMS)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """Waits for an answer end after 0.3 s; returns the timeouts that the connector asked for."""
    asked_for: set[Any] = set()
    send = HTTPAdapter.send

    def send_soon(self: HTTPAdapter, request: Any, **kwargs: Any) -> Any:
        asked_for.add(kwargs["timeout"])
        return send(self, request, **{**kwargs, "timeout": 0.3})

    monkeypatch.setattr(HTTPAdapter, "send", send_soon)
    return asked_for


def test_answer_that_comes_too_late_is_asked_for_again(
    replica: Replica, impatient: set[Any]
) -> None:
    strike(replica, {"fault": "slow", "seconds": 9, "path": CUSTOMERS, "after": 1, "times": 2})

    replica.sync(exact=True)

    assert fired(replica) == [2]
    assert impatient == {(15, 90)}


@pytest.mark.usefixtures("impatient")
def test_answer_that_never_comes_fails_the_stream(replica: Replica) -> None:
    strike(replica, {"fault": "slow", "seconds": 9, "path": CUSTOMERS, "after": 1})

    output = replica.failing_sync()

    ((kind, message),) = set(output.failures("customer"))
    assert kind == "transient_error"
    assert AGAIN.format(stream="customer") in message
    assert output.statuses == {n: "INCOMPLETE" if n == "customer" else "COMPLETE" for n in STREAMS}
    assert fired(replica) == [8]


def test_host_where_nobody_listens_fails_every_stream(replica: Replica) -> None:
    """Each gives back the state it came with, and no row is called deleted."""
    replica.sync()
    came_with = replica.state()
    nowhere = {**replica.config, "api_url": "http://127.0.0.1:9"}

    with without_waiting():
        output = connector.run("read", config=nowhere, catalog=replica.catalog, state=came_with)

    assert output.exit_code == 1
    assert output.statuses == dict.fromkeys(STREAMS, "INCOMPLETE")
    assert output.of("RECORD") == []
    for entry in came_with:
        name = entry["stream"]["stream_descriptor"]["name"]
        assert states(output, name) == [entry["stream"]["stream_state"]]
        assert {kind for kind, _ in output.failures(name)} == {"transient_error"}


class SkippedTime:
    """A clock that sleeping sets forward, for everybody, instead of waiting."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._skipped = 0.0
        self._lock = threading.Lock()
        self._time, self._monotonic, self._sleep = time.time, time.monotonic, time.sleep
        patch.setattr("time.time", lambda: self._time() + self._skipped)
        patch.setattr("time.monotonic", lambda: self._monotonic() + self._skipped)
        patch.setattr("time.sleep", self.sleep)
        patch.setattr("pyrate_limiter.clocks.time", lambda: self._time() + self._skipped)

    def sleep(self, seconds: float) -> None:
        until = self._monotonic() + self._skipped + seconds
        with self._lock:
            self._skipped = max(self._skipped, until - self._monotonic())
        self._sleep(0.0005)


def test_storm_of_refusals_ends_in_a_complete_sync(
    replica: Replica, small_pages: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A vendor that allows 30 requests a minute, counting those it refuses; pages of 3 rows."""
    small_pages(3)
    SkippedTime(monkeypatch)
    replica.emulator.stage.settings.requests_per_minute = 30

    output = connector.run("read", config=replica.config, catalog=replica.catalog, state=[])

    summary = replica.emulator.stage.log.summary()
    assert output.exit_code == 0
    assert errors(output) == []
    assert summary["by_status"]["429"] > 5
    assert summary["by_status"]["200"] > 3 * 30
    replica.destination.apply(output.messages)
    replica.assert_exact()


class Watch:
    """Notes when calls were let through, by when they were asked for, and when one was refused."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.let_through: list[float] = []
        self.refused: list[float] = []
        acquire, update = MovingWindowCallRatePolicy.try_acquire, MovingWindowCallRatePolicy.update

        def watched(policy: MovingWindowCallRatePolicy, request: Any, weight: int) -> None:
            asked = time.monotonic()
            acquire(policy, request, weight)
            self.let_through.append(asked)

        def noted(policy: MovingWindowCallRatePolicy, available_calls: Any, **rest: Any) -> None:
            update(policy, available_calls, **rest)
            if available_calls == 0:
                self.refused.append(time.monotonic())

        patch.setattr(MovingWindowCallRatePolicy, "try_acquire", watched)
        patch.setattr(MovingWindowCallRatePolicy, "update", noted)


def test_refusal_pauses_every_thread(
    emulator: Running, small_pages: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In real time, but for the longer wait of who was refused."""
    small_pages(2)
    watch, sleep = Watch(monkeypatch), time.sleep
    monkeypatch.setattr("time.sleep", lambda seconds: sleep(seconds if seconds < 2 else 0.001))
    emulator.stage.faults.replace(
        [{"fault": "rate_limited", "path": "orders", "after": 2, "times": 1}]
    )
    config = {"api_url": emulator.url, "api_key": emulator.api_key}

    output = connector.run("read", config=config, catalog=catalog(STREAMS))

    assert output.exit_code == 0
    (refused,) = watch.refused
    assert [at for at in watch.let_through if refused < at < refused + 0.5] == []
    assert len([at for at in watch.let_through if at > refused]) > 20
