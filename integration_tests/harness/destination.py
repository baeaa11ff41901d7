"""A destination that keeps one row per primary key, as a warehouse with deduplication does."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integration_tests.harness.output import Message

Key = tuple[Any, ...]

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
SOURCES = {"reconciliation", "open_orders", "webhook", "parent"}
OWN_COLUMNS = {"_og_synced_at", "_og_deleted", "_og_deleted_at", "_og_deletion_source"}


@dataclass
class Table:
    """One stream's table and what a stream must be true to."""

    name: str
    key_columns: tuple[str, ...]
    schema: dict[str, Any]
    incremental: bool
    rows: dict[Key, Message] = field(default_factory=dict)
    ever: set[Key] = field(default_factory=set)
    """Keys of all rows that were ever live here."""
    accounted: set[Key] = field(default_factory=set)
    """Keys that the committed state takes for live: what came before it, tombstones included."""
    orphans: set[Key] = field(default_factory=set)
    """Keys live here that no state knows of: the run that brought them ended before one."""
    latest: dict[Key, str] = field(default_factory=dict)
    """The newest stamp ever seen, also of rows that were lost."""
    _shapes: set[Any] = field(default_factory=set)
    _staged: dict[Key, Message] = field(default_factory=dict)
    _came: set[Key] = field(default_factory=set)
    _went: set[Key] = field(default_factory=set)

    @property
    def live(self) -> dict[Key, Message]:
        """The rows that are not flagged as deleted."""
        return {key: row for key, row in self.rows.items() if not row["_og_deleted"]}

    @property
    def flagged(self) -> dict[Key, Message]:
        """The rows that are flagged as deleted."""
        return {key: row for key, row in self.rows.items() if row["_og_deleted"]}

    def key_of(self, row: Message) -> Key:
        """Return the primary key values of a record."""
        return tuple(row[column] for column in self.key_columns)

    def spelled(self, key: Iterable[Any]) -> Key:
        """Return a key of the vendor's as the table spells it: texts, unless declared otherwise."""
        declared = [self.schema["properties"][column]["type"] for column in self.key_columns]
        return tuple(
            int(value) if "integer" in types else str(value)
            for value, types in zip(key, declared, strict=True)
        )

    def put(self, row: Message) -> None:
        """Take a record: the newest stamp wins, of equal ones the later message."""
        self._check_shape(row)
        key, stamp = self.key_of(row), row["_og_synced_at"]
        self._check_stamp(key, row, stamp)
        rows = self.rows if self.incremental else self._staged
        held = rows.get(key)
        if held is None or stamp >= held["_og_synced_at"]:
            rows[key] = row
        came, went = self._came, self._went
        if row["_og_deleted"]:
            came, went = went, came
        else:
            self.ever.add(key)
        came.add(key)
        went.discard(key)

    def _check_stamp(self, key: Key, row: Message, stamp: str) -> None:
        where = f"{self.name} {key}"
        assert STAMP.fullmatch(stamp), f"{where}: `_og_synced_at` is {stamp!r}"
        latest = self.latest.get(key, "")
        assert stamp >= latest, f"{where}: `_og_synced_at` went back from {latest} to {stamp}"
        held = self.rows.get(key) or self._staged.get(key)
        if row["_og_deleted"]:
            assert stamp > latest, f"{where}: a tombstone that is not later than its row"
        elif held and stamp == held["_og_synced_at"]:
            assert row == held, f"{where}: two different rows with one stamp"
        self.latest[key] = stamp

    def _check_shape(self, row: Message) -> None:
        """Validate a record; of those alike in their types, one."""
        shape = _shape(row)
        if shape in self._shapes:
            return
        Draft7Validator(self.schema).validate(_plain(row))
        if row["_og_deleted"]:
            assert row["_og_deletion_source"] in SOURCES
            # A webhook brings the row it speaks of and the time it happened.
            if row["_og_deletion_source"] != "webhook":
                beside = set(row) - set(self.key_columns) - OWN_COLUMNS - {"_ab_cdc_deleted_at"}
                assert not beside, f"{self.name}: a tombstone carries {beside}"
                assert row["_og_deleted_at"] == row["_og_synced_at"]
        else:
            dead = {"_og_deleted_at", "_og_deletion_source", "_ab_cdc_deleted_at"} & set(row)
            assert not dead, f"{self.name}: a live row carries {dead}"
        self._shapes.add(shape)

    def commit(self, *, news: bool) -> None:
        """A state arrived; one without *news* (a failed stream's old one) accounts for nothing."""
        if news:
            self.accounted = (self.accounted | self._came) - self._went
            self.orphans -= self._came | self._went
            self._came, self._went = set(), set()

    def swap(self) -> None:
        """A full refresh was complete: its rows replace the table."""
        if not self.incremental:
            self.rows, self._staged = self._staged, {}
            self.ever, self.orphans = set(self.rows), set()
            self.latest = {key: row["_og_synced_at"] for key, row in self.rows.items()}

    def begin(self) -> None:
        """A sync starts."""
        self.orphans = (self.orphans | self._came) - self._went - self.accounted
        self._came, self._went, self._staged = set(), set(), {}


