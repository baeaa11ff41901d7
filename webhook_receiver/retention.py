"""Deletes old events once an hour while the service runs."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from webhook_receiver.errors import StorageUnavailableError
from webhook_receiver.events import Clock
from webhook_receiver.metrics import Metrics
from webhook_receiver.store import Store

_PERIOD_SECONDS = 3_600

logger = logging.getLogger(__name__)


@asynccontextmanager
async def running(
    store: Store, age: timedelta | None, metrics: Metrics, clock: Clock
) -> AsyncIterator[None]:
    """Prune *store* inside this block, unless *age* is None. Several replicas may do so at once."""
    if age is None:
        yield
        return
    task = asyncio.create_task(_repeat(store, age, metrics, clock))
    try:
        yield
    finally:
        task.cancel()


async def _repeat(store: Store, age: timedelta, metrics: Metrics, clock: Clock) -> None:
    while True:
        try:
            pruned = await asyncio.to_thread(store.prune, clock() - age)
        except StorageUnavailableError as error:
            logger.warning("retention is put off by an hour", extra={"reason": str(error)})
        else:
            metrics.pruned.inc(pruned)
            logger.info("old events pruned", extra={"pruned": pruned})
        await asyncio.sleep(_PERIOD_SECONDS)
