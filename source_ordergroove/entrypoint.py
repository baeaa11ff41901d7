"""The commands, as the CDK runs them, but for how records leave."""

import gc
import logging
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.exception_handler import init_uncaught_exception_handler
from airbyte_cdk.models import AirbyteMessage, ConnectorSpecification
from airbyte_cdk.sources.connector_state_manager import HashableStreamDescriptor

from source_ordergroove.diagnosis import doctor
from source_ordergroove.pipeline.messages import LOG, Rows
from source_ordergroove.source import SourceOrdergroove

#: Objects between two looks for garbage. Rows hold no circles: they are gone when they are written.
COLLECT_AFTER = 10_000


def main(args: Sequence[str]) -> None:
    """Run the command that *args* name."""
    if args[:1] == ["doctor"]:
        sys.exit(examine(args[1:]))
    init_uncaught_exception_handler(LOG)
    config_path = Entrypoint.extract_config(list(args))
    config = SourceOrdergroove.read_config(config_path) if config_path else None
    with closing(SourceOrdergroove(config=config, whole_pages=True)) as source:
        # What start-up made stays: to look through it takes 0.1 s, in which no thread reads.
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER)
        gc.enable()
        write(Entrypoint(source, sys.stdout.write).run(Entrypoint.parse_args(list(args))))


class Entrypoint(AirbyteEntrypoint):
    """The CDK's entrypoint, which writes a page's records as one text.

    Why not the CDK's alone: it counts, converts and serialises every record by itself, a quarter of
    a sync's CPU. Here records go to *write* in whole lines, the same that the CDK makes of them,
    and all other messages leave `run` after the records before them. A page counts as one message
    for the CDK's look at the memory, every 5,000: a sync grows by less than 30 MB between two.
    """

    def __init__(self, source: SourceOrdergroove, write: Callable[[str], object]) -> None:
        """Take a source that passes whole pages on."""
        super().__init__(source)
        self._write = write

    def read(
        self,
        source_spec: ConnectorSpecification,
        config: Mapping[str, Any],
        catalog: Any,
        state: list[Any],
    ) -> Iterable[AirbyteMessage]:
        """Write the records; yield all other messages."""
        for message in super().read(source_spec, config, catalog, state):
            if isinstance(message, Rows):
                self._write(self._lines(message))
            else:
                yield message

    def _lines(self, rows: Rows) -> str:
        try:
            return rows.lines()
        except TypeError:
            # The CDK has a second serialiser for what the first one cannot write.
            return "".join(f"{self.airbyte_message_to_string(message)}\n" for message in rows)

    @staticmethod
    def handle_record_counts(
        message: AirbyteMessage,
        stream_message_count: defaultdict[HashableStreamDescriptor, float],
    ) -> AirbyteMessage:
        """Count a page's records for the state that comes after them."""
        if not isinstance(message, Rows):
            return AirbyteEntrypoint.handle_record_counts(message, stream_message_count)
        stream_message_count[HashableStreamDescriptor(name=message.stream)] += len(message.rows)
        return message


def write(lines: Iterable[str]) -> None:
    """Write messages to stdout, all but records at once.

    Why not the CDK's `launch`: it writes every line twice under a lock. Whatever is not a record (a
    state above all) goes out with all records before it.
    """
    out = sys.stdout
    for line in lines:
        out.write(line + "\n")
        if not line.startswith('{"type":"RECORD"'):
            out.flush()
    out.flush()


def examine(args: Sequence[str]) -> int:
    """Run `doctor`; return its exit code."""
    options = doctor.parse(args)
    # What goes wrong stands in the report; the CDK logs to stdout.
    logging.disable()
    config = SourceOrdergroove.read_config(options.config)
    endpoints, answers = SourceOrdergroove(config=config).probe(LOG, config)
    report = doctor.Report(endpoints, answers, doctor.state_sizes(options.state))
    return doctor.show(report, as_json=options.json)
