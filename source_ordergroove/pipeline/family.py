"""The tables that one walk of one endpoint feeds."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove import errors
from source_ordergroove.ledger import Baseline, Reason
from source_ordergroove.pipeline import guard, messages
from source_ordergroove.pipeline.per_parent import PerParent
from source_ordergroove.pipeline.progress import Progress
from source_ordergroove.pipeline.shared import Effort, Shared
from source_ordergroove.pipeline.starting_point import drop_checkpoints, starting_point
from source_ordergroove.pipeline.state import VERSION, Blob, Checkpoint, StreamState
from source_ordergroove.pipeline.table import Row, Table
from source_ordergroove.pipeline.tracking import NoRoomError
from source_ordergroove.rules.checkpoints import Checkpoints
from source_ordergroove.rules.children import rows as nested_rows
from source_ordergroove.rules.guards import RELEASED
from source_ordergroove.rules.timestamps import walk_start
from source_ordergroove.walk import (
    Leg,
    LegAbsent,
    LegDone,
    LegFailed,
    Opening,
    Page,
    Walk,
    WalkEvent,
)


class Family:
    """Reads one endpoint to its end and turns each page into rows of *parent* and its *children*.

    *parent* is always there to normalise and key the rows; it is emitted only if it is among the
    selected *tables*.
    """

    LIST = "list"
    #: Whether a list may be taken up where a killed run left it.
    resumable = True

    def __init__(self, parent: Table, tables: Sequence[Table], shared: Shared) -> None:
        """Take the tables; the walk comes with its opening event."""
        self.parent = parent
        self.tables = list(tables)
        self.shared = shared
        self.effort = Effort()
        self.started: datetime | None = None
        self._walk: Walk | None = None
        self._checkpoints = Checkpoints()
        self._progress = Progress(parent.name)
        self._restarted = False
        self._partial = False
        self._said: dict[str, Blob] = {}
        self._children = [table for table in tables if table.rules.nested]

    # The walk, event by event

    def on(self, walk: Walk, event: WalkEvent) -> Iterator[AirbyteMessage]:
        """Answer one event of the walk; yields the messages that it leads to."""
        self._walk = walk
        match event:
            case Opening():
                self._go_on(walk, self.first_legs())
            case Page():
                if event.next:
                    walk.give_way(event.elapsed)
                yield from self._take(event)
                walk.taken()
            case LegDone(leg):
                self._go_on(walk, self.after(leg))
            case LegAbsent(leg):
                self._go_on(walk, self.absent(leg))
            case LegFailed(leg, error):
                self._go_on(walk, self.failed(leg, error))

    @staticmethod
    def _go_on(walk: Walk, legs: Sequence[Leg]) -> None:
        if legs:
            walk.read(*legs)
        else:
            walk.finish()

    def abandon(self) -> None:
        """Stop the walk: its tables have failed."""
        if self._walk:
            self._walk.abandon()

    def first_legs(self) -> Sequence[Leg]:
        """Return what to read first: whose account this is, if the key is not the one we know."""
        if any(self.shared.account.must_be_proven(table) for table in self.tables):
            return [Leg("account", params={"page_size": "1"}, max_pages=1, isolated=True)]
        return self.main_legs()

    def main_legs(self) -> Sequence[Leg]:
        """Return the legs that read the rows, once the state is known to be ours."""
        for table in self.tables:
            self.shared.account.settle(table)
        return [self.list_leg()]

    def list_leg(self) -> Leg:
        """Return the leg that reads rows, from a checkpoint if there is one for all tables."""
        start = starting_point(
            self.parent, self.tables, self.shared.settings, resumable=self.resumable
        )
        self.started, self._partial = start.started, start.partial
        return Leg(self.LIST, params=start.params, resume=start.resume)

    def after(self, leg: Leg) -> Sequence[Leg]:
        """Return what to read after a leg that reached its end."""
        return self.main_legs() if leg.name == "account" else []

    def absent(self, leg: Leg) -> Sequence[Leg]:
        """Return what to read after a 404: the vendor lost our place, so the list starts anew."""
        if self._restarted:
            raise errors.lost_cursor(self.parent.name)
        self._restarted = True
        drop_checkpoints(self.tables)
        messages.LOG.warning("Ordergroove lost the place in %s: reading it anew.", self.parent.name)
        return [self.list_leg()]

    def failed(self, leg: Leg, error: AirbyteTracedException) -> Sequence[Leg]:
        """Return what to read after a leg that may fail; the account probe may."""
        return self.main_legs()

    # A page

    def _take(self, page: Page) -> Iterator[AirbyteMessage]:
        self.effort.requests += 1
        self.effort.attempts += page.attempts
        self.shared.account.saw(page.rows)
        if page.leg.name == "account":
            return
        if page.leg.name == self.LIST:
            yield from self._announce()
            self._progress.read(len(page.rows))
        yield from self.page(page)
        if page.leg.name == self.LIST and page.next and not self._partial:
            yield from self._put_down(page.next)

    def _announce(self) -> Iterator[AirbyteMessage]:
        """Before a list's first row, say how many the last complete walk had."""
        if self._progress.rows or self._partial:
            return
        for table in self.tables:
            if known := table.known_rows:
                yield messages.estimate(table.name, known)
        self._progress.expected = self.parent.known_rows

    def page(self, page: Page) -> Iterator[AirbyteMessage]:
        """Emit a page's rows; the list's first page dates the walk."""
        if self.started is None:
            self.started = walk_start(page.sent, page.elapsed, page.vendor_time)
        yield from self.emit(page.rows)

    def emit(self, rows: list[Row]) -> Iterator[AirbyteMessage]:
        """Emit rows as the parent's and their children's."""
        stamp = self.shared.stamps.next()
        parent = self.parent
        parent.normalise(rows)
        keys = parent.keys(rows)
        children = [(child, self._nested(child, rows)) for child in self._children]
        if parent in self.tables:
            parent.saw(keys, rows)
            yield from parent.live(rows, stamp)
        for child, found in children:
            child.normalise(found)
            if isinstance(child.tracker, PerParent):
                child.tracker.read_parents(keys)
            child.tracker.saw(child.keys(found))
            yield from child.live(found, stamp)

    @staticmethod
    def _nested(child: Table, rows: list[Row]) -> list[Row]:
        assert child.rules.nested  # noqa: S101 only tables with nested rows are children
        rule = child.rules.nested.rule
        return [row for parent in rows for row in nested_rows(parent, rule)]

    def _put_down(self, link: str) -> Iterator[AirbyteMessage]:
        """Write a checkpoint if one is due."""
        began = time.monotonic()
        if not self._checkpoints.due(began):
            return
        try:
            yield from self._checkpoint(link)
        except NoRoomError:
            self._checkpoints.refused()
        else:
            self._checkpoints.written(began, time.monotonic())

    def _checkpoint(self, link: str) -> Iterator[AirbyteMessage]:
        if not all(table.incremental for table in self.tables) or not self.started:
            return
        place = Checkpoint(link, self.started)
        # Tables of one walk are taken up together or not at all: all fit before any is written.
        states = {table: self.underway(table, place) for table in self.tables}
        for table, state in states.items():
            self.shared.budget.put_down(table.name, state.checkpoint)
            yield self._state(table, state)

    def underway(self, table: Table, place: Checkpoint) -> StreamState:
        """Return what a table remembers while its walk is under way; may raise `NoRoomError`."""
        seen = table.tracker.checkpoint(self.shared.budget.room(table.name))
        return replace(table.state, checkpoint=replace(place, seen=seen))

    # The end

    def complete(self) -> Iterator[AirbyteMessage]:
        """Emit tombstones and then the states that account for them.

        In this order a crash between the two repeats the tombstones; the other way round it would
        lose them.
        """
        for table in self.tables:
            self.shared.account.settle(table)
        found = {table.name: table.tracker.find() for table in self.tables if not table.error}
        percent = self.shared.settings.max_deletion_percent
        held = guard.hold_back(percent, {n: (f.known, len(f.gone)) for n, f in found.items()})
        for table in self.tables:
            if table.error:
                continue
            result = found[table.name]
            keep = held
            if result.reason == Reason.OVERFLOW:
                guard.warn_of_overflow(table.name, result)
                keep = held or percent < RELEASED
            if held:
                table.counts.held_back = len(result.gone)
            else:
                for key in result.gone:
                    stamp = self.shared.stamps.next()
                    yield table.tombstone(key, stamp, table.deletion_source)
            if table.incremental:
                limit = self.shared.budget.of(table.name)
                ledger = table.tracker.ledger(limit, held_back=keep)
                yield self._state(table, self.final(table, ledger))

    def final(self, table: Table, ledger: Baseline | None) -> StreamState:
        """Return what a table remembers after a complete walk."""
        return StreamState(
            watermark=self.started,
            walked=table.state.walked if self._partial else self.started,
            known=self.shared.budget.spend(table.name, ledger),
        )

    def _state(self, table: Table, state: StreamState) -> AirbyteMessage:
        scope = table.scope.with_merchant(self.shared.account.merchant_for(table))
        blob = replace(state, synced_at=self.shared.stamps.last, scope=scope).to_blob()
        self._said[table.name] = blob
        return messages.state(table.name, blob)

    def survives(self, table: Table) -> bool:
        """Tell whether the family's walk goes on although this table failed."""
        return False

    def ended(self) -> None:
        """The walk is over, well or not."""

    def fallback(self, table: Table) -> Blob:
        """Return the state of a failed table: its last checkpoint, else what it came with."""
        return self._said.get(table.name) or table.saved or {"version": VERSION}

    def report(self, table: Table) -> None:
        """Write the line that says what a stream's sync was."""
        counts, effort = table.counts, self.effort
        messages.LOG.info(
            "Stream %s: %d rows read, %d deleted, %d deletions held back; the walk of %s took "
            "%d requests, %d retries, %.1f s.",
            table.name,
            counts.read,
            counts.deleted,
            counts.held_back,
            self.parent.declaration.endpoint,
            effort.requests,
            effort.attempts - effort.requests,
            time.monotonic() - effort.began,
        )
