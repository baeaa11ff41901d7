"""One webhook event: how it is recognised, and how it is handed on unchanged."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from webhook_receiver.errors import UnusableEventError

LONGEST_NAME = 255
"""Characters in an id or a type: the vendor's are at most 40, an index row of PostgreSQL takes
about 2,700 bytes."""

LARGEST_ARRIVAL = 2**63 - 1
"""What both databases can hold."""

Clock = Callable[[], datetime]
"""Returns the time now, in UTC."""


@dataclass(frozen=True, slots=True)
class Event:
    """A verified event on its way into the store."""

    id: str
    type: str
    body: bytes
    """The bytes that were signed: UTF-8, one JSON object."""
    received_at: datetime
    late: bool
    """Signed longer ago than the timestamp tolerance."""


@dataclass(frozen=True, slots=True)
class StoredEvent(Event):
    """An event with its place in the log."""

    arrival: int

    def as_json(self) -> bytes:
        """Return the envelope as received, with `arrival`, `received_at` and `late` added.

        The members are spliced into the signed text. Parsing and writing it again would cost time
        on every page and could change a value: digits of a number, an escape, the order of members.
        Ours come last, because parsers keep the last of two members with one name.
        """
        ours = {
            "arrival": self.arrival,
            "received_at": format_utc(self.received_at),
            "late": self.late,
        }
        return self.body.rstrip()[:-1] + b", " + json.dumps(ours).encode()[1:]


def format_utc(moment: datetime) -> str:
    """Return *moment*, which must be in UTC, as `2026-03-02T08:00:00.000000Z`."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def recognise(body: bytes) -> tuple[str, str]:
    """Return the id and the type of the event in *body*; what else it holds is not looked at.

    Raises:
        UnusableEventError: *body* is not a JSON object in UTF-8, or its `id` or `type` is not a
            text of 1-255 printable ASCII characters. Anything laxer could be refused later by a
            database (a NUL, a lone surrogate, an index row too long), and a refusal there would
            take its whole batch along.

    """
    try:
        envelope = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        # `from None`: the decoder's own message may quote the body.
        raise UnusableEventError("The body is not JSON in UTF-8.") from None
    if not isinstance(envelope, dict):
        raise UnusableEventError("The body is not a JSON object.")
    return _name(envelope, "id"), _name(envelope, "type")


def _name(envelope: dict[str, Any], member: str) -> str:
    value = envelope.get(member)
    if (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_NAME
        and value.isascii()
        and value.isprintable()
    ):
        return value
    raise UnusableEventError(
        f"`{member}` is not a text of 1 to {LONGEST_NAME} printable ASCII characters."
    )


def _refuse_constant(name: str) -> NoReturn:
    """Refuse `NaN` and `Infinity`: Python reads them, but they are not JSON."""
    raise ValueError(name)
