"""The column `_og_synced_at`: newest wins, so it must never go back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_STEP = timedelta(microseconds=1)


def utc_now() -> datetime:
    """Return the current instant."""
    return datetime.now(UTC)


def format_instant(instant: datetime) -> str:
    """Write an instant as ISO 8601 in UTC with microseconds; equal widths sort as text."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Stamps:
    """Stamps of one sync: each strictly later than all before it, this sync's and earlier ones'.

    *floor* is the latest stamp that state remembers; a clock that was set back counts on from it.
    """

    def __init__(self, floor: datetime | None, now: Callable[[], datetime] = utc_now) -> None:
        #: The latest stamp; None as long as no row was ever stamped.
        self.last = floor
        self._now = now

    def next(self) -> str:
        """Return a new stamp."""
        now = self._now()
        self.last = now if self.last is None else max(now, self.last + _STEP)
        return format_instant(self.last)
