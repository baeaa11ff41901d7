"""One selected stream in one sync."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove import errors
from source_ordergroove.ledger import join_key, split_key
from source_ordergroove.pipeline import messages
from source_ordergroove.pipeline.declaration import Declaration
from source_ordergroove.pipeline.per_parent import PerParent
from source_ordergroove.pipeline.scope import Scope
from source_ordergroove.pipeline.state import StreamState
from source_ordergroove.pipeline.tracking import Tracker, Untracked, exact_keys
from source_ordergroove.pipeline.whole_table import WholeTable
from source_ordergroove.rules.children import flatten
from source_ordergroove.rules.normalise import Normaliser
from source_ordergroove.rules.privacy import Filter
from source_ordergroove.rules.timestamps import OVERLAP, to_wall

Row = dict[str, Any]


@dataclass
class Counts:
    """What the log says of a stream at its end."""

    read: int = 0
    deleted: int = 0
    held_back: int = 0


class Table:
    """Brings rows to the stream's schema and knows their keys.

    *state* is what the stream remembers, empty in a full refresh. `saved` is what the stream came
    with and goes back to the platform if it fails.
    """

    def __init__(
        self,
        declaration: Declaration,
        schema: Mapping[str, Any],
        *,
        incremental: bool,
        state: StreamState,
        saved: dict[str, Any] | None,
        scope: Scope,
        cdc: bool,
        filters: Sequence[Filter] = (),
    ) -> None:
        """Compile the schema; nothing is read yet."""
        self.declaration = declaration
        self.name = declaration.name
        self.rules = declaration.table
        self.incremental = incremental
        self.state = state
        self.saved = saved
        self.scope = scope
        self.counts = Counts()
        self.error: AirbyteTracedException | None = None
        self._cdc = cdc
        self._filters = filters
        self._normalise = Normaliser(schema)
        self._key = declaration.primary_key
        properties = schema["properties"]
        self._integers = {c for c in self._key if "integer" in properties[c]["type"]}
        self.has_merchant = "merchant" in properties

    @cached_property
    def tracker(self) -> Tracker:
        """The deletions' bookkeeping, made when the walk starts and the state is settled."""
        deletes = self.rules.deletes
        if not self.incremental or deletes in ("never", "open_set"):
            return Untracked()
        checkpoint = self.state.checkpoint
        resumed = checkpoint.seen if checkpoint else None
        baseline = self.state.known
        if deletes == "replaced_per_parent":
            return PerParent(baseline, resumed)
        return WholeTable(baseline, resumed, log_kept_for_a_time=self.rules.retention is not None)

    def may_skip(self, now: datetime, days: int) -> bool:
        """Tell whether the whole table was read recently enough to ask only for what changed."""
        if not self.incremental or not self.rules.between_walks or not self.state.watermark:
            return False
        if self.state.walked is None or exact_keys(self.state.known) is None:
            return False
        # A clock that was set back says nothing about how long ago that was.
        return timedelta() <= now - self.state.walked < timedelta(days=days)

    def saw(self, keys: list[str], rows: Sequence[Row]) -> None:
        """Tell the tracker what a page lists."""
        tracker = self.tracker
        tracker.saw(keys)
        if isinstance(tracker, WholeTable) and tracker.compressed and self.state.watermark:
            floor = to_wall(self.state.watermark - OVERLAP)
            new = [
                k for k, row in zip(keys, rows, strict=True) if (row.get("created") or "") >= floor
            ]
            tracker.saw_new(new)

    @property
    def known_rows(self) -> int:
        """How many rows the last complete walk of the whole table had; 0 if that is unknown."""
        return self.tracker.baseline_size if isinstance(self.tracker, WholeTable) else 0

    @property
    def deletion_source(self) -> str:
        """The value of `_og_deletion_source` for this table's tombstones."""
        return "reconciliation" if self.rules.deletes == "reconciled" else "parent"

    def normalise(self, rows: Iterable[Row]) -> None:
        """Bring the vendor's rows to the schema, in place."""
        normalise, nested = self._normalise, self.rules.flatten
        for row in rows:
            if nested:
                flatten(row, nested, f"{nested}_")
            normalise(row)

    def keys(self, rows: Sequence[Row]) -> list[str]:
        """Return the rows' keys in the ledger's spelling.

        Raises for a row without one: it could replace any other.
        """
        columns = self._key
        if self.rules.retention:
            columns = (self.rules.retention, *columns)
        if len(columns) == 1:
            (column,) = columns
            keys: list[str] = [row.get(column) or "" for row in rows]
            if "" in keys:
                raise errors.row_without_key(self.name, column)
            return keys
        return [join_key([self._part(row, column) for column in columns]) for row in rows]

    def _part(self, row: Row, column: str) -> str:
        value = row.get(column)
        if value is not None:
            return str(value)
        if column == self.rules.retention:
            return ""
        raise errors.row_without_key(self.name, column)

    def live(self, rows: list[Row], stamp: str) -> Iterator[AirbyteMessage]:
        """Emit rows that the vendor has."""
        if not rows:
            return
        self.counts.read += len(rows)
        for row in rows:
            row["_og_synced_at"] = stamp
            row["_og_deleted"] = False
        leaving = [self._leaving(row) for row in rows] if self._filters else rows
        yield messages.Rows(stream=self.name, rows=leaving, emitted_at=int(time.time() * 1000))

    def _leaving(self, row: Row) -> Row:
        for each in self._filters:
            row = each(row)
        return row

    def tombstone(
        self,
        key: str,
        stamp: str,
        source: str,
        known: Row | None = None,
        deleted_at: str | None = None,
    ) -> AirbyteMessage:
        """Return the record that says a row is gone.

        *known* is what else is known of it; *deleted_at* when it went, if anybody knows better than
        the moment it was noticed.
        """
        self.counts.deleted += 1
        row: Row = known or {}
        self._normalise(row)
        row.update(self.columns_of(key))
        row["_og_synced_at"] = stamp
        row["_og_deleted"] = True
        row["_og_deleted_at"] = deleted_at or stamp
        row["_og_deletion_source"] = source
        if self._cdc:
            row["_ab_cdc_deleted_at"] = row["_og_deleted_at"]
        return messages.record(self.name, self._leaving(row), int(time.time() * 1000))

    def columns_of(self, key: str) -> Row:
        """Return the primary key columns that a key of the ledger spells."""
        if len(self._key) == 1 and not self.rules.retention:
            return {self._key[0]: key}
        parts = split_key(key)[-len(self._key) :]
        return {
            column: int(part) if column in self._integers else part
            for column, part in zip(self._key, parts, strict=True)
        }

    def forget(self, why: str) -> None:
        """Start again without tombstones: the state belongs to something else."""
        if self.state.scope or self.state.known or self.state.watermark:
            messages.LOG.warning(
                "Stream %s starts again without looking for deletions: %s.", self.name, why
            )
        self.state = StreamState(synced_at=self.state.synced_at)
        self.tracker.distrust()
