"""The process: how it starts, refuses to start, shares a database, bears an outage, and stops."""

import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import psycopg
import pytest
from sqlalchemy import make_url

from integration_tests.harness.postgres import Cluster
from integration_tests.webhook_receiver.receiver import (
    WEBHOOKS,
    Receiver,
    deliver,
    launch,
    read_log,
)
from unit_tests.webhook_receiver.builders import AUTHORIZED, KEY, TOKEN, envelope, signature
from unit_tests.webhook_receiver.builders import environment as environment_of

REPLICAS = 3


def has_begun_a_commit(receiver: Receiver) -> bool:
    """Whether the first batch has been handed to the database, from `/metrics`."""
    lines = httpx2.get(f"{receiver.url}/metrics").text.splitlines()
    return "webhook_receiver_batch_events_count 1.0" in lines


def refuses_connections(receiver: Receiver) -> bool:
    host, port = receiver.url.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port))).close()
    except ConnectionRefusedError:
        return True
    return False


def test_an_event_goes_in_and_out(database_url: str) -> None:
    body = envelope("e1")
    with Receiver.running(database_url) as receiver:
        assert deliver(receiver, body, body, envelope("e2", "item.remove")) == [200, 200, 200]
        found = [(event["id"], event["type"]) for event in read_log(receiver, page_size=1)]

    assert found == [("e1", "order.delete"), ("e2", "item.remove")]


def test_log_has_no_key_token_or_body(database_url: str) -> None:
    with Receiver.running(database_url, LOG_LEVEL="DEBUG") as receiver:
        deliver(receiver, envelope("e1", email="ann@example.com"), b"ann@example.com")
        read_log(receiver)
        assert receiver.stop() == 0

    shown = str(receiver.log)
    assert [line["message"] for line in receiver.log if line["logger"].endswith("server")] == [
        "listening",
        "stopped",
    ]
    assert [secret for secret in (KEY, TOKEN, "ann@example.com") if secret in shown] == []


def test_replicas_start_at_once_and_share_one_log(database_url: str) -> None:
    """The tables are created once, and an event sent to all of them at once is stored once."""
    bodies = [envelope(f"e{n}") for n in range(30)]
    with ExitStack() as stack, ThreadPoolExecutor(REPLICAS) as threads:
        launched = [launch(environment_of(database_url)) for _ in range(REPLICAS)]
        receivers = list(threads.map(Receiver, launched))
        for receiver in receivers:
            stack.callback(receiver.kill)
        statuses = list(threads.map(lambda receiver: deliver(receiver, *bodies), receivers))
        logs = [read_log(receiver) for receiver in receivers]

    assert statuses == [[200] * len(bodies)] * REPLICAS
    assert sorted(event["id"] for event in logs[0]) == sorted(f"e{n}" for n in range(30))
    assert logs == [logs[0]] * REPLICAS


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold SQLite's write lock."""
    with sqlite3.connect(file, isolation_level=None) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    connection.close()


def test_stop_answers_what_is_under_way(tmp_path: Path) -> None:
    """A request whose commit has begun gets its 200, and the port takes no new one meanwhile."""
    file, body = tmp_path / "webhooks.db", envelope("under way")
    with Receiver.running(f"sqlite:///{file}") as receiver, ThreadPoolExecutor(1) as threads:
        with locked(file):
            delivery = threads.submit(deliver, receiver, body)
            while not has_begun_a_commit(receiver):
                pass
            receiver.process.terminate()
            while not refuses_connections(receiver):
                pass
            assert not delivery.done()
        assert delivery.result() == [200]
        assert receiver.stop() == 0

    with Receiver.running(f"sqlite:///{file}") as receiver:
        assert [event["id"] for event in read_log(receiver)] == ["under way"]


