"""What a peer's stdout says. Pure."""

import re
from mmap import mmap
from typing import Any

import orjson

_RECORD = re.compile(rb'"type":"RECORD"')


def count_rows(text: bytes | mmap) -> int:
    """Return what a peer's output says of its rows (see `peers/job.py`)."""
    last = text[-200:].strip().rpartition(b"\n")[2]
    if last.startswith(b'{"rows":'):
        return int(orjson.loads(last)["rows"])
    return sum(1 for _ in _RECORD.finditer(text))


def states_in(messages: bytes, without: str = "") -> bytes:
    """Return the last state of every stream, as the file that `--state` takes."""
    last: dict[str, Any] = {}
    for line in messages.splitlines():
        if line.startswith(b'{"type":"STATE"'):
            state = orjson.loads(line)["state"]
            last[state["stream"]["stream_descriptor"]["name"]] = {
                "type": state["type"],
                "stream": state["stream"],
            }
    last.pop(without, None)
    return orjson.dumps(list(last.values()))