class Destination:
    """Applies messages to tables and commits states, and raises for what no source may send."""

    def __init__(self, catalog: dict[str, Any]) -> None:
        self.tables = {
            configured["stream"]["name"]: Table(
                configured["stream"]["name"],
                tuple(part for (part,) in configured["stream"]["source_defined_primary_key"]),
                configured["stream"]["json_schema"],
                configured["sync_mode"] == "incremental",
            )
            for configured in catalog["streams"]
        }
        self.states: dict[str, Message] = {}

    def apply(self, messages: Iterable[Message], *, lose_uncommitted: bool = False) -> None:
        """Apply a sync's messages.

        With *lose_uncommitted* the records after a stream's last state are lost, as a killed
        destination may lose them; otherwise they are kept. A platform does either.
        """
        messages = list(messages)
        last_state = {_stream(m): n for n, m in enumerate(messages) if m["type"] == "STATE"}
        for table in self.tables.values():
            table.begin()
        counts: Counter[str] = Counter()
        for number, message in enumerate(messages):
            kind = message["type"]
            if kind == "RECORD":
                name = message["record"]["stream"]
                counts[name] += 1
                if lose_uncommitted and number > last_state.get(name, -1):
                    continue
                self.tables[name].put(message["record"]["data"])
            elif kind == "STATE":
                self._commit(message["state"], counts)
            elif kind == "TRACE" and message["trace"]["type"] == "STREAM_STATUS":
                status = message["trace"]["stream_status"]
                if status["status"] == "COMPLETE":
                    self.tables[status["stream_descriptor"]["name"]].swap()

    def _commit(self, state: Message, counts: Counter[str]) -> None:
        name = state["stream"]["stream_descriptor"]["name"]
        assert state["sourceStats"]["recordCount"] == counts.pop(name, 0)
        held = self.states.get(name)
        self.tables[name].commit(news=held is None or held["stream"] != state["stream"])
        self.states[name] = state

    def state(self) -> list[Message]:
        """Return what the platform gives to the next sync: nothing for a full refresh."""
        return [s for name, s in self.states.items() if self.tables[name].incremental]


def _stream(message: Message) -> str:
    return str(message["state"]["stream"]["stream_descriptor"]["name"])


def _shape(row: Message) -> object:
    """Return what of a record its schema speaks about: which columns there are, of which types."""
    return row["_og_deleted"], *row, *map(_type, row.values())


def _type(value: object) -> object:
    kind = value.__class__
    if kind is dict:
        return (*value, *map(_type, value.values()))  # type: ignore[misc, attr-defined]
    return frozenset(map(_type, value)) if kind is list else kind  # type: ignore[call-overload]


def _plain(value: object) -> object:
    """Return a value with floats for Decimals, which a validator takes for no number."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, str | bool | int) else float(str(value))
