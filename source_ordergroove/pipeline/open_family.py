"""Orders and items: only what is still open can be deleted, and it leaves no trace."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline import guard, messages
from source_ordergroove.pipeline.family import Family
from source_ordergroove.pipeline.open_set import OpenSet
from source_ordergroove.pipeline.shared import Shared
from source_ordergroove.pipeline.starting_point import drop_checkpoints
from source_ordergroove.pipeline.state import Checkpoint, StreamState
from source_ordergroove.pipeline.table import Row, Table
from source_ordergroove.pipeline.tracking import Found
from source_ordergroove.pipeline.webhooks import Event, Mailbox, happened_at, payload
from source_ordergroove.rules.guards import RELEASED
from source_ordergroove.rules.timestamps import OVERLAP, to_wall
from source_ordergroove.walk import Leg, Opening, Page, Walk, WalkEvent

#: Deletions found by asking whose webhook may still come; one that comes after being forgotten here
#: repeats its tombstone, which changes nothing in a table with a primary key.
MOST_FLAGGED = 10_000


class OpenFamily(Family):
    """Lists what is open, then what changed, then asks by id for what was open and is in neither.

    In this order: an order that is sent between the two lists has left the first before we could
    miss it and shows in the second. The other way round it would be in neither and look deleted.
    """

    OPEN = "open"
    CONFIRM = "confirm"

    def __init__(self, table: Table, shared: Shared, mailbox: Mailbox | None) -> None:
        """Start with nothing known; the ledger is read when the state is settled.

        *mailbox* holds the webhooks' deletions, None without a receiver.
        """
        super().__init__(table, [table], shared)
        self.table = table
        self._mailbox = mailbox
        self._events: dict[str, Event] = {}
        self._flagged: set[str] = set()
        self._set = OpenSet(None)
        self._candidates: list[str] = []
        self._deleted: list[str] = []
        self._undecided: list[str] = []

    def on(self, walk: Walk, event: WalkEvent) -> Iterator[AirbyteMessage]:
        """Answer one event of the walk; its opening only when the webhooks have been read."""
        if isinstance(event, Opening) and self._mailbox:
            self._walk = walk
            self._mailbox.when_closed(lambda: self._go_on(walk, self.first_legs()))
        else:
            yield from super().on(walk, event)

    @property
    def _watching(self) -> bool:
        return self.table.incremental and self.shared.settings.open_order_reconciliation

    def main_legs(self) -> Sequence[Leg]:
        """Return the open set's leg, then the changed rows'."""
        self.shared.account.settle(self.table)
        if self._mailbox and self.table.incremental and self.table.state.scope:
            self._take_events(self._mailbox)
        if not self._watching:
            return [self.list_leg()]
        state = self.table.state
        if state.checkpoint and state.checkpoint.seen is None:
            # Written while nobody watched: what it emitted as open is not known.
            drop_checkpoints(self.tables)
        place = self.table.state.checkpoint
        # With a start date the open list holds rows that no sync has emitted.
        read_everything = state.watermark and not self.shared.settings.start_date
        self._set = OpenSet(
            state.known,
            trusts_list=bool(read_everything and not place),
            carried=place.seen if place else None,
        )
        return [Leg(self.OPEN, params=self.table.rules.open_filter or {})]

    def _take_events(self, mailbox: Mailbox) -> None:
        """Take the deletions that no other means has found before."""
        self._flagged = set(self.table.state.flagged or ())
        for key, event in mailbox.deletions(self.table.name).items():
            if key in self._flagged:
                self._flagged.discard(key)
            else:
                self._events[key] = event

    def after(self, leg: Leg) -> Sequence[Leg]:
        """Return the changed rows' leg, then one leg for each candidate."""
        if leg.name == self.OPEN:
            return [self.list_leg()]
        if leg.name == self.LIST and self._watching:
            self._set.compare()
            asked = self._set.vanished()
            if not self.shared.settings.start_date:
                asked += self._set.overlooked()
            self._candidates = [key for key in asked if key not in self._events]
            return self._next_candidate()
        if leg.name == self.CONFIRM:
            return self._next_candidate()
        return super().after(leg)

    def _next_candidate(self) -> Sequence[Leg]:
        if not self._candidates:
            return []
        key = self._candidates.pop()
        path = f"{quote(key, safe='')}/"
        return [Leg(self.CONFIRM, path=path, single=True, isolated=True, key=key)]

    def absent(self, leg: Leg) -> Sequence[Leg]:
        """A 404 for a candidate is its deletion."""
        if leg.name != self.CONFIRM:
            self._set.anew()
            return super().absent(leg)
        self.effort.requests += 1
        self.effort.attempts += 1
        if self._set.had(leg.key):
            self._deleted.append(leg.key)
        return self._next_candidate()

    def failed(self, leg: Leg, error: AirbyteTracedException) -> Sequence[Leg]:
        """No answer decides nothing: this candidate and the rest are asked again next sync."""
        if leg.name != self.CONFIRM:
            return super().failed(leg, error)
        self._undecided = [leg.key, *self._candidates]
        self._candidates = []
        messages.LOG.warning(
            "Stream %s: could not ask whether %d rows that are no longer open still exist; the "
            "next sync asks again. (%s)",
            self.table.name,
            len(self._undecided),
            error.internal_message,
        )
        return []

    def page(self, page: Page) -> Iterator[AirbyteMessage]:
        """Note open rows without emitting them; emit changed rows and confirmed ones."""
        if page.leg.name == self.OPEN:
            # Not emitted: nothing in them is new that the changed rows do not bring, and items
            # are listed without their prices here, which would overwrite good ones with nothing.
            self.table.normalise(page.rows)
            keys = self.table.keys(page.rows)
            self._set.listed(keys)
            self._alive(keys)
        elif page.leg.name == self.CONFIRM:
            yield from self._confirmed(page)
        else:
            yield from super().page(page)

    def _confirmed(self, page: Page) -> Iterator[AirbyteMessage]:
        self.table.normalise(page.rows)
        if self.table.keys(page.rows) == [page.leg.key]:
            yield from self.emit(page.rows)
        else:
            self._undecided.append(page.leg.key)

    def emit(self, rows: list[Row]) -> Iterator[AirbyteMessage]:
        """Emit rows and remember the open ones among them."""
        yield from super().emit(rows)
        keys = self.table.keys(rows)
        self._alive(keys)
        if self._watching:
            dated = zip(keys, rows, strict=True)
            self._set.emitted(keys, [key for key, row in dated if self._looks_open(row)])
            if self._set.compressed and self.table.state.watermark:
                since = to_wall(self.table.state.watermark)
                self._set.births.read(keys, rows, since, self.table.rules.changed)

    def _looks_open(self, row: Row) -> bool:
        rules = self.table.rules
        if any(row.get(name) not in values for name, values in (rules.open_when or {}).items()):
            return False
        if rules.open_since is None or self.started is None:
            return True
        return (row.get(rules.open_since) or "") >= to_wall(self.started - OVERLAP)

    def _alive(self, keys: list[str]) -> None:
        """Forget events that are older than a page that shows the row."""
        if self._events or self._flagged:
            for key in keys:
                self._events.pop(key, None)
                self._flagged.discard(key)

    def underway(self, table: Table, place: Checkpoint) -> StreamState:
        """Keep what is known open up to date while the walk is under way."""
        if not self._watching:
            return super().underway(table, place)
        budget = self.shared.budget
        return replace(
            table.state,
            known=self._set.remaining(),
            checkpoint=replace(place, seen=self._set.carried(budget.room(table.name))),
        )

    def complete(self) -> Iterator[AirbyteMessage]:
        """Emit tombstones for confirmed deletions, then the state."""
        table = self.table
        self.shared.account.settle(table)
        if not table.incremental:
            return
        for key, event in self._events.items():
            stamp = self.shared.stamps.next()
            known = payload(event)
            yield table.tombstone(key, stamp, "webhook", known, happened_at(event))
        deleted = self._deleted if table.state.scope else []
        kept = [key for key in self._undecided if self._set.had(key)]
        percent = self.shared.settings.max_deletion_percent
        if overflow := self._set.overflow:
            reason, estimate = overflow
            found = Found([], len(self._set), complete=False, estimate=estimate, reason=reason)
            guard.warn_of_overflow(table.name, found)
        if guard.hold_back(percent, {table.name: (len(self._set), len(deleted))}):
            table.counts.held_back = len(deleted)
            kept += deleted
        else:
            for key in deleted:
                yield table.tombstone(key, self.shared.stamps.next(), "open_orders")
            self._flagged.update(deleted)
        # A baseline that turned out to be another merchant's is not kept, whatever it says.
        ours = table.state.scope is not None
        ledger = self._ledger(kept, held_back=ours and percent < RELEASED)
        yield self._state(table, self._with_offset(self.final(table, ledger)))

    def _with_offset(self, state: StreamState) -> StreamState:
        """Note how far the webhooks were applied; an unread log leaves that as it was."""
        before = self.table.state
        if self._mailbox is None:
            return replace(state, webhooks=before.webhooks, flagged=before.flagged)
        last = self._mailbox.last
        recent = sorted(self._flagged)[:MOST_FLAGGED]
        return replace(
            state,
            webhooks=before.webhooks if last is None else last,
            flagged=KeySet.from_keys(recent) if recent else None,
        )

    def _ledger(self, kept: list[str], *, held_back: bool) -> Baseline | None:
        if not self._watching:
            return None
        budget = self.shared.budget.of(self.table.name)
        return self._set.ledger(kept, budget, held_back=held_back)
