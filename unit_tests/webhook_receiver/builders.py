"""What the tests of the receiver send: envelopes, signatures, settings."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from webhook_receiver.errors import StorageUnavailableError
from webhook_receiver.events import Event
from webhook_receiver.settings import Settings
from webhook_receiver.signature import sign
from webhook_receiver.store import Page, Store

KEY = "the-route's-current-verification-key"
NEXT_KEY = "the-route's-next-verification-key"
TOKEN = "the-token-between-connector-and-receiver"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


class StandingClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class FlakyStore(Store):
    """A store whose database goes away while `fails` is set."""

    fails = False

    def append(self, events: Sequence[Event]) -> list[bool]:
        self._check()
        return super().append(events)

    def page(self, after: int, size: int) -> Page:
        self._check()
        return super().page(after, size)

    def ping(self) -> None:
        self._check()
        super().ping()

    def _check(self) -> None:
        if self.fails:
            raise StorageUnavailableError("no connection to db-host as user og")


def environment(database: str | Path, **more: str) -> dict[str, str]:
    """The variables of a receiver over *database*, a URL or SQLite's file."""
    url = f"sqlite:///{database}" if isinstance(database, Path) else database
    return {
        "WEBHOOK_VERIFICATION_KEYS": f"{KEY},{NEXT_KEY}",
        "WEBHOOK_EVENTS_TOKEN": TOKEN,
        "DATABASE_URL": url,
        "PORT": "0",
    } | more


def settings(database: str | Path, **more: str) -> Settings:
    return Settings.from_environment(environment(database, **more))


def envelope(event_id: str, kind: str = "order.delete", **more: Any) -> bytes:
    """A webhook's body, as in the vendor's example."""
    data = {"object": {"type": "order", "public_id": f"order of {event_id}", "total": "44.82"}}
    return json.dumps(
        {"id": event_id, "type": kind, "created": 1772438400, "data": data} | more
    ).encode()


def signature(body: bytes, *keys: str, at: datetime | None = None) -> Mapping[str, str]:
    """The header Ordergroove would send with *body*: one `sig` for each of *keys*."""
    timestamp = str(int((at or datetime.now(UTC)).timestamp()))
    signatures = [f"sig={sign(key.encode(), timestamp, body)}" for key in keys or (KEY,)]
    return {"Ordergroove-Signature": ",".join([f"ts={timestamp}", *signatures])}
