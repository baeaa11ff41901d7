"""The Airbyte messages that the pipeline writes."""

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from airbyte_cdk.models import (
    AirbyteEstimateTraceMessage,
    AirbyteMessage,
    AirbyteRecordMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    AirbyteStreamStatus,
    AirbyteTraceMessage,
    EstimateType,
    StreamDescriptor,
    TraceType,
    Type,
)
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

#: The logger whose lines the CDK turns into LOG messages.
LOG = logging.getLogger("airbyte")


@dataclass(kw_only=True)
class Rows(AirbyteMessage):
    """The RECORDs of several rows as one message: a page's cost less so than one by one.

    Who passes messages on to others takes them apart with `singly`; the console script writes
    `lines`. *emitted_at* in Unix milliseconds.
    """

    stream: str
    rows: list[dict[str, Any]]
    emitted_at: int
    type: Type = Type.RECORD

    def __iter__(self) -> Iterator[AirbyteMessage]:
        """Yield a RECORD a row."""
        for row in self.rows:
            yield record(self.stream, row, self.emitted_at)

    def lines(self) -> str:
        """Return the lines that the CDK would write; it leaves a row's nulls out.

        Raises TypeError for what orjson cannot write (more than 254 levels, say).
        """
        head = b'{"type":"RECORD","record":{"stream":%b,"data":' % orjson.dumps(self.stream)
        tail = b',"emitted_at":%d}}\n' % self.emitted_at
        return b"".join(
            b"%b%b%b" % (head, orjson.dumps({k: v for k, v in row.items() if v is not None}), tail)
            for row in self.rows
        ).decode()


def singly(messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
    """Yield *messages* with each `Rows` taken apart."""
    for message in messages:
        if isinstance(message, Rows):
            yield from message
        else:
            yield message


def record(stream: str, row: dict[str, Any], emitted_at: int) -> AirbyteMessage:
    """Return a RECORD; *emitted_at* in Unix milliseconds."""
    return AirbyteMessage(
        type=Type.RECORD,
        record=AirbyteRecordMessage(stream=stream, data=row, emitted_at=emitted_at),
    )


def state(stream: str, blob: dict[str, Any]) -> AirbyteMessage:
    """Return a STATE of one stream."""
    return AirbyteMessage(
        type=Type.STATE,
        state=AirbyteStateMessage(
            type=AirbyteStateType.STREAM,
            stream=AirbyteStreamState(
                stream_descriptor=StreamDescriptor(name=stream),
                stream_state=AirbyteStateBlob(**blob),
            ),
        ),
    )


def status(stream: str, value: AirbyteStreamStatus) -> AirbyteMessage:
    """Return the TRACE that tells a stream's status."""
    return as_airbyte_message(StreamDescriptor(name=stream), value)


def estimate(stream: str, rows: int) -> AirbyteMessage:
    """Return the TRACE that tells how many rows a stream will have, about."""
    return AirbyteMessage(
        type=Type.TRACE,
        trace=AirbyteTraceMessage(
            type=TraceType.ESTIMATE,
            emitted_at=time.time() * 1000,
            estimate=AirbyteEstimateTraceMessage(
                name=stream, type=EstimateType.STREAM, row_estimate=rows
            ),
        ),
    )


def failure(stream: str, error: AirbyteTracedException) -> AirbyteMessage:
    """Return the TRACE that tells why a stream failed."""
    return error.as_sanitized_airbyte_message(stream_descriptor=StreamDescriptor(name=stream))
