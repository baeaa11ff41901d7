"""The webhook receiver's log: the stream `webhook_event`, and deletions for orders and items.

The log is read to its end before orders and items are. Every event in it is then older than every
page they read, so a row that a page shows is alive whatever its event says, without comparing two
clocks. What arrives later is next sync's.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove.ledger import Baseline
from source_ordergroove.pipeline import messages
from source_ordergroove.pipeline.family import Family
from source_ordergroove.pipeline.shared import Shared
from source_ordergroove.pipeline.state import StreamState
from source_ordergroove.pipeline.table import Row, Table
from source_ordergroove.rules.stamps import format_instant
from source_ordergroove.walk import Leg, Page

#: The events that say a row is gone, and the stream that it is gone from.
DELETIONS = {"order.delete": "orders", "item.remove": "item"}

#: Columns of an event's object that mean something else in the table: `type` is the kind of
#: object, times are Unix seconds where the table has wall-clock time.
_FOREIGN_COLUMNS = frozenset({"type", "created", "updated", "cancelled", "last_updated"})

Event = Mapping[str, Any]


class Mailbox:
    """What the log holds for orders and items, once it has been read."""

    def __init__(self, offsets: Mapping[str, int]) -> None:
        """Take the arrival numbers up to which each stream has applied the log."""
        self.offsets = dict(offsets)
        self.last: int | None = None
        self._events: dict[str, dict[str, Event]] = {name: {} for name in DELETIONS.values()}
        self._closed = False
        self._waiting: list[Callable[[], None]] = []

    def offer(self, event: Event) -> None:
        """Keep an event that a stream has not applied yet."""
        stream = DELETIONS.get(str(event.get("type")))
        key = ((event.get("data") or {}).get("object") or {}).get("public_id")
        if stream in self.offsets and event["arrival"] > self.offsets[stream] and key:
            self._events[stream][str(key)] = event

    def close(self, last: int | None) -> None:
        """The log was read up to the arrival number *last*; None: it could not be read."""
        if self._closed:
            return
        self._closed = True
        self.last = last
        for go_on in self._waiting:
            go_on()

    def when_closed(self, go_on: Callable[[], None]) -> None:
        """Call *go_on* as soon as the log has been read, now if it has."""
        if self._closed:
            go_on()
        else:
            self._waiting.append(go_on)

    def deletions(self, stream: str) -> dict[str, Event]:
        """Return the deletions to apply, by key; none if the log could not be read to its end."""
        return dict(self._events[stream]) if self.last is not None else {}


class WebhookFamily(Family):
    """Reads the receiver's log from the lowest arrival number that anybody still needs.

    The parent table is there to normalise; it is among the *tables* only if it is selected.
    """

    def __init__(
        self, parent: Table, tables: Sequence[Table], shared: Shared, mailbox: Mailbox
    ) -> None:
        """Take the mailbox to fill."""
        super().__init__(parent, tables, shared)
        self.mailbox = mailbox
        self._own = (parent.state.webhooks or 0) if tables else None
        needed = [*mailbox.offsets.values(), *([] if self._own is None else [self._own])]
        self._last = min(needed, default=0)

    def first_legs(self) -> Sequence[Leg]:
        """Return the log's one leg: if it fails, orders and items go on without it."""
        return [Leg(self.LIST, params={"after": str(self._last)}, isolated=True)]

    def page(self, page: Page) -> Iterator[AirbyteMessage]:
        """Sort a page's events into the mailbox and emit those that are new to the stream."""
        for event in page.rows:
            self.mailbox.offer(event)
        if page.rows:
            self._last = max(event["arrival"] for event in page.rows)
        if self._own is not None:
            fresh = [event for event in page.rows if event["arrival"] > self._own]
            yield from self.emit(fresh)

    def _checkpoint(self, link: str) -> Iterator[AirbyteMessage]:
        for table in self.tables:
            if table.incremental:
                yield self._state(table, StreamState(webhooks=self._last))

    def after(self, leg: Leg) -> Sequence[Leg]:
        """The log has ended."""
        self.mailbox.close(self._last)
        return []

    def absent(self, leg: Leg) -> Sequence[Leg]:
        """Something else than a receiver answers at this address."""
        return self.failed(leg, AirbyteTracedException(internal_message="404 for /events"))

    def failed(self, leg: Leg, error: AirbyteTracedException) -> Sequence[Leg]:
        """Go on without the log: the offsets stay where they are, the next sync catches up."""
        messages.LOG.warning(
            "The webhook receiver could not be read, so this sync finds deletions without it and "
            "the next one catches up. Check the setting webhook_receiver and the service. (%s)",
            error.internal_message,
        )
        for table in self.tables:
            table.error = error
        self.ended()
        return []

    def survives(self, table: Table) -> bool:
        """The walk ends by itself."""
        return True

    def ended(self) -> None:
        """Let those go on who wait, whatever happened."""
        self.mailbox.close(None)

    def final(self, table: Table, ledger: Baseline | None) -> StreamState:
        """Remember how far the log was read."""
        return StreamState(webhooks=self._last)


def payload(event: Event) -> Row:
    """Return what an event's object tells of the row, in the table's columns."""
    known = (event.get("data") or {}).get("object") or {}
    return {name: value for name, value in known.items() if name not in _FOREIGN_COLUMNS}


def happened_at(event: Event) -> str | None:
    """Return when the vendor says the event happened, as an instant in UTC."""
    created = event.get("created")
    if isinstance(created, bool) or not isinstance(created, int | float):
        return None
    try:
        return format_instant(datetime.fromtimestamp(created, UTC))
    except (OverflowError, ValueError, OSError):
        return None
