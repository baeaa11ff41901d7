"""The receiver as its user runs it: a process of its own, real sockets, real signals."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx2

from unit_tests.webhook_receiver.builders import AUTHORIZED, environment, signature

REPOSITORY = Path(__file__).parents[2]
WEBHOOKS = "/webhooks/ordergroove"


class Receiver:
    """One running process; `log` holds the lines it has printed so far."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.log: list[dict[str, Any]] = []
        self.url = ""
        # Without a reader the pipe fills up and the receiver stands still in its next log line.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._listening = threading.Event()
        self._reader.start()
        self._listening.wait()

    @classmethod
    @contextmanager
    def running(cls, database_url: str, **more: str) -> Iterator[Self]:
        """Start a receiver over *database_url* on a free port, and kill it at the end."""
        receiver = cls(launch(environment(database_url, **more)))
        try:
            yield receiver
        finally:
            receiver.kill()

    def kill(self) -> None:
        """End it without warning, as a crash would."""
        self.process.kill()
        self._end()

    def stop(self) -> int:
        """Ask it to stop, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self._end()

    def _end(self) -> int:
        self._reader.join()
        return self.process.wait()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for text in lines:
                line = json.loads(text)
                self.log.append(line)
                if line["message"] == "listening":
                    self.url = line["url"]
                    self._listening.set()
        # Also when it ended without listening: the test then fails by its log instead of hanging.
        self._listening.set()


def launch(variables: Mapping[str, str], *, stderr: int | None = None) -> "subprocess.Popen[str]":
    """Start `python -m webhook_receiver` with *variables* as all its settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "webhook_receiver"],
        cwd=REPOSITORY,
        env=kept | dict(variables),
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def deliver(receiver: Receiver, *bodies: bytes) -> list[int]:
    """Send signed webhooks one after the other and return their statuses."""
    with httpx2.Client(base_url=receiver.url) as client:
        return [
            client.post(WEBHOOKS, content=body, headers=signature(body)).status_code
            for body in bodies
        ]


def read_log(receiver: Receiver, after: int = 0, page_size: int = 1000) -> list[dict[str, Any]]:
    """Return every event above *after*, following `next` as the connector does."""
    found: list[dict[str, Any]] = []
    following = f"{receiver.url}/events/?after={after}&page_size={page_size}"
    with httpx2.Client(headers=AUTHORIZED) as client:
        while following:
            page = client.get(following).raise_for_status().json()
            found += page["results"]
            following = page["next"]
    return found
