"""The merchant's clock and the vendor's way of writing time."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

CHICAGO = ZoneInfo("America/Chicago")


def wall(instant: datetime) -> str:
    """Write *instant* as the vendor does: America/Chicago wall time, second precision, no zone.

    In the repeated hour of autumn two instants get the same text: that is the vendor's doing.
    """
    return instant.astimezone(CHICAGO).replace(tzinfo=None).isoformat(" ", "seconds")


def day(instant: datetime) -> str:
    """Write the America/Chicago calendar day of *instant*, `YYYY-MM-DD`."""
    return instant.astimezone(CHICAGO).date().isoformat()


class Clock:
    """Real time plus an offset, or an instant that stands still."""

    def __init__(self, now: datetime | None = None, *, frozen: bool = False) -> None:
        self._offset = timedelta()
        self._frozen_at: datetime | None = None
        self.set(now or datetime.now(UTC), frozen=frozen)

    @property
    def frozen(self) -> bool:
        """Say whether time stands still."""
        return self._frozen_at is not None

    def now(self) -> datetime:
        """Return the world's present, in UTC."""
        return self._frozen_at or datetime.now(UTC) + self._offset

    def set(self, now: datetime, *, frozen: bool) -> None:
        """Make *now* (with a zone) the present; time runs on from it unless *frozen*."""
        if now.tzinfo is None:
            raise ValueError(
                "The world's clock needs a time with a zone, such as 2026-03-02T15:00:00Z."
            )
        now = now.astimezone(UTC)
        self._frozen_at = now if frozen else None
        self._offset = timedelta() if frozen else now - datetime.now(UTC)

    def advance(self, delta: timedelta) -> None:
        """Move the present by *delta*, keeping the clock's mode."""
        self.set(self.now() + delta, frozen=self.frozen)

    @contextmanager
    def standing_at(self, instant: datetime) -> Iterator[None]:
        """Let something happen at *instant*, then return to the present."""
        before = self._frozen_at
        self._frozen_at = instant.astimezone(UTC)
        try:
            yield
        finally:
            self._frozen_at = before
