"""SIGKILL at random points under load: what got a 2xx is there, once."""

import asyncio
import random
import signal
from typing import Any

import httpx2

from integration_tests.webhook_receiver.receiver import WEBHOOKS, Receiver, read_log
from unit_tests.webhook_receiver.builders import envelope, signature

CONNECTIONS = 20
ROUNDS = 3


async def deliver_until_killed(
    receiver: Receiver, waiting: list[str], acknowledged: set[str], kill_after: int
) -> None:
    """Send events over many connections, killing the receiver at its *kill_after*th 2xx.

    At that moment the other connections have events on the way, in the queue, in a commit, or
    committed and not yet answered. What got no answer goes back to *waiting*, as the vendor would
    send it again.
    """
    answers = 0

    async def send(client: httpx2.AsyncClient) -> None:
        nonlocal answers
        while waiting and receiver.process.poll() is None:
            name = waiting.pop()
            body = envelope(name)
            try:
                answer = await client.post(WEBHOOKS, content=body, headers=signature(body))
            except httpx2.TransportError:
                waiting.append(name)
                return
            assert answer.status_code == 200
            acknowledged.add(name)
            answers += 1
            if answers == kill_after:
                receiver.process.kill()

    limits = httpx2.Limits(max_connections=CONNECTIONS)
    async with httpx2.AsyncClient(base_url=receiver.url, limits=limits) as client:
        await asyncio.gather(*(send(client) for _ in range(CONNECTIONS)))


def test_every_acknowledged_event_survives_exactly_once(database_url: str) -> None:
    chance = random.Random()
    seed = chance.getrandbits(32)
    chance.seed(seed)
    print(f"seed {seed}")  # noqa: T201  pytest shows it when the test fails
    sent: list[str] = []
    acknowledged: set[str] = set()
    waiting: list[str] = []

    for round_ in range(ROUNDS):
        fresh = [f"round {round_} event {n}" for n in range(300)]
        sent += fresh
        # Some that were acknowledged come again: the vendor promises duplicates.
        waiting += [*fresh, *chance.sample(sorted(acknowledged), min(20, len(acknowledged)))]
        with Receiver.running(database_url) as receiver:
            expect_exactly_once(acknowledged, read_log(receiver))
            kill_after = chance.randint(1, 250)
            asyncio.run(deliver_until_killed(receiver, waiting, acknowledged, kill_after))
            assert receiver.process.wait() == -signal.SIGKILL

    with Receiver.running(database_url) as receiver:
        expect_exactly_once(acknowledged, read_log(receiver))
        asyncio.run(deliver_until_killed(receiver, waiting, acknowledged, kill_after=0))
        events = read_log(receiver)
    expect_exactly_once(acknowledged, events)
    assert sorted(event["id"] for event in events) == sorted(sent)


def expect_exactly_once(acknowledged: set[str], events: list[dict[str, Any]]) -> None:
    """Check that *events* hold all that was acknowledged and nothing twice, in order."""
    ids = [event["id"] for event in events]
    arrivals = [event["arrival"] for event in events]
    assert acknowledged - set(ids) == set()
    assert len(ids) == len(set(ids))
    assert arrivals == sorted(set(arrivals))
