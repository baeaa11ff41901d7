"""The emulator in a process of its own, filled and read through its control API."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psutil  # type: ignore[import-not-found, import-untyped, unused-ignore] # by `make bench`
import requests

PYTHON = Path(".venv/bin/python")


@dataclass(frozen=True)
class Served:
    """What the emulator saw of one run; times in seconds.

    *window* reaches from the first request's start to the last one's end, *cpu* is what the
    emulator itself used, *service* the median time of an answer without the ordered latency.
    """

    requests: int
    window: float
    cpu: float
    service: float
    in_flight: int


class Vendor:
    """One running emulator."""

    def __init__(self, url: str, api_key: str, pid: int) -> None:
        """Take what the emulator said when it started."""
        self.url = url
        self.api_key = api_key
        self._process = psutil.Process(pid)
        self._latency = 0.0
        self._cpu = 0.0

    def ask(self, method: str, call: str, body: Any = None) -> Any:
        """Make one call of the control API."""
        answer = requests.request(method, f"{self.url}/_emulator/{call}", json=body, timeout=600)
        answer.raise_for_status()
        return answer.json()

    def fill(self, rows: Mapping[str, int]) -> None:
        """Add so many rows alike to each table."""
        for stream, count in rows.items():
            self.ask("POST", "bulk", {"stream": stream, "count": count})

    def begin(self, latency: float) -> None:
        """Answer after *latency* seconds from now on, and count from nothing."""
        self._latency = latency
        self.ask("PUT", "latency", {"seconds": latency})
        self.ask("DELETE", "requests")
        self._cpu = self._used()

    def seen(self) -> Served:
        """Return what was served since `begin`."""
        cpu = self._used() - self._cpu
        log = self.ask("GET", "requests")
        if not log:
            return Served(0, 0.0, cpu, 0.0, 0)
        times = sorted(entry["ended"] - entry["started"] for entry in log)
        return Served(
            requests=len(log),
            window=max(entry["ended"] for entry in log) - log[0]["started"],
            cpu=cpu,
            service=times[len(times) // 2] - self._latency,
            in_flight=max(entry["in_flight_total"] for entry in log),
        )

    def _used(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def vendor(size: str = "empty") -> Iterator[Vendor]:
    """Run an emulator while the block runs."""
    command = [str(PYTHON), "-m", "emulator", "--seed", "7", "--size", size]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout  # noqa: S101 it is a pipe
            yield Vendor(**orjson.loads(process.stdout.readline()), pid=process.pid)
        finally:
            process.terminate()
