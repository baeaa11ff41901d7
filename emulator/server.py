"""The emulator on a socket: in this process for a test, or in one of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from emulator.app import TRANSPORT, create_app
from emulator.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.clock import Clock
    from emulator.settings import Settings
    from emulator.world import World


class Protocol(HttpToolsProtocol):
    """Uvicorn's protocol that also shows the application its connection."""

    def on_message_begin(self) -> None:
        """Start a request with the transport among the scope's extensions."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: {"transport": self.transport}}


def bound_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 picks a free one, so that starts never collide."""
    return socket.create_server((host, port), backlog=256)


def make_server(stage: Stage) -> uvicorn.Server:
    """Return a server of *stage*; it is silent, and `Date` is the world's."""
    config = uvicorn.Config(
        create_app(stage),
        http=Protocol,
        loop="uvloop",
        date_header=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        lifespan="off",
        timeout_keep_alive=120,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


@dataclass(frozen=True)
class Running:
    """An emulator in this process; change its `world` between requests only."""

    url: str
    stage: Stage

    @property
    def api_key(self) -> str:
        """The key with bulk permission."""
        return self.stage.settings.api_key

    @property
    def world(self) -> World:
        """The merchant as it is now."""
        return self.stage.world


@contextmanager
def running(
    *,
    seed: int = 7,
    size: str = "small",
    settings: Settings | None = None,
    clock: Clock | None = None,
) -> Iterator[Running]:
    """Serve an emulator from a thread while the block runs, on a port of its own."""
    stage = Stage(seed=seed, size=size, settings=settings, clock=clock)
    listener = bound_socket("127.0.0.1", 0)
    server = make_server(stage)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        # The socket already listens: a request sent now waits for the server, so nothing polls.
        yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", stage)
    finally:
        server.should_exit = True
        thread.join()


@dataclass(frozen=True)
class Spawned:
    """An emulator in a process of its own, to be steered through `/_emulator/`."""

    url: str
    api_key: str
    process: subprocess.Popen[str]


@contextmanager
def spawned(*, seed: int = 7, size: str = "small") -> Iterator[Spawned]:
    """Run `python -m emulator` while the block runs."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--seed", str(seed), "--size", size]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield Spawned(**json.loads(line), process=process)
        finally:
            process.terminate()
