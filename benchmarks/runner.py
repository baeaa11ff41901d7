"""Runs one peer in a process of its own and measures it."""

import mmap
import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil  # type: ignore[import-not-found, import-untyped, unused-ignore] # by `make bench`

from benchmarks.output import count_rows
from benchmarks.peers.job import Job

#: Seconds between two looks at the memory of a peer's processes.
LOOK_EVERY = 0.1
#: Where memory serves as a disk, so that no peer waits for one.
SCRATCH = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 files of this run only
#: The peers that live with the connector; the others have an environment of their own.
OURS = {"connector", "stock_manifest", "pyairbyte"}
QUIET = {"DO_NOT_TRACK": "1", "AIRBYTE_OFFLINE_MODE": "1", "AIRBYTE_NO_UPDATE_CHECK": "1"}


@dataclass(frozen=True)
class Used:
    """What a peer used, its children included: seconds, MB at the peak, rows delivered."""

    wall: float
    cpu: float
    memory: float
    rows: int


class PeerError(RuntimeError):
    """A peer did not end well."""


def run(peer: str, job: Job, output: Path | None = None) -> Used:
    """Run *peer* over *job*; its stdout goes to *output* if that is given."""
    venv = ".venv" if peer in OURS else ".venv-bench"
    command = [f"{venv}/bin/python", "-m", f"benchmarks.peers.{peer}", job.to_json()]
    with (
        output.open("wb+") if output else tempfile.TemporaryFile(dir=SCRATCH) as out,
        tempfile.TemporaryFile() as errors,
    ):
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=errors, env=_environment())
        peak: list[float] = [0.0]
        watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        watcher.join()
        if process.returncode:
            errors.seek(0)
            words = errors.read()[-2000:].decode(errors="replace")
            raise PeerError(f"{peer} ended with {process.returncode}: {words}")
        # Not `ru_maxrss`: a child starts with its parent's, and ours has read other peers' output.
        return Used(wall, usage.ru_utime + usage.ru_stime, peak[0], _rows(out))


def _environment() -> dict[str, str]:
    """Return this process's environment without what a shell may say of how Python runs."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | QUIET


def _watch(pid: int, peak: list[float]) -> None:
    """Note the largest sum of the memory of a process and its children until it ends, in MB."""
    try:
        process = psutil.Process(pid)
        while process.status() != psutil.STATUS_ZOMBIE:
            family = [process, *process.children(recursive=True)]
            peak[0] = max(peak[0], sum(each.memory_info().rss for each in family) / 2**20)
            time.sleep(LOOK_EVERY)
    except psutil.Error:
        return


def _rows(out: IO[bytes]) -> int:
    size = out.seek(0, os.SEEK_END)
    if not size:
        return 0
    with mmap.mmap(out.fileno(), size, access=mmap.ACCESS_READ) as text:
        return count_rows(text)
