"""The connector's commands, in this process or in one of their own."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import orjson
from airbyte_cdk.exception_handler import assemble_uncaught_exception
from airbyte_cdk.logger import AirbyteLogFormatter
from airbyte_cdk.models import AirbyteMessageSerializer
from airbyte_cdk.sources.declarative import concurrent_declarative_source

from integration_tests.harness.output import Output
from source_ordergroove.entrypoint import Entrypoint
from source_ordergroove.source import SourceOrdergroove

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

Stop = Callable[[int, str], bool]
"""Takes a message's number, from 1, and its line."""

EXECUTABLE = str(Path(sys.executable).with_name("source-ordergroove"))
"""The console script of the environment that runs the tests."""


class _LogLines(logging.Handler):
    """Writes log entries among the messages, where stdout would have them."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(AirbyteLogFormatter())
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


class _NobodyListensError(Exception):
    """The one who reads the messages is gone."""


class _Ear:
    """Hears the connector's lines until *stop* says so."""

    def __init__(self, lines: list[str], stop: Stop | None) -> None:
        self.until: int | None = None
        self._lines = lines
        self._stop = stop
        self._numbers = count(1)

    def line(self, line: str) -> None:
        self._lines.append(line)
        if self._stop and self._stop(next(self._numbers), line):
            self.until = len(self._lines)
            raise _NobodyListensError

    def page(self, text: str) -> None:
        for line in text.removesuffix("\n").split("\n"):
            self.line(line)


def run(command: str, *, stop: Stop | None = None, **files: Any) -> Output:
    """Run a command in this process; *files* (config, catalog, state) are its arguments.

    With *stop* nobody listens any more after the message it says yes to, as if the process had
    died: what would have been written later is lost. A failure gives exit code 1 and the trace
    that the console script would print.
    """
    lines: list[str] = []
    heard = _Ear(lines, stop)
    logger, handler = logging.getLogger("airbyte"), _LogLines(lines)
    logger.addHandler(handler)
    with _manifest_checked_once():
        source = SourceOrdergroove(config=files.get("config"), whole_pages=True)
    try:
        with _arguments(command, files) as arguments:
            messages = iter(Entrypoint(source, heard.page).run(Entrypoint.parse_args(arguments)))
            try:
                for line in messages:
                    heard.line(line)
            except _NobodyListensError:
                _hang_up(source, messages)
                return Output(lines[: heard.until], None)
    except Exception as error:  # noqa: BLE001 - the console script turns any error into a trace
        trace = assemble_uncaught_exception(type(error), error).as_airbyte_message()
        lines.append(orjson.dumps(AirbyteMessageSerializer.dump(trace)).decode())
        return Output(lines, 1)
    finally:
        source.close()
        logger.removeHandler(handler)
    return Output(lines, 0)


def run_in_process_of_its_own(
    command: str, *, kill_after: int | None = None, **files: Any
) -> Output:
    """Run the console script; with *kill_after* it gets a SIGKILL after so many lines.

    Lines that were in the pipe by then count as written, a half one at the end does not.
    """
    with (
        _arguments(command, files) as arguments,
        subprocess.Popen(
            [EXECUTABLE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process,
    ):
        stdout = process.stdout
        assert stdout is not None
        lines = list(islice(stdout, kill_after))
        if kill_after is not None:
            process.kill()
            lines += stdout
    whole = [line for line in lines if line.endswith("\n")]
    return Output(whole, process.returncode if process.returncode >= 0 else None)


@contextmanager
def _manifest_checked_once() -> Iterator[None]:
    """Keep the CDK from validating one manifest hundreds of times: two thirds of a small sync."""
    with (
        patch.object(concurrent_declarative_source, "validate_manifest", _validate_first),
        patch.object(
            concurrent_declarative_source, "get_declarative_component_schema", _component_schema
        ),
    ):
        yield


_component_schema = cache(concurrent_declarative_source.get_declarative_component_schema)
_validate = concurrent_declarative_source.validate_manifest


@cache
def _validated() -> list[Json]:
    return []


def _validate_first(manifest: Json, schema: Json) -> None:
    if not _validated():
        _validate(manifest, schema)
        _validated().append(manifest)


def _hang_up(source: SourceOrdergroove, messages: Iterator[str]) -> None:
    source.close()
    # The entry point's generator yields what is queued even while it is closed.
    with suppress(RuntimeError):
        messages.close()  # type: ignore[attr-defined] # it is a generator


@cache
def streams(deletion_mode: str = "soft") -> dict[str, Json]:
    """Return what `discover` says of each stream, by its name."""
    config = {"api_key": "a-key-that-discover-does-not-use", "deletion_mode": deletion_mode}
    output = run("discover", config=config)
    assert output.exit_code == 0, output.lines[-1]
    (catalog,) = output.of("CATALOG")
    return {stream["name"]: stream for stream in catalog["streams"]}


@contextmanager
def _arguments(command: str, files: Json) -> Iterator[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        arguments = [command]
        for name, content in files.items():
            path = Path(folder, f"{name}.json")
            path.write_text(json.dumps(content, default=float))
            arguments += [f"--{name}", str(path)]
        yield arguments
