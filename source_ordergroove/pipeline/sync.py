"""One pass over the CDK's messages: vendor pages in, Airbyte messages out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStreamStatus,
    AirbyteTraceMessage,
    FailureType,
    StreamDescriptor,
    TraceType,
    Type,
)
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove import errors
from source_ordergroove.pipeline import messages
from source_ordergroove.pipeline.family import Family
from source_ordergroove.walk import Walk


class Sync:
    """Runs the families over the messages of the walks.

    The CDK reads one stream per walk and puts whole pages into its records; this takes them apart
    on the main thread, in the order in which they came. Statuses are passed on for every selected
    stream of the walk's family, states are the families' own.
    """

    def __init__(self, families: Mapping[str, Family], unavailable: Iterable[str] = ()) -> None:
        """Take the families by the stream whose walk feeds them, and streams that nobody reads."""
        self._families = families
        self._unavailable = list(unavailable)
        self._failures: dict[str, AirbyteTracedException] = {}
        self._told: set[str] = set()

    def run(self, source: Iterator[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """Yield the sync's messages; raises at the end if a stream failed."""
        try:
            for name in self._unavailable:
                self._failures[name] = errors.unavailable_stream(name)
                yield messages.failure(name, self._failures[name])
                yield messages.status(name, AirbyteStreamStatus.INCOMPLETE)
            for message in source:
                yield from self._pass_on(message)
        except AirbyteTracedException as error:
            # The CDK ends a sync with failed streams so, in words for developers.
            if not self._failures:
                raise
            messages.LOG.debug("The CDK's last word: %s", error.message)
        finally:
            self._drain(source)
        if self._failures:
            raise errors.failed_streams(self._failures)

    def _drain(self, source: Iterable[AirbyteMessage]) -> None:
        """Let workers end that wait for a main thread which has left; a no-op after the end."""
        for family in self._families.values():
            family.abandon()
        try:
            for message in source:
                if message.record and isinstance(walk := message.record.data.get("walk"), Walk):
                    walk.abandon()
        except AirbyteTracedException as error:
            messages.LOG.debug("While stopping: %s", error.internal_message)

    def _pass_on(self, message: AirbyteMessage) -> Iterator[AirbyteMessage]:
        match message.type:
            case Type.RECORD if message.record:
                data = message.record.data
                family = self._families[message.record.stream]
                walk, event = data["walk"], data["event"]
                # A page's messages as a list: a record handed up through ten generators costs more
                # than the list, and a page that fails half-way emits nothing.
                yield from self._guarded(family, lambda: list(family.on(walk, event)), walk)
            case Type.STATE:
                return
            case Type.TRACE if message.trace:
                yield from self._trace(message, message.trace)
            case _:
                yield message

    def _trace(
        self, message: AirbyteMessage, trace: AirbyteTraceMessage
    ) -> Iterator[AirbyteMessage]:
        if trace.type == TraceType.STREAM_STATUS and trace.stream_status:
            family = self._families[trace.stream_status.stream_descriptor.name]
            yield from self._status(family, trace.stream_status.status)
        elif trace.type == TraceType.ERROR and trace.error and trace.error.stream_descriptor:
            for table in self._families[trace.error.stream_descriptor.name].tables:
                error = replace(
                    trace.error,
                    stream_descriptor=StreamDescriptor(name=table.name),
                    message=filter_secrets(trace.error.message),
                    internal_message=filter_secrets(trace.error.internal_message or ""),
                    stack_trace=filter_secrets(trace.error.stack_trace or ""),
                )
                self._told.add(table.name)
                table.error = AirbyteTracedException(
                    message=error.message,
                    internal_message=error.internal_message,
                    failure_type=error.failure_type or FailureType.system_error,
                )
                yield replace(message, trace=replace(trace, error=error))
        else:
            yield message

    def _status(self, family: Family, status: AirbyteStreamStatus) -> Iterator[AirbyteMessage]:
        if status == AirbyteStreamStatus.COMPLETE:
            yield from self._guarded(family, family.complete)
            yield from self._close(family)
        elif status == AirbyteStreamStatus.INCOMPLETE:
            for table in family.tables:
                table.error = table.error or AirbyteTracedException(
                    internal_message="the walk failed", failure_type=FailureType.transient_error
                )
            yield from self._close(family)
        else:
            for table in family.tables:
                yield messages.status(table.name, status)

    def _close(self, family: Family) -> Iterator[AirbyteMessage]:
        """Say how each stream ended; a failed one gives back the state it came with."""
        family.ended()
        for table in family.tables:
            family.report(table)
            if table.error:
                self._failures.setdefault(table.name, table.error)
                if table.name not in self._told:
                    yield messages.failure(table.name, table.error)
                yield messages.state(table.name, family.fallback(table))
                yield messages.status(table.name, AirbyteStreamStatus.INCOMPLETE)
            else:
                if not table.incremental:
                    yield messages.state(table.name, {"version": 1})
                yield messages.status(table.name, AirbyteStreamStatus.COMPLETE)

    def _guarded(
        self,
        family: Family,
        work: Callable[[], Iterable[AirbyteMessage]],
        walk: Walk | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Do a family's work; what goes wrong in it stops that family and no other."""
        if any(table.error and not family.survives(table) for table in family.tables):
            if walk:
                walk.abandon()
            return
        try:
            yield from work()
        except Exception as error:  # noqa: BLE001 one family's failure must not stop the others
            traced = (
                error
                if isinstance(error, AirbyteTracedException)
                else AirbyteTracedException.from_exception(
                    error,
                    message="The connector could not process what Ordergroove sent. Please report "
                    "it with the log of this sync.",
                )
            )
            messages.LOG.error("%s", traced.internal_message, exc_info=error)
            for table in family.tables:
                table.error = traced
                self._told.add(table.name)
                yield messages.failure(table.name, traced)
            if walk:
                walk.abandon()
            family.abandon()
