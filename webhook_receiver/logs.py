"""Logs as one JSON object a line, for machines to collect.

Bodies, keys, tokens and parameters of statements are never passed to a logger; `extra` holds what
is safe.
"""

import json
import logging
from datetime import UTC, datetime
from typing import TextIO

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "color_message", "taskName"}
"""Attributes every record has (`color_message` is uvicorn's); what is not among them came through
`extra`."""


class JsonFormatter(logging.Formatter):
    """`{"time": .., "level": .., "logger": .., "message": .., <extra>}`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure(stream: TextIO, level: str = "INFO") -> None:
    """Send every logger's lines to *stream*."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Its start and stop lines say less than ours.
    logging.getLogger("uvicorn").setLevel(max(logging.WARNING, root.level))
