"""The connector's clock, and waits that cost no time."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING
from unittest.mock import patch

from airbyte_cdk.sources.streams.call_rate import MovingWindowCallRatePolicy

from source_ordergroove.components import page_retriever
from source_ordergroove.pipeline import starting_point
from source_ordergroove.rules.stamps import Stamps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

_sleep = time.sleep


@contextmanager
def connector_clock(now: Callable[[], datetime]) -> Iterator[None]:
    """Let the connector in this process take *now* for the time: of its requests and its stamps.

    Not freezegun: the emulator lives in the same process and has a clock of its own, and timeouts
    and retries must go on as they do.
    """
    requests_clock = SimpleNamespace(time=lambda: now().timestamp(), monotonic=time.monotonic)
    with (
        patch.object(page_retriever, "time", requests_clock),
        patch.object(Stamps.__init__, "__defaults__", (now,)),
        patch.object(starting_point, "utc_now", now),
    ):
        yield


@contextmanager
def without_waiting() -> Iterator[None]:
    """Let back-off and rate limit pass at once; what they wait for is tested elsewhere."""
    with ExitStack() as patches:
        # Not nothing at all: a thread that polls must let the others run.
        patches.enter_context(patch.object(time, "sleep", lambda _seconds: _sleep(0.0001)))
        patches.enter_context(
            patch.object(MovingWindowCallRatePolicy, "try_acquire", lambda *_, **__: None)
        )
        yield
