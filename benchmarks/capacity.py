"""`python -m benchmarks.capacity`: what a merchant of a given size costs, into docs/capacity.md.

Requests and hours follow from row counts, page sizes and the request rules; CPU, memory and the
share of the physical limit are those that `results.json` holds; the ledger's sizes come from the
ledger itself, over keys as the vendor makes them.
"""

import heapq
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.cases import FULL, PLAIN
from benchmarks.figures import figures
from source_ordergroove.ledger import STREAM_BYTES, TOTAL_BYTES, Baseline, KeySet, encode

HERE = Path(__file__).parent
DOC = HERE.parent / "docs" / "capacity.md"

LATENCY = 0.2
WORKERS = 5
RATE = 95.0
PAGE = 100
SIZES = (10_000, 1_000_000, 10_000_000)

#: Rows a subscriber; orders and items over a history of two years.
ROWS = {
    "orders": 14.0,
    "item": 20.0,
    "subscription": 1.5,
    "customer": 1.0,
    "address": 1.2,
    "payment": 1.3,
    "incentives": 0.3,
    "placement_log_responses": 1.5,
}
#: Open rows a subscriber, and rows of each table that change in a day.
OPEN = {"orders": 0.8, "item": 1.1}
CHANGED = {
    "orders": 0.06,
    "item": 0.09,
    "subscription": 0.03,
    "customer": 0.01,
    "address": 0.005,
    "incentives": 0.005,
}
PRODUCTS = 2_000
LARGE_PAGES = {"placement_log_responses": 1000}
LISTED_BETWEEN = ("customer", "address", "incentives")
ALWAYS_WHOLE = ("payment", "placement_log_responses")
LEDGERS = (*LISTED_BETWEEN, *ALWAYS_WHOLE)
SAMPLE = 200_000
#: 1 January 2024 in the clock of such ids: tenths of microseconds since October 1582.
_TICKS = 0x1EEA838B4CC8000


@dataclass(frozen=True)
class Load:
    """Pages of each walk of one sync, and the rows they bring."""

    pages: Mapping[str, float]
    rows: float

    @property
    def requests(self) -> int:
        """Requests in all."""
        return round(sum(self.pages.values()))

    def hours(self, share: float, service: float) -> float:
        """Return the hours that the walks take, five at a time, the longest first.

        *share* is the measured part of the physical limit, *service* the seconds of an answer
        beside the latency.
        """
        seconds = makespan(
            [pages * (LATENCY + service) / share for pages in self.pages.values()], WORKERS
        )
        return max(seconds, self.requests / RATE) / 3600


def makespan(walks: list[float], workers: int) -> float:
    """Return when the last of *walks* ends, if each free worker takes the longest one left."""
    ends = [0.0] * workers
    for walk in sorted(walks, reverse=True):
        heapq.heappush(ends, heapq.heappop(ends) + walk)
    return max(ends)


def first_sync(subscribers: int) -> Load:
    """Everything once; open orders and items are listed as well, products' relations asked for."""
    rows = {table: count * subscribers for table, count in ROWS.items()}
    pages = {table: count / LARGE_PAGES.get(table, PAGE) for table, count in rows.items()}
    for table, count in OPEN.items():
        pages[table] += count * subscribers / PAGE
    pages["product"] = PRODUCTS / PAGE + PRODUCTS
    return Load(pages, sum(rows.values()) + PRODUCTS)


def daily_sync(subscribers: int, *, whole: bool, open_rows: bool = True) -> Load:
    """A day's changes; *whole* tables are read completely, otherwise only `payment` and the log."""
    listed = {table: CHANGED[table] * subscribers for table in CHANGED}
    for table in (*ALWAYS_WHOLE, *(LISTED_BETWEEN if whole else ())):
        listed[table] = ROWS[table] * subscribers
    pages = {table: count / LARGE_PAGES.get(table, PAGE) for table, count in listed.items()}
    if open_rows:
        for table, count in OPEN.items():
            pages[table] += count * subscribers / PAGE
    pages["product"] = PRODUCTS / PAGE + PRODUCTS
    return Load(pages, sum(listed.values()) + PRODUCTS)


def ledger_bytes() -> tuple[float, int]:
    """Return bytes of state a key without loss, and the deletions that a sketch of 1 MB tells."""
    chance = random.Random(7)
    keys = (_time_based(chance) for _ in range(SAMPLE))
    dear = KeySet.from_keys(f"{chance.getrandbits(128):032x}" for _ in range(SAMPLE))
    sketch = Baseline.of(dear, STREAM_BYTES).sketch
    assert sketch  # noqa: S101 so many random keys do not fit
    return len(encode(KeySet.from_keys(keys))) / SAMPLE, sketch.capacity


def _time_based(chance: random.Random) -> str:
    """Return an id as the vendor's examples show it: UUID version 1, of one of four servers."""
    since = _TICKS + chance.randrange(2 * 365 * 86_400 * 10**7)
    server = chance.randrange(4)
    fields = (since & 0xFFFFFFFF, since >> 32 & 0xFFFF, since >> 48 | 0x1000, 0x80, 1, server)
    return uuid.UUID(fields=fields).hex


def state_bytes(subscribers: int, a_key: float) -> float:
    """Return the bytes that all ledgers take together."""
    counts = {table: ROWS[table] * subscribers for table in LEDGERS}
    counts |= {table: count * subscribers for table, count in OPEN.items()}
    return min(TOTAL_BYTES, sum(min(count * a_key, STREAM_BYTES) for count in counts.values()))


