"""Asking every endpoint for one row."""

from collections.abc import Iterable
from dataclasses import dataclass

from airbyte_cdk.models import AirbyteMessage, Type
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove.pipeline import messages
from source_ordergroove.walk import Leg, LegAbsent, LegDone, LegFailed, Opening, Page, Walk


@dataclass(frozen=True, slots=True)
class Answer:
    """What one endpoint answered.

    *rows* is what the one-row page held, *count* the vendor's total where its envelope has one,
    *seconds* the round trip, *clock* how many seconds the vendor's clock is ahead of ours (whole
    seconds, cut off). With an *error* the rest is unknown.
    """

    stream: str
    rows: int = 0
    count: int | None = None
    seconds: float | None = None
    clock: float | None = None
    error: AirbyteTracedException | None = None


def probe(walks: Iterable[AirbyteMessage]) -> dict[str, Answer]:
    """Let each walk read one row; return the answers by walked stream.

    A stream without an answer is one whose walk ended before it could ask.
    """
    answers: dict[str, Answer] = {}
    try:
        for message in walks:
            if message.type == Type.RECORD and message.record:
                data = message.record.data
                _on(message.record.stream, data["walk"], data["event"], answers)
    except AirbyteTracedException as error:
        messages.LOG.debug("While checking: %s", error.internal_message)
    return answers


def _on(stream: str, walk: Walk, event: object, answers: dict[str, Answer]) -> None:
    match event:
        case Opening():
            walk.read(Leg("probe", params={"page_size": "1"}, max_pages=1, isolated=True))
        case Page():
            clock = event.vendor_time and event.vendor_time - (event.sent + event.elapsed)
            answers[stream] = Answer(stream, len(event.rows), event.count, event.elapsed, clock)
            walk.taken()
        case LegFailed(_, error):
            answers[stream] = Answer(stream, error=error)
            walk.finish()
        case LegDone() | LegAbsent():
            walk.finish()
