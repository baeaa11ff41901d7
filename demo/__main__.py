"""`python -m demo`: two syncs from an emulated merchant into `demo.duckdb`, and a report."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from demo.errors import DemoError
from demo.run import Demo
from demo.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERRUPTED = 130


def main() -> int:
    """Run the demonstration; return the exit code."""
    options = _parser().parse_args()
    folder: Path = options.folder.resolve()
    screen, log = Screen(), folder / "demo.log"
    with _others_write_to(log), tempfile.TemporaryDirectory() as temporary:
        _quieten_pyairbyte(temporary)
        try:
            Demo(folder, Path(temporary), screen).run(options.emulator)
        except KeyboardInterrupt:
            screen.failed("It was interrupted.", log)
            return INTERRUPTED
        except Exception as error:  # noqa: BLE001 whatever it is, the person is told where to look
            traceback.print_exc()
            expected = isinstance(error, DemoError)
            screen.failed(str(error) if expected else f"{type(error).__name__}: {error}", log)
            return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="demo", description=(__doc__ or "").split(": ", 1)[1])
    parser.add_argument(
        "--folder", type=Path, default=Path(), help="where database, report and log go"
    )
    parser.add_argument(
        "--emulator", metavar="URL", help="use this one, which already runs, and change its world"
    )
    return parser


@contextmanager
def _others_write_to(log: Path) -> Iterator[None]:
    """Send to *log* what libraries print and what child processes write to stderr."""
    log.parent.mkdir(parents=True, exist_ok=True)
    terminal = os.dup(2)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 2)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        os.close(terminal)


def _quieten_pyairbyte(logs: str) -> None:
    """Set what PyAirbyte reads when it is imported: nothing leaves the machine or the folder."""
    os.environ |= {
        "AIRBYTE_LOGGING_ROOT": logs,
        "AIRBYTE_OFFLINE_MODE": "1",
        "DO_NOT_TRACK": "1",
        "NO_LIVE_PROGRESS": "1",
    }


if __name__ == "__main__":
    sys.exit(main())
