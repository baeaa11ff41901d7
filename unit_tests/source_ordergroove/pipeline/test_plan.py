"""What the platform kept is shared out before the first page is read."""

from functools import partial
from typing import Any

import pytest
from airbyte_cdk.models import (
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
)

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline import plan
from source_ordergroove.pipeline.budget import LedgerBudget
from source_ordergroove.pipeline.plan import Plan
from source_ordergroove.pipeline.state import StreamState
from unit_tests.source_ordergroove.pipeline.builders import SCHEMA, declaration, settings

DECLARED = {
    "customer": declaration("customer"),
    "resources": declaration("resources"),
    "subscription": declaration("subscription", deletes="never"),
}


def room(*full_refresh: str) -> int:
    """Return what `resources` may take of 1,000 bytes, beside a customer with a ledger."""
    known = Baseline.of(KeySet.from_keys(["a", "b"]), 1_000)
    saved: dict[str, dict[str, Any]] = {"customer": StreamState(known=known).to_blob()}
    streams = [
        ConfiguredAirbyteStream(
            stream=AirbyteStream(
                name=name, json_schema=SCHEMA, supported_sync_modes=[SyncMode.incremental]
            ),
            sync_mode=SyncMode.full_refresh if name in full_refresh else SyncMode.incremental,
            destination_sync_mode=DestinationSyncMode.append_dedup,
        )
        for name in DECLARED
    ]
    families = Plan(DECLARED, dict.fromkeys(DECLARED, SCHEMA), settings()).families(
        ConfiguredAirbyteCatalog(streams=streams), saved
    )
    return families["resources"].shared.budget.of("resources")


def test_ledgers_that_streams_came_with_are_reckoned_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not those of streams that keep none."""
    monkeypatch.setattr(plan, "LedgerBudget", partial(LedgerBudget, 1_000, 1_000))

    assert room() == 500
    assert room("customer") == 1_000
