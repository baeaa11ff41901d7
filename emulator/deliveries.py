"""Signed webhooks, delivered when told to and as badly as told to.

The vendor delivers at least once, in no order, every five minutes, and retries what was not
answered with 2xx (reference E.2). Here one call is one run of that process, so nothing waits.
"""

from __future__ import annotations

import hmac
import random
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from emulator import events

if TYPE_CHECKING:
    from emulator.tables import Record
    from emulator.world import World

TIMEOUT_SECONDS = 5
"""The vendor's own."""

MAX_ATTEMPTS = 60
"""By the newest of three contradicting pages; then the event is given up."""

ACCEPTED = range(200, 300)
"""Statuses that end the retries."""

WRONG_KEY = "a-verification-key-that-nobody-configured"

MODES = (
    "in_order",
    "out_of_order",
    "twice",
    "lost",
    "late",
    "late_restamped",
    "both_keys",
    "wrong_signature",
    "legacy",
)
"""What a run can do to events; the README describes each."""


@dataclass
class Pending:
    """An event on its way to one target."""

    event: Record
    attempts: int = 0
    stamp: int | None = None
    """When it was first signed, if that time is to be sent although it arrives later."""


@dataclass
class Target:
    """A receiver: its URL, its verification keys (current first), and what it is still owed."""

    url: str
    keys: list[str]
    queue: list[Pending] = field(default_factory=list)


class Deliveries:
    """The outbox of one merchant."""

    def __init__(self) -> None:
        self.targets: dict[str, Target] = {}
        self.events: list[Record] = []

    def attach(self, world: World) -> None:
        """Listen to *world* from now on; targets stay, and are owed nothing of another world."""
        self._world = world
        # Apart from the world's own: registering a receiver must not change what happens.
        self._rng = random.Random(world.seed)
        self.events = []
        for target in self.targets.values():
            target.queue = []
        world.listeners.append(self._note)

    def register(self, url: str, keys: list[str]) -> None:
        """Send every event from now on to *url*; a registered one only gets other *keys*."""
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"`url` is where to POST to, http or https; got {url!r}.")
        if not keys or not all(keys):
            raise ValueError("`keys` needs at least one verification key, the current one first.")
        self.targets.setdefault(url, Target(url, keys)).keys = keys

    def clear(self) -> None:
        """Forget targets, queues and events."""
        self.targets = {}
        self.events = []

    def deliver(self, modes: dict[str, int], limit: int | None = None) -> list[Record]:
        """Run the delivery process once; *modes* maps each mode to the one in how many it hits.

        Returns an entry per attempt or event not attempted: target, id, type, attempt, outcome
        (`delivered`, `retry`, `failed`, `lost`, `late`) and the receiver's status, if any.
        """
        for mode, one_in in modes.items():
            if mode not in MODES or one_in < 1:
                raise ValueError(f"`{mode}` is no mode. Known: {', '.join(MODES)}; each one in n.")
        report: list[Record] = []
        for target in self.targets.values():
            owed, kept = target.queue[:limit], target.queue[limit:] if limit is not None else []
            if "out_of_order" in modes:
                self._rng.shuffle(owed)
            target.queue = []
            for number, pending in enumerate(owed):
                hit = {mode for mode, one_in in modes.items() if number % one_in == 0}
                report += self._handle(target, pending, hit)
            target.queue += kept
        return report

    def _note(self, event_type: str, record: Record, actor: Record) -> None:
        """Turn what happened to *record* into an event owed to every target."""
        if not self.targets:
            return
        customer = record.get("customer")
        if event_type.startswith("item."):
            order = self._world["orders"].get(record["order"])
            customer = order["customer"] if order is not None else None
        event = events.envelope(
            f"{self._rng.getrandbits(128):032x}",
            event_type,
            int(self._world.clock.now().timestamp()),
            events.event_object(event_type, record, customer, self._world.merchant),
            actor,
        )
        self.events.append(event)
        for target in self.targets.values():
            target.queue.append(Pending(event))

    def _handle(self, target: Target, pending: Pending, modes: set[str]) -> list[Record]:
        """Let *modes* happen to one event; what is still owed goes back into the queue."""
        if "lost" in modes:
            return [_entry(target, pending, "lost")]
        if modes & {"late", "late_restamped"}:
            if "late" in modes:
                pending.stamp = pending.stamp or self._now()
            target.queue.append(pending)
            return [_entry(target, pending, "late")]
        report = []
        for _ in range(2 if "twice" in modes else 1):
            pending.attempts += 1
            status = self._send(target, pending, modes)
            report.append(_entry(target, pending, "retry", status))
        if any(entry["status"] in ACCEPTED for entry in report):
            outcome = "delivered"
        elif pending.attempts >= MAX_ATTEMPTS:
            outcome = "failed"
        else:
            outcome = "retry"
            target.queue.append(pending)
        return [{**entry, "outcome": outcome} for entry in report]

    def _send(self, target: Target, pending: Pending, modes: set[str]) -> int | None:
        """Send one request and return the receiver's status; None if it did not answer."""
        event = events.legacy_envelope(pending.event) if "legacy" in modes else pending.event
        body = orjson.dumps(event)
        if "wrong_signature" in modes:
            keys = [WRONG_KEY]
        elif "both_keys" in modes:
            keys = target.keys
        else:
            keys = target.keys[:1]
        headers = {
            "content-type": "application/json",
            "Ordergroove-Signature": signature(keys, pending.stamp or self._now(), body),
        }
        return _post(target.url, body, headers)

    def _now(self) -> int:
        return int(self._world.clock.now().timestamp())


def signature(keys: list[str], stamp: int, body: bytes) -> str:
    """Sign *body* at Unix second *stamp* with each key: the value of `Ordergroove-Signature`."""
    message = b"%d." % stamp + body
    sigs = [hmac.new(key.encode(), message, sha256).hexdigest() for key in keys]
    return ",".join([f"ts={stamp}", *(f"sig={sig}" for sig in sigs)])


def _post(url: str, body: bytes, headers: dict[str, str]) -> int | None:
    """POST once, following nothing and through no proxy; None if there is no answer."""
    parts = urlsplit(url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", parts._replace(scheme="", netloc="").geturl(), body, headers)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _entry(
    target: Target, pending: Pending, outcome: str, status: int | None = None
) -> dict[str, Any]:
    return {
        "target": target.url,
        "id": pending.event["id"],
        "type": pending.event["type"],
        "attempt": pending.attempts,
        "outcome": outcome,
        "status": status,
    }
