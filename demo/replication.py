"""The syncs: PyAirbyte runs the connector's own command and loads what it emits into DuckDB."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from airbyte import get_source
from airbyte.caches import DuckDBCache
from airbyte.progress import ProgressTracker
from airbyte.sources import base

from demo.errors import DemoError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from airbyte_protocol.models import AirbyteMessage

    from demo.board import Board

CONNECTOR = "source-ordergroove"


class Replication:
    """A connection from the merchant to a DuckDB file; PyAirbyte keeps its state in that file."""

    def __init__(self, database: Path, config: dict[str, str], temporary: Path) -> None:
        """Take the file to fill, the connector's settings and a folder for what may go."""
        executable = Path(sys.executable).with_name(CONNECTOR)
        if not executable.exists():
            raise DemoError(f"{executable} is missing. `make setup` installs it.")
        self._source = get_source(
            CONNECTOR, config, local_executable=executable, install_if_missing=False
        )
        self._database = database
        self._temporary = temporary
        self._complaints = _Complaints()
        for name in ("airbyte", f"airbyte.{CONNECTOR}"):
            logger = logging.getLogger(name)
            logger.addHandler(logging.StreamHandler())
            logger.addHandler(self._complaints)

    def check(self) -> None:
        """Ask the connector whether the settings work."""
        with self._explained():
            self._source.check()

    def discover(self) -> list[str]:
        """Return the streams that the connector offers."""
        with self._explained():
            return list(self._source.get_available_streams())

    def sync(self, board: Board) -> None:
        """Read all streams from where the last sync ended, and show it on *board*.

        PyAirbyte offers no way to bring a view of its progress along, and its own takes the whole
        screen; so its tracker is replaced while it reads.
        """
        self._source.select_all_streams()
        tracker = partial(_Tracker, board)
        with (
            self._explained(),
            # Closed after each sync: DuckDB lets go of the file, and the next one finds its state.
            DuckDBCache(db_path=self._database, cache_dir=self._temporary) as cache,
            patch.object(base, "ProgressTracker", tracker),
        ):
            # The settings were validated by `check`.
            self._source.read(cache, skip_validation=True)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say what the connector complained of: PyAirbyte's errors name only the exit code."""
        try:
            yield
        except Exception as error:
            reason = self._complaints.last or getattr(error, "context", {}).get("failure_reason")
            if reason:
                raise DemoError(reason) from error
            raise


class _Complaints(logging.Handler):
    """Remembers the last error that the connector logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.getMessage()


class _Tracker(ProgressTracker):
    """PyAirbyte's account of a sync, passed on to a board."""

    def __init__(self, board: Board, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._board = board

    def tally_records_read(
        self, messages: Iterable[AirbyteMessage], **options: Any
    ) -> Generator[AirbyteMessage, Any, None]:
        for message in super().tally_records_read(messages, **options):
            if message.record:
                self._board.read(message.record.stream)
            yield message

    def log_stream_finalized(self, stream_name: str) -> None:
        super().log_stream_finalized(stream_name)
        self._board.stored(stream_name)
