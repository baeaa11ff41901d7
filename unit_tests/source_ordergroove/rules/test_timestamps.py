"""A filter may bring too much, never too little, whatever the vendor's clock shows."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import formatdate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from source_ordergroove.rules.timestamps import (
    OVERLAP,
    VENDOR_ZONE,
    filter_start,
    parse_http_date,
    to_wall,
    walk_start,
)

REPEATED_HOUR = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
SKIPPED_HOUR = datetime(2026, 3, 8, 8, 0, tzinfo=UTC)
# What the vendor's clock may be after all: the documentation says EST in one place.
ZONES_IN_DOUBT: list[tzinfo] = [
    VENDOR_ZONE,
    ZoneInfo("America/New_York"),
    timezone(timedelta(hours=-5), "EST"),
    timezone(timedelta(hours=-6), "CST"),
]

instants = st.datetimes(
    datetime(2019, 1, 1),  # noqa: DTZ001 hypothesis adds the zone itself
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
seconds = st.floats(0, 120)


def wall_in(zone: tzinfo, instant: datetime) -> str:
    """Write *instant* as a vendor in *zone* would: that wall clock, whole seconds."""
    return instant.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


@given(instants)
@example(REPEATED_HOUR)
@example(REPEATED_HOUR + timedelta(hours=1))
@example(SKIPPED_HOUR)
def test_wall_time_names_the_second_it_was_made_from(instant: datetime) -> None:
    """Up to the hour that autumn repeats, which has one spelling for two instants."""
    wall = datetime.fromisoformat(to_wall(instant)).replace(tzinfo=VENDOR_ZONE)

    assert instant.replace(microsecond=0) in {
        wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)
    }


def test_repeated_hour_has_one_spelling() -> None:
    first, second = REPEATED_HOUR, REPEATED_HOUR + timedelta(hours=1)

    assert to_wall(first) == to_wall(second) == "2026-11-01T01:30:00"


def test_skipped_hour_has_no_spelling() -> None:
    before, after = SKIPPED_HOUR - timedelta(seconds=1), SKIPPED_HOUR

    assert (to_wall(before), to_wall(after)) == ("2026-03-08T01:59:59", "2026-03-08T03:00:00")


@given(
    watermark=instants,
    later=st.timedeltas(timedelta(), timedelta(days=2)),
    zone=st.sampled_from(ZONES_IN_DOUBT),
)
@example(watermark=REPEATED_HOUR, later=timedelta(), zone=ZONES_IN_DOUBT[0])
@example(watermark=REPEATED_HOUR, later=timedelta(hours=1), zone=ZONES_IN_DOUBT[0])
@example(
    watermark=REPEATED_HOUR - timedelta(hours=1),
    later=timedelta(hours=1),
    zone=ZONES_IN_DOUBT[3],
)
@example(watermark=SKIPPED_HOUR + timedelta(hours=2), later=timedelta(), zone=ZONES_IN_DOUBT[3])
def test_filter_misses_no_change_since_the_watermark(
    watermark: datetime, later: timedelta, zone: tzinfo
) -> None:
    """In every zone in doubt, and on the nights when clocks change."""
    changed = wall_in(zone, watermark + later)

    since = filter_start(watermark, None)

    assert since is not None
    assert since <= changed


@given(instants)
@example(SKIPPED_HOUR + timedelta(hours=1))
@example(REPEATED_HOUR + timedelta(hours=3))
def test_filter_starts_three_hours_before_the_watermark(watermark: datetime) -> None:
    """Hours that pass, not hours on the wall: in a night when clocks change they differ."""
    assert filter_start(watermark, None) == to_wall(watermark - timedelta(hours=3))


def test_first_read_is_not_filtered() -> None:
    """Rows without a timestamp exist, and no filter returns them."""
    assert filter_start(None, None) is None


@given(instants)
def test_first_read_from_a_start_date_begins_there(start_date: datetime) -> None:
    assert filter_start(None, start_date) == to_wall(start_date)


@given(watermark=instants, start_date=instants)
def test_the_later_of_start_date_and_watermark_counts(
    watermark: datetime, start_date: datetime
) -> None:
    expected = max(watermark - OVERLAP, start_date)

    assert filter_start(watermark, start_date) == to_wall(expected)


@given(
    vendor=st.integers(1_500_000_000, 2_500_000_000),
    fraction=st.floats(0, 0.999),
    offset=st.floats(-86_400, 86_400),
    elapsed=seconds,
    dated_after=st.floats(0, 1),
)
def test_walk_never_starts_later_than_the_vendors_clock(
    vendor: int, fraction: float, offset: float, elapsed: float, dated_after: float
) -> None:
    """However wrong our clock is, and whenever after the request the server wrote `Date`."""
    sent_by_vendors_clock = vendor + fraction
    dated = int(sent_by_vendors_clock + dated_after * elapsed)

    start = walk_start(sent_by_vendors_clock + offset, elapsed, float(dated))

    rounding = 1e-6
    assert start.timestamp() <= sent_by_vendors_clock + rounding
    # Nor so early that every sync would read far more than it must.
    earliest = sent_by_vendors_clock - elapsed - 1 + min(offset, 0)
    assert start.timestamp() >= earliest - rounding


@pytest.mark.parametrize(
    ("sent", "vendor_time", "start"), [(1_000, 1_600, 1_000), (1_600, 1_000, 980)]
)
def test_walk_starts_by_the_earlier_of_the_two_clocks(
    sent: float, vendor_time: float, start: float
) -> None:
    """The vendor's may be the one that is ahead, behind a proxy that writes its own `Date`."""
    assert walk_start(sent, 20, vendor_time) == datetime.fromtimestamp(start, UTC)


@given(sent=st.integers(0, 4_000_000_000), elapsed=seconds)
def test_walk_without_a_vendor_date_starts_when_the_request_left(sent: int, elapsed: float) -> None:
    assert walk_start(sent, elapsed, None) == datetime.fromtimestamp(sent, UTC)


@given(st.integers(0, 4_000_000_000))
def test_http_date_is_read_back(second: int) -> None:
    assert parse_http_date(formatdate(second, usegmt=True)) == second


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own zone is not UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_east")
@pytest.mark.parametrize(
    "header",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 08:49:37 -0000",
    ],
)
def test_http_date_is_greenwich_time_in_every_form(header: str) -> None:
    """RFC 9110, 5.6.7: the obsolete forms too, and whatever zone this machine is in."""
    assert parse_http_date(header) == 784_111_777


date_like = st.lists(
    st.sampled_from(
        [
            "Sun",
            ", ",
            "06",
            " ",
            "Nov",
            "1994",
            "08:49:37",
            "99:99:99",
            "GMT",
            "+9999",
            "-",
            ":",
            "0",
        ]
    )
).map("".join)


@given(st.text() | date_like)
@example("")
@example("Sun, 99 Nov 1994 08:49:37 GMT")
@example("Sun, 06 Nov 9999 08:49:37 -9999")
@example(f"Sun, {'9' * 20} Nov 1994 08:49:37 GMT")
def test_a_header_that_is_no_date_is_none_and_no_error(header: str) -> None:
    parsed = parse_http_date(header)

    assert parsed is None or isinstance(parsed, float)


def test_an_absent_header_is_none() -> None:
    assert parse_http_date(None) is None
