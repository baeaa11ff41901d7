from hypothesis import given
from hypothesis import strategies as st

from benchmarks.capacity import Load, daily_sync, first_sync, makespan, state_bytes


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=20), st.integers(1, 5))
def test_no_schedule_is_faster_than_its_longest_walk_or_its_even_split(
    walks: list[float], workers: int
) -> None:
    took = makespan(walks, workers)
    least = max(*walks, sum(walks) / workers)
    assert least * (1 - 1e-9) <= took <= least * 2 + 1e-9


def test_hours_obey_the_rate_limit_when_latency_does_not_bound() -> None:
    load = Load({"a": 95 * 3600.0}, 0)
    assert Load({str(n): 95 * 720.0 for n in range(5)}, 0).hours(1e9, 0.0) == 1.0
    assert load.hours(1.0, 0.0) == 95 * 0.2


def test_reading_less_often_never_costs_more() -> None:
    for subscribers in (10_000, 10_000_000):
        whole = daily_sync(subscribers, whole=True).requests
        between = daily_sync(subscribers, whole=False).requests
        unopened = daily_sync(subscribers, whole=False, open_rows=False).requests
        assert unopened < between < whole < first_sync(subscribers).requests


def test_state_stays_within_six_megabytes_whatever_the_size() -> None:
    assert state_bytes(10_000, 6.7) < 1e6
    assert state_bytes(10**9, 18.0) == 5_994_000
