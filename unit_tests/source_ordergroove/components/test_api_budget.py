"""The framework's limiter, set as in the manifest, keeps the vendor's minute."""

from bisect import bisect_left

import pytest
import requests
from airbyte_cdk.sources.streams.call_rate import APIBudget
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from source_ordergroove.source import SourceOrdergroove

VENDORS_LIMIT = 6000
MINUTE = 60_000
REQUEST = requests.Request("GET", "https://restapi.ordergroove.com/orders/").prepare()


class Clock:
    """Milliseconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now = 1_772_438_400_000

    def seconds(self) -> float:
        return self.now / 1000

    def sleep(self, seconds: float) -> None:
        # The limiter counts whole milliseconds and asks again after less than one.
        self.now += max(1, round(seconds * 1000))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("pyrate_limiter.clocks.time", clock.seconds)
    monkeypatch.setattr("time.sleep", clock.sleep)
    return clock


def budget(**config: int) -> APIBudget:
    """The one that all requesters of a source share."""
    source = SourceOrdergroove(config={"api_key": "a-key-long-enough", **config})
    source.streams(source._config)  # noqa: SLF001 it is made with the streams
    made = source._constructor._api_budget  # noqa: SLF001 it is shown to nobody
    assert isinstance(made, APIBudget)
    return made


def busiest(sent: list[int], window: int) -> int:
    """Return the largest number of requests in any window of so many milliseconds."""
    return max(bisect_left(sent, at + window) - n for n, at in enumerate(sent))


def test_requests_without_a_pause_keep_the_vendors_minute(clock: Clock) -> None:
    """Three minutes of as many requests as are let through: 5 percent below the vendor's limit."""
    limiter, sent = budget(), []
    began = clock.now
    while clock.now < began + 3 * MINUTE:
        limiter.acquire_call(REQUEST)
        sent.append(clock.now)

    assert busiest(sent, MINUTE) <= 5701 < VENDORS_LIMIT
    assert busiest(sent, 1000) <= 96
    # And no more slowly than that: the limit is used.
    assert len(sent) >= 3 * 5600


@pytest.fixture(scope="module")
def slow_budget() -> APIBudget:
    return budget(requests_per_minute=60)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.lists(st.integers(0, 20_000), min_size=1, max_size=150))
def test_no_pattern_of_requests_exceeds_the_users_limit(
    slow_budget: APIBudget, clock: Clock, pauses: list[int]
) -> None:
    """Bursts after quiet times, where a counter that starts anew each minute lets twice as much."""
    sent = []
    clock.now += 10 * MINUTE
    for pause in pauses:
        clock.now += pause * (pause > 15_000)
        slow_budget.acquire_call(REQUEST)
        sent.append(clock.now)

    assert busiest(sent, MINUTE) <= 61
    assert busiest(sent, 1000) <= 2


def answer(status: int) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers["ratelimit-remaining"] = "0"
    return response


def test_refusal_for_too_many_requests_pauses_everybody(clock: Clock) -> None:
    """For the shorter of the two windows; who was refused waits longer, and longer each time."""
    limiter, began = budget(), clock.now
    limiter.update_from_response(REQUEST, answer(429))

    limiter.acquire_call(REQUEST)

    assert clock.now - began >= 1000


@pytest.mark.parametrize("status", [200, 404, 500, 503])
def test_other_answers_pause_nobody(clock: Clock, status: int) -> None:
    """Nor does a header that the vendor does not document."""
    limiter, began = budget(), clock.now
    limiter.update_from_response(REQUEST, answer(status))

    limiter.acquire_call(REQUEST)

    assert clock.now == began
