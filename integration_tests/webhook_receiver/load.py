"""Measure one receiver process under load: what it confirms, how fast, and if all of it is there.

    python -m integration_tests.webhook_receiver.load [--rate 500] [--seconds 30] [--connections 50]

It runs once on SQLite and once on a PostgreSQL of its own with durable commits, and exits with 1 if
an event is missing. Not a test: a figure depends on the machine.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx2

from integration_tests.harness import postgres
from integration_tests.webhook_receiver.receiver import WEBHOOKS, Receiver, read_log
from unit_tests.webhook_receiver.builders import envelope, signature


async def send(
    url: str, rate: int, seconds: int, connections: int
) -> tuple[list[float], Counter[int]]:
    """Send *rate* events a second, whatever the answers do; return latencies and statuses.

    A latency counts from the moment an event was due, not from when a connection was free for it: a
    receiver that stands still must not be measured only by the requests it let in.
    """
    due: asyncio.Queue[tuple[int, float] | None] = asyncio.Queue()
    latencies: list[float] = []
    statuses: Counter[int] = Counter()

    async def connection(client: httpx2.AsyncClient) -> None:
        while (work := await due.get()) is not None:
            number, moment = work
            body = envelope(f"load {number}", context={"actor": {"type": "og-system-process"}})
            answer = await client.post(WEBHOOKS, content=body, headers=signature(body))
            latencies.append(time.perf_counter() - moment)
            statuses[answer.status_code] += 1

    # One client a connection: a shared pool would spend more time choosing among them than sending.
    clients = [httpx2.AsyncClient(base_url=url, timeout=60) for _ in range(connections)]
    running = [asyncio.create_task(connection(client)) for client in clients]
    begin = time.perf_counter()
    for number in range(rate * seconds):
        moment = begin + number / rate
        await asyncio.sleep(max(0, moment - time.perf_counter()))
        due.put_nowait((number, moment))
    for _ in running:
        due.put_nowait(None)
    await asyncio.gather(*running)
    for client in clients:
        await client.aclose()
    return latencies, statuses


def measure(kind: str, database_url: str, rate: int, seconds: int, connections: int) -> bool:
    """Print one line of figures; return whether every event is stored once."""
    with Receiver.running(database_url) as receiver:
        begin = time.perf_counter()
        latencies, statuses = asyncio.run(send(receiver.url, rate, seconds, connections))
        took = time.perf_counter() - begin
        stored = [event["id"] for event in read_log(receiver)]
        metrics = httpx2.get(f"{receiver.url}/metrics").text.splitlines()
    values = dict(line.rsplit(" ", 1) for line in metrics if not line.startswith("#"))
    ordered = sorted(latencies)
    complete = sorted(stored) == sorted(f"load {number}" for number in range(rate * seconds))
    figures = {
        "database": kind,
        "sent": len(latencies),
        "per_second": round(len(latencies) / took),
        "connections": connections,
        "2xx": statuses[200],
        "stored": len(stored),
        "complete": complete,
        "p50_ms": round(ordered[len(ordered) // 2] * 1000, 1),
        "p99_ms": round(ordered[len(ordered) * 99 // 100] * 1000, 1),
        "max_ms": round(ordered[-1] * 1000, 1),
        "commits": int(float(values["webhook_receiver_commit_seconds_count"])),
        "cpu_seconds": round(float(values["process_cpu_seconds_total"]), 1),
        "memory_mb": round(float(values["process_resident_memory_bytes"]) / 2**20),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return complete


def main() -> int:
    """Measure both databases."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rate", type=int, default=500, help="events a second")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--connections", type=int, default=50)
    chosen = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as folder, postgres.running(durable=True) as cluster:
        complete = [
            measure("sqlite", f"sqlite:///{Path(folder) / 'webhooks.db'}", **chosen),
            measure("postgresql", cluster.create_database(), **chosen),
        ]
    return 0 if all(complete) else 1


if __name__ == "__main__":
    sys.exit(main())
