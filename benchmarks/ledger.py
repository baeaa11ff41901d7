"""`python -m benchmarks.ledger`: 5 million customers, 20,000 deletions between two syncs.

Pages are made up here and handed to the pipeline's own code: normalising, keys, trackers, guards,
tombstones, states. Only HTTP and the CDK's queue are left out; they never see a key.
"""

import argparse
import hashlib
import resource
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
    Type,
)

from source_ordergroove.pipeline.declaration import declarations
from source_ordergroove.pipeline.family import Family
from source_ordergroove.pipeline.messages import singly
from source_ordergroove.pipeline.plan import Plan
from source_ordergroove.pipeline.settings import Settings
from source_ordergroove.source import SourceOrdergroove
from source_ordergroove.walk import LegDone, Opening, Page, Walk

RESULTS = Path(__file__).with_name("ledger.json")
STREAM = "customer"
PAGE = 100
CUSTOMERS, DELETED = 5_000_000, 20_000
BORN = "2020-01-01 00:00:00"

Blob = dict[str, Any]


class Outcome:
    """What a sync emitted: rows, tombstones' keys, the last and the largest state; its CPU."""

    def __init__(self) -> None:
        """Nothing happened yet."""
        self.rows = 0
        self.gone: set[str] = set()
        self.state: Blob = {}
        self.largest = 0
        self.cpu = 0.0

    def take(self, messages: Iterator[AirbyteMessage]) -> None:
        """Count messages."""
        for message in singly(messages):
            if message.type == Type.RECORD and message.record:
                if message.record.data["_og_deleted"]:
                    self.gone.add(message.record.data["merchant_user_id"])
                else:
                    self.rows += 1
            elif message.type == Type.STATE and message.state and message.state.stream:
                self.state = dict(message.state.stream.stream_state.__dict__)
                self.largest = max(self.largest, _size(self.state))


def _size(state: Blob) -> int:
    """Return the bytes of a state's ledgers, nearly all of it, without writing it as JSON."""
    parts = [*(state.get("known") or {}).values(), (state.get("checkpoint") or {}).get("seen")]
    return sum(len(part) for part in parts if isinstance(part, str))


def key_of(number: int) -> str:
    """Return a customer id: 32 hex digits that look random, the dearest kind for the ledger."""
    return hashlib.blake2b(number.to_bytes(8, "big"), digest_size=16).hexdigest()


def family(*, incremental: bool, state: Blob | None) -> Family:
    """Return the pipeline's own family of the table."""
    source = SourceOrdergroove(config={"api_key": "benchmark"})
    (stream,) = (s for s in source.streams({"api_key": "benchmark"}) if s.name == STREAM)
    schema = stream.get_json_schema()
    plan = Plan(declarations(source.resolved_manifest), {STREAM: schema}, Settings())
    catalog = ConfiguredAirbyteCatalog(
        streams=[
            ConfiguredAirbyteStream(
                stream=AirbyteStream(
                    name=STREAM,
                    json_schema=dict(schema),
                    supported_sync_modes=[SyncMode.full_refresh, SyncMode.incremental],
                ),
                sync_mode=SyncMode.incremental if incremental else SyncMode.full_refresh,
                destination_sync_mode=DestinationSyncMode.append_dedup,
            )
        ]
    )
    return plan.families(catalog, {STREAM: state} if state else {})[STREAM]


def sync(numbers: Iterator[int], *, incremental: bool = True, state: Blob | None = None) -> Outcome:
    """Walk the customers of *numbers* through the pipeline."""
    found, outcome, walk = family(incremental=incremental, state=state), Outcome(), Walk()
    began = time.process_time()
    outcome.take(found.on(walk, Opening()))
    legs = walk.legs()
    while (leg := next(legs, None)) is not None:
        for page in _pages(leg, numbers):
            outcome.take(found.on(walk, page))
        outcome.take(found.on(walk, LegDone(leg)))
    outcome.take(found.complete())
    outcome.cpu = time.process_time() - began
    return outcome


def _pages(leg: Any, numbers: Iterator[int]) -> Iterator[Page]:
    """Cut pages; the account's leg gets one row of the same merchant."""
    if leg.max_pages:
        yield _page(leg, [_row(0)], None)
        return
    rows, count = _cut(numbers), 0
    while rows:
        following, count = _cut(numbers), count + 1
        yield _page(leg, rows, f"page {count}" if following else None)
        rows = following


def _cut(numbers: Iterator[int]) -> list[Blob]:
    return [_row(number) for number in islice(numbers, PAGE)]


def _page(leg: Any, rows: list[Blob], link: str | None) -> Page:
    return Page(
        leg=leg, rows=rows, next=link, sent=time.time(), elapsed=0.0, vendor_time=None, attempts=1
    )


def _row(number: int) -> Blob:
    return {
        "merchant_user_id": key_of(number),
        "merchant": "m" * 32,
        "email": "somebody@example.com",
        "first_name": "Some",
        "last_name": "Body",
        "created": BORN,
        "last_updated": BORN,
        "live": True,
        "price_code": None,
        "extra_data": "",
    }


def prove(customers: int, deleted: int) -> dict[str, Any]:
    """Sync, delete, sync again; return what was found, and what it cost."""
    plain = sync(iter(range(customers)), incremental=False)
    memory = _memory()
    first = sync(iter(range(customers)))
    step = customers // deleted
    gone = set(range(0, step * deleted, step))
    left = (number for number in range(customers) if number not in gone)
    second = sync(left, state=first.state)
    expected = {key_of(number) for number in gone}
    return {
        "customers": customers,
        "deleted": deleted,
        "found": len(second.gone & expected),
        "wrong": len(second.gone - expected),
        "largest_state_bytes": max(first.largest, second.largest),
        "state_bytes": len(orjson.dumps(second.state)),
        "lossless": "sketch" not in (first.state.get("known") or {}),
        "microseconds_a_row": (second.cpu - plain.cpu) * 1e6 / customers,
        "plain_microseconds_a_row": plain.cpu * 1e6 / customers,
        "bytes_a_key": (_memory() - memory) / customers,
    }


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Prove it for the sizes of the command line; the README takes the usual ones' figures."""
    parser = argparse.ArgumentParser(prog="benchmarks.ledger", description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--deleted", type=int, default=DELETED)
    options = parser.parse_args()
    result = prove(options.customers, options.deleted)
    print(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode())
    if (options.customers, options.deleted) == (CUSTOMERS, DELETED):
        RESULTS.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
    if result["found"] != options.deleted or result["wrong"]:
        sys.exit("Not every deletion was found, or a wrong one was.")


if __name__ == "__main__":
    main()
