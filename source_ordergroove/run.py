"""The console script `source-ordergroove`."""

import sys
from contextlib import closing

from airbyte_cdk.entrypoint import AirbyteEntrypoint, launch
from airbyte_cdk.exception_handler import init_uncaught_exception_handler

from source_ordergroove.pipeline.messages import LOG
from source_ordergroove.source import SourceOrdergroove


def run() -> None:
    """Run one command of the Airbyte protocol: spec, check, discover or read."""
    init_uncaught_exception_handler(LOG)
    args = sys.argv[1:]
    config_path = AirbyteEntrypoint.extract_config(args)
    config = SourceOrdergroove.read_config(config_path) if config_path else None
    with closing(SourceOrdergroove(config=config)) as source:
        launch(source, args)
