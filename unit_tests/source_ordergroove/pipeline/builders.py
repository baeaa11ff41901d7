"""The parts of a stream, as the tests of the pipeline need them."""

from datetime import UTC, datetime
from random import Random
from typing import Any

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline.declaration import Declaration, TableRules
from source_ordergroove.pipeline.scope import Scope, scope_of
from source_ordergroove.pipeline.settings import Settings
from source_ordergroove.pipeline.state import StreamState
from source_ordergroove.pipeline.table import Table
from source_ordergroove.pipeline.tracking import Tracker, exact_keys

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
KEY = "a-key-long-enough-to-be-recognised"

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
    )


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
