"""Watermarks and the vendor's clock.

Ordergroove writes and filters timestamps without a zone. By all evidence they are the wall clock
of America/Chicago, though one page of the documentation says EST: hence the overlap.
Source: "Implement custom data pipelines" and the FAQ of "Sync Ordergroove data".
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

VENDOR_ZONE = ZoneInfo("America/Chicago")

#: Two zones (CST, EST) and one hour of daylight saving may lie between what we think the vendor's
#: clock says and what it said.
OVERLAP = timedelta(hours=3)


def to_wall(instant: datetime) -> str:
    """Write an aware instant as the vendor's wall clock shows it, `YYYY-MM-DDTHH:MM:SS`.

    The hour that autumn repeats has one spelling for two instants: no wall time can tell them
    apart, the overlap covers it.
    """
    return instant.astimezone(VENDOR_ZONE).strftime("%Y-%m-%dT%H:%M:%S")


def parse_http_date(header: str | None) -> float | None:
    """Return the Unix seconds of an HTTP `Date` header, None if it is absent or unreadable."""
    if not header:
        return None
    try:
        parsed = parsedate_to_datetime(header)
        # Forms without a zone are Greenwich time too (RFC 9110, section 5.6.7).
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def walk_start(sent: float, elapsed: float, vendor_time: float | None) -> datetime:
    """Return an instant that is not later than the vendor's clock when the request was sent.

    *sent* is our clock, *vendor_time* the `Date` header of the answer, *elapsed* the seconds
    between sending and having the answer. The earlier of the two clocks wins: if ours is ahead, it
    must not count; if it is behind, a few rows are read again. `Date` has whole seconds, cut off.
    """
    instant = sent if vendor_time is None else min(sent, vendor_time - elapsed)
    return datetime.fromtimestamp(instant, UTC)


def filter_start(watermark: datetime | None, start_date: datetime | None) -> str | None:
    """Return the value of the vendor's "updated since" filter, None to read everything.

    The first read is not filtered unless the user set a start date: rows without a timestamp
    exist and no filter returns them.
    """
    since = watermark - OVERLAP if watermark else None
    if start_date and (since is None or since < start_date):
        since = start_date
    return to_wall(since) if since else None
