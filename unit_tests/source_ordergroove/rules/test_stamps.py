"""Newest wins at the destination, so a stamp never goes back, whatever the clock does."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.rules.stamps import Stamps, format_instant, utc_now

instants = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 hypothesis adds the zone itself
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(floor=st.none() | instants, clock=st.lists(instants, min_size=1))
def test_each_stamp_is_later_than_all_before(floor: datetime | None, clock: list[datetime]) -> None:
    """Also than the floor, which an earlier sync left; compared as text, as a warehouse may."""
    readings = iter(clock)
    stamps = Stamps(floor, now=lambda: next(readings))

    made = [stamps.next() for _ in clock]

    before = [format_instant(floor)] if floor else []
    assert all(earlier < later for earlier, later in pairwise([*before, *made]))


@given(clock=st.lists(instants, min_size=1))
def test_stamp_is_the_clocks_where_the_clock_moves_on(clock: list[datetime]) -> None:
    ascending = sorted(set(clock))
    readings = iter(ascending)
    stamps = Stamps(None, now=lambda: next(readings))

    assert [stamps.next() for _ in ascending] == list(map(format_instant, ascending))


def test_standing_clock_counts_in_microseconds() -> None:
    now = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    stamps = Stamps(None, now=lambda: now)

    assert [stamps.next() for _ in range(3)] == [
        "2026-03-02T15:00:00.000000Z",
        "2026-03-02T15:00:00.000001Z",
        "2026-03-02T15:00:00.000002Z",
    ]


def test_clock_that_was_set_back_goes_on_from_the_floor() -> None:
    floor = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    stamps = Stamps(floor, now=lambda: floor - timedelta(days=365))

    assert stamps.next() == "2026-03-02T15:00:00.000001Z"
    assert stamps.last == floor + timedelta(microseconds=1)


@given(instants)
def test_written_instant_is_read_back(instant: datetime) -> None:
    assert datetime.fromisoformat(format_instant(instant)) == instant


@given(instants, instants)
def test_written_instants_sort_as_text(one: datetime, other: datetime) -> None:
    assert (one < other) == (format_instant(one) < format_instant(other))


def test_our_clock_is_utc() -> None:
    assert utc_now().tzinfo is UTC


def test_where_nothing_was_stamped_there_is_no_stamp_to_remember() -> None:
    """A made-up one would be written into the state, where year 1 is no date that can be read."""
    assert Stamps(None).last is None
