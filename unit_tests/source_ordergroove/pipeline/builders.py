"""The parts of a stream, as the tests of the pipeline need them."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from airbyte_cdk.models import AirbyteMessage, Type

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline.account import Account
from source_ordergroove.pipeline.budget import LedgerBudget
from source_ordergroove.pipeline.declaration import Declaration, TableRules
from source_ordergroove.pipeline.family import Family
from source_ordergroove.pipeline.messages import singly
from source_ordergroove.pipeline.scope import Scope, scope_of
from source_ordergroove.pipeline.settings import Settings
from source_ordergroove.pipeline.shared import Shared
from source_ordergroove.pipeline.state import StreamState
from source_ordergroove.pipeline.table import Table
from source_ordergroove.pipeline.tracking import Tracker, exact_keys
from source_ordergroove.rules.privacy import Filter
from source_ordergroove.rules.stamps import Stamps
from source_ordergroove.walk import Leg, Page, Walk

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
KEY = "a-key-long-enough-to-be-recognised"

#: As the vendor's ids look, in no order.
HEX_IDS = [hashlib.md5(str(n).encode()).hexdigest() for n in range(5000)]  # noqa: S324

SCHEMA = {
    "type": "object",
    "properties": {
        "public_id": {"type": ["null", "string"]},
        "merchant": {"type": ["null", "string"]},
        "position": {"type": ["null", "integer"]},
        "created": {"type": ["null", "string"]},
    },
}


def settings(**changes: Any) -> Settings:
    return Settings.of({"api_key": KEY, **changes})


def declaration(
    name: str = "customer",
    *,
    primary_key: tuple[str, ...] = ("public_id",),
    request_parameters: dict[str, str] | None = None,
    **table: Any,
) -> Declaration:
    return Declaration(
        name=name,
        primary_key=primary_key,
        endpoint=f"/{name}s/",
        request_parameters=request_parameters or {},
        table=TableRules(**{"deletes": "reconciled", **table}),
    )


def table(
    declared: Declaration | None = None,
    *,
    state: StreamState | None = None,
    scope: Scope | None = None,
    incremental: bool = True,
    cdc: bool = False,
    filters: Sequence[Filter] = (),
) -> Table:
    declared = declared or declaration()
    return Table(
        declared,
        SCHEMA,
        incremental=incremental,
        state=state or StreamState(),
        saved=None,
        scope=scope or scope_of(settings(), declared),
        cdc=cdc,
        filters=filters,
    )


def sketch(keys: list[str]) -> Baseline:
    """A ledger too small for its keys: it can tell some 170 differences."""
    ledger = Baseline.of(KeySet.from_keys(keys), 8000)
    assert ledger.sketch
    return ledger


class Reading:
    """A family with somebody else in the place of the worker."""

    def __init__(self, *tables: Table, budget: LedgerBudget | None = None, **changes: Any) -> None:
        shared = Shared(settings(**changes), Stamps(None), Account(), budget or LedgerBudget())
        self.family = Family(tables[0], tables, shared)
        self.walk = Walk()
        self.messages: list[AirbyteMessage] = []
        self._legs: Iterator[Leg] = self.walk.legs()

    def __call__(self, event: Any) -> None:
        """Let the family answer an event."""
        self.messages += singly(self.family.on(self.walk, event))

    def leg(self) -> Leg:
        """Return what the family wants to read next; there is something."""
        return next(self._legs)

    def ended(self) -> bool:
        """Say whether the family has told the worker that there is no more."""
        return next(self._legs, None) is None

    def page(self, leg: Leg, *keys: str, link: str | None = None, **row: Any) -> None:
        """Deliver a page of rows."""
        rows = [{"public_id": key, **row} for key in keys]
        self(Page(leg, rows, link, NOON.timestamp(), 0.0, NOON.timestamp(), 1))

    def states(self) -> list[dict[str, Any]]:
        """The states that were written, oldest first."""
        return [
            dict(message.state.stream.stream_state.__dict__)
            for message in self.messages
            if message.type == Type.STATE
            and message.state
            and message.state.stream
            and message.state.stream.stream_state
        ]

    def flagged(self) -> list[str]:
        """The keys of the tombstones, in their order."""
        rows = [message.record.data for message in self.messages if message.record]
        return [row["public_id"] for row in rows if row["_og_deleted"]]


#: Bytes of state in which the small ledgers of tests fit.
AMPLE = 100_000

#: Two keys that did not fit.
PAUSED = Baseline.of(KeySet.from_keys(["a", "b"]), 0)


def remembered(known: set[str]) -> Baseline:
    """A ledger as the next sync gets it from the state."""
    return Baseline.from_state(Baseline.of(KeySet.from_keys(known), AMPLE).to_state())


def put_down(tracker: Tracker, room: int = AMPLE) -> Baseline:
    """A checkpoint as a later run gets it from the state."""
    seen = tracker.checkpoint(room)
    assert seen is not None
    return Baseline.from_state(seen.to_state())


def contents(ledger: Baseline | None) -> set[str]:
    exact = exact_keys(ledger)
    assert exact is not None
    return set(exact)


def random_ids(count: int) -> list[str]:
    random = Random(count)
    return [f"{random.getrandbits(128):032x}" for _ in range(count)]
