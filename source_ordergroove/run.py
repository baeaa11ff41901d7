"""The console script `source-ordergroove`."""

import logging
import sys
from collections.abc import Iterable
from contextlib import closing

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.exception_handler import init_uncaught_exception_handler

from source_ordergroove.diagnosis import doctor
from source_ordergroove.pipeline.messages import LOG
from source_ordergroove.source import SourceOrdergroove


def run() -> None:
    """Run one command of the Airbyte protocol: spec, check, discover or read; or `doctor`."""
    args = sys.argv[1:]
    if args[:1] == ["doctor"]:
        sys.exit(examine(args[1:]))
    init_uncaught_exception_handler(LOG)
    config_path = AirbyteEntrypoint.extract_config(args)
    config = SourceOrdergroove.read_config(config_path) if config_path else None
    with closing(SourceOrdergroove(config=config)) as source:
        write(AirbyteEntrypoint(source).run(AirbyteEntrypoint.parse_args(args)))


def write(lines: Iterable[str]) -> None:
    """Write messages to stdout, records in blocks, all others at once.

    Why not the CDK's `launch`: it writes every record by itself, twice under a lock, which costs a
    tenth of a sync's CPU. Whatever is not a record (a state above all) goes out with all records
    before it.
    """
    out = sys.stdout
    for line in lines:
        out.write(line + "\n")
        if not line.startswith('{"type":"RECORD"'):
            out.flush()
    out.flush()


def examine(args: list[str]) -> int:
    """Run `doctor`; return its exit code."""
    options = doctor.parse(args)
    # What goes wrong stands in the report; the CDK logs to stdout.
    logging.disable()
    config = SourceOrdergroove.read_config(options.config)
    endpoints, answers = SourceOrdergroove(config=config).probe(LOG, config)
    report = doctor.Report(endpoints, answers, doctor.state_sizes(options.state))
    return doctor.show(report, as_json=options.json)
