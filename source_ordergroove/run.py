"""The console script `source-ordergroove`."""

import gc
import sys


def run() -> None:
    """Run one command of the Airbyte protocol: spec, check, discover or read; or `doctor`."""
    # Start-up makes over 100,000 objects that stay. To look through them for garbage while they
    # are made takes an eighth of the time that `spec` takes.
    gc.disable()
    from source_ordergroove.entrypoint import main  # noqa: PLC0415 importing is most of the start

    main(sys.argv[1:])