def page(results: Mapping[str, Any], ledger: Mapping[str, Any]) -> str:
    """Return the document."""
    found = figures(results["runs"])
    wide = found["five streams, 200 ms"][FULL.label].share or 1.0
    cpu = found["reconciled"][FULL.label].cpu or 0.0
    base = found["one stream"][PLAIN.label].memory or 0.0
    service = 0.01
    a_key, capacity = ledger_bytes()
    lines = []
    for subscribers in SIZES:
        for mode, load in (
            ("first sync", first_sync(subscribers)),
            ("daily, as installed", daily_sync(subscribers, whole=True)),
            ("daily, `reconcile_every: 7`", daily_sync(subscribers, whole=False)),
            (
                "the same without open orders",
                daily_sync(subscribers, whole=False, open_rows=False),
            ),
        ):
            known = sum(ROWS[table] for table in LEDGERS) * subscribers
            lines.append(
                f"| {subscribers:,} | {mode} | {load.requests:,} | "
                f"{_time(load.hours(wide, service))} | {load.rows * cpu / 1e5 / 60:,.1f} min | "
                f"{base + known * ledger['bytes_a_key'] / 2**20:,.0f} MB | "
                f"{state_bytes(subscribers, a_key) / 1e6:.2f} MB |"
            )
    return _TEXT.format(
        table="\n".join(lines),
        share=f"{wide:.0%}",
        cpu=f"{cpu:.1f}",
        a_key=f"{a_key:.1f}",
        lossless=f"{round(STREAM_BYTES / a_key, -3):,.0f}",
        capacity=f"{capacity:,}",
        a_row=f"{ledger['bytes_a_key']:.0f}",
        base=f"{base:.0f}",
        rows=", ".join(f"{count:g} {table}" for table, count in ROWS.items()),
        changed=", ".join(f"{count:g} {table}" for table, count in CHANGED.items()),
        opened=", ".join(f"{count:g} {table}" for table, count in OPEN.items()),
        products=f"{PRODUCTS:,}",
        weekly=f"{PAGE * RATE * 3600 / 1e6:.0f}",
    )


def _time(hours: float) -> str:
    return f"{hours * 60:,.0f} min" if hours < 2 else f"{hours:,.1f} h"  # noqa: PLR2004 legibly


_TEXT = """# Capacity

Computed by `python -m benchmarks.capacity` (part of `make bench`) from
[what was measured](../benchmarks/README.md); do not edit. 200 ms a request, all 21 streams.

| subscribers | sync | requests | time | CPU | memory | state |
|---:|---|---:|---:|---:|---:|---:|
{table}

## What to switch on at which size

- **10 thousand**: nothing. A sync an hour is fine.
- **1 million**: `reconcile_every: 7`. Customers, addresses and incentives are then read whole once
  a week and by their time filters in between; their deletions show within a week. Ledgers of tables
  with more than about {lossless} keys become sketches, which tell up to {capacity} deletions
  between two complete walks.
- **10 million**: the same, with the [webhook receiver](../webhook_receiver/README.md) for deleted
  orders and items, and `open_order_reconciliation: false` once it has proved itself; `start_date`
  or some days for the first sync, which goes on where it was killed. `payment` has no time filter
  and is read whole each time: give it a connection of its own that syncs once a week. No setting
  makes the vendor faster: at 5,700 requests a minute the most is {weekly} million rows an hour.

## Several connections, several machines

- One connection is one job with one process; it uses one core for a fraction of the time and waits
  for the vendor otherwise. Jobs of different merchants run side by side on as many machines as
  Airbyte has.
- The vendor's limit of 6,000 requests a minute holds for an address. Connections behind one NAT
  share it: give each its part with `requests_per_minute`, so that the sum stays below 5,700.
- Splitting one merchant's streams over connections gains time only if each has an address of its
  own; keep streams that are read from one endpoint together, or it is walked twice.
- Request {base} MB of memory plus {a_row} bytes for each known key, and half a core; a limit of
  twice that is generous. On Kubernetes each job is a pod, and these are its `JOB_MAIN_CONTAINER_*`
  values, or the connection's own. A pod that is evicted loses at most what came after its last
  STATE; the next attempt goes on there.
- Pods of one cluster mostly leave by one address: then they share the vendor's limit as above.
- The webhook receiver scales by replicas on one PostgreSQL:
  [its manifests](../deploy/kubernetes/README.md).

## Where the figures come from

- Time: five walks at a time, at {share} of the physical limit as measured at 200 ms, never above 95
  requests a second. An answer takes 10 ms beside the latency.
- CPU: {cpu} s for 100,000 rows, as measured with reconciliation, normalisation and stamps on.
- Memory: a process without keys, and {a_row} bytes a known key as measured with five million.
- State: {a_key} bytes a key for time-based ids as in the vendor's examples, at most 1 MB a stream.
- Rows a subscriber, assumed: {rows}; open: {opened}; changed in a day: {changed}. {products}
  products, one request each for their relationships. Put your own numbers into
  [capacity.py](../benchmarks/capacity.py).
"""


def main() -> None:
    """Write the document."""
    results = orjson.loads((HERE / "results.json").read_bytes())
    ledger = orjson.loads((HERE / "ledger.json").read_bytes())
    DOC.parent.mkdir(exist_ok=True)
    DOC.write_text(page(results, ledger))


if __name__ == "__main__":
    main()
