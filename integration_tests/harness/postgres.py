"""A real PostgreSQL for tests: an own cluster from Debian's packages, gone at the end.

For a look by hand: `python -m integration_tests.harness.postgres` starts one, prints its
`DATABASE_URL`, and stops it when its input ends.
"""

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg

_PACKAGE = "postgresql"
_BINARIES = Path("/usr/lib/postgresql")
_HOW_TO_INSTALL = (
    f"Install PostgreSQL's server: sudo apt-get install --no-install-recommends {_PACKAGE}"
)


@dataclass(frozen=True)
class Cluster:
    """A running server, reached through a socket file in its own folder: no port to collide on."""

    folder: Path
    user: str

    def url(self, database: str = "postgres") -> str:
        """Return the `DATABASE_URL` of *database*."""
        return f"postgresql://{self.user}@/{database}?host={self.folder}"

    def create_database(self) -> str:
        """Create an empty database and return its `DATABASE_URL`."""
        name = f"test_{uuid4().hex}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            # FILE_COPY: the default writes every page of the template to the log first.
            connection.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
        return self.url(name)


@contextmanager
def running(*, durable: bool = True) -> Iterator[Cluster]:
    """Start a cluster and stop it at the end.

    With *durable* off the server skips flushes to the disk. That is safe against everything but a
    crash of the machine, so tests that kill processes may use it; measurements may not.

    Raises:
        RuntimeError: PostgreSQL is not there and this user may not install it.

    """
    binaries = _binaries()
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    user = "postgres" if os.getuid() == 0 else getpass.getuser()
    # Not pytest's folder: the path of a socket may have 107 bytes, and another user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        shutil.chown(folder, user)
        _run(user, binaries / "initdb", "--pgdata", folder / "data", "--username", user,
             "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")  # fmt: skip
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c max_connections=100"
        )
        if not durable:
            options += " -c fsync=off -c full_page_writes=off"
        control = (user, binaries / "pg_ctl", "--pgdata", folder / "data", "--wait")
        _run(*control, "--log", folder / "log", "--options", options, "start")
        try:
            yield Cluster(folder, user)
        finally:
            _run(*control, "--mode", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _binaries() -> Path:
    found = _newest()
    if found is None and os.getuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-q"], ["install", "-qy", "--no-install-recommends", _PACKAGE]):
            subprocess.run(["apt-get", *command], check=True, env=environment, stdout=sys.stderr)
        found = _newest()
    if found is None:
        raise RuntimeError(f"No initdb under {_BINARIES}. {_HOW_TO_INSTALL}")
    return found


def _newest() -> Path | None:
    versions = [path.parent for path in _BINARIES.glob("*/bin/initdb")]
    return max(versions, key=lambda path: int(path.parent.name), default=None)


def _run(user: str, *command: str | Path) -> None:
    # The server keeps what it inherits: an open pipe of ours would be waited for until it stops.
    with tempfile.TemporaryFile() as log:
        done = subprocess.run(
            [str(part) for part in command],
            user=user if os.getuid() == 0 else None,
            group=user if os.getuid() == 0 else None,
            extra_groups=[] if os.getuid() == 0 else None,
            cwd="/",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode != 0:
            log.seek(0)
            raise RuntimeError(f"{command[0]} failed:\n{log.read().decode()}")


if __name__ == "__main__":
    with running() as cluster:
        sys.stdout.write(f"{cluster.url()}\n")
        sys.stdout.flush()
        sys.stdin.read()
