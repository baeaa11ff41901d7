"""What a command of the connector wrote."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from airbyte_cdk.models import AirbyteMessageSerializer

Message = dict[str, Any]
"""A line of the Airbyte protocol; its numbers with a fraction are Decimals, to the last digit."""


@dataclass(frozen=True)
class Output:
    """The lines in their order, and the exit code (None for a process that was killed)."""

    lines: list[str]
    exit_code: int | None

    @cached_property
    def messages(self) -> list[Message]:
        """The lines as JSON; raises for one that is none."""
        return [json.loads(line, parse_float=Decimal) for line in self.lines]

    def assert_is_protocol(self, every: int = 1) -> None:
        """Raise unless the CDK's own model of the protocol takes the lines (*every* n-th)."""
        for line in self.lines[::every]:
            AirbyteMessageSerializer.load(json.loads(line))

    def of(self, kind: str) -> list[Message]:
        """Return what messages of a type (`RECORD`, say) hold."""
        body = {"CATALOG": "catalog", "CONNECTION_STATUS": "connectionStatus"}
        name = body.get(kind, kind.lower())
        return [message[name] for message in self.messages if message["type"] == kind]

    def records(self, stream: str) -> list[Message]:
        """Return the records of a stream."""
        return [record["data"] for record in self.of("RECORD") if record["stream"] == stream]

    @cached_property
    def tombstones(self) -> list[tuple[str, Message]]:
        """All records that say a row is gone, each with its stream."""
        return [(r["stream"], r["data"]) for r in self.of("RECORD") if r["data"]["_og_deleted"]]

    def warnings(self, *about: str) -> list[str]:
        """Return the log's warnings that contain all of some texts."""
        return self._logged({"WARN"}, about)

    def log(self, *about: str) -> list[str]:
        """Return the log's lines that contain all of some texts."""
        return self._logged({"INFO", "WARN", "ERROR", "FATAL"}, about)

    def _logged(self, levels: set[str], about: tuple[str, ...]) -> list[str]:
        return [
            log["message"]
            for log in self.of("LOG")
            if log["level"] in levels and all(text in log["message"] for text in about)
        ]

    @cached_property
    def statuses(self) -> dict[str, str]:
        """The last status of each stream."""
        return {
            trace["stream_status"]["stream_descriptor"]["name"]: trace["stream_status"]["status"]
            for trace in self.of("TRACE")
            if trace["type"] == "STREAM_STATUS"
        }

    def failures(self, stream: str) -> list[tuple[str, str]]:
        """Return type and message of each error trace about a stream."""
        return [
            (error["failure_type"], error["message"])
            for error in (t["error"] for t in self.of("TRACE") if t["type"] == "ERROR")
            if (error.get("stream_descriptor") or {}).get("name") == stream
        ]
