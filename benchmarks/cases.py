"""What is measured: which peers read which tables, at which latency, how often."""

from dataclasses import dataclass

from benchmarks.peers.job import Table

TABLES = {
    "orders": Table("/orders/", "public_id"),
    "address": Table("/addresses/", "public_id"),
    "customer": Table("/customers/", "merchant_user_id"),
    "payment": Table("/payments/", "public_id"),
    "resources": Table("/resources/", "public_id"),
    "subscription": Table("/subscriptions/", "public_id"),
}
FIVE = ("customer", "address", "payment", "resources", "subscription")


@dataclass(frozen=True)
class Entrant:
    """A way to run a peer. *reconciled*: a second sync with deletions looked for."""

    label: str
    peer: str
    reconciled: bool = False
    parallel: bool = False


BARE = Entrant("requests + orjson loop", "bare_loop")
ASYNC = Entrant("aiohttp loop", "async_loop", parallel=True)
STOCK = Entrant("stock CDK manifest", "stock_manifest", parallel=True)
PLAIN = Entrant("this connector, full refresh", "connector", parallel=True)
FULL = Entrant("this connector, reconciling", "connector", reconciled=True, parallel=True)
DLT = Entrant("dlt rest_api", "dlt_rest_api")
DLT_PARALLEL = Entrant("dlt rest_api, parallelize()", "dlt_rest_api", parallel=True)
SINGER = Entrant("Singer SDK tap", "singer_tap")
PYAIRBYTE = Entrant("PyAirbyte into DuckDB", "pyairbyte", parallel=True)


@dataclass(frozen=True)
class Case:
    """Entrants in turns over the same tables; *latency* in seconds, *rows* of each table."""

    name: str
    latency: float
    streams: tuple[str, ...]
    rows: int
    rounds: int
    entrants: tuple[Entrant, ...]


def cases(*, full: bool) -> list[Case]:
    """Return what is measured; *full* takes more of everything: some hours."""
    rounds, rows = (5, 500_000) if full else (3, 100_000)
    slow = 20_000 if full else 10_000
    others = (BARE, ASYNC, STOCK, PLAIN, DLT, SINGER, PYAIRBYTE)
    wide = (ASYNC, STOCK, FULL, DLT_PARALLEL, PYAIRBYTE)
    narrow = (BARE, DLT, SINGER)
    return [
        Case("one stream", 0.0, ("orders",), rows, rounds, others),
        # A ratio is judged here: more rounds, for seconds of CPU vary by a tenth.
        Case("reconciled", 0.0, ("address",), rows, rounds + 2, (STOCK, PLAIN, FULL)),
        Case("larger", 0.0, ("address",), 5 * rows, 1, (FULL,)),
        Case("five streams, 50 ms", 0.05, FIVE, 20_000, rounds, wide),
        Case("five streams, 200 ms", 0.2, FIVE, slow, rounds - 1, wide),
        # One after the other they would take five times as long; their share is the same on less.
        Case("five streams, 50 ms, in turns", 0.05, FIVE, 2_000, 2, narrow),
        Case("five streams, 200 ms, in turns", 0.2, FIVE, 1_000, 2, narrow),
    ]
