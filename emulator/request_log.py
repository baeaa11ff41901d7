"""What was asked and when: the proof of a client's request rules."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

KEPT = 200_000
"""Entries kept; a benchmark must not fill the memory. The summary covers the kept ones."""

WINDOW_SECONDS = 60.0
"""The vendor's rate limit is per minute."""


@dataclass(slots=True)
class Entry:
    """One vendor request; times are monotonic seconds, in-flight numbers include itself."""

    n: int
    started: float
    ended: float | None
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    status: int | None
    """None while running, and for good if the connection was cut before or inside the answer."""
    fault: str | None
    endpoint: str
    in_flight_total: int
    in_flight_endpoint: int


class RequestLog:
    """The latest vendor requests, and how many run right now."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0
        self._running: Counter[str] = Counter()

    def begin(
        self,
        endpoint: str,
        method: str,
        path: str,
        query: list[tuple[str, str]],
        headers: dict[str, str],
    ) -> Entry:
        """Note the start of a request."""
        self._count += 1
        self._running[endpoint] += 1
        entry = Entry(
            n=self._count,
            started=time.monotonic(),
            ended=None,
            method=method,
            path=path,
            query=query,
            headers=headers,
            status=None,
            fault=None,
            endpoint=endpoint,
            in_flight_total=self._running.total(),
            in_flight_endpoint=self._running[endpoint],
        )
        self.entries.append(entry)
        return entry

    def end(self, entry: Entry) -> None:
        """Note the end of a request."""
        entry.ended = time.monotonic()
        self._running[entry.endpoint] -= 1

    def clear(self) -> None:
        """Forget the past; running requests stay counted as running."""
        self.entries.clear()
        self._count = 0

    def in_last_minute(self) -> int:
        """Count the requests started in the last 60 s."""
        earliest = time.monotonic() - WINDOW_SECONDS
        count = 0
        for entry in reversed(self.entries):
            if entry.started <= earliest:
                break
            count += 1
        return count

    def as_list(self) -> list[dict[str, Any]]:
        """Return the entries as JSON-ready objects, oldest first."""
        return [asdict(entry) for entry in self.entries]

    def summary(self) -> dict[str, Any]:
        """Return the figures request rules are about."""
        by_endpoint = Counter(entry.endpoint for entry in self.entries)
        widest: dict[str, int] = {}
        for entry in self.entries:
            widest[entry.endpoint] = max(widest.get(entry.endpoint, 0), entry.in_flight_endpoint)
        return {
            "requests": len(self.entries),
            "max_in_flight": max((entry.in_flight_total for entry in self.entries), default=0),
            "max_in_flight_by_endpoint": widest,
            "max_in_60_seconds": self._busiest_minute(),
            "by_endpoint": dict(by_endpoint),
            "by_status": dict(Counter(str(entry.status) for entry in self.entries)),
            "by_fault": dict(Counter(entry.fault for entry in self.entries if entry.fault)),
        }

    def _busiest_minute(self) -> int:
        window: deque[float] = deque()
        busiest = 0
        for entry in self.entries:
            window.append(entry.started)
            while window[0] <= entry.started - WINDOW_SECONDS:
                window.popleft()
            busiest = max(busiest, len(window))
        return busiest


def recognisable(key: str) -> str:
    """Reduce a key to what identifies it in a log without revealing it."""
    return f"...{key[-4:]} sha256:{sha256(key.encode()).hexdigest()[:12]}"