def test_outage_of_the_database_is_503_and_passes(postgresql: Cluster) -> None:
    """The receiver stays up, says so in `/readyz` alone, and goes on by itself."""
    url = postgresql.create_database()
    body = envelope("e1")
    with (
        Receiver.running(url) as receiver,
        psycopg.connect(postgresql.url(), autocommit=True) as administrator,
        httpx2.Client(base_url=receiver.url) as client,
    ):
        name = make_url(url).database
        administrator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        down = [
            client.post(WEBHOOKS, content=body, headers=signature(body)).status_code,
            client.get("/events", headers=AUTHORIZED).status_code,
            client.get("/readyz").status_code,
            client.get("/healthz").status_code,
        ]
        administrator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        up = [
            client.post(WEBHOOKS, content=body, headers=signature(body)).status_code,
            client.get("/readyz").status_code,
        ]
        stored = [event["id"] for event in read_log(receiver)]

    assert down == [503, 503, 503, 200]
    assert (up, stored) == ([200, 200], ["e1"])


@pytest.mark.parametrize(
    ("forwarded_allow_ips", "scheme"),
    [("none", "http"), ("127.0.0.1", "https"), ("10.0.0.1", "http")],
)
def test_next_follows_a_proxy_only_if_it_is_trusted(
    tmp_path: Path, forwarded_allow_ips: str, scheme: str
) -> None:
    url = f"sqlite:///{tmp_path / 'webhooks.db'}"
    with Receiver.running(url, FORWARDED_ALLOW_IPS=forwarded_allow_ips) as receiver:
        deliver(receiver, envelope("e1"), envelope("e2"))
        forwarded = {"Host": "hooks.example.com", "X-Forwarded-Proto": "https"}
        answer = httpx2.get(
            f"{receiver.url}/events/?page_size=1", headers=AUTHORIZED | forwarded
        ).json()

    first = answer["results"][0]["arrival"]
    assert answer["next"] == f"{scheme}://hooks.example.com/events/?after={first}&page_size=1"


def test_body_without_end_costs_no_memory(tmp_path: Path) -> None:
    """100 MB are offered to a receiver that takes 64 KB."""
    url = f"sqlite:///{tmp_path / 'webhooks.db'}"
    header = signature(b"")["Ordergroove-Signature"]
    head = (
        f"POST {WEBHOOKS} HTTP/1.1\r\nHost: x\r\nContent-Length: {10**8}\r\n"
        f"Ordergroove-Signature: {header}\r\n\r\n"
    )
    with Receiver.running(url, MAX_BODY_BYTES="65536") as receiver:
        deliver(receiver, envelope("warm"))
        before = peak_memory(receiver)
        for _ in range(5):
            host, port = receiver.url.removeprefix("http://").split(":")
            with socket.create_connection((host, int(port))) as connection:
                connection.sendall(head.encode())
                try:
                    for _ in range(100):
                        connection.sendall(b"x" * 10**6)
                except OSError:
                    pass
        after = peak_memory(receiver)

    outcomes = [line.get("outcome") for line in receiver.log if "outcome" in line]
    assert outcomes == ["stored"] + ["body_too_large"] * 5
    assert after - before < 20 * 1024


def peak_memory(receiver: Receiver) -> int:
    """The most memory the process ever held, in KB."""
    status = Path(f"/proc/{receiver.process.pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1])


def test_unreachable_database_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    """Its own words, and what to check; never the password."""
    url = f"postgresql://og:secret-password@/webhooks?host={tmp_path}"

    process = launch(environment_of(url), stderr=subprocess.PIPE)
    printed = process.communicate()[1]

    lines = printed.splitlines()
    assert (process.returncode, len(lines)) == (1, 2)
    assert lines[0].startswith("The database at DATABASE_URL cannot be used: OperationalError: ")
    assert "secret-password" not in printed


def test_port_in_use_ends_the_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = launch(environment_of(tmp_path / "webhooks.db", PORT=port))
        log, _ = process.communicate()

    assert process.returncode != 0
    assert log.count("address already in use") == 1
